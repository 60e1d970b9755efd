"""The end of a proof: the few arcs that can still help, searched to the end by an exact solver.

An arc whose regret lifts the bound to the cost of the best known choice is in no better one. HiGHS, which is
quick where the relaxation is close, looks for a better choice among the others; then CP-SAT, which counts in
whole numbers, must confirm that there is none: a floating-point solver alone proves nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.core import linear, whole
from solver.core.model import WAITS, Bools, Ints, Model, keep_arcs, tier_costs
from solver.core.stage import Stage
from solver.limits import Budget

SMALL: Final = 500
MOST_ARCS: Final = 3_500
"""More arcs than this are not searched: the bound must rise, or the cost fall, first."""
HIGHS: Final = 0.6
"""The part of the budget that HiGHS may take."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The best choice found, shape (jobs,), and the bound proven by search; 0 when none was."""

    choice: Ints
    bound: int


def finish(stage: Stage, model: Model, choice: Ints, least: Ints, *, floor: int, budget: Budget) -> Finished:
    """Return a better choice, or the proof that there is none, or neither within a part of the budget.

    Parameters
    ----------
    choice
        The best known, shape (jobs,); it keeps the tiers before.
    least
        Shape (arcs,), in the order of the stage's columns: what a choice with that arc costs at least, scaled.
    floor
        A bound proven beforehand, unscaled.
    """
    caps = tier_costs(model, choice)[: stage.tier]
    kept = arcs_left(stage, model, choice, least)
    if int(kept.sum()) > MOST_ARCS:
        return Finished(choice, 0)
    if linear.suits(model):
        small, there, back = _core(model, kept, choice)
        found, bound = linear.least(small, stage.tier, caps, budget.part(HIGHS))
        if found is not None and _first(small, found, stage) < _first(small, there, stage):
            choice = np.where(found == WAITS, WAITS, back[found])
            kept = arcs_left(stage, model, choice, least)
        if bound < tier_costs(model, choice)[stage.tier]:
            return Finished(choice, 0)
    if budget.is_over():
        return Finished(choice, 0)
    small, there, back = _core(model, kept, choice)
    found, bound = whole.least(small, stage.tier, caps, floor=floor, start=there, budget=budget)
    if found is not None and _first(small, found, stage) < _first(small, there, stage):
        choice = np.where(found == WAITS, WAITS, back[found])
    return Finished(choice, min(bound, tier_costs(model, choice)[stage.tier]))


def _first(model: Model, choice: Ints, stage: Stage) -> tuple[int, ...]:
    """Return what a choice costs in the tiers up to the stage's."""
    return tier_costs(model, choice)[: stage.tier + 1]


def arcs_left(stage: Stage, model: Model, choice: Ints, least: Ints) -> Bools:
    """Return which arcs can be in a choice that is better, or are in this one; shape (arcs,)."""
    aim = (tier_costs(model, choice)[stage.tier] - stage.step) * stage.scale
    kept = np.zeros(model.arcs, np.bool_)
    kept[stage.columns.arc[least <= aim]] = True
    kept[choice[choice != WAITS]] = True
    return kept


def _core(model: Model, kept: Bools, choice: Ints) -> tuple[Model, Ints, Ints]:
    """Return the model of the arcs kept, the choice in it, and the number of each arc in the whole model."""
    back = np.flatnonzero(kept).astype(np.int64)
    position = np.cumsum(kept) - 1
    return keep_arcs(model, kept), np.where(choice == WAITS, WAITS, position[choice]), back
