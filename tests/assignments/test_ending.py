"""Work changes, ends, is given back or undone: load and request follow."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assignments import queries, service
from app.assignments.models import Assignment
from app.assignments.rules import EndReason, NoCapacity, NotEligible, Phase
from app.caseworkers import queries as caseworkers
from app.help_requests.models import Exclusion, HelpRequest
from app.help_requests.rules import Outcome, Status
from app.identity.rules import Role
from app.kit.errors import InvalidInput, NotAllowed, NotFound, WrongStatus
from tests.builders import NOW, a_caseworker, a_help_request, an_actor, an_opening_load

DAY = timedelta(days=1)


def assigned(session: Session, **given: Any) -> tuple[HelpRequest, Assignment]:
    request, caseworker = a_help_request(session), a_caseworker(session, **given)
    return request, service.assign(session, request.id, caseworker.id, actor=an_actor(session), now=NOW)


def load_of(session: Session, assignment: Assignment) -> int:
    return queries.loads(session, [assignment.caseworker_id], NOW)[assignment.caseworker_id]


def change(session: Session, assignment: Assignment, *, above: bool = False, **changes: Any) -> Assignment:
    actor = an_actor(session)
    locked = service.lock(session, assignment.id, actor=actor)
    return service.change(session, locked, changes, actor=actor, now=NOW, above_maximum=above)  # type: ignore[arg-type]


def test_a_new_phase_takes_the_effort_of_the_policy_with_the_interpreter(session: Session) -> None:
    request = a_help_request(session, required_languages=["ar"])
    caseworker = a_caseworker(session)
    made = service.assign(session, request.id, caseworker.id, actor=an_actor(session), now=NOW)

    assert change(session, made, phase=Phase.ACTIVE).effort_minutes == 90 + 30


def test_an_effort_that_is_given_wins_over_the_policy(session: Session) -> None:
    _, made = assigned(session)

    assert change(session, made, phase=Phase.ACTIVE, effort_minutes=33).effort_minutes == 33
    assert load_of(session, made) == 33


@pytest.mark.parametrize(("effort", "fits"), [(599, True), (600, True), (601, False)])
def test_more_effort_fits_up_to_the_maximum(session: Session, effort: int, fits: bool) -> None:
    _, made = assigned(session, maximum_minutes=600)

    if fits:
        assert not change(session, made, effort_minutes=effort).over_maximum
        return
    with pytest.raises(NoCapacity) as error:
        change(session, made, effort_minutes=effort)
    assert error.value.facts["free_minutes"] == 600
    assert change(session, made, effort_minutes=effort, above=True).over_maximum


def test_less_effort_always_fits_and_lifts_the_mark_when_it_is_below_the_maximum(session: Session) -> None:
    _, made = assigned(session, maximum_minutes=600)
    change(session, made, effort_minutes=700, above=True)

    assert change(session, made, effort_minutes=650).over_maximum
    assert not change(session, made, effort_minutes=600).over_maximum


def test_a_planned_end_lies_today_or_later_and_can_be_taken_away(session: Session) -> None:
    _, made = assigned(session)
    today = NOW.date()

    with pytest.raises(InvalidInput):
        change(session, made, planned_end_on=today - DAY)
    assert change(session, made, planned_end_on=today).planned_end_on == today
    assert change(session, made, planned_end_on=None).planned_end_on is None


def test_a_change_that_changes_nothing_leaves_the_version(session: Session) -> None:
    _, made = assigned(session)
    version = made.version

    change(session, made, effort_minutes=120)
    assert made.version == version
    change(session, made, effort_minutes=121)
    assert made.version == version + 1


def test_a_caseworker_does_not_go_above_their_own_maximum(session: Session) -> None:
    _, made = assigned(session)
    me = an_actor(session, Role.CASEWORKER, caseworker_id=made.caseworker_id)

    with pytest.raises(NotAllowed):
        service.change(session, made, {"effort_minutes": 700}, actor=me, now=NOW, above_maximum=True)


def test_ending_the_work_of_who_leads_closes_the_request_and_ends_advice(session: Session) -> None:
    request, made = assigned(session)
    lead = an_actor(session)
    adviser = a_caseworker(session)
    advice = service.consult(session, request.id, adviser.id, effort_minutes=30, actor=lead, now=NOW)

    service.end(session, made, actor=lead, now=NOW, outcome=Outcome.ACTIVITY)

    assert (request.status, request.outcome) == (Status.CLOSED, Outcome.ACTIVITY)
    assert (made.end_reason, advice.end_reason) == (EndReason.COMPLETED, EndReason.CLOSED)
    assert (load_of(session, made), load_of(session, advice)) == (0, 0)


def test_ending_advice_leaves_the_request_with_who_leads_it(session: Session) -> None:
    request, made = assigned(session)
    lead = an_actor(session)
    advice = service.consult(session, request.id, a_caseworker(session).id, effort_minutes=30, actor=lead, now=NOW)

    service.end(session, advice, actor=lead, now=NOW)

    assert request.status is Status.ASSIGNED
    assert queries.open_lead(session, request.id) == made


def test_a_request_given_back_waits_since_its_first_date_for_somebody_else(session: Session) -> None:
    request, made = assigned(session)
    lead = an_actor(session)

    service.return_(session, made, actor=lead, now=NOW + DAY)

    assert (request.status, request.received_at) == (Status.WAITING, NOW)
    assert load_of(session, made) == 0
    excluded = session.scalars(
        select(Exclusion.caseworker_id).where(Exclusion.help_request_id == request.id)
    ).all()
    assert excluded == [made.caseworker_id]
    with pytest.raises(NotEligible):
        service.assign(session, request.id, made.caseworker_id, actor=lead, now=NOW + DAY)


def test_what_has_ended_neither_changes_nor_ends_again(session: Session) -> None:
    _, made = assigned(session)
    lead = an_actor(session)
    service.end(session, made, actor=lead, now=NOW)

    for again in (service.end, service.return_, service.undo):
        with pytest.raises(WrongStatus):
            again(session, made, actor=lead, now=NOW)
    with pytest.raises(WrongStatus):
        service.change(session, made, {"effort_minutes": 1}, actor=lead, now=NOW)


def test_a_decision_is_undone_as_if_it_had_not_been_taken(session: Session) -> None:
    request, made = assigned(session)
    lead = an_actor(session)

    service.undo(session, made, actor=lead, now=NOW)

    assert (request.status, made.end_reason) == (Status.WAITING, EndReason.REVERSED)
    service.assign(session, request.id, made.caseworker_id, actor=lead, now=NOW)


def test_a_decision_that_was_seen_is_not_undone(session: Session) -> None:
    _, made = assigned(session)
    me = an_actor(session, Role.CASEWORKER, caseworker_id=made.caseworker_id)
    version = made.version

    service.read(session, made.id, viewer=an_actor(session), now=NOW)
    assert [made.seen_at] == [None]
    service.read(session, made.id, viewer=me, now=NOW)
    service.read(session, made.id, viewer=me, now=NOW + DAY)

    assert (made.seen_at, made.version) == (NOW, version)
    with pytest.raises(WrongStatus):
        service.undo(session, made, actor=an_actor(session), now=NOW)


def test_seeing_the_request_counts_as_seeing_the_assignment(session: Session) -> None:
    request, made = assigned(session)

    service.mark_request_seen(
        session, request.id, viewer=an_actor(session, Role.CASEWORKER, caseworker_id=made.caseworker_id), now=NOW
    )

    assert made.seen_at == NOW


def test_a_decision_is_undone_on_its_own_day_only(session: Session) -> None:
    _, made = assigned(session)

    with pytest.raises(WrongStatus):
        service.undo(session, made, actor=an_actor(session), now=NOW + DAY)


def test_a_request_that_waits_is_closed_by_a_lead_and_not_by_a_caseworker(session: Session) -> None:
    request = a_help_request(session)
    with pytest.raises(NotFound):
        service.close_help_request(
            session,
            request.id,
            Outcome.INFORMATION,
            actor=an_actor(session, Role.CASEWORKER, caseworker_id=a_caseworker(session).id),
            now=NOW,
        )

    service.close_help_request(session, request.id, Outcome.INFORMATION, actor=an_actor(session), now=NOW)

    assert (request.status, request.closed_at) == (Status.CLOSED, NOW)


def test_a_lead_closes_only_what_runs_at_their_locations(session: Session) -> None:
    request, _ = assigned(session, location_code="ZUI")

    with pytest.raises(NotAllowed):
        service.close_help_request(
            session, request.id, Outcome.MOVED, actor=an_actor(session, locations=["GRO"]), now=NOW
        )


def test_who_only_advises_does_not_close_the_request(session: Session) -> None:
    request, _ = assigned(session)
    adviser = a_caseworker(session)
    service.consult(session, request.id, adviser.id, effort_minutes=30, actor=an_actor(session), now=NOW)

    with pytest.raises(NotFound):
        service.close_help_request(
            session,
            request.id,
            Outcome.MOVED,
            actor=an_actor(session, Role.CASEWORKER, caseworker_id=adviser.id),
            now=NOW,
        )


def test_a_load_above_the_maximum_from_elsewhere_is_no_reason_to_refuse_less_effort(session: Session) -> None:
    _, made = assigned(session, maximum_minutes=600)
    an_opening_load(session, caseworkers.get(session, made.caseworker_id), 600)

    changed = change(session, made, effort_minutes=60)

    assert (changed.effort_minutes, changed.over_maximum) == (60, False)
