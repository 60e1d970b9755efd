"""What one more minute of each caseworker's room would be worth: the duals of the relaxation, tier by tier.

Needs only a linear program per tier (GLOP), not a plan: quick enough to price again during a day, also
with requests that are expected and not there yet. Imports OR-Tools; the front door does not.

Source: shadow prices, Dantzig, Linear Programming and Extensions (1963), chapter 12.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.math_opt.python import mathopt

from solver.arrays import arrays_of
from solver.core.model import Ints, Model
from solver.plan import CapacityPrices
from solver.problem import Problem

TIERS: Final = 3
SLACK: Final = 1e-6
"""How much more than its least a tier may cost, relatively, while those after it are priced."""


@dataclass(frozen=True, slots=True)
class _Relaxed:
    """The relaxation: a variable per arc and per waiting job, what each tier sums, and the rooms that bind.

    `rooms` holds the agent of each constraint on minutes or on ordinary minutes.
    """

    program: mathopt.Model
    tiers: list[mathopt.LinearSum]
    rooms: list[tuple[int, mathopt.LinearConstraint]]


def capacity_prices(problem: Problem) -> CapacityPrices:
    """Return what one more minute of each caseworker's room is worth in each tier.

    A tier is priced among the fractional plans that cost least in the tiers before it. Ordinary work takes
    from the room below the maximum and from that below the target: a minute is worth both together. What
    one more new request in the week would be worth is left out. Takes about a tenth of a second for 200
    requests and 60 caseworkers.

    Raises
    ------
    ModelError
        When a sum of the problem is too large.
    """
    keys = [worker.key for worker in problem.caseworkers]
    worth = _worth(arrays_of(problem).model)
    return CapacityPrices(*(dict(zip(keys, row.tolist(), strict=True)) for row in worth))


def _worth(model: Model) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return what a minute of each agent is worth, shape (3, agents); 0 from a tier on that is not solved."""
    relaxed, worth = _relaxed(model), np.zeros((TIERS, model.agents))
    for tier, goal in enumerate(relaxed.tiers):
        relaxed.program.minimize(goal)
        answer = mathopt.solve(relaxed.program, mathopt.SolverType.GLOP)
        if answer.termination.reason is not mathopt.TerminationReason.OPTIMAL:
            break
        duals = answer.dual_values([room for _, room in relaxed.rooms])
        for (agent, _), dual in zip(relaxed.rooms, duals, strict=True):
            worth[tier, agent] += max(0.0, -dual)
        relaxed.program.add_linear_constraint(goal <= answer.objective_value() * (1 + SLACK) + SLACK)
    return worth


def _relaxed(model: Model) -> _Relaxed:
    program = mathopt.Model()
    arcs = [program.add_variable(lb=0.0) for _ in range(model.arcs)]
    waits = [program.add_variable(lb=0.0) for _ in range(model.jobs)]
    for job in range(model.jobs):
        first, last = model.row_start[job], model.row_start[job + 1]
        program.add_linear_constraint(mathopt.fast_sum([*arcs[first:last], waits[job]]) == 1.0)
    rooms = []
    above: list[mathopt.LinearTerm] = []
    for agent, own in _arcs_by_agent(model):
        minutes = _sum(arcs, own, model.effort)
        ordinary = _sum(arcs, own, model.ordinary_effort)
        rooms.append((agent, program.add_linear_constraint(minutes <= float(model.free[agent]))))
        rooms.append((agent, program.add_linear_constraint(ordinary <= float(model.ordinary_free[agent]))))
        program.add_linear_constraint(_sum(arcs, own, model.count[model.job]) <= float(model.pace[agent]))
        above.extend(_load_price(program, model, agent, minutes))
    jobs = np.arange(model.jobs)
    points = mathopt.fast_sum([_sum(arcs, np.arange(model.arcs), model.cost), *above])
    return _Relaxed(program, [_sum(waits, jobs, weights) for weights in model.waiting] + [points], rooms)


def _arcs_by_agent(model: Model) -> Iterator[tuple[int, Ints]]:
    """Yield every agent that has arcs, with their positions."""
    order = np.argsort(model.agent, kind="stable")
    ends = np.cumsum(np.bincount(model.agent, minlength=model.agents))
    for agent, own in enumerate(np.split(order, ends[:-1])):
        if len(own):
            yield agent, own


def _load_price(
    program: mathopt.Model, model: Model, agent: int, minutes: mathopt.LinearSum
) -> Iterator[mathopt.LinearTerm]:
    """Yield what an agent's minutes above each threshold cost."""
    first, last = model.piece_start[agent], model.piece_start[agent + 1]
    begins = np.concatenate(([0], np.cumsum(model.piece_width[first:last])))[:-1]
    rises = np.diff(model.piece_slope[first:last], prepend=0)
    for begin, rise in zip(begins.tolist(), rises.tolist(), strict=True):
        if rise > 0:
            above = program.add_variable(lb=0.0)
            program.add_linear_constraint(above >= minutes - float(begin))
            yield rise * above


def _sum(variables: list[mathopt.Variable], which: Ints, weights: Ints) -> mathopt.LinearSum:
    """Return the weighted sum of some variables; `weights` has the shape of all of them."""
    pairs = zip(which.tolist(), weights[which].tolist(), strict=True)
    total: mathopt.LinearSum = mathopt.fast_sum([weight * variables[i] for i, weight in pairs if weight])
    return total
