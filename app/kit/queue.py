"""Work for later, as rows in the transaction that causes it (Procrastinate).

One queue function for the whole application: ``defer``. Tasks are declared in the ``jobs`` files
with ``tasks.task(...)``; the worker adds them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job, JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from procrastinate.tasks import Task
from procrastinate.types import TimeDeltaParams
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.kit.db import savepoint

WORKER_CONNECTIONS = 4
GATHERED = "gathered jobs"

tasks = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Where tasks are declared. Deferring runs on the session's own connection, so this app is never opened."""


def defer(session: Session, task: Task[..., Any, Any], *, delay_seconds: float = 0, **arguments: Any) -> None:
    """Insert a job in this transaction: after a rollback there is none, after a commit it is there.

    Parameters
    ----------
    delay_seconds
        Earliest start, counted from now.
    arguments
        Plain JSON values; identifiers as strings.
    """
    deferrer = _deferrer(session, task, schedule_in=_in(delay_seconds))
    gathered: list[dict[str, Any]] | None = session.info.get(GATHERED)
    if gathered is None:
        deferrer.defer(**arguments)
    else:
        gathered.append(_row_of(deferrer.make_new_job(**arguments)))


@contextmanager
def gathered(session: Session) -> Iterator[list[dict[str, Any]]]:
    """Yield a list that collects what is deferred inside, for a statement that inserts it with other rows.

    The rows are those of the queue's own type for new jobs. Whoever gathers them inserts them.
    """
    jobs: list[dict[str, Any]] = []
    session.info[GATHERED] = jobs
    try:
        yield jobs
    finally:
        del session.info[GATHERED]


def defer_once(
    session: Session, task: Task[..., Any, Any], *, lock: str, delay_seconds: float = 0, **arguments: Any
) -> bool:
    """Insert a job unless one with this lock still waits; return whether it was inserted.

    Call it last in a transaction of its own, never inside an intake: a second insert with the same
    lock blocks until the first commits.
    """
    try:
        with savepoint(session):
            _deferrer(session, task, queueing_lock=lock, schedule_in=_in(delay_seconds)).defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def repeat(task: Task[..., Any, Any], cron: str) -> None:
    """Have a task run at the times of a cron line, in UTC, by whichever worker is first; the last line counts.

    Raises
    ------
    ValueError
        When it is no cron line.
    """
    tasks.periodic_registry.periodic_tasks.pop((task.name, ""), None)
    registered = tasks.periodic_registry.register_task(task=task, cron=cron, periodic_id="", configure_kwargs={})
    registered.croniter.get_next()


def worker_connector(url: str) -> procrastinate.PsycopgConnector:
    """Return the connections of a worker to the queue in a database; they are opened by running it."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=WORKER_CONNECTIONS)


def schema_sql() -> str:
    """Return the SQL that makes the queue's tables, for the migration."""
    return str(SchemaManager.get_schema())


def _in(seconds: float) -> TimeDeltaParams | None:
    return {"milliseconds": int(seconds * 1000)} if seconds else None


def _row_of(job: Job) -> dict[str, Any]:
    return {
        "queue_name": job.queue,
        "task_name": job.task_name,
        "priority": job.priority,
        "lock": job.lock,
        "queueing_lock": job.queueing_lock,
        "args": job.task_kwargs,
        "scheduled_at": job.scheduled_at,
    }


def _deferrer(session: Session, task: Task[..., Any, Any], **options: Any) -> JobDeferrer:
    """Return what inserts a job on the session's own connection, also within a worker.

    There the tasks' own connector is the worker's, which is async and can't use a session's connection.
    """
    connection = session.connection().connection.driver_connection
    deferrer = task.configure(connection=connection, **options)
    deferrer.job_manager = _on_sessions
    return deferrer


_on_sessions = JobManager(procrastinate.SyncPsycopgConnector())
