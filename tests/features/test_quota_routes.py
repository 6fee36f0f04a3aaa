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


# -- notices ---------------------------------------------------------------------------------------


async def take(rt, tenant, units):
    async with tenant_tx(rt, tenant) as conn:
        got = await quota.reserve(
            conn, tenant, rt.clock.month_kst(), units, send_id=new_id(), request_id=None
        )
    assert got == units


async def unseen(browser):
    return [one["percent"] for one in (await browser.get("/api/quota")).json()["notices"] if not one["seen"]]


async def see(browser, percent):
    return await browser.post("/api/quota/notices/seen", json={"percent": percent})


async def test_each_threshold_is_told_once_and_stays_told(rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    told = []
    for units in (69, 1, 19, 1, 9, 1):  # 69, 70, 89, 90, 99, 100 of 100
        await take(rt, tenant, units)
        told.append(await unseen(browser))
        if told[-1]:
            assert (await see(browser, told[-1][-1])).status_code == 200
            assert await unseen(browser) == []
    assert told == [[], [70], [], [90], [], [100]]


async def test_whoever_looks_late_is_told_once_and_not_three_times(rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    await take(rt, tenant, 100)
    assert await unseen(browser) == [70, 90, 100]
    assert (await see(browser, 90)).status_code == 200
    assert await unseen(browser) == [100]


async def test_every_owner_is_told_and_it_is_known_who_saw_it(app, rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    await take(rt, tenant, 75)
    await see(browser, 70)
    await see(browser, 70)
    async with log_in(app, rt, tenant, "owner") as other:
        assert await unseen(other) == [70]
        listed = (await other.get("/api/quota/month")).json()["noticesSeen"]
    assert [(one["percent"], one["name"]) for one in listed] == [(70, "owner")]


async def test_a_share_of_a_raised_limit_is_news_again_and_so_is_the_next_month(rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    await take(rt, tenant, 95)
    await see(browser, 90)
    assert (await browser.patch("/api/quota", json={"limit": 200})).json()["notices"] == []
    await take(rt, tenant, 85)
    assert await unseen(browser) == [70, 90]
    await see(browser, 90)
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE quota_notices_seen SET month = '2026-01'")
    assert await unseen(browser) == [70, 90]


async def test_what_is_not_reached_cannot_be_seen_and_only_owners_answer(app, rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    await take(rt, tenant, 70)
    early = await see(browser, 90)
    assert (early.status_code, early.json()["code"]) == (409, "quota_notice_not_reached")
    assert (await see(browser, 50)).status_code == 422
    async with log_in(app, rt, tenant, "admin") as admin:
        assert (await see(admin, 70)).status_code == 403
        assert [one["percent"] for one in (await admin.get("/api/quota")).json()["notices"]] == [70]


async def test_another_tenants_looks_are_theirs(app, rt, tenant, other_tenant, browser):
    for one in (tenant, other_tenant):
        async with tenant_tx(rt, one) as conn:
            await quota.set_limit(conn, one, 100)
        await take(rt, one, 70)
    async with log_in(app, rt, other_tenant, "owner") as neighbour:
        await see(neighbour, 70)
        assert await unseen(neighbour) == []
    assert await unseen(browser) == [70]
