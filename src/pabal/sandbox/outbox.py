"""Posts to come: durable before anything else happens."""

from typing import Any

from pabal.sandbox.context import Tx


def queue_delivery(
    tx: Tx, account: str, event: str, body: Any, after: float, *, items: int | None = None
) -> None:
    count = items if items is not None else len(body) if isinstance(body, list) else 1
    tx.conn.execute(
        "INSERT INTO deliveries (account, event, items, sealed, next_at) VALUES (?, ?, ?, ?, ?)",
        (account, event, count, tx.box.seal(body), tx.real + after),
    )
