"""A tier's linear relaxation: where its prices begin, and a choice to lean on.

Its prices of jobs are good ones for the knapsacks, which then prove a better bound than the relaxation itself;
it says what a unit of the tiers before is worth, and whose pace binds. Most of its arcs are taken whole or
not at all: a greedy choice that follows them is close to the best (Benders and van Nunen 1983).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from solver.core.model import Bools, Model
from solver.core.program import program_of, rowed_agents
from solver.core.stage import POINTS
from solver.limits import Budget

ARCS_PER_EFFORT: Final = 30_000.0
"""Arcs of a relaxation that count as one unit of effort."""
PATIENT: Final = 2.5
"""A relaxation is begun only when so many times the seconds are left that it may take."""
NEARLY: Final = 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A solved relaxation.

    Attributes
    ----------
    jobs
        Shape (jobs,): prices.
    room
        Shape (agents,): prices of a minute, at least 0.
    caps
        What one unit of each tier before is worth, at least 0.
    taken
        Shape (arcs,): how far each arc is taken, 0 to 1.
    pace
        Shape (agents,): prices of a new request, at least 0.
    hurried
        Shape (agents,): whose pace is reached.
    """

    jobs: Floats
    room: Floats
    caps: tuple[float, ...]
    taken: Floats
    pace: Floats
    hurried: Bools


def relaxed(
    model: Model, tier: int, caps: tuple[int, ...], budget: Budget, weights: tuple[float, float] = (0.0, 0.0)
) -> Relaxed | None:
    """Return the solved relaxation of a tier that keeps the tiers before; None when there is no time for it.

    Parameters
    ----------
    weights
        In the tier of points: what a unit of each waiting tier counts beside them.
    """
    effort, left = model.arcs / ARCS_PER_EFFORT, budget.seconds_left()
    if left is not None and left < PATIENT * effort:
        budget.cut_short = True
        return None
    if budget.effort_left < effort:
        return None
    program = program_of(model, tier, caps, whole=False, weights=weights)
    if budget.is_ended():
        return None
    # GLOP is quicker where only waiting costs anything, HiGHS where every arc does.
    solver = mathopt.SolverType.HIGHS if tier == POINTS else mathopt.SolverType.GLOP
    answer = mathopt.solve(program, solver, params=mathopt.SolveParameters(time_limit=budget.time_left()))
    budget.spend("relaxation", effort)
    if budget.is_ended() or answer.termination.reason is not mathopt.TerminationReason.OPTIMAL:
        return None
    rows = list(program.linear_constraints())
    priced = [before for before, cap in enumerate(caps) if cap > 0 and model.waiting[before].any()]
    worth = dict(zip(priced, answer.dual_values(rows[len(rows) - len(priced) :]), strict=True))
    room, _, pace = _prices_of_agents(model, answer, rows[model.jobs :])
    taken = np.array(answer.variable_values(list(program.variables())[: model.arcs]))
    new = np.bincount(model.agent, weights=taken * model.count[model.job], minlength=model.agents)
    return Relaxed(
        jobs=np.array(answer.dual_values(rows[: model.jobs])),
        room=room,
        caps=tuple(max(0.0, -worth.get(before, 0.0)) for before in range(len(caps))),
        taken=taken,
        pace=pace,
        hurried=(new >= model.pace - NEARLY) & (new > 0),
    )


def _prices_of_agents(
    model: Model, answer: mathopt.SolveResult, rows: list[mathopt.LinearConstraint]
) -> list[Floats]:
    """Return what a minute, an ordinary minute and a new request of each agent are worth, at least 0 each.

    Parameters
    ----------
    rows
        Those after the jobs: of each kind one for every agent who has one.
    """
    found = []
    for rowed in rowed_agents(model):
        prices, count = np.zeros(model.agents), int(rowed.sum())
        prices[rowed] = np.maximum(0.0, -np.array(answer.dual_values(rows[:count])))
        rows = rows[count:]
        found.append(prices)
    return found
