"""The smaller Solapi services around messaging: balance, opt-outs, sender numbers, files, webhooks."""

import base64
import binascii
import json
from typing import Any

from pabal.sandbox.accounts import update_account
from pabal.sandbox.clock import iso
from pabal.sandbox.context import Call, CarrierError, Reply, Tx, text_of
from pabal.sandbox.solapi.ids import new_id
from pabal.sandbox.solapi.queries import page_limit

ENDLESS_BALANCE = 100_000_000.0  # shown for accounts without a balance

_EVENTS = {"SINGLE-REPORT": "webhook_url", "GROUP-REPORT": "group_webhook_url"}
_FILE_TYPES = ("MMS", "KAKAO", "RCS", "FAX", "DOCUMENT")
_FILE_BYTES = {"MMS": 200 * 1024, "KAKAO": 500 * 1024}


def balance(_tx: Tx, call: Call) -> Reply:
    left = call.account.balance
    return Reply(
        {
            "balance": ENDLESS_BALANCE if left is None else left,
            "point": 0,
            "accountId": call.account.account_id,
        }
    )


def black_list(tx: Tx, call: Call) -> Reply:
    """The 080 opt-outs. No webhook tells of them: clients poll this list."""
    limit = page_limit(call)
    start = call.one("startKey")
    rows = tx.conn.execute(
        "SELECT * FROM optouts WHERE account IN (?, '*') AND (? IS NULL OR hex(phone_key) >= ?)"
        " ORDER BY hex(phone_key) LIMIT ?",
        (call.account.api_key, start, start, limit + 1),
    ).fetchall()
    entries: list[dict[str, Any]] = []
    for row in rows[:limit]:
        sealed = tx.box.open(row["sealed"])
        entries.append(
            {
                "handleKey": row["phone_key"].hex().upper(),
                "type": "DENIAL",
                "senderNumber": sealed["unsubscribeNo"],
                "recipientNumber": sealed["phone"],
                "dateCreated": iso(row["at"]),
                "dateUpdated": iso(row["at"]),
            }
        )
    next_key = rows[limit]["phone_key"].hex().upper() if len(rows) > limit else None
    return Reply({"blackList": entries, "limit": limit, "startKey": start, "nextKey": next_key})


def block_groups(_tx: Tx, call: Call) -> Reply:
    return Reply({"blockGroups": [], "limit": page_limit(call), "startKey": None, "nextKey": None})


def block_numbers(_tx: Tx, call: Call) -> Reply:
    return Reply({"blockNumbers": [], "limit": page_limit(call), "startKey": None, "nextKey": None})


def sender_numbers(tx: Tx, call: Call) -> Reply:
    """An account without a list (development) shows none, although every number is let through."""
    numbers = [
        {
            "phoneNumber": number,
            "accountId": call.account.account_id,
            "status": "ACTIVE",
            "method": "ARS",
            "expireAt": iso(tx.now + 180 * 86_400),
            "dateCreated": iso(tx.now),
            "dateUpdated": iso(tx.now),
        }
        for number in sorted(call.account.senders or ())
    ]
    return Reply({"numberList": numbers, "limit": page_limit(call), "startKey": None, "nextKey": None})


def active_numbers(_tx: Tx, call: Call) -> Reply:
    return Reply(sorted(call.account.senders or ()))


def upload(tx: Tx, call: Call) -> Reply:
    body = call.body if isinstance(call.body, dict) else {}
    kind = text_of(body, "type") or ""
    try:
        content = base64.b64decode(text_of(body, "file") or "", validate=True)
    except binascii.Error:
        content = b""
    if not content or not (kind in _FILE_TYPES or kind.startswith("BMS")):
        raise CarrierError(400, "ValidationError", "file(base64)과 type이 필요합니다.")
    if len(content) > _FILE_BYTES.get(kind, len(content)):
        raise CarrierError(400, "ValidationError", f"{kind} 파일이 너무 큽니다.")
    file_id = new_id("ST01FP", tx.now)
    name = text_of(body, "name") or file_id
    doc: dict[str, Any] = {
        "fileId": file_id,
        "accountId": call.account.account_id,
        "type": kind,
        "name": name,
        "originalName": name,
        "link": text_of(body, "link"),
        "url": f"/storage/v1/files/{file_id}",
        "references": [],
        "kakao": None,
        "dateCreated": iso(tx.now),
        "dateUpdated": iso(tx.now),
    }
    # The image itself isn't kept: nothing reads it back, and it may show people.
    tx.conn.execute("INSERT INTO files VALUES (?, ?, ?)", (file_id, call.account.api_key, json.dumps(doc)))
    return Reply(doc)


def webhook_events(_tx: Tx, _call: Call) -> Reply:
    return Reply([{"eventId": name, "name": name} for name in _EVENTS])


def register_webhook(tx: Tx, call: Call) -> Reply:
    event, url = text_of(call.body, "eventId"), text_of(call.body, "url")
    if event not in _EVENTS or url is None or not url.startswith(("http://", "https://")):
        raise CarrierError(400, "ValidationError", "eventId와 url이 필요합니다.")
    changes: dict[str, Any] = {_EVENTS[event]: url}
    if (secret := text_of(call.body, "secret")) is not None:
        changes["webhook_secret"] = secret
    update_account(tx.conn, tx.box, call.account.api_key, **changes)
    webhook = {"webhookId": new_id("WH0", tx.now), "eventId": event, "url": url, "status": "ACTIVE"}
    return Reply({**webhook, "dateCreated": iso(tx.now)})
