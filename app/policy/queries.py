"""Questions about versions of the policy."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.policy.models import PolicyVersion

LOCK = 7_306_501
"""Number of the advisory lock that is held while a version is added."""


def lock_all(session: Session) -> None:
    """Let only one transaction at a time add versions; held until it ends."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def in_force(session: Session, day: date) -> tuple[int, str] | None:
    """Return the number of the version in force on a day, and a fingerprint of its document."""
    row = session.execute(
        select(PolicyVersion.version, func.md5(cast(PolicyVersion.document, String)))
        .where(PolicyVersion.in_force_on <= day)
        .order_by(PolicyVersion.in_force_on.desc(), PolicyVersion.version.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def get(session: Session, version: int) -> PolicyVersion | None:
    """Return one version."""
    return session.get(PolicyVersion, version)


def exist(session: Session) -> bool:
    """Say whether there is any version."""
    return session.scalar(select(PolicyVersion.version).limit(1)) is not None


def versions(session: Session, *, limit: int, before: int | None) -> Sequence[PolicyVersion]:
    """Return versions, the newest first: at most ``limit``, older than ``before``."""
    statement = select(PolicyVersion).order_by(PolicyVersion.version.desc()).limit(limit)
    if before is not None:
        statement = statement.where(PolicyVersion.version < before)
    return session.scalars(statement).all()
