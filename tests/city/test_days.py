"""Terms: how the days of the law and of the city are counted."""

from datetime import date

import pytest

from app.city import rules

CLOSED = frozenset({*rules.public_holidays(2026), *rules.public_holidays(2027)})


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2028])
def test_the_fifth_of_may_counts_every_year(year: int) -> None:
    assert date(year, 5, 5) in rules.public_holidays(year)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # a Thursday
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 5),  # Easter
        date(2026, 4, 6),  # Easter Monday
        date(2026, 4, 27),  # the King's birthday
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 25),  # Whit Monday
        date(2026, 12, 25),
        date(2026, 12, 26),
    ],
)
def test_the_days_of_article_3_are_public_holidays(day: date) -> None:
    assert day in rules.public_holidays(2026)
    assert not rules.is_working_day(day, CLOSED)


def test_the_kings_birthday_moves_off_a_sunday() -> None:
    assert date(2025, 4, 26) in rules.public_holidays(2025)
    assert date(2025, 4, 27) not in rules.public_holidays(2025)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),  # Friday
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), True),  # Monday
    ],
)
def test_the_city_works_from_monday_to_friday(day: date, works: bool) -> None:
    assert rules.is_working_day(day, CLOSED) is works


def test_a_day_on_which_the_city_is_closed_is_no_working_day() -> None:
    decreed = date(2026, 11, 24)

    assert rules.is_working_day(decreed, frozenset())
    assert not rules.is_working_day(decreed, {decreed})


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 27)),  # Friday: Monday is day one
        (date(2026, 11, 21), date(2026, 11, 27)),  # Saturday: Monday is day one, too
        (date(2026, 11, 22), date(2026, 11, 27)),  # Sunday
        (date(2026, 11, 23), date(2026, 11, 30)),  # Monday: Tuesday is day one
    ],
)
def test_what_comes_in_on_saturday_is_due_as_what_came_in_on_friday(received: date, due: date) -> None:
    assert rules.add_working_days(received, 5, CLOSED) == due


def test_working_days_skip_easter_and_good_friday() -> None:
    thursday_before = date(2026, 4, 2)

    assert rules.add_working_days(thursday_before, 1, CLOSED) == date(2026, 4, 7)


def test_no_working_days_leave_the_day_as_it_is() -> None:
    saturday = date(2026, 11, 21)

    assert rules.add_working_days(saturday, 0, CLOSED) == saturday


@pytest.mark.parametrize(
    ("start", "weeks", "due"),
    [
        (date(2026, 11, 23), 4, date(2026, 12, 21)),  # an ordinary Monday
        (date(2026, 11, 21), 4, date(2026, 12, 21)),  # ends on a Saturday: runs on to Monday
        (date(2026, 11, 27), 4, date(2026, 12, 28)),  # ends on Christmas, before Boxing Day and Sunday
        (date(2026, 4, 7), 4, date(2026, 5, 6)),  # ends on 5 May
        (date(2026, 3, 6), 4, date(2026, 4, 7)),  # ends on Good Friday: past Easter Monday
    ],
)
def test_weeks_are_calendar_weeks_and_run_on_past_closed_days(start: date, weeks: int, due: date) -> None:
    assert rules.add_weeks(start, weeks, CLOSED) == due


def test_a_working_day_does_not_roll_forward() -> None:
    assert rules.roll_forward(date(2026, 11, 20), CLOSED) == date(2026, 11, 20)


def test_days_begin_with_the_first() -> None:
    assert list(rules.days_from(date(2026, 12, 31), 2)) == [date(2026, 12, 31), date(2027, 1, 1)]


def test_two_teams_lie_as_far_apart_as_the_map_says() -> None:
    noordrand, zuid = (51.9421, 4.3682), (51.9052, 4.4037)

    assert 4_700 < rules.distance_metres(noordrand, zuid) < 4_900
    assert rules.distance_metres(zuid, noordrand) == rules.distance_metres(noordrand, zuid)
    assert rules.distance_metres(zuid, zuid) == 0
