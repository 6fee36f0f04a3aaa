"""Runs sql/0036_room_for_rows.sql."""

from pathlib import Path

from alembic import op

revision = "0036_room_for_rows"
down_revision = "0035_consents_in_order"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0036_room_for_rows.sql").read_text(encoding="utf-8")
    )
