"""The specification names every rule that a set of assignments breaks."""

import pytest

from solver import Caseworker, Policy, Problem, Request, Urgency, barriers, cost, violations
from solver.matrices import matrices
from solver.prices import pair_terms
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem


def broken(
    requests: tuple[Request, ...], workers: tuple[Caseworker, ...], assignments: dict[str, str]
) -> list[str]:
    found = violations(Problem(requests=requests, caseworkers=workers), assignments)
    return [violation.code for violation in found]


PAIR = (a_request("a", urgency=Urgency.URGENT), a_request("b", urgency=Urgency.URGENT))
BOTH = {"a": "w1", "b": "w1"}


def test_nothing_assigned_breaks_nothing() -> None:
    assert broken(PAIR, (a_caseworker(),), {}) == []


@pytest.mark.parametrize(("load", "expected"), [(479, []), (480, []), (481, ["over-maximum"])])
def test_together_they_must_fit_below_the_maximum(load: int, expected: list[str]) -> None:
    assert broken(PAIR, (a_caseworker(load_minutes=load),), BOTH) == expected


@pytest.mark.parametrize(("load", "expected"), [(359, []), (360, []), (361, ["over-target"])])
def test_ordinary_work_must_together_fit_below_the_target(load: int, expected: list[str]) -> None:
    ordinary = (a_request("a"), a_request("b"))
    assert broken(ordinary, (a_caseworker(load_minutes=load),), BOTH) == expected


def test_urgent_work_in_the_same_plan_takes_no_room_below_the_target() -> None:
    mixed = (a_request("a"), a_request("b", urgency=Urgency.URGENT))
    assert broken(mixed, (a_caseworker(load_minutes=420),), BOTH) == []


@pytest.mark.parametrize(("new", "expected"), [(0, []), (1, []), (2, ["over-pace"])])
def test_together_they_must_keep_the_pace(new: int, expected: list[str]) -> None:
    assert broken(PAIR, (a_caseworker(new_in_week=new, new_per_week=3),), BOTH) == expected


def test_whatever_is_between_a_pair_is_a_violation() -> None:
    assert broken(PAIR[:1], (a_caseworker(active=False),), {"a": "w1"}) == ["not-available"]


def test_keys_that_nobody_has_are_violations() -> None:
    assert broken(PAIR, (a_caseworker(),), {"x": "w9"}) == ["unknown-request", "unknown-caseworker"]


def test_a_split_household_is_a_violation() -> None:
    family = tuple(a_request(key, household="h") for key in "ab")
    workers = (a_caseworker(), a_caseworker("w2"))
    assert broken(family, workers, {"a": "w1", "b": "w2"}) == ["household-split"]
    assert broken(family, workers, {"a": "w1"}) == ["household-split"]
    assert broken(family, workers, BOTH) == []


def test_a_moved_or_dropped_pin_is_a_violation() -> None:
    pinned = (a_request("a", pinned_to="w1"),)
    workers = (a_caseworker(), a_caseworker("w2"))
    assert broken(pinned, workers, {"a": "w2"}) == ["pin-moved"]
    assert broken(pinned, workers, {}) == ["pin-moved"]
    assert broken(pinned, workers, {"a": "w1"}) == []


def test_cost_has_what_waits_in_its_tier_and_the_load_above_target_once() -> None:
    requests = (
        a_request("a", overdue=True),
        a_request("b", waiting_days=2),
        a_request("c", urgency=Urgency.URGENT),
    )
    problem = Problem(requests=requests, caseworkers=(a_caseworker(load_minutes=450),))
    assert cost(problem, {}) == (60, 180 + 600, 0)
    assert cost(problem, {"c": "w1"}) == (60, 180, 20 + 30)
    assert cost(problem, {"a": "w1", "c": "w1"}) == (0, 180, 40 + 90 + 2 * 18)


@pytest.mark.parametrize("problem", [a_city(4, requests=25, caseworkers=12), *map(a_small_problem, range(40))])
def test_the_matrices_hold_the_same_rules_and_prices(problem: Problem) -> None:
    pairs = matrices(problem)
    for i, request in enumerate(problem.requests):
        for j, worker in enumerate(problem.caseworkers):
            minutes = problem.travel_minutes(request, worker)
            terms = pair_terms(request, worker, problem.policy, travel_minutes=minutes)
            assert pairs.eligible[i, j] == (not barriers(request, worker, problem.policy))
            assert pairs.points[i, j] == sum(term.points for term in terms)


def test_no_policy_in_range_can_blur_the_tiers_or_overflow() -> None:
    from solver.arrays import arrays_of

    largest = Policy(crisis_weight=1_000, urgent_weight=1_000, normal_weight=1_000, stability_points=10_000)
    request = a_request(effort_minutes=480, waiting_days=3_650, shown="w2")
    model = arrays_of(Problem(requests=(request,), caseworkers=(a_caseworker(),), policy=largest)).model
    assert int(model.waiting.sum()) == 1_000 * 3_651 * 480
