"""Prices: examples that say so until the tenant typed its own, from a day on, in every sum that is shown."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.support.campaigns import check, make_book

from pabal.campaigns import launch_due
from pabal.domain.prices import EXAMPLE_WON, PriceBook
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx

STEP = {"channel": "sms", "body": "주민 설명회에 초대해요."}


async def change(client, channel, won, on=None):
    body = {"won": won} | ({"effectiveOn": on.isoformat()} if on else {})
    return await client.patch(f"/api/prices/{channel}", json=body)


async def sms(client):
    items = (await client.get("/api/prices")).json()["items"]
    return next((one["won"], one["example"]) for one in items if one["channel"] == "sms")


@pytest.fixture
async def campaign(rt, camp):
    book = await make_book(rt, camp.id)
    step = STEP | {"senderId": str(book.sender_id)}
    body = {"name": "설명회", "messageClass": "civic", "filter": {}, "steps": [step]}
    made = await camp.owner.post("/api/campaigns", json=body)
    assert made.status_code == 201, made.text
    return made.json()


def today(rt):
    return rt.clock.now().astimezone(KST).date()


def test_a_book_says_what_rests_on_an_example():
    book = PriceBook({"sms": 9})
    assert (book.won("sms"), book.won("lms"), book.won("unheard of")) == (9, EXAMPLE_WON["lms"], 110)
    assert (book.is_example(["sms"]), book.is_example(["sms", "lms"])) == (False, True)


def test_a_fingerprint_is_of_the_channels_that_a_sum_rests_on():
    def of(own, channels=("sms",)):
        return PriceBook(own).fingerprint(channels)

    assert of({"sms": 9, "lms": 1}) == of({"lms": 1, "sms": 9})
    assert len({of(own) for own in ({}, {"sms": 9}, {"sms": 8}, {"lms": 9})}) == 4, (
        "a short text may become a long one"
    )
    assert of({"sms": 9, "brand": 1, "alimtalk": 3}) == of({"sms": 9})
    assert of({"sms": 9, "alimtalk": 3}, ("alimtalk",)) == of({"alimtalk": 3}, ("alimtalk",)) != of({})


async def test_a_price_holds_from_its_day_on_until_the_next_line(rt, camp):
    assert await sms(camp.staff) == (EXAMPLE_WON["sms"], True)
    day = today(rt)
    assert (await change(camp.owner, "sms", 9)).status_code == 200
    await change(camp.owner, "sms", 12, day + timedelta(days=1))
    await change(camp.owner, "sms", 7, day - timedelta(days=1))
    assert await sms(camp.staff) == (9, False)
    await change(camp.owner, "sms", 8)
    assert await sms(camp.staff) == (8, False), "a second line for a day takes the first one's place"
    lines = (await camp.owner.get("/api/prices")).json()["lines"]
    assert [one["won"] for one in lines] == [12, 8, 7]
    removed = await camp.owner.delete(f"/api/prices/sms/{day}")
    assert removed.status_code == 200
    assert await sms(camp.staff) == (7, False)
    await change(camp.owner, "sms", None)
    assert await sms(camp.staff) == (EXAMPLE_WON["sms"], True)
    assert (await camp.owner.delete(f"/api/prices/lms/{day}")).status_code == 404


async def test_the_check_counts_with_the_tenants_own_prices_and_says_when_it_has_none(
    camp, other_camp, campaign
):
    before = await check(camp.owner, campaign)
    people = before["sendable"]
    assert people > 0
    assert before["cost"] == {"min": people * EXAMPLE_WON["sms"], "max": people * EXAMPLE_WON["sms"]}
    assert before["costExample"] is True
    await change(other_camp.owner, "sms", 1)
    await change(camp.owner, "lms", 30)  # of another channel: nothing of this sum
    assert (await check(camp.owner, campaign))["costExample"] is True
    await change(camp.owner, "sms", 9)
    after = await check(camp.owner, campaign)
    assert (after["cost"]["max"], after["costExample"]) == (people * 9, False)
    assert after["perChannel"][0]["unitPrice"] == 9


async def test_a_sum_that_was_approved_is_not_launched_at_another_price(camp, campaign):
    digest = (await check(camp.owner, campaign))["digest"]
    await change(camp.owner, "sms", 9)
    refused = await camp.owner.post(f"/api/campaigns/{campaign['id']}/launch", json={"digest": digest})
    assert (refused.status_code, refused.json()["code"]) == (409, "content_changed")
    assert "단가" in refused.json()["detail"]
    assert (await check(camp.owner, campaign))["digest"] != digest


async def test_the_price_of_another_channel_asks_for_no_new_check(camp, campaign):
    digest = (await check(camp.owner, campaign))["digest"]
    for channel in ("alimtalk", "brand", "mms"):
        await change(camp.owner, channel, 9)
    launched = await camp.owner.post(f"/api/campaigns/{campaign['id']}/launch", json={"digest": digest})
    assert launched.status_code < 300, launched.text


@pytest.mark.parametrize("channel", ["sms", "brand"])
async def test_a_scheduled_campaign_goes_out_whatever_price_was_typed_meanwhile(rt, camp, campaign, channel):
    then = rt.clock.now() + timedelta(hours=1)
    path = f"/api/campaigns/{campaign['id']}"
    await camp.owner.patch(path, json={"schedule": {"at": then.isoformat(), "zone": "Asia/Seoul"}})
    digest = (await check(camp.owner, campaign))["digest"]
    launched = await camp.owner.post(f"{path}/launch", json={"digest": digest})
    assert launched.json()["state"] == "scheduled", launched.text
    assert (await change(camp.owner, channel, 9)).status_code == 200
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE campaigns SET due_at = clock_timestamp() - interval '1 second'")
    await launch_due(rt, camp.id, UUID(campaign["id"]))
    shown = (await camp.owner.get(path)).json()
    assert (shown["holdReason"], shown["sendId"] is not None) == ("", True)


async def test_a_campaign_of_later_counts_with_the_price_of_its_day(rt, camp, campaign):
    then = rt.clock.now() + timedelta(days=3)
    schedule = {"at": then.isoformat(), "zone": "Asia/Seoul"}
    changed = await camp.owner.patch(f"/api/campaigns/{campaign['id']}", json={"schedule": schedule})
    assert changed.status_code == 200, changed.text
    await change(camp.owner, "sms", 9)
    await change(camp.owner, "sms", 20, (then + timedelta(days=1)).astimezone(KST).date())
    await change(camp.owner, "sms", 15, then.astimezone(KST).date())
    assert (await check(camp.owner, campaign))["perChannel"][0]["unitPrice"] == 15


async def test_a_preview_names_its_price_as_what_it_is(camp):
    body = {"body": "안녕하세요", "channel": "sms"}
    assert "예시" in (await camp.staff.post("/api/templates/preview", json=body)).json()["priceNote"]
    await change(camp.owner, "sms", 9)
    shown = (await camp.staff.post("/api/templates/preview", json=body)).json()
    assert (shown["price"], "예시" in shown["priceNote"]) == (9, False)


async def test_the_record_says_which_price_took_which_ones_place(rt, camp):
    day = today(rt).isoformat()
    for won in (9, None, 8):
        await change(camp.owner, "sms", won)
    await camp.owner.delete(f"/api/prices/sms/{day}")
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT action, detail FROM audit_log WHERE action LIKE 'price.%' ORDER BY id"
        )
        found = await cursor.fetchall()
    assert found == [
        ("price.change", {"from": day, "won": 9}),
        ("price.change", {"from": day, "won": None, "before": {"won": 9}}),
        ("price.change", {"from": day, "won": 8, "before": {"won": None}}),
        ("price.remove", {"from": day, "before": {"won": 8}}),
    ]


async def test_a_day_that_nobody_can_mean_is_refused(rt, camp):
    now = today(rt)
    for off in (date(1, 1, 1), date(9999, 12, 31), now + timedelta(days=733), now - timedelta(days=733)):
        refused = await change(camp.owner, "sms", 9, off)
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert (error["path"], "2년" in error["message"]) == ("effectiveOn", True)
    for near in (now + timedelta(days=700), now - timedelta(days=700)):
        assert (await change(camp.owner, "sms", 9, near)).status_code == 200


async def test_only_owners_set_prices_and_nonsense_is_refused(camp):
    assert (await change(camp.admin, "sms", 9)).status_code == 403
    for won in (-1, 100_001, "nine"):
        assert (await change(camp.owner, "sms", won)).status_code == 422
    assert (await change(camp.owner, "pigeon", 9)).status_code == 404
    assert await sms(camp.owner) == (EXAMPLE_WON["sms"], True)
