"""Runs sql/0027_living_contacts.sql."""

from pathlib import Path

from alembic import op

revision = "0027_living_contacts"
down_revision = "0026_law_lists"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind().connection.driver_connection
    connection.execute(
        (Path(__file__).parents[1] / "sql" / "0027_living_contacts.sql").read_text(encoding="utf-8")
    )
