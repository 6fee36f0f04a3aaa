"""Runs the hand-written SQL revisions through Alembic, as pabal_owner.

Alembic and SQLAlchemy take 0.5-1.4 s to import, so they are imported only by who migrates: `/readyz` and a
start with nothing to do read the revision files themselves.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import Connection

if TYPE_CHECKING:
    from alembic.config import Config

_PACKAGED = Path(__file__).resolve().parents[2] / "_migrations"
_CHECKOUT = Path(__file__).resolve().parents[4] / "migrations"
_NAME = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = "([^"]+)"', re.MULTILINE)


def migrations_folder() -> Path:
    """Inside the wheel, or beside `src` in a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def migrate(owner_conninfo: str) -> None:
    """Upgrade to the newest revision. An advisory lock makes a second caller wait instead of collide."""
    from alembic import command
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    config = _config()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: Connection.connect(owner_conninfo), poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(hashtextextended('pabal migrations', 0))")
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql("GRANT SELECT ON alembic_version TO pabal_app")  # for /readyz
        connection.commit()
        connection.exec_driver_sql("SELECT pg_advisory_unlock(hashtextextended('pabal migrations', 0))")
        connection.commit()


def newest_revision() -> str:
    """Revision that this code needs; `/readyz` compares it with the database's."""
    revisions: set[str] = set()
    parents: set[str] = set()
    for file in (migrations_folder() / "versions").glob("*.py"):
        for kind, name in _NAME.findall(file.read_text(encoding="utf-8")):
            (revisions if kind == "revision" else parents).add(name)
    heads = revisions - parents
    if len(heads) != 1:
        raise LookupError(f"the revisions don't form one chain: {len(heads)} heads")
    return heads.pop()


def database_revision(owner_conninfo: str) -> str | None:
    """Revision that the database has; None before the first migration."""
    with Connection.connect(owner_conninfo) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return row[0] if row else None


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("path_separator", "os")
    return config
