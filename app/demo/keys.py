"""The keys of the demo: one for every role that has something to do, shown in the terminal and kept on disk."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from app.demo import queries
from app.demo.city import LOCATIONS
from app.demo.life import Staff
from app.identity import service as identity
from app.identity.rules import Role
from app.kit.auth import Actor, fingerprint

FILE = "demo-keys.json"
ORIGIN = "demo"
SINCE = timedelta(days=401)
"""The clients are older than everything that happened in their name."""

INTAKE, OPERATOR, ADMIN, LEAD = "intake", "operator", "admin", "team-lead"


@dataclass(frozen=True, slots=True)
class Office:
    """Who acts in the demo, and the key of each by name."""

    staff: Staff
    keys: dict[str, str]


def lead_of(location: str) -> str:
    """Return the name of the key of a location's team lead."""
    return f"{LEAD}-{location}"


def make_office(session: Session, *, now: datetime) -> Office:
    """Make the clients of intake, phone line, administration and team leads."""
    made_at = now - SINCE
    keys = {name: _key(session, name, Role(name), now=made_at) for name in (INTAKE, OPERATOR, ADMIN)}
    keys[LEAD] = _key(session, LEAD, Role.TEAM_LEAD, now=made_at)
    for code, *_ in LOCATIONS:
        keys[lead_of(code)] = _key(session, lead_of(code), Role.TEAM_LEAD, now=made_at, locations=[code])
    staff = Staff(
        intake=_actor(session, keys[INTAKE], now),
        operator=_actor(session, keys[OPERATOR], now),
        admin=_actor(session, keys[ADMIN], now),
        leads={code: _actor(session, keys[lead_of(code)], now) for code, *_ in LOCATIONS},
    )
    return Office(staff, keys)


def make_own(session: Session, code: str, caseworker_id: UUID, *, now: datetime) -> dict[str, str]:
    """Make the client of one caseworker; return its key by name."""
    name = f"caseworker-{code}"
    return {name: _key(session, name, Role.CASEWORKER, now=now - SINCE, caseworker_id=caseworker_id)}


def _key(
    session: Session,
    name: str,
    role: Role,
    *,
    now: datetime,
    locations: Iterable[str] | None = None,
    caseworker_id: UUID | None = None,
) -> str:
    called = f"demo {name}"
    return identity.create_client(session, called, role, now=now, locations=locations, caseworker_id=caseworker_id)


def _actor(session: Session, key: str, now: datetime) -> Actor:
    return identity.authenticate(session, key, origin=ORIGIN, now=now)


def keep(folder: Path, keys: dict[str, str]) -> None:
    """Write the keys to the data folder, readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = folder / f".{FILE}.{os.getpid()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        json.dump(keys, opened, indent=1)
    new.replace(folder / FILE)


def kept(session: Session, folder: Path) -> dict[str, str]:
    """Return the keys in the data folder that this database knows; none when there is no such file."""
    file = folder / FILE
    if not file.exists():
        return {}
    keys: dict[str, str] = json.loads(file.read_text())
    known = queries.known_fingerprints(session, [fingerprint(key) for key in keys.values()])
    return {name: key for name, key in keys.items() if fingerprint(key) in known}
