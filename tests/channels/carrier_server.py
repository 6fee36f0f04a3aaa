"""A carrier that can answer anything: a raw HTTP server on loopback which records what it was asked."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Behaviour = Callable[[asyncio.StreamWriter, Seen], Awaitable[None]]


def answer(status: int, body: Any = None, *, headers: dict[str, str] | None = None) -> Behaviour:
    """A complete answer; dicts and lists become JSON, str and bytes go out as they are."""
    raw = (
        body
        if isinstance(body, bytes)
        else body.encode()
        if isinstance(body, str)
        else json.dumps(body).encode()
    )

    async def behave(writer: asyncio.StreamWriter, _seen: Seen) -> None:
        head = {"Content-Length": str(len(raw)), "Date": "Sat, 21 Nov 2026 00:00:00 GMT", **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + raw)
        await writer.drain()

    return behave


async def reset(writer: asyncio.StreamWriter, _seen: Seen) -> None:
    """RST instead of an answer, the request having been read."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(writer: asyncio.StreamWriter, _seen: Seen) -> None:
    writer.close()


async def hang(_writer: asyncio.StreamWriter, _seen: Seen) -> None:
    await asyncio.Event().wait()


async def half_an_answer(writer: asyncio.StreamWriter, _seen: Seen) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"groupId"')
    await writer.drain()
    writer.close()


@dataclass
class CarrierServer:
    """`script` is used up one behaviour per request; afterwards everything hangs."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    script: list[Behaviour] = field(default_factory=list)
    body_started: asyncio.Event = field(default_factory=asyncio.Event)
    partial: bytes = b""

    def plan(self, *behaviours: Behaviour) -> None:
        self.script.extend(behaviours)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                seen = await self._request(reader)
                self.seen.append(seen)
                await (self.script.pop(0) if self.script else hang)(writer, seen)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass  # the other side went away, or spoke TLS
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Seen:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        self.partial = b""
        while len(self.partial) < length:
            part = await reader.read(length - len(self.partial))
            if not part:
                raise asyncio.IncompleteReadError(self.partial, length)
            self.partial += part
            self.body_started.set()
        return Seen(method, target, headers, self.partial)


@asynccontextmanager
async def carrier_server() -> AsyncIterator[CarrierServer]:
    carrier = CarrierServer()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError):  # streams would report it as an error of ours
            await carrier.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    carrier.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield carrier
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
