"""Runs sql/0001_accounts.sql."""

from pathlib import Path

from alembic import op

revision = "0001_accounts"
down_revision = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0001_accounts.sql").read_text(encoding="utf-8"))
