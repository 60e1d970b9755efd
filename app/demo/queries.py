"""Questions of the demo to the database, and storing many rows at once."""

from collections.abc import Collection, Sequence

from psycopg.types.json import Jsonb
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.caseworkers.models import Caseworker
from app.city.models import Location, Topic
from app.demo.rows import Row
from app.help_requests.models import HelpRequest
from app.identity.models import Client
from app.kit.audit import AuditLine
from app.kit.db import Base

LOCK = 7_306_502
"""Number of the advisory lock that is held while the demo is seeded."""


def lock_all(session: Session) -> None:
    """Let only one transaction at a time seed; held until it ends."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def line_of(session: Session, subject_type: str) -> AuditLine | None:
    """Return the first audit line about subjects of a type."""
    query = select(AuditLine).where(AuditLine.object_type == subject_type).order_by(AuditLine.id).limit(1)
    return session.scalars(query).one_or_none()


def data_present(session: Session) -> list[str]:
    """Return in words what the database holds of caseworkers and requests; nothing when it is empty."""
    counted = {
        "caseworkers": session.scalar(select(func.count()).select_from(Caseworker)),
        "help requests": session.scalar(select(func.count()).select_from(HelpRequest)),
    }
    return [f"{count} {name}" for name, count in counted.items() if count]


def codes_present(session: Session) -> tuple[set[str], set[str]]:
    """Return the codes of the locations and of the topics that are there."""
    return set(session.scalars(select(Location.code))), set(session.scalars(select(Topic.code)))


def known_fingerprints(session: Session, fingerprints: Collection[bytes]) -> set[bytes]:
    """Return those fingerprints of keys that belong to a client."""
    return set(session.scalars(select(Client.key_hash).where(Client.key_hash.in_(list(fingerprints)))))


def store(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Store many rows of one table in one COPY, within the session's transaction.

    Columns that no row names are left to the database; what one row leaves out becomes null.
    """
    named = set().union(*rows)
    columns = [column for column in model.metadata.tables[model.__tablename__].columns if column.name in named]
    as_json = {column.name for column in columns if isinstance(column.type, JSONB)}
    names = [column.name for column in columns]
    driver = session.connection().connection.driver_connection
    if driver is None:
        raise RuntimeError("the session has no connection")
    statement = f"COPY {model.__tablename__} ({', '.join(names)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = [row.get(name) for name in names]
            if as_json:
                values = [Jsonb(v) if n in as_json else v for n, v in zip(names, values, strict=True)]
            copy.write_row(values)


def analyze(session: Session, models: Collection[type[Base]]) -> None:
    """Let the database count what it now holds, so that it plans its first questions well."""
    for model in models:
        session.execute(text(f"ANALYZE {model.__tablename__}"))
