"""The one door to the database: engine, transactions, and what every table shares.

READ COMMITTED for every change: who changes a load locks the caseworker's row first and computes the
load afterwards. Measured: every other combination overbooks or aborts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Connection, DateTime, Engine, String, Text, TypeDecorator, create_engine, text
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.schema import MetaData

_sessions: sessionmaker[Session] = sessionmaker(expire_on_commit=False)


def _strings_of(enum: type[Enum]) -> list[str]:
    return [str(member.value) for member in enum]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware, in UTC both ways. A naive one is a fault of ours and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Refuse naive moments; store the others in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Answer in UTC, whatever the session's time zone is."""
        return value.astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """What every table shares: types, and names for constraints that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UtcDateTime(),
        str: Text(),
        list[str]: ARRAY(String),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        dict[str, int]: JSONB(none_as_null=True),
        # Without this a StrEnum column reads back as a plain string.
        StrEnum: SqlEnum(StrEnum, native_enum=False, length=32, values_callable=_strings_of),
    }


def new_id() -> UUID:
    """Return a new UUIDv7: identifiers sort by when they were made."""
    return uuid_utils.compat.uuid7()


def engine_for(url: str, *, connections: int = 20, lock_timeout_ms: int = 5_000) -> Engine:
    """Return an engine for a PostgreSQL URL; nothing is connected yet.

    Parameters
    ----------
    connections
        Most connections of this process; a request beyond them waits.
    lock_timeout_ms
        How long a statement waits for somebody else's lock before it fails as ``unavailable``.
    """
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=False,
        connect_args={"options": f"-c lock_timeout={lock_timeout_ms} -c timezone=UTC"},
    )


def bind(to: Engine | Connection) -> None:
    """Make every transaction of this process run on an engine; tests give one connection instead.

    On a connection, what commits becomes a savepoint of the transaction that the test rolls back.
    """
    mode = "create_savepoint" if isinstance(to, Connection) else "conditional_savepoint"
    _sessions.configure(bind=to, join_transaction_mode=mode)


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield a session whose work is committed as a whole at the end, or not at all."""
    with _sessions.begin() as session:
        yield session


@contextmanager
def one_moment() -> Iterator[Session]:
    """Yield a session as ``transaction`` does, in which every question sees the database as of the first one.

    For reading much that must fit together. It waits for nobody, and must change nothing that others do.
    On the one connection of a test there is nobody else, and nothing to keep apart.
    """
    with _sessions.begin() as session:
        if isinstance(session.get_bind(), Engine):
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Keep the work of this block together: an error undoes it, and only it."""
    with session.begin_nested():
        session.connection()  # a savepoint opens only when the connection is asked for
        yield


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Undo the work of this block at its end: to see what would come of it."""
    block = session.begin_nested()
    session.connection()
    try:
        yield
    finally:
        block.rollback()


def is_answering(session: Session) -> bool:
    """Say whether the database answers a question."""
    return bool(session.execute(text("SELECT true")).scalar_one())
