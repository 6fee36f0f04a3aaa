"""Runs sql/0033_last_contact.sql."""

from pathlib import Path

from alembic import op

revision = "0033_last_contact"
down_revision = "0032_automation_truth"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0033_last_contact.sql").read_text(encoding="utf-8")
    )
