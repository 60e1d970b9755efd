"""Rounds by themselves, and what has to happen at set times."""

from datetime import datetime
from typing import Final
from uuid import UUID

from procrastinate import JobContext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.assignments.events import AssignmentStarted
from app.assignments.rules import Kind
from app.kit import clock, db, idempotency, queue
from app.kit.child_process import ChildProcess
from app.kit.db import new_id
from app.kit.events import Event
from app.rounds import service
from app.rounds.events import RoundRequested
from app.rounds.rules import Trigger
from app.settings import Settings

JOBS_KEPT_HOURS: Final = 7 * 24
AGAIN_AFTER_SECONDS: Final = 10.0
ROUNDS: Final = "rounds"
"""Name of the lock that keeps rounds apart, and of the one by which a burst becomes one round."""


@queue.tasks.task(pass_context=True, lock=ROUNDS)
def run_round(context: JobContext, *, round_id: str) -> None:
    """Run a queued round; when the database was too busy for it, another one follows a little later."""
    child: ChildProcess = context.additional_context["child"]
    try:
        service.run(UUID(round_id), child=child, seconds=_settings(context).round_seconds)
    except OperationalError:
        with db.transaction() as session:
            queue_soon(session, Trigger.CHANGE, delay_seconds=AGAIN_AFTER_SECONDS)
        raise


@queue.tasks.task(pass_context=True)
def consider(context: JobContext, *, trigger: str = Trigger.INTAKE) -> None:
    """Have a round run soon, unless one waits to start already.

    Every intake and every change inserts this small job, without a lock, in its own transaction. It
    runs after that commits, so that the round it causes sees what was stored.
    """
    with db.transaction() as session:
        queue_soon(session, Trigger(trigger), delay_seconds=_settings(context).round_delay_seconds)


def queue_soon(session: Session, trigger: Trigger, *, delay_seconds: float) -> None:
    """Queue a round that starts after a delay, unless one is queued; call it last in a transaction."""
    now, round_id = clock.now(), new_id()
    if queue.defer_once(session, run_round, lock=ROUNDS, delay_seconds=delay_seconds, round_id=str(round_id)):
        service.add_round(session, round_id, trigger, actor=None, now=now)


def _settings(context: JobContext) -> Settings:
    settings: Settings = context.additional_context["settings"]
    return settings


# --- at set times; cron counts in UTC, so that no night has an hour twice or not at all ----------------


@queue.tasks.task
def run_timetable(timestamp: int) -> None:  # noqa: ARG001 (the moment, given by the queue)
    """Have the timetable's round run; when it does is a setting, read by the worker."""
    with db.transaction() as session:
        queue_soon(session, Trigger.TIMETABLE, delay_seconds=0)


@queue.tasks.periodic(cron="*/5 * * * *")
@queue.tasks.task
def expire_proposals(timestamp: int) -> None:  # noqa: ARG001 (the moment, given by the queue)
    """End the proposals that nobody decided on by the end of the next working day."""
    with db.transaction() as session:
        service.expire(session, clock.now())


@queue.tasks.periodic(cron="* * * * *")
@queue.tasks.task(pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the moment)
    """Do again what a worker was doing when it was killed.

    A round that was queued behind a killed one does the same work: the killed one is then given up,
    as both can't stand in the queue, and until it is out of the way no round can start.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.FAILED, delete_job=False)


@queue.tasks.periodic(cron="17 2 * * *")
@queue.tasks.task(pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the moment)
    """Delete jobs that ended more than a week ago."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=JOBS_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@queue.tasks.periodic(cron="23 * * * *")
@queue.tasks.task
def forget_keys_and_holds(timestamp: int) -> None:  # noqa: ARG001 (the moment, given by the queue)
    """Delete old idempotency keys, and mark holds released that have expired: no query reads them again."""
    with db.transaction() as session:
        idempotency.forget_old(session, clock.now())
        service.release_expired_holds(session, clock.now())


# --- consequences, named in wiring ---------------------------------------------------------------


def after_intake(session: Session, event: Event, now: datetime) -> None:  # noqa: ARG001 (a handler's signature)
    """Consider a round because a request came in."""
    queue.defer(session, consider, trigger=Trigger.INTAKE.value)


def after_change(session: Session, event: Event, now: datetime) -> None:  # noqa: ARG001 (a handler's signature)
    """Consider a round because something changed what is possible."""
    queue.defer(session, consider, trigger=Trigger.CHANGE.value)


def start_requested(session: Session, event: Event, now: datetime) -> None:  # noqa: ARG001 (a handler's signature)
    """Insert the job of a round that somebody asked for."""
    if isinstance(event, RoundRequested):
        queue.defer(session, run_round, round_id=str(event.subject_id))


def after_assignment(session: Session, event: Event, now: datetime) -> None:
    """End what was proposed for a request that was assigned; consider a round unless it was as proposed."""
    if isinstance(event, AssignmentStarted) and event.kind == Kind.LEAD:
        if service.settle_started(session, event.subject_id, event.caseworker_id, now):
            after_change(session, event, now)
        return
    after_change(session, event, now)


def after_end_of_request(session: Session, event: Event, now: datetime) -> None:
    """End what was proposed for a request that was closed or withdrawn, and consider a round."""
    service.end_of_request(session, event.subject_id, now)
    after_change(session, event, now)


def after_correction(session: Session, event: Event, now: datetime) -> None:
    """Let a request that was changed take part in rounds again, and consider one."""
    service.let_take_part(session, event.subject_id)
    after_change(session, event, now)
