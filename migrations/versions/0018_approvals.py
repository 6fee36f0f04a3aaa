"""Runs sql/0018_approvals.sql."""

from pathlib import Path

from alembic import op

revision = "0018_approvals"
down_revision = "0017_links_variants"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0018_approvals.sql").read_text(encoding="utf-8"))
