"""Runs sql/0032_automation_truth.sql."""

from pathlib import Path

from alembic import op

revision = "0032_automation_truth"
down_revision = "0031_plans_of_logins"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0032_automation_truth.sql").read_text(encoding="utf-8")
    )
