"""Runs sql/0009_import_obtained.sql."""

from pathlib import Path

from alembic import op

revision = "0009_import_obtained"
down_revision = "0008_uncertain"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0009_import_obtained.sql").read_text(encoding="utf-8")
    )
