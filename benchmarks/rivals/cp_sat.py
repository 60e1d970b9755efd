"""Naive CP-SAT: one boolean per pair, one model; the tiers as one weighted sum where it fits, else in turn."""

import time
from dataclasses import dataclass, field
from typing import Final

from ortools.sat.python import cp_model

from benchmarks.instances import Instance
from benchmarks.rivals.formulation import (
    Costs,
    Lists,
    Solution,
    Tell,
    choice_of,
    costs_of,
    lists_of,
    most_points,
)

LARGEST_SUM: Final = 2**53
"""The tiers become one weighted sum only below this. 64 bits would hold more, but presolve multiplies
further: at 2**57 (1000 x 120) CP-SAT 9.15 ended with MODEL_INVALID after eight seconds."""


@dataclass(slots=True)
class _Built:
    lists: Lists
    cp: cp_model.CpModel
    arcs: list[cp_model.IntVar]
    waits: list[cp_model.IntVar]
    tiers: list[cp_model.LinearExprT] = field(default_factory=list)


def solve(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return what CP-SAT finds in the time, with its bounds."""
    ends_at = time.monotonic() + seconds
    built = _build(lists_of(instance))
    points = most_points(built.lists) + 1
    other = sum(built.lists.other) + 1
    weights = (other * points, points, 1)
    if weights[0] * (sum(built.lists.overdue) + 1) < LARGEST_SUM:
        return _at_once(built, weights, ends_at, threads=threads, tell=tell)
    return _in_turn(built, ends_at, threads=threads, tell=tell)


def _build(lists: Lists) -> _Built:
    cp = cp_model.CpModel()
    arcs = [cp.new_bool_var(f"x{arc}") for arc in range(len(lists.agent))]
    waits = [cp.new_bool_var(f"waits{job}") for job in range(len(lists.arcs_of_job))]
    for job, own in enumerate(lists.arcs_of_job):
        cp.add_exactly_one([*(arcs[arc] for arc in own), waits[job]])
        if lists.must_place:
            cp.add(waits[job] == 0)
    points = [lists.cost[arc] * arcs[arc] for arc in range(len(arcs))]
    for agent, own in enumerate(lists.arcs_of_agent):
        load = sum(lists.effort[arc] * arcs[arc] for arc in own)
        cp.add(load <= lists.free[agent])
        cp.add(sum(lists.ordinary_effort[arc] * arcs[arc] for arc in own) <= lists.ordinary_free[agent])
        cp.add(sum(lists.count[lists.job[arc]] * arcs[arc] for arc in own) <= lists.pace[agent])
        for threshold, step in lists.steps[agent]:
            above = cp.new_int_var(0, max(0, lists.free[agent] - threshold), "")
            cp.add(above >= load - threshold)
            points.append(step * above)
    overdue = sum(weight * waits[job] for job, weight in enumerate(lists.overdue))
    other = sum(weight * waits[job] for job, weight in enumerate(lists.other))
    return _Built(lists, cp, arcs, waits, [overdue, other, sum(points)])


class _Found(cp_model.CpSolverSolutionCallback):
    """Tells each solution that CP-SAT finds."""

    def __init__(self, built: _Built, tell: Tell) -> None:
        super().__init__()
        self.built, self.told = built, tell

    def on_solution_callback(self) -> None:
        """Tell the solution; CP-SAT calls this."""
        chosen = [arc for arc, variable in enumerate(self.built.arcs) if self.value(variable)]
        self.told(Solution(choice_of(self.built.lists, chosen)))


def _run(built: _Built, ends_at: float, *, threads: int, tell: Tell) -> tuple[Solution | None, int, bool]:
    """Return the solution, the bound on the objective, and whether it is proven."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = threads
    solver.parameters.max_time_in_seconds = max(0.001, ends_at - time.monotonic())
    status = solver.solve(built.cp, _Found(built, tell))
    bound = max(0, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, bound, False
    chosen = [arc for arc, variable in enumerate(built.arcs) if solver.value(variable)]
    return Solution(choice_of(built.lists, chosen)), bound, status == cp_model.OPTIMAL


def _at_once(built: _Built, weights: Costs, ends_at: float, *, threads: int, tell: Tell) -> Solution | None:
    built.cp.minimize(sum(weight * tier for weight, tier in zip(weights, built.tiers, strict=True)))
    found, bound, proven = _run(built, ends_at, threads=threads, tell=tell)
    if found is None:
        return None
    costs = costs_of(built.lists, found.choice)
    return Solution(found.choice, costs if proven else _parted(bound, weights, costs))


def _parted(bound: int, weights: Costs, costs: Costs) -> Costs:
    """Return what a bound on the weighted sum says of each tier, as far as those before it are reached."""
    bounds = [0, 0, 0]
    for tier, weight in enumerate(weights):
        bounds[tier] = min(max(0, bound // weight), costs[tier])
        if bounds[tier] < costs[tier]:
            break
        bound -= costs[tier] * weight
    return bounds[0], bounds[1], bounds[2]


def _in_turn(built: _Built, ends_at: float, *, threads: int, tell: Tell) -> Solution | None:
    """Solve the tiers one after another, each held at its cost in those after it, from the plan before."""
    best: Solution | None = None
    bounds = [0, 0, 0]
    for tier, goal in enumerate(built.tiers):
        built.cp.minimize(goal)
        found, bounds[tier], proven = _run(built, ends_at, threads=threads, tell=tell)
        best = found or best
        if best is None or not proven:
            break
        bounds[tier] = costs_of(built.lists, best.choice)[tier]
        built.cp.add(goal <= bounds[tier])
        _begin_from(built, best)
    return None if best is None else Solution(best.choice, (bounds[0], bounds[1], bounds[2]))


def _begin_from(built: _Built, plan: Solution) -> None:
    chosen = set(plan.choice.tolist())
    built.cp.clear_hints()  # type: ignore[no-untyped-call] # it has no types
    for arc, variable in enumerate(built.arcs):
        built.cp.add_hint(variable, arc in chosen)
