"""The wall between tenants, table by table from the catalogue and route by route from the router.

Nothing here lists what exists: a table or route that is added tomorrow is tested tomorrow. What must be
said by hand (tables that belong to nobody, where a path's id comes from) fails by name until it is said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi.routing import iter_route_contexts
from psycopg import sql
from tests.sandbox.process import SandboxProcess, sandbox_process
from tests.support.browsers import log_in
from tests.support.lived_in import live_in

from pabal.api import create_app
from pabal.config import Settings
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.templates import ensure_rehearsal_kit

# Tables without a tenant, and why they hold nothing of one.
BELONG_TO_NOBODY = {
    "public.alembic_version": "schema revision",
    "public.users": "people who log in, possibly to several tenants: ciphertext, found by keyed hash",
    "public.operators": "run the installation",
    "public.login_failures": "keyed hashes of addresses that tried",
    "public.password_resets": "hashes of links",
    "app.installation": "one row of switches",
    "app.scheduler_lease": "who schedules",
    "app.gone_workers": "processes that were reaped",
    "app.workers": "processes that say they live",
}
# Definer functions that need their owner's right over an index or a table; all others belong to a role that may do
# next to nothing.
OWNERS_RIGHT = {
    "settle_contacts": "gin_clean_pending_list wants the index's owner; no parameters",
    "make_partitions": "makes the partitions of a month, with the wall on each",
}
# GET routes whose parameters need more than a path, to have something to find.
QUERIES = {"/api/campaigns/{campaign_id}/explain": {"contactId": "contact_id"}}
ASKED = {"/api/contacts/field-values": {"field": "source"}}  # lists that answer nothing without a word
# GET routes that are no tenant's.
OF_NO_TENANT = {
    "/api/docs",
    "/api/events",
    "/api/setup/status",
    "/api/operator/me",
    "/api/operator/tenants",
    "/api/operator/clock",
    "/api/operator/health",
}
# Tables that name a tenant without being a tenant's.
NAME_A_TENANT = {"public.sessions": "read before the tenant is known: the cookie's hash is the key"}


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    forced: bool
    policies: tuple[str, ...]
    partition: bool
    app_may: bool

    @property
    def identifier(self) -> sql.Composed:
        return sql.SQL(".").join(map(sql.Identifier, self.name.split(".")))


def read_tables(dsn: str) -> list[Table]:
    with psycopg.connect(dsn) as conn:
        rows = conn.execute(
            """
            SELECT n.nspname || '.' || c.relname, c.relrowsecurity AND c.relforcerowsecurity, c.relispartition,
                   has_table_privilege('pabal_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE'),
                   (SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                   (SELECT array_agg(a.attname ORDER BY k.place)
                    FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place), pg_attribute a
                    WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum),
                   (SELECT array_agg(p.polname || ': ' || pg_get_expr(p.polqual, p.polrelid) || ' / '
                                     || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''))
                    FROM pg_policy p
                    WHERE p.polrelid = c.oid AND 'pabal_app'::regrole = ANY(p.polroles))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'extensions')
              AND n.nspname NOT LIKE 'pg\\_%'
            ORDER BY 1
            """
        ).fetchall()
    return [
        Table(name, tuple(columns), tuple(key or ()), forced, tuple(policies or ()), partition, app_may)
        for name, forced, partition, app_may, columns, key, policies in rows
    ]


@pytest.fixture
def tables(database) -> list[Table]:
    return read_tables(database.admin_dsn)


@pytest.fixture
def tenant_tables(tables) -> list[Table]:
    return [t for t in tables if "tenant_id" in t.columns and t.name not in NAME_A_TENANT and not t.partition]


def test_every_tenant_table_forces_the_wall_on_everybody(tenant_tables):
    assert len(tenant_tables) > 20
    wrong = {}
    for table in tenant_tables:
        walls = [p for p in table.policies if "app.tenant_id()" in p.split(" / ")[0]]
        if not table.forced or len(walls) != 1 or walls != list(table.policies):
            wrong[table.name] = table.policies
        elif "app.tenant_id()" not in walls[0].split(" / ")[1]:
            wrong[table.name] = ("rows of others could be written",)
    assert not wrong, "tables without FORCE ROW LEVEL SECURITY and exactly one policy for pabal_app"


def test_every_tenant_tables_key_begins_with_the_tenant(tenant_tables):
    assert {t.name: t.key for t in tenant_tables if t.key[:1] != ("tenant_id",)} == {}


def test_partitions_are_reached_through_their_parent_only(tables):
    """A policy on the parent doesn't hold for a partition that is addressed directly."""
    assert [t.name for t in tables if t.partition and t.app_may and not t.forced] == []


def test_tables_without_a_tenant_are_on_the_list_with_a_reason(tables):
    found = {t.name for t in tables if "tenant_id" not in t.columns and not t.partition}
    assert found == set(BELONG_TO_NOBODY)
    assert {t.name for t in tables} >= set(NAME_A_TENANT)


def test_the_application_is_no_superuser_and_owns_nothing(database):
    with psycopg.connect(database.admin_dsn) as conn:
        roles = conn.execute(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND rolname LIKE 'pabal%'"
        ).fetchall()
        owned = conn.execute("SELECT relname FROM pg_class WHERE relowner = 'pabal_app'::regrole").fetchall()
    assert (roles, owned) == ([], [])


def test_definer_functions_are_a_short_list_with_a_fixed_search_path(database):
    with psycopg.connect(database.admin_dsn) as conn:
        loose = conn.execute(
            """
            SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
              AND (NOT coalesce(p.proconfig::text, '') LIKE '%search_path=%'
                   OR pg_get_userbyid(p.proowner) NOT IN ('pabal_system', 'pabal_search'))
            """
        ).fetchall()
    assert {name for (name,) in loose} == set(OWNERS_RIGHT), (
        "SECURITY DEFINER without a fixed search_path, or owned by somebody powerful"
    )


@pytest.fixture
def one_row_each(database, tenant, tenant_tables) -> dict[str, str]:
    """One made-up row of `tenant` in every tenant table; what could not be filled, with the reason.

    Checks, references and triggers of this test's own database are dropped first: the wall has to hold for
    any row.
    """
    failed: dict[str, str] = {}
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        for table in tenant_tables:
            for (name,) in admin.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')"
                " AND conparentid = 0 ORDER BY contype",
                (table.name,),
            ).fetchall():
                admin.execute(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT {} CASCADE").format(
                        table.identifier, sql.Identifier(name)
                    )
                )
        for table in tenant_tables:
            if table.name in {"public.tenants", "public.quota_limits"}:
                continue  # the fixture made it
            try:
                insert_made_up_row(admin, table, tenant)
            except psycopg.Error as error:
                failed[table.name] = str(error)
    return failed


def insert_made_up_row(admin: psycopg.Connection[Any], table: Table, tenant_id: UUID) -> None:
    needed = admin.execute(
        """
        SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
          AND (attnotnull AND NOT atthasdef OR attname = 'tenant_id')
        """,
        (table.name,),
    ).fetchall()
    values = {name: tenant_id if name == "tenant_id" else made_up(kind) for name, kind in needed}
    admin.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            table.identifier,
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Literal, values.values())),
        )
    )


def made_up(kind: str) -> object:
    if kind.endswith("[]"):
        return "{}"
    return {
        "uuid": new_id(),
        "text": "x",
        "character varying": "x",
        "bytea": b"x",
        "boolean": False,
        "jsonb": "{}",
        "date": "2026-06-03",
        "timestamp with time zone": "2026-06-03T00:00:00Z",
        "interval": "1 s",
    }.get(kind, 1)


async def test_no_row_of_any_table_is_seen_changed_or_taken_by_another_tenant(
    rt, tenant, other_tenant, tenant_tables, one_row_each
):
    assert one_row_each == {}, "tables that the test could not fill"
    leaks = []
    for table in tenant_tables:
        if not table.app_may:
            continue
        seen = {}
        for who in (tenant, other_tenant):
            async with tenant_tx(rt, who) as conn:
                cursor = await conn.execute(
                    sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(table.identifier),
                    (tenant,),
                )
                row = await cursor.fetchone()
                assert row is not None
                seen[who] = row[0]
        if seen != {tenant: 1, other_tenant: 0}:
            leaks.append(f"{table.name} read: {seen}")
        for statement in ("DELETE FROM {}", "UPDATE {} SET tenant_id = tenant_id"):
            try:
                async with tenant_tx(rt, other_tenant) as conn:
                    cursor = await conn.execute(
                        sql.SQL(statement + " WHERE tenant_id = %s").format(table.identifier), (tenant,)
                    )
                    if cursor.rowcount:
                        leaks.append(f"{table.name}: {statement}")
            except psycopg.errors.InsufficientPrivilege:
                pass  # not granted at all
        try:
            async with tenant_tx(rt, tenant) as conn:
                await conn.execute(
                    sql.SQL("UPDATE {} SET tenant_id = %s").format(table.identifier), (other_tenant,)
                )
                leaks.append(f"{table.name}: a row was given away")
        except psycopg.Error:
            pass
    assert leaks == []


def get_routes() -> list[str]:
    return sorted(
        str(route.path)
        for route in iter_route_contexts(create_app(Settings()).routes)
        if hasattr(route, "dependant")
        and "GET" in (route.methods or ())
        and str(route.path).startswith("/api/")
        and "{rest:path}" not in str(route.path)
        and route.path not in OF_NO_TENANT
    )


@dataclass(frozen=True)
class Neighbours:
    """Two tenants; the first has been worked in."""

    ids: dict[str, str]
    mine: httpx.AsyncClient
    theirs: httpx.AsyncClient


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with sandbox_process(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def settings(settings, simulator):
    return settings.model_copy(update={"sandbox_port": urlsplit(simulator.url).port})


@pytest.fixture
async def neighbours(rt, tenant, other_tenant):
    app = create_app(rt)
    async with tenant_tx(rt, other_tenant) as conn:
        await ensure_rehearsal_kit(conn, rt, other_tenant)  # what every tenant has outside production
    async with (
        log_in(app, rt, tenant, "owner") as mine,
        log_in(app, rt, other_tenant, "owner") as theirs,
    ):
        yield Neighbours(await live_in(rt, tenant, mine), mine, theirs)


def fill_in(path: str, ids: dict[str, str]) -> tuple[str, dict[str, str]]:
    query = {name: ids[source] for name, source in QUERIES.get(path, {}).items()}
    return re.sub(r"\{([^}:]*)[^}]*\}", lambda match: ids[match[1]], path), query


async def test_what_an_address_names_is_there_for_its_tenant_and_404_for_the_neighbour(neighbours):
    paths = [path for path in get_routes() if "{" in path]
    unnamed = {name for path in paths for name in re.findall(r"\{([^}:]*)", path)} - set(neighbours.ids)
    assert not unnamed, "path parameters that tests/support/lived_in.py makes nothing for"
    wrong = []
    for path in paths:
        address, query = fill_in(path, neighbours.ids)
        for browser, expected in ((neighbours.mine, 200), (neighbours.theirs, 404)):
            answer = await browser.get(address, params=query)
            if answer.status_code != expected:
                wrong.append(f"{path}: {answer.status_code} instead of {expected}: {answer.text[:120]}")
    assert wrong == []


async def test_no_list_names_anything_of_the_neighbour(rt, tenant, neighbours, tenant_tables):
    """Every id in every table of the tenant, and what its people are called, looked for in every list."""
    secrets = await everything_that_names(rt, tenant, tenant_tables) | {"김하늘", "2345-0001", "주민 설명회"}
    composed = {neighbours.ids["message_id"], neighbours.ids["thread"]}
    assert set(neighbours.ids.values()) - composed <= secrets
    secrets |= composed
    leaks, seen_by_owner = [], ""
    for path in get_routes():
        if "{" in path:
            continue
        answer = await neighbours.theirs.get(path, params=ASKED.get(path))
        assert answer.status_code == 200, f"{path}: {answer.text[:200]}"
        leaks += [f"{path}: {secret}" for secret in secrets if secret in answer.text]
        seen_by_owner += (await neighbours.mine.get(path)).text
    assert leaks == []
    assert neighbours.ids["contact_id"] in seen_by_owner, "the probe would find nothing even if it leaked"


async def everything_that_names(rt, tenant, tenant_tables):
    found = set()
    for table in tenant_tables:
        if not table.app_may or "id" not in table.columns:
            continue
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute(sql.SQL("SELECT id::text FROM {}").format(table.identifier))
            found |= {row[0] for row in await cursor.fetchall() if len(row[0]) == 36}
    return found
