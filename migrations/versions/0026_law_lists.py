"""Runs sql/0026_law_lists.sql."""

from pathlib import Path

from alembic import op

revision = "0026_law_lists"
down_revision = "0025_automation_bounds"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0026_law_lists.sql").read_text(encoding="utf-8"))
