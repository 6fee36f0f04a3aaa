"""Runs sql/0003_messaging.sql."""

from pathlib import Path

from alembic import op

revision = "0003_messaging"
down_revision = "0002_contacts"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute((Path(__file__).parents[1] / "sql" / "0003_messaging.sql").read_text(encoding="utf-8"))
