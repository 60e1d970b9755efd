"""Rounds by themselves: after intake and changes, coalesced; never after an acceptance as proposed."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app import worker
from app.kit import db, queue
from app.policy import service as policies
from app.rounds import jobs
from app.rounds.models import Round
from app.rounds.rules import RoundState, Trigger
from app.settings import Settings, UnsafeConfiguration
from tests.builders import NOW, a_caseworker, a_help_request
from tests.conftest import ClientMaker
from tests.rounds.builders import a_proposal, open_proposals

SETTINGS = Settings(round_delay_seconds=0, round_seconds=30)
INTAKE = {"topic": "finances", "adult": True, "weight": "light"}


@pytest.fixture
def lead(as_role: ClientMaker) -> TestClient:
    """A team lead of a city that has its first policy already, and whose queue is empty."""
    with db.transaction() as session:
        policies.ensure_default(session, NOW)
        session.execute(text("DELETE FROM procrastinate_jobs"))
    return as_role("team_lead")


def waiting_jobs(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.execute(
        text("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
    )
    return [(name.rpartition(".")[2], args) for name, args in rows]


def accept(client: TestClient, proposal_id: object) -> Any:
    address = f"/v1/proposals/{proposal_id}/decisions"
    return client.post(address, json={"decision": "accept"}, headers={"If-Match": '"1"'})


def test_every_intake_inserts_a_small_job_of_its_own(session: Session, lead: TestClient) -> None:
    for _ in range(3):
        assert lead.post("/v1/help-requests", json=INTAKE).status_code == 201

    assert waiting_jobs(session) == [("consider", {"trigger": "intake"})] * 3


def test_a_burst_leads_to_one_round(session: Session) -> None:
    for _ in range(5):
        jobs.queue_soon(session, Trigger.INTAKE, delay_seconds=2)

    (row,) = session.scalars(select(Round)).all()
    assert waiting_jobs(session) == [("run_round", {"round_id": str(row.id)})]
    assert (row.state, row.trigger) == (RoundState.QUEUED, Trigger.INTAKE)


def test_a_round_on_demand_is_queued_with_its_job(session: Session, lead: TestClient) -> None:
    answer = lead.post("/v1/rounds", json={})

    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/rounds/{answer.json()['id']}"
    assert waiting_jobs(session) == [("run_round", {"round_id": answer.json()["id"]})]
    assert lead.get(answer.headers["Location"]).json()["state"] == "queued"


def test_accepting_as_proposed_starts_no_round(session: Session, lead: TestClient) -> None:
    proposal = a_proposal(session)

    assert accept(lead, proposal.id).status_code == 201
    assert waiting_jobs(session) == []


@pytest.mark.parametrize(
    "body",
    [{"decision": "reject", "reason": "not-this-caseworker"}, {"decision": "override", "reason": "learning"}],
)
def test_rejecting_and_overriding_have_a_round_considered(
    session: Session, lead: TestClient, body: dict[str, str]
) -> None:
    proposal = a_proposal(session)
    if body["decision"] == "override":
        body = body | {"caseworkerId": str(a_caseworker(session).id)}

    answer = lead.post(f"/v1/proposals/{proposal.id}/decisions", json=body, headers={"If-Match": '"1"'})

    assert answer.status_code == 201
    assert {name for name, _ in waiting_jobs(session)} == {"consider"}


def test_an_absence_has_a_round_considered(session: Session, lead: TestClient) -> None:
    caseworker = a_caseworker(session)
    days = {"startsOn": str(NOW.date()), "endsOn": str(NOW.date() + timedelta(days=3))}

    assert lead.post(f"/v1/caseworkers/{caseworker.id}/absences", json=days).status_code == 201
    assert waiting_jobs(session) == [("consider", {"trigger": "change"})]


def test_nothing_is_left_behind_when_the_transaction_fails(session: Session) -> None:
    with db.undone(session):
        jobs.queue_soon(session, Trigger.CHANGE, delay_seconds=0)

    assert (waiting_jobs(session), session.scalars(select(Round)).all()) == ([], [])


@pytest.mark.committed
def test_a_second_intake_never_waits_for_the_first_ones_job(engine: Engine, lead: TestClient) -> None:
    """A second insert with the same queueing lock would block until the first commits."""
    with db.transaction() as session:
        queue.defer(session, jobs.consider, trigger="intake")
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        answers: list[int] = []
        other = threading.Thread(
            target=lambda: answers.append(lead.post("/v1/help-requests", json=INTAKE).status_code)
        )
        other.start()
        other.join(timeout=10)
        assert answers == [201]


@pytest.mark.committed
def test_the_worker_turns_intakes_into_proposals(engine: Engine, lead: TestClient) -> None:
    with db.transaction() as session:
        a_caseworker(session)
    for _ in range(3):
        assert lead.post("/v1/help-requests", json=INTAKE).status_code == 201

    worker.run(SETTINGS, engine.url.render_as_string(hide_password=False), until_idle=True)

    with db.transaction() as session:
        assert len(open_proposals(session)) == 3
        rounds = session.scalars(select(Round)).all()
        assert [row.state for row in rounds] == [RoundState.DONE] * len(rounds)
        assert 1 <= len(rounds) <= 3
        failed = session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"))
        assert failed.scalar_one() == 0


@pytest.mark.committed
@pytest.mark.parametrize("another_is_queued", [True, False])
def test_rounds_go_on_after_a_worker_was_killed_in_the_middle_of_one(
    engine: Engine, lead: TestClient, another_is_queued: bool
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with db.transaction() as session:
        jobs.queue_soon(session, Trigger.INTAKE, delay_seconds=0)
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        session.execute(text("UPDATE rounds SET state = 'running'"))
    with db.transaction() as session:
        a_proposal_waits = a_help_request(session)
        a_caseworker(session)
        if another_is_queued:
            jobs.queue_soon(session, Trigger.CHANGE, delay_seconds=0)
        queue.defer(session, jobs.retry_stalled, timestamp=0)

    for _ in range(2):
        worker.run(SETTINGS, url, until_idle=True)

    with db.transaction() as session:
        assert [item.help_request_id for item in open_proposals(session)] == [a_proposal_waits.id]
        states = [row.state for row in session.scalars(select(Round).order_by(Round.id))]
    assert states == ([RoundState.FAILED, RoundState.DONE] if another_is_queued else [RoundState.DONE])


def test_a_timetable_that_is_no_cron_line_refuses_to_start(engine: Engine) -> None:
    settings = Settings(round_times="every morning")

    with pytest.raises(UnsafeConfiguration, match="STADSBREED_ROUND_TIMES"):
        worker.run(settings, engine.url.render_as_string(hide_password=False))


def test_the_timetables_round_is_one_however_many_workers_tell_it(session: Session) -> None:
    for _ in range(2):
        jobs.run_timetable(timestamp=0)

    assert [row.trigger for row in session.scalars(select(Round))] == [Trigger.TIMETABLE]


def test_expiry_is_a_job(session: Session) -> None:
    a_proposal(session, expires_at=NOW)
    stays = a_proposal(session, expires_at=NOW + timedelta(seconds=1))

    jobs.expire_proposals(timestamp=0)

    assert [item.id for item in open_proposals(session)] == [stays.id]


def test_changing_a_request_has_a_round_considered(session: Session, lead: TestClient) -> None:
    request = a_help_request(session)
    address = f"/v1/help-requests/{request.id}"
    etag = lead.get(address).headers["ETag"]

    assert lead.patch(address, json={"weight": "light"}, headers={"If-Match": etag}).status_code == 200
    assert waiting_jobs(session) == [("consider", {"trigger": "change"})]
