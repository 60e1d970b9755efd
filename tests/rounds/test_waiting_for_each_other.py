"""Two people at once: the second waits for the first, and then sees what the first did."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.kit import db
from app.kit.child_process import ChildProcess
from app.rounds import service
from app.rounds.models import Proposal
from app.rounds.rules import DecisionKind, ProposalState, Trigger, Verdict
from app.rounds.service.running import solve
from app.rounds.service.storing import store
from tests.builders import NOW, a_caseworker, a_help_request, an_absence, an_actor
from tests.conftest import ClientMaker
from tests.rounds.builders import a_proposal, started_round
from tests.rounds.conftest import SECONDS

pytestmark = pytest.mark.committed
ACCEPT = Verdict(DecisionKind.ACCEPT)
Answer = Callable[[Proposal], "Future[Any]"]


@pytest.fixture
def accept_elsewhere(as_role: ClientMaker) -> Any:
    """Return a function that accepts a proposal over HTTP, from another thread."""
    lead: TestClient = as_role("team_lead")
    with ThreadPoolExecutor(1) as pool:

        def accept(proposal: Proposal) -> Any:
            address = f"/v1/proposals/{proposal.id}/decisions"
            return pool.submit(
                lambda: lead.post(address, json={"decision": "accept"}, headers={"If-Match": '"1"'})
            )

        yield accept


def must_wait(answer: "Future[Any]") -> None:
    with pytest.raises(StillWaiting):
        answer.result(timeout=0.5)


def kind(answer: "Future[Any]") -> str:
    body = answer.result(timeout=10).json()
    return str(body["type"]).removeprefix("urn:stadsbreed:problem:")


def test_the_same_proposal_is_accepted_once(engine: Engine, accept_elsewhere: Answer) -> None:
    with db.transaction() as session:
        lead, proposal = an_actor(session), a_proposal(session)

    with db.transaction() as session:
        service.decide(
            session, service.lock_open(session, proposal.id, actor=lead, now=NOW), ACCEPT, actor=lead, now=NOW
        )
        answer = accept_elsewhere(proposal)
        must_wait(answer)

    assert kind(answer) == "already-decided"


def test_the_last_minutes_of_a_caseworker_are_given_once(engine: Engine, accept_elsewhere: Answer) -> None:
    with db.transaction() as session:
        lead = an_actor(session)
        worker = a_caseworker(session, target_minutes=120, maximum_minutes=180)
        first, second = (a_proposal(session, caseworker=worker) for _ in range(2))

    with db.transaction() as session:
        service.decide(
            session, service.lock_open(session, first.id, actor=lead, now=NOW), ACCEPT, actor=lead, now=NOW
        )
        answer = accept_elsewhere(second)
        must_wait(answer)

    assert kind(answer) == "no-capacity"


def test_a_decision_waits_for_a_round_that_is_being_stored(
    engine: Engine, accept_elsewhere: Answer, child: ChildProcess
) -> None:
    with db.transaction() as session:
        gone = a_caseworker(session)
        proposal = a_proposal(session, a_help_request(session), gone)
        an_absence(session, gone, ends_on=NOW.date().replace(year=2027))
        row = service.request_round(session, Trigger.CHANGE, actor=None, now=NOW)
    started = started_round(row.id)
    solved = solve(started, child, SECONDS)

    with db.transaction() as session:
        store(session, started, solved, now=NOW)
        answer = accept_elsewhere(proposal)
        must_wait(answer)

    assert kind(answer) == "wrong-status"
    with db.transaction() as session:
        assert session.get_one(Proposal, proposal.id).state is ProposalState.REPLACED


def test_a_round_sees_one_moment_also_when_somebody_accepts_while_it_reads(engine: Engine) -> None:
    with db.transaction() as session:
        lead = an_actor(session)
        worker = a_caseworker(session, target_minutes=240, maximum_minutes=240)
        accepted, kept = (a_proposal(session, caseworker=worker) for _ in range(2))
        row = service.request_round(session, Trigger.CHANGE, actor=None, now=NOW)

    with ThreadPoolExecutor(1) as elsewhere:
        with db.transaction() as session:
            session.execute(text("LOCK TABLE assignments IN ACCESS EXCLUSIVE MODE"))
            reading = elsewhere.submit(started_round, row.id)
            must_wait(reading)  # it has read what waits, and now asks for the load
            service.decide(
                session, service.lock_open(session, accepted.id, actor=lead, now=NOW), ACCEPT, actor=lead, now=NOW
            )
        problem = reading.result(timeout=10).problem

    assert [item.load_minutes for item in problem.caseworkers] == [0]
    assert {item.key for item in problem.requests} == {str(accepted.help_request_id), str(kept.help_request_id)}
