"""AlimTalk read back: search, one message, results by update time. Lists stand at the top level here."""

from datetime import timedelta
from typing import Any

from pabal.sandbox.context import Call, Reply, Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.nhn import search
from pabal.sandbox.nhn.common import digits, head, refuse, stamp, window
from pabal.sandbox.nhn.kakao_codes import message_of

MONTH = timedelta(days=31)


def list_messages(tx: Tx, call: Call) -> Reply:
    where: list[str] = ["m.type = 'ATA'"]
    args: list[Any] = []
    requested = window(call, start="startRequestDate", end="endRequestDate", longest=MONTH, too_wide="-4003")
    created = window(call, start="startCreateDate", end="endCreateDate", longest=MONTH, too_wide="-4003")
    times, request_id = requested or created, call.one("requestId")
    if times is None and request_id is None:
        raise refuse("4", "requestId or a period is required.")
    if request_id is not None:
        where.append("g.group_id = ?")
        args.append(request_id)
    if times is not None:
        where.append("m.registered_at >= ? AND m.registered_at < ?")
        args.extend(times)
    search.by_keys(call, where, args)
    if number := call.one("recipientNo"):
        where.append("m.to_key = ?")
        args.append(tx.box.token(digits(number)))
    rows, total = search.find(tx, call, where, args)
    found = {"messages": [shown(tx, row) for row in rows], "totalCount": total}
    return Reply({"header": head(), "messageSearchResultResponse": found})


def one(tx: Tx, call: Call) -> Reply:
    seq = call.params["recipient_seq"]
    row = tx.conn.execute(
        f"{search.SELECT} AND m.type = 'ATA' AND g.group_id = ? AND m.seq = ?",
        (
            call.account.api_key,
            search.horizon(tx),
            call.params["request_id"],
            int(seq) if seq.isdigit() else 0,
        ),
    ).fetchone()
    if row is None:
        raise refuse("-1016", "The message does not exist.")
    return Reply({"header": head(), "message": shown(tx, row)})


def results(tx: Tx, call: Call) -> Reply:
    times = window(call, start="startUpdateDate", end="endUpdateDate", longest=MONTH, too_wide="-4003")
    if times is None:
        raise refuse("4", "startUpdateDate and endUpdateDate are required.")
    where = [
        "m.type = 'ATA'",
        "m.final_at >= ?",
        "m.final_at < ?",
        "m.final_at <= ?",
        "m.accepted_at IS NOT NULL",
    ]
    rows, total = search.find(tx, call, where, [*times, search.horizon(tx)], order="m.final_at, m.id")
    return Reply({"header": head(), "messages": [shown(tx, row) for row in rows], "totalCount": total})


def shown(tx: Tx, row: Row) -> dict[str, Any]:
    sealed = tx.box.open(row["sealed"])
    code = search.final_code(tx, row)
    status = "SENDING" if code is None else "COMPLETED" if code == "1000" else "FAILED"
    return {
        "requestId": row["group_id"],
        "recipientSeq": row["seq"],
        "senderKey": sealed["from"],
        "templateCode": row["template_code"],
        "recipientNo": sealed["to"],
        "content": sealed["text"],
        "requestDate": stamp(row["registered_at"]),
        "createDate": stamp(row["registered_at"]),
        "receiveDate": stamp(row["final_at"]) if code is not None else None,
        "messageStatus": status,
        "resendStatus": "RSC01",
        "resultCode": code,
        "resultCodeName": None if code is None else message_of(code),
        "buttons": [],
        "senderGroupingKey": search.group_key(row),
        "recipientGroupingKey": row["recipient_key"],
    }
