"""What Solapi posts: single reports in an array, the group's end; and its own fallback to text."""

import hashlib
from typing import Any

from pabal.sandbox.accounts import Account, find_account
from pabal.sandbox.context import Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.outbox import queue_delivery
from pabal.sandbox.solapi import codes
from pabal.sandbox.solapi.ids import new_id
from pabal.sandbox.solapi.shapes import group_info, report


class SolapiReporter:
    """See `finishing.Reporter`."""

    event = "SINGLE-REPORT"
    delivered = codes.DELIVERED

    def report(self, tx: Tx, row: Row, code: str) -> dict[str, Any]:
        return report(tx, row, code)

    def stale(self, tx: Tx, row: Row) -> dict[str, Any]:
        return report(tx, row, "3000")

    def wrap(self, tx: Tx, _account: Account, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [_item(tx, data) for data in items]

    def headers(self, account: Account, event: str) -> dict[str, str]:
        secret = (account.webhook_secret or "").encode()
        digest = hashlib.sha1(secret).hexdigest()  # noqa: S324 - the protocol's choice
        return {"X-Solapi-Event-Name": event, "X-Solapi-Secret": digest}

    def completed(self, tx: Tx, group: Row) -> None:
        account = find_account(tx.conn, tx.box, group["account"])
        if account is None or account.group_webhook_url is None:
            return
        data = group_info(tx, group)
        wrapped = {"eventDataId": data["groupId"], "data": data, "retryCount": 0}
        body = [data if tx.behaviour.webhook_flat else wrapped]
        queue_delivery(tx, account.api_key, "GROUP-REPORT", body, 0.0)

    def failed(self, tx: Tx, row: Row, code: str) -> int:
        """A failed Kakao message goes out as text unless `disableSms` forbade it."""
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


def _item(tx: Tx, data: dict[str, Any]) -> dict[str, Any]:
    if tx.behaviour.webhook_flat:
        return data
    # Stable over repeats of the same event, another one for another status.
    event = hashlib.blake2b(f"{data['messageId']}{data['statusCode']}".encode(), digest_size=12).hexdigest()
    return {"eventDataId": event, "data": data, "retryCount": 0}
