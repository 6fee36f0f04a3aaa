"""The two doors."""

import asyncio
import contextlib
import random

import psycopg
import pytest

from pabal.kit.db import system_at_once, system_tx, tenant_at_once, tenant_tx, tenant_tx_sync


async def test_ciphertext_round_trip_is_the_tenants_own(rt, tenant, other_tenant):
    async with tenant_tx(rt, tenant) as conn:
        row = await (await conn.execute("SELECT app.encrypt('김하늘')")).fetchone()
        cipher = row[0]
        row = await (await conn.execute("SELECT app.decrypt(%s)", (cipher,))).fetchone()
        assert row[0] == "김하늘"
    async with tenant_tx(rt, other_tenant) as conn:
        with pytest.raises(psycopg.errors.ExternalRoutineInvocationException):
            await conn.execute("SELECT app.decrypt(%s)", (cipher,))


async def test_tenant_tables_refuse_words_without_a_tenant(rt, tenant):
    async with system_tx(rt) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="open it with tenant_tx"):
            await conn.execute("SELECT count(*) FROM contacts")


async def test_the_wall_hides_the_other_tenant(rt, tenant, other_tenant):
    async with tenant_tx(rt, tenant) as conn:
        rows = await (await conn.execute("SELECT tenant_id FROM tenants")).fetchall()
    assert rows == [(tenant,)]


async def test_a_finished_transaction_leaves_no_tenant_behind(rt, tenant):
    async with tenant_tx(rt, tenant):
        pass
    async with rt.pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute("SELECT count(*) FROM contacts")


async def test_unknown_tenant_is_refused(rt, tenant):
    from pabal.domain.ids import new_id

    with pytest.raises(LookupError):
        async with tenant_tx(rt, new_id()):
            pass


async def test_sync_door_sees_the_same(rt, tenant, database):
    keys = await rt.keys.of(rt.pool, tenant)
    with psycopg.connect(database.app_dsn, autocommit=True) as conn, tenant_tx_sync(conn, tenant, keys):
        assert conn.execute("SELECT tenant_id FROM tenants").fetchall() == [(tenant,)]


@pytest.mark.parametrize("door", ["block", "at once"])
async def test_whoever_is_cancelled_anywhere_takes_no_connection_along_and_leaves_no_tenant(rt, tenant, door):
    chance = random.Random(4)

    async def work():
        if door == "at once":
            await tenant_at_once(rt, tenant, [("SELECT pg_sleep(0.001)", {}), ("SELECT 1", {})])
            return
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute("SELECT pg_sleep(0.002)")

    async def cancelled():
        task = asyncio.create_task(work())
        await asyncio.sleep(chance.random() * 0.02)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    for _ in range(15):
        await asyncio.gather(*[cancelled() for _ in range(20)])
    async with contextlib.AsyncExitStack() as held:  # all of them at once: none is lost
        for _ in range(rt.pool.max_size):
            conn = await held.enter_async_context(rt.pool.connection(timeout=10))
            assert conn.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE
            said = await (await conn.execute("SELECT current_setting('app.tenant', true)")).fetchone()
            assert not said[0]


async def test_what_fails_at_once_leaves_nothing(rt, tenant):
    insert = "INSERT INTO tags (tenant_id, id, name) VALUES (%(tenant)s, gen_random_uuid(), '봉사')"
    with pytest.raises(psycopg.errors.DivisionByZero):
        await tenant_at_once(rt, tenant, [(insert, {"tenant": tenant}), ("SELECT 1/0", {}), ("SELECT 1", {})])
    async with tenant_tx(rt, tenant) as conn:
        assert await (await conn.execute("SELECT count(*) FROM tags")).fetchone() == (0,)


async def test_what_the_system_asks_at_once_has_no_tenant_and_no_key(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:  # the connection that is asked next has seen both
        await conn.execute("SELECT app.tenant_id(), app.dek()")
    assert await system_at_once(rt, "SELECT 1 + %s", (1,)) == [(2,)]
    for refused in ("SELECT app.tenant_id()", "SELECT app.dek()", "SELECT count(*) FROM contacts"):
        with pytest.raises(psycopg.Error):
            await system_at_once(rt, refused, ())
