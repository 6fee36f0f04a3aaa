"""Runs sql/0015_workers.sql."""

from pathlib import Path

from alembic import op

revision = "0015_workers"
down_revision = "0014_send_windows"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0015_workers.sql").read_text(encoding="utf-8"))
