"""Runs sql/0038_collected_for.sql."""

from pathlib import Path

from alembic import op

revision = "0038_collected_for"
down_revision = "0037_rules_are_sealed"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0038_collected_for.sql").read_text(encoding="utf-8")
    )
