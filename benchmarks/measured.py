"""A stopwatch for a process: wall time, time on cores, and the most memory it held."""

import contextlib
import re
import resource
import time
from dataclasses import dataclass, replace
from pathlib import Path

PROCESS = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took.

    Attributes
    ----------
    seconds, cpu_seconds
        Wall time; time on cores, all threads and ended children together.
    peak_megabytes
        The most memory that the process held meanwhile, with the instance and its imports.
    """

    seconds: float
    cpu_seconds: float
    peak_megabytes: float

    def at_least(self, megabytes: float) -> "Cost":
        """Return the same with a peak that was seen from outside, when that is higher."""
        return replace(self, peak_megabytes=max(self.peak_megabytes, megabytes))


class Stopwatch:
    """Measures from `start` to `stop`."""

    def start(self) -> None:
        """Forget the peak of memory so far, where the system can, and begin."""
        with contextlib.suppress(OSError):
            (PROCESS / "clear_refs").write_text("5")
        self._cpu = _cpu_seconds()
        self._began = time.perf_counter()

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self._began

    def stop(self) -> Cost:
        """Return what was used since the start."""
        return Cost(self.seconds(), _cpu_seconds() - self._cpu, peak_megabytes())


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_megabytes() -> float:
    """Return the most memory that this process has held, in megabytes.

    From Linux's own mark where there is one: `ru_maxrss` begins with the size of the parent.
    """
    status = PROCESS / "status"
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
