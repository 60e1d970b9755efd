"""Doing a thing once, however often it is sent (the IETF draft "Idempotency-Key", 07).

Only a hash of the body and the resource's id are kept, for 24 hours, per client.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.errors import LockNotAvailable
from sqlalchemy import Executable, LargeBinary, bindparam, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base
from app.kit.errors import IdempotencyKeyReused, RequestInProgress

KEPT_FOR = timedelta(hours=24)


class IdempotencyKey(Base):
    """A key that a client used, and what came of it."""

    __tablename__ = "idempotency_keys"

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    resource_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(index=True)


def hash_of(body: str) -> bytes:
    """Return what is kept of a body, given in canonical form."""
    return hashlib.sha256(body.encode()).digest()


def claim(session: Session, client_id: UUID, key: str, *, body: str, resource_id: UUID, now: datetime) -> UUID:
    """Return the id of the resource that belongs to this key: the new one given, or the first one made.

    Two equal requests at one moment: the second waits until the first has committed, and then
    finds its row. A key older than 24 hours counts as new.

    Raises
    ------
    IdempotencyKeyReused
        When the key came with another body.
    RequestInProgress
        When the first request still runs after as long as a statement waits for a lock.
    """
    values = {"body_hash": hash_of(body), "resource_id": resource_id, "created_at": now}
    try:
        mine = session.execute(_CLAIM, {**values, "client_id": client_id, "key": key, "oldest": now - KEPT_FOR})
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise RequestInProgress("The first request with this Idempotency-Key still runs. Try again.") from None
        raise
    new: UUID | None = mine.scalar_one_or_none()
    if new is not None:
        return new
    first = session.get_one(IdempotencyKey, (client_id, key))
    if first.body_hash != values["body_hash"]:
        raise IdempotencyKeyReused(
            "This Idempotency-Key came before with another body. Send a new key for a new request."
        )
    return first.resource_id


def _claim() -> Executable:
    names = ("client_id", "key", "body_hash", "resource_id", "created_at")
    table = Base.metadata.tables[IdempotencyKey.__tablename__]
    row = insert(table).values({name: bindparam(name) for name in names})
    row = row.on_conflict_do_update(
        index_elements=["client_id", "key"],
        set_={name: row.excluded[name] for name in ("body_hash", "resource_id", "created_at")},
        where=table.c.created_at < bindparam("oldest"),
    )
    return row.returning(table.c.resource_id)


_CLAIM = _claim()


def forget_old(session: Session, now: datetime) -> None:
    """Delete the keys of more than 24 hours ago."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT_FOR))
