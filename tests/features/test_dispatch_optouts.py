"""Refusals at a carrier (080) are refusals here: posted or read from its list; the simulator's stop counting at go-live."""

import json

import pytest
from tests.support.carriers import facing, nhn_account, solapi_account

from pabal.contacts import Blinder
from pabal.dispatch import accounts_to_read, apply_receipts, read_optouts, store_receipt
from pabal.kit.db import tenant_tx

PHONE, UNSUBSCRIBE = "01022220000", "0801234567"


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


def press_080(carrier, phone=PHONE):
    carrier.control("POST", "/optout", {"unsubscribeNo": UNSUBSCRIBE, "phone": phone})


def own(carrier, key):
    carrier.control("PUT", f"/accounts/{key}", {"carrier": "nhn", "unsubscribeNos": [UNSUBSCRIBE]})


async def refused(rt, tenant):
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT channel, source FROM suppressions WHERE kind = 'phone' AND address_key = %s",
            (blinder.address_key("phone", PHONE),),
        )
        return await cursor.fetchall()


async def go_live(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            """
            INSERT INTO carrier_accounts (tenant_id, id, carrier, name, base_url, credentials, hook_token_hash, channels)
            SELECT tenant_id, gen_random_uuid(), carrier, 'live', 'https://api.solapi.com', credentials, 'x', channels
            FROM carrier_accounts LIMIT 1
            """
        )


async def test_solapis_list_is_read(rt, tenant, carrier):
    account = await solapi_account(rt, tenant)
    press_080(carrier)
    assert await read_optouts(rt, tenant, account) == 1
    assert await refused(rt, tenant) == [("sms", "carrier_080")]
    assert await read_optouts(rt, tenant, account) == 0


async def test_nhns_list_is_read_number_by_number(rt, tenant, carrier):
    account = await nhn_account(rt, tenant, "sms")
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT app.decrypt(credentials)::jsonb ->> 'apiKey' FROM carrier_accounts"
        )
        own(carrier, (await cursor.fetchone())[0])
    press_080(carrier)
    assert await read_optouts(rt, tenant, account) == 1
    assert await refused(rt, tenant) == [("sms", "carrier_080")]


async def test_a_list_that_cannot_be_read_changes_nothing(rt, tenant, carrier):
    account = await solapi_account(rt, tenant)
    press_080(carrier)
    carrier.behave(outage=True)
    assert await read_optouts(rt, tenant, account) == 0
    assert await refused(rt, tenant) == []


async def test_a_posted_opt_out_is_believed_at_once(rt, tenant, carrier):
    account = await nhn_account(rt, tenant, "sms", mode="webhook")
    hook = {
        "recipientNo": PHONE,
        "unsubscribeNo": UNSUBSCRIBE,
        "createdDateTime": "2026-11-21T09:00:00+09:00",
    }
    body = json.dumps({"event": "UNSUBSCRIBE", "hooks": [hook]}).encode()
    await store_receipt(rt, tenant, account, body)
    await apply_receipts(rt, tenant)
    assert await refused(rt, tenant) == [("sms", "carrier_080")]


async def test_beside_a_live_account_the_simulators_opt_outs_change_nothing(rt, tenant, carrier):
    account = await nhn_account(rt, tenant, "sms", mode="webhook")
    assert (tenant, account) in await accounts_to_read(rt)
    await go_live(rt, tenant)
    assert (tenant, account) not in await accounts_to_read(rt)
    body = json.dumps({"event": "UNSUBSCRIBE", "hooks": [{"recipientNo": PHONE}]}).encode()
    await store_receipt(rt, tenant, account, body)
    await apply_receipts(rt, tenant)
    assert await refused(rt, tenant) == []
