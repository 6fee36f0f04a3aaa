"""Taking recipients in, for both products: rows, fates, the duplicate filter, the month's cap."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pabal.sandbox.accounts import Account
from pabal.sandbox.clock import KST
from pabal.sandbox.context import Tx
from pabal.sandbox.nhn.common import new_request_id, refuse
from pabal.sandbox.nhn.sms_codes import PRICES
from pabal.sandbox.solapi.codes import channel_of

_INSERT = (
    "INSERT INTO messages (message_id, gid, seq, account, type, to_key, from_key, recipient_key, template_code, sealed,"
    " state, status_code, price, registered_at, accepted_at, planned_code, due_at, final_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
OPEN = frozenset({"0000"})  # as a fixed outcome: never reported, so that time-outs can be tried
DELIVERED = "1000"


@dataclass(frozen=True, slots=True)
class Person:
    number: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Content:
    type: str  # SMS LMS AUTH ATA
    sender: str
    text: str
    title: str | None = None
    advert: bool = False
    template: str | None = None
    price: float | None = None


class Request:
    """One POST: a request id, and a row for each recipient in its order, refused ones included."""

    def __init__(self, tx: Tx, account: Account, group_key: str | None) -> None:
        self._tx, self._account = tx, account
        self.request_id = new_request_id(tx.now)
        self.group_key = group_key
        self.results: list[dict[str, Any]] = []
        self.accepted = 0
        self.blocked = 0  # taken and not sent: the duplicate filter
        self._rows: list[tuple[Any, ...]] = []
        self._gid = tx.conn.execute(
            "INSERT INTO groups (group_id, account, carrier, status, allow_duplicates, group_key, custom, created_at,"
            " updated_at, sent_at) VALUES (?, ?, 'nhn', 'SENDING', 1, ?, '{}', ?, ?, ?) RETURNING id",
            (self.request_id, account.api_key, group_key or self.request_id, tx.now, tx.now, tx.now),
        ).fetchone()[0]

    def add(self, person: Person, content: Content, fault: str | None) -> None:
        tx, seq = self._tx, len(self.results) + 1
        self.results.append(
            {
                "recipientNo": person.number,
                "resultCode": int(fault or 0),
                "resultMessage": "SUCCESS" if fault is None else "FAIL",
                "recipientSeq": seq,
                "recipientGroupingKey": person.key,
            }
        )
        blocked = fault is None and self._filtered(person, content)
        taken = fault is None and not blocked
        self.accepted += taken
        self.blocked += blocked
        code = "E915" if blocked else fault or "0"
        planned = self._planned(person, content.type) if taken else None
        due = None if planned is None or planned in OPEN else tx.real + tx.behaviour.deliver_delay_ms / 1000
        sealed: dict[str, Any] = {
            "to": person.number,
            "from": content.sender,
            "text": content.text,
            "customFields": {},
        }
        sealed |= {"subject": content.title} if content.title else {}
        sealed |= {"advert": True} if content.advert else {}
        self._rows.append(
            (
                f"{self.request_id}/{seq}",
                self._gid,
                seq,
                self._account.api_key,
                content.type,
                tx.box.token(person.number),
                tx.box.token(content.sender),
                person.key,
                content.template,
                tx.box.seal(sealed),
                "accepted" if taken else "failed",
                code,
                content.price if content.price is not None else PRICES.get(content.type, 20.0),
                tx.now,
                tx.now if taken else None,
                planned,
                due,
                None if taken else tx.now,
            )
        )

    def finish(self) -> None:
        tx = self._tx
        tx.conn.executemany(_INSERT, self._rows)
        tx.conn.execute(
            "UPDATE groups SET registered_ok = ?, registered_failed = ?, status = ? WHERE id = ?",
            (
                self.accepted,
                len(self._rows) - self.accepted,
                "SENDING" if self.accepted else "COMPLETE",
                self._gid,
            ),
        )

    def _planned(self, person: Person, type_: str) -> str:
        tx = self._tx
        if not tx.behaviour.any_outcome:
            return DELIVERED
        before = sent_before(tx, self._account, person.number)
        code = tx.behaviour.outcome(person.number, before + 1, delivered=DELIVERED, channel=channel_of(type_))
        return DELIVERED if code.startswith("-") else code

    def _filtered(self, person: Person, content: Content) -> bool:
        """The console's duplicate filter: the same text to the same person again is taken, and not sent."""
        minutes = self._account.duplicate_filter_minutes
        if not minutes:
            return False
        tx = self._tx
        parts = (content.type, content.advert, content.sender, person.number, content.title, content.text)
        # Keyed, because a digest of a number and a text could be guessed.
        print_ = tx.box.token(repr(parts))
        mark = hashlib.sha256(self._account.api_key.encode() + print_).hexdigest()
        tx.conn.execute("DELETE FROM marks WHERE until < ?", (tx.now,))
        known = tx.conn.execute(
            "INSERT INTO marks VALUES (?, ?) ON CONFLICT (mark) DO NOTHING", (mark, tx.now + minutes * 60)
        )
        return known.rowcount == 0


def check_month(tx: Tx, account: Account, wanted: int) -> None:
    """A new organisation may send 5,000 of the SMS family a month."""
    if account.monthly_cap is None:
        return
    first = datetime.fromtimestamp(tx.now, KST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    used = tx.conn.execute(
        "SELECT count(*) FROM messages WHERE account = ? AND accepted_at >= ?",
        (account.api_key, first.timestamp()),
    ).fetchone()[0]
    if used + wanted > account.monthly_cap:
        raise refuse("-2052", "The organisation's monthly quota is exceeded.")


def opted_out(tx: Tx, account: Account) -> Callable[[str], bool]:
    def known(number: str) -> bool:
        row = tx.conn.execute(
            "SELECT 1 FROM optouts WHERE account IN (?, '*') AND phone_key = ?",
            (account.api_key, tx.box.token(number)),
        ).fetchone()
        return row is not None

    return known


def forced(tx: Tx, account: Account, number: str, type_: str) -> str | None:
    """A refusal that the behaviour wants (`fixedOutcome` or `failCodes` with a negative code)."""
    rules = tx.behaviour
    if not any(code.startswith("-") for code in rules.outcome_codes):
        return None
    nth = sent_before(tx, account, number) + 1
    code = rules.outcome(number, nth, delivered=DELIVERED, channel=channel_of(type_))
    return code if code.startswith("-") else None


def sent_before(tx: Tx, account: Account, number: str) -> int:
    row = tx.conn.execute(
        "SELECT count(*) FROM messages WHERE account = ? AND to_key = ? AND accepted_at IS NOT NULL",
        (account.api_key, tx.box.token(number)),
    ).fetchone()
    return int(row[0])
