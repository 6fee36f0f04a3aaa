"""First run: exactly one first owner, nobody from the street; a checklist that tells the truth about real sends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from tests.support.browser import PASSWORD, browser, log_in
from tests.support.law import candidacy, move_clock

from pabal.accounts import create_tenant
from pabal.api import create_app
from pabal.cli import demo, keys
from pabal.config import Mode
from pabal.kit.db import system_tx, tenant_tx
from pabal.senders import account_by_hook
from pabal.setup import routes

OWNER = {
    "tenantName": "마포을 캠프",
    "kind": "camp",
    "name": "김하늘",
    "email": "Owner@Blue.test",
    "password": PASSWORD,
}


@asynccontextmanager
async def at_the_machine(app, *, port: int = 8000) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        client.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        yield client


async def first_owner(client: httpx.AsyncClient, **fields: object) -> httpx.Response:
    answer = await client.post("/api/setup/owner", json={**OWNER, **fields})
    if answer.status_code == 201:
        client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
    return answer


def with_settings(rt, **fields):
    return replace(rt, settings=rt.settings.model_copy(update=fields))


async def states(client) -> dict[str, str]:
    return {one["step"]: one["state"] for one in (await client.get("/api/setup")).json()["steps"]}


async def blocking(client) -> list[str]:
    return [one["code"] for one in (await client.get("/api/setup")).json()["blockers"]]


# -- the first owner -------------------------------------------------------------------------------


async def test_the_first_owner_is_logged_in_and_can_rehearse_at_once(rt, app):
    async with at_the_machine(app) as client:
        before = (await client.get("/api/setup/status")).json()
        assert before == {"ownerNeeded": True, "tokenNeeded": False, "demoLogins": []}
        answer = await first_owner(client)
        assert answer.status_code == 201, answer.text
        me = (await client.get("/api/me")).json()
        assert (me["user"]["email"], me["role"], me["tenants"][0]["name"]) == (
            "owner@blue.test",
            "owner",
            "마포을 캠프",
        )
        assert me["csrfToken"] == answer.json()["csrfToken"]
        assert (await client.get("/api/setup/status")).json()["ownerNeeded"] is False
        senders = (await client.get("/api/senders")).json()["items"]
        assert {one["kind"] for one in senders} == {"phone", "kakao"}
        assert (await client.get("/api/quota")).json()["remaining"] > 0
    async with browser(app) as later:
        await log_in(later, "owner@blue.test")


async def test_of_many_who_try_at_once_one_becomes_the_owner(rt, app):
    async with at_the_machine(app) as client:
        many = [first_owner(client, email=f"p{n}@blue.test", tenantName=f"캠프 {n}") for n in range(12)]
        answers = await asyncio.gather(*many)
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"installation_claimed"}
    async with system_tx(rt) as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM app.list_tenants())"
        )
        assert await cursor.fetchone() == (1, 1)


async def test_where_anybody_lives_nobody_becomes_the_first_owner(app, camp):
    async with at_the_machine(app) as client:
        answer = await first_owner(client)
    assert (answer.status_code, answer.json()["code"]) == (409, "installation_claimed")


async def test_from_another_machine_it_takes_the_token_and_guesses_are_counted(rt):
    app = create_app(with_settings(rt, setup_token="the-token-of-pabal-up"))
    async with browser(app, address="203.0.113.9") as away, browser(app, address="203.0.113.10") as other:
        assert (await away.get("/api/setup/status")).json()["tokenNeeded"] is True
        for token in (None, "", "guess", "the-token-of-pabal", "guess again"):
            answer = await first_owner(away, setupToken=token)
            assert (answer.status_code, answer.json()["code"]) == (403, "setup_token_needed")
        locked = await first_owner(away, setupToken="the-token-of-pabal-up")
        assert (locked.status_code, locked.json()["code"]) == (429, "too_many_requests")
        assert int(locked.headers["retry-after"]) > 600
        assert (await first_owner(other, setupToken="the-token-of-pabal-up")).status_code == 201


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://pabal.attacker.test", {}),
        ("http://127.0.0.1:8000", {"X-Forwarded-For": "203.0.113.9"}),
        ("http://127.0.0.1.attacker.test", {}),
    ],
    ids=["a name of theirs that points at us", "through a proxy", "a name that looks like us"],
)
async def test_without_a_token_only_the_machine_itself_counts(app, url, headers):
    async with browser(app) as client:
        client.base_url = httpx.URL(url)
        client.headers.update(headers)
        answer = await first_owner(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "setup_token_needed")


async def test_a_wrong_form_is_refused_field_by_field_and_makes_nobody(app):
    async with at_the_machine(app) as client:
        answer = await first_owner(client, email="no", password="short", kind="club", tenantName=" ", name="")
        assert answer.status_code == 422
        fields = {error["path"] for error in answer.json()["errors"]}
        assert fields == {"email", "password", "kind", "tenantName", "name"}
        assert (await client.get("/api/setup/status")).json()["ownerNeeded"] is True


async def test_demo_logins_are_named_only_where_they_work(rt, camp):
    assert tuple(address for address, _ in demo.LOGINS) == routes.DEMO_LOGINS
    for email in ("owner@demo.camp", "owner@demo.sales"):
        await create_tenant(rt, name="데모", kind="camp", owner_email=email, owner_password=None)
    installations: dict[str, dict[str, object]] = {
        "demo": {"demo": True},
        "none": {"demo": False},
        "production": {"demo": True, "mode": Mode.PRODUCTION},
    }
    shown = {}
    for name, fields in installations.items():
        async with browser(create_app(with_settings(rt, **fields))) as client:
            shown[name] = (await client.get("/api/setup/status")).json()["demoLogins"]
    assert shown == {"demo": ["owner@demo.camp", "owner@demo.sales"], "none": [], "production": []}


# -- the checklist ---------------------------------------------------------------------------------


async def test_a_new_camp_sees_every_step_and_what_keeps_real_messages_back(app):
    async with at_the_machine(app) as client:
        await first_owner(client)
        setup = (await client.get("/api/setup")).json()
    assert {one["step"] for one in setup["steps"]} == {
        "recovery_key",
        "address",
        "carrier",
        "sender",
        "candidacy",
    }
    assert {one["state"] for one in setup["steps"]} == {"todo"}
    assert [one["code"] for one in setup["blockers"]] == ["carrier", "sender", "candidacy"]
    assert any(paper["name"] == "통신서비스 이용증명원" for paper in setup["papers"]["phone"])
    assert all(setup["papers"][kind] for kind in ("phone", "kakao", "candidacy"))


async def test_a_sales_company_stands_for_no_election(app):
    async with at_the_machine(app) as client:
        await first_owner(client, kind="sales")
        assert "candidacy" not in await states(client)
        assert await blocking(client) == ["carrier", "sender"]
        assert (await client.patch("/api/setup/candidacy", json={"state": "skipped"})).status_code == 404


async def test_steps_are_left_and_taken_up_again(camp):
    assert (await camp.owner.patch("/api/setup/recovery_key", json={"state": "done"})).status_code == 200
    answer = await camp.owner.patch("/api/setup/sender", json={"state": "skipped"})
    assert {one["step"]: one["state"] for one in answer.json()["steps"]} == await states(camp.owner)
    seen = await states(camp.admin)
    assert (seen["recovery_key"], seen["sender"], seen["carrier"]) == ("done", "skipped", "todo")
    await camp.owner.patch("/api/setup/recovery_key", json={"state": "todo"})
    assert (await states(camp.owner))["recovery_key"] == "todo"


async def test_a_click_does_not_make_a_carrier_account(camp):
    """Done means done: without a real account the step waits, whatever was clicked; with one it is done by itself."""
    for step in ("carrier", "sender", "candidacy"):
        await camp.owner.patch(f"/api/setup/{step}", json={"state": "done"})
    assert {(await states(camp.owner))[step] for step in ("carrier", "sender", "candidacy")} == {"skipped"}
    account = (
        await camp.owner.post(
            "/api/carrier-accounts",
            json={"carrier": "solapi", "credentials": {"apiKey": "K", "apiSecret": "S"}},
        )
    ).json()
    assert (await states(camp.owner))["carrier"] == "done"
    assert await blocking(camp.owner) == ["sender", "candidacy"]
    number = {"kind": "phone", "value": "02-123-4567", "accountId": account["id"]}
    sender = (await camp.owner.post("/api/senders", json=number)).json()
    assert await blocking(camp.owner) == ["sender_pending", "candidacy"]
    await camp.owner.patch(f"/api/senders/{sender['id']}", json={"state": "registered"})
    assert (await states(camp.owner))["sender"] == "done"
    assert await blocking(camp.owner) == ["candidacy"]
    await camp.owner.patch(f"/api/carrier-accounts/{account['id']}", json={"state": "disabled"})
    assert await blocking(camp.owner) == ["carrier", "sender", "candidacy"]


async def test_a_candidacy_is_done_by_being_there_and_says_what_it_lacks(rt, camp):
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    made = await candidacy(camp.owner, proof="", receipt="")
    assert (await states(camp.owner))["candidacy"] == "done"
    assert await blocking(camp.owner) == ["carrier", "sender", "candidacy_invalid"]
    path = f"/api/candidacies/{made['id']}"
    assert (await camp.owner.patch(path, json={"proof": "제2026-17호"})).status_code == 200
    assert await blocking(camp.owner) == ["carrier", "sender", "candidacy_number"]
    assert (await camp.owner.patch(path, json={"receipt": "접수 2026-31"})).status_code == 200
    assert await blocking(camp.owner) == ["carrier", "sender"]
    # Registration of candidates has closed: who was preliminary is nothing now (E-19).
    move_clock(rt, "2027-03-20T09:00:00+09:00")
    assert await blocking(camp.owner) == ["carrier", "sender", "candidacy_invalid"]


async def test_a_frozen_installation_and_a_used_up_quota_block(rt, camp):
    async with system_tx(rt) as conn:
        await conn.execute("UPDATE app.installation SET sending_frozen = true")
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE quota_limits SET monthly_limit = 0")
    assert await blocking(camp.owner) == ["frozen", "carrier", "sender", "quota", "candidacy"]


# -- the public address ----------------------------------------------------------------------------


async def test_the_public_address_moves_the_webhooks_of_this_tenant_alone(rt, camp, other_camp):
    body = {"carrier": "solapi", "credentials": {"apiKey": "K", "apiSecret": "S"}}
    for one in (camp, other_camp):
        assert (await one.owner.post("/api/carrier-accounts", json=body)).status_code == 201
    moved = await camp.owner.patch(
        "/api/setup/address", json={"state": "done", "publicUrl": "https://hub.example.kr/"}
    )
    assert moved.status_code == 200, moved.text
    assert moved.json()["publicUrl"] == "https://hub.example.kr"
    (mine,) = (await camp.owner.get("/api/carrier-accounts")).json()["items"]
    (theirs,) = (await other_camp.owner.get("/api/carrier-accounts")).json()["items"]
    told = {"mode": "webhook"}
    mine = (await camp.owner.patch(f"/api/carrier-accounts/{mine['id']}", json=told)).json()
    alone = await other_camp.owner.patch(f"/api/carrier-accounts/{theirs['id']}", json=told)
    token = mine["webhookUrl"].removeprefix("https://hub.example.kr/hooks/").removesuffix("/solapi")
    assert (await account_by_hook(rt, token)).tenant_id == camp.id
    assert (alone.status_code, alone.json()["code"]) == (409, "public_url_missing")
    polling = await camp.owner.patch("/api/setup/address", json={"state": "done", "publicUrl": None})
    assert polling.json()["publicUrl"] is None
    assert (await states(camp.owner))["address"] == "done"  # to be asked is a choice, too
    untouched = await camp.owner.patch("/api/setup/address", json={"state": "skipped"})
    assert untouched.json()["publicUrl"] is None


@pytest.mark.parametrize(
    "url",
    [
        "http://hub.example.kr",
        "https://localhost",
        "https://127.0.0.1",
        "https://192.168.0.10:8443",
        "https://hub",
        "https://user@hub.example.kr",
        "https://hub.example.kr/pabal",
        "https://hub.example.kr?x=1",
        "https://",
        "https://[::1",
        "nonsense",
    ],
)
async def test_an_address_that_no_carrier_can_reach_is_refused(camp, url):
    answer = await camp.owner.patch("/api/setup/address", json={"state": "done", "publicUrl": url})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "publicUrl")
    assert (await states(camp.owner))["address"] == "todo"


async def test_an_address_of_the_servers_settings_stays(rt, camp):
    fixed = create_app(with_settings(rt, public_url="https://fixed.example.kr"))
    async with browser(fixed) as client:
        client.cookies, client.headers = camp.owner.cookies, camp.owner.headers
        shown = (await client.get("/api/setup")).json()
        assert (shown["publicUrl"], shown["publicUrlFixed"]) == ("https://fixed.example.kr", True)
        answer = await client.patch(
            "/api/setup/address", json={"state": "done", "publicUrl": "https://other.example.kr"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "public_url_fixed")
        same = await client.patch(
            "/api/setup/address", json={"state": "done", "publicUrl": shown["publicUrl"]}
        )
        assert same.status_code == 200


async def test_an_address_at_another_step_is_refused(camp):
    answer = await camp.owner.patch("/api/setup/carrier", json={"state": "skipped", "publicUrl": None})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


# -- the recovery key ------------------------------------------------------------------------------


async def test_the_recovery_key_comes_after_the_password_and_opens_a_restore(rt, app, tmp_path):
    async with at_the_machine(app) as client:
        await first_owner(client)
        wrong = await client.post("/api/setup/recovery-key", json={"password": "not-it"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "login_failed")
        assert (await states(client))["recovery_key"] == "todo"
        answer = await client.post("/api/setup/recovery-key", json={"password": PASSWORD})
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "attachment" in answer.headers["content-disposition"]
        assert (await states(client))["recovery_key"] == "done"
        audit = (await client.get("/api/audit")).json()["items"]
        assert "recovery_key.export" in {one["action"] for one in audit}
    file, copy = tmp_path / "key.txt", tmp_path / "copy" / "master.key"
    file.write_bytes(answer.content)
    keys.install_recovery_key(file, copy)
    assert copy.read_text().strip() == rt.settings.master_key_path.read_text().strip()
    exported = tmp_path / "exported.txt"
    keys.export(exported, rt.settings.data_dir)
    assert exported.read_bytes() == answer.content


async def test_the_recovery_key_is_nobodys_where_several_live(rt, app):
    """It opens every tenant's book: the neighbour's owner must not get it."""
    async with at_the_machine(app) as client:
        await first_owner(client)
        await create_tenant(rt, name="이웃", kind="camp", owner_email="o@green.test", owner_password=None)
        shown = (await client.get("/api/setup")).json()["recoveryKey"]
        assert (shown["available"], "keys export" in shown["command"]) == (False, True)
        answer = await client.post("/api/setup/recovery-key", json={"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "recovery_key_elsewhere")


async def test_the_recovery_key_does_not_travel_in_the_clear(rt, app):
    async with at_the_machine(app) as client:
        await first_owner(client)
        async with browser(app, address="192.0.2.7") as away:
            away.cookies, away.headers = client.cookies, client.headers
            away.cookies = httpx.Cookies({c.name: str(c.value) for c in client.cookies.jar})
            plain = await away.post("/api/setup/recovery-key", json={"password": PASSWORD})
            away.base_url = httpx.URL("https://hub.example.kr")
            sealed = await away.post("/api/setup/recovery-key", json={"password": PASSWORD})
    assert (plain.status_code, sealed.status_code) == (409, 200)
