"""GLOP, which comes with OR-Tools, for linear programmes that grow: it keeps its basis from one to the next."""

from collections.abc import Iterable
from typing import Any, Final

from ortools.linear_solver import pywraplp

from solver.limits import Budget

PIVOTS_PER_EFFORT: Final = 8_000.0
"""Simplex iterations, and rows at the start of each solve, that count as one unit of effort."""


def empty() -> Any:
    """Return a programme that minimises, without variables and rows."""
    glop: Any = pywraplp.Solver.CreateSolver("GLOP")  # type: ignore[no-untyped-call]
    glop.Objective().SetMinimization()
    return glop


def solve(glop: Any, budget: Budget, *, dual: bool = False) -> bool:
    """Solve a programme; return whether it has prices to read.

    It has none when it was interrupted, or when its numbers lie too far apart for floating point.

    Parameters
    ----------
    dual
        Whether its last solution is not allowed any more, but its prices still are: rows were added, or variables
        fixed. The dual simplex method goes on from there.
    """
    glop.SetSolverSpecificParametersAsString(f"use_dual_simplex: {str(dual).lower()}")
    seconds = budget.seconds_left()
    if seconds is not None:
        glop.SetTimeLimit(max(1, int(seconds * 1000)))
    with budget.interrupting(glop.InterruptSolve):
        status = glop.Solve(_PARAMETERS)
    budget.spend("columns", (glop.NumConstraints() + glop.iterations()) / PIVOTS_PER_EFFORT)
    return bool(status == glop.OPTIMAL)


def add(glop: Any, cost: float, rows: Iterable[tuple[Any, float]]) -> Any:
    """Add a variable of 0 or more with its cost and what it counts in rows, and return it."""
    variable = glop.NumVar(0.0, glop.infinity(), "")
    glop.Objective().SetCoefficient(variable, cost)
    for row, times in rows:
        row.SetCoefficient(variable, times)
    return variable


def _parameters() -> Any:
    parameters: Any = pywraplp.MPSolverParameters()
    parameters.SetIntegerParam(parameters.PRESOLVE, parameters.PRESOLVE_OFF)
    parameters.SetIntegerParam(parameters.INCREMENTALITY, parameters.INCREMENTALITY_ON)
    return parameters


_PARAMETERS: Final = _parameters()
