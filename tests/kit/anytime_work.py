"""Work for a child process that reports what it has so far."""

import os
import time
from collections.abc import Callable
from typing import NoReturn

Report = Callable[[object], None]
Stop = Callable[[], bool]


def counts_until_stopped(first: int, *, report: Report, stop: Stop) -> int:
    """Count from a number on, reporting the first; return what was counted when asked to stop."""
    report(first)
    while not stop():
        first += 1
    return first


def is_asked_to_stop(*, report: Report, stop: Stop) -> bool:
    """Report once, and return whether somebody asked this work to stop."""
    report("began")
    return stop()


def takes(seconds: float, *, report: Report, stop: Stop) -> bool:
    """Take so many seconds; return whether somebody asked this work to stop meanwhile."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at and not stop():
        pass
    return stop()


def reports_and_hangs(*values: object, report: Report, stop: Stop) -> None:
    """Report some values and never come to an end."""
    for value in values:
        report(value)
    time.sleep(600)


def reports_and_dies(value: object, *, report: Report, stop: Stop) -> NoReturn:
    """Report a value and end the whole process, as native code can."""
    report(value)
    os.abort()


def reports_and_fails(value: object, *, report: Report, stop: Stop) -> NoReturn:
    """Report a value and raise an error."""
    report(value)
    raise ZeroDivisionError


def reports_and_fills_memory(value: object, megabytes: int, *, report: Report, stop: Stop) -> int:
    """Report a value and fill so many megabytes of memory; return how many there are."""
    report(value)
    return sum(len(part) for part in [bytes(2**20) for _ in range(megabytes)]) // 2**20
