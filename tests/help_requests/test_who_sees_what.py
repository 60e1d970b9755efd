"""Who sees which requests, and what of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assignments.rules import EndReason
from app.help_requests import queries
from app.help_requests.models import Access, Clock, HelpRequest
from app.help_requests.rules import ClockName, Urgency
from app.identity.models import Client
from app.identity.rules import Role
from app.kit.audit import AuditLine
from tests.builders import NOW, a_caseworker, a_help_request, an_actor, an_assignment
from tests.help_requests.asking import made, problem, url


def test_an_intake_sees_only_what_it_took_in(intake, as_role):
    request, other = made(intake), as_role("intake")

    for answer in (other.get(url(request)), other.get(url(request, "events")), patch_any(other, request)):
        assert (answer.status_code, problem(answer)) == (404, "not-found")
    assert other.get("/v1/help-requests").json()["items"] == []


def patch_any(client: Any, request: Any) -> Any:
    return client.patch(url(request), json={"weight": "light"}, headers={"If-Match": "*"})


def test_a_caseworker_sees_what_is_assigned_to_them_and_loses_sight_when_it_moves(intake, as_role, session):
    request = made(intake)
    mine, other = a_caseworker(session), a_caseworker(session)
    assignment = an_assignment(session, mine, help_request_id=UUID(request["id"]))
    me, somebody = as_role("caseworker", caseworker_id=mine.id), as_role("caseworker", caseworker_id=other.id)

    assert me.get(url(request)).json()["summary"] == "Rent arrears."
    assert me.get(url(request)).json()["excludedCaseworkerIds"] is None
    assert somebody.get(url(request)).status_code == 404
    assignment.ended_at, assignment.end_reason = NOW, EndReason.TRANSFERRED
    session.flush()
    assert me.get(url(request)).status_code == 404


def test_a_lead_reads_what_is_private_only_where_they_decide(intake, as_role, session):
    request = made(intake)
    an_assignment(session, a_caseworker(session, location_code="GRO"), help_request_id=UUID(request["id"]))

    deciding = as_role("team_lead", locations=["GRO"]).get(url(request)).json()
    other = as_role("team_lead", locations=["ZUI"]).get(url(request)).json()

    assert (deciding["summary"], deciding["contact"]["number"]) == ("Rent arrears.", "010")
    assert (other["summary"], other["contact"]) == (None, None)
    assert other["topic"] == "finances"


def test_every_reading_of_what_is_private_is_written_down(intake, lead, session):
    request = made(intake)
    intake.get(url(request))
    lead.get(url(request))
    intake.get("/v1/help-requests")

    read = session.scalars(select(AuditLine).where(AuditLine.action == "read-private-part")).all()
    who = {session.get_one(Client, line.actor_id).role for line in read}

    assert (len(read), who) == (2, {Role.INTAKE})


def test_a_protected_request_is_seen_by_those_on_its_list_only(session):
    on_the_list, off_the_list, was_on_it = an_actor(session), an_actor(session), an_actor(session)
    request = a_help_request(session, protected=True)
    for actor, withdrawn_at in ((on_the_list, None), (was_on_it, NOW)):
        session.add(
            Access(help_request_id=request.id, client_id=actor.id, granted_at=NOW, withdrawn_at=withdrawn_at)
        )
    session.flush()

    def seen(actor: Any) -> bool:
        rows = session.scalars(select(HelpRequest.id).where(queries.visible(actor))).all()
        return request.id in rows

    assert [seen(actor) for actor in (on_the_list, off_the_list, was_on_it)] == [True, False, False]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ANALYST, Role.AUDITOR, Role.BROKER])
def test_who_has_no_business_with_requests_sees_none(session, role):
    a_help_request(session)

    assert session.scalars(select(HelpRequest).where(queries.visible(an_actor(session, role)))).all() == []


# --- lists and searching ---------------------------------------------------------------------------------


def test_a_list_is_narrowed_down_and_paged(lead, session):
    a_help_request(session, urgency=Urgency.NORMAL)
    wanted = [
        a_help_request(session, urgency=Urgency.URGENT, topic="housing", district_code="ZUI") for _ in range(3)
    ]
    filters = {"urgency": "urgent", "topic": "housing", "district": "ZUI", "status": "waiting", "limit": 2}

    first = lead.get("/v1/help-requests", params=filters).json()
    second = lead.get("/v1/help-requests", params=filters | {"cursor": first["next"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [str(row.id) for row in wanted]
    assert second["next"] is None


@pytest.mark.parametrize(("due_in_days", "overdue"), [(-1, True), (0, False)])
def test_the_overdue_are_those_with_a_clock_that_was_due_before_today(lead, session, due_in_days, overdue):
    request = a_help_request(session)
    due_on = NOW.date() + timedelta(days=due_in_days)
    session.add(Clock(help_request_id=request.id, name=ClockName.START, started_at=NOW, due_on=due_on))
    session.flush()

    listed = lead.get("/v1/help-requests", params={"overdue": str(overdue).lower()}).json()["items"]
    other = lead.get("/v1/help-requests", params={"overdue": str(not overdue).lower()}).json()["items"]

    assert [(item["id"], item["overdue"]) for item in listed] == [(str(request.id), overdue)]
    assert other == []


def test_a_request_is_found_by_its_references_however_ours_is_written(intake):
    request = made(intake, personReference="p-1", externalReference="x-1")
    made(intake, personReference="p-2")

    def found(**references: Any) -> list[str]:
        answer = intake.post("/v1/help-requests/_search", json=references)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert found(reference=request["reference"].lower().replace("-", " ")) == [request["id"]]
    assert found(personReference="p-1", externalReference="x-1") == [request["id"]]
    assert found(personReference="p-1", externalReference="x-2") == []
    assert found(reference="not a reference") == []
    assert intake.post("/v1/help-requests/_search", json={}).status_code == 400


def test_an_operator_reads_only_the_status_of_what_somebody_else_took_in(intake, as_role):
    request, operator = made(intake, personReference="p-1"), as_role("operator")

    found = operator.post("/v1/help-requests/_search", json={"personReference": "p-1"}).json()["items"]

    assert [set(item) for item in found] == [{"id", "reference", "status", "receivedAt", "residentMessage"}]
    assert found[0]["id"] == request["id"]
    assert operator.get(url(request)).status_code == 404


def test_references_never_stand_in_an_address(session: Session, lead: Any):
    parameters = lead.get("/v1/openapi.json").json()["paths"]["/help-requests"]["get"]["parameters"]

    assert not [one["name"] for one in parameters if "reference" in one["name"].lower()]
