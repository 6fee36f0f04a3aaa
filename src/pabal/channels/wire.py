"""One HTTP call, and what is certain about it. Every adapter speaks through a `Line`, and only through it.

`call` writes at most one request. It never retries, follows no redirect, uses no proxy from the environment
and raises nothing but cancellation. Whether a byte of the request left this machine is read from the
transport's own trace ("send_request_headers.started"), not guessed from exception names: a reset on a
kept-alive connection looks like any other reset but has bytes behind it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from pabal.channels.base import BodyGate, CarrierAccount, NotSent, Unknown

WALL_SECONDS = 8.0  # shorter than the lease (12 s), so that the outcome can still be committed under it
CONNECT_SECONDS = 3.0
# 500 rows of a group answer weigh about 200 KB; a page of 500 stored messages with texts about 2 MB.
MAX_ANSWER_BYTES = 16 * 1024 * 1024
# identity: the size limit then counts what is really read
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "pabal"}


def open_http() -> httpx.AsyncClient:
    """A client as carriers need it, for tests and tools; the running hub passes Runtime.http."""
    transport = httpx.AsyncHTTPTransport(
        retries=0, limits=httpx.Limits(max_connections=64, keepalive_expiry=2)
    )
    return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer. `body` is None where it was not JSON."""

    status: int
    body: Any
    server_date: datetime | None
    retry_after: float | None

    @property
    def mapping(self) -> Mapping[str, Any]:
        return self.body if isinstance(self.body, dict) else {}

    def unknown(self, why: str) -> Unknown:
        return Unknown(why, self.status, self.server_date)


class _Trace:
    """Remembers how far the transport got. Transports without tracing (mocks) prove nothing."""

    def __init__(self) -> None:
        self.seen = False
        self.started = False

    async def __call__(self, event: str, _info: Any) -> None:
        self.seen = True
        if event.endswith("send_request_headers.started"):
            self.started = True

    @property
    def proves_nothing_left(self) -> bool:
        return self.seen and not self.started


async def call(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    payload: Any = None,
    wall_seconds: float = WALL_SECONDS,
    body_gate: BodyGate | None = None,
) -> Answer | NotSent | Unknown:
    """Send one request and read its answer, within `wall_seconds` of real time altogether."""
    trace = _Trace()
    request: httpx.Request | None = None
    status: int | None = None
    server_date: datetime | None = None
    try:
        async with asyncio.timeout(wall_seconds):
            timeout = httpx.Timeout(wall_seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
            more_headers, content = _body(payload, body_gate)
            request = http.build_request(
                method,
                url,
                headers={**_HEADERS, **headers, **more_headers},
                params=params,
                content=content,
                timeout=timeout,
                extensions={"trace": trace},
            )
            response = await http.send(request, stream=True, follow_redirects=False, auth=None)
            try:
                status, server_date = response.status_code, _date(response.headers.get("date"))
                raw = await _read(response)
            finally:
                await response.aclose()
    except httpx.PoolTimeout:
        return NotSent("no_free_connection")
    except TimeoutError:
        return (
            NotSent("connect_timeout")
            if trace.proves_nothing_left
            else Unknown("timeout", status, server_date)
        )
    except Exception as error:  # noqa: BLE001  # whatever happens after the `calling` commit is an answer to it
        why = _tag(error)
        if request is None or trace.proves_nothing_left or isinstance(error, httpx.UnsupportedProtocol):
            return NotSent(why)
        return Unknown(why, status, server_date)
    if raw is None:
        return Unknown("answer_too_big", status, server_date)
    return Answer(status, _json(raw), server_date, _retry_after(response.headers.get("retry-after")))


@dataclass(frozen=True, slots=True)
class Line:
    """An adapter's way to its carrier. `address` says for an account: where paths start, and the headers of one call (some
    carriers sign each call anew)."""

    http: httpx.AsyncClient
    wall_seconds: float
    address: Callable[[CarrierAccount], tuple[str, Mapping[str, str]]]

    async def call(
        self,
        account: CarrierAccount,
        method: str,
        path: str,
        payload: Any = None,
        *,
        params: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        body_gate: BodyGate | None = None,
    ) -> Answer | NotSent | Unknown:
        """`call` to one of the account's paths; `extra`: more headers."""
        start, headers = self.address(account)
        return await call(
            self.http,
            method,
            start + path,
            headers={**headers, **(extra or {})},
            params=params,
            payload=payload,
            wall_seconds=self.wall_seconds,
            body_gate=body_gate,
        )


def _body(payload: Any, gate: BodyGate | None) -> tuple[dict[str, str], bytes | AsyncIterator[bytes] | None]:
    if payload is None:
        return {}, None
    raw = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"content-type": "application/json; charset=utf-8", "content-length": str(len(raw))}
    return headers, raw if gate is None else _halves(raw, gate)


async def _halves(raw: bytes, gate: BodyGate) -> AsyncIterator[bytes]:
    middle = (len(raw) + 1) // 2
    yield raw[:middle]
    await gate()
    yield raw[middle:]


async def _read(response: httpx.Response) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        return None


def _date(value: str | None) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed and parsed.tzinfo is None else parsed


def _retry_after(value: str | None) -> float | None:
    """Seconds only; a date there would be compared with a clock that isn't ours."""
    try:
        seconds = float(value) if value else None
    except ValueError:
        return None
    return seconds if seconds is not None and 0 <= seconds <= 86_400 else None


def _tag(error: Exception) -> str:
    """ReadTimeout → read_timeout. Never the text of an exception: it may quote addresses."""
    name = type(error).__name__
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
