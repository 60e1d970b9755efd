"""Rounds by themselves, and what has to happen at set times."""

from datetime import datetime
from typing import Final
from uuid import UUID

from procrastinate import JobContext, RetryStrategy
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.assignments.events import AssignmentStarted
from app.assignments.rules import Kind
from app.kit import clock, db, queue
from app.kit.child_process import ChildProcess
from app.kit.db import new_id
from app.kit.events import Event
from app.rounds import service
from app.rounds.events import RoundRequested
from app.rounds.rules import Trigger
from app.settings import Settings

ROUNDS: Final = "rounds"
"""Name of the lock that keeps rounds apart, and of the one by which a burst becomes one round."""


@queue.tasks.task(
    pass_context=True,
    lock=ROUNDS,
    retry=RetryStrategy(max_attempts=3, wait=10, retry_exceptions=[OperationalError]),
)
def run_round(context: JobContext, *, round_id: str) -> None:
    """Run a queued round."""
    child: ChildProcess = context.additional_context["child"]
    service.run(UUID(round_id), child=child, seconds=_settings(context).round_seconds)


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
