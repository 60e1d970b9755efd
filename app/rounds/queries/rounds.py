"""Questions about rounds, and what they need of others."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.caseworkers.models import Caseworker
from app.kit.errors import NotFound
from app.rounds.models import Round
from app.rounds.rules import RoundState, Trigger


def get(session: Session, round_id: UUID) -> Round:
    """Return a round; raises NotFound when there is none with this id."""
    return _there(session.get(Round, round_id), round_id)


def lock(session: Session, round_id: UUID) -> Round:
    """Return a round as it is now, its row locked until commit; raises NotFound."""
    query = select(Round).where(Round.id == round_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return _there(found, round_id)


def _there(found: Round | None, round_id: UUID) -> Round:
    if found is None:
        raise NotFound(f"There is no round {round_id}.")
    return found


def page(session: Session, *, after: UUID | None, limit: int) -> Sequence[Round]:
    """Return rounds, the newest first, from before an id on."""
    query = select(Round).order_by(Round.id.desc()).limit(limit)
    return session.scalars(query if after is None else query.where(Round.id < after)).all()


def queued(session: Session, triggers: Collection[Trigger], *, since: datetime) -> Round | None:
    """Return a round for one of these reasons that has not started, queued lately, its row locked.

    The lock makes it start after this transaction.
    """
    query = select(Round).where(
        Round.state == RoundState.QUEUED, Round.trigger.in_(list(triggers)), Round.queued_at > since
    )
    return session.scalars(query.order_by(Round.id).limit(1).with_for_update(skip_locked=True)).one_or_none()


def last_done(session: Session) -> Round | None:
    """Return the round that was done last; None when there is none."""
    query = select(Round).where(Round.state == RoundState.DONE).order_by(Round.finished_at.desc()).limit(1)
    return session.scalars(query).one_or_none()


def running(session: Session) -> Sequence[Round]:
    """Return the rounds that are running, or whose worker stopped; their rows locked, in id order."""
    query = select(Round).where(Round.state == RoundState.RUNNING).order_by(Round.id)
    return session.scalars(query.with_for_update()).all()


def caseworker_codes(session: Session) -> dict[str, str]:
    """Return the code of every caseworker, by identifier as text."""
    return {str(key): code for key, code in session.execute(select(Caseworker.id, Caseworker.code))}
