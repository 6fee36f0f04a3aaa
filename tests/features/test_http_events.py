"""Live events over a real server on a loopback socket: what a browser would hear."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from typing_extensions import override

from pabal.accounts import open_session
from pabal.api import create_app
from pabal.kit.db import system_tx
from pabal.kit.events import publish_changed
from pabal.kit.http import sse
from pabal.kit.http.auth import SESSION_COOKIE
from pabal.kit.http.sse import EVERYTHING, Coalescer


def test_an_object_is_told_at_once_and_then_four_times_a_second_at_most():
    changes = Coalescer(gap=0.25)
    key = ("campaign", "1")
    changes.add(key)
    assert changes.take(0.0)[0] == [key]
    for _ in range(50):
        changes.add(key)
    due, wait = changes.take(0.1)
    assert due == []
    assert wait == pytest.approx(0.15)
    assert changes.take(0.26)[0] == [key]
    assert changes.take(0.60) == ([], float("inf"))


def test_objects_do_not_wait_for_each_other():
    changes = Coalescer(gap=0.25)
    changes.add(("campaign", "1"))
    changes.take(0.0)
    changes.add(("campaign", "2"))
    assert changes.take(0.01)[0] == [("campaign", "2")]


def test_a_flood_becomes_refetch_everything():
    changes = Coalescer(most=10)
    for number in range(100):
        changes.add(("record", str(number)))
    assert changes.take(0.0)[0] == [EVERYTHING]


class Listener:
    """An open stream; `next()` yields the next event as (name, data), comments as ("", text)."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[str, object]:
        name, data = "", None
        async for line in self._lines:
            if line.startswith(":"):
                return "", line
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
            elif not line and name:
                return name, data
        return "closed", None

    async def until(self, name: str, data: object = None) -> None:
        while True:
            got = await self.next()
            if got[0] == name and (data is None or got[1] == data):
                return
            assert got[0] != "closed", "the stream ended early"


class Served(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@pytest.fixture
def app(rt):
    """Of each test's own: it is served, and closes its events at the end."""
    return create_app(rt)


@pytest.fixture
async def server(app) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = Served(config)
    task = asyncio.create_task(server.serve())
    await server.is_up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    app.state.events.close()
    server.should_exit = True
    await task


@contextlib.asynccontextmanager
async def listening(server: str, cookie: str, *, first: bool = True) -> AsyncIterator[Listener]:
    async with (
        httpx.AsyncClient(base_url=server, cookies={SESSION_COOKIE: cookie}, timeout=20) as client,
        client.stream("GET", "/api/events") as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        listener = Listener(answer)
        await listener.until("ready")
        if first:  # Redis confirms the process's subscription: from here on nothing can be missed
            await listener.until("changed", {"topic": "*", "id": "*"})
        yield listener


def cookie_of(client: httpx.AsyncClient) -> str:
    return str(client.cookies[SESSION_COOKIE])


async def test_changes_arrive_for_the_own_tenant_only(rt, camp, other_camp, server):
    async with listening(server, cookie_of(camp.staff)) as listener:
        await publish_changed(rt, other_camp.id, "campaign", "theirs")
        await publish_changed(rt, camp.id, "campaign", "ours")
        assert await listener.next() == ("changed", {"topic": "campaign", "id": "ours"})


async def test_when_the_subscription_was_lost_everything_is_refetched(rt, camp, server):
    async with listening(server, cookie_of(camp.staff)) as listener:
        killed = await rt.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        assert killed >= 1
        await listener.until("changed", {"topic": "*", "id": "*"})
        await publish_changed(rt, camp.id, "import", "after")
        await listener.until("changed", {"topic": "import", "id": "after"})


async def test_the_stream_ends_with_its_session(rt, camp, server, monkeypatch):
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.1)
    async with listening(server, cookie_of(camp.staff)) as listener:
        assert (await listener.next())[0] == ""  # a heartbeat: welcome still
        async with system_tx(rt) as conn:
            await conn.execute("UPDATE sessions SET expires_at = clock_timestamp()")
        await listener.until("ended")
        assert (await listener.next())[0] == "closed"


async def test_too_many_streams_of_one_tenant_are_refused(rt, camp, server, monkeypatch):
    monkeypatch.setattr(sse, "STREAMS_PER_TENANT", 1)
    async with listening(server, cookie_of(camp.staff)):
        async with httpx.AsyncClient(
            base_url=server, cookies={SESSION_COOKIE: cookie_of(camp.owner)}
        ) as client:
            answer = await client.get("/api/events")
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")
        assert answer.headers["retry-after"]


async def test_streams_hold_no_database_connection(rt, camp, server):
    user = (await camp.owner.get("/api/me")).json()["user"]["id"]
    async with contextlib.AsyncExitStack() as stack:
        for number in range(rt.pool.max_size + 2):
            token = (await open_session(rt, user)).token
            await stack.enter_async_context(listening(server, token, first=number == 0))
        stats = rt.pool.get_stats()
        assert stats["pool_available"] == stats["pool_size"]


async def test_a_stream_needs_a_session(client):
    assert (await client.get("/api/events")).status_code == 401
