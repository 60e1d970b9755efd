"""The place where benchmarks run: a throw-away city in a durable database, and servers beside it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from app.demo import seed as demo
from app.kit import clock, crypto, db, startup
from app.rounds import service as rounds
from app.rounds.rules import Trigger
from app.rounds.service.running import start
from app.rounds.service.solving import limits_of
from app.settings import PREFIX, Settings

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class City:
    """A seeded city: the address of its database, its settings, and the demo's keys."""

    url: str
    settings: Settings
    keys: dict[str, str]


@contextmanager
def seeded_city(*, caseworkers: int = 60, requests: int = 250) -> Iterator[City]:
    """Yield a city of its own, in an embedded database with durable commits."""
    with tempfile.TemporaryDirectory(prefix="stadsbreed-bench-") as folder:
        Path(folder).chmod(0o755)
        settings = Settings.model_validate({"data_dir": folder, "encryption_key": crypto.new_key_text()})
        startup.prepare(settings)
        with startup.database(settings) as url:
            found = demo.seed(
                settings.data_dir,
                caseworkers=caseworkers,
                requests=requests,
                now=clock.now(),
                progress=lambda *_: None,
            )
            yield City(url, settings, dict(found.keys))


def round_problem(city: City) -> str:
    """Return, as JSON, the problem that a round over everything that waits in the city decides on."""
    with db.transaction() as session:
        round_id = rounds.request_round(session, Trigger.DEMAND, actor=None, now=clock.now()).id
    started = start(round_id, limits=limits_of(city.settings.round_seconds), now=clock.now())
    assert started is not None
    return started.problem.to_json()


@contextmanager
def serving(city: City, *, bare: bool) -> Iterator[int]:
    """Run a server on the city's database, ours or the bare one, and yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert city.settings.encryption_key is not None
    environment = os.environ | {
        f"{PREFIX}DATABASE_URL": city.url,
        f"{PREFIX}ENCRYPTION_KEY": city.settings.encryption_key.get_secret_value(),
    }
    ours = ["app.cli", "serve", "--port", str(port)]
    command = [sys.executable, "-m", *(["benchmarks.bare", city.url, str(port)] if bare else ours)]
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/livez")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError("the server did not start")
