"""Keys of software clients, and who is acting. Knows no roles: those belong to the domain ``identity``."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

KEY_PREFIX = "sb_"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a named person's key, or software.

    Attributes
    ----------
    role
        One of ``identity.rules.Role``.
    locations
        Codes of the locations this actor leads or works for; None means all of them.
    caseworker_id
        The caseworker this actor is, if any.
    origin
        Where the request came from (an address, or ``cli``, ``worker``), for the audit.
    """

    id: UUID
    name: str
    role: str
    locations: frozenset[str] | None
    caseworker_id: UUID | None
    origin: str

    def leads(self, location: str) -> bool:
        """Say whether a location is within this actor's reach."""
        return self.locations is None or location in self.locations


def new_key() -> str:
    """Return a new key: 256 random bits, with a prefix that secret scanners can find."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def fingerprint(key: str) -> bytes:
    """Return what is stored of a key.

    A plain SHA-256 is right for a secret of 256 random bits: there is nothing to guess, and a
    slow hash would cost each request its time (OWASP, "Password Storage", speaks of passwords).
    """
    return hashlib.sha256(key.encode()).digest()
