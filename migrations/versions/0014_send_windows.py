"""Runs sql/0014_send_windows.sql."""

from pathlib import Path

from alembic import op

revision = "0014_send_windows"
down_revision = "0013_operations"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0014_send_windows.sql").read_text(encoding="utf-8")
    )
