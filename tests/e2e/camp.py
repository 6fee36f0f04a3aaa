"""A camp for one browser test: its owner, people, and lists as files.

Made through the hub's database in this process: `pabal tenants create` is another Python (1.4 s of CPU for each of seventy
camps), a password costs 0.3 s of argon2 whenever it is checked, an import a process of its own (1 s).
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.support.installation import Installation, free_port, people_csv

from pabal.accounts import TenantKind, open_session
from pabal.accounts.people import find_or_create_user
from pabal.cli.hub import settings_of_hub
from pabal.kit.db import system_tx
from pabal.kit.http.auth import CSRF_HEADER, SESSION_COOKIE, csrf_token
from pabal.provision import create_tenant
from pabal.runtime import Runtime, open_runtime

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Camp:
    tenant_id: str
    email: str


def inside(hub: Installation, work: Callable[[Runtime], Awaitable[T]]) -> T:
    """Beside the running hub, as its command line does it; in a thread, as the browser's driver has this one's event loop."""

    async def run() -> T:
        async with open_runtime(settings_of_hub(hub.data), name="pabal e2e", pool_size=2) as rt:
            return await work(rt)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


def make_camp(
    hub: Installation,
    name: str = "마포을 캠프",
    quota: int = 100_000,
    kind: TenantKind = "camp",
    password: str | None = None,
) -> Camp:
    """On the running hub; the installation's own client is the owner's, too. A password only for who types it."""
    email = f"owner-{free_port()}@example.kr"

    async def make(rt: Runtime) -> str:
        made = await create_tenant(
            rt, name=name, kind=kind, owner_email=email, owner_password=password, quota=quota
        )
        return str(made.tenant_id)

    camp = Camp(inside(hub, make), email)
    become(hub, email)
    return camp


def session_of(hub: Installation, email: str) -> str:
    """The token of a new session of somebody who is a member already."""

    async def enter(rt: Runtime) -> str:
        async with system_tx(rt) as conn:
            user = await find_or_create_user(conn, rt, email=email, name="", password_hash=None)
        return (await open_session(rt, user)).token

    return inside(hub, enter)


def become(hub: Installation, email: str) -> None:
    """The installation's own client is theirs from here on."""
    token = session_of(hub, email)
    hub.csrf = csrf_token(token)
    hub.client.cookies.clear()
    hub.client.cookies.set(SESSION_COOKIE, token, domain="127.0.0.1", path="/")
    hub.client.headers[CSRF_HEADER] = hub.csrf


def add_people(hub: Installation, *people: tuple[str, str]) -> None:
    """Into the book by hand, where it doesn't matter how they came in: (name, phone)."""
    for name, phone in people:
        hub.post(
            "/api/contacts", {"name": name, "phones": [phone], "basis": "consent", "source": "시험 명단"}
        )


def list_file(folder: Path, count: int, start: int = 0) -> Path:
    path = folder / "명단.csv"
    path.write_bytes(people_csv(count, start))
    return path
