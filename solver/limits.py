"""How long a solve may take: by effort, which repeats exactly, or also by the wall clock, which does not."""

import time
from dataclasses import dataclass, field
from datetime import timedelta


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


@dataclass(slots=True)
class Budget:
    """What is left of the limits while a solve runs."""

    effort_left: float
    ends_at_seconds: float | None
    seed: int
    stopped_by_clock: bool = False
    used: dict[str, float] = field(default_factory=dict)

    def spend(self, step: str, effort: float) -> None:
        """Take the effort that a step used off what is left, and remember it by the step's name."""
        self.effort_left = max(0.0, self.effort_left - effort)
        self.used[step] = self.used.get(step, 0.0) + effort

    def seconds_left(self) -> float | None:
        """Return the wall-clock seconds left, at least 0; None without such a limit."""
        if self.ends_at_seconds is None:
            return None
        return max(0.0, self.ends_at_seconds - time.monotonic())

    def time_left(self) -> timedelta | None:
        """Return what `seconds_left` does, as MathOpt wants it."""
        seconds = self.seconds_left()
        return None if seconds is None else timedelta(seconds=seconds)

    def out_of_time(self) -> bool:
        """Return whether the clock has run out, and remember it."""
        self.stopped_by_clock = self.stopped_by_clock or self.seconds_left() == 0.0
        return self.stopped_by_clock


def start(limits: Limits) -> Budget:
    """Return a fresh budget; the clock runs from now."""
    ends = None if limits.seconds is None else time.monotonic() + limits.seconds
    return Budget(effort_left=limits.effort, ends_at_seconds=ends, seed=limits.seed)
