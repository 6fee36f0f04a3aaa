"""Runs sql/0035_consents_in_order.sql."""

from pathlib import Path

from alembic import op

revision = "0035_consents_in_order"
down_revision = "0034_search_at_once"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0035_consents_in_order.sql").read_text(encoding="utf-8")
    )
