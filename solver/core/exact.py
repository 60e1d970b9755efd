"""The exact route: one integer model, its tiers solved in turn, each with a cut from the tier before."""

import numpy as np
from ortools.sat.python import cp_model

from solver.core.answer import Answer
from solver.core.greedy import thresholds_of
from solver.core.model import WAITS, Ints, Model, tier_costs
from solver.limits import Budget

CpInts = list[cp_model.IntVar]


def solve(model: Model, start: Ints, bounds: tuple[int, int, int], budget: Budget) -> Answer:
    """Return the best choice found from a start, with the bounds proven within the budget.

    `bounds` are lower bounds known beforehand; they become cuts.
    """
    built = _build(model)
    best, proven = start, list(bounds)
    for tier in range(3):
        best, proven[tier] = _improve(built, best, tier, bound=proven[tier], budget=budget)
    costs = tier_costs(model, best)
    return Answer(choice=best, costs=costs, bounds=(proven[0], proven[1], proven[2]), route="exact")


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


def _improve(built: _Built, start: Ints, tier: int, *, bound: int, budget: Budget) -> tuple[Ints, int]:
    """Return the best choice found for a tier and the bound proven; the tier is then cut at its cost."""
    at = tier_costs(built.model, start)[tier]
    goal = built.tier(tier)
    best = start
    if at > bound and budget.effort_left > 0 and not budget.out_of_time():
        built.cp.add(goal >= bound)
        built.cp.minimize(goal)
        best, bound = _run(built, start, at, bound=bound, budget=budget)
    built.cp.add(goal <= tier_costs(built.model, best)[tier])
    return best, bound


def _run(built: _Built, start: Ints, at: int, *, bound: int, budget: Budget) -> tuple[Ints, int]:
    _hint(built, start)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = budget.seed
    solver.parameters.max_deterministic_time = budget.effort_left
    seconds = budget.seconds_left()
    if seconds is not None:
        solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(built.cp)
    budget.spend("exact", solver.response_proto.deterministic_time)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return start, max(bound, min(at, round(solver.best_objective_bound)))
    return _choice(built, solver), max(bound, round(solver.best_objective_bound))


def _hint(built: _Built, start: Ints) -> None:
    built.cp.clear_hints()  # type: ignore[no-untyped-call]
    chosen = np.zeros(built.model.arcs, dtype=np.bool_)
    chosen[start[start != WAITS]] = True
    for variable, value in zip(built.arcs, chosen.tolist(), strict=True):
        built.cp.add_hint(variable, value)


def _choice(built: _Built, solver: cp_model.CpSolver) -> Ints:
    chosen = np.array([solver.value(variable) for variable in built.arcs], dtype=np.bool_)
    choice = np.full(built.model.jobs, WAITS, dtype=np.int64)
    choice[built.model.job[chosen]] = np.flatnonzero(chosen)
    return choice
