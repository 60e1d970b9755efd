"""Work for a child process that tells which machine code had to be made or loaded for a problem."""

import sys

import solver


def new_for(problem: solver.Problem) -> list[str]:
    """Solve a problem, and return the solver's functions that had no machine code in this process before."""
    before = _ready()
    solver.solve(problem, solver.Limits(effort=2.0))
    return sorted(_ready() - before)


def _ready() -> set[str]:
    """Return the name of each function with machine code, with the types that it was made for."""
    return {
        f"{name}.{attribute}{types}"
        for name, module in list(sys.modules.items())
        if name.startswith("solver.core")
        for attribute, function in vars(module).items()
        for types in getattr(function, "nopython_signatures", ())
    }
