"""Logging in: cookie, CSRF, lock-outs, expiry."""

from pabal.accounts import create_tenant


async def test_login_me_logout(rt, client):
    made = await create_tenant(
        rt, name="푸른캠프", kind="camp", owner_email="Owner@Example.com", owner_password="right-password"
    )
    answer = await client.post(
        "/api/auth/login", json={"email": "owner@example.com ", "password": "right-password"}
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["tenantId"] == str(made.tenant_id)
    assert body["role"] == "owner"
    assert body["user"]["email"] == "owner@example.com"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await client.get("/api/me")).json()["csrfToken"] == body["csrfToken"]

    refused = await client.post("/api/auth/logout")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert (
        await client.post("/api/auth/logout", headers={"X-CSRF-Token": body["csrfToken"]})
    ).status_code == 204
    assert (await client.get("/api/me")).status_code == 401
