"""What happened: stored per subject, numbered without gaps, and told to whoever listens, in one transaction.

Who listens is written in ``wiring.py`` and nowhere else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import UserDefinedType

from app.kit.auth import Actor
from app.kit.canonical import canonical
from app.kit.db import Base


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the name of the type in DDL."""
        return "xid8"

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], int]:  # noqa: ARG002 (SQLAlchemy's signature)
        """Read as a whole number."""
        return int


ischema_names["xid8"] = Xid8
"""So that comparing the database with the models knows the type, too."""


class EventRow(Base):
    """One thing that happened to one subject."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("subject_id", "sequence"),
        Index(None, "transaction_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    sequence: Mapped[int]
    type: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    data: Mapped[str]
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a subject; a subclass per kind, with its facts as fields.

    Attributes
    ----------
    type
        ``noun.past-participle``, for example ``help-request.received``. No field holds personal data.
    """

    type: ClassVar[str]
    subject_type: ClassVar[str] = "help-request"
    subject_id: UUID

    def facts(self) -> dict[str, Any]:
        """Return the fields besides the subject."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "subject_id"}


Handler = Callable[[Session, Event, datetime], None]
_handlers: Mapping[type[Event], tuple[Handler, ...]] = {}


def listen(handlers: Mapping[type[Event], tuple[Handler, ...]]) -> None:
    """Set who hears of which event, for this process."""
    global _handlers
    _handlers = handlers


def announce(session: Session, event: Event, *, actor: Actor | None, now: datetime) -> None:
    """Store an event and call its handlers, all in the caller's transaction.

    The caller holds the lock of the subject's row, or has just made it: the number is the next one
    of that subject, without gaps. A handler that fails fails the transaction.

    Parameters
    ----------
    actor
        Who did it; None for the service itself.
    """
    number = next_number(EventRow.sequence, EventRow.subject_id == event.subject_id)
    session.add(EventRow(**row_of(event, number, actor=actor, now=now)))
    session.flush()
    tell(session, event, now)


def announce_all(session: Session, events: Sequence[Event], *, actor: Actor | None, now: datetime) -> None:
    """Store many events at once, in two statements however many there are, and call their handlers.

    As ``announce``: the caller holds the lock of every subject's row. Events of one subject get their
    numbers in the order given.
    """
    if not events:
        return
    subjects = {event.subject_id for event in events}
    last = select(EventRow.subject_id, func.max(EventRow.sequence)).where(EventRow.subject_id.in_(subjects))
    numbers: dict[UUID, int] = dict(session.execute(last.group_by(EventRow.subject_id)).all())
    rows = []
    for event in events:
        numbers[event.subject_id] = numbers.get(event.subject_id, 0) + 1
        rows.append(row_of(event, numbers[event.subject_id], actor=actor, now=now))
    session.execute(insert(EventRow.__table__), rows)  # type: ignore[arg-type]
    for event in events:
        tell(session, event, now)


def row_of(event: Event, number: Any, *, actor: Actor | None, now: datetime) -> dict[str, Any]:
    """Return the row of an event with its number: 1 for the first of a subject, or an SQL expression."""
    return {
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "sequence": number,
        "type": event.type,
        "at": now,
        "actor_id": actor.id if actor else None,
        "data": canonical(event.facts()),
    }


def tell(session: Session, event: Event, now: datetime) -> None:
    """Call the handlers of an event whose row is stored; only for who stores it otherwise than by ``announce``."""
    for handler in _handlers.get(type(event), ()):
        handler(session, event, now)


def next_number(column: Any, of_subject: ColumnElement[bool]) -> Any:
    """Return the SQL expression of a subject's next number: 1 for its first line."""
    return select(func.coalesce(func.max(column), 0) + 1).where(of_subject).scalar_subquery()
