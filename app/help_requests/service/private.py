"""Summary and contact details: encrypted for one request, and every reading of them is written down."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.help_requests import queries
from app.help_requests.models import PrivatePart
from app.kit import audit, crypto
from app.kit.auth import Actor
from app.kit.canonical import canonical


@dataclass(frozen=True, slots=True)
class Private:
    """What only a few may read.

    Attributes
    ----------
    contact
        ``number``, ``when``, ``safe_to_call``, ``voicemail_allowed``; what is not known is left out.
    """

    summary: str | None = None
    contact: dict[str, Any] | None = None

    def __bool__(self) -> bool:
        """Say whether there is anything to keep."""
        return self.summary is not None or self.contact is not None


def sealed_row(help_request_id: UUID, private: Private) -> dict[str, Any]:
    """Return the row that keeps a private part."""
    plain = canonical({"summary": private.summary, "contact": private.contact}).encode()
    sealed = crypto.seal(plain, subject=help_request_id.bytes)
    return {"help_request_id": help_request_id, "key_name": crypto.key_name(), "sealed": sealed}


def replace(session: Session, help_request_id: UUID, private: Private) -> None:
    """Store a private part in place of what was there; the caller holds the lock of the request."""
    session.merge(PrivatePart(**sealed_row(help_request_id, private)))


def opened(session: Session, help_request_id: UUID) -> Private:
    """Return a private part for the service itself to change; nobody reads it."""
    row = queries.private_parts_of(session, [help_request_id]).get(help_request_id)
    return _unsealed(row) if row is not None else Private()


def read(session: Session, ids: Collection[UUID], *, actor: Actor, now: datetime) -> dict[UUID, Private]:
    """Return the private parts of those of these requests that have one, and note who read them.

    That this actor may read them is decided by the caller. The requests are locked, in id order, as
    their audit lines are numbered.
    """
    present = queries.private_parts_of(session, ids)
    if present:
        queries.lock_in_order(session, present)
    audit.write_all(session, "read-private-part", ("help-request", present), actor=actor, now=now)
    return {help_request_id: _unsealed(row) for help_request_id, row in present.items()}


def _unsealed(row: PrivatePart) -> Private:
    plain = json.loads(crypto.unseal(row.sealed, subject=row.help_request_id.bytes))
    return Private(summary=plain["summary"], contact=plain["contact"])
