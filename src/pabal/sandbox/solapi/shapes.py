"""Answers in Solapi's shapes, complete enough for its own SDKs (they check them at run time)."""

import json
from typing import Any

from pabal.sandbox.accounts import Account, account_number
from pabal.sandbox.clock import iso
from pabal.sandbox.context import Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.solapi import codes

SEND_LINE = "발송합니다."  # ends the log line of a send; hidden while a DELETE races it


def log_line(message: str, now: float) -> dict[str, str | None]:
    return {"message": message, "createAt": iso(now)}


def group_info(tx: Tx, group: Row) -> dict[str, Any]:
    hidden = group["reveal_at"] is not None and tx.real < group["reveal_at"]
    log = [line for line in json.loads(group["log"]) if not (hidden and line["message"].endswith(SEND_LINE))]
    charge = json.loads(group["charge"])
    lagging = tx.behaviour.count_lag and group["status"] != "COMPLETE"
    sent = 0 if group["sent_at"] is None or hidden or lagging else group["registered_ok"]
    ok, failed = (0, 0) if lagging else (group["sent_ok"], group["sent_failed"])
    cash = {"requested": group["price"], "replacement": 0, "refund": 0, "sum": group["price"]}
    return {
        "groupId": group["group_id"],
        "_id": group["group_id"],
        "status": group["status"],
        "count": {
            "total": 0 if lagging else group["registered_ok"] + group["registered_failed"],
            "sentTotal": sent,
            "sentSuccess": ok,
            "sentFailed": failed,
            "sentPending": max(0, sent - ok - failed),
            "sentReplacement": group["replaced"],
            "refund": 0,
            "registeredFailed": group["registered_failed"],
            "registeredSuccess": group["registered_ok"],
        },
        "countForCharge": {name: charge.get(name, {}) for name in (*codes.CHARGED, *charge)},
        "balance": cash,
        "point": {"requested": 0, "replacement": 0, "refund": 0, "sum": 0},
        "app": {"profit": dict.fromkeys(codes.CHARGED, 0), "appId": group["app_id"], "version": None},
        "log": log,
        "allowDuplicates": bool(group["allow_duplicates"]),
        "isRefunded": False,
        "accountId": account_number(group["account"]),
        "masterAccountId": None,
        "apiVersion": "4",
        "price": {"82": {name: codes.price_of(name.upper()) for name in codes.CHARGED}},
        "customFields": json.loads(group["custom"]),
        "hint": None,
        "strict": False,
        "dateCreated": iso(group["created_at"]),
        "dateUpdated": iso(group["updated_at"]),
        "scheduledDate": iso(group["scheduled_at"]),
        "dateSent": None if hidden else iso(group["sent_at"]),
        "dateCompleted": iso(group["completed_at"]),
    }


def visible_status(tx: Tx, row: Row) -> str:
    """The status a reader sees: the final one only when the search has caught up with it."""
    if row["state"] == "registered":
        return "2000"
    if row["final_at"] is not None and row["final_at"] <= tx.now - tx.behaviour.search_lag_ms / 1000:
        return str(row["status_code"])
    handed_over = row["due_at"] is None or tx.real > row["due_at"] - tx.behaviour.deliver_delay_ms / 2000
    return "3000" if handed_over else "2000"


def stored_message(tx: Tx, account: Account, row: Row) -> dict[str, Any]:
    """A message as the lists show it; `row` is joined with its group's `group_id`."""
    sealed = tx.box.open(row["sealed"])
    code = visible_status(tx, row)
    final = code not in codes.OPEN
    status = "PENDING" if row["accepted_at"] is None else "COMPLETE" if final else "SENDING"
    message = {
        "messageId": row["message_id"],
        "groupId": row["group_id"],
        "accountId": account.account_id,
        "type": row["type"],
        "to": sealed["to"],
        "from": sealed["from"],
        "text": sealed["text"],
        "subject": sealed.get("subject"),
        "imageId": sealed.get("imageId"),
        "country": sealed["country"],
        "statusCode": code,
        "status": status,
        "reason": codes.status_message(code),
        "statusMessage": codes.status_message(code),
        "networkName": "SANDBOX" if final else None,
        "networkCode": "10001" if final else None,
        "replacement": row["replaces"] is not None,
        "resendCount": 0,
        "autoTypeDetect": True,
        "customFields": sealed["customFields"],
        "log": [log_line("메시지가 등록되었습니다.", row["registered_at"])],
        "dateCreated": iso(row["registered_at"]),
        "dateUpdated": iso(row["final_at"] if final else row["accepted_at"] or row["registered_at"]),
        "dateProcessed": iso(row["accepted_at"]),
        "dateReported": iso(row["final_at"]) if final else None,
        "dateReceived": iso(row["final_at"]) if final and code == codes.DELIVERED else None,
    }
    if sealed.get("kakaoOptions"):
        message["kakaoOptions"] = sealed["kakaoOptions"]
    return message


def report(tx: Tx, row: Row, code: str) -> dict[str, Any]:
    """The data of one SINGLE-REPORT item."""
    sealed = tx.box.open(row["sealed"])
    final = code not in codes.OPEN
    data = {
        "messageId": row["message_id"],
        "groupId": row["group_id"],
        "accountId": account_number(row["account"]),
        "type": row["type"],
        "to": sealed["to"],
        "from": sealed["from"],
        "statusCode": code,
        "statusMessage": codes.status_message(code),
        "networkCode": "10001",
        "dateProcessed": iso(row["accepted_at"]),
        "dateReported": iso(tx.now) if final else None,
        "dateReceived": iso(tx.now) if code == codes.DELIVERED else None,
        "customFields": sealed["customFields"],
    }
    if sealed.get("kakaoOptions"):
        data["kakaoOptions"] = sealed["kakaoOptions"]
    return data
