"""HiGHS, which comes with OR-Tools (MathOpt): one program solved within a budget, and what its bound is worth.

HiGHS stops at a relative gap of 1e-4 unless told otherwise: both gaps are set to 0. It works in floating
point, so what it finds is rounded and counted again in whole numbers, and what it proves is rounded up only
when it lies clearly above a whole number. It is the one step that nothing within this process can interrupt:
who may not wait for it solves in a process of its own, and ends that (docs/decisions, 6 and 18).
"""

import math
from typing import Final

from ortools.math_opt.python import mathopt

from solver.limits import Budget

MARGIN: Final = 1e-4
NODES_PER_EFFORT: Final = 100
"""Nodes of the search tree that count as one unit of effort: about a second."""
MOST_NODES: Final = 2**31 - 1


def solve(
    program: mathopt.Model,
    budget: Budget,
    *,
    pivots_per_effort: float,
    presolve: bool = True,
    start: mathopt.SolutionHint | None = None,
) -> mathopt.SolveResult:
    """Return what HiGHS finds within the budget, and charge it for its work.

    Parameters
    ----------
    pivots_per_effort
        Simplex iterations on such a program that count as one unit of effort.
    presolve
        Whether it reduces the program first; no limit of time is kept meanwhile.
    start
        A solution to begin from.
    """
    answer = mathopt.solve(
        program,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.0,
            node_limit=max(1, min(MOST_NODES, int(budget.effort_left * NODES_PER_EFFORT))),
            time_limit=budget.time_left(),
            random_seed=budget.seed,
            presolve=None if presolve else mathopt.Emphasis.OFF,
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=[start] if start else []),
    )
    stats = answer.solve_stats
    budget.spend("highs", stats.node_count / NODES_PER_EFFORT + stats.simplex_iterations / pivots_per_effort)
    budget.is_over()
    return answer


def bound_of(answer: mathopt.SolveResult) -> int:
    """Return the proven bound, at least 0, rounded up only when it lies clearly above a whole number."""
    bound = answer.dual_bound()
    return max(0, math.ceil(bound - MARGIN)) if math.isfinite(bound) else 0


def has_ended(answer: mathopt.SolveResult) -> bool:
    """Return whether the search came to its end: with the best solution, or with none there is."""
    reason = mathopt.TerminationReason
    return answer.termination.reason in {reason.OPTIMAL, reason.INFEASIBLE}
