"""Load: what counts, and until when."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.assignments import queries, service
from app.assignments.models import Hold
from app.assignments.rules import EndReason, Kind
from app.caseworkers.models import Caseworker
from app.kit.db import new_id
from tests.builders import (
    NOW,
    a_caseworker,
    a_help_request,
    an_absence,
    an_actor,
    an_assignment,
    an_opening_load,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def a_hold(session: Session, caseworker: Caseworker, **given: object) -> Hold:
    ordinary = {
        "id": new_id(),
        "caseworker_id": caseworker.id,
        "effort_minutes": 60,
        "created_at": NOW,
        "expires_at": NOW + 15 * MINUTE,
    }
    if "created_by" not in given:
        ordinary["created_by"] = an_actor(session).id
    hold = Hold(**(ordinary | given))
    session.add(hold)
    session.flush()
    return hold


def load_of(session: Session, caseworker: Caseworker, **given: object) -> int:
    return queries.loads(session, [caseworker.id], NOW, **given)[caseworker.id]  # type: ignore[arg-type]


def test_who_has_nothing_has_a_load_of_zero(session: Session) -> None:
    idle, busy = a_caseworker(session), a_caseworker(session)
    an_assignment(session, busy, effort_minutes=75)

    assert queries.loads(session, [idle.id, busy.id], NOW) == {idle.id: 0, busy.id: 75}
    assert queries.loads(session, [], NOW) == {}


def test_assignments_cases_run_elsewhere_and_holds_add_up(session: Session) -> None:
    caseworker = a_caseworker(session)
    an_assignment(session, caseworker, effort_minutes=100)
    an_assignment(session, caseworker, effort_minutes=20, kind=Kind.CONSULT)
    an_opening_load(session, caseworker, 3)
    a_hold(session, caseworker, effort_minutes=1_000)

    assert load_of(session, caseworker) == 1_123


def test_what_has_ended_does_not_count(session: Session) -> None:
    caseworker = a_caseworker(session)
    an_assignment(session, caseworker, ended_at=NOW, end_reason=EndReason.COMPLETED)
    an_opening_load(session, caseworker, 30, ended_at=NOW)
    a_hold(session, caseworker, released_at=NOW)

    assert load_of(session, caseworker) == 0


def test_a_hold_counts_until_the_moment_it_expires(session: Session) -> None:
    caseworker = a_caseworker(session)
    hold = a_hold(session, caseworker, effort_minutes=60)

    def load_at(moment: timedelta) -> int:
        return queries.loads(session, [caseworker.id], hold.expires_at + moment)[caseworker.id]

    assert (load_at(-MINUTE), load_at(timedelta()), load_at(MINUTE)) == (60, 0, 0)


def test_a_taken_hold_no_longer_expires(session: Session) -> None:
    caseworker = a_caseworker(session)
    a_hold(session, caseworker, expires_at=NOW - DAY, taken_by_request_id=a_help_request(session).id)

    assert load_of(session, caseworker) == 60


def test_holds_of_the_request_at_hand_are_left_out_and_those_of_others_are_not(session: Session) -> None:
    caseworker = a_caseworker(session)
    mine, other = a_help_request(session), a_help_request(session)
    a_hold(session, caseworker, effort_minutes=1, help_request_id=mine.id)
    a_hold(session, caseworker, effort_minutes=10, taken_by_request_id=mine.id)
    a_hold(session, caseworker, effort_minutes=100, help_request_id=other.id)
    loose = a_hold(session, caseworker, effort_minutes=1_000)

    assert load_of(session, caseworker) == 1_111
    assert load_of(session, caseworker, apart_from=[mine.id]) == 1_100
    assert load_of(session, caseworker, apart_from=[mine.id, loose.id]) == 100


def test_new_requests_count_for_seven_days(session: Session) -> None:
    caseworker, idle = a_caseworker(session), a_caseworker(session)
    an_assignment(session, caseworker, started_at=NOW - 7 * DAY)
    an_assignment(session, caseworker, started_at=NOW - 7 * DAY + MINUTE)
    an_assignment(session, caseworker, ended_at=NOW, end_reason=EndReason.RETURNED)

    assert queries.new_in_week(session, [caseworker.id, idle.id], NOW) == {caseworker.id: 2, idle.id: 0}


def test_advice_and_what_was_undone_are_no_new_requests(session: Session) -> None:
    caseworker = a_caseworker(session)
    an_assignment(session, caseworker, kind=Kind.CONSULT)
    an_assignment(session, caseworker, ended_at=NOW, end_reason=EndReason.REVERSED)

    assert queries.new_in_week(session, [caseworker.id], NOW)[caseworker.id] == 0


def test_free_minutes_per_day_know_working_days_absences_and_planned_ends(session: Session) -> None:
    today = NOW.date()
    caseworker = a_caseworker(session, maximum_minutes=600, working_days=[1, 2, 4])
    an_absence(session, caseworker, starts_on=today + DAY, ends_on=today + DAY)
    an_assignment(session, caseworker, effort_minutes=100, planned_end_on=today)
    an_opening_load(session, caseworker, 50, expected_end_on=today + 4 * DAY)
    a_hold(session, caseworker, effort_minutes=10)

    free = service.free_minutes_per_day(session, [caseworker], now=NOW, days=8)[caseworker.id]

    # Monday; Tuesday away; Wednesday free; Thursday; Friday and the weekend free; Monday.
    assert free == [440, 0, 0, 540, 0, 0, 0, 590]


def test_nobody_starts_on_a_closed_day(session: Session) -> None:
    caseworker = a_caseworker(session, maximum_minutes=600, working_days=list(range(1, 8)))
    days = (NOW.date().replace(month=12, day=25) - NOW.date()).days

    free = service.free_minutes_per_day(session, [caseworker], now=NOW, days=days + 3)[caseworker.id]

    assert free[days - 1 :] == [600, 0, 0, 600]


def test_an_absence_takes_away_exactly_its_days_also_beyond_what_is_looked_at(session: Session) -> None:
    today = NOW.date()
    caseworker = a_caseworker(session, maximum_minutes=600, working_days=list(range(1, 8)))
    an_absence(session, caseworker, starts_on=today - DAY, ends_on=today)
    an_absence(session, caseworker, starts_on=today + 2 * DAY, ends_on=today + 3 * DAY)
    an_absence(session, caseworker, starts_on=today + 5 * DAY, ends_on=today + 90 * DAY)
    an_absence(session, caseworker, starts_on=today + 80 * DAY, ends_on=today + 81 * DAY)

    free = service.free_minutes_per_day(session, [caseworker], now=NOW, days=7)[caseworker.id]

    assert free == [0, 600, 0, 0, 600, 0, 0]
