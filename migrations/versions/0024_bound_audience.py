"""Runs sql/0024_bound_audience.sql."""

from pathlib import Path

from alembic import op

revision = "0024_bound_audience"
down_revision = "0023_contact_view"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0024_bound_audience.sql").read_text(encoding="utf-8")
    )
