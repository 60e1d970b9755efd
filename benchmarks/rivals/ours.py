"""Our own solver, by the same door as the rivals."""

from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from benchmarks.instances import Instance
from benchmarks.rivals.formulation import Solution, Tell
from solver.core import routes
from solver.core.components import Component, components, merged
from solver.core.unpriced import answer as plain_answer
from solver.limits import Limits, Progress, start

EFFORT_A_SECOND = 1_000.0
"""More than any machine does, so that the clock alone is the limit, as it is for the rivals."""
FOR_THE_REST = 0.15
"""Part of the seconds that starting processes and putting parts together may take."""


def solve(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return the plan of the core with its bounds; each better one is told.

    Parts that share nobody are solved side by side, in as many processes as there are cores to use.
    """
    parts = components(instance.model)
    if len(parts) > 1 and threads > 1:
        return _side_by_side(instance, parts, seconds, threads, tell)

    def told(progress: Progress) -> None:
        tell(Solution(progress.choice, progress.bounds))

    budget = start(Limits(effort=seconds * EFFORT_A_SECOND, seconds=seconds), report=told)
    answer = routes.solve(instance.model, budget)
    return Solution(answer.choice, answer.bounds)


def _side_by_side(
    instance: Instance, parts: list[Component], seconds: float, threads: int, tell: Tell
) -> Solution:
    """Return the plan of parts that were solved in processes of their own; each part that is done is told."""
    share = (1.0 - FOR_THE_REST) * seconds * threads / len(parts)
    limits = Limits(effort=share * EFFORT_A_SECOND, seconds=share)
    answers = [plain_answer(part.model) for part in parts]
    with ProcessPoolExecutor(threads, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(routes.solve_apart, part, limits): number for number, part in enumerate(parts)}
        for done in as_completed(running):
            answers[running[done]] = done.result()
            whole = merged(instance.model, list(zip(parts, answers, strict=True)))
            tell(Solution(whole.choice, whole.bounds))
    whole = merged(instance.model, list(zip(parts, answers, strict=True)))
    return Solution(whole.choice, whole.bounds)
