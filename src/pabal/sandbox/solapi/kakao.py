"""Kakao channels and templates, as far as a hub needs them: list, read, submit for review."""

import json
from typing import Any

from pabal.sandbox.accounts import save_template
from pabal.sandbox.clock import iso
from pabal.sandbox.context import Call, CarrierError, Reply, Tx, text_of
from pabal.sandbox.ledger import Row
from pabal.sandbox.solapi.ids import new_id
from pabal.sandbox.solapi.queries import page_limit
from pabal.sandbox.solapi.validate import placeholders

_EDITABLE = ("name", "content", "channelId", "categoryCode", "buttons", "quickReplies", "messageType",
             "emphasizeType", "emphasizeTitle", "emphasizeSubTitle", "extra", "ad", "securityFlag", "imageId")  # fmt: skip


def channels(tx: Tx, call: Call) -> Reply:
    """The channels that the account's templates name; registering one happens outside this simulator."""
    ids = {doc.get("channelId") for doc in (json.loads(row["doc"]) for row in _all(tx, call))} - {None}
    found = [_channel(call, channel_id, tx.now) for channel_id in sorted(ids)]
    return Reply({"channelList": found, "limit": page_limit(call), "startKey": None, "nextKey": None})


def channel(tx: Tx, call: Call) -> Reply:
    return Reply(_channel(call, call.params["channel_id"], tx.now))


def channel_categories(_tx: Tx, _call: Call) -> Reply:
    return Reply([{"code": "00200020002", "name": "공공/단체,단체,기타"}])


def template_categories(_tx: Tx, _call: Call) -> Reply:
    return Reply([{"code": "999999", "name": "기타"}])


def templates(tx: Tx, call: Call) -> Reply:
    status, limit = call.one("status"), page_limit(call)
    found = [_shown(call, row) for row in _all(tx, call) if status in (None, row["state"])]
    return Reply({"templateList": found[:limit], "limit": limit, "startKey": None, "nextKey": None})


def template(tx: Tx, call: Call) -> Reply:
    return Reply(_shown(call, _one(tx, call)))


def create(tx: Tx, call: Call) -> Reply:
    body = call.body if isinstance(call.body, dict) else {}
    if text_of(body, "name") is None or text_of(body, "content") is None:
        raise CarrierError(400, "ValidationError", "name과 content가 필요합니다.")
    code = new_id("KA01TP", tx.now)
    doc = {**_fields(body), "templateId": code, "dateCreated": iso(tx.now), "dateUpdated": iso(tx.now)}
    save_template(tx.conn, call.account.api_key, code, "PENDING", doc)
    return Reply(_shown(call, _find(tx, call, code)))


def update(tx: Tx, call: Call) -> Reply:
    """Only what isn't under review can change; a changed template has to be reviewed again."""
    row = _one(tx, call)
    if row["state"] == "INSPECTING":
        raise CarrierError(400, "InvalidStatus", "검수 중인 템플릿은 수정할 수 없습니다.")
    doc = {**json.loads(row["doc"]), **_fields(call.body if isinstance(call.body, dict) else {})}
    save_template(tx.conn, call.account.api_key, row["code"], "PENDING", {**doc, "dateUpdated": iso(tx.now)})
    return Reply(_shown(call, _find(tx, call, row["code"])))


def delete(tx: Tx, call: Call) -> Reply:
    row = _one(tx, call)
    tx.conn.execute(
        "DELETE FROM templates WHERE account = ? AND code = ?", (call.account.api_key, row["code"])
    )
    return Reply(_shown(call, row))


def inspect(tx: Tx, call: Call) -> Reply:
    return _move(tx, call, {"PENDING", "REJECTED"}, "INSPECTING")


def cancel_inspection(tx: Tx, call: Call) -> Reply:
    return _move(tx, call, {"INSPECTING"}, "PENDING")


def _move(tx: Tx, call: Call, allowed: set[str], state: str) -> Reply:
    row = _one(tx, call)
    if row["state"] not in allowed:
        raise CarrierError(400, "InvalidStatus", f"{row['state']} 상태에서는 할 수 없습니다.")
    save_template(tx.conn, call.account.api_key, row["code"], state, json.loads(row["doc"]))
    return Reply(_shown(call, _find(tx, call, row["code"])))


def _all(tx: Tx, call: Call) -> list[Row]:
    sql = "SELECT * FROM templates WHERE account = ? ORDER BY code"
    return tx.conn.execute(sql, (call.account.api_key,)).fetchall()


def _one(tx: Tx, call: Call) -> Row:
    return _find(tx, call, call.params["template_id"])


def _find(tx: Tx, call: Call, code: str) -> Row:
    sql = "SELECT * FROM templates WHERE account = ? AND code = ?"
    row: Row | None = tx.conn.execute(sql, (call.account.api_key, code)).fetchone()
    if row is None:
        raise CarrierError(404, "ResourceNotFound", "템플릿을 찾을 수 없습니다.")
    return row


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in _EDITABLE if name in body}


def _shown(call: Call, row: Row) -> dict[str, Any]:
    doc = json.loads(row["doc"])
    return {
        "messageType": "BA",
        "emphasizeType": "NONE",
        "buttons": [],
        "quickReplies": [],
        "comments": [],
        "commentable": True,
        "isHidden": False,
        "securityFlag": False,
        "accountId": call.account.account_id,
        "categoryCode": "999999",
        "assignType": "CHANNEL",
        "variables": [{"name": f"#{{{name}}}"} for name in placeholders(doc.get("content", ""))],
        "emphasizeSubtitle": doc.get(
            "emphasizeSubTitle"
        ),  # the real answer spells it otherwise than the request
        **doc,
        "templateId": row["code"],
        "status": row["state"],
    }


def _channel(call: Call, channel_id: str, now: float) -> dict[str, Any]:
    return {
        "channelId": channel_id,
        "searchId": "@sandbox",
        "accountId": call.account.account_id,
        "phoneNumber": "0200000000",
        "sharedAccountIds": [],
        "dateCreated": iso(now),
        "dateUpdated": iso(now),
    }
