"""A hundred senders at once against one limit, on real connections: nothing exceeded, nothing lost."""

import asyncio

import pytest
from psycopg import AsyncConnection

from pabal import quota
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.kit.http.errors import Problem

MONTH = "2026-11"


async def _connect(rt, tenant, database):
    conn = await AsyncConnection.connect(database.app_dsn, autocommit=True)
    keys = await rt.keys.of(rt.pool, tenant)
    return conn, keys


async def _in_tenant(conn, keys, tenant, act):
    async with conn.transaction():
        await conn.execute(
            "SELECT set_config('app.tenant', %s, true), set_config('app.dek', %s, true)",
            (str(tenant), keys.dek),
        )
        return await act(conn)


async def _all_at_once(rt, tenant, database, acts):
    """Each act in a transaction of its own connection; none starts before all are connected."""
    barrier = asyncio.Barrier(len(acts))

    async def one(act):
        conn, keys = await _connect(rt, tenant, database)
        async with conn:
            await barrier.wait()
            return await _in_tenant(conn, keys, tenant, act)

    return await asyncio.gather(*(one(act) for act in acts), return_exceptions=True)


async def _month(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        return await quota.overview(conn, tenant, MONTH)


async def _entries(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT kind, sum(units) FROM quota_entries GROUP BY kind")
        return {kind: int(units) for kind, units in await cursor.fetchall()}


async def test_a_hundred_reservations_never_exceed_the_limit(rt, tenant, database):
    """100 x 7 units against 333: exactly 333 are granted, the last one in part, though the month isn't open yet."""
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 333)
    send = new_id()

    def sender():
        return lambda conn: quota.reserve(conn, tenant, MONTH, 7, send_id=send, request_id=new_id())

    granted = await _all_at_once(rt, tenant, database, [sender() for _ in range(100)])

    assert sum(granted) == 333
    assert sorted(set(granted)) == [0, 4, 7]
    after = await _month(rt, tenant)
    assert (after.limit, after.used, after.reserved, after.remaining) == (333, 0, 333, 0)
    assert await _entries(rt, tenant) == {"reserve": 333}


async def test_settling_and_releasing_beside_reserving_loses_no_unit(rt, tenant, database):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    send = new_id()

    def cycle(end):
        async def act(conn):
            request = new_id()
            got = await quota.reserve(conn, tenant, MONTH, 5, send_id=send, request_id=request)
            await end(conn, tenant, MONTH, got, send_id=send, request_id=request)
            return got

        return act

    acts = [cycle(quota.settle if n % 2 else quota.release) for n in range(40)]
    results = await _all_at_once(rt, tenant, database, acts)

    settled = sum(got for n, got in enumerate(results) if n % 2)
    after = await _month(rt, tenant)
    assert (after.used, after.reserved) == (settled, 0)
    entries = await _entries(rt, tenant)
    assert entries["reserve"] == entries["settle"] + entries["release"]


@pytest.mark.parametrize("new_limit", [500, 60])
async def test_a_month_opened_while_the_limit_changes_has_the_new_limit(rt, tenant, database, new_limit):
    """Whoever commits first: the month ends with the new limit, or the change saw too much taken and was refused."""
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    send = new_id()
    results = await _all_at_once(
        rt,
        tenant,
        database,
        [
            lambda conn: quota.change_limit(conn, tenant, MONTH, new_limit),
            *(
                lambda conn: quota.reserve(conn, tenant, MONTH, 10, send_id=send, request_id=new_id())
                for _ in range(9)
            ),
        ],
    )
    after = await _month(rt, tenant)
    changed = not isinstance(results[0], BaseException)
    assert changed or isinstance(results[0], Problem)
    assert after.limit == (new_limit if changed else 100)
    assert after.reserved == sum(results[1:]) <= after.limit
