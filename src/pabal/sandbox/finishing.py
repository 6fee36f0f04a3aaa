"""Final states: gives due messages theirs, and queues what the carrier will post about it.

What differs between carriers (codes, shapes, headers) stands in their `Reporter`; loss, doubles and disorder are the
same dice for all.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

from pabal.sandbox.accounts import Account, find_account
from pabal.sandbox.context import Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.nhn.reporting import NhnReporter
from pabal.sandbox.outbox import queue_delivery
from pabal.sandbox.solapi.reporting import SolapiReporter

PASS = 500  # messages finished per transaction: some 25 ms, so that requests don't queue for long
SPREAD = 0.5  # seconds over which disordered and doubled receipts are scattered


class Reporter(Protocol):
    event: str  # name of the event that reports single messages
    delivered: str  # the code of success

    def report(self, tx: Tx, row: Row, code: str) -> dict[str, Any]:
        """One item of a report: must hold nothing that a repeat would change."""
        ...

    def stale(self, tx: Tx, row: Row) -> dict[str, Any]:
        """What it said about the message before: comes late when the carrier is disorderly."""
        ...

    def wrap(self, tx: Tx, account: Account, items: list[dict[str, Any]]) -> Any:
        """The body of one post."""
        ...

    def failed(self, tx: Tx, row: Row, code: str) -> int:
        """Called for each failure; how many messages the carrier sends instead by itself."""
        ...

    def headers(self, account: Account, event: str) -> dict[str, str]: ...

    def completed(self, tx: Tx, group: Row) -> None:
        """The last message of a request is final."""
        ...


REPORTERS: Mapping[str, Reporter] = {"solapi": SolapiReporter(), "nhn": NhnReporter()}


def finish_due(tx: Tx) -> int:
    """Give the due messages their final state and queue their receipts."""
    rows = tx.conn.execute(
        "SELECT m.*, g.group_id, g.group_key, g.carrier FROM messages m JOIN groups g ON g.id = m.gid"
        " WHERE m.due_at <= ? ORDER BY m.due_at, m.id LIMIT ?",
        (tx.real, PASS),
    ).fetchall()
    if not rows:
        return 0
    counts: dict[int, Counter[str]] = {}
    finals: list[tuple[str, str, float, int]] = []
    by_account: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        reporter, code = REPORTERS[row["carrier"]], row["planned_code"]
        state = "delivered" if code == reporter.delivered else "failed"
        finals.append((state, code, tx.now, row["id"]))
        counts.setdefault(row["gid"], Counter())[state] += 1
        if state == "failed":
            counts[row["gid"]]["replaced"] += reporter.failed(tx, row, code)
        by_account.setdefault((row["account"], row["carrier"]), []).append(row)
    tx.conn.executemany(
        "UPDATE messages SET state = ?, status_code = ?, final_at = ?, due_at = NULL WHERE id = ?", finals
    )
    for (api_key, carrier), own in by_account.items():
        account = find_account(tx.conn, tx.box, api_key)
        if account is not None and account.webhook_url is not None:
            _queue_reports(tx, account, REPORTERS[carrier], own)
    for gid, count in counts.items():
        _count(tx, gid, count)
    return len(rows)


def _queue_reports(tx: Tx, account: Account, reporter: Reporter, rows: list[Row]) -> None:
    """Items travel with the number they are about: dice fall on it, not on what the carrier calls it."""
    rules = tx.behaviour
    prompt: list[tuple[str, dict[str, Any]]] = []
    late: list[tuple[str, dict[str, Any]]] = []
    for row in rows:
        to = tx.box.open(row["sealed"])["to"]
        data = reporter.report(tx, row, row["planned_code"])
        which = (to, row["seq"])
        if rules.hits(rules.receipt_loss_rate, "loss", *which):
            continue
        prompt.append((to, data))
        if rules.hits(rules.receipt_duplicate_rate, "double", *which):
            late.append((to, data))
        if rules.hits(rules.disorder, "stale", *which):
            late.append((to, reporter.stale(tx, row)))
    if rules.disorder:
        prompt.sort(key=lambda item: rules.draw("order", item[0]))
    first, repeats = _batches(prompt, rules.receipt_batch), _batches(late, rules.receipt_batch)
    for number, items in enumerate([*first, *repeats]):
        scattered = rules.disorder or number >= len(first)
        after = SPREAD * (1 + rules.draw("delay", number, items[0][0])) if scattered else 0.0
        if rules.disorder and number < len(first):
            after -= SPREAD  # first reports spread over 0..SPREAD, repeats and stale ones come after
        body = reporter.wrap(tx, account, [data for _, data in items])
        queue_delivery(tx, account.api_key, reporter.event, body, after, items=len(items))


def _batches(items: list[tuple[str, dict[str, Any]]], size: int) -> list[list[tuple[str, dict[str, Any]]]]:
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
        REPORTERS[row["carrier"]].completed(tx, row)
