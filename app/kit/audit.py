"""The audit: who did what to what, when, from where, with what result. Lines are only ever added.

Source: BIO2 8.15.01 (action, object, result, origin, actor, time). Written in the transaction of
what it describes, so that neither exists without the other. A database trigger refuses to change
or delete lines.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, LargeBinary, UniqueConstraint, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.auth import Actor
from app.kit.canonical import canonical
from app.kit.db import Base
from app.kit.events import next_number


class AuditLine(Base):
    """One action on one object."""

    __tablename__ = "audit_lines"
    __table_args__ = (UniqueConstraint("object_id", "sequence"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    object_type: Mapped[str]
    object_id: Mapped[UUID]
    sequence: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[str]
    result: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    origin: Mapped[str]
    details: Mapped[str]
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


def write(
    session: Session,
    action: str,
    subject: tuple[str, UUID],
    *,
    actor: Actor | None,
    now: datetime,
    result: str = "done",
    **details: Any,
) -> None:
    """Add a line about an action; the caller holds the lock of the object's row, or has just made it.

    Parameters
    ----------
    action
        Verb in the words of the API, for example ``receive``, ``accept``.
    subject
        Type and identifier of the object.
    actor
        Who did it; None for the service itself.
    details
        Codes, identifiers and numbers only: no free text and no personal data.
    """
    number = next_number(AuditLine.sequence, AuditLine.object_id == subject[1])
    session.add(AuditLine(**row_of(action, subject, number, actor=actor, now=now, result=result, **details)))


def write_all(
    session: Session,
    action: str,
    subjects: tuple[str, Collection[UUID]],
    *,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Add a line about the same action for many objects, in two statements however many there are.

    As ``write``: the caller holds the lock of every object's row.
    """
    object_type, ids = subjects
    if not ids:
        return
    session.flush()
    last = select(AuditLine.object_id, func.max(AuditLine.sequence)).where(AuditLine.object_id.in_(ids))
    numbers: dict[UUID, int] = dict(session.execute(last.group_by(AuditLine.object_id)).all())
    rows = [
        row_of(action, (object_type, key), numbers.get(key, 0) + 1, actor=actor, now=now) for key in sorted(ids)
    ]
    session.execute(insert(Base.metadata.tables[AuditLine.__tablename__]), rows)


def row_of(
    action: str,
    subject: tuple[str, UUID],
    number: Any,
    *,
    actor: Actor | None,
    now: datetime,
    result: str = "done",
    **details: Any,
) -> dict[str, Any]:
    """Return the row of a line, as in ``write``, with its number: 1 for a new object, or an SQL expression."""
    object_type, object_id = subject
    return {
        "object_type": object_type,
        "object_id": object_id,
        "sequence": number,
        "at": now,
        "action": action,
        "result": result,
        "actor_id": actor.id if actor else None,
        "actor_name": actor.name if actor else "stadsbreed",
        "origin": actor.origin if actor else "service",
        "details": canonical(details),
    }
