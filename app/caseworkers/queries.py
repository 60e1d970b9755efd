"""Questions about caseworkers."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.caseworkers.models import Absence, Caseworker
from app.kit.errors import NotFound


def _not_found(caseworker_id: UUID) -> NotFound:
    return NotFound(f"There is no caseworker {caseworker_id}.")


def get(session: Session, caseworker_id: UUID) -> Caseworker:
    """Return a caseworker, without a lock.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    found = session.get(Caseworker, caseworker_id)
    if found is None:
        raise _not_found(caseworker_id)
    return found


def lock(session: Session, caseworker_id: UUID) -> Caseworker:
    """Return a caseworker as committed now, and let nobody else change their load until this commits.

    Who also locks a help request does that first; who locks several caseworkers does it in id order.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    row: dict[str, Any] = {"key_share": True}  # who only refers to the row, as an exclusion does, need not wait
    found = session.get(Caseworker, caseworker_id, with_for_update=row, populate_existing=True)
    if found is None:
        raise _not_found(caseworker_id)
    return found


def lock_several(session: Session, ids: Collection[UUID]) -> Sequence[Caseworker]:
    """Return caseworkers as committed now, in id order, each locked until this commits; as ``lock``."""
    statement = select(Caseworker).where(Caseworker.id.in_(list(ids))).order_by(Caseworker.id)
    return session.scalars(
        statement.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).all()


def by_code(session: Session, code: str) -> Caseworker | None:
    """Return the caseworker with this code."""
    return session.scalars(select(Caseworker).where(Caseworker.code == code)).one_or_none()


def by_codes(session: Session, codes: Iterable[str]) -> dict[str, Caseworker]:
    """Return the caseworkers with these codes, by code; codes that nobody has are left out."""
    rows = session.scalars(select(Caseworker).where(Caseworker.code.in_(list(codes))))
    return {row.code: row for row in rows}


def all_of(
    session: Session, *, active_only: bool = True, locations: Collection[str] | None = None
) -> Sequence[Caseworker]:
    """Return caseworkers by code: of all locations, or of some."""
    statement = select(Caseworker).order_by(Caseworker.code)
    if active_only:
        statement = statement.where(Caseworker.active)
    if locations is not None:
        statement = statement.where(Caseworker.location_code.in_(list(locations)))
    return session.scalars(statement).all()


def page(
    session: Session, *, limit: int, after: str | None, location: str | None, active: bool | None
) -> Sequence[Caseworker]:
    """Return caseworkers by code: at most ``limit``, whose code comes after ``after``."""
    statement = select(Caseworker).order_by(Caseworker.code).limit(limit)
    if after is not None:
        statement = statement.where(Caseworker.code > after)
    if location is not None:
        statement = statement.where(Caseworker.location_code == location)
    if active is not None:
        statement = statement.where(Caseworker.active == active)
    return session.scalars(statement).all()


def insert_new(session: Session, values: dict[str, Any]) -> Caseworker | None:
    """Store a caseworker and return them; None when the code is taken, also by somebody at this moment."""
    statement = insert(Caseworker).values(**values).on_conflict_do_nothing(index_elements=["code"])
    new_id = session.execute(statement.returning(Caseworker.id)).scalar_one_or_none()
    return None if new_id is None else session.get_one(Caseworker, new_id)


def touch(session: Session, caseworker: Caseworker, now: datetime) -> None:
    """Give a locked caseworker a new version, also when only what belongs to them changed."""
    caseworker.updated_at = now
    flag_modified(caseworker, "updated_at")
    session.flush()


def absence(session: Session, caseworker_id: UUID, absence_id: UUID) -> Absence:
    """Return an absence of a caseworker that still holds.

    Raises
    ------
    NotFound
        When there is none, or it was withdrawn.
    """
    found = session.get(Absence, absence_id)
    if found is None or found.caseworker_id != caseworker_id or found.withdrawn_at is not None:
        raise NotFound(f"This caseworker has no absence {absence_id} that still holds.")
    return found


def absences_of(session: Session, ids: Collection[UUID], day: date) -> dict[UUID, list[Absence]]:
    """Return the absences of each caseworker that hold and end on a day or later, the first ones first."""
    found: dict[UUID, list[Absence]] = {caseworker_id: [] for caseworker_id in ids}
    rows = session.scalars(
        select(Absence)
        .where(Absence.caseworker_id.in_(list(ids)), Absence.ends_on >= day, Absence.withdrawn_at.is_(None))
        .order_by(Absence.starts_on, Absence.id)
    )
    for row in rows:
        found[row.caseworker_id].append(row)
    return found


def absences_from(session: Session, ids: Collection[UUID], day: date) -> dict[UUID, list[tuple[date, date]]]:
    """Return for each caseworker the (first, last) days of absences that hold and end on a day or later.

    Every id has an entry; it is empty for who is not away.
    """
    found: dict[UUID, list[tuple[date, date]]] = {caseworker_id: [] for caseworker_id in ids}
    rows = session.execute(
        select(Absence.caseworker_id, Absence.starts_on, Absence.ends_on)
        .where(
            Absence.caseworker_id == any_(literal(list(ids), ARRAY(Uuid))),
            Absence.ends_on >= day,
            Absence.withdrawn_at.is_(None),
        )
        .order_by(Absence.starts_on, Absence.id)
    )
    for caseworker_id, starts_on, ends_on in rows:
        found[caseworker_id].append((starts_on, ends_on))
    return found
