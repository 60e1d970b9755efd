"""Every route against every choice of small models, and against CP-SAT on larger ones."""

import os
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from solver.core import components, flow, general, routes, unpriced
from solver.core.answer import Answer
from solver.core.model import Model, checked, fits, tier_costs
from solver.limits import Budget, Limits, start
from tests.solver.core.models import a_small_model, everything

SOAK = int(os.environ.get("STADSBREED_SOAK", "0"))
COUNT = 4_000 if SOAK else 300
PARTS = 10


def budget(effort: float = 20.0) -> Budget:
    return start(Limits(effort=effort))


def by_every_route(model: Model) -> dict[str, Answer]:
    """Return the answer of every route that can take a model."""
    parts = components.components(model)
    answers = {
        "routes": routes.solve(model, budget()),
        "unpriced": unpriced.solve(model, budget()),
        "from a start": routes.solve(model, budget(), unpriced.answer(model).choice),
    }
    if parts:
        solved = [(part, routes.solve_part(part.model, budget())) for part in parts]
        answers["components"] = components.merged(model, solved)
    if flow.suits(model):
        answers["flow"] = flow.solve(model)
    if model.arcs and int(model.effort.min()) > 0:
        answers["general"] = general.solve(model, budget())
    return answers


@pytest.mark.parametrize("part", range(PARTS))
def test_no_choice_of_a_small_model_is_cheaper_than_that_of_any_route(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        model = checked(a_small_model(seed))
        least = everything(model).least
        for name, answer in by_every_route(model).items():
            assert fits(model, answer.choice), (seed, name)
            assert tier_costs(model, answer.choice) == answer.costs == least, (seed, name)
            assert answer.bounds == least, (seed, name)


def test_the_small_models_take_every_route_and_bring_every_difficulty() -> None:
    models = [a_small_model(seed) for seed in range(300)]
    taken = Counter(name for model in models[:60] for name in by_every_route(model))
    assert min(taken[name] for name in ("flow", "general", "components", "unpriced")) >= 10
    assert {len(components.components(model)) for model in models} >= {1, 2, 3}
    assert any(((model.ordinary_effort > 0) & (model.ordinary_effort < model.effort)).any() for model in models)
    assert any(np.gcd.reduce(model.effort, initial=0) == 1 for model in models)
    assert any(model.effort.min(initial=1) == 0 for model in models)
    assert any(model.waiting.max() > 2**40 for model in models)


def test_a_route_that_forgets_the_pace_would_be_noticed() -> None:
    forgetful = [replace(model, pace=model.pace * 0 + 9) for model in map(a_small_model, range(40))]
    differences = [
        everything(a_small_model(seed)).least != routes.solve(model, budget()).costs
        for seed, model in enumerate(forgetful)
    ]
    assert any(differences)
