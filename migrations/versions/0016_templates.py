"""Runs sql/0016_templates.sql."""

from pathlib import Path

from alembic import op

revision = "0016_templates"
down_revision = "0015_workers"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0016_templates.sql").read_text(encoding="utf-8"))
