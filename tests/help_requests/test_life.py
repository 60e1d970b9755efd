"""What happens to a request after intake: changes, contacts, ends, reopening, and who may see what."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.help_requests import queries, service
from app.help_requests.models import Access, Clock, HelpRequest
from app.help_requests.rules import ClockName, Outcome, Status, Urgency
from app.identity.models import Client
from app.identity.rules import Role
from app.kit import clock
from app.kit.audit import AuditLine
from app.kit.errors import WrongStatus
from tests.builders import a_caseworker, a_help_request, an_actor, an_assignment
from tests.conftest import NOW

ENOUGH = {"topic": "finances", "adult": True, "summary": "Rent arrears.", "contact": {"number": "010"}}


@pytest.fixture
def intake(as_role: Any) -> Any:
    return as_role("intake")


@pytest.fixture
def lead(as_role: Any) -> Any:
    return as_role("team_lead")


def made(client: Any, **more: Any) -> Any:
    answer = client.post("/v1/help-requests", json=ENOUGH | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def url(request: Any, *more: str) -> str:
    return "/".join([f"/v1/help-requests/{request['id']}", *more])


def patch(client: Any, request: Any, **changes: Any) -> Any:
    etag = client.get(url(request)).headers["ETag"]
    return client.patch(url(request), json=changes, headers={"If-Match": etag})


def problem(answer: Any) -> str:
    kind: str = answer.json()["type"]
    return kind.removeprefix("urn:stadsbreed:problem:")


def clocks(request: Any) -> dict[str, Any]:
    return {one["name"]: one for one in request["clocks"] if one["stoppedAt"] is None}


# --- changing ----------------------------------------------------------------------------------------


def test_a_change_needs_the_present_etag(intake):
    request = made(intake)

    without = intake.patch(url(request), json={"weight": "heavy"})
    stale = intake.patch(url(request), json={"weight": "heavy"}, headers={"If-Match": '"7"'})
    right = intake.patch(url(request), json={"weight": "heavy"}, headers={"If-Match": request["etag"]})
    again = intake.patch(url(request), json={"weight": "light"}, headers={"If-Match": request["etag"]})

    assert [without.status_code, stale.status_code, right.status_code, again.status_code] == [428, 412, 200, 412]
    assert right.headers["ETag"] == right.json()["etag"] != request["etag"]
    assert right.json()["effortMinutes"] == 240


def test_what_is_left_out_stays_and_null_takes_away(intake):
    request = made(intake, district="NIE", languages={"required": ["ar"], "interpreter": False})

    changed = patch(intake, request, district=None, languages={"preferred": ["fr"]}, contact=None).json()

    assert changed["district"] is None
    assert changed["languages"] == {"required": ["ar"], "preferred": ["fr"], "interpreter": False}
    assert changed["summary"] == "Rent arrears."
    assert changed["contact"] is None


def test_changing_nothing_is_no_event_and_keeps_the_etag(intake):
    request = made(intake)

    same = patch(intake, request, topic="finances", summary="Rent arrears.")

    assert same.json()["etag"] == request["etag"]
    assert len(intake.get(url(request, "events")).json()["items"]) == 1


def test_a_change_names_what_changed_and_never_what_it_says(intake):
    request = made(intake)
    patch(intake, request, weight="heavy", summary="Worse now.", effortMinutes=90)

    event = intake.get(url(request, "events")).json()["items"][-1]

    assert event["type"] == "help-request.changed"
    assert event["data"] == {"fields": ["effortMinutes", "summary", "weight"]}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"threat": "eviction"}, "#/threat"),
        ({"otherTopics": ["finances"]}, "#/otherTopics"),
        ({"concerns": "other-adult"}, "#/consent"),
        ({"adult": None}, "#/adult"),
        ({"topic": None}, "#/topic"),
        ({"previousCaseworkerId": "01900000-0000-7000-8000-000000000000"}, "#/previousCaseworkerId"),
        ({"receivedAt": "2026-11-20T09:12:00Z"}, "#/receivedAt"),
    ],
)
def test_a_change_to_what_cannot_be_true_is_refused(intake, changes, pointer):
    answer = patch(intake, made(intake), **changes)

    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {pointer}


def test_what_becomes_a_crisis_is_due_today_and_says_what_to_do(intake):
    request = made(intake, receivedAt="2026-11-20T09:12:00+01:00")

    changed = patch(intake, request, urgency="crisis").json()

    assert {one["dueOn"] for one in clocks(changed).values()} == {"2026-11-23"}
    assert "112" in changed["safetyAdvice"]
    assert len(changed["clocks"]) == 4, "the clocks before stay as history"


def test_a_lead_settles_an_age_and_the_request_takes_part_in_rounds(intake, lead, session):
    request = made(intake, adult=None)

    settled = patch(lead, request, adult=True)

    assert settled.status_code == 200
    assert settled.json()["adult"] is True
    assert UUID(request["id"]) in {row.id for row in queries.waiting(session)}
    types = [item["type"] for item in lead.get(url(request, "events")).json()["items"]]
    assert types == ["help-request.received", "help-request.age-settled"]


def test_who_turns_out_to_be_a_minor_is_refused_and_nothing_changes(intake, lead):
    request = made(intake, adult=None)

    answer = patch(lead, request, birthYear=2012, topic="parenting")

    assert (answer.status_code, problem(answer)) == (409, "minor")
    assert lead.get(url(request)).json()["topic"] == "finances"


def test_exclusions_are_added_and_never_taken_back_by_a_change(intake, session):
    first, second = a_caseworker(session), a_caseworker(session)
    request = made(intake, excludedCaseworkerIds=[str(first.id)])

    changed = patch(intake, request, excludedCaseworkerIds=[str(second.id)]).json()

    assert changed["excludedCaseworkerIds"] == sorted([str(first.id), str(second.id)])


# --- contacts ----------------------------------------------------------------------------------------


def contact(client: Any, request: Any, kind: str, *, reached: bool, at: str = "2026-11-23T08:59:00Z") -> Any:
    return client.post(url(request, "contacts"), json={"kind": kind, "at": at, "reached": reached})


def test_an_attempt_that_failed_stops_no_clock_and_is_kept(intake, session):
    request = made(intake)

    answer = contact(intake, request, "call", reached=False)

    assert answer.status_code == 201
    assert set(clocks(intake.get(url(request)).json())) == {"call-back", "start"}
    assert len(queries.contacts_of(session, UUID(request["id"]))) == 1


def test_reaching_somebody_stops_the_call_back_and_a_conversation_the_start(intake):
    request = made(intake)

    contact(intake, request, "call", reached=True)
    after_call = intake.get(url(request)).json()
    contact(intake, request, "conversation", reached=True)
    after_conversation = intake.get(url(request)).json()

    assert set(clocks(after_call)) == {"start"}
    assert after_call["residentMessage"].startswith("Wij hebben u gesproken.")
    assert clocks(after_conversation) == {}
    assert len({request["etag"], after_call["etag"], after_conversation["etag"]}) == 3


@pytest.mark.parametrize("at", ["2026-11-22T10:00:00Z", "2026-11-23T09:05:01Z"])
def test_a_contact_lies_neither_before_the_request_nor_in_the_future(intake, at):
    answer = contact(intake, made(intake), "call", reached=True, at=at)

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/at"]


# --- crisis ------------------------------------------------------------------------------------------


def test_a_crisis_is_listed_for_every_lead_at_once_and_acknowledged_by_name(intake, as_role):
    request = made(intake, urgency="crisis")
    lead = as_role("team_lead", locations=["ZUI"])

    listed = lead.get("/v1/help-requests", params={"urgency": "crisis", "status": "waiting"}).json()["items"]
    answer = lead.post(url(request, "acknowledgements"))

    assert [item["id"] for item in listed] == [request["id"]]
    assert listed[0]["summary"] == "Rent arrears."
    assert answer.status_code == 201
    assert answer.json()["acknowledgedAt"] == "2026-11-23T09:00:00Z"
    assert answer.json()["acknowledgedBy"] is not None
    assert problem(lead.post(url(request, "acknowledgements"))) == "wrong-status"


def test_only_a_crisis_is_acknowledged(intake, lead):
    answer = lead.post(url(made(intake), "acknowledgements"))

    assert (answer.status_code, problem(answer)) == (409, "wrong-status")
    assert answer.json()["status"] == 409


# --- ends and reopening --------------------------------------------------------------------------------


def test_a_withdrawn_request_waits_no_longer_and_its_clocks_stop(intake):
    request = made(intake)

    answer = intake.post(url(request, "withdrawals"))

    assert answer.status_code == 201
    assert answer.json()["status"] == "withdrawn"
    assert clocks(answer.json()) == {}
    assert "ingetrokken" in answer.json()["residentMessage"]
    assert problem(intake.post(url(request, "withdrawals"))) == "wrong-status"
    assert problem(patch(intake, request, weight="heavy")) == "wrong-status"
    assert problem(contact(intake, request, "call", reached=True)) == "wrong-status"


def test_a_closed_request_is_reopened_with_new_clocks_and_its_earlier_caseworker(intake, session):
    request = made(intake)
    row = queries.lock(session, UUID(request["id"]))
    helper = a_caseworker(session)
    an_assignment(session, helper, help_request_id=row.id, ended_at=NOW)
    service.close(session, row, Outcome.COMPLETED, actor=an_actor(session), now=NOW)
    session.flush()

    with clock.stopped(NOW + timedelta(days=30)):
        answer = intake.post(url(request, "reopenings"))

    assert answer.status_code == 201, answer.text
    reopened = answer.json()
    assert (reopened["status"], reopened["outcome"], reopened["closedAt"]) == ("waiting", None, None)
    assert reopened["previousCaseworkerId"] == str(helper.id)
    assert reopened["receivedAt"] == request["receivedAt"]
    assert {one["startedAt"][:10] for one in clocks(reopened).values()} == {"2026-12-23"}


@pytest.mark.parametrize(("days", "status"), [(92, 201), (93, 409)])
def test_a_request_is_reopened_until_three_months_after_it_closed(intake, session, days, status):
    request = made(intake)
    row = queries.lock(session, UUID(request["id"]))
    service.close(session, row, Outcome.INFORMATION, actor=an_actor(session), now=NOW)
    session.flush()

    with clock.stopped(NOW + timedelta(days=days)):
        assert intake.post(url(request, "reopenings")).status_code == status


def test_what_is_given_back_keeps_its_first_date_and_clocks(session):
    request = a_help_request(session, received_at=NOW - timedelta(days=9))
    actor = an_actor(session)

    service.mark_assigned(session, request, actor=actor, now=NOW)
    service.give_back(session, request, actor=actor, now=NOW)

    assert request.status is Status.WAITING
    assert service.waiting_days_of(request, NOW) == 9


def test_a_request_whose_age_is_unknown_is_given_to_nobody(session):
    request = a_help_request(session, adult=None)

    with pytest.raises(WrongStatus, match="adult"):
        service.mark_assigned(session, request, actor=an_actor(session), now=NOW)


def test_everything_that_happened_is_numbered_without_gaps(intake, lead):
    request = made(intake)
    contact(intake, request, "call", reached=False)
    patch(lead, request, weight="light")
    intake.post(url(request, "withdrawals"))

    events = intake.get(url(request, "events")).json()["items"]
    first = intake.get(url(request, "events"), params={"limit": 3}).json()
    rest = intake.get(url(request, "events"), params={"limit": 3, "cursor": first["next"]}).json()

    assert [event["sequence"] for event in events] == [1, 2, 3, 4]
    assert [event["type"].split(".")[1] for event in events] == [
        *("received", "contact-added", "changed", "withdrawn")
    ]
    assert first["items"] + rest["items"] == events
    assert rest["next"] is None


def test_every_audit_line_of_a_request_has_its_own_number(intake, session):
    request = made(intake)
    patch(intake, request, weight="light", adult=True, summary="Other.")
    intake.get(url(request))

    lines = session.scalars(
        select(AuditLine).where(AuditLine.object_id == UUID(request["id"])).order_by(AuditLine.sequence)
    ).all()

    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    assert {"receive", "change", "read-private-part"} <= {line.action for line in lines}


# --- who sees what -------------------------------------------------------------------------------------


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
    assignment.ended_at, assignment.end_reason = NOW, "transferred"
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
