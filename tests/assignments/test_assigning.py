"""A request gets a caseworker: every rule at the moment of the decision."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assignments import queries, service
from app.assignments.models import Assignment, AssignmentPhase
from app.assignments.rules import EndReason, Kind, NoCapacity, NotEligible, Phase
from app.help_requests.models import Exclusion
from app.help_requests.rules import Status
from app.identity.rules import Role
from app.kit.audit import AuditLine
from app.kit.errors import InvalidInput, NotAllowed, NotFound, WrongStatus
from app.kit.events import EventRow
from tests.builders import (
    NOW,
    a_caseworker,
    a_help_request,
    an_absence,
    an_actor,
    an_assignment,
    an_opening_load,
)

DAY = timedelta(days=1)


def assign(session: Session, request: Any, caseworker: Any, **given: Any) -> Assignment:
    actor = given.pop("actor", None) or an_actor(session)
    return service.assign(session, request.id, caseworker.id, actor=actor, now=NOW, **given)


def barriers_of(error: pytest.ExceptionInfo[NotEligible]) -> list[str]:
    return [barrier["code"] for barrier in error.value.facts["barriers"]]


def events_of(session: Session, subject_id: Any) -> list[str]:
    query = select(EventRow.type).where(EventRow.subject_id == subject_id).order_by(EventRow.sequence)
    return list(session.scalars(query))


def test_an_assigned_request_takes_its_minutes_and_waits_no_more(session: Session) -> None:
    caseworker, request, actor = a_caseworker(session), a_help_request(session), an_actor(session)

    made = assign(session, request, caseworker, actor=actor, reason="crisis")

    assert (made.kind, made.phase, made.effort_minutes) == (Kind.LEAD, Phase.START, 120)
    assert (made.decided_by, made.reason, made.over_maximum) == (actor.id, "crisis", False)
    assert request.status is Status.ASSIGNED
    assert queries.loads(session, [caseworker.id], NOW) == {caseworker.id: 120}
    assert events_of(session, request.id) == ["assignment.started"]
    audited = session.scalars(select(AuditLine).where(AuditLine.object_id == made.id)).one()
    assert (audited.action, audited.actor_id) == ("start", actor.id)


def test_a_request_that_does_not_wait_is_not_assigned_again(session: Session) -> None:
    request = a_help_request(session)
    assign(session, request, a_caseworker(session))

    with pytest.raises(WrongStatus):
        assign(session, request, a_caseworker(session))


def test_nobody_is_assigned_before_the_age_is_settled(session: Session) -> None:
    with pytest.raises(WrongStatus):
        assign(session, a_help_request(session, adult=None), a_caseworker(session))


def test_a_request_or_caseworker_that_does_not_exist_is_not_found(session: Session) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session)

    with pytest.raises(NotFound):
        assign(session, caseworker, caseworker)
    with pytest.raises(NotFound):
        assign(session, request, request)


def test_a_lead_decides_for_their_own_locations_only(session: Session) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session, location_code="ZUI")

    with pytest.raises(NotAllowed):
        assign(session, request, caseworker, actor=an_actor(session, locations=["GRO"]))
    assign(session, request, caseworker, actor=an_actor(session, locations=["GRO", "ZUI"]))


def test_a_protected_request_is_not_found_by_who_is_not_on_its_list(session: Session) -> None:
    with pytest.raises(NotFound):
        assign(session, a_help_request(session, protected=True), a_caseworker(session))


@pytest.mark.parametrize(("load", "fits"), [(479, True), (480, True), (481, False)])
def test_the_effort_fits_up_to_the_maximum(session: Session, load: int, fits: bool) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session, maximum_minutes=600)
    an_opening_load(session, caseworker, load)

    if fits:
        assert not assign(session, request, caseworker).over_maximum
        return
    with pytest.raises(NoCapacity) as error:
        assign(session, request, caseworker)
    assert error.value.facts == {"caseworker": caseworker.code, "free_minutes": 119, "needed_minutes": 120}


def test_above_the_maximum_is_explicit_has_a_reason_and_is_marked(session: Session) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session)
    an_opening_load(session, caseworker, 600)

    with pytest.raises(InvalidInput):
        assign(session, request, caseworker, above_maximum=True)
    assert assign(session, request, caseworker, above_maximum=True, reason="crisis").over_maximum


def test_what_fits_is_not_marked_although_going_above_was_allowed(session: Session) -> None:
    made = assign(session, a_help_request(session), a_caseworker(session), above_maximum=True, reason="crisis")

    assert not made.over_maximum


def test_going_above_the_maximum_lifts_no_other_rule(session: Session) -> None:
    request, caseworker = a_help_request(session, asked_level=3), a_caseworker(session, maximum_minutes=480)
    an_opening_load(session, caseworker, 480)

    with pytest.raises(NotEligible) as error:
        assign(session, request, caseworker, above_maximum=True, reason="crisis")

    assert barriers_of(error) == ["level"]


def test_an_excluded_caseworker_is_not_available_and_reads_like_one_who_left(session: Session) -> None:
    request = a_help_request(session)
    excluded, gone = a_caseworker(session), a_caseworker(session, active=False)
    session.add(Exclusion(help_request_id=request.id, caseworker_id=excluded.id, created_at=NOW))

    for caseworker in (excluded, gone):
        with pytest.raises(NotEligible) as error:
            assign(session, request, caseworker)
        assert error.value.facts["barriers"] == [{"code": "not-available", "facts": {}}]


def test_who_is_away_when_help_must_start_does_not_take_it(session: Session) -> None:
    request, caseworker = a_help_request(session), a_caseworker(session)
    an_absence(session, caseworker, ends_on=NOW.date() + 28 * DAY)

    with pytest.raises(NotEligible) as error:
        assign(session, request, caseworker)

    assert barriers_of(error) == ["absent"]


def test_pace_counts_at_the_decision(session: Session) -> None:
    caseworker = a_caseworker(session, new_per_week=1)
    assign(session, a_help_request(session), caseworker)

    with pytest.raises(NotEligible) as error:
        assign(session, a_help_request(session), caseworker)

    assert barriers_of(error) == ["pace"]


def test_an_unconfirmed_load_takes_nothing(session: Session) -> None:
    stale = NOW - 31 * DAY
    caseworker = a_caseworker(session, load_confirmed_at=stale, created_at=stale)

    with pytest.raises(NotEligible) as error:
        assign(session, a_help_request(session), caseworker)

    assert barriers_of(error) == ["load-unconfirmed"]


def test_an_interpreter_adds_the_minutes_of_the_policy(session: Session) -> None:
    request = a_help_request(session, required_languages=["ar"])

    assert assign(session, request, a_caseworker(session)).effort_minutes == 150


def test_advice_takes_minutes_beside_who_leads(session: Session) -> None:
    request, adviser = a_help_request(session), a_caseworker(session)
    with pytest.raises(WrongStatus):
        service.consult(
            session, request.id, adviser.id, effort_minutes=30, actor=an_actor(session), now=NOW, reason="debts"
        )
    lead = assign(session, request, a_caseworker(session))

    made = service.consult(
        session, request.id, adviser.id, effort_minutes=30, actor=an_actor(session), now=NOW, reason="debts"
    )

    assert (made.kind, made.effort_minutes) == (Kind.CONSULT, 30)
    assert queries.open_lead(session, request.id) == lead
    assert queries.loads(session, [adviser.id], NOW)[adviser.id] == 30


def transferred(session: Session, assignment: Assignment, caseworker: Any, **given: Any) -> Assignment:
    actor = given.pop("actor", None) or an_actor(session)
    locked = service.lock(session, assignment.id, actor=actor)
    return service.transfer(session, locked, caseworker.id, actor=actor, now=NOW, **given)


def test_a_transfer_moves_the_load_and_keeps_the_phase(session: Session) -> None:
    before, after = a_caseworker(session), a_caseworker(session)
    request = a_help_request(session)
    first = assign(session, request, before)
    service.change(session, first, {"phase": Phase.ACTIVE, "effort_minutes": 77}, actor=an_actor(session), now=NOW)

    second = transferred(session, first, after)

    assert (second.phase, second.effort_minutes, second.help_request_id) == (Phase.ACTIVE, 77, request.id)
    assert (first.ended_at, first.end_reason) == (NOW, EndReason.TRANSFERRED)
    assert queries.loads(session, [before.id, after.id], NOW) == {before.id: 0, after.id: 77}
    assert request.status is Status.ASSIGNED
    assert queries.open_lead(session, request.id) == second
    started, *_ = events_of(session, request.id)
    assert started == "assignment.started"
    assert events_of(session, request.id)[-1] == "assignment.transferred"


def test_a_transfer_leaves_the_interpreter_behind_who_speaks_the_language(session: Session) -> None:
    request = a_help_request(session, required_languages=["ar"])
    first = assign(session, request, a_caseworker(session))

    second = transferred(session, first, a_caseworker(session, languages=["ar"]))

    assert (first.effort_minutes, second.effort_minutes) == (150, 120)


def test_a_transfer_checks_the_rules_of_who_takes_over(session: Session) -> None:
    first = assign(session, a_help_request(session), a_caseworker(session))
    full = a_caseworker(session)
    an_opening_load(session, full, 600)

    with pytest.raises(NoCapacity):
        transferred(session, first, full)
    assert transferred(session, first, full, above_maximum=True, reason="agreed").over_maximum


def test_a_transfer_goes_to_somebody_else_at_a_location_that_the_lead_leads(session: Session) -> None:
    caseworker = a_caseworker(session)
    first = assign(session, a_help_request(session), caseworker)

    with pytest.raises(InvalidInput):
        transferred(session, first, caseworker)
    with pytest.raises(NotAllowed):
        transferred(
            session, first, a_caseworker(session, location_code="ZUI"), actor=an_actor(session, locations=["GRO"])
        )


def test_what_has_ended_is_not_transferred(session: Session) -> None:
    ended = an_assignment(session, a_caseworker(session), ended_at=NOW, end_reason=EndReason.CLOSED)

    with pytest.raises(WrongStatus):
        transferred(session, ended, a_caseworker(session))


def test_a_caseworker_does_not_know_of_the_work_of_others(session: Session) -> None:
    mine, other = a_caseworker(session), a_caseworker(session)
    theirs = an_assignment(session, other)
    me = an_actor(session, Role.CASEWORKER, caseworker_id=mine.id)

    with pytest.raises(NotFound):
        service.lock(session, theirs.id, actor=me)
    assert queries.page(session, me, limit=10) == []


def test_every_phase_is_a_row_of_history(session: Session) -> None:
    made = assign(session, a_help_request(session), a_caseworker(session))
    later = NOW + DAY
    service.change(session, made, {"phase": Phase.AFTERCARE}, actor=an_actor(session), now=later)

    rows = session.scalars(select(AssignmentPhase).where(AssignmentPhase.assignment_id == made.id)).all()

    assert [(row.phase, row.effort_minutes, row.ended_at) for row in sorted(rows, key=lambda r: r.started_at)] == [
        (Phase.START, 120, later),
        (Phase.AFTERCARE, 20, None),
    ]
