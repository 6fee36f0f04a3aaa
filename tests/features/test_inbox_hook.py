"""What people write back: a refusal stops the next message, everything else is kept, a repeated webhook changes nothing."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.support.browser import browser
from tests.support.campaigns import add_contact

from pabal.accounts import SystemActor
from pabal.api import create_app
from pabal.domain.ids import TenantId
from pabal.kit.db import tenant_tx
from pabal.senders import account_for_dispatch, actions
from pabal.templates import ensure_rehearsal_kit

PHONE = "010-2345-0001"


def reply(text: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    said = {"channel": "sms", "from": "01023450001", "to": "0212345678", "text": text}
    return {**said, "at": "2026-11-21T09:00:00+09:00", "providerId": f"MO{number}", **fields}


async def hook_of(rt, tenant_id: UUID) -> str:
    async with tenant_tx(rt, tenant_id) as conn:
        kit = await ensure_rehearsal_kit(conn, rt, tenant_id)
        found = await account_for_dispatch(conn, kit.account_id)
    return f"/hooks/{found.hook_token}/inbound"


async def live_account(rt, tenant_id: UUID) -> str:
    new = actions.NewAccount(
        carrier="solapi",
        name="SOLAPI",
        base_url=None,
        api_key="K",
        api_secret="S",
        webhook_secret="",
        channels=("sms",),
    )
    async with tenant_tx(rt, tenant_id) as conn:
        account = await actions.create_account(conn, rt.settings, SystemActor(TenantId(tenant_id)), new)
        found = await account_for_dispatch(conn, account)
    return f"/hooks/{found.hook_token}/inbound"


async def suppressions(rt, tenant_id: UUID) -> list[tuple[Any, ...]]:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute("SELECT kind, channel, source FROM suppressions ORDER BY id")
        return await cursor.fetchall()


async def stored(rt, tenant_id: UUID) -> list[tuple[Any, ...]]:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            "SELECT provider_id, opt_out, rehearsal, app.decrypt(pii), pii::text FROM inbound_messages ORDER BY id"
        )
        return await cursor.fetchall()


async def test_a_refusal_suppresses_the_person_for_every_channel(rt, camp, client):
    contact = await add_contact(rt, camp.id, "김하늘", PHONE)
    answer = await client.post(await hook_of(rt, camp.id), json=reply(" 수신 거부! "))
    assert (answer.status_code, answer.content) == (200, b"")
    assert await suppressions(rt, camp.id) == [("phone", "all", "reply")]
    assert (await camp.owner.get(f"/api/contacts/{contact}")).json()["suppressed"] is True


async def test_anything_else_is_kept_as_ciphertext_and_suppresses_nobody(rt, camp, client):
    answer = await client.post(await hook_of(rt, camp.id), json=reply("거부하고 싶은데 어떻게 하나요?"))
    assert answer.status_code == 200
    assert await suppressions(rt, camp.id) == []
    ((provider_id, opt_out, rehearsal, plain, cipher),) = await stored(rt, camp.id)
    assert (provider_id, opt_out, rehearsal) == ("MO1", False, True)
    assert "어떻게 하나요" in plain
    for secret in ("01023450001", "어떻게", "0212345678"):
        assert secret.encode().hex() not in cipher


async def test_the_same_message_again_changes_nothing_even_after_the_opt_out_was_lifted(rt, camp, client):
    hook = await hook_of(rt, camp.id)
    await client.post(hook, json=reply("수신거부"))
    (one,) = (await camp.owner.get("/api/suppressions")).json()["items"]
    assert (await camp.owner.delete(f"/api/suppressions/{one['id']}")).status_code == 204
    assert (await client.post(hook, json=reply("수신거부"))).status_code == 200
    assert await suppressions(rt, camp.id) == []
    assert len(await stored(rt, camp.id)) == 1
    await client.post(hook, json=reply("수신거부", 2))  # a new message, a new refusal
    assert len(await suppressions(rt, camp.id)) == 1


async def test_the_same_message_many_times_at_once_is_one(rt, camp, client):
    hook = await hook_of(rt, camp.id)
    answers = await asyncio.gather(*(client.post(hook, json=reply("수신거부")) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert (len(await stored(rt, camp.id)), len(await suppressions(rt, camp.id))) == (1, 1)


async def test_with_a_real_carrier_the_simulator_changes_nothing_about_people(rt, camp, client):
    sandbox, live = await hook_of(rt, camp.id), await live_account(rt, camp.id)
    await client.post(sandbox, json=reply("수신거부"))
    assert await suppressions(rt, camp.id) == []
    await client.post(live, json=reply("수신거부"))
    assert await suppressions(rt, camp.id) == [("phone", "all", "reply")]
    assert [(row[1], row[2]) for row in await stored(rt, camp.id)] == [(True, True), (True, False)]


async def test_an_unreadable_sender_is_kept_for_a_person_to_look_at(rt, camp, client):
    await client.post(await hook_of(rt, camp.id), json=reply("수신거부") | {"from": "알 수 없음"})
    assert await suppressions(rt, camp.id) == []
    assert (await stored(rt, camp.id))[0][1] is True


async def test_nul_and_half_characters_lose_no_message(rt, camp, client):
    hook = await hook_of(rt, camp.id)
    answer = await client.post(hook, content=b'{"channel":"sms","from":"01023450001","text":"a\\u0000b\\ud83d",'
                               b'"at":"2026-11-21T09:00:00+09:00","providerId":"MO1"}',
                               headers={"Content-Type": "application/json"})  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert "ab?" in str((await stored(rt, camp.id))[0][3])


@pytest.mark.parametrize(
    "wrong", [{"providerId": ""}, {"at": "2026-11-21T09:00:00"}, {"channel": "fax"}, {"from": ""}]
)
async def test_a_malformed_message_is_refused(rt, camp, client, wrong: dict[str, Any]):
    answer = await client.post(await hook_of(rt, camp.id), json=reply("수신거부", **wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await stored(rt, camp.id) == []


async def test_an_unknown_address_is_nobodys_and_the_carriers_own_hooks_still_answer(rt, camp, client):
    unknown = await client.post("/hooks/nobody/inbound", json=reply("수신거부"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    receipts = (await hook_of(rt, camp.id)).replace("/inbound", "/solapi")
    assert (await client.post(receipts, json=[])).json()["code"] == "hook_refused"


async def test_redis_away_loses_no_refusal(rt, camp):
    hook = await hook_of(rt, camp.id)
    from redis.asyncio import Redis

    away = Redis(host="127.0.0.1", port=1, socket_connect_timeout=1)
    async with browser(create_app(replace(rt, redis=away))) as client:
        assert (await client.post(hook, json=reply("수신거부"))).status_code == 200
    await away.aclose()
    assert len(await suppressions(rt, camp.id)) == 1
