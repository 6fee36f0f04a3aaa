"""Clients that behave like the web UI: a cookie jar, and the CSRF header once logged in."""

import httpx
from fastapi import FastAPI

from pabal.kit.http.auth import SESSION_COOKIE, csrf_token

PASSWORD = "a-good-password"


def browser(app: FastAPI, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(address, 50000), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://pabal.test")


def use_session(client: httpx.AsyncClient, token: str) -> None:
    client.cookies.set(SESSION_COOKIE, token)
    client.headers["X-CSRF-Token"] = csrf_token(token)


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> dict[str, object]:
    answer = await client.post("/api/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    client.headers["X-CSRF-Token"] = str(body["csrfToken"])
    return body
