"""Runs sql/0037_rules_are_sealed.sql."""

from pathlib import Path

from alembic import op

revision = "0037_rules_are_sealed"
down_revision = "0036_room_for_rows"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0037_rules_are_sealed.sql").read_text(encoding="utf-8")
    )
