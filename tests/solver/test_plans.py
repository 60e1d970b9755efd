"""Plans against the specification: nothing broken, nothing cheaper, and the same again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product

import pytest

from solver import Limits, Plan, Policy, Problem, Urgency, barriers, cost, rank_all, solve, violations
from solver.arrays import arrays_of
from solver.core import flow, greedy, unpriced
from solver.core.model import fits, tier_costs
from solver.limits import start
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem

SOAK = int(os.environ.get("STADSBREED_SOAK", "0"))
COUNT = 5_000 if SOAK else 300
LIMITS = Limits(effort=20)


def every_plan(problem: Problem) -> Iterator[dict[str, str]]:
    """Yield each set of assignments in which nobody gets what they may not take."""
    options = [
        [None, *(w.key for w in problem.caseworkers if not barriers(request, w, problem.policy))]
        for request in problem.requests
    ]
    for chosen in product(*options):
        pairs = zip(problem.requests, chosen, strict=True)
        yield {request.key: worker for request, worker in pairs if worker is not None}


def brute_force(problem: Problem) -> tuple[int, int, int]:
    """Return the lowest cost of all plans that break no rule."""
    return min(cost(problem, plan) for plan in every_plan(problem) if not violations(problem, plan))


@pytest.mark.parametrize("part", range(10))
def test_the_plan_is_right_and_nothing_is_cheaper_tier_by_tier(part: int) -> None:
    for seed in range(part, COUNT, 10):
        problem = a_small_problem(seed)
        plan = solve(problem, LIMITS)
        assert violations(problem, plan.assignments) == [], seed
        assert tuple(tier.cost for tier in plan.tiers) == brute_force(problem), seed
        assert plan.optimal, seed


def test_the_small_problems_take_every_way_and_use_every_rule() -> None:
    problems = [a_small_problem(seed) for seed in range(300)]
    assert {solve(problem, LIMITS).route for problem in problems[:40]} >= {"equal-efforts", "general"}
    seen = {code for p in problems for r in p.requests for w in p.caseworkers for code in _codes(p, r.key, w.key)}
    assert len(seen) == 10


def _codes(problem: Problem, request: str, worker: str) -> set[str]:
    chosen = next(w for w in problem.caseworkers if w.key == worker)
    return {barrier.code for barrier in barriers(problem.request(request), chosen, problem.policy)}


@pytest.mark.parametrize("seed", range(60))
def test_the_exact_route_and_the_flow_agree_where_both_can_solve(seed: int) -> None:
    model = arrays_of(a_small_problem(seed)).model
    if flow.suits(model):
        by_flow = flow.solve(model)
        answer = unpriced.solve(model, start(LIMITS))
        assert by_flow.costs == answer.costs == answer.bounds
        assert fits(model, by_flow.choice)
        assert fits(model, answer.choice)


@pytest.mark.parametrize("seed", range(60))
def test_the_ranking_alone_breaks_no_rule_and_its_bounds_hold(seed: int) -> None:
    problem = a_small_problem(seed)
    plan = rank_all(problem)
    best = brute_force(problem)
    assert violations(problem, plan.assignments) == []
    assert plan.fallback
    assert tuple(tier.cost for tier in plan.tiers) >= best
    assert plan.tiers[0].bound <= best[0]


def test_a_city_of_equal_efforts_is_proven_optimal_at_once() -> None:
    problem = a_city(1, requests=120, caseworkers=30, efforts=(60,))
    without = [request for request in problem.requests if not request.required_languages]
    plan = solve(Problem(requests=tuple(without), caseworkers=problem.caseworkers), LIMITS)
    assert (plan.route, plan.optimal, plan.gap) == ("equal-efforts", True, 0.0)


def test_a_plan_whose_effort_ran_out_says_how_far_it_is_from_proven() -> None:
    problem = a_city(1, requests=410, caseworkers=60)
    plan = solve(problem, Limits(effort=0.01))
    assert plan.route == "general"
    assert not plan.optimal
    assert plan.gap > 0
    assert violations(problem, plan.assignments) == []


def test_the_same_input_gives_the_same_plan_in_two_processes() -> None:
    lines = [
        "from solver import Limits, solve",
        "from tests.solver.problems import a_city",
        "print(solve(a_city(3, requests=40, caseworkers=10, ratio=1.3), Limits(effort=3)).to_json())",
    ]
    said = [
        subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, check=True, text=True).stdout
        for _ in range(2)
    ]
    assert said[0] == said[1]
    assert Plan.from_json(said[0]).reproducible


def test_the_order_in_which_rows_were_read_changes_nothing() -> None:
    problem = a_city(2, requests=30, caseworkers=8)
    turned = Problem(
        requests=problem.requests[::-1],
        caseworkers=problem.caseworkers[::-1],
        travel=problem.travel,
        policy=problem.policy,
    )
    assert turned.to_json() == problem.to_json()
    assert solve(turned, Limits(effort=2)).to_json() == solve(problem, Limits(effort=2)).to_json()


def test_a_plan_cut_short_by_the_clock_is_marked_as_not_reproducible() -> None:
    plan = solve(a_city(1, requests=100, caseworkers=25, ratio=1.3), Limits(effort=1_000, seconds=1e-6))
    assert not plan.reproducible
    assert not plan.optimal


def test_nothing_to_do_is_done_optimally() -> None:
    assert solve(Problem(requests=(), caseworkers=()), LIMITS).optimal
    assert solve(Problem(requests=(a_request(),), caseworkers=()), LIMITS).unplaced[0].reason == "nobody-available"


def test_overdue_goes_before_any_weight_of_what_is_not() -> None:
    heavy = a_request("a", urgency=Urgency.CRISIS, waiting_days=100)
    overdue = a_request("b", overdue=True)
    problem = Problem(requests=(heavy, overdue), caseworkers=(a_caseworker(load_minutes=540),))
    assert solve(problem, LIMITS).assignments == {"b": "w1"}


def test_a_household_goes_to_one_caseworker_or_waits_together() -> None:
    family = tuple(a_request(key, household="h", effort_minutes=120) for key in "ab")
    small = tuple(a_caseworker(key, load_minutes=480 - 239) for key in ("w1", "w2"))
    assert solve(Problem(requests=family, caseworkers=small), LIMITS).assignments == {}
    large = (small[0], a_caseworker("w2", load_minutes=480 - 240))
    assert solve(Problem(requests=family, caseworkers=large), LIMITS).assignments == {"a": "w2", "b": "w2"}


def test_a_pin_that_is_possible_holds_though_another_plan_is_cheaper() -> None:
    workers = (a_caseworker(), a_caseworker("w2", levels={"finances": 3}))
    pinned = a_request(pinned_to="w2", required_level=1)
    plan = solve(Problem(requests=(pinned,), caseworkers=workers), LIMITS)
    assert plan.assignments == {"r1": "w2"}
    assert plan.placed[0].pinned
    assert plan.placed[0].alternatives[0].extra_points < 0


def test_a_pin_that_has_become_impossible_is_let_go() -> None:
    workers = (a_caseworker(), a_caseworker("w2", active=False))
    plan = solve(Problem(requests=(a_request(pinned_to="w2"),), caseworkers=workers), LIMITS)
    assert plan.assignments == {"r1": "w1"}


def test_a_pin_holds_against_a_heavier_newcomer() -> None:
    requests = (a_request("old", pinned_to="w1"), a_request("new", urgency=Urgency.CRISIS, overdue=True))
    workers = (a_caseworker(load_minutes=420, maximum_minutes=480),)
    assert solve(Problem(requests=requests, caseworkers=workers), LIMITS).assignments == {"old": "w1"}


def test_of_two_pins_that_do_not_fit_together_the_heavier_holds() -> None:
    requests = (a_request("a", pinned_to="w1"), a_request("b", pinned_to="w1", waiting_days=9))
    plan = solve(Problem(requests=requests, caseworkers=(a_caseworker(load_minutes=420),)), LIMITS)
    assert plan.assignments == {"b": "w1"}


def test_a_shown_proposal_changes_only_for_a_gain_above_its_price() -> None:
    def taker(points: int) -> str:
        policy = Policy(stability_points=points, wasted_level_points=20, wasted_specialist_points=0)
        workers = (a_caseworker(), a_caseworker("w2", levels={"finances": 2}))
        request = a_request(shown="w2", required_level=1)
        plan = solve(Problem(requests=(request,), caseworkers=workers, policy=policy), LIMITS)
        return plan.assignments["r1"]

    assert (taker(19), taker(21)) == ("w1", "w2")


def test_costs_of_a_choice_are_those_of_the_specification() -> None:
    problem = a_city(5, requests=40, caseworkers=10, ratio=1.2)
    arrays = arrays_of(problem)
    choice = greedy.choose(arrays.model)
    assert tier_costs(arrays.model, choice) == cost(problem, rank_all(problem).assignments)
