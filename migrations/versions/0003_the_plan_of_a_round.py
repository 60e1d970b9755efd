"""A round keeps its whole plan, so that it can be checked and replayed; older rounds have none."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing is rewritten, and rounds that are stored already stay as they are."""
    op.add_column("rounds", sa.Column("plan", sa.Text(), nullable=True))
