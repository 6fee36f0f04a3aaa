"""Runs sql/0034_search_at_once.sql."""

from pathlib import Path

from alembic import op

revision = "0034_search_at_once"
down_revision = "0033_last_contact"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0034_search_at_once.sql").read_text(encoding="utf-8")
    )
