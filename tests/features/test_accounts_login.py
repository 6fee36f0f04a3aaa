"""Logging in: cookie, CSRF, lock-outs, expiry, devices, passwords."""

import asyncio
from dataclasses import replace

import pytest
from tests.support.browser import PASSWORD, browser, log_in

from pabal.accounts import create_tenant, unlock_member
from pabal.accounts.lockout import EMAIL_FAILURES, NETWORK_FAILURES
from pabal.api import create_app
from pabal.kit.db import system_tx
from pabal.kit.http.auth import SESSION_COOKIE

EMAIL = "owner@blue.test"


@pytest.fixture
async def made(rt):
    return await create_tenant(
        rt,
        name="푸른캠프",
        kind="camp",
        owner_email="Owner@Blue.test",
        owner_password=PASSWORD,
        owner_name="김하늘",
    )


async def attempt(client, password, email=EMAIL):
    return await client.post("/api/auth/login", json={"email": email, "password": password})


async def test_login_me_logout(made, client):
    answer = await attempt(client, PASSWORD, email=f" {EMAIL} ")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["tenantId"], body["role"]) == (str(made.tenant_id), "owner")
    assert (body["user"]["email"], body["user"]["name"]) == (EMAIL, "김하늘")
    assert body["tenants"] == [
        {"id": str(made.tenant_id), "name": "푸른캠프", "kind": "camp", "role": "owner"}
    ]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert (await client.get("/api/me")).json()["csrfToken"] == body["csrfToken"]

    refused = await client.post("/api/auth/logout")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    gone = await client.post("/api/auth/logout", headers={"X-CSRF-Token": body["csrfToken"]})
    assert gone.status_code == 204
    assert (await client.get("/api/me")).status_code == 401


async def test_behind_tls_the_cookie_is_secure(rt, made):
    public = rt.settings.model_copy(update={"public_url": "https://hub.example"})
    async with browser(create_app(replace(rt, settings=public))) as client:
        answer = await attempt(client, PASSWORD)
    assert "; secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"]


async def test_the_cookie_and_the_password_are_nowhere_in_the_database(rt, made, client):
    await log_in(client, EMAIL)
    token = client.cookies[SESSION_COOKIE]
    async with system_tx(rt) as conn:
        sessions = await (await conn.execute("SELECT s::text FROM sessions s")).fetchall()
        users = await (await conn.execute("SELECT u::text FROM users u")).fetchall()
    everything = str(sessions) + str(users)
    for secret in (token, token.encode().hex(), PASSWORD, EMAIL, EMAIL.encode().hex(), "김하늘"):
        assert secret not in everything
    assert "$argon2id$" in str(users)


async def test_wrong_password_and_unknown_address_are_told_the_same(made, client):
    wrong = await attempt(client, "not-it")
    unknown = await attempt(client, "not-it", email="nobody@blue.test")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "login_failed"


@pytest.mark.parametrize("email", [EMAIL, "nobody@blue.test"])
async def test_five_failures_lock_the_address_for_the_right_password_too(made, client, email):
    for _ in range(EMAIL_FAILURES):
        assert (await attempt(client, "not-it", email)).status_code == 401
    locked = await attempt(client, PASSWORD, email)
    assert (locked.status_code, locked.json()["code"]) == (429, "login_locked")
    assert 14 * 60 < int(locked.headers["retry-after"]) <= 15 * 60


async def test_each_further_five_failures_lock_twice_as_long(rt, made, client):
    waits = []
    for _ in range(3):
        for _ in range(EMAIL_FAILURES):
            await attempt(client, "not-it")
        waits.append(round(int((await attempt(client, PASSWORD)).headers["retry-after"]) / 60))
        async with system_tx(rt) as conn:  # the lock runs out, the count stays
            await conn.execute("UPDATE login_failures SET locked_until = clock_timestamp()")
    assert waits == [15, 30, 60]


async def test_the_right_password_in_time_clears_the_count(made, client):
    for _ in range(2):
        for _ in range(EMAIL_FAILURES - 1):
            await attempt(client, "not-it")
        assert (await attempt(client, PASSWORD)).status_code == 200


async def test_guesses_in_parallel_count_like_guesses_in_turn(made, client):
    answers = await asyncio.gather(*(attempt(client, f"guess-{n}") for n in range(EMAIL_FAILURES + 4)))
    assert sorted(a.status_code for a in answers) == [401] * EMAIL_FAILURES + [429] * 4


async def test_a_network_address_that_tries_many_accounts_is_locked(rt, made, app):
    async with browser(app, address="203.0.113.9") as attacker, browser(app) as honest:
        for number in range(NETWORK_FAILURES):
            await attempt(attacker, "not-it", email=f"guess{number}@blue.test")
        assert (await attempt(attacker, PASSWORD)).status_code == 429
        assert (await attempt(honest, PASSWORD)).status_code == 200


async def test_an_owner_or_the_command_line_can_unlock(rt, made, client):
    for _ in range(EMAIL_FAILURES):
        await attempt(client, "not-it")
    await unlock_member(rt, email=EMAIL)
    assert (await attempt(client, PASSWORD)).status_code == 200


async def test_wiping_redis_opens_no_door(rt, made, client):
    for _ in range(EMAIL_FAILURES):
        await attempt(client, "not-it")
    await rt.redis.flushdb()
    assert (await attempt(client, PASSWORD)).status_code == 429


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE sessions SET expires_at = clock_timestamp()",
        "UPDATE sessions SET last_seen_at = clock_timestamp() - interval '31 minutes'",
    ],
)
async def test_sessions_end_when_old_or_idle(rt, made, client, ending):
    await log_in(client, EMAIL)
    assert (await client.get("/api/me")).status_code == 200
    async with system_tx(rt) as conn:
        await conn.execute(ending)
    assert (await client.get("/api/me")).status_code == 401


async def test_a_shifted_clock_logs_nobody_out(rt, made, client):
    await log_in(client, EMAIL)
    answer = await client.put("/api/operator/clock", json={"at": "2030-06-03T09:00:00+09:00"})
    assert answer.status_code == 200, answer.text
    assert rt.clock.now().year == 2030
    assert (await client.get("/api/me")).status_code == 200


async def test_devices_can_be_seen_and_logged_out(rt, made, app, client):
    await log_in(client, EMAIL)
    async with browser(app) as phone:
        await log_in(phone, EMAIL)
        listed = (await client.get("/api/sessions")).json()["items"]
        assert [s["current"] for s in listed].count(True) == 1
        other = next(s for s in listed if not s["current"])
        assert (await client.delete(f"/api/sessions/{other['id']}")).status_code == 204
        assert (await phone.get("/api/me")).status_code == 401
    assert (await client.get("/api/me")).status_code == 200


async def test_nobody_ends_a_strangers_session(made, other_camp, client):
    await log_in(client, EMAIL)
    (mine,) = (await client.get("/api/sessions")).json()["items"]
    assert (await other_camp.owner.delete(f"/api/sessions/{mine['id']}")).status_code == 404
    assert (await client.get("/api/me")).status_code == 200


async def test_a_new_password_needs_the_old_one_and_ends_other_devices(made, app, client):
    await log_in(client, EMAIL)
    async with browser(app) as phone:
        await log_in(phone, EMAIL)
        wrong = {"currentPassword": "not-it", "newPassword": "another-password"}
        assert (await client.post("/api/me/password", json=wrong)).status_code == 401
        right = {"currentPassword": PASSWORD, "newPassword": "another-password"}
        assert (await client.post("/api/me/password", json=right)).status_code == 204
        assert (await phone.get("/api/me")).status_code == 401
    assert (await client.get("/api/me")).status_code == 200
    assert (await attempt(client, PASSWORD)).status_code == 401
    assert (await attempt(client, "another-password")).status_code == 200
