"""Finding messages again: what both products' searches have in common. The search may lag behind the intake."""

from typing import Any

from pabal.sandbox.context import Call, Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.nhn.common import page

SELECT = (
    "SELECT m.*, g.group_id, g.group_key, g.carrier FROM messages m JOIN groups g ON g.id = m.gid"
    " WHERE m.account = ? AND g.carrier = 'nhn' AND m.registered_at <= ?"
)


def find(
    tx: Tx, call: Call, where: list[str], args: list[Any], *, order: str = "m.id"
) -> tuple[list[Row], int]:
    """One page and the total."""
    number, size = page(call)
    conditions = "".join(f" AND {condition}" for condition in where)
    base = (call.account.api_key, horizon(tx), *args)
    total = tx.conn.execute(f"SELECT count(*) FROM ({SELECT}{conditions})", base).fetchone()[0]
    rows = tx.conn.execute(
        f"{SELECT}{conditions} ORDER BY {order} LIMIT ? OFFSET ?", (*base, size, (number - 1) * size)
    ).fetchall()
    return rows, total


def by_keys(call: Call, where: list[str], args: list[Any]) -> None:
    """The filters that are no search by themselves."""
    for name, column in (("senderGroupingKey", "g.group_key"), ("recipientGroupingKey", "m.recipient_key")):
        if value := call.one(name):
            where.append(f"{column} = ?")
            args.append(value)


def horizon(tx: Tx) -> float:
    return tx.now - tx.behaviour.search_lag_ms / 1000


def final_code(tx: Tx, row: Row) -> str | None:
    """The result as a reader sees it: none before the search has caught up with it."""
    if row["final_at"] is None or row["final_at"] > horizon(tx):
        return None
    return str(row["status_code"])


def group_key(row: Row) -> str | None:
    """The sandbox keeps the request id where none was given."""
    return None if row["group_key"] == row["group_id"] else str(row["group_key"])
