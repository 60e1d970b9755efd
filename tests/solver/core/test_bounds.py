"""No bound of any kind lies above the optimum, whatever the prices, caps and arcs alive."""

import os

import numpy as np
import pytest

from solver.core import dual, generation, greedy, linear, room_prices
from solver.core.knapsack import NEVER, unit_of
from solver.core.model import Ints
from solver.core.stage import alive, recounted
from solver.core.tightening import tightened
from solver.limits import Limits, start
from tests.solver.core.cases import Case, a_case
from tests.solver.core.models import a_small_model, everything

SOAK = int(os.environ.get("STADSBREED_SOAK", "0"))
COUNT = 3_000 if SOAK else 240
PARTS = 6
UNLIMITED_PACE = 100


@pytest.mark.parametrize("part", range(PARTS))
def test_any_prices_of_jobs_prove_a_bound_that_holds(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        for _ in range(5):
            assert dual.bound_at(case.stage, case.prices(), alive(case.stage)) <= case.least, seed


@pytest.mark.parametrize("part", range(PARTS))
def test_climbing_and_generating_never_pass_the_optimum(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        stage, all_arcs = case.stage, alive(case.stage)
        choice = case.kept.choices[case.rng.integers(len(case.kept.choices))]
        target = int(case.kept.costs[:, stage.tier].max())
        budget = start(Limits(effort=5))
        room = room_prices.climb(stage, all_arcs, target=target, looks=200, budget=budget)
        ascent = dual.start(stage, room.jobs)
        dual.climb(stage, ascent, all_arcs, target=target, looks=100, budget=budget)
        made = generation.generate(stage, case.prices(), choice, all_arcs, target=target, budget=budget)
        assert max(room.bound, ascent.bound, made.bound) <= case.least, seed
        assert stage.rounded_up(ascent.bound) <= case.least // stage.scale, seed
        assert dual.bound_at(stage, ascent.best_prices, all_arcs) == ascent.bound, seed
        assert dual.bound_at(stage, made.prices, all_arcs) == made.bound, seed
        assert room_prices.regrets_at(stage, room.room)[0] == room.bound, seed


@pytest.mark.parametrize("part", range(PARTS))
def test_prices_of_new_requests_prove_no_more_than_counting_them(part: int) -> None:
    """And counting them at the same prices of jobs proves no less."""
    binding = 0
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        counted = recounted(case.stage, case.model, case.model.pace < UNLIMITED_PACE)
        light = recounted(case.stage, case.model, np.zeros(case.model.agents, np.bool_))
        begun = case.rng.integers(0, 20 * light.scale, case.model.agents).astype(np.float64)
        ascent = dual.start_paced(light, case.prices(), begun, case.model)
        target = int(case.kept.costs[:, light.tier].max())
        dual.climb(light, ascent, alive(light), target=target, looks=60, budget=start(Limits(effort=5)))
        assert ascent.bound <= case.least, seed
        jobs = ascent.best_prices[: case.model.jobs]
        exact = dual.bound_at(counted, jobs, alive(counted))
        assert ascent.bound <= exact <= case.least, seed
        binding += bool((ascent.best_prices[case.model.jobs :] > 0).any())
    assert binding > 0


@pytest.mark.parametrize("part", range(PARTS))
def test_an_arc_costs_at_least_the_bound_and_its_regret(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        room = case.rng.integers(0, 40 * case.stage.scale, case.model.agents)
        by_jobs = dual.regrets_at(case.stage, case.prices(), alive(case.stage))
        by_room = room_prices.regrets_at(case.stage, room)
        assert by_jobs[0] <= case.least, seed
        assert by_room[0] <= case.least, seed
        for bound, regret in (by_jobs, by_room):
            assert (bound + np.minimum(regret, NEVER - abs(bound)) <= least_with_each_arc(case)).all(), seed


def least_with_each_arc(case: Case) -> Ints:
    """Return the least scaled cost of what takes each arc, shape (arcs,), in the order of the columns."""
    costs = case.kept.costs[:, case.stage.tier] * case.stage.scale
    taken = [(case.kept.choices == arc).any(axis=1) for arc in case.stage.columns.arc.tolist()]
    return np.array([costs[uses].min(initial=NEVER) for uses in taken], np.int64).reshape(-1)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_linear_model_and_the_plain_bounds_never_pass_the_optimum(part: int) -> None:
    for seed in range(part, COUNT, 4 * PARTS):
        model = a_small_model(seed)
        least = everything(model).least
        assert greedy.plain_bounds(model) <= least, seed
        for tier in range(3):
            if linear.suits(model):
                _, bound = linear.least(model, tier, least[:tier], start(Limits(effort=1)))
                assert bound <= least[tier], (seed, tier)


@pytest.mark.parametrize("seed", range(60))
def test_tightening_changes_no_choice_and_no_cost(seed: int) -> None:
    model = a_small_model(seed)
    tight, arcs = tightened(model, unit_of(model))
    before, after = everything(model), everything(tight)
    back = np.append(arcs, -1)[after.choices]
    assert (back == before.choices).all()
    assert (after.costs == before.costs).all()


def test_a_bound_that_is_raised_by_one_is_noticed() -> None:
    cases = [a_case(seed) for seed in range(60)]
    tight = [
        dual.bound_at(c.stage, np.minimum(c.stage.ceiling, 2**50), alive(c.stage)) + 1 > c.least for c in cases
    ]
    assert any(tight)


def test_the_cases_keep_and_price_caps_and_count_the_pace() -> None:
    cases = [a_case(seed) for seed in range(COUNT)]
    assert {case.stage.tier for case in cases} == {0, 1, 2}
    assert any((case.stage.wait >= NEVER).any() for case in cases)
    assert any(any(case.stage.caps) for case in cases)
    assert any((case.stage.columns.layers > 1).any() for case in cases)
