"""Runs sql/0019_law.sql."""

from pathlib import Path

from alembic import op

revision = "0019_law"
down_revision = "0018_approvals"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0019_law.sql").read_text(encoding="utf-8"))
