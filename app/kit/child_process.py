"""A warm process that does one piece of work at a time, within limits of time and memory.

Some libraries can't be interrupted from within: only the process around them keeps a limit. The child
is a fresh interpreter (not a fork, which copies locks and threads), does some first work as soon as it
starts so that slow imports are behind it, and ends at once when its parent does, also after ``kill -9``.
Work that can be stopped at any time reports what it has so far: that outlives the child. So a stop is kept,
too: whatever does not end by itself when it is asked to, is ended from outside.
"""

import math
import os
import pickle
import queue
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar

from app.settings import PREFIX

T = TypeVar("T")
Reply = tuple[str, Any, int]
"""What the child says: report, done, failed or exhausted; the value; and the milliseconds it took so far."""
Work = tuple[int, Callable[..., Any], tuple[Any, ...], bool]
"""What the parent asks: number, function, arguments, and whether it reports and can be stopped."""
START_SECONDS = 180.0
"""For the first work: some libraries make machine code when they are first used on a machine."""
STOP_SECONDS = 0.1
"""For work that was asked to stop: what is not interrupted by then is killed."""
MEGABYTE = 2**20


class NoAnswer(Exception):
    """The work came to no end of its own.

    Attributes
    ----------
    last
        What it had reported last; None when it had reported nothing.
    """

    def __init__(self, message: str, last: Any = None) -> None:
        super().__init__(message)
        self.last = last


class ChildStopped(NoAnswer):
    """The child ended before it answered: killed after its time, or by a fault or lack of memory."""


class ChildFailed(NoAnswer):
    """The work raised an error; the message holds its kind and text."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What the work returned, and how long it took inside the child."""

    value: T
    milliseconds: int


class ChildProcess:
    """A process of our own that runs functions that it can import; one at a time, from any thread.

    Parameters
    ----------
    first
        A function and its arguments: what a new child does before anything else. It has three minutes, and
        its time does not count for the work that waits for it.
    memory_megabytes
        Most memory that the child may fill (its heap, stacks and private maps; libraries that are only
        mapped do not count); None for no limit of its own.
    """

    def __init__(
        self,
        first: tuple[Callable[..., Any], *tuple[Any, ...]] = (os.getpid,),
        *,
        memory_megabytes: int | None = None,
    ) -> None:
        self._first = first
        self._memory_megabytes = memory_megabytes
        self._one_at_a_time = threading.Lock()
        self._writing = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._latest: _Run | None = None
        self._is_warm = False
        self._number = 0

    def warm_up(self) -> None:
        """Start the process now and let it do its first work, without waiting for it.

        Raises
        ------
        ChildStopped
            When it can't be started.
        """
        with self._one_at_a_time:
            self._running()

    def run(self, function: Callable[..., T], *arguments: Any, seconds: float) -> Answer[T]:
        """Return what a function answers in the child; kill the child when it takes longer.

        Parameters
        ----------
        function
            A function of a module: the child finds it by its name.
        arguments
            What can be pickled.
        seconds
            Wall-clock limit, kept within a few milliseconds.

        Raises
        ------
        ChildStopped
            When the time is up, also that after a stop, the memory is full, or the child ended by itself.
            The next run has a new child.
        ChildFailed
            When the function raised an error.
        """
        return self._run(function, arguments, seconds, anytime=False, report=None)

    def run_anytime(
        self,
        function: Callable[..., T],
        *arguments: Any,
        seconds: float,
        report: Callable[[Any], None] | None = None,
    ) -> Answer[T]:
        """Return what `run` does, for a function that reports what it has so far and can be stopped.

        The function is called with two more arguments by name: ``report``, which takes a value that can
        be pickled, and ``stop``, which says whether `stop` was called; it may be asked from any thread.
        What the function reported last stands in the error when it comes to no end.

        Parameters
        ----------
        report
            Is told each value here, in the thread that waits for the answer.
        """
        return self._run(function, arguments, seconds, anytime=True, report=report)

    def stop(self) -> None:
        """Ask the work that runs now, if any, to end with what it has; from any thread, without waiting.

        Work that asks is told within milliseconds. The child is killed when it has not answered within
        0.1 s: what the work reported last is then what it has. Work that comes later is not affected.
        """
        run = self._latest
        if run is not None:
            run.end_within(STOP_SECONDS)
            with suppress(OSError, ValueError):  # it ended meanwhile: nothing is left to stop
                self._write(run.process, run.number)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._one_at_a_time:
            self._end()

    def _run(
        self,
        function: Callable[..., T],
        arguments: tuple[Any, ...],
        seconds: float,
        *,
        anytime: bool,
        report: Callable[[Any], None] | None,
    ) -> Answer[T]:
        with self._one_at_a_time:
            self._number += 1
            process = self._running()
            if not self._is_warm:
                self._within(START_SECONDS, process, None, report=None)
                self._is_warm = True
            work = (self._number, function, arguments, anytime)
            (kind, value, milliseconds), last = self._within(seconds, process, work, report=report)
            if kind == "exhausted":
                self._end()
                raise ChildStopped(f"the {self._memory_megabytes} MB of memory were full", last)
        if kind == "failed":
            raise ChildFailed(value, last)
        return Answer(value, milliseconds)

    def _within(
        self,
        seconds: float,
        process: subprocess.Popen[bytes],
        work: Work | None,
        *,
        report: Callable[[Any], None] | None,
    ) -> tuple[Reply, Any]:
        """Return the reply to work, or to the work it has, and the last report; kill what takes longer."""
        run = self._latest = _Run(process, self._number, seconds)
        last, in_step = None, False
        try:
            if work is not None:
                self._write(process, work)
            while (reply := _read(process))[0] == "report":
                last = reply[1]
                if report is not None:
                    report(last)
            in_step = True
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise ChildStopped(f"no answer within {run.seconds:g} s, or the process ended", last) from error
        else:
            return reply, last
        finally:
            if not run.is_done_in_time() or not in_step:  # the kill may still be on its way
                self._end()

    def _write(self, process: subprocess.Popen[bytes], message: Work | int) -> None:
        """Send work, or the number of the work that is to stop."""
        assert process.stdin is not None  # noqa: S101 (a pipe)
        with self._writing:
            pickle.dump(message, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._is_warm = False
            try:
                self._process = _start(self._memory_megabytes or 0)
                self._write(self._process, (0, self._first[0], self._first[1:], False))
            except OSError as error:
                self._end()
                raise ChildStopped(f"no process could be started: {error.strerror}") from error
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)


class _Run:
    """One piece of work in a process, which is killed when the work takes too long.

    Attributes
    ----------
    seconds
        What the work has: from its beginning, or since it was given less.
    """

    def __init__(self, process: subprocess.Popen[bytes], number: int, seconds: float) -> None:
        self.process, self.number, self.seconds = process, number, seconds
        self._lock = threading.Lock()
        self._timers: list[threading.Timer] = []
        self._ends_at, self._is_done = math.inf, False
        self.end_within(seconds)

    def end_within(self, seconds: float) -> None:
        """Let the work have so many seconds from now, if it runs and that is less than it has."""
        with self._lock:
            ends_at = time.monotonic() + seconds
            if not self._is_done and ends_at < self._ends_at:
                self.seconds, self._ends_at = seconds, ends_at
                timer = threading.Timer(seconds, self.process.kill)
                timer.daemon = True
                timer.start()
                self._timers.append(timer)

    def is_done_in_time(self) -> bool:
        """Return whether the work, which is done now, was in time; if not, the process is being killed."""
        with self._lock:
            self._is_done = True
            for timer in self._timers:
                timer.cancel()
            return time.monotonic() < self._ends_at


def _start(memory_megabytes: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-m", __name__, str(memory_megabytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,  # Ctrl-C is for the parent; the child ends with it
    )


def _environment() -> dict[str, str]:
    """Return this process's environment without the service's own settings: the child needs no secrets."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return others | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was still to be written is for nobody
        return


def _read(process: subprocess.Popen[bytes]) -> Reply:
    assert process.stdout is not None  # noqa: S101 (a pipe)
    reply: Reply = pickle.load(process.stdout)  # noqa: S301 (from our own child)
    return reply


def _serve(memory_megabytes: int) -> None:
    """Answer work from standard input on standard output until the parent closes it or ends."""
    if memory_megabytes:
        # Not RLIMIT_AS: numerical libraries map far more addresses than they fill.
        resource.setrlimit(resource.RLIMIT_DATA, (memory_megabytes * MEGABYTE,) * 2)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with answers
    child = _Child(answers)
    threading.Thread(target=child.listen, args=(sys.stdin.buffer,), daemon=True).start()
    while True:
        child.answer(*child.works.get())


class _Child:
    """What the child side knows: the work that waits, and the number of what was asked to stop last."""

    def __init__(self, answers: BinaryIO) -> None:
        self.works: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._answers = answers
        self._stopped_number = -1

    def listen(self, pipe: BinaryIO) -> None:
        """Read while work runs, so that a stop or the end of the parent is noticed at any moment."""
        try:
            while True:
                message: Work | int = pickle.load(pipe)  # noqa: S301 (from our own parent)
                if isinstance(message, int):
                    self._stopped_number = message
                else:
                    self.works.put(message)
        except (EOFError, MemoryError):
            os._exit(0)

    def answer(self, number: int, function: Callable[..., Any], arguments: tuple[Any, ...], anytime: bool) -> None:
        """Do a piece of work and tell what came of it."""
        started = time.perf_counter()

        def tell(kind: str, value: Any) -> None:
            reply = (kind, value, round((time.perf_counter() - started) * 1000))
            self._answers.write(pickle.dumps(reply, protocol=pickle.HIGHEST_PROTOCOL))
            self._answers.flush()

        more = {
            "report": lambda value: tell("report", value),
            "stop": lambda: self._stopped_number >= number,
        }
        try:
            tell("done", function(*arguments, **(more if anytime else {})))
        except MemoryError:
            tell("exhausted", None)
        except Exception as error:  # noqa: BLE001 (nothing is swallowed: the parent raises it)
            tell("failed", f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
