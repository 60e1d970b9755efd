"""The worker: takes jobs from the queue, keeps the timetable, and owns the process that solves."""

import os
import signal
import sys
import threading
from typing import Final

from app import wiring
from app.kit import queue
from app.kit.child_process import ChildProcess
from app.rounds import jobs
from app.rounds.service import FIRST_WORK
from app.settings import PREFIX, Settings, UnsafeConfiguration

JOBS_AT_ONCE: Final = 4
POLL_SECONDS: Final = 1.0
"""How often jobs are looked for whose delay has passed; the others are told at once."""


def run(settings: Settings, url: str, *, until_idle: bool = False) -> None:
    """Work until the process is told to stop; what runs then is finished first.

    The database is bound and migrated. Any number of workers may run, on any number of machines.

    Parameters
    ----------
    url
        Address of the database.
    until_idle
        Stop when no job is left that could run now.

    Raises
    ------
    UnsafeConfiguration
        When the timetable of the rounds is no cron line.
    """
    wiring.connect()
    _keep_timetable(settings)
    child = ChildProcess(FIRST_WORK, memory_megabytes=settings.solver_memory_megabytes)
    child.warm_up()
    try:
        with queue.tasks.replace_connector(queue.worker_connector(url)) as app:
            app.run_worker(
                wait=not until_idle,
                concurrency=JOBS_AT_ONCE,
                fetch_job_polling_interval=POLL_SECONDS,
                additional_context={"settings": settings, "child": child},
            )
    finally:
        child.close()


def stop_when_stdin_closes() -> None:
    """Stop this process, as if it were told to, when whoever started it closes its standard input or ends."""
    threading.Thread(target=_stop_at_end_of_input, daemon=True).start()


def _stop_at_end_of_input() -> None:
    # Not by sys.stdin: its lock, held while waiting here, would break the end of the process.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _keep_timetable(settings: Settings) -> None:
    try:
        queue.repeat(jobs.run_timetable, settings.round_times)
    except ValueError as error:
        raise UnsafeConfiguration(f"{PREFIX}ROUND_TIMES: is no cron line such as '0 6 * * 1-5': {error}") from None
