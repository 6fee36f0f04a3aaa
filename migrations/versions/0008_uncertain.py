"""Runs sql/0008_uncertain.sql."""

from pathlib import Path

from alembic import op

revision = "0008_uncertain"
down_revision = "0007_import_drafts"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0008_uncertain.sql").read_text(encoding="utf-8"))
