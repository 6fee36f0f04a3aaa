"""Fixtures on real parts: one embedded PostgreSQL and Valkey per test run, one database cloned from a template per test.

Tests may commit and use many connections, because each has a database of its own (a clone takes some 30 ms). They connect
as `pabal_app`, as the product does. The servers live in the run's own folder (tests/support/scratch.py) and are shared by
the xdist workers; the template's name carries a hash of the migrations, so that an edited migration makes a new one.
PABAL_TEST_ADMIN_URL runs everything on another PostgreSQL (tests/support/servers.py).
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from tests.sandbox.process import Client, SandboxProcess, sandbox_process
from tests.support import scratch
from tests.support.servers import TestPostgres, test_postgres
from tests.support.tenants import make_tenant

from pabal.config import Settings
from pabal.kit.db.migrate import migrate, migrations_folder
from pabal.kit.db.pii import create_master_key
from pabal.kit.embedded import ValkeyServer, bootstrap_database, shared_server
from pabal.kit.embedded.files import FileLock
from pabal.runtime import Runtime, open_runtime

# A busy machine is no counterexample: no example fails by the clock.
hypothesis_settings.register_profile("pabal", deadline=None)
hypothesis_settings.load_profile("pabal")


@pytest.hookimpl(tryfirst=True)  # before pytest chooses where `tmp_path` lies
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = scratch.begin()
        if config.option.basetemp is None:
            config.option.basetemp = str(folder / "tmp")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        scratch.end()


@dataclass(frozen=True)
class Services:
    """The servers of this test run and the name of the migrated template database."""

    postgres: TestPostgres
    valkey: ValkeyServer
    template: str


@dataclass(frozen=True)
class OwnDatabase:
    """One test's own database, as the application sees it and as its owner and its superuser do."""

    name: str
    app_dsn: str
    owner_dsn: str
    admin_dsn: str


def _migrations_hash() -> str:
    digest = hashlib.sha256()
    for file in sorted((migrations_folder() / "sql").glob("*.sql")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    folder = scratch.folder() / "services"
    valkey = ValkeyServer(folder)
    with test_postgres(folder) as postgres, shared_server(valkey):
        template = f"template_{_migrations_hash()}"
        with FileLock(folder / ".template"):
            _ensure_template(postgres, template)
        yield Services(postgres, valkey, template)


def _ensure_template(postgres: TestPostgres, template: str) -> None:
    with psycopg.connect(postgres.admin_dsn(), autocommit=True) as admin:
        known = admin.execute(
            "SELECT datistemplate FROM pg_database WHERE datname = %s", (template,)
        ).fetchone()
        if known is not None and known[0]:
            return
        if known is not None:  # a run was cut off half-way through migrating
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(template)))
        access = bootstrap_database(postgres.admin_dsn(), postgres.secrets, database=template)
        migrate(access.owner_dsn)
        admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(template)))


@pytest.fixture
def database(services: Services) -> Iterator[OwnDatabase]:
    name = f"test_{secrets.token_hex(6)}"
    postgres = services.postgres
    with psycopg.connect(postgres.admin_dsn(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER pabal_owner STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(services.template)
            )
        )
    yield OwnDatabase(
        name=name,
        app_dsn=postgres.dsn("pabal_app", name),
        owner_dsn=postgres.dsn("pabal_owner", name),
        admin_dsn=postgres.admin_dsn(name),
    )
    with psycopg.connect(postgres.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def redis_number(services: Services) -> Iterator[int]:
    """A database of this process alone: workers of one run, and runs side by side in one checkout, empty theirs."""
    folder = scratch.folder() / "services"
    for number in range(1, 64):  # 0 is left to whoever looks by hand
        lock = FileLock(folder / f".redis-{number}", blocking=False)
        if lock.acquire():
            yield number
            lock.release()
            return
    pytest.fail("63 test processes hold every Redis database")


@pytest.fixture
def redis_url(services: Services, redis_number: int) -> str:
    """Emptied by `settings`."""
    return f"{services.valkey.url}?db={redis_number}"


@pytest.fixture
def settings(database: OwnDatabase, redis_url: str, tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    create_master_key(data / "secrets" / "master.key")
    return Settings(
        data_dir=data,
        database_url=database.app_dsn,
        owner_database_url=database.owner_dsn,
        redis_url=redis_url,
        demo=False,
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The module's own simulator of the carriers, a process beside the tests."""
    with sandbox_process(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def carrier(running: SandboxProcess) -> Iterator[Client]:
    """That simulator as if it were new: no accounts, an empty ledger, receipts at once."""
    client = Client(running.url)
    client.control("POST", "/reset", {"accounts": True})
    client.behave(deliverDelayMs=0)
    yield client
    client.close()


@pytest.fixture
async def rt(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings, name="tests") as runtime:
        await runtime.redis.flushdb()
        yield runtime


@pytest.fixture
async def tenant(rt: Runtime) -> UUID:
    return await make_tenant(rt, "푸른캠프")


@pytest.fixture
async def other_tenant(rt: Runtime) -> UUID:
    return await make_tenant(rt, "이웃캠프")


@pytest.fixture
def new_tenant(rt: Runtime) -> Callable[[str], object]:
    return lambda name: make_tenant(rt, name)
