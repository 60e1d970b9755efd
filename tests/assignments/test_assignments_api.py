"""The routes of assignments, closures and holds, as clients see them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.assignments import queries
from app.kit.db import new_id
from tests.builders import NOW, a_caseworker, a_help_request, an_assignment, an_opening_load


def created(client: Any, request: Any, caseworker: Any, **given: Any) -> Any:
    body = {"helpRequestId": str(request.id), "caseworkerId": str(caseworker.id), "reason": "crisis"} | given
    return client.post("/v1/assignments", json=body)


@pytest.fixture
def lead(as_role: Any) -> Any:
    return as_role("team_lead")


def test_an_assignment_answers_with_all_its_fields_and_an_address(lead: Any, session: Session) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session)

    answer = created(lead, request, caseworker)

    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/assignments/{body['id']}"
    assert str(UUID(body.pop("decidedBy"))) != str(request.id)
    assert body == {
        "id": body["id"],
        "helpRequestId": str(request.id),
        "caseworkerId": str(caseworker.id),
        "kind": "lead",
        "purpose": "case",
        "phase": "start",
        "effortMinutes": 120,
        "startedAt": "2026-11-23T09:00:00Z",
        "endedAt": None,
        "endReason": None,
        "plannedEndOn": None,
        "overMaximum": False,
        "reason": "crisis",
        "seenAt": None,
    }
    again = lead.get(f"/v1/assignments/{body['id']}")
    assert again.json()["id"] == body["id"]
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_the_caseworkers_load_is_seen_to_rise(lead: Any, session: Session) -> None:
    caseworker = a_caseworker(session)

    created(lead, a_help_request(session), caseworker)

    body = lead.get(f"/v1/caseworkers/{caseworker.id}").json()
    assert (body["loadMinutes"], body["freeMinutes"]) == (120, 480)


def test_no_capacity_says_how_much_is_free_and_what_to_do(lead: Any, session: Session) -> None:
    caseworker = a_caseworker(session, maximum_minutes=600)
    an_opening_load(session, caseworker, 510)
    request = a_help_request(session)

    answer = created(lead, request, caseworker)

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:stadsbreed:problem:no-capacity")
    assert (problem["caseworker"], problem["freeMinutes"], problem["neededMinutes"]) == (caseworker.code, 90, 120)
    assert created(lead, request, caseworker, aboveMaximum=True).json()["overMaximum"] is True


def test_not_eligible_names_every_barrier(lead: Any, session: Session) -> None:
    request = a_help_request(session, asked_level=3, required_attributes=["home-visit"])

    answer = created(lead, request, a_caseworker(session))

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:stadsbreed:problem:not-eligible"
    assert [barrier["code"] for barrier in answer.json()["barriers"]] == ["level", "attributes"]


def test_every_fault_of_a_body_is_named_at_once(lead: Any) -> None:
    answer = lead.post("/v1/assignments", json={"caseworkerId": "x", "kind": "boss", "extra": 1})

    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert answer.status_code == 400
    assert pointers == {"#/caseworkerId", "#/helpRequestId", "#/reason", "#/kind", "#/extra"}


def test_advice_has_an_effort_and_a_lead_has_not(lead: Any, session: Session) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session)

    assert created(lead, request, caseworker, kind="consult").status_code == 400
    assert created(lead, request, caseworker, effortMinutes=30).status_code == 400
    created(lead, request, caseworker)
    advice = created(lead, request, a_caseworker(session), kind="consult", effortMinutes=30)
    assert (advice.status_code, advice.json()["effortMinutes"]) == (201, 30)


def test_a_change_needs_the_present_etag(lead: Any, session: Session) -> None:
    address = f"/v1/assignments/{an_assignment(session, a_caseworker(session)).id}"
    tag = lead.get(address).headers["ETag"]

    assert lead.patch(address, json={"phase": "active"}).status_code == 428
    changed = lead.patch(
        address, json={"phase": "active", "plannedEndOn": "2027-03-31"}, headers={"If-Match": tag}
    )
    assert (changed.status_code, changed.json()["phase"], changed.json()["effortMinutes"]) == (200, "active", 90)
    assert changed.json()["plannedEndOn"] == "2027-03-31"
    assert lead.patch(address, json={"phase": "start"}, headers={"If-Match": tag}).status_code == 412
    assert lead.patch(address, json={"phase": None}, headers={"If-Match": "*"}).status_code == 400


def test_transfer_return_and_ending_follow_each_other(lead: Any, session: Session) -> None:
    request, after = a_help_request(session), a_caseworker(session)
    first = created(lead, request, a_caseworker(session)).json()["id"]
    body = {"caseworkerId": str(after.id), "reason": "knows the household"}

    second = lead.post(f"/v1/assignments/{first}/transfers", json=body, headers={"If-Match": "*"})
    returned = lead.post(f"/v1/assignments/{second.json()['id']}/returns")
    third = created(lead, request, a_caseworker(session)).json()["id"]
    ended = lead.post(f"/v1/assignments/{third}/endings", json={"outcome": "activity"}, headers={"If-Match": "*"})

    assert [second.status_code, returned.status_code, ended.status_code] == [201, 201, 201]
    assert returned.json()["endReason"] == "returned"
    listed = lead.get("/v1/assignments", params={"helpRequestId": str(request.id)}).json()["items"]
    assert [item["endReason"] for item in listed] == ["transferred", "returned", "completed"]
    assert lead.post(f"/v1/assignments/{third}/endings", json={}, headers={"If-Match": "*"}).status_code == 409


def test_a_closure_ends_the_work_and_needs_the_requests_etag(lead: Any, session: Session) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session)
    created(lead, request, caseworker)
    address = f"/v1/help-requests/{request.id}/closures"
    tag = lead.get(f"/v1/help-requests/{request.id}").headers["ETag"]

    assert lead.post(address, json={"outcome": "moved"}).status_code == 428
    answer = lead.post(address, json={"outcome": "moved"}, headers={"If-Match": tag})

    assert answer.status_code == 201
    assert answer.json() == {
        "helpRequestId": str(request.id),
        "status": "closed",
        "outcome": "moved",
        "closedAt": "2026-11-23T09:00:00Z",
    }
    assert lead.get(f"/v1/caseworkers/{caseworker.id}").json()["loadMinutes"] == 0


def test_a_caseworker_sees_their_own_work_and_seeing_it_is_noted(as_role: Any, session: Session) -> None:
    mine, other = a_caseworker(session), a_caseworker(session)
    own, theirs = an_assignment(session, mine), an_assignment(session, other)
    me = as_role("caseworker", caseworker_id=mine.id)

    assert [item["id"] for item in me.get("/v1/assignments").json()["items"]] == [str(own.id)]
    assert me.get(f"/v1/assignments/{own.id}").json()["seenAt"] == "2026-11-23T09:00:00Z"
    assert me.get(f"/v1/assignments/{theirs.id}").status_code == 404
    assert created(me, a_help_request(session), mine).status_code == 403


def test_a_caseworker_who_reads_the_request_has_seen_the_assignment(as_role: Any, session: Session) -> None:
    mine = a_caseworker(session)
    own = an_assignment(session, mine)
    me, lead = as_role("caseworker", caseworker_id=mine.id), as_role("team_lead")

    assert lead.get(f"/v1/help-requests/{own.help_request_id}").status_code == 200
    assert lead.get(f"/v1/assignments/{own.id}").json()["seenAt"] is None
    assert me.get(f"/v1/help-requests/{own.help_request_id}").status_code == 200
    assert lead.get(f"/v1/assignments/{own.id}").json()["seenAt"] == "2026-11-23T09:00:00Z"


def test_a_list_is_filtered_and_goes_on_after_its_cursor(lead: Any, session: Session) -> None:
    caseworker = a_caseworker(session)
    made = [an_assignment(session, caseworker) for _ in range(3)]
    an_assignment(session, a_caseworker(session))
    filters = {"caseworkerId": str(caseworker.id), "open": "true", "limit": 2}

    first = lead.get("/v1/assignments", params=filters).json()
    second = lead.get("/v1/assignments", params=filters | {"cursor": first["next"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [str(row.id) for row in made]
    assert second["next"] is None
    assert lead.get("/v1/assignments", params=filters | {"open": "false"}).json()["items"] == []
    assert lead.get("/v1/assignments", params={"cursor": "WzFd"}).status_code == 400


def test_an_operator_holds_a_place_and_gives_it_free(as_role: Any, session: Session) -> None:
    caseworker, operator = a_caseworker(session), as_role("operator")
    needs = {"topic": "finances", "requiredLevel": 1, "effortMinutes": 60}

    held = operator.post("/v1/holds", json={"caseworkerId": str(caseworker.id), "needs": needs})

    body = held.json()
    assert held.status_code == 201
    assert (body["effortMinutes"], body["expiresAt"]) == (60, "2026-11-23T09:15:00Z")
    assert held.headers["Location"] == f"/v1/holds/{body['id']}"
    assert operator.delete(f"/v1/holds/{body['id']}").status_code == 204
    assert operator.delete(f"/v1/holds/{new_id()}").status_code == 404


def test_an_intake_that_brings_its_hold_is_proposed_to_that_caseworker(as_role: Any, session: Session) -> None:
    caseworker, operator = a_caseworker(session), as_role("operator")
    needs = {"topic": "finances", "effortMinutes": 60}
    held = operator.post("/v1/holds", json={"caseworkerId": str(caseworker.id), "needs": needs}).json()
    intake = needs | {"adult": True, "holdId": held["id"]}

    unknown_age = operator.post("/v1/help-requests", json=intake | {"adult": None})
    taken = operator.post("/v1/help-requests", json=intake)
    again = operator.post("/v1/help-requests", json=intake)

    assert unknown_age.json()["errors"][0]["pointer"] == "#/holdId"
    assert taken.status_code == 201
    proposal = taken.json()["proposal"]
    assert (proposal["state"], proposal["caseworkerId"], proposal["roundId"]) == ("open", str(caseworker.id), None)
    assert (again.status_code, again.json()["type"]) == (409, "urn:stadsbreed:problem:hold-expired")
    assert queries.loads(session, [caseworker.id], NOW)[caseworker.id] == 60


def test_an_accepted_held_place_counts_once(as_role: Any, session: Session) -> None:
    caseworker, operator, lead = a_caseworker(session), as_role("operator"), as_role("team_lead")
    needs = {"topic": "finances", "effortMinutes": 60}
    held = operator.post("/v1/holds", json={"caseworkerId": str(caseworker.id), "needs": needs}).json()
    body = needs | {"adult": True, "holdId": held["id"]}
    proposal = operator.post("/v1/help-requests", json=body).json()["proposal"]

    decided = lead.post(
        f"/v1/proposals/{proposal['id']}/decisions", json={"decision": "accept"}, headers={"If-Match": "*"}
    )

    assert decided.status_code == 201
    assert queries.loads(session, [caseworker.id], NOW)[caseworker.id] == 60


def test_a_hold_is_for_a_request_or_for_needs_and_names_wrong_needs(as_role: Any, session: Session) -> None:
    caseworker, operator = str(a_caseworker(session).id), as_role("operator")

    assert operator.post("/v1/holds", json={"caseworkerId": caseworker}).status_code == 400
    wrong = operator.post(
        "/v1/holds", json={"caseworkerId": caseworker, "needs": {"topic": "football", "bsn": "1"}}
    )
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"#/needs/topic", "#/needs/bsn"}


def test_work_planned_to_end_is_answered_as_a_day(lead: Any, session: Session) -> None:
    planned = NOW.date() + timedelta(days=30)
    made = an_assignment(session, a_caseworker(session), planned_end_on=planned)

    assert lead.get(f"/v1/assignments/{made.id}").json()["plannedEndOn"] == planned.isoformat()
