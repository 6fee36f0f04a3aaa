"""Senders, carrier accounts, and the kit that every tenant can rehearse with."""

import socket
from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
from tests.sandbox.process import webhook_receiver

from pabal import senders
from pabal.channels.base import Created, OutgoingMessage
from pabal.channels.registry import fenced_carrier
from pabal.config import Mode
from pabal.dispatch import breaker
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.senders import routes
from pabal.templates import RehearsalKit, ensure_rehearsal_kit, find_template

KEYS = {"apiKey": "NCSLIVE0123456789", "apiSecret": "very-secret-value", "webhookSecret": "hook-secret"}


@pytest.fixture
def settings(settings, running):
    """The hub's own simulator is this test's process."""
    return settings.model_copy(update={"sandbox_port": urlsplit(running.url).port})


async def create_account(client, **fields):
    body = {"carrier": "solapi", "credentials": KEYS, "channels": ["sms", "lms"], **fields}
    return await client.post("/api/carrier-accounts", json=body)


# -- carrier accounts -------------------------------------------------------------------------------


async def test_secrets_go_in_and_never_come_out(rt, camp):
    made = await create_account(camp.owner, name="선거 발송", ratePerSecond=50)
    assert made.status_code == 201, made.text
    listed = await camp.owner.get("/api/carrier-accounts")
    body = made.json()
    assert listed.json()["items"] == [body]
    assert body["apiKeyHint"] == "NCSL…89"
    assert (body["baseUrl"], body["sandbox"], body["fenced"]) == ("https://api.solapi.com", False, True)
    for secret in KEYS.values():
        assert secret not in made.text + listed.text
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT encode(credentials, 'escape') FROM carrier_accounts")
        assert not any(secret in row[0] for row in await cursor.fetchall() for secret in KEYS.values())
        cursor = await conn.execute(
            "SELECT detail::text FROM audit_log WHERE action LIKE 'carrier_account.%'"
        )
        assert not any(secret in row[0] for row in await cursor.fetchall() for secret in KEYS.values())


async def test_the_engine_gets_what_was_stored(rt, camp):
    made = (await create_account(camp.owner, monthlyCap=5000)).json()
    async with tenant_tx(rt, camp.id) as conn:
        found = await senders.account_for_dispatch(conn, made["id"])
    assert found is not None
    assert found.account.credentials.api_secret == KEYS["apiSecret"]
    assert (found.monthly_cap, found.rate_per_second, found.state) == (5000, None, "active")
    assert KEYS["apiSecret"] not in repr(found)
    hooked = await senders.account_by_hook(rt, found.hook_token)
    assert hooked is not None
    assert (hooked.tenant_id, str(hooked.account_id), hooked.carrier) == (camp.id, made["id"], "solapi")
    assert await senders.account_by_hook(rt, "guessed") is None


async def test_a_change_keeps_what_it_does_not_name(rt, camp):
    made = (await create_account(camp.owner, ratePerSecond=50)).json()
    path = f"/api/carrier-accounts/{made['id']}"
    changed = await camp.owner.patch(path, json={"credentials": {"apiSecret": "rotated"}, "name": "새 이름"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["ratePerSecond"]) == ("새 이름", 50)
    unlimited = await camp.owner.patch(path, json={"ratePerSecond": None, "state": "disabled"})
    assert (unlimited.json()["ratePerSecond"], unlimited.json()["state"]) == (None, "disabled")
    async with tenant_tx(rt, camp.id) as conn:
        found = await senders.account_for_dispatch(conn, made["id"])
    assert found is not None
    credentials = found.account.credentials
    assert (credentials.api_key, credentials.api_secret) == (KEYS["apiKey"], "rotated")
    assert credentials.webhook_secret == KEYS["webhookSecret"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://api.solapi.com",
        "https://user:pw@api.solapi.com",
        "https://",
        "https://a?x=1",
        "https://[bad",
        "자유롭게 적음",
    ],
)
async def test_addresses_that_are_none_are_refused(camp, url):
    refused = await create_account(camp.owner, baseUrl=url)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "baseUrl"


async def test_an_account_does_not_move_between_simulator_and_carrier(camp, running):
    made = (await create_account(camp.owner, baseUrl=running.url)).json()
    assert made["sandbox"] is True
    same = running.url.replace("127.0.0.1", "localhost")
    path = f"/api/carrier-accounts/{made['id']}"
    assert (await camp.owner.patch(path, json={"baseUrl": same})).status_code == 200
    moved = await camp.owner.patch(path, json={"baseUrl": "https://api.solapi.com"})
    assert (moved.status_code, moved.json()["code"]) == (409, "carrier_account_moves")


@pytest.mark.parametrize(
    ("channels", "status", "url"),
    [
        (["sms", "lms"], 201, "https://sms.api.nhncloudservice.com"),
        (["alimtalk"], 201, "https://kakaotalk-bizmessage.api.nhncloudservice.com"),
        (["sms", "alimtalk"], 422, None),  # two products, two app keys
        (["brand"], 409, None),
    ],
)
async def test_an_nhn_account_is_one_product(camp, channels, status, url):
    answer = await create_account(camp.owner, carrier="nhn", channels=channels)
    assert answer.status_code == status
    assert answer.json().get("baseUrl") == url


async def test_an_nhn_account_is_tested_without_sending(camp, carrier):
    made = (await create_account(camp.owner, carrier="nhn", channels=["sms"], baseUrl=carrier.url)).json()
    good = (await camp.owner.post(f"/api/carrier-accounts/{made['id']}/test")).json()
    assert (good["ok"], good["fenced"]) == (True, None)
    assert carrier.ledger() == []


async def test_only_owners_manage_carriers_and_see_the_webhook_address(camp, running):
    made = (await create_account(camp.owner, baseUrl=running.url, mode="webhook")).json()
    assert "/hooks/" in made["webhookUrl"]
    assert (await create_account(camp.admin)).status_code == 403
    [shown] = (await camp.admin.get("/api/carrier-accounts")).json()["items"]
    assert shown["webhookUrl"] is None
    assert (await camp.staff.get("/api/carrier-accounts")).status_code == 403


async def test_without_a_public_address_a_real_carrier_is_asked_and_told_no_webhook(camp):
    refused = await create_account(camp.owner, mode="webhook")
    assert (refused.status_code, refused.json()["code"]) == (409, "public_url_missing")
    made = (await create_account(camp.owner)).json()
    path = f"/api/carrier-accounts/{made['id']}"
    assert (made["mode"], made["webhookUrl"]) == ("polling", None)
    assert (await camp.owner.patch(path, json={"mode": "webhook"})).status_code == 409
    await camp.owner.patch(
        "/api/setup/address", json={"state": "done", "publicUrl": "https://hub.example.kr"}
    )
    told = (await camp.owner.patch(path, json={"mode": "webhook"})).json()
    assert told["webhookUrl"].startswith("https://hub.example.kr/hooks/")
    polling = (await camp.owner.patch(path, json={"mode": "polling"})).json()
    assert (polling["mode"], polling["webhookUrl"]) == ("polling", None)
    await camp.owner.patch(path, json={"mode": "webhook"})
    await camp.owner.patch("/api/setup/address", json={"state": "done", "publicUrl": None})
    (lost,) = (await camp.owner.get("/api/carrier-accounts")).json()["items"]
    assert (lost["mode"], lost["webhookUrl"]) == ("webhook", None), "an address that nobody can reach"


async def test_a_repeated_create_makes_one(camp):
    headers = {"Idempotency-Key": "k1"}
    body = {"carrier": "solapi", "credentials": KEYS}
    first = await camp.owner.post("/api/carrier-accounts", json=body, headers=headers)
    second = await camp.owner.post("/api/carrier-accounts", json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len((await camp.owner.get("/api/carrier-accounts")).json()["items"]) == 1


async def test_the_test_proves_key_and_fence_and_sends_nothing(camp, carrier, running):
    made = (await create_account(camp.owner, baseUrl=running.url)).json()
    good = await camp.owner.post(f"/api/carrier-accounts/{made['id']}/test")
    assert good.status_code == 200, good.text
    assert (good.json()["ok"], good.json()["fenced"]) == (True, True)
    carrier.control("PUT", f"/accounts/{KEYS['apiKey']}", {"apiSecret": "changed at the carrier"})
    # The hub registers its own secret again before each test, so break the hub's side instead.
    await camp.owner.patch(
        f"/api/carrier-accounts/{made['id']}", json={"credentials": {"apiKey": "NCSOTHER0000000"}}
    )
    assert (await camp.owner.post(f"/api/carrier-accounts/{made['id']}/test")).json()["ok"] is True
    assert carrier.ledger() == []
    assert not [r for r in carrier.requests() if r["step"] == "send"]


async def test_a_carrier_that_is_not_there_is_said_so(camp):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = (await create_account(camp.owner, baseUrl=f"http://127.0.0.1:{free.getsockname()[1]}")).json()
        answer = (await camp.owner.post(f"/api/carrier-accounts/{made['id']}/test")).json()
    assert (answer["ok"], answer["fenced"]) == (False, None)
    assert "연결" in answer["message"]


async def test_what_the_last_check_found_stays_until_the_key_changes(rt, camp, running):
    made = (await create_account(camp.owner, baseUrl=running.url)).json()
    path = f"/api/carrier-accounts/{made['id']}"
    assert made["lastCheck"] is None
    said = (await camp.owner.post(f"{path}/test")).json()
    [shown] = (await camp.admin.get("/api/carrier-accounts")).json()["items"]
    kept = shown["lastCheck"]
    assert (kept["ok"], kept["message"], kept["balance"]) == (True, said["message"], said["balance"])
    renamed = (await camp.owner.patch(path, json={"name": "새 이름", "ratePerSecond": 5})).json()
    assert renamed["lastCheck"] == kept
    rotated = (await camp.owner.patch(path, json={"credentials": {"apiSecret": "rotated"}})).json()
    assert rotated["lastCheck"] is None


async def test_a_test_of_the_old_key_says_nothing_of_the_new_one(rt, camp, running, monkeypatch):
    made = (await create_account(camp.owner, baseUrl=running.url)).json()
    path = f"/api/carrier-accounts/{made['id']}"
    asked = routes._check

    async def meanwhile(change, rt, found):
        result = await asked(rt, found)
        assert (await camp.owner.patch(path, json=change)).status_code == 200
        return result

    rotate = {"credentials": {"apiSecret": "rotated meanwhile"}}
    monkeypatch.setattr(routes, "_check", partial(meanwhile, rotate))
    refused = await camp.owner.post(f"{path}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "다시 확인" in refused.json()["detail"]
    assert (await camp.admin.get("/api/carrier-accounts")).json()["items"][0]["lastCheck"] is None
    monkeypatch.setattr(routes, "_check", partial(meanwhile, {"name": "다른 이름"}))
    assert (await camp.owner.post(f"{path}/test")).status_code == 200
    assert (await camp.admin.get("/api/carrier-accounts")).json()["items"][0]["lastCheck"]["ok"] is True


async def recorded(rt, tenant, action):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT detail FROM audit_log WHERE action = %s ORDER BY id", (action,))
        return [row[0] for row in await cursor.fetchall()]


async def test_the_record_of_a_change_says_what_differs_and_no_secret(rt, camp, running):
    made = (await create_account(camp.owner, name="발송", monthlyCap=5000, baseUrl=running.url)).json()
    path = f"/api/carrier-accounts/{made['id']}"
    assert (await camp.owner.post(f"{path}/test")).json()["ok"] is True
    same = {"name": "발송", "monthlyCap": 5000, "baseUrl": running.url, "channels": ["sms", "lms"]}
    kept = await camp.owner.patch(path, json=same | {"credentials": {"apiKey": KEYS["apiKey"]}})
    assert kept.json()["lastCheck"] is not None, "the same again is no other account"
    assert await recorded(rt, camp.id, "carrier_account.change") == []
    changed = same | {"monthlyCap": None, "state": "disabled", "credentials": KEYS | {"apiSecret": "rotated"}}
    assert (await camp.owner.patch(path, json=changed)).status_code == 200
    assert await recorded(rt, camp.id, "carrier_account.change") == [
        {
            "before": {"monthlyCap": 5000, "state": "active"},
            "after": {"monthlyCap": None, "state": "disabled"},
            "secrets": ["apiSecret"],
        }
    ]
    [created] = await recorded(rt, camp.id, "carrier_account.create")
    assert (created["carrier"], created["baseUrl"], created["monthlyCap"]) == ("solapi", running.url, 5000)
    assert not {*KEYS, *KEYS.values()} & {*created, *map(str, created.values())}


async def test_the_state_of_accounts_says_what_went_through_them_and_which_rest(rt, camp, other_camp):
    one = (await create_account(camp.owner, monthlyCap=5000)).json()["id"]
    two = (await create_account(camp.owner)).json()["id"]
    await create_account(other_camp.owner)
    now = rt.clock.now()
    rows = [
        (one, "answered", 300, now),
        (one, "uncertain", 7, now),
        (one, "voided", 50, now),
        (one, "answered", 9, now - timedelta(days=32)),
    ]
    send = new_id()
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute(
            "INSERT INTO sends (tenant_id, id, kind, state, steps, selection)"
            " VALUES (%s, %s, 'campaign', 'finished', '[]', '{}')",
            (camp.id, send),
        )
        await conn.execute(
            "INSERT INTO chunks (tenant_id, send_id, no, seq_from, seq_to) VALUES (%s, %s, 1, 1, 1)",
            (camp.id, send),
        )
        for account, state, size, at in rows:
            await conn.execute(
                """
                INSERT INTO requests (tenant_id, send_id, id, chunk_no, epoch, step, channel, account_id, request_key,
                                      state, size, owner, created_at)
                VALUES (%s, %s, %s, 1, 1, 0, 'sms', %s, gen_random_uuid()::text, %s, %s, 'w', %s)
                """,
                (camp.id, send, new_id(), account, state, size, at),
            )
    for _ in range(breaker.TROUBLES):
        await breaker.note(rt.redis, two, trouble=True)
    states = {
        item["accountId"]: (item["usedThisMonth"], item["restSeconds"] > 0)
        for item in (await camp.admin.get("/api/carrier-account-states")).json()["items"]
    }
    assert states == {one: (307, False), two: (0, True)}
    assert (await camp.staff.get("/api/carrier-account-states")).status_code == 403


# -- senders ----------------------------------------------------------------------------------------


async def test_a_number_waits_for_its_registration_at_a_real_carrier(camp):
    account = (await create_account(camp.owner)).json()
    made = await camp.admin.post(
        "/api/senders", json={"kind": "phone", "value": "02-123-4567", "name": "사무실"}
    )
    assert made.status_code == 201, made.text
    assert made.json()["value"] == "021234567"
    assert (made.json()["state"], made.json()["accountId"]) == ("pending", account["id"])
    path = f"/api/senders/{made.json()['id']}"
    assert (await camp.admin.patch(path, json={"state": "registered"})).json()["state"] == "registered"
    shown = (await camp.staff.get("/api/senders?kind=phone&state=registered")).json()
    assert [s["value"] for s in shown["items"]] == ["021234567"]


@pytest.mark.parametrize("value", ["123", "+82 10 1234 5678", "0101234567890", "전화번호", "19881234"])
async def test_numbers_that_cannot_send_are_refused(camp, value):
    await create_account(camp.owner)
    refused = await camp.admin.post("/api/senders", json={"kind": "phone", "value": value})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "value"


async def test_the_same_number_twice_and_an_unnamed_account(camp):
    first = (await create_account(camp.owner)).json()
    body = {"kind": "phone", "value": "1588-0000"}
    assert (await camp.admin.post("/api/senders", json=body)).status_code == 201
    twice = await camp.admin.post("/api/senders", json=body)
    assert (twice.status_code, twice.json()["code"]) == (409, "sender_exists")
    second = (await create_account(camp.owner)).json()
    assert (await camp.admin.post("/api/senders", json=body)).status_code == 422  # which account?
    for account, status in ((first, 409), (second, 201)):
        answer = await camp.admin.post("/api/senders", json={**body, "accountId": account["id"]})
        assert answer.status_code == status


async def test_pages(camp):
    await create_account(camp.owner)
    for n in range(5):
        await camp.admin.post("/api/senders", json={"value": f"0212345{n:03d}"})
    seen, cursor = [], ""
    while True:
        page = (await camp.staff.get(f"/api/senders?limit=2{cursor}")).json()
        seen += [item["value"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == [f"0212345{n:03d}" for n in reversed(range(5))]


async def test_the_other_tenant_sees_and_reaches_nothing(camp, other_camp):
    account = (await create_account(camp.owner)).json()
    sender = (await camp.admin.post("/api/senders", json={"value": "1588-0000"})).json()
    for path in ("/api/carrier-accounts", "/api/senders"):
        assert (await other_camp.owner.get(path)).json()["items"] == []
    reach = [
        await other_camp.owner.patch(f"/api/carrier-accounts/{account['id']}", json={"name": "x"}),
        await other_camp.owner.post(f"/api/carrier-accounts/{account['id']}/test"),
        await other_camp.owner.patch(f"/api/senders/{sender['id']}", json={"name": "x"}),
    ]
    assert [answer.status_code for answer in reach] == [404, 404, 404]
    stolen = await other_camp.admin.post(
        "/api/senders", json={"value": "1588-1111", "accountId": account["id"]}
    )
    assert stolen.status_code == 422


def with_settings(rt, **changes):
    return replace(rt, settings=rt.settings.model_copy(update=changes))


# -- the rehearsal kit ------------------------------------------------------------------------------


async def kit_of(rt, tenant) -> RehearsalKit:
    async with tenant_tx(rt, tenant) as conn:
        kit = await ensure_rehearsal_kit(conn, rt, tenant)
    assert kit is not None
    return kit


async def test_every_tenant_can_rehearse_and_asking_again_changes_nothing(rt, tenant, carrier):
    first = await kit_of(rt, tenant)
    assert await kit_of(rt, tenant) == first
    async with tenant_tx(rt, tenant) as conn:
        account = await senders.account_for_dispatch(conn, first.account_id)
        mine = await senders.list_senders(conn)
        assert await senders.sandbox_account(conn) == first.account_id
    assert account is not None
    assert (account.sandbox, account.rate_per_second, account.monthly_cap) == (True, None, None)
    assert account.account.base_url == rt.settings.sandbox_url
    assert {(s.kind, s.state) for s in mine} == {("phone", "registered"), ("kakao", "registered")}


async def test_the_kit_sends_and_its_receipt_comes_home(rt, tenant, carrier):
    """Key, number, profile, template and webhook address all fit each other, at a simulator that checks."""
    with webhook_receiver() as hub:
        rt = with_settings(rt, public_url=hub.url)
        kit = await kit_of(rt, tenant)
        assert await senders.register_tenant_at_sandbox(rt, tenant) is True
        assert await senders.register_at_sandbox(rt, tenant, kit.account_id) is True  # repeatable
        async with tenant_tx(rt, tenant) as conn:
            found = await senders.account_for_dispatch(conn, kit.account_id)
            phone = await senders.find_sender(conn, kit.phone_sender_id)
            kakao = await senders.find_sender(conn, kit.kakao_sender_id)
            template = await find_template(conn, kit.template_id)
        assert found is not None
        assert phone is not None
        assert kakao is not None
        assert template is not None
        [known] = carrier.control("GET", "/accounts")["items"]
        assert (known["verified"], known["webhook"], known["inbound"]) == (True, True, True)
        solapi = fenced_carrier("solapi", rt.http)
        group = await solapi.create(found.account)
        assert isinstance(group, Created)
        name = {"이름": "김철수"}
        message = OutgoingMessage(
            "s1.1.1", "01011112222", phone.value, "alimtalk", "", "", template.code, kakao.value, name
        )
        await solapi.add(found.account, group.provider_id, [message])
        await solapi.send(found.account, group.provider_id)
        posted = hub.next()
        assert posted.path == f"/hooks/{found.hook_token}/solapi"
        assert solapi.verify_webhook(posted.headers, found.account.credentials.webhook_secret)
        [line] = carrier.ledger()
        assert line["text"] == template.body.replace("#{이름}", "김철수")
        assert (line["channel"], line["recipientKey"]) == ("alimtalk", "s1.1.1")


async def test_a_simulator_that_is_not_up_is_tolerated(rt, tenant, running):
    kit = await kit_of(rt, tenant)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = with_settings(rt, sandbox_port=free.getsockname()[1])
        assert await senders.register_at_sandbox(away, tenant, kit.account_id) is False


async def test_all_tenants_are_registered_at_a_simulator_that_forgot(rt, tenant, other_tenant, carrier):
    for one in (tenant, other_tenant):
        await kit_of(rt, one)
    assert await senders.register_all_at_sandbox(rt) is True
    assert len(carrier.control("GET", "/accounts")["items"]) == 2
    assert await senders.register_all_at_sandbox(with_settings(rt, mode=Mode.PRODUCTION)) is True


async def test_production_has_no_kit(rt, tenant):
    live = with_settings(rt, mode=Mode.PRODUCTION)
    async with tenant_tx(live, tenant) as conn:
        assert await ensure_rehearsal_kit(conn, live, tenant) is None
        assert await senders.list_senders(conn) == []


async def test_production_wants_https_at_real_carriers(rt, camp, app):
    app.state.rt = with_settings(rt, mode=Mode.PRODUCTION)
    refused = await create_account(camp.owner, baseUrl="http://api.solapi.com")
    assert refused.status_code == 422
    assert (await create_account(camp.owner, baseUrl="https://api.solapi.com")).status_code == 201
