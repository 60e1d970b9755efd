"""Questions about reserved places."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, cast, delete, false, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.assignments.models import Hold
from app.kit.errors import NotFound


def hold(session: Session, hold_id: UUID) -> Hold:
    """Return a hold, its row locked until commit; lock its caseworker before.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    query = select(Hold).where(Hold.id == hold_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"There is no hold {hold_id}.")
    return found


def caseworker_of_hold(session: Session, hold_id: UUID) -> UUID:
    """Return whose place a hold reserves, which never changes; raises NotFound."""
    caseworker_id = session.scalar(select(Hold.caseworker_id).where(Hold.id == hold_id))
    if caseworker_id is None:
        raise NotFound(f"There is no hold {hold_id}.")
    return caseworker_id


def forget_holds(session: Session, before: datetime) -> int:
    """Delete holds that expired before a moment and were never taken, and return how many."""
    old = delete(Hold).where(Hold.expires_at < before, Hold.taken_by_request_id.is_(None))
    return len(session.execute(old.returning(Hold.id)).all())


def release_holds_of(session: Session, ids: Collection[UUID], now: datetime) -> None:
    """Release the holds with these ids, and those of requests with these ids; released ones stay as they are."""
    released = update(Hold).where(Hold.released_at.is_(None), belongs_to(ids)).values(released_at=now)
    session.execute(released)


def is_live(now: Any) -> ColumnElement[bool]:
    """Return the condition that a hold counts: not released, and not expired unless it was taken in."""
    not_expired: ColumnElement[bool] = Hold.expires_at > now
    return Hold.released_at.is_(None) & (Hold.taken_by_request_id.is_not(None) | not_expired)


def belongs_to(ids: Any) -> ColumnElement[bool]:
    """Return the condition that a hold is one of these, or of one of these requests; never unknown.

    Parameters
    ----------
    ids
        Identifiers, or the place of an array of them in a statement that is made once.
    """
    these = cast(ids, ARRAY(Uuid))
    one: ColumnElement[bool] = Hold.id == any_(these)
    for_one: ColumnElement[bool] = func.coalesce(Hold.help_request_id == any_(these), false())
    taken_by_one: ColumnElement[bool] = func.coalesce(Hold.taken_by_request_id == any_(these), false())
    return one | for_one | taken_by_one
