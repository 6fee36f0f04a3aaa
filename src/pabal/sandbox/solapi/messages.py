"""The one-request sends: /send-many/detail (what today's SDKs call), /send-many and /send (older ones)."""

from typing import Any

from pabal.sandbox.context import Call, CarrierError, Reply, Tx, text_of
from pabal.sandbox.solapi import groups, intake
from pabal.sandbox.solapi.shapes import group_info


def send_detail(tx: Tx, call: Call) -> Reply:
    """HTTP 200 even when every message is refused: the SDKs compare the counts themselves."""
    group_id, done = _take_in(tx, call, intake.messages_of(call.body))
    body: dict[str, Any] = {"failedMessageList": done.failed, "groupInfo": _info(tx, call, group_id)}
    if call.body.get("showMessageList"):
        body["messageList"] = [
            {
                name: item[name]
                for name in ("messageId", "statusCode", "statusMessage", "customFields")
                if name in item
            }
            for item in done.results
            if item["statusCode"] == "2000"
        ]
    return _reply(body, group_id, done)


def send_many(tx: Tx, call: Call) -> Reply:
    group_id, done = _take_in(tx, call, intake.messages_of(call.body))
    return _reply(_info(tx, call, group_id), group_id, done)


def send_one(tx: Tx, call: Call) -> Reply:
    message = call.body.get("message") if isinstance(call.body, dict) else None
    if not isinstance(message, dict):
        raise CarrierError(400, "ValidationError", "message가 필요합니다.")
    group_id, done = _take_in(tx, call, intake.messages_of({"messages": [message]}))
    result = done.results[0]
    if done.refused:
        raise CarrierError(400, "FailedToAddMessage", f"{result['statusCode']}: {result['statusMessage']}")
    return _reply({"groupId": group_id, **result}, group_id, done)


def _take_in(tx: Tx, call: Call, messages: list[dict[str, Any]]) -> tuple[str, intake.Intake]:
    """Group, messages and send (or schedule) in the request's one transaction."""
    group = intake.create_group(tx, call.account, call.body)
    done = intake.register(tx, call.account, group, messages)
    group = intake.get_group(tx, call.account, group["group_id"])
    date = text_of(call.body, "scheduledDate")
    if not done.accepted:
        tx.conn.execute("UPDATE groups SET status = 'FAILED' WHERE id = ?", (group["id"],))
    elif date is not None:
        groups.set_schedule(tx, group, groups.scheduled_time(tx, date))
    else:
        intake.launch(tx, group)
    return group["group_id"], done


def _info(tx: Tx, call: Call, group_id: str) -> dict[str, Any]:
    return group_info(tx, intake.get_group(tx, call.account, group_id))


def _reply(body: Any, group_id: str, done: intake.Intake) -> Reply:
    return Reply(body, group_id=group_id, accepted=done.accepted, refused=dict(done.refused))
