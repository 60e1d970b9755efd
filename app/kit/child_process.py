"""A warm process that does one piece of work at a time, and that can be killed when it takes too long.

Some libraries can't be interrupted from within: only killing their process keeps a limit. The child
is a fresh interpreter (not a fork, which copies locks and threads), does some first work as soon as it
starts so that slow imports are behind it, and ends at once when its parent does, also after ``kill -9``.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar

from app.settings import PREFIX

T = TypeVar("T")
Reply = tuple[str, Any, int]
"""How it went (done or failed), what came of it, and the milliseconds it took."""
START_SECONDS = 60.0


class ChildStopped(Exception):
    """The child ended before it answered: killed after its time, or by a fault or lack of memory."""


class ChildFailed(Exception):
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
        A function and its arguments: what a new child does before anything else. It has a minute, and
        its time does not count for the work that waits for it.
    """

    def __init__(self, first: tuple[Callable[..., Any], *tuple[Any, ...]] = (os.getpid,)) -> None:
        self._first = first
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_warm = False

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
            When the time is up, or the child ended by itself. The next run has a new child.
        ChildFailed
            When the function raised an error.
        """
        with self._one_at_a_time:
            process = self._running()
            if not self._is_warm:
                self._within(START_SECONDS, process, None)
                self._is_warm = True
            kind, value, milliseconds = self._within(seconds, process, (function, arguments))
        if kind == "failed":
            raise ChildFailed(value)
        return Answer(value, milliseconds)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._one_at_a_time:
            self._end()

    def _within(self, seconds: float, process: subprocess.Popen[bytes], work: tuple[Any, ...] | None) -> Reply:
        """Return what the process answers to work, or to the work it has; kill it when it takes longer."""
        timer = threading.Timer(seconds, process.kill)
        timer.daemon = True
        timer.start()
        ends_at = time.monotonic() + seconds
        try:
            if work is not None:
                _write(process, work)
            return _read(process)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self._end()
            raise ChildStopped(f"no answer within {seconds:g} s, or the process ended") from error
        finally:
            timer.cancel()
            if time.monotonic() >= ends_at:  # the kill may still be on its way
                self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._is_warm = False
            try:
                self._process = _start()
                _write(self._process, (self._first[0], self._first[1:]))
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


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-m", __name__],
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


def _write(process: subprocess.Popen[bytes], work: tuple[Any, ...]) -> None:
    assert process.stdin is not None  # noqa: S101 (a pipe)
    pickle.dump(work, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()


def _read(process: subprocess.Popen[bytes]) -> Reply:
    assert process.stdout is not None  # noqa: S101 (a pipe)
    reply: Reply = pickle.load(process.stdout)  # noqa: S301 (from our own child)
    return reply


def _serve() -> None:
    """Answer work from standard input on standard output until the parent closes it or ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with answers
    works: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, works), daemon=True).start()
    while True:
        function, arguments = works.get()
        pickle.dump(_answer_of(function, arguments), answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _listen(pipe: BinaryIO, works: "queue.SimpleQueue[tuple[Any, ...]]") -> None:
    """Read work while other work runs, so that the end of the parent is noticed at any moment."""
    while True:
        try:
            works.put(pickle.load(pipe))  # noqa: S301 (from our own parent)
        except EOFError:
            os._exit(0)


def _answer_of(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any, int]:
    started = time.perf_counter()
    try:
        kind, value = "done", function(*arguments)
    except Exception as error:  # noqa: BLE001 (nothing is swallowed: the parent raises it)
        kind, value = "failed", f"{type(error).__name__}: {error}"
    return kind, value, round((time.perf_counter() - started) * 1000)


if __name__ == "__main__":
    _serve()
