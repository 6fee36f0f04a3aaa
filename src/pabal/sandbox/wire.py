"""One carrier request from bytes to bytes: fate, authentication, handler, request log, answer or silence.

Handler and log line commit together and before anything is written to the socket, so the ledger never knows
less than the client does.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from pabal.sandbox.accounts import Account
from pabal.sandbox.behaviour import Step
from pabal.sandbox.context import Call, CarrierError, Reply, State, Tx
from pabal.sandbox.faults import Fate, draw_fate
from pabal.sandbox.ledger import Connection

MAX_BODY = 15 * 1024 * 1024
TRANSPORT = "pabal.transport"  # scope extension set by the server's protocol class

_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"

Handler = Callable[[Tx, Call], Reply]
Authenticate = Callable[[Tx, str], Account]


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
        step: Step,
        handler: Handler,
        authenticate: Authenticate,
        key_of: Callable[[str], str],
    ) -> None:
        self._state = state
        self._step = step
        self._handler = handler
        self._authenticate = authenticate
        self._key_of = key_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = self._state
        header = _header(scope, b"authorization")
        try:
            body = await _read(receive)
        except ClientGoneError:
            return
        state.turn += 1
        fate = draw_fate(state.behaviour, state.turn, self._step, limited=self._limited(header))
        if fate.delay:
            await asyncio.sleep(fate.delay)
        if fate.before is not None:
            await self._refuse(scope, receive, send, fate.before, header)
            return
        reply, fate_taken = await state.ledger.run(
            lambda conn: self._carry_out(conn, scope, header, body, fate)
        )
        if reply.accepted or self._step != "other":
            state.wake.set()
        if fate_taken == "accepted_reset":
            await drop(scope, receive)
            return
        if fate_taken == "accepted_503":
            await _answer(send, 503, "Service Unavailable", "text/plain")
            return
        if fate_taken == "accepted_hang":
            await asyncio.sleep(fate.hang)
        await _answer(send, reply.status, json.dumps(reply.body, ensure_ascii=False))

    def _limited(self, header: str) -> bool:
        state, rate = self._state, self._state.behaviour.rate_per_second
        return rate is not None and not state.rate_limit.take(self._key_of(header), rate, state.clock.real())

    def _carry_out(
        self, conn: Connection, scope: Scope, header: str, body: bytes | None, fate: Fate
    ) -> tuple[Reply, str]:
        state = self._state
        tx = Tx(conn, state.box, state.behaviour, state.clock.now(), state.clock.real())
        code = None
        try:
            account = self._authenticate(tx, header)  # outside the savepoint: a used signature stays used
            conn.execute("SAVEPOINT handler")
            try:
                reply = self._handler(tx, self._call(scope, account, body))
            except CarrierError:
                conn.execute("ROLLBACK TO handler")
                raise
            except UnicodeEncodeError:  # half a surrogate pair, written as an escape
                conn.execute("ROLLBACK TO handler")
                raise CarrierError(
                    400, "ValidationError", "UTF-8로 나타낼 수 없는 문자가 있습니다."
                ) from None
            finally:
                conn.execute("RELEASE handler")
        except CarrierError as error:
            reply = Reply({"errorCode": error.code, "errorMessage": error.message}, error.status)
            code = error.code
        taken = (fate.after or "answered") if reply.status == 200 else "answered"
        status = {"accepted_reset": None, "accepted_503": 503}.get(taken, reply.status)
        self._log(tx, scope, header, _Line(taken, status, code, reply))
        return reply, taken

    def _call(self, scope: Scope, account: Account, body: bytes | None) -> Call:
        if body is None:
            raise CarrierError(413, "ValidationError", "요청은 15MB까지 보낼 수 있습니다.")
        try:
            parsed = json.loads(body) if body else None
        except UnicodeDecodeError:
            raise CarrierError(400, "ValidationError", "UTF-8이 아닙니다.") from None
        except (ValueError, RecursionError):
            raise CarrierError(400, "ValidationError", "JSON을 읽을 수 없습니다.") from None
        return Call(
            account=account,
            method=scope["method"],
            path=scope["path"],
            params=scope.get("path_params", {}),
            query=parse_qs(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True),
            body=parsed,
            step=self._step,
        )

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, before: str, header: str) -> None:
        """Nothing is recorded but the request itself."""
        state = self._state
        status, body, kind = _REFUSALS[before]

        def log(conn: Connection) -> None:
            tx = Tx(conn, state.box, state.behaviour, state.clock.now(), state.clock.real())
            self._log(tx, scope, header, _Line(before, status, None, Reply(None)))

        await state.ledger.run(log)
        if status is None:
            await drop(scope, receive)
        else:
            await _answer(send, status, body, kind)

    def _log(self, tx: Tx, scope: Scope, header: str, line: _Line) -> None:
        reply = line.reply
        tx.conn.execute(
            "INSERT INTO requests (at, account, method, path, step, fate, status, error_code, group_id,"
            " accepted, refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                tx.now,
                self._key_of(header) or None,
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


def _error(code: str, message: str) -> str:
    return json.dumps({"errorCode": code, "errorMessage": message}, ensure_ascii=False)


_JSON = "application/json"
_REFUSALS: dict[str, tuple[int | None, str, str]] = {
    "outage_drop": (None, "", ""),
    "outage_503": (503, "Service Unavailable", "text/plain"),
    "busy_503": (503, "Service Unavailable", "text/plain"),
    "html_502": (502, _HTML, "text/html"),
    "limited_429": (429, _error("TooManyRequests", "요청이 너무 많습니다."), _JSON),
    "error_500": (500, _error("InternalServerError", "서버 오류입니다."), _JSON),
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


async def _answer(send: Send, status: int, text: str, kind: str = "application/json") -> None:
    content = text.encode(errors="replace")
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-length", str(len(content)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _header(scope: Scope, name: bytes) -> str:
    value: Any = next((value for key, value in scope["headers"] if key == name), b"")
    return str(value.decode("latin-1"))
