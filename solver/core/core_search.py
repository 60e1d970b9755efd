"""The end of a proof: the few arcs that can still help, searched to the end by an exact solver.

An arc whose regret lifts the bound to the cost of the best known choice is in no better one. HiGHS, which is
quick where the relaxation is close, searches the others. In the strict tiers CP-SAT, which counts in whole
numbers, must then confirm that nothing better is there. In the tier of points HiGHS's word is taken, with both
its gaps set to 0 and its bound rounded up only when it lies clearly above a whole number: confirming it took
CP-SAT three times as long as finding it. Such a bound is marked as found by search (`plan.Proof.searched`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.core import linear
from solver.core import whole as integers
from solver.core.model import WAITS, Bools, Ints, Model, keep_arcs, tier_costs
from solver.core.stage import POINTS, Stage
from solver.limits import Budget

SMALL: Final = 500
"""Up to so many arcs, the core is searched before anything else is tried."""
HIGHS: Final = 0.7
"""The part of the budget that HiGHS may take in a strict tier."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The best choice found, shape (jobs,), and the bound proven by search; 0 when none was.

    `whole` says whether the core was searched to its end, be it too narrow for a proof; `searched` how many
    arcs or patterns it had.
    """

    choice: Ints
    bound: int
    whole: bool
    searched: int


def finish(
    stage: Stage,
    model: Model,
    choice: Ints,
    least: Ints,
    *,
    most_arcs: int,
    floor: int,
    budget: Budget,
    promise: Ints | None = None,
) -> Finished:
    """Return a better choice, or the proof that there is none, or neither within the budget.

    When too many arcs could help, those are searched that promise most. That finds good choices, and proves
    the best one just as well when it costs less than any choice with another arc.

    Parameters
    ----------
    choice
        The best known, shape (jobs,); it keeps the tiers before.
    least
        Shape (arcs,), in the order of the stage's columns: what a choice with that arc costs at least, scaled.
    promise
        Shape (arcs,), likewise: what decides among arcs of equal `least`.
    floor
        A bound proven beforehand, unscaled.
    """
    caps = tier_costs(model, choice)[: stage.tier]
    kept = arcs_left(stage, model, choice, least, most_arcs, promise)
    if linear.suits(model):
        small, there, back = _core(model, kept, choice)
        found, bound = linear.least(
            small, stage.tier, caps, budget.part(HIGHS if stage.tier < POINTS else 1.0), there
        )
        if found is not None and _first(small, found, stage) < _first(small, there, stage):
            choice = np.where(found == WAITS, WAITS, back[found])
        cost = tier_costs(model, choice)[stage.tier]
        if bound < cost or budget.is_over():
            return Finished(choice, 0, whole=bound >= cost, searched=small.arcs)
        if stage.tier == POINTS:
            return Finished(
                choice, min(cost, _least_outside(stage, kept, least, cost)), whole=True, searched=small.arcs
            )
        left = arcs_left(stage, model, choice, least, model.arcs)
        if bool((left & ~kept).any()):
            return Finished(choice, 0, whole=True, searched=small.arcs)
        kept = left
    elif bool((arcs_left(stage, model, choice, least, model.arcs) & ~kept).any()):
        return Finished(choice, 0, whole=False, searched=0)
    small, there, back = _core(model, kept, choice)
    found, bound = integers.least(small, stage.tier, caps, floor=floor, start=there, budget=budget)
    if found is not None and _first(small, found, stage) < _first(small, there, stage):
        choice = np.where(found == WAITS, WAITS, back[found])
    cost = tier_costs(model, choice)[stage.tier]
    return Finished(choice, min(bound, cost), whole=bound >= cost, searched=small.arcs)


def _least_outside(stage: Stage, kept: Bools, least: Ints, cost: int) -> int:
    """Return what a choice with an arc that was not kept costs at least; `cost` when there is none."""
    outside = least[~kept[stage.columns.arc]]
    return stage.rounded_up(int(outside.min())) if len(outside) else cost


def _first(model: Model, choice: Ints, stage: Stage) -> tuple[int, ...]:
    """Return what a choice costs in the tiers up to the stage's."""
    return tier_costs(model, choice)[: stage.tier + 1]


def arcs_left(
    stage: Stage, model: Model, choice: Ints, least: Ints, most: int, promise: Ints | None = None
) -> Bools:
    """Return which arcs can be in a choice that is better, the most promising ones; shape (arcs,).

    The arcs of the choice itself are kept, too. Of arcs with which a choice costs the same at least, those of
    least `promise` come first.
    """
    aim = (tier_costs(model, choice)[stage.tier] - stage.step) * stage.scale
    able = np.flatnonzero(least <= aim)
    if len(able) > most:
        second = least if promise is None else promise
        able = able[np.lexsort((second[able], least[able]))[:most]]
    kept = np.zeros(model.arcs, np.bool_)
    kept[stage.columns.arc[able]] = True
    kept[choice[choice != WAITS]] = True
    return kept


def _core(model: Model, kept: Bools, choice: Ints) -> tuple[Model, Ints, Ints]:
    """Return the model of the arcs kept, the choice in it, and the number of each arc in the whole model."""
    back = np.flatnonzero(kept).astype(np.int64)
    position = np.cumsum(kept) - 1
    return keep_arcs(model, kept), np.where(choice == WAITS, WAITS, position[choice]), back
