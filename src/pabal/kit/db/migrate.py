"""Runs the hand-written SQL revisions through Alembic, as pabal_owner."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import Connection
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

_PACKAGED = Path(__file__).resolve().parents[2] / "_migrations"
_CHECKOUT = Path(__file__).resolve().parents[4] / "migrations"


def migrations_folder() -> Path:
    """Inside the wheel, or beside `src` in a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def migrate(owner_conninfo: str) -> None:
    """Upgrade to the newest revision. An advisory lock makes a second caller wait instead of collide."""
    config = _config()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: Connection.connect(owner_conninfo), poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(hashtextextended('pabal migrations', 0))")
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        connection.exec_driver_sql("SELECT pg_advisory_unlock(hashtextextended('pabal migrations', 0))")
        connection.commit()


def newest_revision() -> str:
    """Revision that this code needs; `/readyz` compares it with the database's."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError("no migrations found")
    return head


def database_revision(owner_conninfo: str) -> str | None:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: Connection.connect(owner_conninfo), poolclass=NullPool
    )
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("path_separator", "os")
    return config
