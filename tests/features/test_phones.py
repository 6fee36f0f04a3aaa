"""The simulated handsets, against a real sandbox: own tenant only, masked by role, and a reply that comes all the way back."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from tests.sandbox.process import Client, webhook_receiver
from tests.support.browser import browser
from tests.support.campaigns import add_contact

from pabal.api import create_app
from pabal.config import Mode
from pabal.kit.db import tenant_tx
from pabal.senders import account_for_dispatch, register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit


@pytest.fixture
def settings(settings, running):
    return settings.model_copy(update={"sandbox_port": urlsplit(running.url).port})


async def line_of(rt, tenant_id: UUID, carrier: Client) -> Client:
    """The tenant's rehearsal account, as its messages come to the simulator."""
    async with tenant_tx(rt, tenant_id) as conn:
        kit = await ensure_rehearsal_kit(conn, rt, tenant_id)
        found = await account_for_dispatch(conn, kit.account_id)
    assert await register_tenant_at_sandbox(rt, tenant_id)
    return carrier.other(found.account.credentials.api_key, found.account.credentials.api_secret)


def sms(number: int, text: str) -> dict[str, Any]:
    return {"to": f"010{23450000 + number:08d}", "from": "0212345678", "text": text, "type": "SMS"}


def send(line: Client, *messages: dict[str, Any]) -> None:
    line.until_complete(line.send(*messages))


async def handsets(client, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/phones", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_what_arrived_is_shown_to_each_role_as_it_may_see_it(rt, camp, carrier):
    await add_contact(rt, camp.id, "김하늘", "010-2345-0001")
    line = await line_of(rt, camp.id, carrier)
    send(line, sms(1, "김하늘님(010-2345-0001), 설명회에 오세요"))
    send(line, sms(2, "모르는 분께"))
    unknown, known = await handsets(camp.owner)
    assert (known["name"], known["phone"], known["count"]) == ("김하늘", "010-2345-0001", 1)
    assert known["lastText"] == "김하늘님(010-2345-0001), 설명회에 오세요"
    assert (unknown["name"], unknown["phone"], unknown["lastText"]) == ("", "010-2345-0002", "모르는 분께")
    _, masked = await handsets(camp.staff)
    assert (masked["name"], masked["phone"]) == ("김*늘", "010-****-0001")
    assert masked["lastText"] == "김*늘님(010-****-0001), 설명회에 오세요"
    page = (await camp.staff.get(f"/api/phones/{masked['id']}/messages")).json()
    (message,) = page["items"]
    assert (message["direction"], message["from"], message["channel"]) == ("in", "0212345678", "sms")
    assert message["text"] == masked["lastText"]
    assert (message["state"], "01023450001" in masked["id"]) == ("delivered", False)


async def test_another_tenants_handsets_are_not_there(rt, camp, other_camp, carrier):
    mine, theirs = await line_of(rt, camp.id, carrier), await line_of(rt, other_camp.id, carrier)
    send(mine, sms(1, "우리 캠프"))
    send(theirs, sms(1, "이웃 캠프"))
    (one,) = await handsets(camp.owner)
    assert one["lastText"] == "우리 캠프"
    for path in ("messages", "reply", "opt-out"):
        method = "GET" if path == "messages" else "POST"
        answer = await other_camp.owner.request(
            method, f"/api/phones/{one['id']}/{path}", json={"text": "몰래"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    # The same person's handset, under the neighbour's account in the address: not of this tenant either.
    (other,) = await handsets(other_camp.owner)
    swapped = one["id"].split(".")[0] + "." + other["id"].split(".")[1]
    assert (await other_camp.owner.get(f"/api/phones/{swapped}/messages")).status_code == 404


async def test_pages_follow_each_other_without_gap_or_repetition(rt, camp, carrier):
    line = await line_of(rt, camp.id, carrier)
    send(line, *[sms(n, f"안내 {n}") for n in range(7)])
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        page = (
            await camp.owner.get("/api/phones", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [one["lastText"] for one in page["items"]]
        cursor = page["nextCursor"]
    assert (seen, cursor) == ([f"안내 {n}" for n in reversed(range(7))], None)
    broken = await camp.owner.get("/api/phones", params={"cursor": "WyJ4IiwieCJd"})  # ["x","x"]
    assert (broken.status_code, broken.json()["code"]) == (400, "invalid_cursor")


async def test_search_by_name_and_by_digits(rt, camp, carrier):
    await add_contact(rt, camp.id, "김하늘", "010-2345-0001")
    line = await line_of(rt, camp.id, carrier)
    send(line, sms(1, "하나"), sms(2, "둘"))
    assert [one["lastText"] for one in await handsets(camp.owner, q="하늘")] == ["하나"]
    assert [one["lastText"] for one in await handsets(camp.staff, q="0002")] == ["둘"]
    assert await handsets(camp.owner, q="없는 사람") == []
    assert await handsets(camp.staff, q="2") == []


async def test_a_reply_written_on_a_handset_comes_back_and_stops_the_next_message(rt, camp, carrier):
    """The whole way: our page, the simulator, its call of our hook, the opt-out."""
    contact = await add_contact(rt, camp.id, "김하늘", "010-2345-0001")
    with webhook_receiver() as outside:
        reached = replace(rt, settings=rt.settings.model_copy(update={"public_url": outside.url}))
        line = await line_of(reached, camp.id, carrier)
        send(line, sms(1, "설명회 안내"))
        (one,) = await handsets(camp.owner)
        answer = await camp.staff.post(f"/api/phones/{one['id']}/reply", json={"text": "수신 거부"})
        assert answer.status_code == 204, answer.text
        while not (posted := outside.next()).path.endswith("/inbound"):
            pass  # receipts of the message itself
    async with browser(create_app(rt)) as simulator:
        assert (await simulator.post(posted.path, json=posted.body)).status_code == 200
    assert (await camp.owner.get(f"/api/contacts/{contact}")).json()["suppressed"] is True
    said, arrived = (await camp.staff.get(f"/api/phones/{one['id']}/messages")).json()["items"]
    assert (said["direction"], said["text"], said["from"]) == ("out", "수신 거부", "010-****-0001")
    assert arrived["direction"] == "in"


async def test_a_simulator_that_forgot_the_account_is_told_again(rt, camp, carrier):
    line = await line_of(rt, camp.id, carrier)
    send(line, sms(1, "안내"))
    (one,) = await handsets(camp.owner)
    carrier.control("PUT", f"/accounts/{line.key}", {"inboundUrl": None, "apiSecret": line.secret})
    answer = await camp.owner.post(f"/api/phones/{one['id']}/reply", json={"text": "네"})
    assert answer.status_code == 204, answer.text


async def test_after_an_080_call_the_simulated_carrier_refuses_the_person(rt, camp, carrier):
    line = await line_of(rt, camp.id, carrier)
    send(line, sms(1, "첫 안내"))
    (one,) = await handsets(camp.owner)
    assert (await camp.owner.post(f"/api/phones/{one['id']}/opt-out")).status_code == 204
    refused = line.read_group(line.group(sms(1, "다음 안내"), sms(2, "다음 안내")))["count"]
    assert (refused["registeredSuccess"], refused["registeredFailed"]) == (1, 1)


@pytest.mark.parametrize("thread", ["x", "0" * 32 + ".00", "0" * 32 + ".zz", "a.b"])
async def test_an_id_that_names_nothing_is_404(rt, camp, carrier, thread):
    await line_of(rt, camp.id, carrier)
    assert (await camp.owner.get(f"/api/phones/{thread}/messages")).status_code == 404


async def test_without_a_rehearsal_account_and_in_production_there_are_no_handsets(rt, camp, carrier):
    off = await camp.owner.get("/api/phones")
    assert (off.status_code, off.json()["code"]) == (404, "phones_off")
    await line_of(rt, camp.id, carrier)
    assert (await camp.owner.get("/api/phones")).status_code == 200
    production = replace(rt, settings=rt.settings.model_copy(update={"mode": Mode.PRODUCTION}))
    async with browser(create_app(production)) as client:
        client.cookies, client.headers = camp.owner.cookies, camp.owner.headers
        answer = await client.get("/api/phones")
    assert (answer.status_code, answer.json()["code"]) == (404, "phones_off")


async def test_a_simulator_that_is_away_is_said_as_it_is(rt, camp, carrier):
    await line_of(rt, camp.id, carrier)
    away = replace(rt, settings=rt.settings.model_copy(update={"sandbox_port": 1}))
    async with browser(create_app(away)) as client:
        client.cookies, client.headers = camp.owner.cookies, camp.owner.headers
        answer = await client.get("/api/phones")
    assert (answer.status_code, answer.json()["code"]) == (503, "simulator_away")
