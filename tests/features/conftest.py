"""Fixtures of the feature tests: the real application, all middlewares on, spoken to over ASGI.

`camp` and `other_camp` are two tenants with an owner, an admin and a staff member who are logged in
(`camp.owner.get(...)`), without passwords: hashing them would cost every test a second. `camp.id` is the
tenant. The root `tenant` fixture has no members.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from tests.support.browser import browser, use_session

from pabal.accounts import add_person, create_tenant, open_session
from pabal.api import attach, create_app
from pabal.config import Settings
from pabal.domain.roles import Role
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime


@dataclass(frozen=True)
class Camp:
    """A tenant whose people are logged in."""

    id: UUID
    name: str
    owner: httpx.AsyncClient
    admin: httpx.AsyncClient
    staff: httpx.AsyncClient

    def of(self, role: Role) -> httpx.AsyncClient:
        return {Role.OWNER: self.owner, Role.ADMIN: self.admin, Role.STAFF: self.staff}[role]


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """Built once: 600 times a quarter of a second, and 2 GB of routes, are what one per test would cost."""
    return create_app(Settings())


@pytest.fixture
def app(rt: Runtime, application: FastAPI) -> FastAPI:
    attach(application, rt)
    return application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody: a browser that has not logged in."""
    async with browser(app) as nobody:
        yield nobody


@pytest.fixture
async def camp(rt: Runtime, app: FastAPI) -> AsyncIterator[Camp]:
    async with AsyncExitStack() as stack:
        yield await open_camp(rt, app, stack, "blue")


@pytest.fixture
async def other_camp(rt: Runtime, app: FastAPI) -> AsyncIterator[Camp]:
    async with AsyncExitStack() as stack:
        yield await open_camp(rt, app, stack, "green")


async def open_camp(rt: Runtime, app: FastAPI, stack: AsyncExitStack, name: str) -> Camp:
    made = await create_tenant(
        rt, name=name, kind="camp", owner_email=f"owner@{name}.test", owner_password=None, owner_name="소유자"
    )
    users = {Role.OWNER: made.owner_user_id}
    for role in (Role.ADMIN, Role.STAFF):
        users[role] = await add_person(
            rt, made.tenant_id, email=f"{role}@{name}.test", password=None, role=role, name=role.value
        )
    async with tenant_tx(rt, made.tenant_id) as conn:
        await conn.execute(
            "INSERT INTO quota_limits (tenant_id, monthly_limit) VALUES (%s, 1000000)", (made.tenant_id,)
        )
    people: dict[Role, httpx.AsyncClient] = {}
    for role in Role:
        people[role] = await stack.enter_async_context(browser(app))
        use_session(people[role], (await open_session(rt, users[role])).token)
    return Camp(made.tenant_id, name, people[Role.OWNER], people[Role.ADMIN], people[Role.STAFF])
