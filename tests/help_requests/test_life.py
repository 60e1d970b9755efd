"""What happens to a request after intake: changes, contacts, ends, reopening, and who may see what."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.help_requests import queries, service
from app.help_requests.rules import Outcome, Status
from app.kit import clock
from app.kit.audit import AuditLine
from app.kit.errors import WrongStatus
from tests.builders import NOW, a_caseworker, a_help_request, an_actor, an_assignment
from tests.help_requests.asking import clocks, made, patch, problem, url

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


def test_a_crisis_comes_with_its_options_without_a_round(intake, as_role, session):
    fits = a_caseworker(session, levels={"finances": 3})
    a_caseworker(session, levels={"housing": 3})
    request = made(intake, urgency="crisis", requiredLevel=2)
    lead = as_role("team_lead", locations=["ZUI"])

    (listed,) = lead.get("/v1/help-requests", params={"urgency": "crisis", "status": "waiting"}).json()["items"]

    assert [option["code"] for option in listed["options"]] == [fits.code]
    assert fits.code in listed["options"][0]["reason"]
    assert intake.get(url(request)).json()["options"] is None


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
