"""How Alembic reaches our tables: on the connection, and in the transaction, of who migrates."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.kit.db import UtcDateTime
from app.kit.events import Xid8
from app.kit.migrations import belongs_to_us
from app.tables import metadata


def _rendered(kind: str, item: Any, rendering: AutogenContext) -> str | bool:
    """Write our own types as the plain ones they are stored as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Xid8):
        rendering.imports.add("from app.kit.events import Xid8")
        return "Xid8()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=_rendered,
    include_object=belongs_to_us,
    transaction_per_migration=False,
)
context.run_migrations()
