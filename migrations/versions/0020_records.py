"""Runs sql/0020_records.sql."""

from pathlib import Path

from alembic import op

revision = "0020_records"
down_revision = "0019_law"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0020_records.sql").read_text(encoding="utf-8"))
