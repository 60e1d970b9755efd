"""Who may come in: keys of software clients and of named persons."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.identity import queries
from app.identity.models import Client
from app.identity.queries import KeyHolder
from app.identity.rules import Role
from app.kit import audit
from app.kit.auth import Actor, fingerprint, new_key
from app.kit.db import new_id
from app.kit.errors import NotFound, Unauthenticated, WrongStatus


def authenticate(session: Session, key: str | None, *, origin: str, now: datetime) -> Actor:
    """Return who holds a key.

    Raises
    ------
    Unauthenticated
        Without a key, or with one that is unknown, expired or revoked.
    """
    client = queries.by_key_hash(session, fingerprint(key)) if key else None
    if client is None or client.revoked_at is not None or (client.expires_at and client.expires_at <= now):
        raise Unauthenticated("Send a valid key: Authorization: Bearer <key>.")
    return actor_of(client, origin=origin)


def actor_of(client: KeyHolder, *, origin: str) -> Actor:
    """Return a client as the one who acts."""
    return Actor(
        id=client.id,
        name=client.name,
        role=client.role,
        locations=None if client.locations is None else frozenset(client.locations),
        caseworker_id=client.caseworker_id,
        origin=origin,
    )


def create_client(
    session: Session,
    name: str,
    role: Role,
    *,
    now: datetime,
    locations: Iterable[str] | None = None,
    caseworker_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make a client and return its key, which is shown this once and never stored.

    Raises
    ------
    WrongStatus
        When the name is taken, also by a revoked client: a name in the audit means one client.
    """
    if queries.by_name(session, name) is not None:
        raise WrongStatus(f"There is a client {name!r} already, or there was one. Choose another name.")
    key = new_key()
    client = Client(
        id=new_id(),
        name=name,
        role=role,
        locations=None if locations is None else sorted(set(locations)),
        caseworker_id=caseworker_id,
        key_hash=fingerprint(key),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(client)
    session.flush()
    audit.write(session, "create", ("client", client.id), actor=None, now=now, role=role)
    return key


def revoke_client(session: Session, name: str, now: datetime) -> None:
    """Revoke a client's key, from this moment on.

    Raises
    ------
    NotFound
        When no client with this name has a valid key.
    """
    client = queries.by_name(session, name)
    if client is None or not queries.revoke(session, name, now):
        raise NotFound(f"There is no client {name!r} that is not revoked yet.")
    audit.write(session, "revoke", ("client", client.id), actor=None, now=now)
