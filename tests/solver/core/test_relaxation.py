"""The linear relaxation: what it takes keeps every limit, and choices and prices that begin at it are sound."""

import numpy as np
import pytest

from solver.core import dual, greedy, linear, relaxation
from solver.core.model import fits, tier_costs
from solver.core.stage import POINTS, alive, stage_of
from solver.limits import Limits, start
from tests.solver.core.cases import a_case

CLOSE = 1e-6


@pytest.mark.parametrize("part", range(4))
def test_a_relaxation_keeps_every_limit_and_its_prices_prove_a_bound_that_holds(part: int) -> None:
    whole = 0
    for seed in range(part, 160, 4):
        case = a_case(seed)
        model, tier = case.model, case.stage.tier
        if not model.arcs or not linear.suits(model):
            continue
        caps = tuple(case.kept.costs[:, :tier].max(axis=0).tolist())
        found = relaxation.relaxed(model, tier, caps, start(Limits(effort=5)))
        assert found is not None, seed
        for amount, limit in ((model.effort, model.free), (model.count[model.job], model.pace)):
            used = np.bincount(model.agent, weights=amount * found.taken, minlength=model.agents)
            assert (used <= limit + CLOSE).all(), seed
        stage = stage_of(model, tier, caps, found.caps)
        prices = np.maximum(found.jobs * stage.scale, 0.0).astype(np.int64)
        assert dual.bound_at(stage, prices, alive(stage)) <= case.least / case.stage.scale * stage.scale, seed
        choice = greedy.choose(model, lean=found.taken)
        assert fits(model, choice), seed
        if tier < POINTS and bool((np.abs(found.taken - found.taken.round()) < CLOSE).all()):
            whole += 1
            assert tier_costs(model, choice)[tier] <= int(case.kept.costs[:, tier].min()), seed
    assert whole > 5


def test_there_is_no_relaxation_without_effort_for_it() -> None:
    case = a_case(1)
    assert relaxation.relaxed(case.model, 0, (), start(Limits(effort=1e-9))) is None
