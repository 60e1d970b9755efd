"""Solving in a process apart: a worker's rounds, and one question at a time of a web process.

What a solver says is untrusted input: it counts only when the specification agrees.
"""

import atexit
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import solver
from app.kit.child_process import ChildProcess, ChildStopped, NoAnswer
from app.kit.errors import Unavailable
from app.kit.logs import log
from app.rounds.service import warm_up

T = TypeVar("T")
Report = Callable[[solver.Interim], None]

SEED: Final = 0
SOLVING_SHARE: Final = 0.9
"""Of the seconds, for the search itself; what is left is for the plan's terms and alternatives."""
EFFORT_SHARE: Final = 0.5
"""Of the seconds, as units of effort. A unit is about a second of one core: with half, the effort, which
repeats exactly, ends the work before the clock does, also on a machine half as fast."""
FIRST_WORK: Final[tuple[Callable[..., None], *tuple[Any, ...]]] = (warm_up.warm_up,)
"""What a new child does before its first round: imports, and the machine code of the solver's loops."""
GRACE_SECONDS: Final = 1.0
"""A solver that overruns its limit by this much is killed."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan that was checked, and how long it took to find."""

    plan: solver.Plan
    milliseconds: int


def limits_of(seconds: float) -> solver.Limits:
    """Return the limits of a solve that may take so many seconds."""
    effort = max(1.0, float(int(seconds * EFFORT_SHARE)))
    return solver.Limits(effort=effort, seconds=seconds * SOLVING_SHARE, seed=SEED)


def solve(
    child: ChildProcess,
    problem: solver.Problem,
    seconds: float,
    *,
    about: Mapping[str, str],
    report: Report | None = None,
    start: Mapping[str, str] | None = None,
) -> Solved:
    """Return the solver's plan; when there is none, the best it had so far; else the ranking's.

    Parameters
    ----------
    child
        The process that solves; killed a second after its time.
    about
        Names in the log what the plan is for.
    report
        Is told each better plan while the solver works.
    start
        Request to caseworker: a plan to begin from, as far as it fits.
    """
    since = time.perf_counter()
    plan = None
    try:
        answer = child.run_anytime(
            partial(solver.solve, start=start),
            problem,
            limits_of(seconds),
            seconds=seconds + GRACE_SECONDS,
            report=report,
        )
    except NoAnswer as error:
        log.warning("solver ended without a plan", error=str(error), reported=error.last is not None, **about)
        with suppress(ChildStopped):  # a new child, for the next one
            child.warm_up()
        if error.last is not None:
            plan = _completed(problem, error.last, about=about)
    else:
        if _says_what_it_is(problem, answer.value, about=about):
            return Solved(answer.value, answer.milliseconds)
    return Solved(plan or solver.rank_all(problem), round((time.perf_counter() - since) * 1000))


def _says_what_it_is(problem: solver.Problem, plan: solver.Plan, *, about: Mapping[str, str]) -> bool:
    costs, bounds = [tier.cost for tier in plan.tiers], [tier.bound for tier in plan.tiers]
    return _holds(problem, plan.assignments, costs, bounds, about=about)


def _completed(
    problem: solver.Problem, interim: solver.Interim, *, about: Mapping[str, str]
) -> solver.Plan | None:
    if _holds(problem, interim.assignments, interim.costs, interim.bounds, about=about):
        return solver.completed(problem, interim)
    return None


def _holds(
    problem: solver.Problem,
    assignments: Mapping[str, str],
    costs: Sequence[int],
    bounds: Sequence[int],
    *,
    about: Mapping[str, str],
) -> bool:
    """Say whether a plan breaks no rule and costs what it says; log what is wrong."""
    wrong = sorted({item.code for item in solver.violations(problem, assignments)})
    if not wrong and solver.cost(problem, assignments) != tuple(costs):
        wrong = ["wrong-cost"]
    if not wrong and any(bound > paid for paid, bound in zip(costs, bounds, strict=True)):
        wrong = ["bound-above-cost"]
    if wrong:
        log.error("plan is not what it should be", faults=wrong, **about)
    return not wrong


# --- from a web process ------------------------------------------------------------------------

_turn = threading.Lock()
_child = ChildProcess(FIRST_WORK)
_memory_megabytes: int | None = None


def use_memory(megabytes: int) -> None:
    """Let the solver of this web process fill so much memory, from its next question on."""
    global _child, _memory_megabytes
    if megabytes != _memory_megabytes:
        end_solver()
        _child, _memory_megabytes = ChildProcess(FIRST_WORK, memory_megabytes=megabytes), megabytes


@atexit.register
def end_solver() -> None:
    """End the solver of this web process, as its own end does; the next question starts another."""
    _child.stop()
    _child.close()


@contextmanager
def turn(*, wait_seconds: float = 0.0) -> Iterator[ChildProcess]:
    """Yield the solver of this web process, for one question at a time; no transaction may be open.

    It is a process of its own, started by the first question: whatever it does, the web process goes
    on answering.

    Raises
    ------
    Unavailable
        When it is still at work for somebody else after so many seconds.
    """
    if not _turn.acquire(timeout=wait_seconds):
        raise Unavailable("The solver is working on another question. Try again in a few seconds.")
    try:
        yield _child
    finally:
        _turn.release()


def ask(function: Callable[..., T], *arguments: Any, seconds: float, wait_seconds: float = 0.0) -> T:
    """Return what a function of the solver answers, worked out beside this web process.

    Parameters
    ----------
    function, arguments
        A function of a module, and what can be pickled. Check what it answers: it is untrusted.
    seconds
        Wall-clock limit of the work.
    wait_seconds
        How long to wait for the turn.

    Raises
    ------
    Unavailable
        When the solver is busy, needs longer, or fails.
    """
    with turn(wait_seconds=wait_seconds) as child:
        try:
            return child.run(function, *arguments, seconds=seconds).value
        except NoAnswer as error:
            log.warning("question to the solver failed", question=function.__name__, error=str(error))
            raise Unavailable("This could not be worked out in time. Try again later.") from error
