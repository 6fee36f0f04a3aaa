"""Reading back: groups, their messages, the message search. Answers are maps keyed by id."""

import re
from typing import Any

from pabal.sandbox.clock import parse_iso
from pabal.sandbox.context import Call, CarrierError, Reply, Tx
from pabal.sandbox.solapi import intake
from pabal.sandbox.solapi.codes import CHARGED
from pabal.sandbox.solapi.shapes import group_info, stored_message

DEFAULT_LIMIT = 20
MAX_LIMIT = 500

_STATES = {
    "total": ("accepted", "delivered", "failed"),
    "successed": ("delivered",),
    "failed": ("failed",),
}
_ID = re.compile(r"[A-Z0-9]{32}")
_SELECT = "SELECT m.*, g.group_id FROM messages m JOIN groups g ON g.id = m.gid WHERE "


def list_groups(tx: Tx, call: Call) -> Reply:
    limit, where, args = page_limit(call), ["account = ?"], [call.account.api_key]
    _between(call, "created_at", where, args)
    criteria = _criteria(call)
    if group_id := call.one("groupId") or criteria.get("groupId"):
        where.append("group_id = ?")
        args.append(group_id)
    if start := call.one("startKey"):
        where.append("id <= (SELECT id FROM groups WHERE group_id = ?)")
        args.append(start)
    rows = tx.conn.execute(
        f"SELECT * FROM groups WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?", (*args, limit + 1)
    ).fetchall()
    found = {row["group_id"]: group_info(tx, row) for row in rows[:limit]}
    next_key = rows[limit]["group_id"] if len(rows) > limit else None
    return Reply({"startKey": start, "nextKey": next_key, "limit": limit, "groupList": found})


def group_messages(tx: Tx, call: Call) -> Reply:
    """In the order they were added. The search's lag hides the newest."""
    group = intake.get_group(tx, call.account, call.params["group_id"])
    where, args = ["m.gid = ?", "m.registered_at <= ?"], [group["id"], _horizon(tx)]
    if start := call.one("startKey"):
        where.append("m.seq >= (SELECT seq FROM messages WHERE message_id = ?)")
        args.append(start)
    return _page(tx, call, where, args, order="m.seq")


def list_messages(tx: Tx, call: Call) -> Reply:
    """/list and /list-old: newest first; the older criteria/cond/value form names the same columns."""
    where, args = ["m.account = ?", "m.registered_at <= ?"], [call.account.api_key, _horizon(tx)]
    criteria = _criteria(call)
    wanted = {
        name: call.one(name) or criteria.get(name) for name in ("messageId", "groupId", "type", "statusCode")
    }
    for name, column in (("messageId", "m.message_id"), ("groupId", "g.group_id"), ("type", "m.type")):
        if wanted[name]:
            where.append(f"{column} = ?")
            args.append(wanted[name])
    if wanted["statusCode"]:
        where.append("CASE WHEN m.final_at IS NULL THEN '2000' ELSE m.status_code END = ?")
        args.append(wanted["statusCode"])
    for name, column in (("to", "m.to_key"), ("from", "m.from_key")):
        if number := call.one(name) or criteria.get(name):
            where.append(f"{column} = ?")
            args.append(tx.box.token(re.sub(r"\D", "", number)))
    # The SDKs write the list as repeated fields, as messageIds[] or as one printed list.
    texts = [*call.query.get("messageIds", []), *call.query.get("messageIds[]", [])]
    if texts:
        ids = _ID.findall(",".join(texts))
        where.append(f"m.message_id IN ({', '.join('?' * len(ids))})")
        args.extend(ids)
    _between(call, "m.registered_at" if call.one("dateType") != "UPDATED" else
             "coalesce(m.final_at, m.accepted_at, m.registered_at)", where, args)  # fmt: skip
    if start := call.one("startKey"):
        where.append("m.id <= (SELECT id FROM messages WHERE message_id = ?)")
        args.append(start)
    return _page(tx, call, where, args, order="m.id DESC")


def statistics(tx: Tx, call: Call) -> Reply:
    """Totals of the account by type; the months and averages of the real answer stay empty."""
    totals: dict[str, dict[str, int]] = {name: dict.fromkeys(("total", *CHARGED), 0) for name in _STATES}
    spent = 0.0
    rows = tx.conn.execute(
        "SELECT type, state, count(*) AS count, sum(price) AS price FROM messages"
        " WHERE account = ? AND accepted_at IS NOT NULL GROUP BY type, state",
        (call.account.api_key,),
    )
    for row in rows:
        spent += row["price"]
        for name, states in _STATES.items():
            if row["state"] in states:
                totals[name]["total"] += row["count"]
                kind = row["type"].lower()
                totals[name][kind] = totals[name].get(kind, 0) + row["count"]
    averages = {"monthlyBalanceAvg": 0, "monthlyPointAvg": 0, "dailyBalanceAvg": 0, "dailyPointAvg": 0}
    return Reply({"balance": spent, "point": 0, **averages, "monthPeriod": [], **totals})


def _page(tx: Tx, call: Call, where: list[str], args: list[Any], *, order: str) -> Reply:
    start = call.one("startKey")
    limit = page_limit(call)
    sql = f"{_SELECT}{' AND '.join(where)} ORDER BY {order} LIMIT ?"
    rows = tx.conn.execute(sql, (*args, limit + 1)).fetchall()
    found = {row["message_id"]: stored_message(tx, call.account, row) for row in rows[:limit]}
    next_key = rows[limit]["message_id"] if len(rows) > limit else None
    return Reply({"startKey": start, "nextKey": next_key, "limit": limit, "messageList": found})


def page_limit(call: Call) -> int:
    text = call.one("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not text.isdigit() or int(text) < 1:
        raise CarrierError(400, "ValidationError", "limit는 1 이상의 정수여야 합니다.")
    return min(int(text), MAX_LIMIT)


def _horizon(tx: Tx) -> float:
    return tx.now - tx.behaviour.search_lag_ms / 1000


def _criteria(call: Call) -> dict[str, str]:
    """criteria=a,b cond=eq,eq value=x,y; only equality is served."""
    names = (call.one("criteria") or "").split(",")
    conds = (call.one("cond") or "").split(",")
    values = (call.one("value") or "").split(",")
    return {
        name: value for name, cond, value in zip(names, conds, values, strict=False) if name and cond == "eq"
    }


def _between(call: Call, column: str, where: list[str], args: list[Any]) -> None:
    for name, sign in (("startDate", ">="), ("endDate", "<=")):
        if text := call.one(name):
            try:
                at = parse_iso(text.replace(" ", "+") if "T" in text else text)
            except ValueError:
                raise CarrierError(400, "ValidationError", f"{name}를 읽을 수 없습니다.") from None
            where.append(f"{column} {sign} ?")
            args.append(at)
