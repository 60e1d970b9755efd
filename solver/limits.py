"""How long a solve may take, who may stop it, and to whom it reports.

By effort a solve repeats exactly; by the wall clock or a stop it does not. This is the one door through
which a solve looks at the time.
"""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Three: TypeAlias = tuple[int, int, int]
"""A number per tier: overdue that waits, other that waits, points."""


class LimitsError(ValueError):
    """Limits that make no sense."""

    code = "invalid-limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a solve may use.

    Attributes
    ----------
    effort
        Deterministic work units, above 0; about one second of one core each, the same on every machine
        in what they achieve, not in how long they take.
    seconds
        Wall-clock seconds, or None for no such limit. A plan that was cut short by the clock is marked
        as not reproducible; one that finished in time is not affected.
    seed
        Feeds every choice that is random, 0 to 2,147,483,647.
    """

    effort: float = 60.0
    seconds: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.effort > 0:
            raise LimitsError(f"effort is {self.effort}; it must be above 0")
        if self.seconds is not None and not self.seconds > 0:
            raise LimitsError(f"seconds is {self.seconds}; it must be above 0, or None for no limit")
        if not 0 <= self.seed <= 2_147_483_647:
            raise LimitsError(f"seed is {self.seed}; it must be 0 to 2147483647")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The best choice so far, with what is proven: who stops the solve now has this.

    Attributes
    ----------
    seconds
        Since the solve began.
    step
        Which step of the route found or proved it.
    costs, bounds
        Per tier; a bound holds for every choice that is no worse in the tiers before it.
    choice
        Shape (jobs,): the arc of each job, or -1 when it waits. A copy: keep it as long as you like.
    """

    seconds: float
    step: str
    costs: Three
    bounds: Three
    choice: NDArray[np.int64]

    @property
    def optimal(self) -> bool:
        """Return whether bound equals cost in every tier."""
        return self.costs == self.bounds


Report: TypeAlias = Callable[[Progress], None]
Stop: TypeAlias = Callable[[], bool]
"""Says whether the solve must end; asked between steps, and from another thread while a step runs."""
LOOK_SECONDS: Final = 0.02
"""How often is looked, while another library is at work, whether the solve must end."""


@dataclass(slots=True)
class Budget:
    """What is left of the limits while a solve runs.

    Attributes
    ----------
    ended
        Whether the clock, or somebody, ended the work.
    cut_short
        Whether that happened to any part of it, so that another run may do otherwise.
    """

    effort_left: float
    began_at_seconds: float
    ends_at_seconds: float | None
    seed: int
    report: Report | None = None
    stop: Stop | None = None
    ended: bool = False
    cut_short: bool = False
    used: dict[str, float] = field(default_factory=dict)

    def spend(self, step: str, effort: float) -> None:
        """Take the effort that a step used off what is left, and remember it by the step's name."""
        self.effort_left = max(0.0, self.effort_left - effort)
        self.used[step] = self.used.get(step, 0.0) + effort

    def part(self, share: float, most: float = math.inf) -> "Budget":
        """Return a budget of a part of what is left, in effort and time; what it uses is this one's, too.

        `most` is the most effort that it may have.
        """
        left = self.seconds_left()
        ends = None if left is None else time.monotonic() + share * left
        return _Part(
            effort_left=min(share * self.effort_left, most),
            began_at_seconds=self.began_at_seconds,
            ends_at_seconds=ends,
            seed=self.seed,
            stop=self.stop,
            whole=self,
        )

    def seconds_left(self) -> float | None:
        """Return the wall-clock seconds left, at least 0; None without such a limit."""
        if self.ends_at_seconds is None:
            return None
        return max(0.0, self.ends_at_seconds - time.monotonic())

    def time_left(self) -> timedelta | None:
        """Return what `seconds_left` does, as MathOpt wants it."""
        seconds = self.seconds_left()
        return None if seconds is None else timedelta(seconds=seconds)

    def is_over(self) -> bool:
        """Return whether the work must end here: no effort is left, the clock ran out, or somebody stops it."""
        return self.is_ended() or self.effort_left <= 0.0

    def is_ended(self) -> bool:
        """Return whether the clock ran out, or somebody stops the work.

        That is remembered as cut short: another run may differ.
        """
        if not self.ended:
            self.ended = self.seconds_left() == 0.0 or (self.stop is not None and self.stop())
            self.cut_short = self.cut_short or self.ended
        return self.ended

    @contextmanager
    def interrupting(self, interrupt: Callable[[], object]) -> Iterator[None]:
        """Call `interrupt` when the work must end while the block runs: for a step that can't ask by itself.

        Where nobody can stop the work, nothing watches it: the step keeps the clock by itself.

        Parameters
        ----------
        interrupt
            Ends the step; called from another thread, and again every 20 ms until the block ends: a call
            before the step is under way may be lost.
        """
        if self.stop is None:
            yield
            return
        done = Event()
        with ThreadPoolExecutor(1) as watcher:
            watch = watcher.submit(self._watch, done, interrupt)
            try:
                yield
            finally:
                done.set()
            watch.result()

    def _watch(self, done: Event, interrupt: Callable[[], object]) -> None:
        while not done.wait(LOOK_SECONDS):
            if self.is_ended():
                interrupt()

    def tell(self, step: str, choice: NDArray[np.int64], *, costs: Three, bounds: Three) -> None:
        """Report the best choice so far to whoever wants to know."""
        if self.report is not None:
            seconds = time.monotonic() - self.began_at_seconds
            self.report(Progress(seconds=seconds, step=step, costs=costs, bounds=bounds, choice=choice.copy()))


@dataclass(slots=True, kw_only=True)
class _Part(Budget):
    """A part of a budget; that it ran out cuts the whole solve short only where the clock did it."""

    whole: Budget

    def spend(self, step: str, effort: float) -> None:
        """Take effort off what is left of the part and of the whole."""
        Budget.spend(self, step, effort)
        self.whole.spend(step, effort)

    def is_over(self) -> bool:
        """Return whether the part's work must end: its own budget, or that of the whole, is over."""
        return self.is_ended() or self.effort_left <= 0.0 or self.whole.is_over()

    def is_ended(self) -> bool:
        """Return whether the clock or somebody ended the part; then another run of the whole may differ."""
        ended = self.whole.is_ended() or Budget.is_ended(self)
        self.whole.cut_short = self.whole.cut_short or self.cut_short
        return ended


def start(limits: Limits, *, report: Report | None = None, stop: Stop | None = None) -> Budget:
    """Return a fresh budget; the clock runs from now."""
    now = time.monotonic()
    ends = None if limits.seconds is None else now + limits.seconds
    return Budget(
        effort_left=limits.effort,
        began_at_seconds=now,
        ends_at_seconds=ends,
        seed=limits.seed,
        report=report,
        stop=stop,
    )
