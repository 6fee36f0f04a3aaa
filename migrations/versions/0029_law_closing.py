"""Runs sql/0029_law_closing.sql."""

from pathlib import Path

from alembic import op

revision = "0029_law_closing"
down_revision = "0028_search_of_initials"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0029_law_closing.sql").read_text(encoding="utf-8")
    )
