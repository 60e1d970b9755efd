"""What is answered about rounds, proposals and explanations, in the reader's language."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.rounds.rules import ProposalState, Trigger
from solver import Term
from tests.builders import NOW, a_caseworker, a_help_request, an_absence
from tests.conftest import ClientMaker
from tests.rounds.builders import a_proposal
from tests.rounds.conftest import RunRound

AWAY = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=200)}
DUTCH, ENGLISH = {"Accept-Language": "nl"}, {"Accept-Language": "en"}


@pytest.fixture
def lead(as_role: ClientMaker) -> TestClient:
    return as_role("team_lead")


def only_item(answer: Any) -> dict[str, Any]:
    (item,) = answer.json()["items"]
    return dict(item)


def test_a_proposal_names_every_term_and_its_alternatives(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    for code in ("GRO-A", "GRO-B"):
        a_caseworker(session, code=code)
    a_help_request(session)
    run_round()

    proposal = only_item(lead.get("/v1/proposals", params={"state": "open"}, headers=DUTCH))

    assert proposal["state"] == "open"
    assert len(proposal["cost"]["terms"]) == 12
    assert sum(term["points"] for term in proposal["cost"]["terms"]) == proposal["cost"]["points"]
    assert proposal["reason"].startswith("GRO-A heeft de kennis en de ruimte")
    (other,) = proposal["alternatives"]
    assert other["text"].startswith("GRO-B kost evenveel punten")
    assert lead.get(f"/v1/proposals/{proposal['id']}", headers=DUTCH).json() == proposal


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (DUTCH, "Was GRO-OUD, nu GRO-NEW, omdat GRO-OUD niet meer kan. Is er niet op tijd"),
        (ENGLISH, "Was GRO-OUD, now GRO-NEW, because GRO-OUD no longer can. Is not there in time"),
    ],
)
def test_a_replaced_proposal_says_what_it_was_and_why(
    session: Session, lead: TestClient, run_round: RunRound, headers: dict[str, str], words: str
) -> None:
    gone = a_caseworker(session, code="GRO-OUD")
    a_caseworker(session, code="GRO-NEW")
    old = a_proposal(session, caseworker=gone)
    an_absence(session, gone, **AWAY)
    run_round(Trigger.CHANGE)

    proposal = only_item(lead.get("/v1/proposals", params={"state": "open"}, headers=headers))

    assert proposal["reason"].startswith(words)
    assert proposal["replaces"] == str(old.id)


@pytest.mark.parametrize("code", ["no-room-beside-others", "better-plan", "not-available"])
@pytest.mark.parametrize("headers", [DUTCH, ENGLISH])
def test_every_reason_for_a_change_has_words(
    session: Session, lead: TestClient, headers: dict[str, str], code: str
) -> None:
    was = a_caseworker(session, code="GRO-OUD")
    proposal = a_proposal(session, because={"was": str(was.id), "code": code, "facts": {}})

    assert lead.get(f"/v1/proposals/{proposal.id}", headers=headers).json()["reason"].startswith("Was GRO-OUD, n")


def test_a_rounds_answer_says_how_good_its_plan_is_and_what_waits(
    session: Session, lead: TestClient, run_round: RunRound
) -> None:
    a_caseworker(session, levels={})
    request = a_help_request(session)
    row = run_round(Trigger.DEMAND)

    answer = lead.get(f"/v1/rounds/{row.id}", headers=ENGLISH).json()

    assert (answer["state"], answer["optimal"], answer["gap"], answer["fallback"]) == ("done", True, 0.0, False)
    assert (answer["requestCount"], answer["placedCount"]) == (1, 0)
    (unplaced,) = answer["unplaced"]
    assert (unplaced["helpRequestId"], unplaced["reason"]) == (str(request.id), "no-level")
    assert "Nobody who is available knows enough" in unplaced["text"]
    assert unplaced["unlockedBy"]["code"] == "lower-level"
    in_list = answer | {"capacityPrices": None, "conflicts": None}
    assert only_item(lead.get("/v1/rounds", headers=ENGLISH)) == in_list


@pytest.mark.parametrize("headers", [DUTCH, ENGLISH])
def test_what_people_keep_out_of_rounds_is_listed_with_words(
    session: Session, lead: TestClient, run_round: RunRound, headers: dict[str, str]
) -> None:
    a_caseworker(session)
    a_help_request(session, not_before_on=NOW.date() + timedelta(days=3))
    row = run_round()

    (unplaced,) = lead.get(f"/v1/rounds/{row.id}", headers=headers).json()["unplaced"]

    assert unplaced["reason"] == "not-yet"
    assert "2026-11-26" in unplaced["text"]


def test_an_explanation_tells_of_everybody_why_and_why_not(session: Session, lead: TestClient) -> None:
    able = a_caseworker(session, code="GRO-KAN")
    a_caseworker(session, code="GRO-NIET", levels={})
    request = a_help_request(session)

    answer = lead.get(f"/v1/help-requests/{request.id}/explanation", headers=DUTCH)

    assert answer.status_code == 200
    first, second = answer.json()["caseworkers"]
    assert (first["caseworkerId"], first["eligible"], first["barriers"]) == (str(able.id), True, [])
    assert first["cost"]["points"] == sum(term["points"] for term in first["cost"]["terms"])
    assert (second["eligible"], second["cost"]) == (False, None)
    assert [barrier["code"] for barrier in second["barriers"]] == ["level"]
    assert "Weet te weinig van" in second["text"]


def test_an_exclusion_reads_as_not_available(session: Session, lead: TestClient) -> None:
    worker = a_caseworker(session)
    proposal = a_proposal(session, caseworker=worker)
    body = {"decision": "reject", "reason": "not-this-caseworker"}
    lead.post(f"/v1/proposals/{proposal.id}/decisions", json=body, headers={"If-Match": '"1"'})

    answer = lead.get(f"/v1/help-requests/{proposal.help_request_id}/explanation", headers=ENGLISH).json()

    assert answer["caseworkers"][0]["barriers"] == [{"code": "not-available", "text": "Not available."}]


def test_open_proposals_of_others_count_as_taken_in_an_explanation(session: Session, lead: TestClient) -> None:
    worker = a_caseworker(session, target_minutes=120)
    own = a_proposal(session, caseworker=worker)
    other = a_help_request(session)

    def eligible(request_id: object) -> bool:
        answer = lead.get(f"/v1/help-requests/{request_id}/explanation").json()
        return bool(answer["caseworkers"][0]["eligible"])

    assert (eligible(own.help_request_id), eligible(other.id)) == (True, False)


def test_lists_are_filtered_by_state_and_paged(session: Session, lead: TestClient) -> None:
    made = [a_proposal(session) for _ in range(3)]
    a_proposal(session, state=ProposalState.EXPIRED)

    first = lead.get("/v1/proposals", params={"state": "open", "limit": 2}).json()
    second = lead.get("/v1/proposals", params={"state": "open", "limit": 2, "cursor": first["next"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [str(item.id) for item in made]
    assert second["next"] is None


def test_a_stored_term_reads_as_the_solver_says_it(session: Session, lead: TestClient) -> None:
    term = Term("other-topics", 15, {"missing": ("housing",)})
    stored = {"name": term.name, "points": term.points, "facts": {"missing": ["housing"]}}
    proposal = a_proposal(session, terms=[stored], points=15)

    answer = lead.get(f"/v1/proposals/{proposal.id}", headers=ENGLISH).json()

    assert answer["cost"]["terms"][0]["text"].startswith("Knows nothing of Housing")
