"""The plain route: one job after another, the heaviest to let wait first, each along its cheapest arc."""

import numpy as np
from numpy.typing import NDArray

from solver.core.compiled import compiled
from solver.core.model import WAITS, Ints, Model, load_cost
from solver.limits import Three

Floats = NDArray[np.float64]
LEANING = 1000.0
"""How much more an arc that a relaxation takes counts than any cost."""


def choose(model: Model, room_price: Floats | None = None, lean: Floats | None = None) -> Ints:
    """Return a choice that fits, shape (jobs,): the arc of each job or `WAITS`.

    No proof and no second thoughts; a start for other routes, and the fallback without a solver. Imports
    no OR-Tools. Ties go to the first job and the first agent.

    Parameters
    ----------
    room_price
        Shape (agents,): points per minute of each agent's room. Where they are given, arcs count with the
        room that they take, and of jobs that weigh the same those go first that lose most by a second choice.
    """
    cost = model.cost.astype(np.float64)
    spread = np.zeros(model.jobs)
    if room_price is not None:
        cost += model.effort * room_price[model.agent]
        spread = _spread(model.row_start, cost)
    whole = np.zeros(model.jobs)
    if lean is not None:
        np.maximum.at(whole, model.job, lean)
        cost -= lean * (cost.max(initial=0.0) + 1.0) * LEANING
    order = (-spread, -model.waiting[1], -model.waiting[0], -np.round(whole, 1))
    heaviest_first = np.lexsort(order).astype(np.int64)
    return _choose(
        heaviest_first,
        model.row_start,
        model.agent,
        cost,
        model.effort,
        model.ordinary_effort,
        model.count,
        model.free,
        model.ordinary_free,
        model.pace,
        model.piece_start,
        model.piece_width,
        model.piece_slope,
    )


@compiled
def _spread(row_start: Ints, cost: Floats) -> Floats:
    """Return how much dearer each job's second arc is than its first, shape (jobs,)."""
    spread = np.zeros(len(row_start) - 1)
    for job in range(len(spread)):
        first, second = np.inf, np.inf
        for arc in range(row_start[job], row_start[job + 1]):
            if cost[arc] < first:
                first, second = cost[arc], first
            elif cost[arc] < second:
                second = cost[arc]
        spread[job] = second - first if second < np.inf else 1e18
    return spread


@compiled
def _choose(
    order: Ints,
    row_start: Ints,
    agent: Ints,
    cost: Floats,
    effort: Ints,
    ordinary_effort: Ints,
    count: Ints,
    free: Ints,
    ordinary_free: Ints,
    pace: Ints,
    piece_start: Ints,
    piece_width: Ints,
    piece_slope: Ints,
) -> Ints:
    choice = np.full(len(order), WAITS, np.int64)
    used, ordinary, new = np.zeros_like(free), np.zeros_like(free), np.zeros_like(free)
    for job in order:
        least = 0.0
        for arc in range(row_start[job], row_start[job + 1]):
            a, load = agent[arc], used[agent[arc]] + effort[arc]
            work = ordinary[a] + ordinary_effort[arc]
            if (
                load > free[a]
                or (ordinary_effort[arc] > 0 and work > ordinary_free[a])
                or new[a] + count[job] > pace[a]
            ):
                continue
            price = cost[arc] + load_cost(piece_start, piece_width, piece_slope, a, load)
            price -= load_cost(piece_start, piece_width, piece_slope, a, used[a])
            if choice[job] == WAITS or price < least:
                choice[job], least = arc, price
        if choice[job] != WAITS:
            a = agent[choice[job]]
            used[a] += effort[choice[job]]
            ordinary[a] += ordinary_effort[choice[job]]
            new[a] += count[job]
    return choice


def thresholds_of(model: Model) -> tuple[Ints, Ints]:
    """Return the convex costs as thresholds and steps, shape (agents, most pieces) each.

    The cost of m minutes is the sum over pieces of step * max(0, m - threshold).
    """
    most = int(np.diff(model.piece_start).max(initial=1))
    thresholds = np.zeros((model.agents, most), dtype=np.int64)
    steps = np.zeros((model.agents, most), dtype=np.int64)
    for agent in range(model.agents):
        first, last = model.piece_start[agent], model.piece_start[agent + 1]
        width, slope = model.piece_width[first:last], model.piece_slope[first:last]
        thresholds[agent, : last - first] = np.concatenate(([0], np.cumsum(width)[:-1]))[: last - first]
        steps[agent, : last - first] = np.diff(slope, prepend=0)
    return thresholds, steps


def plain_bounds(model: Model) -> Three:
    """Return lower bounds that need no solver: jobs without any arc wait in every choice."""
    nowhere = np.diff(model.row_start) == 0
    return int(model.waiting[0, nowhere].sum()), int(model.waiting[1, nowhere].sum()), 0
