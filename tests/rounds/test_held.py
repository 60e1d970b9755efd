"""A request that came in with a hold: a proposal that stays put and counts as load until it is decided."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.assignments import queries as assignments
from app.caseworkers.models import Caseworker
from app.rounds import service
from app.rounds.models import Proposal
from app.rounds.rules import Trigger
from tests.builders import NOW, a_caseworker, a_help_request, an_absence
from tests.conftest import ClientMaker
from tests.rounds.builders import open_proposals
from tests.rounds.conftest import RunRound

NEEDS = {"topic": "finances", "effortMinutes": 120, "requiredLevel": 1}
AWAY = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=200)}


@pytest.fixture
def operator(as_role: ClientMaker) -> TestClient:
    return as_role("operator")


def taken_in(session: Session, operator: TestClient, caseworker: Caseworker) -> Proposal:
    hold = operator.post("/v1/holds", json={"caseworkerId": str(caseworker.id), "needs": NEEDS})
    assert hold.status_code == 201, hold.text
    answer = operator.post("/v1/help-requests", json=NEEDS | {"adult": True, "holdId": hold.json()["id"]})
    assert answer.status_code == 201, answer.text
    (proposal,) = open_proposals(session)
    assert proposal.caseworker_id == caseworker.id
    return proposal


def load_of(session: Session, caseworker: Caseworker) -> int:
    return assignments.loads(session, [caseworker.id], NOW + timedelta(hours=1))[caseworker.id]


def test_a_taken_hold_is_a_proposal_that_counts_as_load(session: Session, operator: TestClient) -> None:
    worker = a_caseworker(session)

    proposal = taken_in(session, operator, worker)

    assert proposal.round_id is None
    assert proposal.terms
    assert load_of(session, worker) == 120


@pytest.mark.parametrize("trigger", [Trigger.INTAKE, Trigger.DEMAND])
def test_no_round_moves_it_and_nothing_else_takes_its_place(
    session: Session, operator: TestClient, run_round: RunRound, trigger: Trigger
) -> None:
    worker = a_caseworker(session, target_minutes=120, maximum_minutes=130)
    held = taken_in(session, operator, worker)
    a_help_request(session, received_at=NOW - timedelta(days=20))

    done = run_round(trigger)

    assert [item.id for item in open_proposals(session)] == [held.id]
    assert (done.request_count, done.placed_count, done.kept_count) == (2, 1, 1)


def test_accepting_it_uses_up_its_hold(session: Session, operator: TestClient, as_role: ClientMaker) -> None:
    worker = a_caseworker(session, target_minutes=120, maximum_minutes=120)
    held = taken_in(session, operator, worker)
    address = f"/v1/proposals/{held.id}/decisions"

    answer = as_role("team_lead").post(address, json={"decision": "accept"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 201
    assert load_of(session, worker) == 120


def test_rejecting_it_gives_the_place_back(session: Session, operator: TestClient, as_role: ClientMaker) -> None:
    worker = a_caseworker(session)
    held = taken_in(session, operator, worker)
    body = {"decision": "reject", "reason": "not-this-caseworker"}

    as_role("team_lead").post(f"/v1/proposals/{held.id}/decisions", json=body, headers={"If-Match": '"1"'})

    assert load_of(session, worker) == 0


def test_when_it_expires_the_place_is_given_back(session: Session, operator: TestClient) -> None:
    worker = a_caseworker(session)
    held = taken_in(session, operator, worker)

    service.expire(session, held.expires_at)

    assert load_of(session, worker) == 0


def test_it_is_replaced_when_the_caseworker_is_not_there_any_more(
    session: Session, operator: TestClient, run_round: RunRound
) -> None:
    worker = a_caseworker(session)
    held = taken_in(session, operator, worker)
    other = a_caseworker(session)
    an_absence(session, worker, **AWAY)

    run_round(Trigger.CHANGE)

    (new,) = open_proposals(session)
    assert (new.caseworker_id, new.replaces_id) == (other.id, held.id)
    assert load_of(session, worker) == 0
