"""Free minutes per day, and the words of errors, without a database."""

from datetime import date, timedelta

import pytest

from app.assignments.rules import earliest_start, free_per_day, minutes_of_travel, no_capacity, not_eligible

TODAY = date(2026, 11, 23)


def test_free_minutes_rise_the_day_after_work_is_planned_to_end() -> None:
    free = free_per_day(60, [(90, TODAY + timedelta(days=1))], present=[True] * 4, today=TODAY)

    assert free == [60, 60, 150, 150]


def test_work_that_ends_today_frees_its_minutes_tomorrow() -> None:
    assert free_per_day(0, [(45, TODAY)], present=[True, True], today=TODAY) == [0, 45]


def test_a_planned_end_that_has_passed_frees_nothing() -> None:
    ends = [(90, TODAY - timedelta(days=1))]

    assert free_per_day(30, ends, present=[True] * 3, today=TODAY) == [30, 30, 30]


def test_nothing_can_start_on_a_day_without_presence() -> None:
    assert free_per_day(60, [], present=[False, True, False], today=TODAY) == [0, 60, 0]


def test_who_is_above_the_maximum_has_nothing_free_until_enough_ends() -> None:
    ends = [(60, TODAY), (60, TODAY + timedelta(days=1))]

    assert free_per_day(-90, ends, present=[True] * 4, today=TODAY) == [0, 0, 30, 30]


@pytest.mark.parametrize(("minutes", "day"), [(60, 1), (61, 2), (120, 2), (121, None)])
def test_the_earliest_start_is_the_first_day_on_which_it_fits(minutes: int, day: int | None) -> None:
    expected = None if day is None else TODAY + timedelta(days=day)

    assert earliest_start([0, 60, 120], minutes, today=TODAY) == expected


@pytest.mark.parametrize(("metres", "minutes"), [(0, 0), (1, 1), (190, 1), (191, 2), (4_800, 26)])
def test_travel_is_counted_in_whole_minutes_rounded_up(metres: int, minutes: int) -> None:
    assert minutes_of_travel(metres) == minutes


def test_no_capacity_says_who_how_much_and_what_to_do() -> None:
    error = no_capacity("GRO-04", free_minutes=90, needed_minutes=120)

    assert error.detail == (
        "GRO-04 has 90 minutes a week free below the maximum; this takes 120. "
        "Choose another caseworker, or go above the maximum explicitly, with a reason."
    )
    assert dict(error.facts) == {"caseworker": "GRO-04", "free_minutes": 90, "needed_minutes": 120}


def test_nobody_is_told_to_go_above_a_target() -> None:
    error = no_capacity("GRO-04", free_minutes=0, needed_minutes=120, limit="target")

    assert "target" in error.detail
    assert "explicitly" not in error.detail


def test_not_eligible_lists_every_barrier_with_its_facts() -> None:
    error = not_eligible("GRO-04", [("level", {"needed": 3, "has": 1}), ("not-available", {})])

    assert error.facts["barriers"] == [
        {"code": "level", "facts": {"needed": 3, "has": 1}},
        {"code": "not-available", "facts": {}},
    ]
