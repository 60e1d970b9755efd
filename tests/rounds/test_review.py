"""The review stands still under the hands of a lead who decides, one proposal after another."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.rounds.rules import Trigger
from tests.builders import a_caseworker, a_help_request
from tests.conftest import ClientMaker
from tests.rounds.builders import open_proposals
from tests.rounds.conftest import RunRound

PROPOSALS, ACCEPTED, EVERY = 100, 40, 8
INTAKE = {"topic": "finances", "adult": True, "effortMinutes": 60, "urgency": "urgent", "threat": "eviction"}


def accept(client: TestClient, proposal: dict[str, Any]) -> int:
    address = f"/v1/proposals/{proposal['id']}/decisions"
    answer = client.post(address, json={"decision": "accept"}, headers={"If-Match": proposal["etag"]})
    return answer.status_code


def test_no_proposal_changes_that_is_still_possible_while_intakes_arrive(
    session: Session, as_role: ClientMaker, run_round: RunRound
) -> None:
    for number in range(20):
        location = ("GRO", "NIE", "ZUI", "OOS")[number % 4]
        a_caseworker(session, location_code=location, target_minutes=360, maximum_minutes=420, new_per_week=20)
    for _ in range(PROPOSALS):
        a_help_request(session, asked_effort_minutes=60)
    lead, desk = as_role("team_lead"), as_role("intake")
    run_round()
    shown = lead.get("/v1/proposals", params={"state": "open", "limit": PROPOSALS}).json()["items"]
    assert len(shown) == PROPOSALS

    for number, proposal in enumerate(shown[:ACCEPTED]):
        if number % EVERY == 0:
            assert desk.post("/v1/help-requests", json=INTAKE).status_code == 201
            run_round(Trigger.INTAKE)
        assert accept(lead, proposal) == 201

    run_round(Trigger.TIMETABLE)
    now = {str(item.id): item.version for item in open_proposals(session)}
    assert {item["id"] for item in shown[ACCEPTED:]} <= set(now)
    assert {now[item["id"]] for item in shown[ACCEPTED:]} == {1}
    assert len(now) == PROPOSALS - ACCEPTED + ACCEPTED // EVERY
