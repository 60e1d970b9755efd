"""Asking for rounds, and reading them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit import audit
from app.kit.auth import Actor
from app.kit.db import new_id
from app.kit.events import announce
from app.rounds.events import RoundRequested
from app.rounds.models import Round
from app.rounds.queries import rounds as queries
from app.rounds.rules import RoundState, Trigger

TRUSTED_FOR: Final = timedelta(minutes=5)
"""A round that is queued for longer may have lost its job; another one costs seconds."""


def request_round(session: Session, trigger: Trigger, *, actor: Actor | None, now: datetime) -> Round:
    """Return a round that will start soon: one that is queued already, as it will see everything, or a new one.

    A queued round starts after this transaction, so that it sees what its caller sees.
    """
    as_good = [Trigger.DEMAND] if trigger is Trigger.DEMAND else list(Trigger)
    waiting = queries.queued(session, as_good, since=now - TRUSTED_FOR)
    if waiting is not None:
        return waiting
    row = add_round(session, new_id(), trigger, actor=actor, now=now)
    announce(session, RoundRequested(subject_id=row.id, trigger=trigger), actor=actor, now=now)
    return row


def add_round(session: Session, round_id: UUID, trigger: Trigger, *, actor: Actor | None, now: datetime) -> Round:
    """Store a queued round; who calls this also inserts the job that runs it."""
    row = Round(
        id=round_id,
        state=RoundState.QUEUED,
        trigger=trigger,
        requested_by=actor.id if actor else None,
        queued_at=now,
        seed=0,
        effort=0,
        versions={},
        tiers=[],
        unplaced=[],
    )
    session.add(row)
    session.flush()
    audit.write(session, "request", ("round", row.id), actor=actor, now=now, trigger=trigger)
    return row


def get_round(session: Session, round_id: UUID) -> Round:
    """Return a round; raises NotFound when there is none with this id."""
    return queries.get(session, round_id)


def rounds(session: Session, *, after: UUID | None, limit: int) -> Sequence[Round]:
    """Return rounds, the newest first, at most ``limit``."""
    return queries.page(session, after=after, limit=limit)
