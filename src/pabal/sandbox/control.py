"""The control API under /_sandbox: the ledger as evidence, the switches, and the people on the other end."""

import hmac
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from pabal.sandbox import people
from pabal.sandbox.accounts import Account, AccountIn, all_accounts, save_account
from pabal.sandbox.behaviour import Behaviour
from pabal.sandbox.clock import iso, iso_kst, parse_iso
from pabal.sandbox.context import State, Tx
from pabal.sandbox.ledger import Connection, Row, save_setting
from pabal.sandbox.outbox import queue_delivery
from pabal.sandbox.solapi.codes import channel_of

_LOOPBACK_HOST = re.compile(r"^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$")
_WIPED = (
    "messages",
    "groups",
    "deliveries",
    "requests",
    "signatures",
    "optouts",
    "replies",
    "files",
    "marks",
)

LEDGER_SQL = (
    "SELECT m.*, g.group_id, g.group_key, g.carrier FROM messages m JOIN groups g ON g.id = m.gid"
    " WHERE m.accepted_at IS NOT NULL AND (? IS NULL OR m.account = ?) ORDER BY m.id"
)


class ClockIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    at: str | None = None
    offsetSeconds: float | None = None  # noqa: N815 - the contract's spelling


class ReviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    state: str = Field(pattern="^(PENDING|INSPECTING|APPROVED|REJECTED|STOPPED)$")
    comment: str | None = None
    account: str | None = None


class ResetIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    accounts: bool = False  # also forget keys and templates


class Control:
    """The handlers; `routes()` is the list of what exists."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("GET", "/ledger", self.ledger),
            ("GET", "/behaviour", self.read_behaviour),
            ("PUT", "/behaviour", self.set_behaviour),
            ("GET", "/requests", self.requests),
            ("GET", "/deliveries", self.deliveries),
            ("GET", "/clock", self.read_clock),
            ("PUT", "/clock", self.set_clock),
            ("GET", "/accounts", self.accounts),
            ("POST", "/accounts", self.save_account),
            ("PUT", "/accounts/{api_key}", self.save_account),
            ("GET", "/phones", self.phones),
            ("POST", "/reply", self.reply),
            ("POST", "/optout", self.optout),
            ("POST", "/templates/{code}/review", self.review),
            ("POST", "/reset", self.reset),
        ]
        return [
            Route(f"/_sandbox{path}", self._guarded(handler), methods=[method])
            for method, path, handler in table
        ]

    def _guarded(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if (refusal := self._refusal(request)) is not None:
                return refusal
            try:
                return await handler(request)
            except ValidationError as error:
                return _invalid(error, Behaviour.known_keys() if "behaviour" in request.url.path else None)
            except people.UnknownError as error:
                return _problem(404, "not_found", str(error))
            except json.JSONDecodeError:
                return _problem(400, "bad_json", "the body is not JSON")
            except ValueError:
                return _problem(422, "invalid", "a cursor or key in the query cannot be read")

        return endpoint

    def _refusal(self, request: Request) -> Response | None:
        config = self._state.config
        if not config.loopback_only:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), (config.token or "").encode()):
                return _problem(401, "token_needed", "the control API needs its token outside loopback")
        elif not _LOOPBACK_HOST.match(request.headers.get("host", "")):
            # A web page may point a name of its own at 127.0.0.1 and read it all in the visitor's browser.
            return _problem(403, "wrong_host", "this port answers to loopback names only")
        kind = request.headers.get("content-type", "application/json")
        if request.method != "GET" and not kind.startswith("application/json"):
            return _problem(
                415, "json_needed", "send application/json"
            )  # so that no foreign form can post here
        return None

    async def ledger(self, request: Request) -> Response:
        account = request.query_params.get("account")
        chunks = self._state.ledger.read(LEDGER_SQL, (account, account))
        if request.query_params.get("format", "jsonl") == "json":
            rows = [
                ledger_line(self._state, row)
                async for chunk in iterate_in_threadpool(chunks)
                for row in chunk
            ]
            return JSONResponse({"items": rows, "nextCursor": None})

        async def lines() -> AsyncIterator[str]:
            async for chunk in iterate_in_threadpool(_ledger_text(self._state, chunks)):
                yield chunk

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def read_behaviour(self, _request: Request) -> Response:
        return JSONResponse(self._state.behaviour.model_dump(by_alias=True, mode="json"))

    async def set_behaviour(self, request: Request) -> Response:
        behaviour = Behaviour.model_validate(await request.json())
        await self._state.ledger.run(lambda conn: store_behaviour(conn, self._state, behaviour))
        self._state.behaviour, self._state.turn = behaviour, 0
        self._state.rate_limit.clear()
        return await self.read_behaviour(request)

    async def requests(self, request: Request) -> Response:
        """Every carrier request in order, also those that were refused, dropped or never answered."""
        limit = _limit(request)
        after = int(request.query_params.get("cursor") or 0)
        step = request.query_params.get("step")
        rows = await self._state.ledger.run(
            lambda conn: conn.execute(
                "SELECT * FROM requests WHERE id > ? AND (? IS NULL OR step = ?) ORDER BY id LIMIT ?",
                (after, step, step, limit + 1),
            ).fetchall()
        )
        return JSONResponse(_listed(rows, limit, _request_line))

    async def deliveries(self, request: Request) -> Response:
        """Webhook posts and what became of them (no contents)."""
        limit = _limit(request)
        after = int(request.query_params.get("cursor") or 0)
        rows = await self._state.ledger.run(
            lambda conn: conn.execute(
                "SELECT id, account, event, items, tries, next_at, outcome, last_status FROM deliveries"
                " WHERE id > ? ORDER BY id LIMIT ?",
                (after, limit + 1),
            ).fetchall()
        )
        return JSONResponse(_listed(rows, limit, _delivery_line))

    async def read_clock(self, _request: Request) -> Response:
        clock = self._state.clock
        return JSONResponse({"at": iso_kst(clock.now()), "offsetSeconds": clock.offset})

    async def set_clock(self, request: Request) -> Response:
        given = ClockIn.model_validate(await request.json())
        offset = given.offsetSeconds or 0.0
        if given.at is not None:
            try:
                offset = parse_iso(given.at) - self._state.clock.real()
            except ValueError:
                return _problem(422, "invalid", "at: ISO 8601 is needed")
        await self._state.ledger.run(lambda conn: save_setting(conn, self._state.box, "clock", offset))
        self._state.clock.offset = offset
        self._state.wake.set()
        return await self.read_clock(request)

    async def accounts(self, _request: Request) -> Response:
        found = await self._state.ledger.run(lambda conn: all_accounts(conn, self._state.box))
        return JSONResponse({"items": [_account_line(account) for account in found], "nextCursor": None})

    async def save_account(self, request: Request) -> Response:
        body = await request.json()
        if isinstance(body, dict) and "api_key" in request.path_params:
            body = {**body, "apiKey": request.path_params["api_key"]}
        given = AccountIn.model_validate(body)
        account = await self._state.ledger.run(lambda conn: save_account(conn, self._state.box, given))
        return JSONResponse(_account_line(account))

    async def phones(self, request: Request) -> Response:
        """What arrived per phone for one account, newest first; `thread` (an item's `key`) opens one."""
        account = request.query_params.get("account")
        if not account:
            return _problem(422, "invalid", "account: which API key's phones?")
        thread, limit = request.query_params.get("thread"), _limit(request)
        cursor = int(request.query_params.get("cursor") or 0)
        if thread:
            key = bytes.fromhex(thread)
            items = await self._read(lambda tx: people.thread(tx, account, key, limit))
            return JSONResponse({"items": items, "nextCursor": None})
        items, next_cursor = await self._read(lambda tx: people.phones(tx, account, limit, cursor))
        return JSONResponse({"items": items, "nextCursor": None if next_cursor is None else str(next_cursor)})

    async def reply(self, request: Request) -> Response:
        given = people.ReplyIn.model_validate(await request.json())

        def work(tx: Tx) -> dict[str, Any]:
            account, body = people.take_reply(tx, given)
            queue_delivery(tx, account.api_key, "INBOUND", body, 0.0)
            return {"providerId": body["providerId"], "account": account.api_key}

        answer = await self._read(work)
        self._state.wake.set()
        return JSONResponse(answer, 202)

    async def optout(self, request: Request) -> Response:
        given = people.OptOutIn.model_validate(await request.json())
        accounts = await self._read(lambda tx: people.take_optout(tx, given))
        self._state.wake.set()
        return JSONResponse({"accounts": accounts})

    async def review(self, request: Request) -> Response:
        given = ReviewIn.model_validate(await request.json())
        code = request.path_params["code"]

        def work(tx: Tx) -> int:
            rows = tx.conn.execute(
                "SELECT account, doc FROM templates WHERE code = ? AND (? IS NULL OR account = ?)",
                (code, given.account, given.account),
            ).fetchall()
            for row in rows:
                doc = json.loads(row["doc"])
                if given.comment:
                    comment = {"isAdmin": True, "memberId": "KAKAO", "content": given.comment}
                    doc.setdefault("comments", []).append({**comment, "dateCreated": iso(tx.now)})
                tx.conn.execute(
                    "UPDATE templates SET state = ?, doc = ? WHERE account = ? AND code = ?",
                    (given.state, json.dumps(doc, ensure_ascii=False), row["account"], code),
                )
            return len(rows)

        if not await self._read(work):
            return _problem(404, "not_found", "no account has this template")
        return JSONResponse({"templateId": code, "state": given.state})

    async def reset(self, request: Request) -> Response:
        """Back to an empty, well-behaved carrier with the real time; accounts stay unless asked."""
        given = ResetIn.model_validate(await request.json() if await request.body() else {})
        state = self._state

        def work(conn: Connection) -> None:
            for table in (*_WIPED, *(("accounts", "templates") if given.accounts else ())):
                conn.execute(f"DELETE FROM {table}")
            store_behaviour(conn, state, Behaviour())
            save_setting(conn, state.box, "clock", 0.0)

        await state.ledger.run(work)
        state.behaviour, state.turn, state.clock.offset = Behaviour(), 0, 0.0
        state.rate_limit.clear()
        return JSONResponse({"reset": True})

    async def _read(self, work: Callable[[Tx], Any]) -> Any:
        state = self._state
        return await state.ledger.run(
            lambda conn: work(Tx(conn, state.box, state.behaviour, state.clock.now(), state.clock.real()))
        )


def store_behaviour(conn: Connection, state: State, behaviour: Behaviour) -> None:
    """With the request it starts after, so that a restart throws the dice on from there."""
    base = conn.execute("SELECT coalesce(max(id), 0) FROM requests").fetchone()[0]
    doc = {"rules": behaviour.model_dump(by_alias=True, mode="json"), "base": base}
    save_setting(conn, state.box, "behaviour", doc)


def ledger_line(state: State, row: Row) -> dict[str, Any]:
    sealed = state.box.open(row["sealed"])
    return {
        "carrier": row["carrier"],
        "account": row["account"],
        "channel": channel_of(row["type"]),
        "to": sealed["to"],
        "from": sealed["from"],
        "text": sealed["text"],
        "templateCode": row["template_code"],
        "requestId": row["group_id"],
        "seq": row["seq"],
        "groupKey": row["group_key"],
        "recipientKey": row["recipient_key"],
        "acceptedAt": iso_kst(row["accepted_at"]),
        "finalState": row["state"] if row["final_at"] is not None else None,
        "finalCode": row["status_code"] if row["final_at"] is not None else None,
        "finalAt": iso_kst(row["final_at"]),
        "messageId": row["message_id"],
        "replaces": row["replaces"],
    }


def _ledger_text(state: State, chunks: Iterable[list[Row]]) -> Iterable[str]:
    for chunk in chunks:
        yield "".join(json.dumps(ledger_line(state, row), ensure_ascii=False) + "\n" for row in chunk)


def _request_line(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "at": iso_kst(row["at"]),
        "account": row["account"],
        "method": row["method"],
        "path": row["path"],
        "step": row["step"],
        "fate": row["fate"],
        "status": row["status"],
        "errorCode": row["error_code"],
        "requestId": row["group_id"],
        "accepted": row["accepted"],
        "refused": json.loads(row["refused"]),
    }


def _delivery_line(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "account": row["account"],
        "event": row["event"],
        "items": row["items"],
        "tries": row["tries"],
        "outcome": row["outcome"],
        "lastStatus": row["last_status"],
        "nextAt": iso_kst(row["next_at"]),
    }


def _account_line(account: Account) -> dict[str, Any]:
    """Without its secrets."""
    return {
        "apiKey": account.api_key,
        "carrier": account.carrier,
        "accountId": account.account_id,
        "balance": account.balance,
        "senders": None if account.senders is None else sorted(account.senders),
        "unsubscribeNos": list(account.unsubscribe_nos),
        "verified": account.secret is not None,
        "webhook": account.webhook_url is not None,
        "inbound": account.inbound_url is not None,
    }


def _listed(rows: list[Row], limit: int, line: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    more = len(rows) > limit
    return {
        "items": [line(row) for row in rows[:limit]],
        "nextCursor": str(rows[limit - 1]["id"]) if more else None,
    }


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "100")
    return min(max(int(text), 1), 1000) if text.isdigit() else 100


def _problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    return JSONResponse(
        {"code": code, "title": detail, **more}, status, media_type="application/problem+json"
    )


def _invalid(error: ValidationError, known: list[str] | None) -> JSONResponse:
    errors = [{"field": ".".join(map(str, item["loc"])), "message": item["msg"]} for item in error.errors()]
    return _problem(422, "invalid", "invalid body", errors=errors, **({"knownKeys": known} if known else {}))
