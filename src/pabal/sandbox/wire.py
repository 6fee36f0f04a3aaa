"""One carrier request from bytes to bytes: fate, authentication, handler, request log, answer or silence.

Handler and log line commit together and before anything is written to the socket, so the ledger never knows
less than the client does.
"""

import asyncio
import json
import socket
import struct
from email.utils import formatdate
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from pabal.sandbox.accounts import Account
from pabal.sandbox.behaviour import Step
from pabal.sandbox.context import Call, CarrierError, Handler, Reply, State, Tx
from pabal.sandbox.faults import Fate, draw_fate
from pabal.sandbox.ledger import Connection

MAX_BODY = 15 * 1024 * 1024
TRANSPORT = "pabal.transport"  # scope extension set by the server's protocol class

_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class CarrierProtocol(Protocol):
    """What differs between carriers around their handlers: who asks, and how a no looks."""

    def key_of(self, scope: Scope) -> str:
        """The API key that a request claims, for rate limits and the log; nothing is checked."""
        ...

    def authenticate(self, tx: Tx, scope: Scope) -> Account: ...

    def refusal(self, error: CarrierError) -> Reply:
        """The carrier's own envelope around a refusal."""
        ...

    def trouble(self, status: int) -> str:
        """JSON body of a 429 or a 500."""
        ...

    def unreadable(self, fault: str) -> CarrierError:
        """`too_big`, `not_utf8`, `not_json` or `not_unicode`: the request itself can't be read."""
        ...


class _Line(NamedTuple):
    """One line of the request log."""

    fate: str
    status: int | None  # None: the client saw none
    code: str | None
    reply: Reply


class ClientGoneError(Exception):
    """The client went away before its request was complete: nothing happened."""


class CarrierEndpoint:
    """An ASGI app for one path of one protocol."""

    def __init__(
        self,
        state: State,
        protocol: CarrierProtocol,
        step: Step,
        handler: Handler,
    ) -> None:
        self._state = state
        self._protocol = protocol
        self._step = step
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = self._state
        try:
            body = await _read(receive)
        except ClientGoneError:
            return
        state.turn += 1
        fate = draw_fate(state.behaviour, state.turn, self._step, limited=self._limited(scope))
        if fate.delay:
            await asyncio.sleep(fate.delay)
        if fate.before is not None:
            await self._refuse(scope, receive, send, fate.before)
            return
        reply, fate_taken = await state.ledger.run(lambda conn: self._carry_out(conn, scope, body, fate))
        if reply.accepted or self._step != "other":
            state.wake.set()
        if fate_taken == "accepted_reset":
            await drop(scope, receive)
            return
        if fate_taken == "accepted_503":
            await self._answer(send, 503, "Service Unavailable", "text/plain")
            return
        if fate_taken == "accepted_hang":
            await asyncio.sleep(fate.hang)
        await self._answer(send, reply.status, json.dumps(reply.body, ensure_ascii=False))

    def _limited(self, scope: Scope) -> bool:
        state, rate = self._state, self._state.behaviour.rate_per_second
        key = self._protocol.key_of(scope)
        return rate is not None and not state.rate_limit.take(key, rate, state.clock.real())

    def _carry_out(self, conn: Connection, scope: Scope, body: bytes | None, fate: Fate) -> tuple[Reply, str]:
        state = self._state
        tx = Tx(conn, state.box, state.behaviour, state.clock.now(), state.clock.real())
        code = None
        try:
            account = self._protocol.authenticate(
                tx, scope
            )  # outside the savepoint: a used signature stays used
            conn.execute("SAVEPOINT handler")
            try:
                reply = self._handler(tx, self._call(scope, account, body))
            except CarrierError:
                conn.execute("ROLLBACK TO handler")
                raise
            except UnicodeEncodeError:  # half a surrogate pair, written as an escape
                conn.execute("ROLLBACK TO handler")
                raise self._protocol.unreadable("not_unicode") from None
            finally:
                conn.execute("RELEASE handler")
        except CarrierError as error:
            reply = self._protocol.refusal(error)
            code = error.code
        taken = (fate.after or "answered") if code is None else "answered"
        status = {"accepted_reset": None, "accepted_503": 503}.get(taken, reply.status)
        self._log(tx, scope, _Line(taken, status, code, reply))
        return reply, taken

    def _call(self, scope: Scope, account: Account, body: bytes | None) -> Call:
        if body is None:
            raise self._protocol.unreadable("too_big")
        try:
            parsed = json.loads(body) if body else None
        except UnicodeDecodeError:
            raise self._protocol.unreadable("not_utf8") from None
        except (ValueError, RecursionError):
            raise self._protocol.unreadable("not_json") from None
        return Call(
            account=account,
            method=scope["method"],
            path=scope["path"],
            params=scope.get("path_params", {}),
            query=parse_qs(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True),
            body=parsed,
            step=self._step,
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        )

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, before: str) -> None:
        """Nothing is recorded but the request itself."""
        state = self._state
        status, body, kind = _REFUSALS[before]

        def log(conn: Connection) -> None:
            tx = Tx(conn, state.box, state.behaviour, state.clock.now(), state.clock.real())
            self._log(tx, scope, _Line(before, status, None, Reply(None)))

        await state.ledger.run(log)
        if status is None:
            await drop(scope, receive)
        else:
            await self._answer(send, status, body or self._protocol.trouble(status), kind)

    async def _answer(self, send: Send, status: int, text: str, kind: str = "application/json") -> None:
        content = text.encode(errors="replace")
        headers = [
            (b"content-type", f"{kind}; charset=utf-8".encode()),
            (b"content-length", str(len(content)).encode()),
            # By the sandbox clock, like every time inside: clients take their search windows from it.
            (b"date", formatdate(self._state.clock.now(), usegmt=True).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _log(self, tx: Tx, scope: Scope, line: _Line) -> None:
        reply = line.reply
        tx.conn.execute(
            "INSERT INTO requests (at, account, method, path, step, fate, status, error_code, group_id,"
            " accepted, refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                tx.now,
                self._protocol.key_of(scope) or None,
                scope["method"],
                scope["path"],
                self._step,
                line.fate,
                line.status,
                line.code,
                reply.group_id,
                reply.accepted,
                json.dumps(reply.refused),
            ),
        )


_JSON = "application/json"
_REFUSALS: dict[str, tuple[int | None, str, str]] = {
    "outage_drop": (None, "", ""),
    "outage_503": (503, "Service Unavailable", "text/plain"),
    "busy_503": (503, "Service Unavailable", "text/plain"),
    "html_502": (502, _HTML, "text/html"),
    "limited_429": (429, "", _JSON),  # in the carrier's own words
    "error_500": (500, "", _JSON),
}


async def drop(scope: Scope, receive: Receive) -> None:
    """Break the connection without a byte of answer: linger 0 makes the kernel send RST, as a crash would."""
    transport = scope["extensions"][TRANSPORT]["transport"]
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    # Until the server has noticed, returning would make it write a 500.
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(receive: Receive) -> bytes | None:
    """The body, or None when it is over the carrier's 15 MB."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= MAX_BODY else None


def header(scope: Scope, name: bytes) -> str:
    value: Any = next((value for key, value in scope["headers"] if key == name), b"")
    return str(value.decode("latin-1"))
