"""The plain route: one job after another, the heaviest to let wait first, each along its cheapest arc."""

import numpy as np

from solver.core.model import WAITS, Ints, Model


def choose(model: Model) -> Ints:
    """Return a choice that fits, shape (jobs,): the arc of each job or `WAITS`.

    No proof and no second thoughts; a start for other routes, and the fallback without a solver. Imports
    no OR-Tools. Ties go to the first job and the first agent.
    """
    room = Room(model)
    choice = np.full(model.jobs, WAITS, dtype=np.int64)
    heaviest_first = np.lexsort((-model.waiting[1], -model.waiting[0]))
    for job in heaviest_first:
        choice[job] = room.take_cheapest(int(job))
    return choice


class Room:
    """What the agents still have room for, and where they stand on their convex cost."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.free = model.free.copy()
        self.ordinary_free = model.ordinary_free.copy()
        self.pace = model.pace.copy()
        self.thresholds, self.steps = thresholds_of(model)

    def take_cheapest(self, job: int) -> int:
        """Add a job along its cheapest arc that fits; return the arc, or `WAITS` when none fits."""
        model = self.model
        arcs = np.arange(model.row_start[job], model.row_start[job + 1])
        agent, ordinary = model.agent[arcs], model.ordinary_effort[arcs]
        fits = (model.effort[arcs] <= self.free[agent]) & (model.count[job] <= self.pace[agent])
        fits &= (ordinary == 0) | (ordinary <= self.ordinary_free[agent])
        arcs, agent = arcs[fits], agent[fits]
        if not len(arcs):
            return WAITS
        arc = int(arcs[np.argmin(model.cost[arcs] + self.rise(agent, model.effort[arcs]))])
        self.take(arc, job)
        return arc

    def take(self, arc: int, job: int) -> None:
        """Take an arc's minutes, ordinary minutes and count off its agent's room."""
        agent = self.model.agent[arc]
        self.free[agent] -= self.model.effort[arc]
        self.ordinary_free[agent] -= self.model.ordinary_effort[arc]
        self.pace[agent] -= self.model.count[job]

    def rise(self, agent: Ints, minutes: Ints) -> Ints:
        """Return what these minutes would add to the load cost of these agents, element by element."""
        now = self.model.free[agent] - self.free[agent]
        rise: Ints = self._cost(agent, now + minutes) - self._cost(agent, now)
        return rise

    def _cost(self, agent: Ints, minutes: Ints) -> Ints:
        above = np.maximum(minutes[:, None] - self.thresholds[agent], 0)
        cost: Ints = (above * self.steps[agent]).sum(axis=1)
        return cost


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


def plain_bounds(model: Model) -> tuple[int, int, int]:
    """Return lower bounds that need no solver: jobs without any arc wait in every choice."""
    nowhere = np.diff(model.row_start) == 0
    return int(model.waiting[0, nowhere].sum()), int(model.waiting[1, nowhere].sum()), 0
