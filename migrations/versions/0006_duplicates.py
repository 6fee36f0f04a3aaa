"""Runs sql/0006_duplicates.sql."""

from pathlib import Path

from alembic import op

revision = "0006_duplicates"
down_revision = "0005_setup"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0006_duplicates.sql").read_text(encoding="utf-8")
    )
