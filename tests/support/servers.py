"""The PostgreSQL that tests run on: the embedded one, or with PABAL_TEST_ADMIN_URL a superuser's login on another
server (a throw-away one: roles named pabal_* get new passwords there). That is how the suite is run on another major.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pabal.kit.embedded import PostgresServer, shared_server
from pabal.kit.embedded.bootstrap import pgpass_file
from pabal.kit.embedded.files import data_folder, private_folder

ADMIN_URL = "PABAL_TEST_ADMIN_URL"


class TestPostgres(Protocol):
    """What the fixtures need of a server."""

    __test__ = False

    @property
    def secrets(self) -> Path: ...
    def admin_dsn(self, dbname: str = "postgres") -> str: ...
    def dsn(self, user: str, dbname: str) -> str: ...


class ExternalPostgres:
    """Somebody else's server, reached by its superuser's URL."""

    def __init__(self, admin_url: str, folder: Path) -> None:
        self._admin_url = admin_url
        self.secrets = folder / "secrets"
        data_folder(folder)
        private_folder(self.secrets)

    def admin_dsn(self, dbname: str = "postgres") -> str:
        return make_conninfo(self._admin_url, dbname=dbname)

    def dsn(self, user: str, dbname: str) -> str:
        where = {
            k: v for k, v in conninfo_to_dict(self._admin_url).items() if k not in {"password", "passfile"}
        }
        login = {"user": user, "dbname": dbname, "passfile": str(pgpass_file(self.secrets, user))}
        return make_conninfo("", **(where | login))


@contextmanager
def test_postgres(folder: Path) -> Iterator[TestPostgres]:
    """The server for this test run, started if it is ours."""
    if admin_url := os.environ.get(ADMIN_URL):
        yield ExternalPostgres(admin_url, folder.with_name(f"{folder.name}-external"))
        return
    # Commits keep their order and their locks; only the disk isn't waited for. What a crash leaves behind is tested on
    # servers of their own (tests/acceptance, tests/platform).
    forgetful = {
        "fsync": "off",
        "full_page_writes": "off",
        "max_wal_size": "256MB",
        "shared_buffers": "256MB",
    }
    server = PostgresServer(folder, settings={"max_connections": "200", **forgetful})
    with shared_server(server):
        yield server


test_postgres.__test__ = False  # type: ignore[attr-defined]  # a fixture's helper, not a test
