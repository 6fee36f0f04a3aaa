"""Runs sql/0022_segments_exports.sql."""

from pathlib import Path

from alembic import op

revision = "0022_segments_exports"
down_revision = "0021_automations"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0022_segments_exports.sql").read_text(encoding="utf-8")
    )
