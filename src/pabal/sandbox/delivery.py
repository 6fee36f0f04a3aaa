"""Receipts: finishes due messages, queues webhooks durably, posts them, repeats what got no 200.

One task does it all, in passes: a pass is one transaction on the ledger, then posts outside it. A killed
process goes on where the ledger stands, so a webhook may come twice, never not at all (unless asked to).
"""

import asyncio
import hashlib
import json
from collections import Counter
from typing import Any, NamedTuple

import httpx

from pabal.sandbox.accounts import Account, find_account
from pabal.sandbox.context import State, Tx
from pabal.sandbox.ledger import Connection, Row
from pabal.sandbox.solapi import codes, groups
from pabal.sandbox.solapi.auth import WINDOW
from pabal.sandbox.solapi.ids import new_id
from pabal.sandbox.solapi.shapes import group_info, report

PASS = 500  # messages finished per transaction: some 25 ms, so that requests don't queue for long
POSTS = 8  # webhooks under way at once
SPREAD = 0.5  # seconds over which disordered and doubled receipts are scattered
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
        if post.event != "INBOUND":
            for item in post.body:
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
    return {
        "SINGLE-REPORT": account.webhook_url,
        "GROUP-REPORT": account.group_webhook_url,
        "INBOUND": account.inbound_url,
    }[event]


def _headers(account: Account, event: str) -> dict[str, str]:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    if event == "INBOUND":
        return kind
    secret = hashlib.sha1(  # noqa: S324 - the protocol's choice
        (account.webhook_secret or "").encode()
    ).hexdigest()
    return {**kind, "X-Solapi-Event-Name": event, "X-Solapi-Secret": secret}


def finish_due(tx: Tx) -> int:
    """Give the due messages their final state and queue their receipts."""
    rows = tx.conn.execute(
        "SELECT m.*, g.group_id FROM messages m JOIN groups g ON g.id = m.gid"
        " WHERE m.due_at <= ? ORDER BY m.due_at, m.id LIMIT ?",
        (tx.real, PASS),
    ).fetchall()
    if not rows:
        return 0
    counts: dict[int, Counter[str]] = {}
    finals: list[tuple[str, str, float, int]] = []
    by_account: dict[str, list[Row]] = {}
    for row in rows:
        code = row["planned_code"]
        state = "delivered" if code == codes.DELIVERED else "failed"
        finals.append((state, code, tx.now, row["id"]))
        counts.setdefault(row["gid"], Counter())[state] += 1
        if state == "failed":
            counts[row["gid"]]["replaced"] += _replace(tx, row, code)
        by_account.setdefault(row["account"], []).append(row)
    tx.conn.executemany(
        "UPDATE messages SET state = ?, status_code = ?, final_at = ?, due_at = NULL WHERE id = ?", finals
    )
    for api_key, own in by_account.items():
        account = find_account(tx.conn, tx.box, api_key)
        if account is not None and account.webhook_url is not None:
            _queue_reports(tx, account, own)
    for gid, count in counts.items():
        _count(tx, gid, count)
    return len(rows)


def _replace(tx: Tx, row: Row, code: str) -> int:
    """Solapi's own fallback: a failed Kakao message goes out as text unless `disableSms` forbade it."""
    if row["type"] not in codes.KAKAO_TYPES or not code.startswith("31"):
        return 0
    sealed = tx.box.open(row["sealed"])
    if sealed.get("kakaoOptions", {}).get("disableSms") or not (sealed["from"] and sealed["text"]):
        return 0
    type_ = "SMS" if len(sealed["text"].encode("cp949", "replace")) <= 90 else "LMS"
    seq = tx.conn.execute("SELECT max(seq) + 1 FROM messages WHERE gid = ?", (row["gid"],)).fetchone()[0]
    tx.conn.execute(
        "INSERT INTO messages (message_id, gid, seq, account, type, to_key, from_key, recipient_key, sealed,"
        " state, status_code, price, registered_at, accepted_at, planned_code, due_at, replaces)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'accepted', '2000', ?, ?, ?, '4000', ?, ?)",
        (
            new_id("M4V", tx.now),
            row["gid"],
            seq,
            row["account"],
            type_,
            row["to_key"],
            row["from_key"],
            row["recipient_key"],
            tx.box.seal({name: value for name, value in sealed.items() if name != "kakaoOptions"}),
            codes.price_of(type_),
            tx.now,
            tx.now,
            tx.real + tx.behaviour.deliver_delay_ms / 1000,
            row["message_id"],
        ),
    )
    return 1


def _queue_reports(tx: Tx, account: Account, rows: list[Row]) -> None:
    rules = tx.behaviour
    prompt, late = [], []
    for row in rows:
        data = report(tx, row, row["planned_code"])
        which = (data["to"], row["seq"])
        if rules.hits(rules.receipt_loss_rate, "loss", *which):
            continue
        prompt.append(data)
        if rules.hits(rules.receipt_duplicate_rate, "double", *which):
            late.append(data)
        if rules.hits(rules.disorder, "stale", *which):
            late.append(report(tx, row, "3000"))
    if rules.disorder:
        prompt.sort(key=lambda data: rules.draw("order", data["to"]))
    for number, items in enumerate(
        [*_batches(prompt, rules.receipt_batch), *_batches(late, rules.receipt_batch)]
    ):
        scattered = rules.disorder or items[0] in late
        after = SPREAD * (1 + rules.draw("delay", number, items[0]["to"])) if scattered else 0.0
        if rules.disorder and number < len(prompt) / rules.receipt_batch:
            after -= SPREAD  # first reports spread over 0..SPREAD, repeats and stale ones come after
        queue_delivery(tx, account.api_key, "SINGLE-REPORT", [_item(tx, data) for data in items], after)


def _item(tx: Tx, data: dict[str, Any]) -> dict[str, Any]:
    if tx.behaviour.webhook_flat:
        return data
    # Stable over repeats of the same event, another one for another status.
    event = hashlib.blake2b(f"{data['messageId']}{data['statusCode']}".encode(), digest_size=12).hexdigest()
    return {"eventDataId": event, "data": data, "retryCount": 0}


def _batches(items: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _count(tx: Tx, gid: int, count: Counter[str]) -> None:
    row = tx.conn.execute(
        "UPDATE groups SET sent_ok = sent_ok + ?, sent_failed = sent_failed + ?, replaced = replaced + ?,"
        " updated_at = ? WHERE id = ? RETURNING *",
        (count["delivered"], count["failed"], count["replaced"], tx.now, gid),
    ).fetchall()[0]
    if (
        row["status"] == "SENDING"
        and row["sent_ok"] + row["sent_failed"] >= row["registered_ok"] + row["replaced"]
    ):
        row = tx.conn.execute(
            "UPDATE groups SET status = 'COMPLETE', completed_at = ? WHERE id = ? RETURNING *", (tx.now, gid)
        ).fetchall()[0]
        account = find_account(tx.conn, tx.box, row["account"])
        if account is not None and account.group_webhook_url is not None:
            data = group_info(tx, row)
            item = (
                data
                if tx.behaviour.webhook_flat
                else {"eventDataId": data["groupId"], "data": data, "retryCount": 0}
            )
            queue_delivery(tx, account.api_key, "GROUP-REPORT", [item], 0.0)


def queue_delivery(tx: Tx, account: str, event: str, body: Any, after: float) -> None:
    items = len(body) if isinstance(body, list) else 1
    tx.conn.execute(
        "INSERT INTO deliveries (account, event, items, sealed, next_at) VALUES (?, ?, ?, ?, ?)",
        (account, event, items, tx.box.seal(body), tx.real + after),
    )
