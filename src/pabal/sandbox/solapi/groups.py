"""Solapi's step-wise sending: create a group, add messages, send or schedule it. Only PENDING groups change.

This is the path on which an interrupted sender can find out what happened, so its refusals are exact.
"""

from pabal.sandbox.clock import iso, parse_iso
from pabal.sandbox.context import Call, CarrierError, Reply, Tx, text_of
from pabal.sandbox.ledger import Row
from pabal.sandbox.solapi import intake
from pabal.sandbox.solapi.shapes import group_info

SIX_MONTHS = 183 * 86_400

_REFUSALS = {
    "SCHEDULED": ("ScheduledGroup", "예약된 그룹입니다."),
    "SENDING": ("GroupInProcessing", "발송 중인 그룹입니다."),
    "COMPLETE": ("AlreadySent", "이미 발송된 그룹입니다."),
    "FAILED": ("FailedGroup", "실패한 그룹입니다."),
    "DELETED": ("DeletedGroup", "삭제된 그룹입니다."),
}


def create(tx: Tx, call: Call) -> Reply:
    group = intake.create_group(tx, call.account, call.body if isinstance(call.body, dict) else {})
    return _reply(tx, call, group["group_id"])


def add(tx: Tx, call: Call) -> Reply:
    group = _pending(tx, call)
    done = intake.register(tx, call.account, group, intake.messages_of(call.body))
    # The official samples show no customFields here, so a client has to match by number.
    results = [{name: item for name, item in row.items() if name != "customFields"} for row in done.results]
    return Reply(
        {"errorCount": done.refused.total(), "resultList": results},
        group_id=group["group_id"],
        accepted=done.accepted,
        refused=dict(done.refused),
    )


def send(tx: Tx, call: Call) -> Reply:
    group = intake.get_group(tx, call.account, call.params["group_id"])
    if not _races(tx, group["status"] == "DELETED" and group["sent_at"] is None, group["deleted_at"]):
        _refuse_unless_pending(group)
        intake.launch(tx, group)
        return _reply(tx, call, group["group_id"])
    # A send that comes in on the heels of a DELETE: both are told yes, and the messages go out.
    intake.launch(tx, group)
    _hide(tx, group)
    reply = _reply(tx, call, group["group_id"])
    reply.body["status"] = "SENDING"
    return reply


def schedule(tx: Tx, call: Call) -> Reply:
    group = _pending(tx, call)
    at = scheduled_time(tx, text_of(call.body, "scheduledDate"))
    if not group["registered_ok"]:
        raise CarrierError(400, "ValidationError", "예약할 메시지가 없습니다.")
    set_schedule(tx, group, at)
    return _reply(tx, call, group["group_id"])


def unschedule(tx: Tx, call: Call) -> Reply:
    """A cancelled schedule ends the group as FAILED, as the documents say."""
    group = intake.get_group(tx, call.account, call.params["group_id"])
    if group["status"] != "SCHEDULED":
        raise CarrierError(400, "InvalidStatus", "예약된 그룹이 아닙니다.")
    tx.conn.execute(
        "UPDATE groups SET status = 'FAILED', log = ?, updated_at = ? WHERE id = ?",
        (intake.with_log(group, "예약이 취소되었습니다.", tx.now), tx.now, group["id"]),
    )
    return _reply(tx, call, group["group_id"])


def remove_messages(tx: Tx, call: Call) -> Reply:
    group = _pending(tx, call)
    ids = call.body.get("messageIds") if isinstance(call.body, dict) else None
    if not isinstance(ids, list) or not ids:
        raise CarrierError(400, "ValidationError", "messageIds가 필요합니다.")
    results, errors = [], 0
    for message_id in ids:
        gone = tx.conn.execute(
            "DELETE FROM messages WHERE gid = ? AND message_id = ? RETURNING price",
            (group["id"], str(message_id)),
        ).fetchone()
        errors += gone is None
        results.append(
            {"messageId": message_id, "resultCode": "ResourceNotFound" if gone is None else "Success"}
        )
        if gone is not None:
            tx.conn.execute(
                "UPDATE groups SET registered_ok = registered_ok - 1, price = price - ?, updated_at = ?"
                " WHERE id = ?",
                (gone["price"], tx.now, group["id"]),
            )
    return Reply(
        {"groupId": group["group_id"], "errorCount": errors, "resultList": results},
        group_id=group["group_id"],
    )


def delete(tx: Tx, call: Call) -> Reply:
    group = intake.get_group(tx, call.account, call.params["group_id"])
    if _races(tx, group["status"] in {"SENDING", "COMPLETE"}, group["sent_at"]):
        # The answer says DELETED and shows no send, yet the messages go out.
        _mark_deleted(tx, group)
        _hide(tx, group)
    elif group["status"] == "PENDING":
        _mark_deleted(tx, group)
    else:
        raise CarrierError(
            400, "NotOperationalStatus", f"{group['status']} 상태의 그룹은 삭제할 수 없습니다."
        )
    return _reply(tx, call, group["group_id"])


def read(tx: Tx, call: Call) -> Reply:
    return _reply(tx, call, call.params["group_id"])


def scheduled_time(tx: Tx, text: str | None) -> float:
    try:
        at = parse_iso(text or "")
    except ValueError:
        raise CarrierError(400, "ValidationError", "scheduledDate를 읽을 수 없습니다.") from None
    if at > tx.now + SIX_MONTHS:
        raise CarrierError(400, "ValidationError", "예약은 6개월 이내여야 합니다.")
    return at


def set_schedule(tx: Tx, group: Row, at: float) -> None:
    """A time in the past goes out at once, as it does at the real service."""
    tx.conn.execute(
        "UPDATE groups SET status = 'SCHEDULED', scheduled_at = ?, log = ?, updated_at = ? WHERE id = ?",
        (at, intake.with_log(group, f"{iso(at)}에 발송하도록 예약되었습니다.", tx.now), tx.now, group["id"]),
    )


def launch_due(tx: Tx) -> int:
    """Send the scheduled groups whose time has come; an empty balance fails them."""
    groups = tx.conn.execute(
        "SELECT * FROM groups WHERE status = 'SCHEDULED' AND scheduled_at <= ?"
        " ORDER BY scheduled_at LIMIT 20",
        (tx.now,),
    ).fetchall()
    for group in groups:
        try:
            intake.launch(tx, group)
        except CarrierError as error:
            tx.conn.execute(
                "UPDATE groups SET status = 'FAILED', log = ?, updated_at = ? WHERE id = ?",
                (intake.with_log(group, error.message, tx.now), tx.now, group["id"]),
            )
    return len(groups)


def _pending(tx: Tx, call: Call) -> Row:
    group = intake.get_group(tx, call.account, call.params["group_id"])
    _refuse_unless_pending(group)
    return group


def _refuse_unless_pending(group: Row) -> None:
    if group["status"] != "PENDING":
        code, message = _REFUSALS[group["status"]]
        raise CarrierError(400, code, message)


def _races(tx: Tx, candidate: bool, since: float | None) -> bool:
    window = tx.behaviour.delete_race_ms / 1000
    return candidate and since is not None and tx.now - since < window


def _mark_deleted(tx: Tx, group: Row) -> None:
    tx.conn.execute(
        "UPDATE groups SET status = 'DELETED', deleted_at = ?, log = ?, updated_at = ? WHERE id = ?",
        (tx.now, intake.with_log(group, "그룹이 삭제되었습니다.", tx.now), tx.now, group["id"]),
    )


def _hide(tx: Tx, group: Row) -> None:
    until = tx.real + tx.behaviour.delete_race_ms / 1000
    tx.conn.execute("UPDATE groups SET reveal_at = ? WHERE id = ?", (until, group["id"]))


def _reply(tx: Tx, call: Call, group_id: str) -> Reply:
    return Reply(group_info(tx, intake.get_group(tx, call.account, group_id)), group_id=group_id)
