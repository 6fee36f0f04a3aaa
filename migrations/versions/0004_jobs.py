"""Runs sql/0004_jobs.sql."""

from pathlib import Path

from alembic import op

revision = "0004_jobs"
down_revision = "0003_messaging"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0004_jobs.sql").read_text(encoding="utf-8"))
