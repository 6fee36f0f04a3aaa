"""Runs sql/0021_automations.sql."""

from pathlib import Path

from alembic import op

revision = "0021_automations"
down_revision = "0020_records"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0021_automations.sql").read_text(encoding="utf-8")
    )
