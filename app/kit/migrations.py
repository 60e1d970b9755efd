"""Bringing the database's tables up to date, by one process at a time (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.schema import SchemaItem

import migrations

ADVISORY_LOCK = 7_823_001
"""Any number; the same in every process that migrates this service's database."""
LOCK_TIMEOUT = "10s"
QUEUE_PREFIX = "procrastinate_"


def upgrade(engine: Engine) -> None:
    """Apply the migrations that are missing. Of several processes one works and the others wait for it.

    A migration waits at most ten seconds for each lock of a table, so that it never holds up the service
    behind a long transaction; then it fails and nothing of it is applied.
    """
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        command.upgrade(_config(connection), "head")


def is_current(connection: Connection) -> bool:
    """Say whether every migration has been applied."""
    applied = MigrationContext.configure(connection).get_current_revision()
    return applied == ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(connection: Connection, metadata: MetaData) -> list[str]:
    """Return where the database's tables differ from the models, in words; empty when they agree."""
    context = MigrationContext.configure(
        connection, opts={"include_object": belongs_to_us, "compare_type": True, "compare_server_default": False}
    )
    return [str(difference) for difference in compare_metadata(context, metadata)]


def belongs_to_us(item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:
    """Leave the queue's own tables to the queue."""
    table = name if kind == "table" else getattr(getattr(item, "table", None), "name", "")
    return not (table or "").startswith(QUEUE_PREFIX)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config
