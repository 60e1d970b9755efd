"""One solve in a process of its own: measured from within, killed from without, judged here.

The child makes the instance, imports and warms up before its clock starts; it tells each better choice
through a pipe, so that a child that has to be killed leaves its best choice behind.
"""

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import psutil

from benchmarks.instances import Instance, Recipe
from benchmarks.judge import WAITS, Costs, judge
from benchmarks.measured import Cost, Stopwatch
from benchmarks.rivals import contestant_of, warm_up
from benchmarks.rivals.formulation import Solution
from solver.core.model import Ints

GRACE_SECONDS = 5.0
SETUP_SECONDS = 300.0
SENDING_PAUSE_SECONDS = 0.05
LARGE_JOBS, LARGE_POINTS = 10_000, 60


@dataclass(frozen=True, slots=True)
class Point:
    """What was known at a moment: the judged costs of the choice, and the bounds that were claimed."""

    seconds: float
    costs: Costs
    bounds: Costs


@dataclass(slots=True, kw_only=True)
class Run:
    """One solve, with what the judge says of it.

    Attributes
    ----------
    limit
        Seconds that the contestant was given.
    ended
        `done`, `killed` (it overran its limit by five seconds), or `failed` with the reason.
    choice
        Shape (jobs,): the arc of each job or -1; all wait when there is no answer.
    bounds
        Lower bounds that the contestant claims; 0 where it claims none.
    faults
        What the judge found wrong; a choice with a fault counts as no answer.
    """

    contestant: str
    instance: str
    about: dict[str, float]
    limit: float
    ended: str
    choice: Ints
    costs: Costs
    bounds: Costs
    faults: tuple[str, ...]
    cost: Cost
    points: list[Point] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Return whether the judge found nothing wrong and no cost lies below its own claimed bound."""
        return not self.faults and all(
            paid >= bound
            for tier, (paid, bound) in enumerate(zip(self.costs, self.bounds, strict=True))
            if self.costs[:tier] == self.bounds[:tier]
        )

    @property
    def proven(self) -> bool:
        """Return whether it claims, rightly as far as the judge can see, that nothing is better."""
        return self.right and self.costs == self.bounds

    def as_json(self) -> dict[str, Any]:
        """Return everything but the choice."""
        return {
            "contestant": self.contestant,
            "instance": self.instance,
            **self.about,
            "limitSeconds": self.limit,
            "ended": self.ended,
            "costs": self.costs,
            "bounds": self.bounds,
            "proven": self.proven,
            "faults": self.faults,
            "seconds": round(self.cost.seconds, 4),
            "cpuSeconds": round(self.cost.cpu_seconds, 4),
            "peakMegabytes": round(self.cost.peak_megabytes),
            "points": [(round(p.seconds, 4), p.costs, p.bounds) for p in self.points],
        }


@dataclass(slots=True)
class Heard:
    """What a child has told so far.

    Attributes
    ----------
    ended
        As in `Run`; empty while it runs.
    answers
        Seconds, choice and claimed bounds of each better choice.
    """

    ended: str = ""
    began_at: float | None = None
    answers: list[tuple[float, Ints, Costs]] = field(default_factory=list)
    cost: Cost | None = None
    peak_megabytes: float = 0.0


def run(recipe: Recipe, contestant: str, *, seconds: float, threads: int, made: Instance | None = None) -> Run:
    """Solve an instance in a fresh process and return what came of it; the judge's copy may be given."""
    heard = listen(_child, (recipe, contestant, seconds, threads), seconds=seconds)
    instance = made or recipe.make()
    nothing = (0.0, np.full(instance.model.jobs, WAITS, np.int64), (0, 0, 0))
    _, choice, bounds = heard.answers[-1] if heard.answers else nothing
    verdict = judge(instance, choice.tolist())
    overran = Cost(seconds=seconds + GRACE_SECONDS, cpu_seconds=0.0, peak_megabytes=heard.peak_megabytes)
    cost = heard.cost or overran
    return Run(
        contestant=contestant,
        instance=recipe.name,
        about=dict(recipe.about),
        limit=seconds,
        ended=heard.ended,
        choice=choice,
        costs=verdict.costs,
        bounds=bounds,
        faults=verdict.faults,
        cost=cost.at_least(heard.peak_megabytes),
        points=[_point(instance, *answer) for answer in heard.answers],
    )


def _point(instance: Instance, seconds: float, choice: Ints, bounds: Costs) -> Point:
    return Point(seconds, judge(instance, choice.tolist()).costs, bounds)


def listen(
    child: Callable[..., None], arguments: tuple[Any, ...], *, seconds: float, grace: float = GRACE_SECONDS
) -> Heard:
    """Start a child that tells through a pipe, hear it out, and end it and all its children, whatever happens.

    Parameters
    ----------
    child
        A function of a module, called with the pipe and the arguments; what it sends is in `_take`.
    seconds, grace
        From when it says that it began; a child that takes longer than both together is killed.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=child, args=(theirs, *arguments))
    process.start()
    theirs.close()
    heard = Heard()
    try:
        _hear(ours, process.pid or 0, heard, seconds=seconds + grace)
    finally:
        _end(process.pid or 0)
        process.join()
        ours.close()
    return heard


def _hear(pipe: Connection, pid: int, heard: Heard, *, seconds: float) -> None:
    """Take in what the child tells until it is done, fails, or takes longer than it may."""
    deadline = time.monotonic() + SETUP_SECONDS
    while not heard.ended:
        if pipe.poll(0.05):
            try:
                _take(pipe.recv(), heard)
            except EOFError:
                heard.ended = "failed: the process ended without an answer"
        if heard.began_at is not None:
            deadline = heard.began_at + seconds
            heard.peak_megabytes = max(heard.peak_megabytes, _tree_megabytes(pid))
        if not heard.ended and time.monotonic() > deadline:
            heard.ended = "killed"


def _take(message: tuple[Any, ...], heard: Heard) -> None:
    match message:
        case ("began",):
            heard.began_at = time.monotonic()
        case ("better", at, choice, bounds):
            heard.answers.append((at, choice, bounds))
        case ("done", cost):
            heard.ended, heard.cost = "done", cost
        case (_, reason):
            heard.ended = f"failed: {reason}"


def _tree_megabytes(pid: int) -> float:
    """Return the memory that a process and its children hold now; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return float(sum(member.memory_info().rss for member in family)) / 1e6
    except psutil.Error:
        return 0.0


def _end(pid: int) -> None:
    """Kill a process and its children, if they still run."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for member in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.Error):
                member.kill()


def _child(pipe: Connection, recipe: Recipe, name: str, seconds: float, threads: int) -> None:
    """Solve in the child: set up, start the clock, tell what is found."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    os.dup2(2, 1)  # what a solver prints must not get between the results
    keep_to_cores(threads)
    instance, contestant = recipe.make(), contestant_of(name)
    warm_up(contestant, threads)
    watch = Stopwatch()
    pipe.send(("began",))
    watch.start()
    large = instance.model.jobs >= LARGE_JOBS
    teller = _Teller(pipe, watch, seconds / LARGE_POINTS if large else SENDING_PAUSE_SECONDS)
    try:
        solution = contestant.solve(instance, seconds, threads, teller.tell)
    except (ValueError, ArithmeticError, RuntimeError, MemoryError, NotImplementedError) as error:
        pipe.send(("failed", f"{type(error).__name__}: {error}"))
        return
    cost = watch.stop()
    if solution is not None:
        pipe.send(("better", cost.seconds, solution.choice, solution.bounds))
    pipe.send(("done", cost))


@dataclass(slots=True)
class _Teller:
    """Tells better choices to the parent, with a pause between them."""

    pipe: Connection
    watch: Stopwatch
    pause: float
    last: float = -1.0

    def tell(self, solution: Solution) -> None:
        """Send a choice with its bounds, unless one was sent a moment ago."""
        now = self.watch.seconds()
        if now - self.last >= self.pause:
            self.pipe.send(("better", now, np.asarray(solution.choice), solution.bounds))
            self.last = now


def keep_to_cores(threads: int) -> None:
    """Keep this process to so many cores, where the system can, so that no contestant has more."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def interleaved(
    recipe: Recipe, contestants: Sequence[str], *, seconds: float, threads: int, heard: Callable[[Run], None]
) -> list[Run]:
    """Run contestants on one instance, one after another, and tell each result at once."""
    made, runs = recipe.make(), []
    for name in contestants:
        runs.append(run(recipe, name, seconds=seconds, threads=threads, made=made))
        heard(runs[-1])
    return runs
