"""Lower bounds in exact integers, from any prices per job, and the arcs that no better choice can use.

For prices p of the jobs, every choice costs at least

    sum_j min(p_j, waits_j) - sum_w max over fillings F of w (sum of p_j - cost_jw over F, minus load cost)

(Lagrangian relaxation of "every job once"; Geoffrion 1974). Linear programs only suggest the prices, so
their rounding can make a bound weaker, never wrong. The best filling of an agent is a knapsack, solved by
dynamic programming over minutes: ordinary jobs first, up to the ordinary room, then the others.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.core.goal import Goal
from solver.core.greedy import thresholds_of
from solver.core.model import Bools, Ints, Model

SCALE: Final = 1_000
NEVER: Final = -(2**60)


@dataclass(frozen=True, slots=True)
class Bound:
    """A proven lower bound and what it rests on.

    Attributes
    ----------
    scaled
        The bound in thousandths.
    arc_slack
        Shape (arcs,): by how many thousandths the bound rises when an arc is used.
    wait_slack
        Shape (jobs,): the same when a job waits.
    """

    scaled: int
    arc_slack: Ints
    wait_slack: Ints

    @property
    def value(self) -> int:
        """Return the bound in whole units, rounded up."""
        return -(-self.scaled // SCALE)


def bound_of(model: Model, goal: Goal, prices: Ints) -> Bound:
    """Return the bound of a goal without caps from prices in thousandths, shape (jobs,)."""
    waits = goal.waits * SCALE
    job = model.job
    profit = prices[job] - (model.cost * SCALE if goal.points else 0)
    arc_slack = np.zeros(model.arcs, dtype=np.int64)
    total = int(np.minimum(prices, waits).sum())
    thresholds, steps = thresholds_of(model)
    for agent, arcs in enumerate(arcs_by_agent(model)):
        if len(arcs):
            step = int(np.gcd.reduce(model.effort[arcs]))
            levels = np.arange(int(model.free[agent]) // step + 1, dtype=np.int64) * step
            load = (np.maximum(levels[:, None] - thresholds[agent], 0) * steps[agent]).sum(axis=1) * SCALE
            best, slack = _fillings(model, agent, arcs, profit=profit[arcs], load=load * goal.points, step=step)
            total -= best
            arc_slack[arcs] = slack
    # Who is placed although waiting was cheaper, gives that up; who waits although it was dearer, pays it.
    arc_slack += np.maximum(prices - waits, 0)[job]
    return Bound(total, arc_slack, np.maximum(waits - prices, 0))


def arcs_by_agent(model: Model) -> list[Ints]:
    """Return the arcs of each agent, in order."""
    by_agent = np.argsort(model.agent, kind="stable")
    ends = np.cumsum(np.bincount(model.agent, minlength=model.agents))
    return [np.asarray(arcs, dtype=np.int64) for arcs in np.split(by_agent, ends[:-1])]


def _fillings(model: Model, agent: int, arcs: Ints, *, profit: Ints, load: Ints, step: int) -> tuple[int, Ints]:
    """Return the profit of an agent's best filling, and what forcing each arc into it loses.

    Knapsacks from the left and from the right, so that each arc's own best filling is one look. States:
    axis 0 = new requests taken, axis 1 = filling level. Jobs that are ordinary in part count as not
    ordinary: a larger set of fillings, so the bound holds.
    """
    ordinary = model.ordinary_effort[arcs] == model.effort[arcs]
    order = np.concatenate((np.flatnonzero(ordinary), np.flatnonzero(~ordinary)))
    sizes = (model.effort[arcs] // step).tolist()
    counts, pace = _counts(model, agent, arcs, levels=len(load), smallest=min(sizes))
    ordinary_top = min(int(model.ordinary_free[agent]) // step, len(load) - 1)
    tops = [ordinary_top if ordinary[i] else len(load) - 1 for i in range(len(arcs))]
    moves = [(i, _Move(sizes[i], counts[i], tops[i], int(profit[i]))) for i in order.tolist()]
    right = np.empty((len(moves) + 1, pace + 1, len(load)), dtype=np.int64)
    right[-1] = -load
    for k in range(len(moves) - 1, -1, -1):
        right[k] = right[k + 1]
        move = moves[k][1]
        if move.fits(pace):
            here = right[k][move.before(pace)]
            np.maximum(here, right[k + 1][move.after()] + move.gain, out=here)
    best = int(right[0, 0, 0])
    slack = np.full(len(arcs), -NEVER, dtype=np.int64)
    left = np.full((pace + 1, len(load)), NEVER, dtype=np.int64)
    left[0, 0] = 0
    for k, (i, move) in enumerate(moves):
        if move.fits(pace):
            with_it = left[move.before(pace)] + move.gain
            slack[i] = best - int((with_it + right[k + 1][move.after()]).max())
            there = left[move.after()]
            np.maximum(there, with_it, out=there)
    return best, slack


@dataclass(frozen=True, slots=True)
class _Move:
    """One job put into a filling: from which states it can start, and to which it leads."""

    size: int
    count: int
    top: int
    gain: int

    def fits(self, pace: int) -> bool:
        return self.size <= self.top and self.count <= pace

    def before(self, pace: int) -> tuple[slice, slice]:
        return slice(0, pace + 1 - self.count), slice(0, self.top + 1 - self.size)

    def after(self) -> tuple[slice, slice]:
        return slice(self.count, None), slice(self.size, self.top + 1)


def _counts(model: Model, agent: int, arcs: Ints, *, levels: int, smallest: int) -> tuple[list[int], int]:
    """Return each job's count and the pace; all 0 when the minutes run out before the pace does."""
    counts, pace = model.count[model.job[arcs]], int(model.pace[agent])
    if int(counts.max()) * ((levels - 1) // max(1, smallest)) <= pace or int(counts.sum()) <= pace:
        return [0] * len(arcs), 0
    return counts.tolist(), pace


def useful(bound: Bound, *, most: int) -> tuple[Bools, Bools]:
    """Return which arcs, and which waiting jobs, a choice of at most this value can have."""
    left = most * SCALE - bound.scaled
    return bound.arc_slack <= left, bound.wait_slack <= left
