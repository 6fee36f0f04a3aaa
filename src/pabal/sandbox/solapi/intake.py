"""Taking messages into a group, and letting a group go: the two writes that all sending endpoints share."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pabal.sandbox.accounts import Account
from pabal.sandbox.clock import KST
from pabal.sandbox.context import CarrierError, Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.solapi import codes
from pabal.sandbox.solapi.ids import new_id
from pabal.sandbox.solapi.shapes import log_line
from pabal.sandbox.solapi.validate import Checked, Rules, Template, check

MAX_PER_REQUEST = 10_000
MAX_PER_GROUP = 1_000_000

# Keys of customFields that the ledger and the evidence of the hub agree on.
ATTEMPT_FIELD = "attemptId"
GROUP_FIELD = "groupKey"

_INSERT = (
    "INSERT INTO messages (message_id, gid, seq, account, type, to_key, from_key, dup_key, recipient_key,"
    " template_code, sealed, state, status_code, price, registered_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'registered', '2000', ?, ?)"
)


@dataclass(slots=True)
class Intake:
    """What became of the messages of one request."""

    results: list[dict[str, Any]] = field(default_factory=list)
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> list[dict[str, Any]]:
        return [result for result in self.results if result["statusCode"] != "2000"]


def create_group(tx: Tx, account: Account, options: dict[str, Any]) -> Row:
    custom = options.get("customFields")
    custom = custom if isinstance(custom, dict) else {}
    agent = options.get("agent")
    app_id = options.get("appId") or (agent.get("appId") if isinstance(agent, dict) else None)
    group_id = new_id("G4V", tx.now)
    tx.conn.execute(
        "INSERT INTO groups (group_id, account, carrier, status, allow_duplicates, group_key, custom, app_id,"
        " log, created_at, updated_at) VALUES (?, ?, 'solapi', 'PENDING', ?, ?, ?, ?, ?, ?, ?)",
        (
            group_id,
            account.api_key,
            bool(options.get("allowDuplicates")),
            str(custom.get(GROUP_FIELD) or group_id),
            json.dumps(custom, ensure_ascii=False),
            app_id if isinstance(app_id, str) else None,
            json.dumps([log_line("그룹이 생성되었습니다.", tx.now)], ensure_ascii=False),
            tx.now,
            tx.now,
        ),
    )
    return get_group(tx, account, group_id)


def get_group(tx: Tx, account: Account, group_id: str) -> Row:
    """Another account's group is as unknown as one that never was."""
    row: Row | None = tx.conn.execute(
        "SELECT * FROM groups WHERE group_id = ? AND account = ?", (group_id, account.api_key)
    ).fetchone()
    if row is None:
        raise CarrierError(404, "ResourceNotFound", "그룹을 찾을 수 없습니다.")
    return row


def messages_of(body: Any) -> list[dict[str, Any]]:
    """`messages` of a request, flattened: `to` may be a list. Older SDKs send the list as a JSON string."""
    messages = body.get("messages") if isinstance(body, dict) else None
    if isinstance(messages, str):
        try:
            messages = json.loads(messages)
        except ValueError:
            messages = None
    if isinstance(messages, dict):
        messages = [messages]
    if not isinstance(messages, list) or not messages or not all(isinstance(item, dict) for item in messages):
        raise CarrierError(400, "ValidationError", "messages는 1개 이상의 메시지 배열이어야 합니다.")
    flat = [
        {**message, "to": to}
        for message in messages
        for to in (message["to"] if isinstance(message.get("to"), list) else [message.get("to")])
    ]
    if len(flat) > MAX_PER_REQUEST:
        raise CarrierError(400, "ValidationError", "한 번에 10,000건까지 추가할 수 있습니다.")
    return flat


def register(tx: Tx, account: Account, group: Row, messages: Iterable[dict[str, Any]]) -> Intake:
    """Check each message and keep the good ones; the refused ones are counted on the group and told."""
    gid, allow_duplicates = group["id"], bool(group["allow_duplicates"])
    last = tx.conn.execute(
        "SELECT coalesce(max(seq), 0), count(*) FROM messages WHERE gid = ?", (gid,)
    ).fetchone()
    seq, held = last[0], last[1]
    taken = {row[0] for row in tx.conn.execute("SELECT dup_key FROM messages WHERE gid = ?", (gid,))} - {None}
    rules = account_rules(tx, account)
    intake = Intake()
    rows: list[tuple[Any, ...]] = []
    charge: dict[str, dict[str, int]] = json.loads(group["charge"])
    price = 0.0
    for message in messages:
        checked = check(message, message.get("to"), rules)
        key = tx.box.token(checked.to)
        code = checked.code
        if code is None and not allow_duplicates and key in taken:
            code = "1026"
        if code is None and held + len(rows) >= MAX_PER_GROUP:
            raise CarrierError(400, "ValidationError", "그룹에는 1,000,000건까지 추가할 수 있습니다.")
        message_id = new_id("M4V", tx.now)
        intake.results.append(_result(account, checked, message_id, code or "2000"))
        if code is not None:
            intake.refused[code] += 1
            continue
        seq += 1
        taken.add(key)
        countries = charge.setdefault(checked.type.lower(), {})
        countries[checked.country] = countries.get(checked.country, 0) + 1
        each = codes.price_of(checked.type)
        price += each
        rows.append(
            (
                message_id,
                gid,
                seq,
                account.api_key,
                checked.type,
                key,
                tx.box.token(checked.from_),
                None if allow_duplicates else key,
                checked.custom.get(ATTEMPT_FIELD),
                checked.template_code,
                tx.box.seal(_sealed_part(message, checked)),
                each,
                tx.now,
            )
        )
    tx.conn.executemany(_INSERT, rows)
    intake.accepted = len(rows)
    tx.conn.execute(
        "UPDATE groups SET registered_ok = registered_ok + ?, registered_failed = registered_failed + ?,"
        " price = price + ?, charge = ?, log = ?, updated_at = ? WHERE id = ?",
        (
            len(rows),
            intake.refused.total(),
            price,
            json.dumps(charge),
            with_log(group, f"메시지 {len(rows)}건이 추가되었습니다.", tx.now),
            tx.now,
            gid,
        ),
    )
    return intake


def launch(tx: Tx, group: Row) -> None:
    """The group goes out: from here on its messages are accepted, and their receipts are due."""
    count, price = tx.conn.execute(
        "SELECT count(*), coalesce(sum(price), 0) FROM messages WHERE gid = ? AND state = 'registered'",
        (group["id"],),
    ).fetchone()
    if not count:
        raise CarrierError(400, "ValidationError", "발송할 메시지가 없습니다.")
    charge_balance(tx, group["account"], price)
    due = tx.real + tx.behaviour.deliver_delay_ms / 1000
    brand = any(name.upper() in codes.BRAND_TYPES for name in json.loads(group["charge"]))
    if tx.behaviour.any_outcome or (brand and not _brand_hours(tx.now)):
        _launch_each(tx, group["id"], due)
    else:
        tx.conn.execute(
            "UPDATE messages SET state = 'accepted', accepted_at = ?, planned_code = '4000', due_at = ?"
            " WHERE gid = ? AND state = 'registered'",
            (tx.now, due, group["id"]),
        )
    tx.conn.execute(
        "UPDATE groups SET status = CASE status WHEN 'DELETED' THEN status ELSE 'SENDING' END, sent_at = ?,"
        " log = ?, updated_at = ? WHERE id = ?",
        (tx.now, with_log(group, f"메시지 {count}건을 발송합니다.", tx.now), tx.now, group["id"]),
    )


def _launch_each(tx: Tx, gid: int, due: float) -> None:
    updates = []
    night = not _brand_hours(tx.now)
    rows = tx.conn.execute(
        "SELECT id, type, sealed, (SELECT count(*) FROM messages o WHERE o.account = m.account"
        " AND o.to_key = m.to_key AND o.accepted_at IS NOT NULL) AS before"
        " FROM messages m WHERE gid = ? AND state = 'registered'",
        (gid,),
    )
    for row in rows.fetchall():
        to = tx.box.open(row["sealed"])["to"]
        code = tx.behaviour.outcome(to, row["before"] + 1, channel=codes.channel_of(row["type"]))
        if night and row["type"] in codes.BRAND_TYPES:
            code = "3108"
        if code[0] == "1":  # an intake code drawn too late to refuse: the platform's twin of it
            code = "2" + code[1:]
        updates.append((tx.now, code, None if code in codes.OPEN else due, row["id"]))
    tx.conn.executemany(
        "UPDATE messages SET state = 'accepted', accepted_at = ?, planned_code = ?, due_at = ? WHERE id = ?",
        updates,
    )


def charge_balance(tx: Tx, api_key: str, price: float) -> None:
    paid = tx.conn.execute(
        "UPDATE accounts SET balance = balance - ? WHERE api_key = ? AND balance >= ?",
        (price, api_key, price),
    )
    if paid.rowcount == 0:
        row = tx.conn.execute("SELECT balance FROM accounts WHERE api_key = ?", (api_key,)).fetchone()
        if row is not None and row["balance"] is not None:
            raise CarrierError(402, "NotEnoughBalance", "잔액이 부족합니다.")


def account_rules(tx: Tx, account: Account) -> Rules:
    conn, box, key = tx.conn, tx.box, account.api_key
    refusing = [code for code in tx.behaviour.outcome_codes if code[0] == "1"]

    # Almost every account has no opt-outs here: asking once saves a query per message.
    sql = "SELECT EXISTS (SELECT 1 FROM optouts WHERE account IN (?, '*'))"
    any_optouts = bool(conn.execute(sql, (key,)).fetchone()[0])

    def opted_out(number: str) -> bool:
        args = (key, box.token(number))
        sql = "SELECT 1 FROM optouts WHERE account IN (?, '*') AND phone_key = ?"
        return conn.execute(sql, args).fetchone() is not None

    def template(code: str) -> Template | None:
        sql = "SELECT state, doc FROM templates WHERE account = ? AND code = ?"
        row = conn.execute(sql, (key, code)).fetchone()
        return None if row is None else Template(code, row["state"], json.loads(row["doc"])["content"])

    def image_known(file_id: str) -> bool:
        sql = "SELECT 1 FROM files WHERE account = ? AND file_id = ?"
        return conn.execute(sql, (key, file_id)).fetchone() is not None

    def forced(number: str) -> str | None:
        sql = "SELECT count(*) FROM messages WHERE account = ? AND to_key = ? AND accepted_at IS NOT NULL"
        before = conn.execute(sql, (key, box.token(number))).fetchone()[0]
        code = tx.behaviour.outcome(number, before + 1)
        return code if code[0] == "1" else None

    senders = account.senders
    return Rules(
        sender_ok=lambda number: senders is None or number in senders,
        opted_out=opted_out if any_optouts else lambda _number: False,
        image_known=image_known,
        template=template,
        strict_templates=account.strict_templates,
        forced=forced if refusing else lambda _number: None,
    )


def with_log(group: Row, message: str, now: float) -> str:
    return json.dumps([*json.loads(group["log"]), log_line(message, now)], ensure_ascii=False)


def _brand_hours(now: float) -> bool:
    """08:00-20:50 KST: Brand Messages are refused outside, whatever the client says."""
    at = datetime.fromtimestamp(now, KST)
    return (8, 0) <= (at.hour, at.minute) < (20, 50)


def _result(account: Account, checked: Checked, message_id: str, code: str) -> dict[str, Any]:
    return {
        "to": checked.to,
        "from": checked.from_,
        "type": checked.type,
        "country": checked.country,
        "messageId": message_id,
        "statusCode": code,
        "statusMessage": codes.status_message(code),
        "accountId": account.account_id,
        **({"customFields": checked.custom} if checked.custom else {}),
    }


def _sealed_part(message: dict[str, Any], checked: Checked) -> dict[str, Any]:
    extras = {
        name: message[name]
        for name in ("subject", "imageId", "kakaoOptions", "replacements")
        if message.get(name)
    }
    return {
        "to": checked.to,
        "from": checked.from_,
        "text": checked.text,
        "country": checked.country,
        "customFields": checked.custom,
        **extras,
    }
