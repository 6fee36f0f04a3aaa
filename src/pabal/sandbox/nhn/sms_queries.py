"""Reading back: GET /sender/{sms,mms,auth/sms}, one message, results by update time."""

from datetime import timedelta
from typing import Any

from pabal.sandbox.context import Call, Reply, Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.nhn import search
from pabal.sandbox.nhn.common import digits, head, page, refuse, stamp, window
from pabal.sandbox.nhn.sms_codes import DELIVERED, message_of

MONTH = timedelta(days=31)
_TYPES = {"sms": "SMS", "mms": "LMS", "auth": "AUTH"}
_SEND_TYPE = {"SMS": "0", "LMS": "1", "AUTH": "2"}


def list_sms(tx: Tx, call: Call) -> Reply:
    return _list(tx, call, "SMS")


def list_mms(tx: Tx, call: Call) -> Reply:
    return _list(tx, call, "LMS")


def list_auth(tx: Tx, call: Call) -> Reply:
    return _list(tx, call, "AUTH")


def _list(tx: Tx, call: Call, type_: str) -> Reply:
    """A request id or a window of time is needed: keys of our own only narrow it down."""
    where, args = ["m.type = ?"], [type_]
    request_id = call.one("requestId")
    requested = window(call, start="startRequestDate", end="endRequestDate", longest=MONTH, too_wide="-4000")
    created = window(call, start="startCreateDate", end="endCreateDate", longest=MONTH, too_wide="-4000")
    times = requested or created
    if request_id is not None:
        where.append("g.group_id = ?")
        args.append(request_id)
    elif times is None:
        raise refuse("-2011", "A request id or a search period is needed.")
    if times is not None:
        where.append("m.registered_at >= ? AND m.registered_at < ?")
        args.extend(times)  # type: ignore[arg-type]  # SQL arguments are of any type
    search.by_keys(call, where, args)
    for name, column in (("recipientNo", "m.to_key"), ("sendNo", "m.from_key")):
        if value := call.one(name):
            where.append(f"{column} = ?")
            args.append(tx.box.token(digits(value)))  # type: ignore[arg-type]
    rows, total = search.find(tx, call, where, args)
    number, size = page(call)
    data = [shown(tx, row) for row in rows]
    return Reply(
        {"header": head(), "body": {"pageNum": number, "pageSize": size, "totalCount": total, "data": data}}
    )


def one(tx: Tx, call: Call) -> Reply:
    """`recipientSeq` is required."""
    seq = call.one("recipientSeq")
    if seq is None or not seq.isdigit():
        raise refuse("4", "recipientSeq is required.")
    row = tx.conn.execute(
        f"{search.SELECT} AND m.type = ? AND g.group_id = ? AND m.seq = ?",
        (
            call.account.api_key,
            search.horizon(tx),
            _TYPES[call.params["kind"]],
            call.params["request_id"],
            int(seq),
        ),
    ).fetchone()
    if row is None:
        raise refuse("-2008", "Invalid requestId.")
    return Reply({"header": head(), "body": {"data": shown(tx, row)}})


def results(tx: Tx, call: Call) -> Reply:
    """Everything that became final in a window of at most a day."""
    times = window(
        call,
        start="startUpdateDate",
        end="endUpdateDate",
        longest=timedelta(days=1, seconds=1),
        too_wide="-1005",
    )
    if times is None:
        raise refuse("-1005", "startUpdateDate and endUpdateDate are needed.")
    kind = (call.one("messageType") or "SMS").upper()
    if kind not in {"SMS", "LMS", "MMS", "AUTH"}:
        raise refuse("-1006", "Invalid messageType.")
    where = [
        "m.type = ?",
        "m.final_at >= ?",
        "m.final_at < ?",
        "m.accepted_at IS NOT NULL",
        "m.final_at <= ?",
    ]
    args: list[Any] = ["LMS" if kind == "MMS" else kind, *times, search.horizon(tx)]
    rows, total = search.find(tx, call, where, args, order="m.final_at, m.id")
    number, size = page(call)
    data = [_result(tx, row) for row in rows]
    return Reply(
        {"header": head(), "body": {"pageNum": number, "pageSize": size, "totalCount": total, "data": data}}
    )


def status_of(tx: Tx, row: Row) -> tuple[str, str, str | None]:
    """(msgStatus, its word, result code)."""
    code = search.final_code(tx, row)
    if code is None:
        return "2", "SENDING", None
    if code == "E915":
        return "5", "DUPLICATED", code
    if row["accepted_at"] is None:
        return "0", "FAILED", code
    return "3", "COMPLETED", code


def shown(tx: Tx, row: Row) -> dict[str, Any]:
    sealed = tx.box.open(row["sealed"])
    status, word, code = status_of(tx, row)
    return {
        "requestId": row["group_id"],
        "recipientSeq": row["seq"],
        "requestDate": stamp(row["registered_at"]),
        "resultDate": stamp(row["final_at"]) if code is not None else None,
        "sendNo": sealed["from"],
        "countryCode": "82",
        "recipientNo": sealed["to"],
        "title": sealed.get("subject"),
        "body": sealed["text"],
        "msgStatus": status,
        "msgStatusName": word,
        "resultCode": code,
        "resultCodeName": None if code is None else message_of(code),
        "telecomCode": 10001 if code == DELIVERED else None,
        "telecomCodeName": "SKT" if code == DELIVERED else None,
        "sendType": _SEND_TYPE.get(row["type"], "0"),
        "messageType": row["type"],
        "messageCount": 1,
        "adYn": "Y" if sealed.get("advert") else "N",
        "senderGroupingKey": search.group_key(row),
        "recipientGroupingKey": row["recipient_key"],
    }


def _result(tx: Tx, row: Row) -> dict[str, Any]:
    line = shown(tx, row)
    kept = ("requestId", "recipientSeq", "resultCode", "resultCodeName", "requestDate", "resultDate", "telecomCode",
            "telecomCodeName", "senderGroupingKey", "recipientGroupingKey", "messageType")  # fmt: skip
    return {name: line[name] for name in kept}
