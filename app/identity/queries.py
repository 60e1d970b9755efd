"""Questions about software clients."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.identity.models import Client


def by_key_hash(session: Session, key_hash: bytes) -> Client | None:
    """Return the client with this key, also when it has expired or was revoked."""
    return session.scalars(select(Client).where(Client.key_hash == key_hash)).one_or_none()


def by_name(session: Session, name: str) -> Client | None:
    """Return the client with this name."""
    return session.scalars(select(Client).where(Client.name == name)).one_or_none()


def revoke(session: Session, name: str, now: datetime) -> bool:
    """Revoke the client with this name; return whether there was one that was not revoked."""
    statement = update(Client).where(Client.name == name, Client.revoked_at.is_(None)).values(revoked_at=now)
    return session.execute(statement.returning(Client.id)).first() is not None
