"""Runs sql/0012_quota_pages.sql."""

from pathlib import Path

from alembic import op

revision = "0012_quota_pages"
down_revision = "0011_pace"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0012_quota_pages.sql").read_text(encoding="utf-8")
    )
