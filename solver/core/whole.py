"""The model in whole numbers (CP-SAT): for sums too large for floating point."""

import numpy as np
from ortools.sat.python import cp_model

from solver.core.greedy import thresholds_of
from solver.core.model import WAITS, Ints, Model
from solver.limits import Budget

CpInts = list[cp_model.IntVar]
DIGITS = 9
"""Of CP-SAT's own measure of its work."""


def least(
    model: Model, tier: int, caps: tuple[int, ...], *, floor: int, start: Ints, budget: Budget
) -> tuple[Ints | None, int]:
    """Return the choice of least cost in a tier that keeps the tiers before, and the bound that was proven.

    The choice is None when none was found within the budget.

    Parameters
    ----------
    floor
        A bound known beforehand: a cut.
    start
        A choice to begin from, shape (jobs,).
    """
    built = _build(model)
    for before, cap in enumerate(caps):
        built.cp.add(built.tier(before) <= cap)
    built.cp.add(built.tier(tier) >= floor)
    built.cp.minimize(built.tier(tier))
    _hint(built, start)
    solver = _solver(budget)
    if budget.is_ended():  # a large model takes its time to build
        return None, floor
    with budget.interrupting(solver.stop_search):
        status = solver.solve(built.cp)
    # Of two runs alike the last digit may differ: CP-SAT adds up in an order that is not fixed.
    budget.spend("whole", round(solver.response_proto.deterministic_time, DIGITS))
    budget.is_over()
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return _choice(built, solver) if found else None, max(floor, round(solver.best_objective_bound))


def _solver(budget: Budget) -> cp_model.CpSolver:
    """Return a solver that keeps the budget, and repeats exactly by effort."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = budget.seed
    solver.parameters.max_deterministic_time = budget.effort_left
    seconds = budget.seconds_left()
    if seconds is not None:
        solver.parameters.max_time_in_seconds = seconds
    return solver


class _Built:
    """A CP-SAT model with a boolean per arc and per waiting job, and the three sums to minimise."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.cp = cp_model.CpModel()
        self.arcs = [self.cp.new_bool_var("") for _ in range(model.arcs)]
        self.waits = [self.cp.new_bool_var("") for _ in range(model.jobs)]
        self.above: CpInts = []
        self.steps: list[int] = []

    def tier(self, tier: int) -> cp_model.LinearExprT:
        """Return the sum that a tier minimises."""
        if tier < 2:
            return _sum(self.waits, self.model.waiting[tier])
        return _sum([*self.arcs, *self.above], np.concatenate((self.model.cost, self.steps)).astype(np.int64))


def _sum(variables: list[cp_model.IntVar], weights: Ints) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.weighted_sum(variables, weights.tolist())


def _build(model: Model) -> _Built:
    built = _Built(model)
    for job in range(model.jobs):
        first, last = model.row_start[job], model.row_start[job + 1]
        built.cp.add_exactly_one([*built.arcs[first:last], built.waits[job]])
    by_agent = np.argsort(model.agent, kind="stable")
    ends = np.cumsum(np.bincount(model.agent, minlength=model.agents))
    thresholds, steps = thresholds_of(model)
    for agent, arcs in enumerate(np.split(by_agent, ends[:-1])):
        if len(arcs):
            _add_room(built, agent, arcs)
            _add_load_cost(built, agent, arcs, thresholds=thresholds[agent], steps=steps[agent])
    return built


def _add_room(built: _Built, agent: int, arcs: Ints) -> None:
    """Keep an agent within minutes, ordinary minutes and pace, where all its arcs together would not."""
    model, count = built.model, built.model.count[built.model.job[arcs]]
    for amount, most in (
        (model.effort[arcs], model.free[agent]),
        (model.ordinary_effort[arcs], model.ordinary_free[agent]),
        (count, model.pace[agent]),
    ):
        if amount.sum() > most:
            some = amount > 0
            built.cp.add(_sum([built.arcs[arc] for arc in arcs[some]], amount[some]) <= int(most))


def _add_load_cost(built: _Built, agent: int, arcs: Ints, *, thresholds: Ints, steps: Ints) -> None:
    """Price an agent's minutes above each threshold."""
    model = built.model
    most = int(min(model.free[agent], model.effort[arcs].sum()))
    load = _sum([built.arcs[arc] for arc in arcs], model.effort[arcs])
    for threshold, step in zip(thresholds.tolist(), steps.tolist(), strict=True):
        if step > 0 and most > threshold:
            above = built.cp.new_int_var(0, most - threshold, "")
            built.cp.add(above >= load - threshold)
            built.above.append(above)
            built.steps.append(step)


def _hint(built: _Built, start: Ints) -> None:
    chosen = np.zeros(built.model.arcs, dtype=np.bool_)
    chosen[start[start != WAITS]] = True
    for variable, value in zip(built.arcs, chosen.tolist(), strict=True):
        built.cp.add_hint(variable, value)


def _choice(built: _Built, solver: cp_model.CpSolver) -> Ints:
    chosen = np.array([solver.value(variable) for variable in built.arcs], dtype=np.bool_)
    choice = np.full(built.model.jobs, WAITS, dtype=np.int64)
    choice[built.model.job[chosen]] = np.flatnonzero(chosen)
    return choice
