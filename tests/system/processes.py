"""Real processes for the tests: callers that act at the same instant, and the service, to be killed.

Processes are forked from one that has imported the application already: what a test starts again and
again is there in tens of milliseconds. Each has settings of its own, ends when the test's process
does, and nothing here waits for longer than ``PATIENCE_SECONDS`` for one thing.
"""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2
from starlette.testclient import TestClient

from app import cli
from app.kit import clock, crypto, db
from app.main import create_app
from app.settings import PREFIX, Settings
from tests.builders import NOW

SOAK = "STADSBREED_SOAK" in os.environ
PATIENCE_SECONDS = 60
PROCESSES, MOST_CALLERS = 4, 8
TEST_KEY = "YSBrZXkgb2YgdGhlIHRlc3RzLCBvZiAzMiBieXRlcyE="
"""In base64, the key that tests encrypt with."""

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload(["app.main", "app.cli", "app.server", "app.worker"])


# --- callers that act at the same instant --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """What one caller sends.

    Attributes
    ----------
    late
        How much after the shared instant, to vary who comes first; 1 is the length of the longest call
        of the round before, so that it means the same on every machine.
    """

    method: str
    path: str
    key: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    late: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller heard, and between which moments of the machine's one steady clock."""

    status: int
    body: Any
    began_at: float
    ended_at: float

    @property
    def problem(self) -> str:
        """The code of the problem; empty when it is none."""
        return str(self.body.get("type", "")).rpartition(":")[2] if isinstance(self.body, dict) else ""


class Callers:
    """Four processes that stay: each serves the whole application, as a service of its own would."""

    def __init__(self, pipes: Sequence[Any]) -> None:
        self._pipes = pipes

    def race(self, url: str, rounds: Sequence[Sequence[Call]]) -> list[list[Answer]]:
        """Send the calls of each round at one instant; return the answers in their places.

        Caller number i of a round is a thread of process i modulo 4. All rounds have equally many
        callers, a multiple of four and at most `MOST_CALLERS`.
        """
        lanes = [[calls[place] for calls in rounds] for place in range(len(rounds[0]))]
        for number, pipe in enumerate(self._pipes):
            pipe.send((url, lanes[number::PROCESSES]))
        heard: list[list[Answer]] = [[] for _ in lanes]
        for number, pipe in enumerate(self._pipes):
            assert pipe.poll(PATIENCE_SECONDS + len(rounds)), "a caller did not answer in time"
            heard[number::PROCESSES] = pipe.recv()
        return [list(answers) for answers in zip(*heard, strict=True)]


@contextmanager
def callers() -> Iterator[Callers]:
    """Yield four processes that call; they have ended afterwards."""
    counts = range(PROCESSES, MOST_CALLERS + 1, PROCESSES)
    lines = {count: StartLine(forked.Barrier(count, timeout=PATIENCE_SECONDS)) for count in counts}
    with ExitStack() as stack:
        pipes = []
        for _ in range(PROCESSES):
            ours, theirs = forked.Pipe()
            pipes.append(stack.enter_context(ours))
            stack.enter_context(_ended(forked.Process(target=_serve_and_call, args=(lines, theirs))))
            theirs.close()
        yield Callers(pipes)


def overlapping(rounds: Sequence[Sequence[Answer]]) -> int:
    """Return in how many rounds every call was under way at one moment."""
    return sum(max(one.began_at for one in answers) < min(one.ended_at for one in answers) for answers in rounds)


@contextmanager
def _ended(process: Any) -> Iterator[Any]:
    """Start a process; whatever happens, it has ended afterwards."""
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(PATIENCE_SECONDS)
        process.close()


class StartLine:
    """Where callers wait for each other."""

    def __init__(self, barrier: Barrier) -> None:
        self.barrier = barrier
        self.seconds = forked.Array("d", barrier.parties, lock=False)
        """How long each caller's last call took."""

    def wait(self, late: float) -> None:
        """Return at the shared instant, or so much later."""
        self.barrier.wait()
        time.sleep(late * max(self.seconds))


def _serve_and_call(lines: Mapping[int, StartLine], pipe: Any) -> None:
    _end_with_the_test()
    _forget_settings()
    crypto.use_key(b"a key of the tests, of 32 bytes!")
    app = create_app(Settings())
    with clock.stopped(NOW):
        while True:
            url, lanes = pipe.recv()
            pipe.send(_call(app, url, lanes, lines[PROCESSES * len(lanes)]))


def _call(app: Any, url: str, lanes: list[list[Call]], line: StartLine) -> list[list[Answer]]:
    engine = db.engine_for(url, connections=2 * len(lanes) + 1)
    db.bind(engine)
    with ThreadPoolExecutor(len(lanes)) as threads:
        answers = list(threads.map(lambda calls: _call_in_turn(app, line, calls), lanes))
    engine.dispose()
    return answers


def _call_in_turn(app: Any, line: StartLine, calls: list[Call]) -> list[Answer]:
    answers = []
    try:
        place = line.barrier.wait()
        with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
            for call in calls:
                line.wait(call.late)
                answers.append(_answer_to(client, call))
                line.seconds[place] = answers[-1].ended_at - answers[-1].began_at
    except BaseException:
        line.barrier.abort()  # nobody waits for who failed
        raise
    return answers


def _answer_to(client: TestClient, call: Call) -> Answer:
    began_at = time.monotonic()
    headers = {"Authorization": f"Bearer {call.key}", **call.headers}
    response = client.request(call.method, call.path, json=call.body, headers=headers)
    return Answer(response.status_code, response.json(), began_at, time.monotonic())


# --- the service and the worker ------------------------------------------------------------------


@contextmanager
def program(*arguments: str, log: Path, **settings: str) -> Iterator[Any]:
    """Run a command of ``stadsbreed`` in a process of its own; it is killed at the end.

    Parameters
    ----------
    log
        File to which what it says is added.
    settings
        The only settings it knows, by their names without the prefix.
    """
    with _ended(forked.Process(target=_run_command, args=(arguments, settings, str(log)))) as process:
        yield process


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_until_serving(port: int, alive: Any, log: Path) -> None:
    """Return when the service answers on a port; fail when its process ends before, or it takes too long.

    Parameters
    ----------
    alive
        The sentinel of its process.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            ended = connection.wait([alive], 0.02)
            assert not ended, f"the service ended:\n{log.read_text()[-2000:]}"
    raise AssertionError(f"the service does not answer:\n{log.read_text()[-2000:]}")


def _run_command(arguments: Sequence[str], settings: Mapping[str, str], log: str) -> None:
    _end_with_the_test()
    _forget_settings()
    os.environ.update({PREFIX + name.upper(): value for name, value in settings.items()})
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    cli.main(list(arguments), standalone_mode=False)


def _forget_settings() -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]


def _end_with_the_test() -> None:
    """Have this process killed as soon as the one that asked for it is gone."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
