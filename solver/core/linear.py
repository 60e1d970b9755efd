"""The same model as a linear one over its arcs, each tier solved exactly by HiGHS (see `highs`)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.math_opt.python import mathopt

from solver.core import highs
from solver.core.greedy import thresholds_of
from solver.core.model import WAITS, Ints, Model, fits, tier_costs
from solver.limits import Budget

LARGEST_COEFFICIENT: Final = 1_000_000
"""Above this, floating point can't tell neighbouring whole sums apart safely."""
PIVOTS_PER_EFFORT: Final = 20_000
"""Simplex iterations that count as one unit of effort: about a second."""
POINTS: Final = 2


@dataclass(frozen=True, slots=True)
class _Linear:
    """A MathOpt model with a variable per arc, per waiting job, and per step of an agent's convex cost."""

    model: Model
    program: mathopt.Model
    arcs: list[mathopt.Variable]
    waits: list[mathopt.Variable]
    above: list[mathopt.Variable]
    steps: list[int]


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
    built = _build(model, caps)
    built.program.minimize(_goal(built, tier))
    if budget.is_ended():
        return None, 0
    hint = None if start is None else _hint(built, start)
    answer = highs.solve(built.program, budget, pivots_per_effort=PIVOTS_PER_EFFORT, start=hint)
    return _choice(built, answer, caps), highs.bound_of(answer)


def suits(model: Model) -> bool:
    """Say whether every number of the model is small enough to be safe in floating point."""
    numbers = (model.cost, model.effort, model.free, model.waiting.ravel(), model.piece_slope)
    return all(int(values.max(initial=0)) <= LARGEST_COEFFICIENT for values in numbers)


def _build(model: Model, caps: tuple[int, ...]) -> _Linear:
    program = mathopt.Model()
    arcs = [program.add_variable(lb=0.0, ub=1.0, is_integer=True) for _ in range(model.arcs)]
    waits = [program.add_variable(lb=0.0, ub=1.0, is_integer=True) for _ in range(model.jobs)]
    built = _Linear(model, program, arcs, waits, above=[], steps=[])
    for job in range(model.jobs):
        first, last = model.row_start[job], model.row_start[job + 1]
        program.add_linear_constraint(mathopt.fast_sum([*built.arcs[first:last], built.waits[job]]) == 1)
    by_agent = np.argsort(model.agent, kind="stable")
    ends = np.cumsum(np.bincount(model.agent, minlength=model.agents))
    thresholds, steps = thresholds_of(model)
    for agent, own in enumerate(np.split(by_agent, ends[:-1])):
        if len(own):
            _add_agent(built, agent, own, thresholds=thresholds[agent], steps=steps[agent])
    for tier, cap in enumerate(caps):
        _keep(built, tier, cap)
    return built


def _add_agent(built: _Linear, agent: int, arcs: Ints, *, thresholds: Ints, steps: Ints) -> None:
    """Keep an agent within minutes, ordinary minutes and pace, and price the minutes above each threshold."""
    model = built.model
    load = _sum(built.arcs, arcs, model.effort[arcs])
    for amount, most in (
        (model.effort[arcs], model.free[agent]),
        (model.ordinary_effort[arcs], model.ordinary_free[agent]),
        (model.count[model.job[arcs]], model.pace[agent]),
    ):
        if amount.sum() > most:
            built.program.add_linear_constraint(_sum(built.arcs, arcs, amount) <= float(most))
    most = int(min(model.free[agent], model.effort[arcs].sum()))
    for threshold, step in zip(thresholds.tolist(), steps.tolist(), strict=True):
        if step > 0 and most > threshold:
            above = built.program.add_variable(lb=0.0, ub=float(most - threshold))
            built.program.add_linear_constraint(above >= load - float(threshold))
            built.above.append(above)
            built.steps.append(step)


def _keep(built: _Linear, tier: int, cap: int) -> None:
    """Let a tier cost no more than it did: nothing that weighs may wait when that cost nothing."""
    weights = built.model.waiting[tier]
    jobs = np.flatnonzero(weights)
    if cap == 0:
        for job in jobs:
            built.waits[job].upper_bound = 0.0
    elif len(jobs):
        built.program.add_linear_constraint(_sum(built.waits, jobs, weights[jobs]) <= float(cap))


def _goal(built: _Linear, tier: int) -> mathopt.LinearSum:
    """Return the sum that a tier minimises."""
    model = built.model
    if tier < POINTS:
        return _sum(built.waits, np.arange(model.jobs), model.waiting[tier])
    arcs = _sum(built.arcs, np.arange(model.arcs), model.cost)
    above = [step * variable for step, variable in zip(built.steps, built.above, strict=True)]
    total: mathopt.LinearSum = mathopt.fast_sum([arcs, *above])
    return total


def _sum(variables: list[mathopt.Variable], which: Ints, weights: Ints) -> mathopt.LinearSum:
    pairs = zip(which.tolist(), weights.tolist(), strict=True)
    total: mathopt.LinearSum = mathopt.fast_sum([weight * variables[index] for index, weight in pairs if weight])
    return total


def _hint(built: _Linear, start: Ints) -> mathopt.SolutionHint:
    """Return a choice as values of the arcs and of who waits; the others follow from them."""
    taken = np.zeros(built.model.arcs)
    taken[start[start != WAITS]] = 1.0
    values = [*taken.tolist(), *(start == WAITS).astype(np.float64).tolist()]
    return mathopt.SolutionHint(variable_values=dict(zip([*built.arcs, *built.waits], values, strict=True)))


def _choice(built: _Linear, answer: mathopt.SolveResult, caps: tuple[int, ...]) -> Ints | None:
    """Return the rounded choice when it is one, and keeps the tiers before."""
    if not answer.has_primal_feasible_solution():
        return None
    model = built.model
    chosen = np.array(answer.variable_values(built.arcs)) > 0.5
    choice = np.full(model.jobs, WAITS, dtype=np.int64)
    choice[model.job[chosen]] = np.flatnonzero(chosen)
    kept = int(chosen.sum()) == int((choice != WAITS).sum()) and fits(model, choice)
    return choice if kept and tier_costs(model, choice)[: len(caps)] <= caps else None
