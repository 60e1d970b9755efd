"""What a round says besides its plan: where an hour more would help, and which statements contradict."""

from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.help_requests.models import Exclusion
from app.rounds import service
from app.rounds.rules import Trigger
from tests.builders import NOW, a_caseworker, a_help_request
from tests.conftest import ClientMaker
from tests.rounds.builders import a_proposal
from tests.rounds.conftest import RunRound

DUTCH, ENGLISH = {"Accept-Language": "nl"}, {"Accept-Language": "en"}


@pytest.fixture
def lead(as_role: ClientMaker) -> TestClient:
    return as_role("team_lead")


def answer_of(lead: TestClient, row: Any, headers: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = lead.get(f"/v1/rounds/{row.id}", headers=headers).json()
    return found


def test_a_round_says_where_one_more_hour_would_start_somebody(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    worker = a_caseworker(session, code="GRO-04", target_minutes=60, maximum_minutes=60)
    request = a_help_request(session)
    row = run_round()

    topic, own = answer_of(lead, row, DUTCH)["capacityPrices"]

    assert (topic["topic"], topic["startsEarlier"], topic["exact"]) == ("finances", [str(request.id)], True)
    assert topic["text"].startswith("Een uur meer per week voor Geldzaken in ")
    assert topic["text"].endswith("laat 1 inwoner eerder beginnen.")
    assert (own["caseworkerId"], own["topic"], own["waitingWeight"]) == (
        str(worker.id),
        None,
        topic["waitingWeight"],
    )
    assert answer_of(lead, row, ENGLISH)["capacityPrices"][1]["text"] == (
        "One more hour a week for GRO-04 would start 1 person earlier."
    )


def test_a_round_says_when_more_hours_would_change_nothing(lead: TestClient, run_round: RunRound) -> None:
    (hour,) = answer_of(lead, run_round(), ENGLISH)["capacityPrices"]

    assert hour["text"] == "One more hour a week, for whomever, would change nothing now."


def test_a_round_says_why_a_proposal_was_let_go_without_saying_who_is_excluded(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    worker = a_caseworker(session, code="GRO-04")
    request = a_help_request(session)
    a_proposal(session, request, worker)
    session.add(Exclusion(help_request_id=request.id, caseworker_id=worker.id, created_at=NOW))
    session.flush()
    row = run_round(Trigger.CHANGE)

    (conflict,) = answer_of(lead, row, DUTCH)["conflicts"]

    assert [item["kind"] for item in conflict["statements"]] == ["pinned", "not-available"]
    assert {item["helpRequestId"] for item in conflict["statements"]} == {str(request.id)}
    assert conflict["text"] == (
        f"Dit gaat niet samen: {request.reference} is voorgesteld bij GRO-04 en "
        f"GRO-04 is niet beschikbaar voor {request.reference}."
    )


def test_a_round_in_which_all_could_be_kept_has_no_conflicts(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    a_proposal(session)

    assert answer_of(lead, run_round(Trigger.CHANGE), DUTCH)["conflicts"] == []


def test_a_round_that_is_not_done_has_found_nothing_yet(session: Session, lead: TestClient) -> None:
    row = service.request_round(session, Trigger.DEMAND, actor=None, now=NOW)

    answer = answer_of(lead, row, DUTCH)

    assert (answer["capacityPrices"], answer["conflicts"]) == (None, None)


def test_a_round_of_another_version_is_answered_without_what_it_did_not_know(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    row = run_round()
    session.get_one(type(row), row.id).plan = "[]"
    session.flush()

    assert answer_of(lead, row, DUTCH)["capacityPrices"] is None
