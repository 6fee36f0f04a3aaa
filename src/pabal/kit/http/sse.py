"""Live events: one stream per open screen that says what changed, at most four times a second per object.

One Redis subscription per process feeds all streams; a stream holds no database connection. What the
subscription missed while Redis was away is unknown, so each (re)subscription tells every screen to refetch
all: `changed *`.
"""

import asyncio
import contextlib
import json
import math
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import redis.exceptions
import structlog
from fastapi.responses import Response
from prometheus_client import Gauge
from redis.asyncio import Redis
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from pabal.kit.events import PREFIX
from pabal.kit.http.errors import Problem, declare

log = structlog.get_logger(__name__)

TOO_MANY_STREAMS = declare("too_many_streams", 429, "열어 둔 화면이 너무 많아요. 쓰지 않는 창을 닫아 주세요")

STREAMS_PER_TENANT = 200
HEARTBEAT_SECONDS = 15.0
GAP_SECONDS = 0.25
_MOST_PENDING = 500  # more objects than a screen shows: "everything changed" is shorter

Change = tuple[str, str]
EVERYTHING: Change = ("*", "*")

_open_streams = Gauge("pabal_event_streams", "Open live event streams of this process")


class Coalescer:
    """Changes waiting to be told. Pure: the caller brings the time."""

    def __init__(self, gap: float = GAP_SECONDS, most: int = _MOST_PENDING) -> None:
        self._gap = gap
        self._most = most
        self._pending: dict[Change, None] = {}
        self._told: dict[Change, float] = {}

    def add(self, change: Change) -> None:
        if EVERYTHING in self._pending:
            return
        if change == EVERYTHING or len(self._pending) >= self._most:
            self._pending = {EVERYTHING: None}
        else:
            self._pending[change] = None

    def take(self, now: float) -> tuple[list[Change], float]:
        """What may be told now, and how long until something else may (infinity: nothing waits)."""
        self._told = {change: at for change, at in self._told.items() if now - at < self._gap}
        due = [change for change in self._pending if change not in self._told]
        for change in due:
            del self._pending[change]
            self._told[change] = now
        waits = [self._told[change] + self._gap - now for change in self._pending]
        return due, min(waits, default=math.inf)


class Subscriber:
    """One open stream."""

    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id = tenant_id
        self.changes = Coalescer()
        self.wake = asyncio.Event()

    def tell(self, change: Change) -> None:
        self.changes.add(change)
        self.wake.set()


class EventHub:
    """The process's one subscription, running while anybody listens."""

    def __init__(self, redis_client: Redis) -> None:
        self._redis = redis_client
        self._subscribers: dict[UUID, set[Subscriber]] = {}
        self._listener: asyncio.Task[None] | None = None
        self.closed = False

    def join(self, tenant_id: UUID) -> Subscriber:
        mine = self._subscribers.setdefault(tenant_id, set())
        if len(mine) >= STREAMS_PER_TENANT:
            raise Problem(TOO_MANY_STREAMS, retry_after=30)
        subscriber = Subscriber(tenant_id)
        mine.add(subscriber)
        _open_streams.inc()
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name="live events")
        return subscriber

    async def leave(self, subscriber: Subscriber) -> None:
        mine = self._subscribers[subscriber.tenant_id]
        mine.discard(subscriber)
        _open_streams.dec()
        if not mine:
            del self._subscribers[subscriber.tenant_id]
        if not self._subscribers and self._listener is not None:
            listener, self._listener = self._listener, None
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listener

    def close(self) -> None:
        """End every stream: the server stops and must not wait for screens that never hang up."""
        self.closed = True
        for subscriber in self._everybody():
            subscriber.wake.set()

    def _everybody(self) -> list[Subscriber]:
        return [one for mine in self._subscribers.values() for one in mine]

    async def _listen(self) -> None:
        pause = 0.2
        while True:
            pubsub = self._redis.pubsub()
            try:
                await pubsub.psubscribe(f"{PREFIX}*")
                while True:
                    message = await pubsub.get_message(timeout=10)
                    if message is not None:
                        pause = 0.2
                        self._hear(message)
            except (redis.exceptions.RedisError, OSError) as error:
                log.warning("events.subscription_lost", error=type(error).__name__)
            finally:
                await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    def _hear(self, message: dict[str, object]) -> None:
        # redis-py reconnects silently and subscribes again: the confirmation is how one knows that messages were missed.
        if message["type"] == "psubscribe":
            for subscriber in self._everybody():
                subscriber.tell(EVERYTHING)
            return
        channel, data = message["channel"], message["data"]
        if not isinstance(channel, bytes) or not isinstance(data, bytes):
            return
        try:
            tenant_id = UUID(channel.decode().removeprefix(PREFIX))
            body = json.loads(data)
            change = (str(body["topic"]), str(body["id"]))
        except (ValueError, KeyError, TypeError):
            log.warning("events.unreadable")
            return
        for subscriber in self._subscribers.get(tenant_id, ()):
            subscriber.tell(change)


class EventStream(Response):
    """The answer of `GET /api/events`: writes until the client goes, the session ends or the server stops."""

    media_type = "text/event-stream"

    def __init__(
        self, hub: EventHub, subscriber: Subscriber, still_welcome: Callable[[], Awaitable[bool]]
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub = hub
        self._subscriber = subscriber
        self._still_welcome = still_welcome

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._write(send, gone)
        finally:
            gone.cancel()
            await self._hub.leave(self._subscriber)

    async def _write(self, send: Send, gone: asyncio.Task[None]) -> None:
        async def put(text: str, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": text.encode(), "more_body": more})

        await put("retry: 2000\nevent: ready\ndata: {}\n\n")
        heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS
        while not gone.done() and not self._hub.closed:
            self._subscriber.wake.clear()
            now = time.monotonic()
            due, wait = self._subscriber.changes.take(now)
            if due:
                await put("".join(map(_event, due)))
                continue
            if now >= heartbeat_at:
                if not await self._still_welcome():
                    await put("event: ended\ndata: {}\n\n")
                    break
                await put(": heartbeat\n\n")
                heartbeat_at = now + HEARTBEAT_SECONDS
                continue
            woken = asyncio.create_task(self._subscriber.wake.wait())
            await asyncio.wait(
                {woken, gone}, timeout=min(wait, heartbeat_at - now), return_when=asyncio.FIRST_COMPLETED
            )
            woken.cancel()
        await put("", more=False)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(change: Change) -> str:
    topic, object_id = change
    return f"event: changed\ndata: {json.dumps({'topic': topic, 'id': object_id})}\n\n"
