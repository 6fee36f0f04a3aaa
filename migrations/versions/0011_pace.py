"""Runs sql/0011_pace.sql."""

from pathlib import Path

from alembic import op

revision = "0011_pace"
down_revision = "0010_campaign_overlap"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0011_pace.sql").read_text(encoding="utf-8"))
