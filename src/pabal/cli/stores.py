"""The two stores of an installation, embedded or somebody else's, made ready for the processes that use
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pabal.kit.embedded import (
    DatabaseAccess,
    PostgresServer,
    ValkeyServer,
    bootstrap_database,
    bootstrap_external,
)
from pabal.kit.embedded.files import EmbeddedError

if TYPE_CHECKING:
    from pabal.config import Settings


@dataclass
class Stores:
    """What runs where. A server that somebody else runs is None here."""

    postgres: PostgresServer | None
    valkey: ValkeyServer | None


def embedded_stores(settings: Settings, data_dir: Path) -> Stores:
    """Prepare the servers that this installation brings along; the ones with an address in the environment
    aren't ours.
    """
    postgres = None if settings.database_url else PostgresServer(data_dir)
    valkey = None if settings.redis_url else ValkeyServer(data_dir)
    for server in (postgres, valkey):
        if server is not None:
            server.prepare()
            # A server of a supervisor that was killed: it got a signal to stop, now wait until it has.
            server.stop()
    return Stores(postgres, valkey)


def database_access(settings: Settings, postgres: PostgresServer | None, data_dir: Path) -> DatabaseAccess:
    """Roles and database exist after this; needs a running server."""
    if postgres is not None:
        return bootstrap_database(postgres.admin_dsn(), postgres.secrets)
    assert settings.database_url is not None
    return bootstrap_external(settings.database_url, settings.owner_database_url, data_dir)


def ready_schema(access: DatabaseAccess, settings: Settings) -> bool:
    """Bring the schema to the newest revision, making the master key before the first one. True if it was
    empty before.
    """
    from pabal.kit.db.migrate import database_revision, migrate, newest_revision

    present = database_revision(access.owner_dsn)
    _ensure_master_key(settings, fresh=present is None)
    if present != newest_revision():
        migrate(access.owner_dsn)
    return present is None


def _ensure_master_key(settings: Settings, *, fresh: bool) -> None:
    path = settings.master_key_path
    if path.exists():
        return
    if not fresh:
        raise EmbeddedError(
            f"마스터 키 {path} 가 없는데 데이터베이스에는 이미 데이터가 있습니다. 새 키로는 열 수 없으므로 "
            f"만들지 않습니다: "
            "보관한 복구 키 파일을 `pabal keys import FILE` 로 되돌리십시오"
        )
    from pabal.kit.db.pii import create_master_key

    create_master_key(path)
