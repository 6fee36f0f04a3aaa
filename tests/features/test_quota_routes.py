"""GET and PATCH /api/quota."""

import pytest
from tests.support.browsers import log_in

from pabal import quota
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx


@pytest.fixture
async def browser(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as owner:
        yield owner


async def test_overview_sums_and_names_the_month_in_korean_time(rt, tenant, browser):
    month = rt.clock.month_kst()
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 1000)
        await quota.reserve(conn, tenant, month, 750, send_id=new_id(), request_id=None)
        await quota.settle(conn, tenant, month, 700, send_id=new_id(), request_id=None)
    answer = await browser.get("/api/quota")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert {key: body[key] for key in ("month", "limit", "used", "reserved", "remaining")} == {
        "month": month,
        "limit": 1000,
        "used": 700,
        "reserved": 50,
        "remaining": 250,
    }
    assert [notice["percent"] for notice in body["notices"]] == [70]


async def test_the_owner_changes_the_limit_and_it_is_on_record(rt, tenant, browser):
    answer = await browser.patch("/api/quota", json={"limit": 5000})
    assert answer.status_code == 200, answer.text
    assert answer.json()["limit"] == 5000
    assert (await browser.get("/api/quota")).json()["limit"] == 5000
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT detail FROM audit_log WHERE action = 'quota.change'")
        assert [row[0]["after"] for row in await cursor.fetchall()] == [5000]


async def test_ceiling_usage_and_nonsense_are_refused_in_words(rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100, ceiling=200)
        await quota.reserve(conn, tenant, rt.clock.month_kst(), 40, send_id=new_id(), request_id=None)
    above = await browser.patch("/api/quota", json={"limit": 201})
    assert (above.status_code, above.json()["code"]) == (409, "quota_above_ceiling")
    assert "200" in above.json()["detail"]
    below = await browser.patch("/api/quota", json={"limit": 39})
    assert (below.status_code, below.json()["code"]) == (409, "quota_below_usage")
    assert (await browser.patch("/api/quota", json={"limit": -1})).status_code == 422
    assert (await browser.get("/api/quota")).json()["limit"] == 100


async def test_only_owners_change_it(app, rt, tenant):
    async with log_in(app, rt, tenant, "admin") as admin:
        assert (await admin.get("/api/quota")).status_code == 200
        refused = await admin.patch("/api/quota", json={"limit": 5})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
