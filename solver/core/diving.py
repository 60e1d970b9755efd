"""A good choice of patterns, by following the linear programme down.

Such a dive is described by Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa 2019, "Primal heuristics for branch and
price: the assets of diving methods", who found it strong for generalised assignment. The pattern that the
programme takes most of is taken whole, the programme is solved again, agents are asked for patterns that suit what
is left, and so on, until every agent has one pattern.
"""

from typing import Final

import numpy as np

from solver.core import cutting, enumeration, glop
from solver.core.cutting import Programme
from solver.core.model import WAITS, Bools, Ints
from solver.core.program import Floats
from solver.core.stage import Stage
from solver.limits import Budget

LOOKS: Final = 3
"""How often agents are asked for new patterns, each time that some were taken whole."""
WHOLE: Final = 1.0 - cutting.TAKEN
NEARLY_WHOLE: Final = 0.8
"""Patterns of which at least so much is taken are taken whole together."""


def dive(
    programme: Programme,
    stage: Stage,
    caps: tuple[int, ...],
    *,
    useful: Bools,
    other: int,
    budget: Budget,
) -> Ints:
    """Return a choice, shape (jobs,), in which jobs wait that the dive found no place for.

    The other parameters are those of `raise_bound`.

    Parameters
    ----------
    other
        Which pattern is taken first: 0 for the one of which most is taken, 1 for the next, and so on, so that
        several dives differ (limited discrepancy search, Harvey and Ginsberg 1995).
    """
    fixed: set[int] = set()
    useful = useful.copy()
    share: Floats = np.zeros(0)
    while _settle(programme, stage, caps, useful, budget):
        share = np.array([column.solution_value() for column in programme.columns])
        fractional = np.flatnonzero((share > cutting.TAKEN) & (share < WHOLE))
        if not len(fractional):
            break
        order = fractional[np.argsort(-share[fractional], kind="stable")]
        first = order[min(0 if fixed else other, len(order) - 1)]
        for at in {int(first), *np.flatnonzero(share >= NEARLY_WHOLE).tolist()} - fixed:
            fixed.add(at)
            programme.columns[at].SetLb(1.0)
            taken = np.isin(stage.columns.job, programme.model.job[programme.arcs[at]])
            useful &= ~taken & (programme.model.agent[stage.columns.arc] != programme.agent[at])
    for at in fixed:
        programme.columns[at].SetLb(0.0)
    return _choice(programme, fixed | set(np.flatnonzero(share >= WHOLE).tolist()))


def _settle(programme: Programme, stage: Stage, caps: tuple[int, ...], useful: Bools, budget: Budget) -> bool:
    """Solve the programme, with some new patterns; return whether it could be solved within the budget."""
    for look in range(LOOKS):
        if budget.is_over() or not glop.solve(programme.glop, budget, dual=look == 0):
            return False
        if look == LOOKS - 1:
            break
        now, prices = cutting.prices_of(programme, stage, caps)
        cheaper, _ = enumeration.cheapest(now, programme.model, prices, useful, budget)
        if not cutting.add_patterns(programme, cutting.cheapest_of_each(now, programme.model, prices, cheaper)):
            break
    return True


def _choice(programme: Programme, taken: set[int]) -> Ints:
    """Return the choice of some patterns."""
    choice = np.full(programme.model.jobs, WAITS, np.int64)
    for at in taken:
        arcs = programme.arcs[at]
        choice[programme.model.job[arcs]] = arcs
    return choice
