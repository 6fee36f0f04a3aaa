"""Sender profiles and templates. A stored template goes straight into review: there is no draft here."""

import json
from typing import Any

from pabal.sandbox.accounts import save_template
from pabal.sandbox.context import Call, Reply, Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.nhn.common import head, page, refuse, stamp

STATES = {
    "PENDING": "TSC01",
    "INSPECTING": "TSC02",
    "APPROVED": "TSC03",
    "REJECTED": "TSC04",
    "STOPPED": "TSC03",
}
_STATE_NAMES = {"TSC01": "요청", "TSC02": "검수 중", "TSC03": "승인", "TSC04": "반려"}
_FIELDS = ("templateName", "templateContent", "templateMessageType", "templateEmphasizeType", "templateTitle",
           "templateSubtitle", "buttons", "quickReplies", "categoryCode", "securityFlag")  # fmt: skip


def senders(tx: Tx, call: Call) -> Reply:
    """The profiles that the account's templates name."""
    number, size = page(call)
    keys = sorted(
        {doc.get("channelId") for doc in (json.loads(row["doc"]) for row in _all(tx, call))} - {None}
    )
    found = [_sender(key, tx.now) for key in keys[(number - 1) * size : number * size]]
    return Reply({"header": head(), "senders": found, "totalCount": len(keys)})


def sender(tx: Tx, call: Call) -> Reply:
    return Reply({"header": head(), "sender": _sender(call.params["sender_key"], tx.now)})


def categories(_tx: Tx, _call: Call) -> Reply:
    return Reply(
        {
            "header": head(),
            "categories": [{"name": "기타", "subCategories": [{"code": "999999", "name": "기타"}]}],
        }
    )


def templates(tx: Tx, call: Call) -> Reply:
    number, size = page(call)
    rows = [
        row for row in _all(tx, call) if json.loads(row["doc"]).get("channelId") == call.params["sender_key"]
    ]
    found = [_shown(row) for row in rows[(number - 1) * size : number * size]]
    return Reply({"header": head(), "templateListResponse": {"templates": found, "totalCount": len(rows)}})


def template(tx: Tx, call: Call) -> Reply:
    return Reply({"header": head(), "template": _shown(_one(tx, call))})


def create(tx: Tx, call: Call) -> Reply:
    body = call.body if isinstance(call.body, dict) else {}
    code, content = body.get("templateCode"), body.get("templateContent")
    if not isinstance(code, str) or not 1 <= len(code) <= 20 or not isinstance(content, str) or not content:
        raise refuse("-2001", "templateCode and templateContent are required.")
    if _find(tx, call, code) is not None:
        raise refuse("-3001", "The template exists already.")
    _save(tx, call, code, "PENDING", {"dateCreated": stamp(tx.now)})
    return Reply({"header": head()})


def update(tx: Tx, call: Call) -> Reply:
    row = _one(tx, call)
    if row["state"] not in {"APPROVED", "REJECTED"}:
        raise refuse("-3012", "The template can't be edited now.")
    _save(tx, call, row["code"], "PENDING", json.loads(row["doc"]))
    return Reply({"header": head()})


def delete(tx: Tx, call: Call) -> Reply:
    row = _one(tx, call)
    tx.conn.execute(
        "DELETE FROM templates WHERE account = ? AND code = ?", (call.account.api_key, row["code"])
    )
    return Reply({"header": head()})


def comment(tx: Tx, call: Call) -> Reply:
    """A question to the reviewer reopens the review of a rejected template."""
    row = _one(tx, call)
    if row["state"] == "REJECTED":
        _save(tx, call, row["code"], "INSPECTING", json.loads(row["doc"]), fields=False)
    return Reply({"header": head()})


def _save(tx: Tx, call: Call, code: str, state: str, doc: dict[str, Any], *, fields: bool = True) -> None:
    body = call.body if fields and isinstance(call.body, dict) else {}
    given = {name: body[name] for name in _FIELDS if name in body}
    merged = {**doc, **given, "templateId": code, "channelId": call.params["sender_key"]}
    merged["content"] = given.get("templateContent", doc.get("content", ""))
    merged["name"] = given.get("templateName", doc.get("name", code))
    save_template(tx.conn, call.account.api_key, code, state, merged)


def _all(tx: Tx, call: Call) -> list[Row]:
    return tx.conn.execute(
        "SELECT * FROM templates WHERE account = ? ORDER BY code", (call.account.api_key,)
    ).fetchall()


def _find(tx: Tx, call: Call, code: str) -> Row | None:
    row: Row | None = tx.conn.execute(
        "SELECT * FROM templates WHERE account = ? AND code = ?", (call.account.api_key, code)
    ).fetchone()
    return row


def _one(tx: Tx, call: Call) -> Row:
    row = _find(tx, call, call.params["template_code"])
    if row is None:
        raise refuse("-3003", "The template does not exist.")
    return row


def _shown(row: Row) -> dict[str, Any]:
    doc = json.loads(row["doc"])
    status = STATES[row["state"]]
    return {
        "plusFriendId": "@sandbox",
        "senderKey": doc.get("channelId"),
        "templateCode": row["code"],
        "kakaoTemplateCode": row["code"],
        "templateName": doc.get("name") or row["code"],
        "templateContent": doc.get("content") or "",
        "templateMessageType": doc.get("templateMessageType") or "BA",
        "templateEmphasizeType": doc.get("templateEmphasizeType") or "NONE",
        "templateTitle": doc.get("templateTitle") or "",
        "templateSubtitle": doc.get("templateSubtitle") or "",
        "buttons": doc.get("buttons") or [],
        "comments": [
            {"id": number, "content": one["content"], "status": "REJ", "createdAt": one.get("dateCreated")}
            for number, one in enumerate(doc.get("comments") or (), start=1)
        ],
        "status": status,
        "statusName": _STATE_NAMES[status],
        "activated": row["state"] != "STOPPED",
        "createDate": doc.get("dateCreated"),
    }


def _sender(key: str, now: float) -> dict[str, Any]:
    return {
        "plusFriendId": "@sandbox",
        "senderKey": key,
        "categoryCode": "00200020002",
        "status": "YSC03",
        "statusName": "등록",
        "kakaoStatus": "A",
        "kakaoStatusName": "정상",
        "alimtalk": {"dailyMaxCount": 1000, "sentCount": 0, "initialUserRestriction": False},
        "createDate": stamp(now),
    }
