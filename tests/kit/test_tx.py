"""The two doors."""

import asyncio
import contextlib
import random

import psycopg
import pytest

from pabal.kit.db import (
    system_at_once,
    system_tx,
    tenant_at_once,
    tenant_tx,
    tenant_tx_after,
    tenant_tx_piped,
    tenant_tx_sync,
)
from pabal.kit.db.tx import KEYED_AT_ONCE


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


@pytest.mark.parametrize("door", ["block", "at once", "after", "piped"])
async def test_whoever_is_cancelled_anywhere_takes_no_connection_along_and_leaves_no_tenant(rt, tenant, door):
    chance = random.Random(4)

    async def work():
        if door == "at once":
            await tenant_at_once(rt, tenant, [("SELECT pg_sleep(0.001)", {}), ("SELECT 1", {})])
            return
        if door == "after":
            async with tenant_tx_after(rt, tenant, "SELECT pg_sleep(0.001)", {}) as opened:
                await opened.conn.execute("SELECT pg_sleep(0.001)")
            return
        async with (tenant_tx if door == "block" else tenant_tx_piped)(rt, tenant) as conn:
            await (await conn.execute("SELECT pg_sleep(0.002)")).fetchone()

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


@pytest.mark.parametrize("door", ["at once", "after"])
async def test_a_statement_behind_one_that_failed_is_not_taken_for_prepared(rt, tenant, door):
    """psycopg prepares what it has seen five times."""

    async def ask(*statements):
        if door == "at once":
            return await tenant_at_once(rt, tenant, [(query, {}) for query in statements])
        async with tenant_tx_after(rt, tenant, statements[0], {}) as opened:
            rows = opened.rows
            for query in statements[1:]:
                rows = await (await opened.conn.execute(query)).fetchall()
            return rows

    for earlier in range(8):
        query = f"SELECT {earlier}"
        for _ in range(earlier):
            assert await ask(query) == [(earlier,)]
        with pytest.raises(psycopg.errors.DivisionByZero):
            await ask("SELECT 1/0", query)
        assert await ask(query) == [(earlier,)]


TAG = "INSERT INTO tags (tenant_id, id, name) VALUES (%(tenant)s, gen_random_uuid(), '봉사') RETURNING name"


async def tags_of(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        return await (await conn.execute("SELECT name FROM tags")).fetchall()


async def test_the_door_with_a_first_statement_commits_what_nobody_asked_the_rows_of(rt, tenant):
    async with tenant_tx_after(rt, tenant, "SELECT %(n)s + 1", {"n": 1}) as (conn, rows, at):
        assert rows == [(2,)]
        await conn.execute(TAG, {"tenant": tenant})
    assert await tags_of(rt, tenant) == [("봉사",)]
    async with rt.pool.connection() as conn:  # what was set for that transaction is gone with it
        said = await (
            await conn.execute("SELECT current_setting('plan_cache_mode'), clock_timestamp()")
        ).fetchone()
    assert said[0] == "force_custom_plan"
    assert at <= said[1]


@pytest.mark.parametrize("asked", [False, True])
async def test_whoever_raises_inside_the_door_with_a_first_statement_leaves_nothing(rt, tenant, asked):
    async def fail():
        async with tenant_tx_after(rt, tenant, "SELECT 1", {}) as opened:
            cursor = await opened.conn.execute(TAG, {"tenant": tenant})
            if asked:
                assert await cursor.fetchall() == [("봉사",)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await tags_of(rt, tenant) == []


async def test_a_statement_that_fails_unasked_is_told_and_leaves_nothing(rt, tenant):
    with pytest.raises(psycopg.errors.DivisionByZero):
        async with tenant_tx_after(rt, tenant, TAG, {"tenant": tenant}) as opened:
            await opened.conn.execute("SELECT 1/0")
    assert await tags_of(rt, tenant) == []


async def test_a_pipeline_within_the_door_with_a_first_statement_is_refused_and_leaves_nothing_behind_it(
    rt, tenant
):
    """Its sync commits halfway: what follows has no tenant, so that nobody can build on that unseen."""

    async def nest():
        async with tenant_tx_after(rt, tenant, "SELECT 1", {}) as opened:
            async with opened.conn.pipeline():
                await opened.conn.execute("SELECT 1")
            await (await opened.conn.execute(TAG, {"tenant": tenant})).fetchall()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await nest()
    assert await tags_of(rt, tenant) == []


async def test_a_burst_of_forms_holds_a_few_connections_only(rt, tenant):
    inside, most = 0, 0

    async def form():
        nonlocal inside, most
        async with tenant_tx_after(rt, tenant, "SELECT 1", {}) as opened:
            inside += 1
            most = max(most, inside)
            await (await opened.conn.execute("SELECT 2")).fetchall()
            inside -= 1

    await asyncio.gather(*[form() for _ in range(40)])
    assert 1 < most <= KEYED_AT_ONCE < rt.pool.max_size


async def test_what_fails_at_once_leaves_nothing(rt, tenant):
    insert = "INSERT INTO tags (tenant_id, id, name) VALUES (%(tenant)s, gen_random_uuid(), '봉사')"
    with pytest.raises(psycopg.errors.DivisionByZero):
        await tenant_at_once(rt, tenant, [(insert, {"tenant": tenant}), ("SELECT 1/0", {}), ("SELECT 1", {})])
    async with tenant_tx(rt, tenant) as conn:
        assert await (await conn.execute("SELECT count(*) FROM tags")).fetchone() == (0,)


_TAG = "INSERT INTO tags (tenant_id, id, name) VALUES (%s, gen_random_uuid(), '봉사')"


async def _tags(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        return await (await conn.execute("SELECT count(*) FROM tags")).fetchone()


async def test_piped_statements_that_nobody_reads_are_committed(rt, tenant):
    async with tenant_tx_piped(rt, tenant) as conn:
        await conn.execute(_TAG, (tenant,))
    assert await _tags(rt, tenant) == (1,)


@pytest.mark.parametrize("read", [True, False], ids=["read in the block", "read by nobody"])
async def test_a_piped_statement_that_fails_takes_all_back_and_is_said(rt, tenant, caplog, read):
    async def fails():
        async with tenant_tx_piped(rt, tenant) as conn:
            await conn.execute(_TAG, (tenant,))
            failing = await conn.execute("SELECT 1/0")
            await conn.execute(_TAG, (tenant,))
            if read:
                await failing.fetchone()

    with pytest.raises(psycopg.errors.DivisionByZero):
        await fails()
    assert await _tags(rt, tenant) == (0,)
    assert not caplog.records  # a rollback that the server didn't hear would be told as "error ignored"


async def test_what_is_raised_in_a_piped_block_takes_back_what_travelled_and_what_did_not(rt, tenant):
    async def fails():
        async with tenant_tx_piped(rt, tenant) as conn:
            await conn.execute(_TAG, (tenant,))
            assert await (await conn.execute("SELECT count(*) FROM tags")).fetchone() == (1,)
            await conn.execute("INSERT INTO tags SELECT tenant_id, gen_random_uuid(), name || '2' FROM tags")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await _tags(rt, tenant) == (0,)


async def test_what_the_system_asks_at_once_has_no_tenant_and_no_key(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:  # the connection that is asked next has seen both
        await conn.execute("SELECT app.tenant_id(), app.dek()")
    assert await system_at_once(rt, "SELECT 1 + %s", (1,)) == [(2,)]
    for refused in ("SELECT app.tenant_id()", "SELECT app.dek()", "SELECT count(*) FROM contacts"):
        with pytest.raises(psycopg.Error):
            await system_at_once(rt, refused, ())
