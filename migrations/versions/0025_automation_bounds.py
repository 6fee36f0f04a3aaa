"""Runs sql/0025_automation_bounds.sql."""

from pathlib import Path

from alembic import op

revision = "0025_automation_bounds"
down_revision = "0024_bound_audience"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0025_automation_bounds.sql").read_text(encoding="utf-8")
    )
