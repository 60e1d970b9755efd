"""Steps of the core that take seconds in another library, to be stopped while they run."""

from collections.abc import Callable

import numpy as np
from numpy.random import default_rng

from solver.core import generation, greedy, linear
from solver.core.model import Ints, tier_costs
from solver.core.stage import POINTS, Stage, soft_weights, stage_of
from solver.limits import Limits, start
from tests.solver.core.models import a_gap_model

EFFORT = 1_000.0


def a_stage_of_many_jobs() -> Stage:
    """Return the tier of points of a model whose linear programmes take GLOP about a second each."""
    model = a_gap_model(1, jobs=900, agents=40)
    return stage_of(model, POINTS, (model.jobs, 0), soft_weights(model)[:POINTS], np.zeros(model.agents, np.bool_))


def a_programme_that_takes_seconds(stage: Stage) -> generation.Programme:
    """Return a linear programme over a hundred random patterns of each agent: GLOP takes 2.9 s."""
    programme, rng = generation._programme(stage), default_rng(1)
    for _ in range(100):
        taken = np.zeros(len(stage.cost), np.bool_)
        for agent in range(len(stage.columns.room)):
            first, last = stage.columns.start[agent : agent + 2]
            order = first + rng.permutation(last - first)
            taken[order[np.cumsum(stage.columns.size[order]) <= stage.columns.room[agent]]] = True
        generation._add_patterns(programme, taken)
    return programme


def search_by_highs(*, report: Callable[[Ints], None], stop: Callable[[], bool]) -> None:
    """Report a greedy choice, and search for minutes for a better one: work for a child process."""
    model = a_gap_model(1, jobs=200, agents=20)
    choice = greedy.choose(model)
    report(choice)
    linear.least(model, POINTS, tier_costs(model, choice)[:POINTS], start(Limits(effort=EFFORT), stop=stop))
