"""Runs beside each other: gaps, the best bounds, the excess over them, the time to a gap."""

import pytest

from benchmarks.comparing import (
    best_bounds,
    by_instance,
    excess_share,
    seconds_to_gap,
    times_faster,
    worst_gap,
)
from benchmarks.measured import Cost
from benchmarks.runs import Point
from tests.benchmarks.test_runs import a_run

ONE_POINT = [Point(1.0, (0, 5, 9), (0, 5, 9))]


@pytest.mark.parametrize(
    ("costs", "bounds", "gap"),
    [
        ((0, 5, 9), (0, 5, 9), 0.0),
        ((0, 5, 10), (0, 5, 9), 0.1),
        ((0, 10, 10), (0, 5, 9), 0.5),
        ((2, 0, 0), (0, 0, 0), 1.0),
        ((0, 5, 7), (0, 5, 9), 0.0),
    ],
)
def test_the_gap_is_that_of_the_worst_tier(costs, bounds, gap: float):
    assert worst_gap(costs, bounds) == pytest.approx(gap)


def test_the_best_bounds_come_from_whoever_proved_them_and_never_pass_the_best_plan():
    runs = [
        a_run(costs=(0, 7, 9), bounds=(0, 4, 0)),
        a_run(costs=(0, 6, 20), bounds=(0, 2, 11)),
        a_run(costs=(0, 9, 1), bounds=(0, 8, 50), faults=("wrong",)),
    ]

    assert best_bounds(runs) == (0, 4, 11)
    assert best_bounds([]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("ours", "rival", "share"),
    [
        ((0, 5, 9), (0, 5, 9), None),
        ((0, 5, 10), (0, 5, 19), 0.1),
        ((0, 6, 0), (0, 15, 0), 0.1),
        ((0, 5, 10), (0, 6, 0), 0.0),
        ((0, 6, 0), (0, 5, 10), float("inf")),
    ],
)
def test_the_excess_is_compared_in_the_first_tier_that_lies_above_the_bound(ours, rival, share):
    bounds = (0, 5, 9)
    mine = a_run(costs=ours, bounds=(0, 5, 0 if ours[2] < 9 else 9), points=ONE_POINT)
    theirs = a_run(
        contestant="highs", costs=rival, bounds=bounds if rival[2] >= 9 else (0, 5, 0), points=ONE_POINT
    )
    if share is None:
        assert excess_share(mine, [theirs]) is None
    else:
        assert excess_share(mine, [theirs]) == pytest.approx(share)


def test_a_wrong_plan_of_ours_is_the_worst_and_no_plan_of_a_rival_is_no_rival():
    assert excess_share(a_run(faults=("wrong",)), [a_run(points=ONE_POINT)]) == float("inf")
    assert excess_share(a_run(), [a_run(points=[])]) == 0.0


def test_the_time_to_a_gap_is_when_the_run_itself_could_tell_it():
    one = a_run(points=[Point(0.5, (0, 5, 10), (0, 5, 0)), Point(0.7, (0, 5, 10), (0, 5, 10))])

    assert seconds_to_gap(one, 0.001) == 0.7
    assert seconds_to_gap(a_run(points=[]), 0.001) == float("inf")


def test_who_proves_nothing_is_taken_to_need_more_than_the_limit():
    ours = a_run(cost=Cost(0.5, 0.5, 1.0))
    rival = a_run(cost=Cost(3.0, 3.0, 1.0), bounds=(0, 0, 0), limit=10.0)

    assert times_faster(ours, rival) == 20.0
    assert times_faster(rival, ours) == 1 / 20
    assert times_faster(rival, rival) == 1.0


def test_runs_are_grouped_by_instance_and_contestant():
    first, second, other = a_run(), a_run(contestant="highs"), a_run(instance="j")

    assert by_instance([first, second, other]) == {"i": {"ours": first, "highs": second}, "j": {"ours": other}}
