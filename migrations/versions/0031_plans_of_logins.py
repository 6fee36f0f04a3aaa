"""Runs sql/0031_plans_of_logins.sql."""

from pathlib import Path

from alembic import op

revision = "0031_plans_of_logins"
down_revision = "0029_law_closing"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0031_plans_of_logins.sql").read_text(encoding="utf-8")
    )
