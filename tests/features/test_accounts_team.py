"""The team: members, invitations, resets, keys, the audit trail; and that none of it crosses the wall."""

import asyncio

import pytest
from tests.support.browser import PASSWORD, browser, log_in

from pabal.accounts import create_operator, create_tenant, invite_member, reset_password
from pabal.domain.roles import Role
from pabal.kit.db import system_tx, tenant_tx


def code(answer):
    return answer.status_code, answer.json()["code"]


async def member_id(camp, role):
    members = (await camp.owner.get("/api/members")).json()["items"]
    return next(m["id"] for m in members if m["role"] == role)


async def test_the_team_is_listed_with_names_for_everybody_in_it(camp, other_camp):
    listed = (await camp.staff.get("/api/members")).json()["items"]
    assert [(m["email"], m["role"]) for m in listed] == [
        ("owner@blue.test", "owner"),
        ("admin@blue.test", "admin"),
        ("staff@blue.test", "staff"),
    ]


async def test_a_role_changes_at_once(camp):
    staff = await member_id(camp, "staff")
    assert (await camp.staff.get("/api/audit")).status_code == 403
    answer = await camp.owner.patch(f"/api/members/{staff}", json={"role": "admin"})
    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert (await camp.staff.get("/api/audit")).status_code == 200


async def test_a_removed_member_is_out_at_once(camp):
    staff = await member_id(camp, "staff")
    assert (await camp.owner.delete(f"/api/members/{staff}")).status_code == 204
    assert (await camp.staff.get("/api/members")).status_code == 401
    assert len((await camp.owner.get("/api/members")).json()["items"]) == 2


async def test_the_last_owner_stays(camp):
    owner, admin = await member_id(camp, "owner"), await member_id(camp, "admin")
    assert code(await camp.owner.delete(f"/api/members/{owner}")) == (409, "last_owner")
    assert code(await camp.owner.patch(f"/api/members/{owner}", json={"role": "staff"})) == (
        409,
        "last_owner",
    )
    await camp.owner.patch(f"/api/members/{admin}", json={"role": "owner"})
    assert (await camp.owner.delete(f"/api/members/{owner}")).status_code == 204


async def test_two_owners_who_remove_each_other_leave_one(rt, camp):
    owner, admin = await member_id(camp, "owner"), await member_id(camp, "admin")
    await camp.owner.patch(f"/api/members/{admin}", json={"role": "owner"})
    await asyncio.gather(
        camp.owner.delete(f"/api/members/{admin}"), camp.admin.delete(f"/api/members/{owner}")
    )
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT 1 FROM members WHERE role = 'owner' AND state = 'active'")
        assert len(await cursor.fetchall()) == 1


async def test_a_member_with_an_initial_password_logs_in(camp, client):
    answer = await camp.owner.post(
        "/api/members",
        json={"email": "New@blue.test", "name": "새 사람", "role": "staff", "password": PASSWORD},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["passwordUrl"] is None
    assert (await log_in(client, "new@blue.test"))["role"] == "staff"
    again = await camp.owner.post("/api/members", json={"email": "new@blue.test", "role": "staff"})
    assert code(again) == (409, "already_member")


async def test_a_member_without_a_password_sets_one_by_the_link(camp, client):
    answer = await camp.owner.post("/api/members", json={"email": "new@blue.test", "role": "staff"})
    token = answer.json()["passwordUrl"].rpartition("#")[2]
    body = {"token": token, "password": PASSWORD}
    assert (await client.post("/api/auth/reset", json=body)).status_code == 204
    assert code(await client.post("/api/auth/reset", json=body)) == (404, "link_dead")
    await log_in(client, "new@blue.test")


async def test_somebody_with_an_account_elsewhere_must_be_invited(rt, camp):
    await create_tenant(rt, name="다른 곳", kind="sales", owner_email="x@else.test", owner_password=PASSWORD)
    answer = await camp.owner.post("/api/members", json={"email": "x@else.test", "role": "staff"})
    assert code(answer) == (409, "person_has_account")


async def test_no_owner_sets_the_password_of_another_tenants_member(camp, other_camp, client):
    """Somebody who was added but has no password yet must not be taken over by whoever invites them next."""
    await camp.owner.post("/api/members", json={"email": "new@blue.test", "role": "admin"})
    grab = {"email": "new@blue.test", "role": "staff", "password": PASSWORD}
    assert code(await other_camp.owner.post("/api/members", json=grab)) == (409, "person_has_account")
    token = (await invited(other_camp, "new@blue.test"))["token"]
    answer = await client.post("/api/invitations/accept", json={"token": token, "password": PASSWORD})
    assert code(answer) == (401, "login_failed")
    answer = await client.post("/api/auth/login", json={"email": "new@blue.test", "password": PASSWORD})
    assert answer.status_code == 401


async def test_a_repeated_request_makes_one_key_and_shows_it_again(camp):
    body = {"name": "연동", "scopes": ["contacts:read"]}
    made = [
        (await camp.owner.post("/api/api-keys", json=body, headers={"Idempotency-Key": "once"})).json()
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len((await camp.owner.get("/api/api-keys")).json()["items"]) == 1


async def invited(camp, email, role="staff"):
    answer = await camp.owner.post("/api/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    assert answer.json()["url"].endswith("#" + answer.json()["token"])
    return answer.json()


async def test_an_invitation_is_looked_at_and_accepted_once(camp, client):
    token = (await invited(camp, "new@blue.test", "admin"))["token"]
    look = (await client.post("/api/invitations/look", json={"token": token})).json()
    assert look == {"tenantName": "blue", "email": "new@blue.test", "role": "admin", "hasAccount": False}
    body = {"token": token, "name": "새 사람", "password": PASSWORD}
    answer = await client.post("/api/invitations/accept", json=body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["tenantId"], answer.json()["role"]) == (str(camp.id), "admin")
    assert (await client.get("/api/members")).status_code == 200
    assert code(await client.post("/api/invitations/accept", json=body)) == (404, "link_dead")
    assert (await camp.owner.get("/api/invitations")).json()["items"] == []


async def test_somebody_with_an_account_joins_by_its_password_and_sees_both(rt, camp, client):
    await create_tenant(rt, name="다른 곳", kind="sales", owner_email="x@else.test", owner_password=PASSWORD)
    token = (await invited(camp, "x@else.test"))["token"]
    wrong = {"token": token, "password": "not-the-password"}
    assert code(await client.post("/api/invitations/accept", json=wrong)) == (401, "login_failed")
    answer = await client.post("/api/invitations/accept", json={"token": token, "password": PASSWORD})
    assert answer.json()["tenantId"] == str(camp.id)
    assert [t["role"] for t in answer.json()["tenants"]] == ["owner", "staff"]

    client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
    other = next(t["id"] for t in answer.json()["tenants"] if t["role"] == "owner")
    switched = await client.post("/api/me/tenant", json={"tenantId": other})
    assert (switched.json()["tenantId"], switched.json()["role"]) == (other, "owner")


@pytest.mark.parametrize("how", ["revoked", "replaced", "expired"])
async def test_dead_invitations_open_nothing(rt, camp, client, how):
    made = await invited(camp, "new@blue.test")
    if how == "revoked":
        assert (await camp.owner.delete(f"/api/invitations/{made['id']}")).status_code == 204
    elif how == "replaced":
        await invited(camp, "new@blue.test")
    else:
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute("UPDATE invitations SET expires_at = clock_timestamp()")
    body = {"token": made["token"], "password": PASSWORD}
    assert code(await client.post("/api/invitations/accept", json=body)) == (404, "link_dead")


async def test_nobody_switches_to_a_tenant_they_do_not_belong_to(camp, other_camp):
    answer = await camp.owner.post("/api/me/tenant", json={"tenantId": str(other_camp.id)})
    assert answer.status_code == 404
    assert (await camp.owner.get("/api/me")).json()["tenantId"] == str(camp.id)


async def test_an_owner_resets_only_people_who_are_nowhere_else(rt, camp, other_camp, client):
    staff = await member_id(camp, "staff")
    link = await camp.owner.post(f"/api/members/{staff}/reset-link")
    assert link.status_code == 201
    reset = {"token": link.json()["url"].rpartition("#")[2], "password": PASSWORD}
    assert (await client.post("/api/auth/reset", json=reset)).status_code == 204
    token = (await invited(other_camp, "staff@blue.test"))["token"]
    await client.post("/api/invitations/accept", json={"token": token, "password": PASSWORD})
    assert code(await camp.owner.post(f"/api/members/{staff}/reset-link")) == (409, "member_elsewhere_too")
    theirs = await member_id(other_camp, "owner")
    assert (await camp.owner.post(f"/api/members/{theirs}/reset-link")).status_code == 404


async def test_the_command_line_invites_and_resets(rt, camp, client):
    url = await invite_member(rt, tenant_id=camp.id, email="cli@blue.test", role="staff")
    body = {"token": url.rpartition("#")[2], "password": PASSWORD}
    assert (await client.post("/api/invitations/accept", json=body)).status_code == 200
    url = await reset_password(rt, email="cli@blue.test")
    body = {"token": url.rpartition("#")[2], "password": "another-password"}
    assert (await client.post("/api/auth/reset", json=body)).status_code == 204
    assert (await client.get("/api/me")).status_code == 401, "a reset ends every session"
    await log_in(client, "cli@blue.test", "another-password")
    with pytest.raises(LookupError):
        await reset_password(rt, email="nobody@blue.test")


async def test_a_key_works_until_it_is_revoked_and_is_shown_once(rt, app, camp):
    answer = await camp.owner.post("/api/api-keys", json={"name": "연동", "scopes": ["contacts:read"]})
    assert answer.status_code == 201, answer.text
    key = answer.json()["key"]
    assert key.startswith("pbl_")
    listed = (await camp.owner.get("/api/api-keys")).json()["items"]
    assert key not in str(listed)
    assert key.startswith(listed[0]["prefix"])
    async with browser(app) as program:
        program.headers["Authorization"] = f"Bearer {key}"
        assert code(await program.get("/api/members")) == (403, "forbidden")
        assert (await program.get("/api/contacts")).status_code in {200, 404}
        assert (await camp.owner.get("/api/api-keys")).json()["items"][0]["lastUsedAt"] is not None
        assert (await camp.owner.delete(f"/api/api-keys/{listed[0]['id']}")).status_code == 204
        assert (await program.get("/api/members")).status_code == 401


async def test_unknown_scopes_are_named(camp):
    answer = await camp.owner.post(
        "/api/api-keys", json={"name": "연동", "scopes": ["contacts:read", "world:rule"]}
    )
    assert answer.status_code == 422
    assert [e["path"] for e in answer.json()["errors"]] == ["scopes[1]"]


@pytest.mark.parametrize("token", ["pbl_nonsense", "nonsense", "pbl_"])
async def test_wrong_keys_are_refused_even_beside_a_good_session(camp, token):
    answer = await camp.owner.get("/api/members", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_the_trail_says_who_did_what_newest_first(camp, other_camp):
    staff = await member_id(camp, "staff")
    await camp.owner.patch(f"/api/members/{staff}", json={"role": "admin"})
    await camp.owner.post("/api/api-keys", json={"name": "연동", "scopes": ["contacts:read"]})
    first = (await camp.admin.get("/api/audit", params={"limit": 1})).json()
    assert first["items"][0]["action"] == "api_key.create"
    assert first["items"][0]["actorName"] == "소유자"
    assert first["items"][0]["address"] == "127.0.0.1"
    second = (await camp.admin.get("/api/audit", params={"limit": 1, "cursor": first["nextCursor"]})).json()
    assert second["items"][0]["detail"] == {"from": "staff", "to": "admin"}
    assert "api_key.create" not in str((await other_camp.owner.get("/api/audit")).json())
    assert code(await camp.admin.get("/api/audit", params={"cursor": "nonsense!"})) == (400, "invalid_cursor")


async def test_the_trail_cannot_be_changed_by_the_application(rt, camp):
    import psycopg

    for statement in ("UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with tenant_tx(rt, camp.id) as conn:
                await conn.execute(statement)


async def test_the_matrix_is_shown(camp):
    body = (await camp.staff.get("/api/roles")).json()
    assert [r["role"] for r in body["roles"]] == [role.value for role in Role]
    launch = next(p for p in body["permissions"] if p["permission"] == "campaigns.launch")
    assert launch["roles"] == ["owner", "admin"]


async def test_the_operator_sees_tenants_and_nothing_of_people(rt, camp, other_camp, app):
    await create_operator(rt, email="ops@hub.test", password=PASSWORD)
    async with browser(app, address="203.0.113.9") as operator:
        answer = await operator.post(
            "/api/operator/login", json={"email": "ops@hub.test", "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        listed = (await operator.get("/api/operator/tenants")).json()["items"]
        assert {t["name"] for t in listed} == {"blue", "green"}
        assert "@" not in str(listed)
        for page in ("/api/members", "/api/me"):  # nobody's login, so a browser goes to the camp's own door
            assert code(await operator.get(page)) == (401, "unauthenticated")
        operator.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
        clock = await operator.put("/api/operator/clock", json={"offsetSeconds": 86400})
        assert clock.json()["offsetSeconds"] == 86400
        assert (await operator.post("/api/operator/logout")).status_code == 204
        assert (await operator.get("/api/operator/tenants")).status_code == 401


async def test_strangers_do_not_shift_the_clock(app, camp):
    async with browser(app, address="203.0.113.9") as stranger:
        assert (await stranger.put("/api/operator/clock", json={"offsetSeconds": 1})).status_code == 401
    async with browser(app) as proxied:
        headers = {"X-Forwarded-For": "203.0.113.9"}
        answer = await proxied.put("/api/operator/clock", json={"offsetSeconds": 1}, headers=headers)
        assert answer.status_code == 401


async def test_a_closed_tenant_is_shut_for_sessions_and_keys(rt, camp, app):
    answer = await camp.owner.post("/api/api-keys", json={"name": "연동", "scopes": ["contacts:read"]})
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE tenants SET state = 'closed'")
    assert code(await camp.owner.get("/api/members")) == (403, "no_tenant")
    async with browser(app) as program:
        key = answer.json()["key"]
        assert (
            await program.get("/api/members", headers={"Authorization": f"Bearer {key}"})
        ).status_code == 401


async def test_invited_addresses_are_ciphertext(rt, camp):
    await invited(camp, "secret.person@blue.test")
    async with tenant_tx(rt, camp.id) as conn:
        invitations = await (await conn.execute("SELECT i::text FROM invitations i")).fetchall()
    async with system_tx(rt) as conn:
        users = await (await conn.execute("SELECT u::text FROM users u")).fetchall()
    everything = str(invitations) + str(users)
    assert "secret.person" not in everything
    assert b"secret.person".hex() not in everything
