"""Cores of what can still help: every pattern within a regret, and searches that are narrow at first."""

import os
from itertools import chain, combinations

import numpy as np
import pytest

from solver.core import core_search, dual, enumeration, pattern_core
from solver.core.knapsack import best_patterns
from solver.core.model import Ints, Model, fits, load_costs, tier_costs
from solver.core.stage import POINTS, alive
from solver.limits import Budget, Limits, start
from tests.solver.core.cases import Case, a_case

SOAK = int(os.environ.get("STADSBREED_SOAK", "0"))
COUNT = 2_000 if SOAK else 120
PARTS = 4
MANY = 10_000


def every_pattern(case: Case, prices: Ints, slack: int) -> set[tuple[int, tuple[int, ...]]]:
    """Return, by trying all sets of arcs, each agent's patterns that cost at most so much more than its best."""
    model, stage = case.model, case.stage
    values, taken = np.empty(model.agents, np.int64), np.empty(model.arcs, np.bool_)
    columns = stage.columns
    table = np.empty((columns.most_items + 1, columns.most_states), np.int64)
    prices = np.minimum(prices, stage.ceiling)
    best_patterns(columns, stage.cost, alive(stage), prices, values, taken, table)
    scaled = np.empty(model.arcs, np.int64)
    scaled[columns.arc] = stage.cost - prices[columns.job]
    found = set()
    for agent in range(model.agents):
        arcs = np.flatnonzero(model.agent == agent).tolist()
        for some in chain.from_iterable(combinations(arcs, size) for size in range(len(arcs) + 1)):
            if has_room(model, agent, some) and cost_of(case, scaled, agent, some) <= values[agent] + slack:
                found.add((agent, some))
    return found


def has_room(model: Model, agent: int, arcs: tuple[int, ...]) -> bool:
    """Say whether an agent has room for these arcs."""
    own = list(arcs)
    return bool(
        model.effort[own].sum() <= model.free[agent]
        and model.ordinary_effort[own].sum() <= model.ordinary_free[agent]
        and model.count[model.job[own]].sum() <= model.pace[agent]
    )


def cost_of(case: Case, scaled: Ints, agent: int, arcs: tuple[int, ...]) -> int:
    """Return what a pattern costs at the prices of its jobs, scaled."""
    minutes = case.model.effort[list(arcs)].sum(keepdims=True)
    load = int(load_costs(case.model, np.array([agent]), minutes)[0]) if case.stage.tier == POINTS else 0
    return int(scaled[list(arcs)].sum()) + load * case.stage.scale


@pytest.mark.parametrize("part", range(PARTS))
def test_all_patterns_within_a_regret_are_found_and_no_others(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        case = a_case(seed)
        prices, slack = case.prices(), int(case.rng.integers(0, 500)) * case.stage.scale
        found = enumeration.widest(case.stage, case.model, prices, slack, MANY)
        assert found is not None, seed
        patterns = [
            (agent, tuple(sorted(found.arc[found.start[k] : found.start[k + 1]].tolist())))
            for k, agent in enumerate(found.agent.tolist())
        ]
        assert len(set(patterns)) == len(patterns), seed
        assert set(patterns) == every_pattern(case, prices, slack), seed


def test_of_too_many_patterns_those_of_least_regret_are_found() -> None:
    case = a_case(3)
    prices = np.zeros(case.model.jobs, np.int64)
    every = enumeration.widest(case.stage, case.model, prices, 10**6 * case.stage.scale, MANY)
    assert every is not None
    some = enumeration.widest(case.stage, case.model, prices, every.slack, len(every.agent) - 1)
    assert some is not None
    assert some.slack < every.slack
    assert len(some.agent) < len(every.agent)
    assert enumeration.widest(case.stage, case.model, prices, every.slack, 0) is None


def in_points(seeds: range) -> list[Case]:
    """Return the cases that minimise points."""
    return [case for case in map(a_case, seeds) if case.stage.tier == POINTS and case.model.arcs]


def a_kept_choice(case: Case) -> Ints:
    """Return some choice that keeps the caps."""
    choice: Ints = case.kept.choices[case.rng.integers(len(case.kept.choices))]
    return choice


def least_of(case: Case, choice: Ints) -> int:
    """Return the least points of all that cost no more than a choice in the tiers before."""
    keep = (case.kept.costs[:, :POINTS] <= np.array(tier_costs(case.model, choice)[:POINTS])).all(axis=1)
    return int(case.kept.costs[keep, POINTS].min())


@pytest.mark.parametrize("part", range(PARTS))
def test_cores_of_any_width_find_no_more_and_prove_no_more_than_there_is(part: int) -> None:
    """A choice is better or the same, its tiers before are kept, and the bound is at most the least there is."""
    proven = 0
    for case in in_points(range(part, COUNT, PARTS)):
        choice = a_kept_choice(case)
        prices = case.prices() if case.rng.random() < 0.5 else climbed(case, choice)
        for most in (1, 5, MANY):
            at, regret = dual.regrets_at(case.stage, prices, alive(case.stage))
            answers = [
                core_search.finish(
                    case.stage, case.model, choice, at + regret, most_arcs=most, floor=0, budget=budget()
                ),
                pattern_core.finish(case.stage, case.model, choice, prices, most=most, budget=budget()),
            ]
            for found in answers:
                if found is not None:
                    assert fits(case.model, found.choice)
                    assert tier_costs(case.model, found.choice) <= tier_costs(case.model, choice)
                    assert found.bound <= least_of(case, choice)
                    proven += found.bound == tier_costs(case.model, found.choice)[POINTS]
    assert proven > 0


def budget() -> Budget:
    """Return enough for any small model."""
    return start(Limits(effort=20))


def climbed(case: Case, choice: Ints) -> Ints:
    """Return good prices."""
    target = tier_costs(case.model, choice)[POINTS]
    ascent = dual.start(case.stage, np.zeros(case.model.jobs, np.int64))
    dual.climb(case.stage, ascent, alive(case.stage), target=target, looks=100, budget=start(Limits(effort=5)))
    return ascent.best_prices


def test_a_search_of_all_patterns_finds_the_best_choice() -> None:
    better = 0
    for case in in_points(range(COUNT)):
        caps = tuple(case.kept.costs[:, :POINTS].min(axis=0).tolist())
        at_caps = (case.kept.costs[:, :POINTS] == np.array(caps)).all(axis=1)
        if not at_caps.any():
            continue
        worst = case.kept.choices[at_caps][case.kept.costs[at_caps, POINTS].argmax()]
        found = pattern_core.finish(
            case.stage, case.model, worst, climbed(case, worst), most=MANY, budget=budget()
        )
        assert found is not None
        assert tier_costs(case.model, found.choice)[POINTS] == int(case.kept.costs[at_caps, POINTS].min())
        better += tier_costs(case.model, found.choice) < tier_costs(case.model, worst)
    assert better > 5
