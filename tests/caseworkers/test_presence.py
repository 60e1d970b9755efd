"""Who is there when, at the boundaries of absences, working days and closed days."""

from datetime import date, timedelta

import pytest

from app.caseworkers.rules import as_stored, first_day_present, is_present, load_is_confirmed
from tests.builders import NOW

MONDAY = date(2026, 11, 23)
WEEK = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("days_later", "present"), [(0, True), (1, False), (2, False), (3, False), (4, True), (5, False)]
)
def test_an_absence_counts_from_its_first_day_to_its_last(days_later: int, present: bool) -> None:
    tuesday_to_thursday = (MONDAY + timedelta(1), MONDAY + timedelta(3))

    day = MONDAY + timedelta(days_later)

    assert is_present(WEEK, [tuesday_to_thursday], day, frozenset()) is present


def test_nobody_is_there_on_a_closed_day() -> None:
    assert is_present(WEEK, [], MONDAY, frozenset())
    assert not is_present(WEEK, [], MONDAY, {MONDAY})


def test_who_works_on_saturdays_is_there_on_saturday() -> None:
    saturday = MONDAY - timedelta(2)

    assert is_present([6], [], saturday, frozenset())
    assert not is_present([6], [], MONDAY, frozenset())


def test_the_first_day_is_today_when_they_are_there_today() -> None:
    assert first_day_present(WEEK, [], start=MONDAY, horizon_days=1, closed=frozenset()) == MONDAY


def test_the_first_day_lies_after_absence_closed_day_and_days_off() -> None:
    away = [(MONDAY, MONDAY + timedelta(1))]
    wednesday, friday = MONDAY + timedelta(2), MONDAY + timedelta(4)

    assert first_day_present([1, 2, 3, 5], away, start=MONDAY, horizon_days=84, closed={wednesday}) == friday


@pytest.mark.parametrize(("horizon_days", "found"), [(7, None), (8, MONDAY + timedelta(7))])
def test_the_horizon_counts_the_first_day(horizon_days: int, found: date | None) -> None:
    away = [(MONDAY, MONDAY)]

    day = first_day_present([1], iter(away), start=MONDAY, horizon_days=horizon_days, closed=frozenset())

    assert day == found


@pytest.mark.parametrize(("seconds", "confirmed"), [(0, True), (1, False)])
def test_a_load_counts_as_true_for_thirty_days(seconds: int, confirmed: bool) -> None:
    at = NOW - timedelta(days=30, seconds=seconds)
    long_ago = NOW - timedelta(days=400)

    assert load_is_confirmed(at, long_ago, now=NOW, days=30) is confirmed
    assert load_is_confirmed(None, at, now=NOW, days=30) is confirmed


def test_an_old_confirmation_is_not_renewed_by_anything_else() -> None:
    assert not load_is_confirmed(NOW - timedelta(days=31), NOW, now=NOW, days=30)


def test_what_is_stored_has_no_doubles_and_no_level_zero() -> None:
    stored = as_stored({"languages": ["nl", "ar", "nl"], "levels": {"housing": 0, "finances": 2}, "active": False})

    assert stored == {"languages": ["ar", "nl"], "levels": {"finances": 2}, "active": False}
