"""The policy in force, and adding a new version of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.city import service as city
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.db import transaction
from app.kit.errors import Fault, InvalidInput, NotFound
from app.kit.events import announce
from app.policy import queries
from app.policy.events import PolicyAdded
from app.policy.models import PolicyVersion
from app.policy.rules import DEFAULT, PolicyDocument, topics_named

SINCE_EVER: Final = date(2000, 1, 1)
MOST_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class InForce:
    """The version of the policy that applies on a day."""

    version: int
    document: PolicyDocument


_kept: dict[tuple[int, str], InForce] = {}


def in_force(session: Session, day: date) -> InForce:
    """Return the policy that applies on a day: of those in force, the latest added.

    A new installation starts with the default document. A version is read and parsed once per
    process, as it never changes.
    """
    found = queries.in_force(session, day)
    if found is None:
        # In a transaction of its own: who asks may hold locks, and must not wait for others with them.
        with transaction() as own:
            ensure_default(own, clock.start_of(day))
        found = queries.in_force(session, day)
    if found is None:
        raise NotFound(f"No policy was in force on {day}; the first one counts from {SINCE_EVER}.")
    if found not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[found] = InForce(version=found[0], document=document_of(get(session, found[0])))
    return _kept[found]


def document_of(row: PolicyVersion) -> PolicyDocument:
    """Return the document of a version."""
    return PolicyDocument.model_validate(row.document)


def subject_of(version: int) -> UUID:
    """Return the identifier under which a version stands in the history and the audit: its number as a UUID."""
    return UUID(int=version)


def get(session: Session, version: int) -> PolicyVersion:
    """Return one version.

    Raises
    ------
    NotFound
        When there is no such version.
    """
    row = queries.get(session, version)
    if row is None:
        raise NotFound(f"There is no version {version} of the policy.")
    return row


def versions(session: Session, *, limit: int, before: int | None = None) -> Sequence[PolicyVersion]:
    """Return versions, the newest first: at most ``limit``, older than ``before``."""
    return queries.versions(session, limit=limit, before=before)


def ensure_default(session: Session, now: datetime) -> None:
    """Add the default document as the first version, in force since ever, when there is none yet."""
    if queries.exist(session):
        return
    queries.lock_all(session)
    if not queries.exist(session):
        _add(session, DEFAULT, SINCE_EVER, actor=None, now=now)


def add_version(
    session: Session, document: PolicyDocument, in_force_on: date, *, actor: Actor | None, now: datetime
) -> PolicyVersion:
    """Add a version that applies from a day on; earlier versions stay as they are.

    Versions are added one at a time, by a lock that is held until commit.

    Raises
    ------
    InvalidInput
        When the day has passed, or the document names a topic that is not known.
    """
    faults = [*_day_faults(in_force_on, clock.day_of(now)), *_topic_faults(session, document)]
    if faults:
        raise InvalidInput(faults)
    ensure_default(session, now)
    queries.lock_all(session)
    return _add(session, document, in_force_on, actor=actor, now=now)


def _add(
    session: Session, document: PolicyDocument, in_force_on: date, *, actor: Actor | None, now: datetime
) -> PolicyVersion:
    row = PolicyVersion(
        in_force_on=in_force_on,
        document=document.model_dump(mode="json"),
        created_at=now,
        created_by=actor.id if actor else None,
    )
    session.add(row)
    session.flush()
    subject_id = subject_of(row.version)
    announce(
        session,
        PolicyAdded(subject_id=subject_id, version=row.version, in_force_on=in_force_on),
        actor=actor,
        now=now,
    )
    audit.write(session, "add", ("policy", subject_id), actor=actor, now=now, version=row.version)
    return row


def _day_faults(in_force_on: date, today: date) -> list[Fault]:
    if in_force_on >= today:
        return []
    return [
        Fault("#/inForceOn", f"must be {today} or later, not '{in_force_on}': what was decided stays as it was")
    ]


def _topic_faults(session: Session, document: PolicyDocument) -> list[Fault]:
    known = {topic.code for topic in city.topics(session)}
    return [
        Fault(f"#/document/{field}/{code}", f"is not a topic; known are {', '.join(sorted(known))}")
        for field, codes in topics_named(document).items()
        for code in codes
        if code not in known
    ]
