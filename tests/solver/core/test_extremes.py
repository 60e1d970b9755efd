"""No policy that is accepted can blur the order of the tiers: every price and size at its ends."""

import random
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from solver import Caseworker, Limits, Policy, Problem, Request, Urgency, barriers, cost, proven, solve, violations
from solver.arrays import arrays_of
from solver.core import routes
from solver.core.knapsack import NEVER
from solver.core.model import LARGEST_SUM, Model, ModelError, checked, fits
from solver.core.stage import LARGEST_PRICED, soft_weights, stage_of, summed_stage
from solver.limits import Budget, start
from solver.policy import described
from solver.problem import LONGEST_WAIT_DAYS, MOST_MINUTES
from tests.solver.core.models import a_gap_model, a_small_model
from tests.solver.problems import a_caseworker, a_request, a_small_problem

EXTREME_PRICES = (
    (),
    ((0, 100), (50, 100), (100, 100), (150, 100), (199, 100), (200, 100)),
    ((200, 100),),
    ((0, 0),),
)


def extreme_policies() -> SearchStrategy[Policy]:
    """Return policies of which each field is at its least, its most, or its default."""
    ends: dict[str, SearchStrategy[object]] = {}
    for name, about in described().items():
        if name == "load_prices":
            ends[name] = st.sampled_from(EXTREME_PRICES)
        elif isinstance(about["default"], bool):
            ends[name] = st.booleans()
        else:
            ends[name] = st.sampled_from((about["least"], about["most"], about["default"]))
    return st.fixed_dictionaries(ends).map(lambda values: Policy(**values))  # type: ignore[arg-type]


def an_extreme_problem(seed: int, policy: Policy) -> Problem:
    """Return a small problem whose requests waited longest or not at all, and are as large as may be, or small."""
    rng, problem = random.Random(seed), a_small_problem(seed)
    requests = tuple(_extreme_request(rng, request) for request in problem.requests[:4])
    workers = tuple(_extreme_caseworker(rng, worker) for worker in problem.caseworkers)
    return Problem(requests=requests, caseworkers=workers, travel=problem.travel, policy=policy)


def _extreme_request(rng: random.Random, request: Request) -> Request:
    return replace(
        request,
        effort_minutes=rng.choice((1, 2, 60, MOST_MINUTES // 2, MOST_MINUTES - 1, MOST_MINUTES)),
        waiting_days=rng.choice((0, 1, LONGEST_WAIT_DAYS - 1, LONGEST_WAIT_DAYS)),
    )


def _extreme_caseworker(rng: random.Random, worker: Caseworker) -> Caseworker:
    most = rng.choice((60, MOST_MINUTES - 1, MOST_MINUTES))
    return replace(worker, maximum_minutes=most, target_minutes=rng.choice((0, most // 2, most)), load_minutes=0)


def effort_of(effort: float) -> Budget:
    """Return a budget of so much effort."""
    return start(Limits(effort=effort))


def brute_force(problem: Problem) -> tuple[int, int, int]:
    """Return the lowest cost of all plans that break no rule, by the specification."""
    options = [
        [None, *(w.key for w in problem.caseworkers if not barriers(request, w, problem.policy))]
        for request in problem.requests
    ]
    keys = [request.key for request in problem.requests]
    plans = ({k: w for k, w in zip(keys, chosen, strict=True) if w} for chosen in product(*options))
    return min(cost(problem, plan) for plan in plans if not violations(problem, plan))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(policy=extreme_policies(), seed=st.integers(0, 100_000))
def test_the_plan_of_an_extreme_policy_is_the_cheapest_by_the_specification(policy: Policy, seed: int) -> None:
    problem = an_extreme_problem(seed, policy)
    plan = solve(problem, Limits(effort=5))
    assert violations(problem, plan.assignments) == []
    assert tuple(tier.cost for tier in plan.tiers) == cost(problem, plan.assignments) == brute_force(problem)
    assert plan.optimal
    assert proven(problem, plan) == []


def test_the_largest_weight_of_what_is_not_overdue_is_less_than_one_minute_overdue() -> None:
    policy = Policy(**{item.name: item.metadata["most"] for item in fields(Policy) if item.type is int})
    least = a_request("overdue", effort_minutes=1, overdue=True)
    heavy = [
        a_request(f"r{i:03}", effort_minutes=MOST_MINUTES, urgency=Urgency.CRISIS, waiting_days=LONGEST_WAIT_DAYS)
        for i in range(3)
    ]
    full = a_caseworker(maximum_minutes=MOST_MINUTES, target_minutes=MOST_MINUTES)
    problem = Problem(requests=(least, *heavy), caseworkers=(full,), policy=policy)
    assert solve(problem, Limits(effort=5)).assignments == {"overdue": "w1"}


def test_weights_up_to_the_largest_sum_are_solved_and_beyond_it_refused() -> None:
    policy = Policy(**{item.name: item.metadata["most"] for item in fields(Policy) if item.type is int})
    each = policy.crisis_weight * (LONGEST_WAIT_DAYS + 1) * MOST_MINUTES
    assert 100_000 * each < LARGEST_SUM
    workers = tuple(a_caseworker(f"w{i}", maximum_minutes=MOST_MINUTES, target_minutes=MOST_MINUTES) for i in "ab")

    def of(count: int) -> Problem:
        requests = tuple(
            a_request(
                f"r{i:06}", effort_minutes=MOST_MINUTES, urgency=Urgency.CRISIS, waiting_days=LONGEST_WAIT_DAYS
            )
            for i in range(count)
        )
        return Problem(requests=requests, caseworkers=workers, policy=policy)

    with pytest.raises(ModelError, match="waiting"):
        checked(replace(arrays_of(of(3)).model, waiting=np.full((2, 3), LARGEST_SUM // 6 + 1)))
    plan = solve(of(400), Limits(effort=5))
    assert (plan.tiers[1].cost, plan.optimal) == (398 * each, True)


@pytest.mark.parametrize("seed", range(60))
def test_no_sum_of_a_stage_passes_its_limit_whatever_the_weights(seed: int) -> None:
    model = weighty(a_small_model(seed, "coarse") if seed % 2 else a_gap_model(seed, 20), seed)
    weights = soft_weights(model)
    caps = tuple(int(w.sum()) // 2 for w in model.waiting)
    stages = [stage_of(model, tier, caps[:tier], weights[:tier]) for tier in range(3)]
    for stage in [*stages, summed_stage(model, weights)]:
        soft = stage.wait[stage.wait < NEVER]
        assert stage.scale >= 1
        assert (soft >= 0).all()
        assert (stage.ceiling >= 0).all()
        assert sum(soft.tolist()) < LARGEST_PRICED
        assert sum(stage.ceiling.tolist()) < 2 * LARGEST_PRICED
        assert sum(stage.cost.tolist()) < LARGEST_PRICED


def weighty(model: Model, seed: int) -> Model:
    """Return a model whose weights add up to almost the most that is let through, and dear arcs if they may be."""
    rng = np.random.default_rng(seed)
    shares = rng.random((2, model.jobs)) ** 4
    waiting = (shares / (shares.sum() + 1e-9) * (LARGEST_SUM - 10**6)).astype(np.int64)
    cost = (model.cost + 1) * int(rng.choice((1, 10**6, 10**10)))
    return checked(replace(model, waiting=waiting, cost=cost))


@pytest.mark.parametrize("jobs", [30, 60, 160])
def test_room_in_very_many_units_is_solved_without_tables_of_it(jobs: int) -> None:
    coarse = a_gap_model(1, jobs)
    fine = replace(coarse, effort=9_973 * coarse.effort + 1, free=9_973 * coarse.free + jobs)
    vast = replace(coarse, effort=10**9 * coarse.effort + 1, free=10**9 * coarse.free + jobs)
    for model in (fine, vast):
        answer = routes.solve(checked(model), effort_of(0.3))
        assert fits(model, answer.choice)
        assert answer.bounds <= answer.costs


def test_a_pace_beyond_any_table_is_solved() -> None:
    model = replace(a_gap_model(1, 10), count=np.full(10, 2**31), pace=np.full(4, 2**31))
    answer = routes.solve(checked(model), effort_of(2.0))
    assert fits(model, answer.choice)
    assert (answer.costs[0], answer.bounds[0]) == (6, 6)
