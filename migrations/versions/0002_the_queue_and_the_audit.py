"""The queue's tables, and an audit to which lines are only added."""

from alembic import op

from app.kit.queue import schema_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONLY_ADDED = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lines of % are only ever added', TG_TABLE_NAME;
END
$$
"""


def upgrade() -> None:
    """Make the queue's tables as the pinned release of Procrastinate wants them; guard audit and events."""
    # Many statements at once: on the driver's connection, which does not look for parameters in them.
    op.get_bind().connection.driver_connection.execute(schema_sql())
    op.execute(ONLY_ADDED)
    for table in ("audit_lines", "events"):
        op.execute(
            f"CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
