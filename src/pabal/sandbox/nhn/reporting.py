"""NHN's webhooks: MESSAGE_RESULT_UPDATE and UNSUBSCRIBE, in one envelope for both products.

The signature header is the string typed into the console, so it binds nothing. Repeats after a failed call are not
documented; the sandbox repeats as for Solapi.
"""

import hashlib
from typing import Any

from pabal.sandbox.accounts import Account
from pabal.sandbox.clock import iso_kst
from pabal.sandbox.context import Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.nhn.common import webhook_stamp
from pabal.sandbox.nhn.search import group_key

SIGNATURE = "X-Toast-Webhook-Signature"


class NhnReporter:
    """See `finishing.Reporter`."""

    event = "MESSAGE_RESULT_UPDATE"
    delivered = "1000"

    def report(self, tx: Tx, row: Row, code: str) -> dict[str, Any]:
        return self._hook(tx, row, code, "COMPLETED")

    def stale(self, tx: Tx, row: Row) -> dict[str, Any]:
        return self._hook(tx, row, None, "SENDING")

    def _hook(self, tx: Tx, row: Row, code: str | None, status: str) -> dict[str, Any]:
        kakao = row["type"] == "ATA"
        typo = tx.behaviour.doc_quirks
        sealed = tx.box.open(row["sealed"])
        hook: dict[str, Any] = {
            # Stable over repeats of the same event, another one for another status.
            "hookId": hashlib.blake2b(f"{row['message_id']}{code}".encode(), digest_size=12).hexdigest(),
            "requestId": row["group_id"],
            "recipientSeq": row["seq"],
            "requestDate": webhook_stamp(row["registered_at"]),
            "receiveDate": webhook_stamp(tx.now) if code is not None else None,
            "recipientNo": sealed["to"],
            "messageStatus": status,
            "resultCode": code,
            "senderGroupingKey": group_key(row),
            "recipientGropuingKey" if typo else "recipientGroupingKey": row["recipient_key"],
            "_link" if typo else "_links": {
                "self": {"href": f"/{row['group_id']}?recipientSeq={row['seq']}"}
            },
        }
        if kakao:
            del hook["messageStatus"]  # the result code alone tells here
            return {**hook, "kakaoMessageType": "ALIMTALK_NORMAL", "isAddedChannel": False}
        return {**hook, "senderType": f"NORMAL_{row['type']}", "sendNo": sealed["from"], "messageCount": 1}

    def wrap(self, _tx: Tx, account: Account, items: list[dict[str, Any]]) -> dict[str, Any]:
        kakao = any("kakaoMessageType" in item for item in items)
        return envelope(account, self.event, items, kakao=kakao)

    def headers(self, account: Account, _event: str) -> dict[str, str]:
        return {SIGNATURE: account.webhook_secret or ""}

    def failed(self, _tx: Tx, _row: Row, _code: str) -> int:
        """대체발송 is off unless asked for, and the hub never asks."""
        return 0

    def completed(self, _tx: Tx, _group: Row) -> None:
        """No event for a whole request."""


def envelope(
    account: Account, event: str, hooks: list[dict[str, Any]], *, kakao: bool = False
) -> dict[str, Any]:
    digest = hashlib.blake2b(repr(hooks).encode(), digest_size=12).hexdigest()
    return {
        "hooksId": digest,
        "webhookConfigId": account.account_id,
        "productName": "KakaoTalk Bizmessage" if kakao else "SMS",
        "appKey": account.api_key,
        "event": event,
        "hooks": hooks,
    }


def unsubscribed(account: Account, unsubscribe_no: str, phone: str, at: float) -> dict[str, Any]:
    """The 080 event: a person pressed the button on the phone."""
    hook = {
        "hookId": hashlib.blake2b(f"{phone}{at}".encode(), digest_size=12).hexdigest(),
        "recipientNo": phone,
        "unsubscribeNo": unsubscribe_no,
        "enterpriseName": "샌드박스",
        "createdDateTime": iso_kst(at),
    }
    return envelope(account, "UNSUBSCRIBE", [hook])
