"""Runs sql/0013_operations.sql."""

from pathlib import Path

from alembic import op

revision = "0013_operations"
down_revision = "0012_quota_pages"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0013_operations.sql").read_text(encoding="utf-8")
    )
