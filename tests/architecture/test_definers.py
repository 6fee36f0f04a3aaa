"""The SECURITY DEFINER functions: the only way past the wall. A closed list, and for each one what a hostile tenant learns.

Every function is called inside a transaction of `other_tenant` after `tenant` has filled the tables that it reads. What
may come back is written down here; docs/tenancy.md says why it is needed. Somebody who adds a function adds a line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest
from tests.support.campaigns import make_book

from pabal.accounts import add_person, open_session
from pabal.contacts import Blinder
from pabal.dispatch import FrozenStep, Selection, create_send
from pabal.domain.ids import TenantId, new_id
from pabal.domain.roles import Role
from pabal.kit.db import system_tx, tenant_tx
from pabal.runtime import Runtime


@dataclass(frozen=True)
class Victim:
    """Ids and secrets of the tenant whose data is asked for."""

    tenant: UUID
    user: UUID
    send: UUID
    campaign: UUID
    tokens: list[int]
    hashes: dict[str, bytes] = field(default_factory=dict)


# Guessing: a hostile tenant holds no secret of another, so look-ups by hash are tried with an unrelated one.
GUESS = b"\0" * 32
Arguments = Callable[[Victim], tuple[Any, ...]]


@dataclass(frozen=True)
class Definer:
    """One function: its owner, how a hostile tenant would call it, and which columns may come back with rows of others."""

    owner: str
    call: str
    arguments: Arguments
    tells: tuple[str, ...]  # column names; () = nothing of others comes back
    because: str
    rows: bool  # whether rows of others come back at all in this test


def none(_: Victim) -> tuple[Any, ...]:
    return ()


KEYS_ONLY = "the sweeper and the scheduler serve all tenants: keys, no content"
DEFINERS = {
    "tenants_with_repeats": Definer(
        "pabal_system",
        "SELECT * FROM app.tenants_with_repeats(now() + interval '1 day')",
        none,
        ("tenant_id",),
        KEYS_ONLY,
        False,
    ),
    "memberships_of": Definer(
        "pabal_system",
        "SELECT * FROM app.memberships_of(%s)",
        lambda v: (v.user,),
        ("tenant_id", "tenant_name", "tenant_kind", "role"),
        "login: which camps this person may choose from; needs the person's random id",
        True,
    ),
    "session_by_hash": Definer(
        "pabal_system",
        "SELECT * FROM app.session_by_hash(%s, interval '1 day')",
        lambda _: (GUESS,),
        (),
        "every request: who is behind this cookie; needs the cookie",
        False,
    ),
    "api_key_by_hash": Definer(
        "pabal_system",
        "SELECT * FROM app.api_key_by_hash(%s)",
        lambda _: (GUESS,),
        (),
        "requests of programs; needs the key",
        False,
    ),
    "invitation_by_hash": Definer(
        "pabal_system",
        "SELECT * FROM app.invitation_by_hash(%s)",
        lambda _: (GUESS,),
        (),
        "the link of an invitation; needs its token",
        False,
    ),
    "account_by_hook": Definer(
        "pabal_system",
        "SELECT * FROM app.account_by_hook(%s)",
        lambda _: (GUESS,),
        (),
        "a carrier's webhook; needs the secret part of its address",
        False,
    ),
    "camp_by_opt_out_page": Definer(
        "pabal_system",
        "SELECT * FROM app.camp_by_opt_out_page(%s)",
        lambda _: ("aaaaaaaaaa",),
        (),
        "a camp's page for refusals; needs the random part of its address",
        False,
    ),
    "link_by_no": Definer(
        "pabal_system",
        "SELECT * FROM app.link_by_no(%s)",
        lambda _: (1,),
        ("tenant_id", "id", "send_id", "url", "expires_at"),
        "a short link's code names no tenant: where it leads, which whoever got it knows anyhow, and keys",
        False,
    ),
    "list_tenants": Definer(
        "pabal_system",
        "SELECT * FROM app.list_tenants()",
        none,
        ("tenant_id", "name", "kind", "state", "created_at"),
        "the operator's list",
        True,
    ),
    "old_idempotency_keys": Definer(
        "pabal_system",
        "SELECT * FROM app.old_idempotency_keys(clock_timestamp() + interval '1 day')",
        none,
        ("tenant_id",),
        "housekeeping: whose keys are to be dropped",
        True,
    ),
    "old_uploads": Definer(
        "pabal_system",
        "SELECT * FROM app.old_uploads(clock_timestamp() + interval '1 day')",
        none,
        ("tenant_id",),
        "housekeeping: whose given-up uploads are to be dropped",
        True,
    ),
    "due_work": Definer(
        "pabal_system",
        "SELECT * FROM app.due_work(clock_timestamp())",
        none,
        ("kind", "tenant_id", "id", "send_id"),
        KEYS_ONLY,
        True,
    ),
    "due_work_without_bulk_edits": Definer(
        "pabal_system",
        "SELECT * FROM app.due_work_without_bulk_edits(clock_timestamp())",
        none,
        ("kind", "tenant_id", "id", "send_id"),
        KEYS_ONLY,
        True,
    ),
    "due_work_without_lines": Definer(
        "pabal_system",
        "SELECT * FROM app.due_work_without_lines(clock_timestamp())",
        none,
        ("kind", "tenant_id", "id", "send_id"),
        KEYS_ONLY,
        True,
    ),
    "due_work_without_purges": Definer(
        "pabal_system",
        "SELECT * FROM app.due_work_without_purges(clock_timestamp())",
        none,
        ("kind", "tenant_id", "id", "send_id"),
        KEYS_ONLY,
        True,
    ),
    "due_work_without_triggers": Definer(
        "pabal_system",
        "SELECT * FROM app.due_work_without_triggers(clock_timestamp())",
        none,
        ("kind", "tenant_id", "id", "send_id"),
        KEYS_ONLY,
        True,
    ),
    "due_work_without_undo": Definer(
        "pabal_system",
        "SELECT * FROM app.due_work_without_undo(clock_timestamp())",
        none,
        ("kind", "tenant_id", "id", "send_id"),
        KEYS_ONLY,
        True,
    ),
    "due_work_without_jobs": Definer(
        "pabal_system",
        "SELECT * FROM app.due_work_without_jobs(clock_timestamp())",
        none,
        ("kind", "tenant_id", "id", "send_id"),
        KEYS_ONLY,
        True,
    ),
    "hub_load": Definer(
        "pabal_system",
        "SELECT * FROM app.hub_load()",
        none,
        (
            "tenant_id",
            "live",
            "held",
            "due",
            "oldest_due",
            "leased",
            "stale",
            "oldest_stale",
            "receipts",
            "oldest_receipt",
            "polls",
            "oldest_poll",
        ),
        "the operator's page: how much waits in each camp, in figures",
        True,
    ),
    "carrier_load": Definer(
        "pabal_system",
        "SELECT * FROM app.carrier_load(interval '1 day')",
        none,
        ("tenant_id", "account_id", "carrier", "sandbox", "state", "calls", "unclear", "last_at"),
        "the operator's page: how carriers answer, in figures",
        False,
    ),
    "lease_holders": Definer(
        "pabal_system",
        "SELECT * FROM app.lease_holders()",
        none,
        ("owner", "chunks", "lease_until"),
        "names of processes",
        False,
    ),
    "stale_workers": Definer(
        "pabal_system", "SELECT * FROM app.stale_workers()", none, ("owner",), "names of processes", False
    ),
    "reap_worker": Definer(
        "pabal_system",
        "SELECT * FROM app.reap_worker('nobody')",
        none,
        ("reap_worker",),
        "supervisors: ends the leases of a dead process; a number comes back",
        True,
    ),
    "search_contacts": Definer(
        "pabal_search",
        "SELECT * FROM app.search_contacts(%s, NULL, NULL, NULL, NULL, NULL, 50, false)",
        lambda v: (v.tokens,),
        (),
        "search with the index: the tenant is the transaction's, never an argument",
        False,
    ),
    "count_contacts": Definer(
        "pabal_search",
        "SELECT NULLIF(app.count_contacts(NULL, NULL, NULL, NULL, NULL, 1000), 0) AS n WHERE false",
        none,
        (),
        "as search_contacts; its own test below",
        False,
    ),
    "contacts_carrying": Definer(
        "pabal_search",
        "SELECT * FROM app.contacts_carrying(%s, %s)",
        lambda v: (v.tokens[:1], v.tokens[:1]),
        (),
        "filters by attributes with the index: the tenant is the transaction's, as search_contacts",
        False,
    ),
    "settle_contacts": Definer(
        "pabal_owner",
        "SELECT app.settle_contacts() AS nothing",
        none,
        ("nothing",),
        "after an import: the index's pending list",
        True,
    ),
    "make_partitions": Definer(
        "pabal_owner",
        "SELECT app.make_partitions(current_date) AS nothing",
        none,
        ("nothing",),
        "the scheduler keeps months ahead; pabal_app has no DDL",
        True,
    ),
}
DYNAMIC_SQL = {"make_partitions"}  # format() with %I and %L of its own constants and a month


@pytest.fixture
def catalogue(database):
    with psycopg.connect(database.admin_dsn) as conn:
        yield {
            name: (owner, list(config or []), language, body)
            for name, owner, config, language, body in conn.execute(
                """
                SELECT p.proname, pg_get_userbyid(p.proowner), p.proconfig, l.lanname, pg_get_functiondef(p.oid)
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
                WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                """
            ).fetchall()
        }


def test_definer_functions_are_exactly_this_list(catalogue):
    assert {name: owner for name, (owner, *_) in catalogue.items()} == {
        name: definer.owner for name, definer in DEFINERS.items()
    }


def test_each_has_a_fixed_search_path_with_the_temporary_schema_last(catalogue):
    """An unnamed pg_temp is searched first: see the attack below."""
    wrong = {
        name: config
        for name, (_, config, *_) in catalogue.items()
        if config[0] != "search_path=pg_catalog, public, pg_temp"
    }
    assert wrong == {}


def test_dynamic_sql_is_where_we_say_and_nowhere_else(catalogue):
    found = {
        name
        for name, (_, _, language, body) in catalogue.items()
        if language == "plpgsql" and "EXECUTE" in body
    }
    assert found == DYNAMIC_SQL
    assert {language for _, _, language, _ in catalogue.values()} == {"sql", "plpgsql"}


@pytest.fixture
async def victim(rt: Runtime, tenant: UUID) -> Victim:
    """A tenant with rows in every table that a definer function reads."""
    book = await make_book(rt, tenant)
    user = await add_person(rt, TenantId(tenant), email="victim@camp.test", password=None, role=Role.OWNER)
    await open_session(rt, user)
    campaign = new_id()
    async with tenant_tx(rt, tenant) as conn:
        row = await (await conn.execute("SELECT id FROM carrier_accounts LIMIT 1")).fetchone()
        assert row is not None
        step = FrozenStep(channel="sms", body="안녕하세요", sender_number="0212345678", account_id=row[0])
        send = await create_send(
            conn, tenant, kind="campaign", campaign_id=None, steps=[step], selection=Selection(filter={})
        )
        tokens = await (
            await conn.execute("SELECT tokens FROM contacts WHERE id = %s", (book.contacts["김하늘"],))
        ).fetchone()
        assert tokens is not None
        assert tokens[0], "the victim can be searched"
        await conn.execute(
            "INSERT INTO idempotency_keys (tenant_id, key, route, body_hash, owner) VALUES (%s, 'k', 'r', 'b', %s)",
            (tenant, new_id()),
        )
        await conn.execute(
            "INSERT INTO imports (tenant_id, id, state, file_name, byte_size, shape)"
            " VALUES (%s, %s, 'uploading', '', 0, '{}')",
            (tenant, new_id()),
        )
        await conn.execute(
            "INSERT INTO jobs (tenant_id, id, kind, subject_id) VALUES (%s, %s, 'check', %s)",
            (tenant, new_id(), campaign),
        )
    return Victim(tenant, user, send, campaign, tokens[0])


async def test_what_a_hostile_tenant_learns_from_each(rt, victim, other_tenant):
    wrong = {}
    for name, definer in DEFINERS.items():
        async with tenant_tx(rt, other_tenant) as conn:
            cursor = await conn.execute(definer.call.encode(), definer.arguments(victim))
            rows = await cursor.fetchall()
            columns = tuple(column.name for column in cursor.description or ())
        if not definer.rows:
            if rows:
                wrong[name] = f"{len(rows)} rows came back"
        elif not rows:
            wrong[name] = "the call finds nothing: this test would not notice a leak"
        elif columns != definer.tells:
            wrong[name] = f"tells {columns}"
        elif any(isinstance(value, bytes | list | dict) for row in rows for value in row):
            wrong[name] = "ciphertext, tokens or documents"
    assert wrong == {}


async def test_counting_and_searching_end_at_the_wall(rt, victim, other_tenant):
    """Not even with the other's own tokens, which only the other's key can make."""
    question = "SELECT app.count_contacts(%s, NULL, NULL, NULL, NULL, 1000)"
    search = "SELECT count(*) FROM app.search_contacts(%s, NULL, NULL, NULL, NULL, NULL, 50, %s)"
    counts = {}
    for who in (victim.tenant, other_tenant):
        async with tenant_tx(rt, who) as conn:
            found = [
                await (await conn.execute(question, (tokens,))).fetchone() for tokens in (victim.tokens, None)
            ]
            found += [
                await (await conn.execute(search, (victim.tokens, common))).fetchone()
                for common in (False, True)
            ]
            pair = (victim.tokens[:1], victim.tokens[:1])
            found.append(
                await (
                    await conn.execute("SELECT count(*) FROM app.contacts_carrying(%s, %s)", pair)
                ).fetchone()
            )
            counts[who] = [row[0] for row in found if row is not None]
    assert counts[other_tenant] == [0, 0, 0, 0, 0]
    assert all(counts[victim.tenant])


@pytest.mark.parametrize(
    "call",
    [
        "app.search_contacts(NULL, NULL, NULL, NULL, NULL, NULL, 50, false)",
        "app.count_contacts(NULL, NULL, NULL, NULL, NULL, 9)",
        "app.contacts_carrying(ARRAY[1], ARRAY[2])",
    ],
)
async def test_search_without_a_tenant_fails_with_words(call, rt, victim):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="open it with tenant_tx"):
        async with system_tx(rt) as conn:
            await conn.execute(f"SELECT * FROM {call}".encode())


async def test_the_same_name_has_unrelated_tokens_at_two_tenants(rt, victim, other_tenant):
    """Otherwise the two camps' lists could be joined by somebody who holds the dump."""
    mine = Blinder(await rt.keys.of(rt.pool, other_tenant))
    theirs = Blinder(await rt.keys.of(rt.pool, victim.tenant))
    assert mine.value_key("phone", "01023450001") != theirs.value_key("phone", "01023450001")
    assert mine.address_key("phone", "01023450001") != theirs.address_key("phone", "01023450001")
    assert mine.value_key("phone", "01023450001") != mine.address_key("phone", "01023450001"), (
        "two keys, not one"
    )


async def test_reaping_ends_leases_and_nothing_else(rt, victim, other_tenant):
    """A tenant who could call it with a living worker's name would cost time, not messages: the fence is the epoch."""
    async with tenant_tx(rt, victim.tenant) as conn:
        await conn.execute(
            "INSERT INTO chunks (tenant_id, send_id, no, seq_from, seq_to, epoch, owner, lease_until)"
            " VALUES (%s, %s, 0, 1, 5, 3, 'alive', clock_timestamp() + interval '1 hour')",
            (victim.tenant, victim.send),
        )
    async with tenant_tx(rt, other_tenant) as conn:
        assert await (await conn.execute("SELECT app.reap_worker('alive')")).fetchone() == (1,)
    async with tenant_tx(rt, victim.tenant) as conn:
        row = await (
            await conn.execute("SELECT state, epoch, owner, lease_until <= clock_timestamp() FROM chunks")
        ).fetchone()
    assert row == ("open", 3, "alive", True)


@pytest.mark.parametrize("month", ["1999-01-01", "2999-01-01"])
async def test_partitions_of_far_away_months_are_refused(month, rt, other_tenant):
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        async with tenant_tx(rt, other_tenant) as conn:
            await conn.execute("SELECT app.make_partitions(%s::date)", (month,))


@pytest.mark.parametrize(
    "call",
    [
        "app.make_partitions(current_date + 700)",
        "app.settle_contacts()",
        "app.search_contacts(NULL, NULL, NULL, NULL, NULL, NULL, 50, false)",
        "app.count_contacts(NULL, NULL, NULL, NULL, NULL, 9)",
        "app.contacts_carrying(ARRAY[1], ARRAY[2])",
        "app.due_work(clock_timestamp())",
        "app.reap_worker('x')",
    ],
)
async def test_temporary_objects_of_the_caller_are_not_believed(call, database, rt, tenant):
    """The classic attack on definer functions: a type and tables of one's own in the session's temporary schema, which
    is searched first unless search_path names it. With `text` as a domain whose CHECK runs the attacker's function, it
    took pabal_app to pabal_owner (found in make_partitions).
    """
    ran_as: list[str | None] = []
    with psycopg.connect(database.app_dsn, autocommit=True) as conn:
        conn.add_notice_handler(lambda notice: ran_as.append(notice.message_primary))
        conn.execute("SELECT set_config('app.tenant', %s, false)", (str(tenant),))
        conn.execute(
            "CREATE FUNCTION pg_temp.spy() RETURNS pg_catalog.bool LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE NOTICE '%', current_user; RETURN true; END $$"
        )
        for name in ("text", "uuid", "int4", "date", "timestamptz", "regclass"):
            conn.execute(f"CREATE DOMAIN pg_temp.{name} AS pg_catalog.{name} CHECK (pg_temp.spy())".encode())
        for name in ("contacts", "chunks", "sends", "messages", "jobs"):
            conn.execute(f"CREATE TEMP TABLE {name} (tenant_id pg_catalog.uuid)".encode())
        conn.execute(f"SELECT * FROM {call}".encode())
        force = conn.execute(
            "SELECT pg_catalog.bool_and(relforcerowsecurity) FROM pg_catalog.pg_class WHERE relname = 'contacts' AND relnamespace = 'public'::pg_catalog.regnamespace"
        ).fetchone()
    assert set(ran_as) - {"pabal_app"} == set(), "the caller's code ran with another role's rights"
    assert force == (True,)
