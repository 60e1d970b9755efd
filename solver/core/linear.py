"""The same model as a linear one over its arcs, each tier solved exactly by HiGHS (see `highs`)."""

from typing import Final

import numpy as np
from ortools.math_opt.python import mathopt

from solver.core import highs
from solver.core.model import WAITS, Ints, Model, fits, tier_costs
from solver.core.program import program_of
from solver.limits import Budget

LARGEST_COEFFICIENT: Final = 1_000_000
"""Above this, floating point can't tell neighbouring whole sums apart safely."""
PIVOTS_PER_EFFORT: Final = 20_000
"""Simplex iterations that count as one unit of effort: about a second."""


def least(
    model: Model, tier: int, caps: tuple[int, ...], budget: Budget, start: Ints | None = None
) -> tuple[Ints | None, int]:
    """Return the choice of least cost in a tier that keeps the tiers before, and the bound that was proven.

    The choice is None when none was found within the budget, or when rounding broke it.

    Parameters
    ----------
    caps
        The cost of each tier before it.
    start
        A choice to begin from, shape (jobs,).
    """
    program = program_of(model, tier, caps, whole=True)
    if budget.is_ended():
        return None, 0
    hint = None if start is None else _hint(program, model, start)
    answer = highs.solve(program, budget, pivots_per_effort=PIVOTS_PER_EFFORT, start=hint)
    return _choice(program, model, answer, caps), highs.bound_of(answer)


def suits(model: Model) -> bool:
    """Say whether every number of the model is small enough to be safe in floating point."""
    numbers = (model.cost, model.effort, model.free, model.waiting.ravel(), model.piece_slope)
    return all(int(values.max(initial=0)) <= LARGEST_COEFFICIENT for values in numbers)


def _hint(program: mathopt.Model, model: Model, start: Ints) -> mathopt.SolutionHint:
    """Return a choice as values of the arcs and of who waits; the others follow from them."""
    taken = np.zeros(model.arcs)
    taken[start[start != WAITS]] = 1.0
    values = [*taken.tolist(), *(start == WAITS).astype(np.float64).tolist()]
    return mathopt.SolutionHint(variable_values=dict(zip(program.variables(), values, strict=False)))


def _choice(
    program: mathopt.Model, model: Model, answer: mathopt.SolveResult, caps: tuple[int, ...]
) -> Ints | None:
    """Return the rounded choice when it is one, and keeps the tiers before."""
    if not answer.has_primal_feasible_solution():
        return None
    arcs = [*program.variables()][: model.arcs]
    chosen = np.array(answer.variable_values(arcs)) > 0.5
    choice = np.full(model.jobs, WAITS, dtype=np.int64)
    choice[model.job[chosen]] = np.flatnonzero(chosen)
    kept = int(chosen.sum()) == int((choice != WAITS).sum()) and fits(model, choice)
    return choice if kept and tier_costs(model, choice)[: len(caps)] <= caps else None
