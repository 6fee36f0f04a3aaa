"""Runs sql/0010_campaign_overlap.sql."""

from pathlib import Path

from alembic import op

revision = "0010_campaign_overlap"
down_revision = "0009_import_obtained"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0010_campaign_overlap.sql").read_text(encoding="utf-8")
    )
