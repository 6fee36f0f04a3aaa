"""Receipts: finishes due messages, queues webhooks durably, posts them, repeats what got no 200.

One task does it all, in passes: a pass is one transaction on the ledger, then posts outside it. A killed
process goes on where the ledger stands, so a webhook may come twice, never not at all (unless asked to).
"""

import asyncio
import json
from typing import Any, NamedTuple

import httpx

from pabal.sandbox.accounts import Account, find_account
from pabal.sandbox.context import State, Tx
from pabal.sandbox.finishing import PASS, REPORTERS, finish_due
from pabal.sandbox.ledger import Connection, Row
from pabal.sandbox.solapi import groups
from pabal.sandbox.solapi.auth import WINDOW

POSTS = 8  # webhooks under way at once
CLEAN_EVERY = 60.0  # seconds
IDLE = 60.0  # seconds between looks when nothing is due; anything new wakes the task


class Post(NamedTuple):
    id: int
    account: str
    event: str
    body: Any
    tries: int


class Courier:
    def __init__(self, state: State, client: httpx.AsyncClient) -> None:
        self._state = state
        self._client = client
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._cleaned = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        state = self._state
        try:
            while True:
                state.wake.clear()
                busy, wait, posts = await state.ledger.run(self._advance)
                for post in posts:
                    self._under_way[post.id] = asyncio.create_task(self._post(post))
                if not busy:
                    await self._sleep(wait)
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, IDLE)):
                await self._state.wake.wait()
        except TimeoutError:
            pass

    def _advance(self, conn: Connection) -> tuple[bool, float, list[Post]]:
        """One pass: is there more at once, how long until something is due, what to post now."""
        state = self._state
        tx = Tx(conn, state.box, state.behaviour, state.clock.now(), state.clock.real())
        busy = groups.launch_due(tx) > 0
        busy = finish_due(tx) == PASS or busy
        room = POSTS - len(self._under_way)
        posts = [self._opened(tx, row) for row in self._due_posts(conn, tx.real, room)]
        self._clean(tx)
        return busy, self._next_due(conn, tx, full=room <= len(posts)), posts

    def _due_posts(self, conn: Connection, real: float, room: int) -> list[Row]:
        rows = conn.execute(
            "SELECT * FROM deliveries WHERE next_at <= ? ORDER BY next_at, id LIMIT ?",
            (real, room + len(self._under_way)),
        ).fetchall()
        return [row for row in rows if row["id"] not in self._under_way][:room]

    def _opened(self, tx: Tx, row: Row) -> Post:
        return Post(row["id"], row["account"], row["event"], tx.box.open(row["sealed"]), row["tries"])

    def _next_due(self, conn: Connection, tx: Tx, *, full: bool) -> float:
        due = conn.execute("SELECT min(due_at) FROM messages WHERE due_at IS NOT NULL").fetchone()[0]
        times = [] if due is None else [due - tx.real]
        scheduled = conn.execute(
            "SELECT min(scheduled_at) FROM groups WHERE status = 'SCHEDULED'"
        ).fetchone()[0]
        if scheduled is not None:
            times.append(scheduled - tx.now)
        if not full:  # otherwise the first post that ends wakes us
            rows = conn.execute(
                "SELECT id, next_at FROM deliveries WHERE next_at IS NOT NULL ORDER BY next_at LIMIT ?",
                (POSTS + 1,),
            )
            times += [row["next_at"] - tx.real for row in rows if row["id"] not in self._under_way][:1]
        return max(0.0, min(times, default=IDLE))

    async def _post(self, post: Post) -> None:
        try:
            status = await self._call(post)
            await self._state.ledger.run(lambda conn: self._settle(conn, post, status))
        finally:
            self._under_way.pop(post.id, None)
            self._state.wake.set()

    async def _call(self, post: Post) -> int | None:
        """The HTTP status of one try; None when there was no answer."""
        account = await self._state.ledger.run(lambda conn: find_account(conn, self._state.box, post.account))
        url = None if account is None else address(account, post.event)
        if account is None or url is None:
            return None
        for item in post.body if isinstance(post.body, list) else ():
            if "retryCount" in item:
                item["retryCount"] = post.tries
        content = json.dumps(post.body, ensure_ascii=False).encode()
        try:
            answer = await self._client.post(url, content=content, headers=_headers(account, post.event))
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return answer.status_code

    def _settle(self, conn: Connection, post: Post, status: int | None) -> None:
        tries = post.tries + 1
        backoff = self._state.config.webhook_backoff
        taken = status == 200 or (post.event == "INBOUND" and status is not None and 200 <= status < 300)
        outcome = "delivered" if taken else "gave_up" if tries > len(backoff) else None
        next_at = None if outcome else self._state.clock.real() + backoff[tries - 1]
        conn.execute(
            "UPDATE deliveries SET tries = ?, last_status = ?, outcome = ?, next_at = ?,"
            " sealed = CASE WHEN ? IS NULL THEN sealed END WHERE id = ?",
            (tries, status, outcome, next_at, outcome, post.id),
        )

    def _clean(self, tx: Tx) -> None:
        """Used signatures after their window; after the keep time the copies of people's data."""
        if abs(tx.now - self._cleaned) < CLEAN_EVERY:
            return
        self._cleaned = tx.now
        tx.conn.execute("DELETE FROM signatures WHERE at < ?", (tx.real - WINDOW,))
        limit = tx.now - self._state.config.keep_days * 86_400
        oldest = tx.conn.execute("SELECT registered_at FROM messages ORDER BY id LIMIT 1").fetchone()
        if oldest is not None and oldest[0] < limit:
            tx.conn.execute("DELETE FROM messages WHERE registered_at < ?", (limit,))
        tx.conn.execute("DELETE FROM replies WHERE at < ?", (limit,))
        tx.conn.execute("DELETE FROM requests WHERE at < ?", (limit,))


def address(account: Account, event: str) -> str | None:
    if event == "INBOUND":
        return account.inbound_url
    return account.group_webhook_url if event == "GROUP-REPORT" else account.webhook_url


def _headers(account: Account, event: str) -> dict[str, str]:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return kind if event == "INBOUND" else {**kind, **REPORTERS[account.carrier].headers(account, event)}
