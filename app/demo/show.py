"""The demo: everything in one command, in one terminal, on this machine only."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx2

from app.demo import seed as demo_data
from app.demo.walk import walk
from app.kit import clock, startup
from app.server import server_of
from app.settings import PREFIX, Settings

START_SECONDS = 30
USUALLY = {f"{PREFIX}ROUND_SECONDS": "20", f"{PREFIX}LOG_LEVEL": "WARNING"}
"""Settings of the demo's worker, unless the environment says otherwise: nobody waits a minute for a show."""
POLL_SECONDS = 0.1


def run(settings: Settings, *, host: str, port: int, seed: int, progress: Callable[[str, int, int], None]) -> None:
    """Start the database, fill it, start service and worker, show one request's way, and keep serving.

    Parameters
    ----------
    settings
        With the encryption key of the demo.
    seed
        The same number gives the same invented city.
    progress
        Told what is being done, how far, and of how much.
    """
    with startup.database(settings) as url:
        seeded = demo_data.seed(settings.data_dir, seed=seed, now=clock.now(), progress=progress)
        _say(demo_data.INVENTED)
        with _worker(settings, url):
            server = server_of(settings, host=host, port=port)
            address = f"http://{host}:{port}"
            show = threading.Thread(target=_show, args=(address, seeded.keys), daemon=True)
            show.start()
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` ends the worker first, too
            with suppress(KeyboardInterrupt):  # Ctrl-C is how the demo ends; uvicorn has stopped by then
                server.run()


@contextmanager
def _worker(settings: Settings, url: str) -> Iterator[None]:
    """Run a worker beside us; it ends when we do, however we end, because its standard input closes."""
    assert settings.encryption_key is not None  # noqa: S101 (the demo made one)
    environment = (
        USUALLY
        | os.environ
        | {
            f"{PREFIX}DATABASE_URL": url,
            f"{PREFIX}ENCRYPTION_KEY": settings.encryption_key.get_secret_value(),
        }
    )
    command = [sys.executable, "-m", "app.cli", "worker", "--until-stdin-closes"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)  # noqa: S603 (our own program)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _show(address: str, keys: dict[str, str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"{address}/readyz", timeout=1).status_code == httpx2.codes.OK:
                break
        except httpx2.TransportError:
            time.sleep(POLL_SECONDS)
    else:
        _say(f"The service does not answer on {address}: see the messages above.")
        return
    walk(address, keys, _say)
    _say(f"\nServing on {address}/v1 — the OpenAPI document is {address}/v1/openapi.json. Stop with Ctrl-C.")
    _say("Keys of the demo (they are worth something on this machine only):")
    for name, key in keys.items():
        _say(f"  {name:<24} {key}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (the terminal is what the demo is for)
