"""HiGHS and SCIP through OR-Tools' MathOpt: one variable per pair, the tiers solved in turn.

One weighted sum would need numbers that floating point cannot tell apart. The gap is set to 0: at their
default they call a plan optimal that is not. Each tier begins from the plan of the tier before.
"""

import math
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ortools.math_opt.python import mathopt

from benchmarks.instances import Instance
from benchmarks.rivals.formulation import Lists, Solution, Tell, choice_of, costs_of, lists_of

MARGIN: Final = 1e-6


@dataclass(slots=True)
class _Built:
    lists: Lists
    program: mathopt.Model
    arcs: list[mathopt.Variable]
    tiers: list[mathopt.LinearSum]
    before: mathopt.SolutionHint | None = None


def highs(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return what HiGHS finds in the time, with its bounds; MathOpt lets it choose its threads itself."""
    del threads
    return _solve(instance, mathopt.SolverType.HIGHS, seconds, tell=tell)


def scip(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return what SCIP finds in the time, with its bounds; it uses one thread."""
    del threads
    return _solve(instance, mathopt.SolverType.GSCIP, seconds, tell=tell)


def _build(lists: Lists) -> _Built:
    program = mathopt.Model()
    arcs = [program.add_binary_variable() for _ in lists.agent]
    waits = [program.add_binary_variable() for _ in lists.arcs_of_job]
    for job, own in enumerate(lists.arcs_of_job):
        program.add_linear_constraint(mathopt.fast_sum([*(arcs[arc] for arc in own), waits[job]]) == 1)
        if lists.must_place:
            waits[job].upper_bound = 0
    points = [lists.cost[arc] * arcs[arc] for arc in range(len(arcs))]
    for agent, own in enumerate(lists.arcs_of_agent):
        load = mathopt.fast_sum([lists.effort[arc] * arcs[arc] for arc in own])
        ordinary = mathopt.fast_sum([lists.ordinary_effort[arc] * arcs[arc] for arc in own])
        new = mathopt.fast_sum([lists.count[lists.job[arc]] * arcs[arc] for arc in own])
        program.add_linear_constraint(load <= lists.free[agent])
        program.add_linear_constraint(ordinary <= lists.ordinary_free[agent])
        program.add_linear_constraint(new <= lists.pace[agent])
        for threshold, step in lists.steps[agent]:
            above = program.add_variable(lb=0)
            program.add_linear_constraint(above >= load - threshold)
            points.append(step * above)
    overdue = [weight * waits[job] for job, weight in enumerate(lists.overdue)]
    other = [weight * waits[job] for job, weight in enumerate(lists.other)]
    return _Built(lists, program, arcs, [mathopt.fast_sum(tier) for tier in (overdue, other, points)])


def _solve(instance: Instance, kind: mathopt.SolverType, seconds: float, *, tell: Tell) -> Solution | None:
    """Solve the tiers one after another, each held at its cost in those after it."""
    ends_at = time.monotonic() + seconds
    built = _build(lists_of(instance))
    best: Solution | None = None
    bounds = [0, 0, 0]
    for tier in range(3):
        found, bounds[tier], proven = _run(built, kind, tier, ends_at=ends_at)
        if found is not None:
            best = Solution(found.choice, (bounds[0], bounds[1], bounds[2]))
            tell(best)
        if best is None or not proven:
            break
        bounds[tier] = costs_of(built.lists, best.choice)[tier]
        built.program.add_linear_constraint(built.tiers[tier] <= bounds[tier])
    return None if best is None else Solution(best.choice, (bounds[0], bounds[1], bounds[2]))


def _run(
    built: _Built, kind: mathopt.SolverType, tier: int, *, ends_at: float
) -> tuple[Solution | None, int, bool]:
    """Return the solution, the bound on the tier, and whether it is proven."""
    built.program.minimize(built.tiers[tier])
    parameters = mathopt.SolveParameters(
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.0,
        time_limit=timedelta(seconds=max(0.001, ends_at - time.monotonic())),
    )
    hints = mathopt.ModelSolveParameters(solution_hints=[built.before] if built.before else [])
    answer = mathopt.solve(built.program, kind, params=parameters, model_params=hints)
    proven = answer.termination.reason is mathopt.TerminationReason.OPTIMAL
    bound = answer.dual_bound()
    rounded = max(0, math.ceil(bound - MARGIN)) if math.isfinite(bound) else 0
    if not answer.has_primal_feasible_solution():
        return None, rounded, False
    built.before = mathopt.SolutionHint(variable_values=answer.variable_values())
    values = answer.variable_values(built.arcs)
    chosen = [arc for arc, value in enumerate(values) if value > 0.5]
    return Solution(choice_of(built.lists, chosen)), rounded, proven
