"""Every unit is traceable: the entries always add up to the month's row."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import CheckViolation, NotNullViolation
from tests.support.tenants import make_tenant

from pabal import quota
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.kit.http.errors import Problem
from pabal.runtime import open_runtime

MONTH = "2026-11"


async def _reserve(conn, tenant, units, month=MONTH):
    return await quota.reserve(conn, tenant, month, units, send_id=new_id(), request_id=new_id())


async def test_what_does_not_fit_is_granted_in_part(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 10)
        assert await _reserve(conn, tenant, 7) == 7
        assert await _reserve(conn, tenant, 7) == 3
        assert await _reserve(conn, tenant, 7) == 0
        assert await quota.remaining(conn, tenant, MONTH) == 0


async def test_without_a_limit_nothing_is_granted(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("DELETE FROM quota_limits")
        assert await _reserve(conn, tenant, 1) == 0
        assert (await quota.overview(conn, tenant, MONTH)).limit == 0


async def test_units_return_to_the_month_they_were_reserved_in(rt, tenant):
    """A receipt of November that comes in December."""
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
        await _reserve(conn, tenant, 30, "2026-11")
        await _reserve(conn, tenant, 50, "2026-12")
        await quota.settle(conn, tenant, "2026-11", 20, send_id=new_id(), request_id=None)
        await quota.release(conn, tenant, "2026-11", 10, send_id=new_id(), request_id=None)
        november = await quota.overview(conn, tenant, "2026-11")
        december = await quota.overview(conn, tenant, "2026-12")
    assert (november.used, november.reserved) == (20, 0)
    assert (december.used, december.reserved) == (0, 50)


@pytest.mark.parametrize("move", [quota.settle, quota.release])
async def test_more_than_is_reserved_cannot_be_moved(rt, tenant, move):
    async with tenant_tx(rt, tenant) as conn:
        await _reserve(conn, tenant, 5)
    with pytest.raises(CheckViolation):
        async with tenant_tx(rt, tenant) as conn:
            await move(conn, tenant, MONTH, 6, send_id=new_id(), request_id=None)
    with pytest.raises(NotNullViolation, match="month"):  # a month that never was
        async with tenant_tx(rt, tenant) as conn:
            await move(conn, tenant, "2001-01", 1, send_id=new_id(), request_id=None)


async def test_zero_units_leave_no_trace(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        assert await _reserve(conn, tenant, 0) == 0
        await quota.settle(conn, tenant, MONTH, 0, send_id=new_id(), request_id=None)
        await quota.release(conn, tenant, MONTH, 0, send_id=new_id(), request_id=None)
        cursor = await conn.execute("SELECT count(*) FROM quota_entries")
        assert await cursor.fetchone() == (0,)


async def test_a_change_reaches_the_running_month_and_the_next_but_not_the_past(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
        await _reserve(conn, tenant, 1, "2026-10")
        await _reserve(conn, tenant, 1, "2026-11")
        assert await quota.change_limit(conn, tenant, "2026-11", 250) == 100
        limits = [(await quota.overview(conn, tenant, m)).limit for m in ("2026-10", "2026-11", "2026-12")]
    assert limits == [100, 250, 250]


async def test_a_limit_below_what_is_taken_is_refused_and_changes_nothing(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
        await _reserve(conn, tenant, 40)
    with pytest.raises(Problem, match="quota_below_usage"):
        async with tenant_tx(rt, tenant) as conn:
            await quota.change_limit(conn, tenant, MONTH, 39)
    async with tenant_tx(rt, tenant) as conn:
        assert (await quota.overview(conn, tenant, MONTH)).limit == 100
        assert (await quota.overview(conn, tenant, "2026-12")).limit == 100


async def test_another_tenants_quota_is_untouched(rt, tenant, other_tenant):
    async with tenant_tx(rt, tenant) as conn:
        await _reserve(conn, tenant, 5)
    async with tenant_tx(rt, other_tenant) as conn:
        assert (await quota.overview(conn, other_tenant, MONTH)).reserved == 0
        cursor = await conn.execute("SELECT count(*) FROM quota_entries")
        assert await cursor.fetchone() == (0,)


_STEP = st.tuples(st.sampled_from(["reserve", "settle", "release"]), st.integers(0, 40))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, max_size=30), limit=st.integers(0, 120))
def test_entries_always_add_up_to_the_month(ledger_run, steps, limit):
    """Any sequence of movements, refused ones included."""
    ledger_run(steps, limit)


@pytest.fixture
def ledger_run(settings_of_property_test):
    rt_open, make = settings_of_property_test

    async def run(steps, limit):
        async with rt_open() as rt:
            tenant = await make(rt)
            async with tenant_tx(rt, tenant) as conn:
                await quota.set_limit(conn, tenant, limit)
            expected = {"used": 0, "reserved": 0}
            for kind, units in steps:
                try:
                    async with tenant_tx(rt, tenant) as conn:
                        if kind == "reserve":
                            got = await _reserve(conn, tenant, units)
                            assert got == min(units, limit - expected["used"] - expected["reserved"])
                            expected["reserved"] += got
                            continue
                        move = quota.settle if kind == "settle" else quota.release
                        await move(conn, tenant, MONTH, units, send_id=new_id(), request_id=new_id())
                        expected["reserved"] -= units
                        expected["used"] += units if kind == "settle" else 0
                except (CheckViolation, NotNullViolation):
                    assert units > expected["reserved"]
            async with tenant_tx(rt, tenant) as conn:
                after = await quota.overview(conn, tenant, MONTH)
                cursor = await conn.execute("SELECT kind, sum(units)::int FROM quota_entries GROUP BY kind")
                sums = dict(await cursor.fetchall())
            assert (after.used, after.reserved) == (expected["used"], expected["reserved"])
            assert after.used == sums.get("settle", 0)
            assert after.reserved == sums.get("reserve", 0) - sums.get("settle", 0) - sums.get("release", 0)
            assert after.used + after.reserved <= limit

    return lambda steps, limit: asyncio.run(run(steps, limit))


@pytest.fixture
def settings_of_property_test(settings):
    """Each example runs a loop of its own, so it opens a runtime of its own; the tenant is fresh each time."""
    return lambda: open_runtime(settings, name="property"), lambda rt: make_tenant(rt, "속성")
