"""Browsers that are already logged in: a person with a session in the database, not the login form (50 ms of argon2)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
from fastapi import FastAPI

from pabal.accounts.people import find_or_create_user
from pabal.domain.ids import new_id
from pabal.kit.db import system_tx
from pabal.kit.http.auth import CSRF_HEADER, SESSION_COOKIE, csrf_token
from pabal.kit.http.who import new_token, token_hash
from pabal.runtime import Runtime


@asynccontextmanager
async def log_in(app: FastAPI, rt: Runtime, tenant_id: UUID, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of a fresh member of the tenant, CSRF header set."""
    token = new_token()
    async with system_tx(rt) as conn:
        user_id = await find_or_create_user(
            conn, rt, email=f"{role}-{new_id().hex}@example.com", name=role, password_hash=None
        )
        await conn.execute("SELECT set_config('app.tenant', %s, true)", (str(tenant_id),))
        await conn.execute(
            "INSERT INTO members (tenant_id, user_id, role) VALUES (%s, %s, %s)", (tenant_id, user_id, role)
        )
        await conn.execute(
            "INSERT INTO sessions (token_hash, id, user_id, tenant_id, expires_at)"
            " VALUES (%s, %s, %s, %s, clock_timestamp() + interval '1 hour')",
            (token_hash(token), new_id(), user_id, tenant_id),
        )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, client=("127.0.0.1", 50000)),
        base_url="http://pabal.test",
        cookies={SESSION_COOKIE: token},
        headers={CSRF_HEADER: csrf_token(token)},
    ) as browser:
        yield browser
