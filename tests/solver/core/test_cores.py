"""Cores of what can still help: searches that are narrow at first, of arcs and of patterns."""

import os
from dataclasses import replace

import numpy as np
import pytest

from solver.core import core_search, dual, pattern_core
from solver.core.core_search import Finished
from solver.core.model import Ints, fits, tier_costs
from solver.core.stage import POINTS, alive
from solver.limits import Budget, Limits, start
from tests.solver.core.cases import Case, a_case

SOAK = int(os.environ.get("STADSBREED_SOAK", "0"))
COUNT = 2_000 if SOAK else 120
PARTS = 4
MANY = 10_000


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
        at, regret = dual.regrets_at(case.stage, prices, alive(case.stage))
        for most in (1, 5, MANY):
            found = core_search.finish(
                case.stage, case.model, choice, at + regret, most_arcs=most, floor=0, budget=budget()
            )
            proven += is_sound(case, choice, found)
            core = pattern_core.PatternCore(most=most)
            for step in (pattern_core.approach, pattern_core.search) * 2:
                found = step(core, case.stage, case.model, choice, prices, budget())
                if tier_costs(case.model, found.choice) > tier_costs(case.model, choice):
                    assert step is pattern_core.approach
                    found = replace(found, choice=choice)
                proven += is_sound(case, choice, found)
    assert proven > 0


def is_sound(case: Case, choice: Ints, found: Finished) -> bool:
    """Check what was found and proven from a choice on; return whether it is proven to be the best."""
    assert fits(case.model, found.choice)
    assert tier_costs(case.model, found.choice) <= tier_costs(case.model, choice)
    assert found.bound <= least_of(case, choice)
    return found.bound == tier_costs(case.model, found.choice)[POINTS]


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
        best, core, prices = worst, pattern_core.PatternCore(most=MANY), climbed(case, worst)
        for step in (pattern_core.approach, pattern_core.search):
            found = step(core, case.stage, case.model, best, prices, budget()).choice
            best = min(best, found, key=lambda choice: tier_costs(case.model, choice))
        assert tier_costs(case.model, best)[POINTS] == int(case.kept.costs[at_caps, POINTS].min())
        better += tier_costs(case.model, best) < tier_costs(case.model, worst)
    assert better > 5
