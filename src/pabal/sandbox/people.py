"""The people on the other end: what their phones show, their replies, their opt-outs."""

import secrets
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pabal.sandbox.accounts import Account, all_accounts, find_account
from pabal.sandbox.clock import iso_kst
from pabal.sandbox.context import Tx
from pabal.sandbox.ledger import Row
from pabal.sandbox.nhn.reporting import unsubscribed
from pabal.sandbox.outbox import queue_delivery
from pabal.sandbox.solapi.codes import channel_of

PREVIEW = 5  # newest messages shown per phone in the list


class UnknownError(LookupError):
    """Nobody here has that number; the text carries none."""


def _digits(value: str) -> str:
    return "".join(filter(str.isdigit, value))


class ReplyIn(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    to: str  # the sender number that the person answers
    from_: str = Field(alias="from")
    text: str
    channel: str = "sms"
    account: str | None = None

    _clean = field_validator("to", "from_")(_digits)


class OptOutIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unsubscribeNo: str  # noqa: N815 - the contract's spelling
    phone: str
    account: str | None = None

    _clean = field_validator("unsubscribeNo", "phone")(_digits)


def take_reply(tx: Tx, given: ReplyIn) -> tuple[Account, dict[str, Any]]:
    """Keep the reply and shape it for the account's inbound hook."""
    account = _owner(tx, given)
    if account is None or account.inbound_url is None:
        raise UnknownError("no account with an inbound address owns that number")
    body = {
        "channel": given.channel,
        "from": given.from_,
        "to": given.to,
        "text": given.text,
        "at": iso_kst(tx.now),
        "providerId": "MO" + secrets.token_hex(12),
    }
    tx.conn.execute(
        "INSERT INTO replies (account, phone_key, at, sealed) VALUES (?, ?, ?, ?)",
        (account.api_key, tx.box.token(given.from_), tx.now, tx.box.seal(body)),
    )
    return account, body


def _owner(tx: Tx, given: ReplyIn) -> Account | None:
    """Named, or the one that last wrote to this person from that number, or the one that registered it."""
    if given.account is not None:
        return find_account(tx.conn, tx.box, given.account)
    row = tx.conn.execute(
        "SELECT account FROM messages WHERE to_key = ? AND from_key = ? AND accepted_at IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        (tx.box.token(given.from_), tx.box.token(given.to)),
    ).fetchone()
    if row is not None:
        return find_account(tx.conn, tx.box, row["account"])
    owners = [account for account in all_accounts(tx.conn, tx.box) if given.to in (account.senders or ())]
    return owners[0] if owners else None


def take_optout(tx: Tx, given: OptOutIn) -> list[str]:
    """080: for the accounts that own the number; one that nobody claims counts for all."""
    owners = (
        [given.account]
        if given.account
        else [a.api_key for a in all_accounts(tx.conn, tx.box) if given.unsubscribeNo in a.unsubscribe_nos]
    ) or ["*"]
    sealed = tx.box.seal({"unsubscribeNo": given.unsubscribeNo, "phone": given.phone})
    for owner in owners:
        tx.conn.execute(
            "INSERT INTO optouts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (owner, tx.box.token(given.phone), tx.now, sealed),
        )
    _tell(tx, given, owners)
    return owners


def _tell(tx: Tx, given: OptOutIn, owners: list[str]) -> None:
    """NHN posts opt-outs; at Solapi clients poll for them."""
    for account in all_accounts(tx.conn, tx.box):
        told = account.carrier == "nhn" and account.webhook_url is not None
        if told and (owners == ["*"] or account.api_key in owners):
            body = unsubscribed(account, given.unsubscribeNo, given.phone, tx.now)
            queue_delivery(tx, account.api_key, "UNSUBSCRIBE", body, 0.0)


def phones(tx: Tx, account: str, limit: int, before: int) -> tuple[list[dict[str, Any]], int | None]:
    """Phones by their newest message; `before` is the message id the last page ended with."""
    rows = tx.conn.execute(
        "SELECT to_key, count(*) AS count, max(id) AS newest FROM messages"
        " WHERE account = ? AND accepted_at IS NOT NULL GROUP BY to_key"
        " HAVING (? = 0 OR newest < ?) ORDER BY newest DESC LIMIT ?",
        (account, before, before, limit + 1),
    ).fetchall()
    items = []
    for row in rows[:limit]:
        messages = _arrived(tx, account, row["to_key"], PREVIEW)
        items.append(
            {
                "key": row["to_key"].hex(),
                "phone": messages[0]["to"],
                "count": row["count"],
                "lastAt": messages[0]["at"],
                "messages": messages,
            }
        )
    return items, rows[limit - 1]["newest"] if len(rows) > limit else None


def thread(tx: Tx, account: str, key: bytes, limit: int) -> list[dict[str, Any]]:
    """One phone's messages and its owner's replies, newest first."""
    replies = [
        {"direction": "reply", **tx.box.open(row["sealed"])}
        for row in tx.conn.execute(
            "SELECT sealed FROM replies WHERE account = ? AND phone_key = ? ORDER BY id DESC LIMIT ?",
            (account, key, limit),
        )
    ]
    both = [*_arrived(tx, account, key, limit), *replies]
    return sorted(both, key=lambda item: str(item["at"]), reverse=True)[:limit]


def _arrived(tx: Tx, account: str, key: bytes, limit: int) -> list[dict[str, Any]]:
    rows = tx.conn.execute(
        "SELECT m.*, g.group_id FROM messages m JOIN groups g ON g.id = m.gid"
        " WHERE m.account = ? AND m.to_key = ? AND m.accepted_at IS NOT NULL ORDER BY m.id DESC LIMIT ?",
        (account, key, limit),
    )
    return [_shown(tx, row) for row in rows]


def _shown(tx: Tx, row: Row) -> dict[str, Any]:
    sealed = tx.box.open(row["sealed"])
    return {
        "direction": "arrived",
        "messageId": row["message_id"],
        "requestId": row["group_id"],
        "recipientKey": row["recipient_key"],
        "channel": channel_of(row["type"]),
        "to": sealed["to"],
        "from": sealed["from"],
        "text": sealed["text"],
        "subject": sealed.get("subject"),
        "templateCode": row["template_code"],
        "kakaoOptions": sealed.get("kakaoOptions"),
        "at": iso_kst(row["accepted_at"]),
        "finalState": row["state"] if row["final_at"] is not None else None,
        "finalCode": row["status_code"] if row["final_at"] is not None else None,
        "finalAt": iso_kst(row["final_at"]),
    }
