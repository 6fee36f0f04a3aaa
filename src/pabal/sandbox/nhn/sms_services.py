"""Around sending: registered numbers, 080 opt-outs, SMS templates (kept, never substituted: nobody here uses them)."""

from typing import Any

from pabal.sandbox.context import Call, Reply, Tx
from pabal.sandbox.nhn.common import digits, head, page, refuse, stamp

MAX_OPTOUTS = 10


def send_numbers(tx: Tx, call: Call) -> Reply:
    """An account without a list (development) shows none, although every number is let through."""
    number, size = page(call)
    wanted = call.one("sendNo")
    numbers = [one for one in sorted(call.account.senders or ()) if wanted in (None, one)]
    data = [
        {"serviceId": 1, "sendNo": one, "useYn": "Y", "blockYn": "N", "createDate": stamp(tx.now)}
        for one in numbers[(number - 1) * size : number * size]
    ]
    return _listed(data, number, size, len(numbers))


def unsubscribe_numbers(tx: Tx, call: Call) -> Reply:
    number, size = page(call)
    data = [
        {"unsubscribeNo": one, "status": "USED", "type": "MASTER", "createDate": stamp(tx.now)}
        for one in call.account.unsubscribe_nos
    ]
    return _listed(data, number, size, len(data))


def recipients(tx: Tx, call: Call) -> Reply:
    """Opt-outs of one 080 number; numbers that no account claims count for all."""
    number, size = page(call)
    wanted = digits(call.one("unsubscribeNo") or "")
    if not wanted:
        raise refuse("4", "unsubscribeNo is required.")
    rows = tx.conn.execute(
        "SELECT * FROM optouts WHERE account IN (?, '*') ORDER BY at, phone_key", (call.account.api_key,)
    ).fetchall()
    opened = [(tx.box.open(row["sealed"]), row["at"]) for row in rows]
    found = [(sealed, at) for sealed, at in opened if sealed["unsubscribeNo"] == wanted]
    data = [
        {"unsubscribeNo": wanted, "recipientNo": sealed["phone"], "createDate": stamp(at)}
        for sealed, at in found[(number - 1) * size : number * size]
    ]
    return _listed(data, number, size, len(found))


def add_recipients(tx: Tx, call: Call) -> Reply:
    body = call.body if isinstance(call.body, dict) else {}
    number, people = digits(body.get("unsubscribeNo")), body.get("recipientNoList")
    if not number or not isinstance(people, list) or not 1 <= len(people) <= MAX_OPTOUTS:
        raise refuse("4", "unsubscribeNo and 1 to 10 recipientNoList are required.")
    for person in (digits(one) for one in people):
        tx.conn.execute(
            "INSERT INTO optouts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                call.account.api_key,
                tx.box.token(person),
                tx.now,
                tx.box.seal({"unsubscribeNo": number, "phone": person}),
            ),
        )
    return Reply({"header": head()})


def remove_recipients(tx: Tx, call: Call) -> Reply:
    for person in (call.one("recipientNoList") or "").split(","):
        tx.conn.execute(
            "DELETE FROM optouts WHERE account = ? AND phone_key = ?",
            (call.account.api_key, tx.box.token(digits(person))),
        )
    return Reply({"header": head()})


def _listed(data: list[dict[str, Any]], number: int, size: int, total: int) -> Reply:
    return Reply(
        {"header": head(), "body": {"pageNum": number, "pageSize": size, "totalCount": total, "data": data}}
    )
