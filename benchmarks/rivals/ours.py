"""Our own solver, by the same door as the rivals."""

from benchmarks.instances import Instance
from benchmarks.rivals.formulation import Solution, Tell
from solver.core import routes
from solver.limits import Limits, Progress, start

EFFORT_A_SECOND = 1_000.0
"""More than any machine does, so that the clock alone is the limit, as it is for the rivals."""


def solve(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return the plan of the core with its bounds; each better one is told."""
    del threads  # the process is kept to so many cores

    def told(progress: Progress) -> None:
        tell(Solution(progress.choice, progress.bounds))

    budget = start(Limits(effort=seconds * EFFORT_A_SECOND, seconds=seconds), report=told)
    answer = routes.solve(instance.model, budget)
    return Solution(answer.choice, answer.bounds)
