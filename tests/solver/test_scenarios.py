"""What if: a scenario changes exactly what it says, names every fault, and is never worse where it can't be."""

from dataclasses import replace

import pytest

from solver import (
    Absence,
    Capacity,
    Limits,
    Plan,
    Problem,
    Scenario,
    ScenarioError,
    changed,
    compared,
    cost,
    solve,
    still_possible,
    violations,
)
from tests.solver.problems import TOPICS, a_caseworker, a_city, a_request

SEEDS = range(3)
LIMITS = Limits(effort=5.0)
DISTRICT_ONLY = Scenario(own_district_only=True)


def a_tight_city(seed: int) -> Problem:
    """Return a city in which not everything fits."""
    return a_city(seed, requests=50, caseworkers=16, ratio=1.3)


def a_specialist(key: str = "extra", **fields: object) -> object:
    return a_caseworker(key, levels=dict.fromkeys(TOPICS, 3), location="OOS", **fields)


def solved(problem: Problem) -> Plan:
    plan = solve(problem, LIMITS)
    assert violations(problem, plan.assignments) == []
    return plan


@pytest.mark.parametrize("seed", SEEDS)
def test_own_district_only_places_nobody_across_districts(seed: int) -> None:
    problem = a_tight_city(seed)
    location = {worker.key: worker.location for worker in problem.caseworkers}

    plan = solved(changed(problem, DISTRICT_ONLY))

    assert plan.placed
    for request in problem.requests:
        if request.district is not None and request.key in plan.assignments:
            assert location[plan.assignments[request.key]] == request.district


@pytest.mark.parametrize("seed", SEEDS)
def test_fully_pooled_leaves_no_more_weight_waiting_than_own_district_only(seed: int) -> None:
    problem = a_tight_city(seed)
    pooled = changed(problem, Scenario(prices={"district_weight": 0}))

    together, apart = solved(pooled), solved(changed(problem, DISTRICT_ONLY))

    assert together.optimal
    assert cost(problem, together.assignments)[:2] <= cost(problem, apart.assignments)[:2]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_specialist_never_makes_what_waits_worse(seed: int) -> None:
    problem = a_tight_city(seed)
    more = changed(problem, Scenario(extra_staff=(a_specialist(),)))  # type: ignore[arg-type]

    without, with_one = solved(problem), solved(more)

    assert without.optimal
    assert with_one.optimal
    assert cost(more, with_one.assignments) <= cost(problem, without.assignments)


def test_a_scenario_without_changes_is_the_same_problem() -> None:
    problem = a_tight_city(1)

    assert changed(problem, Scenario()) == problem


def test_a_scenario_changes_what_it_says_and_nothing_else() -> None:
    problem = Problem(
        requests=(a_request(),),
        caseworkers=(
            a_caseworker("w1"),
            a_caseworker("w2", present_from_day=4),
            a_caseworker("w3", location="GRO"),
            a_caseworker("w4"),
        ),
    )
    scenario = Scenario(
        capacities=(Capacity(caseworker="w1", maximum_minutes=900),),
        absences=(Absence(caseworker="w2", back_on_day=2), Absence(caseworker="w4", back_on_day=9)),
        closed_locations=("GRO",),
        prices={"district_weight": 100},
    )

    after = changed(problem, scenario)

    w1, w2, w3, w4 = after.caseworkers
    assert (w1.target_minutes, w1.maximum_minutes) == (480, 900)
    assert [worker.present_from_day for worker in (w2, w3, w4)] == [4, None, 9]
    assert after.policy == replace(problem.policy, district_weight=100)
    assert after.requests == problem.requests


def test_every_fault_of_a_scenario_is_named_at_once() -> None:
    problem = Problem(requests=(), caseworkers=(a_caseworker("w1"),))
    scenario = Scenario(
        capacities=(
            Capacity(caseworker="w9", target_minutes=60),
            Capacity(caseworker="w1", target_minutes=-60),
            Capacity(caseworker="w1", target_minutes=700),
        ),
        absences=(Absence(caseworker="w8"), Absence(caseworker="w1", back_on_day=-1)),
        closed_locations=("MARS",),
        extra_staff=(a_caseworker("w1"), a_caseworker("w2", levels={"finances": 4})),
        prices={"district_weight": 101, "free_lunch": 1},
    )

    with pytest.raises(ScenarioError) as error:
        changed(problem, scenario)

    assert [fault.path for fault in error.value.found] == [
        ("capacities", 0, "caseworker"),
        ("capacities", 1),
        ("capacities", 2, "caseworker"),
        ("capacities", 2),
        ("absences", 0, "caseworker"),
        ("absences", 1, "back_on_day"),
        ("closed_locations", 0),
        ("extra_staff", 0, "key"),
        ("extra_staff", 1),
        ("prices",),
    ]
    assert "w9" in str(error.value)
    assert "-60" in str(error.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_scenario_leaves_possible_of_a_plan_fits_together(seed: int) -> None:
    problem = a_tight_city(seed)
    plan = solved(problem)
    closed = changed(problem, Scenario(closed_locations=("CEW",)))

    kept = still_possible(closed, plan.assignments)

    assert still_possible(problem, plan.assignments) == plan.assignments
    assert violations(closed, kept) == []
    location = {worker.key: worker.location for worker in problem.caseworkers}
    assert kept == {key: who for key, who in plan.assignments.items() if location[who] != "CEW"}


def test_an_outcome_is_counted_per_wish_district_and_topic() -> None:
    problem = Problem(
        requests=(
            a_request("a", district="CEW", waiting_days=1),
            a_request("b", district="GRO", overdue=True, effort_minutes=120),
            a_request("c", topic="housing", required_level=1),
        ),
        caseworkers=(a_caseworker("w1", target_minutes=120, maximum_minutes=120),),
        travel={("GRO", "CEW"): 12},
    )
    more = changed(problem, Scenario(extra_staff=(a_caseworker("w2", location="GRO"),)))
    before, after = solved(problem), solved(more)

    found = compared((problem, before), (more, after))

    assert (before.assignments, after.assignments) == ({"b": "w1"}, {"a": "w1", "b": "w2"})
    assert (found.today.placed, found.today.waiting, found.today.waiting_weight) == (1, 2, 2 * 60 + 60)
    assert (found.then.placed, found.then.placed_minutes, found.then.waiting_minutes) == (2, 180, 60)
    assert (found.starts, found.waits, found.moves) == (("a",), (), 1)
    assert [(item.code, item.today.placed, item.then.placed) for item in found.districts] == [
        ("CEW", 0, 1),
        ("GRO", 1, 1),
        (None, 0, 0),
    ]
    assert [(item.code, item.today.waiting, item.then.waiting) for item in found.topics] == [
        ("finances", 1, 0),
        ("housing", 1, 1),
    ]
    (travel,) = [wish for wish in found.wishes if wish.name == "travel"]
    assert (travel.today.points, travel.today.requests, travel.then.points) == (12, 1, 0)
    assert found.today_optimal


@pytest.mark.parametrize("seed", SEEDS)
def test_the_wishes_together_are_the_points_of_the_specification(seed: int) -> None:
    problem = a_tight_city(seed)
    other = changed(problem, Scenario(closed_locations=("GRO",), prices={"load_prices": [[0, 1], [50, 3]]}))
    before, after = solved(problem), solved(other)

    wishes = compared((problem, before), (other, after)).wishes

    assert sum(wish.today.points for wish in wishes) == cost(problem, before.assignments)[2]
    assert sum(wish.then.points for wish in wishes) == cost(other, after.assignments)[2]
