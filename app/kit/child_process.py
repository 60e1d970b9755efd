"""A warm process that does one piece of work at a time, and that can be killed when it takes too long.

Some libraries can't be interrupted from within: only killing their process keeps a limit. The child
is a fresh interpreter (not a fork, which copies locks and threads), has its modules imported before
the first work comes, and ends at once when its parent does, also after ``kill -9``.
"""

import importlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar

T = TypeVar("T")


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
    modules
        Names of the modules that the child imports as soon as it starts.
    """

    def __init__(self, modules: Iterable[str] = ()) -> None:
        self._modules = tuple(modules)
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def warm_up(self) -> None:
        """Start the process now, so that the first work does not wait for its imports."""
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
            timer = threading.Timer(seconds, process.kill)
            timer.daemon = True
            timer.start()
            ends_at = time.monotonic() + seconds
            try:
                kind, value, milliseconds = _exchange(process, (function, arguments))
            except (EOFError, OSError, pickle.UnpicklingError) as error:
                self._end()
                raise ChildStopped(f"no answer within {seconds:g} s, or the process ended") from error
            finally:
                timer.cancel()
            if time.monotonic() >= ends_at:  # the kill may still be on its way
                self._end()
        if kind == "failed":
            raise ChildFailed(value)
        return Answer(value, milliseconds)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._one_at_a_time:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            command = [sys.executable, "-m", __name__, *self._modules]
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": _path()},
                start_new_session=True,  # Ctrl-C is for the parent; the child ends with it
            )
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


def _path() -> str:
    return os.pathsep.join(entry for entry in sys.path if entry)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was still to be written is for nobody
        return


def _exchange(process: subprocess.Popen[bytes], work: tuple[Any, ...]) -> tuple[str, Any, int]:
    assert process.stdin is not None  # noqa: S101 (both are pipes)
    assert process.stdout is not None  # noqa: S101
    pickle.dump(work, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    answer: tuple[str, Any, int] = pickle.load(process.stdout)  # noqa: S301 (from our own child)
    return answer


def _serve(modules: Iterable[str]) -> None:
    """Answer work from standard input on standard output until the parent closes it or ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with answers
    works: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, works), daemon=True).start()
    for name in modules:
        importlib.import_module(name)
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
    _serve(sys.argv[1:])
