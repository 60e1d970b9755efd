"""One integer model, of a whole or of a part of it, solved by CP-SAT with one worker."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from ortools.sat.python import cp_model

from solver.core.goal import Goal
from solver.core.greedy import thresholds_of
from solver.core.model import WAITS, Bools, Ints, Model
from solver.limits import Budget


@dataclass(frozen=True, slots=True)
class Part:
    """What a step may change.

    Attributes
    ----------
    jobs
        Shape (jobs,): which jobs are decided anew; no other job may be with their agents.
    arcs
        Shape (arcs,): which arcs they may take.
    waits
        Shape (jobs,): which of them may wait.
    """

    jobs: Bools
    arcs: Bools
    waits: Bools


@dataclass(frozen=True, slots=True)
class Found:
    """What a step found: a choice for all jobs, or None; the bound of the part's goal; whether it ended."""

    choice: Ints | None
    bound: int
    ended: bool


class _Built:
    """The CP-SAT model of a part: a boolean per arc and per job that may wait."""

    def __init__(self, model: Model, part: Part) -> None:
        self.model = model
        self.cp = cp_model.CpModel()
        arcs = np.flatnonzero(part.arcs & part.jobs[model.job])
        self.arcs = {int(arc): self.cp.new_bool_var("") for arc in arcs}
        self.waits = {int(job): self.cp.new_bool_var("") for job in np.flatnonzero(part.waits & part.jobs)}
        self.above: list[tuple[cp_model.IntVar, int]] = []


def solve_part(
    model: Model, goal: Goal, part: Part, *, start: Ints, least: int, budget: Budget, effort: float
) -> Found:
    """Return the best choice for a part of the model, everything else as in the start.

    Parameters
    ----------
    least
        A value that the part's goal cannot go below; becomes a cut.
    effort
        Deterministic units that this step may use.
    """
    built = _built(model, part)
    total = _goal(built, goal)
    built.cp.add(total >= least)
    for tier, most in goal.caps:
        built.cp.add(_sum({job: (v, int(model.waiting[tier, job])) for job, v in built.waits.items()}) <= most)
    built.cp.minimize(total)
    _hint(built, start)
    solver = _solver(budget, effort)
    status = solver.solve(built.cp)
    budget.spend("search", solver.response_proto.deterministic_time)
    budget.out_of_time()
    if status == cp_model.INFEASIBLE:
        return Found(None, least, ended=True)
    bound = max(least, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, bound, ended=False)
    return Found(_choice(built, part, start, solver), bound, ended=status == cp_model.OPTIMAL)


def _solver(budget: Budget, effort: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = budget.seed
    solver.parameters.max_deterministic_time = min(effort, budget.effort_left)
    seconds = budget.seconds_left()
    if seconds is not None:
        solver.parameters.max_time_in_seconds = seconds
    return solver


def _built(model: Model, part: Part) -> _Built:
    built = _Built(model, part)
    rows: dict[int, list[cp_model.IntVar]] = {int(job): [] for job in np.flatnonzero(part.jobs)}
    job = model.job
    for arc, variable in built.arcs.items():
        rows[int(job[arc])].append(variable)
    for waiting, variable in built.waits.items():
        rows[waiting].append(variable)
    for row in rows.values():
        built.cp.add_exactly_one(row)
    thresholds, steps = thresholds_of(model)
    arcs = np.fromiter(built.arcs, dtype=np.int64, count=len(built.arcs))
    agents = model.agent[arcs]
    for agent in np.unique(agents).tolist():
        own = arcs[agents == agent]
        _add_room(built, agent, own)
        _add_load(built, agent, own, load=(thresholds[agent], steps[agent]))
    return built


def _add_room(built: _Built, agent: int, own: Ints) -> None:
    """Keep an agent within its room, lowered to what its efforts can add up to."""
    model = built.model
    ordinary = model.ordinary_effort[own]
    for amount, most in (
        (model.effort[own], int(model.free[agent])),
        (ordinary, int(model.ordinary_free[agent])),
        (model.count[model.job[own]], int(model.pace[agent])),
    ):
        if amount.sum() > most:
            chosen = {int(arc): (built.arcs[int(arc)], int(a)) for arc, a in zip(own, amount, strict=True) if a}
            built.cp.add(_sum(chosen) <= reachable(amount[amount > 0], most))


def reachable(amounts: Ints, most: int) -> int:
    """Return the largest sum of some of the amounts that is not above the most."""
    sums = reduce(lambda bits, amount: bits | bits << amount, amounts.tolist(), 1)
    return int((sums & ((1 << (most + 1)) - 1)).bit_length() - 1)


def _add_load(built: _Built, agent: int, own: Ints, *, load: tuple[Ints, Ints]) -> None:
    """Price an agent's minutes above each threshold."""
    model = built.model
    most = int(min(model.free[agent], model.effort[own].sum()))
    minutes = _sum({int(arc): (built.arcs[int(arc)], int(model.effort[arc])) for arc in own})
    for threshold, step in zip(load[0].tolist(), load[1].tolist(), strict=True):
        if step > 0 and most > threshold:
            above = built.cp.new_int_var(0, most - threshold, "")
            built.cp.add(above >= minutes - threshold)
            built.above.append((above, step))


def _goal(built: _Built, goal: Goal) -> cp_model.LinearExprT:
    terms = [(variable, int(goal.waits[job])) for job, variable in built.waits.items()]
    if goal.points:
        terms += [(variable, int(built.model.cost[arc])) for arc, variable in built.arcs.items()]
        terms += built.above
    return _sum(dict(enumerate(terms)))


def _sum(terms: dict[int, tuple[cp_model.IntVar, int]]) -> cp_model.LinearExprT:
    variables = [variable for variable, _ in terms.values()]
    return cp_model.LinearExpr.weighted_sum(variables, [weight for _, weight in terms.values()])


def _hint(built: _Built, start: Ints) -> None:
    taken = set(start.tolist())
    for arc, variable in built.arcs.items():
        built.cp.add_hint(variable, arc in taken)
    for job, variable in built.waits.items():
        built.cp.add_hint(variable, bool(start[job] == WAITS))


def _choice(built: _Built, part: Part, start: Ints, solver: cp_model.CpSolver) -> Ints:
    choice = np.where(part.jobs, WAITS, start)
    for arc, variable in built.arcs.items():
        if solver.value(variable):
            choice[built.model.job[arc]] = arc
    return choice
