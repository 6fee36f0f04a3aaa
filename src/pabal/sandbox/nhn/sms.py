"""Sending: POST /sender/{sms,mms,ad-sms,ad-mms,auth/sms}. One text for all recipients of a request.

What is wrong with the request refuses all of it; what is wrong with one recipient refuses that one.
"""

import re
from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from pabal.sandbox.clock import KST
from pabal.sandbox.context import Call, Reply, Tx
from pabal.sandbox.nhn import intake
from pabal.sandbox.nhn.common import digits, head, moment, refuse, short

SMS_CHARS, SMS_BYTES = 255, 90  # refused above the first, cut above the second
LMS_CHARS, LMS_BYTES = 4000, 2000
TITLE_CHARS, TITLE_BYTES = 120, 40
MAX_RECIPIENTS = 1000

_TO = re.compile(r"^(0\d{8,11}|1\d{7})$")
_REFUSE_LINE = re.compile(r"무료\s*(?:수신)?\s*거부\s*[\[(]?\s*(0?80[\d\s-]{6,12})\s*[\])]?\s*$")
_AUTH_WORDS = ("auth", "password", "verif", "인증", "비밀번호", "にんしょう", "認証")


class Kind(NamedTuple):
    type: str
    advert: bool = False
    auth: bool = False


def send_sms(tx: Tx, call: Call) -> Reply:
    return _send(tx, call, Kind("SMS"))


def send_mms(tx: Tx, call: Call) -> Reply:
    return _send(tx, call, Kind("LMS"))


def send_ad_sms(tx: Tx, call: Call) -> Reply:
    return _send(tx, call, Kind("SMS", advert=True))


def send_ad_mms(tx: Tx, call: Call) -> Reply:
    return _send(tx, call, Kind("LMS", advert=True))


def send_auth(tx: Tx, call: Call) -> Reply:
    return _send(tx, call, Kind("AUTH", auth=True))


def _send(tx: Tx, call: Call, kind: Kind) -> Reply:
    body: dict[str, Any] = call.body if isinstance(call.body, dict) else {}
    recipients = _recipients(body)
    text, title = _text(tx, call, kind, body)
    sender = _sender(call, body)
    if kind.advert:
        _advert(call, text)
    if kind.auth and not any(word in text.lower() for word in _AUTH_WORDS):
        raise refuse("-8000", "The auth word is missing.")
    if (when := short(body, "requestDate", 16)) is not None:
        _schedule(tx, when)
    intake.check_month(tx, call.account, len(recipients))
    taken = intake.Request(tx, call.account, short(body, "senderGroupingKey", 100))
    optouts = intake.opted_out(tx, call.account) if kind.advert else lambda _number: False
    for item in recipients:
        number = digits(item.get("recipientNo"))
        fault = "-2018" if not number else None if _TO.match(number) else "-2019"
        if fault is None and optouts(number):
            fault = "-6001"
        fault = fault or intake.forced(tx, call.account, number, kind.type)
        if fault is not None and tx.behaviour.refuse_whole_request:
            raise refuse(fault, "A recipient is refused.")
        taken.add(
            intake.Person(number, short(item, "recipientGroupingKey", 100)),
            intake.Content(kind.type, sender, text, title, advert=kind.advert),
            fault,
        )
    taken.finish()
    data = {
        "requestId": taken.request_id,
        "statusCode": "2" if taken.accepted else "3",
        "senderGroupingKey": taken.group_key,
        "sendResultList": taken.results,
    }
    return Reply(
        {"header": head(), "body": {"data": data}},
        group_id=taken.request_id,
        accepted=taken.accepted,
        refused=dict(Counter(str(row["resultCode"]) for row in taken.results if row["resultCode"])),
    )


def _recipients(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = body.get("recipientList")
    if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
        raise refuse("-2001", "The recipient list is empty.")
    if len(found) > MAX_RECIPIENTS:
        raise refuse("-2016", "The max recipient size is 1000.")
    return found


def _text(_tx: Tx, call: Call, kind: Kind, body: dict[str, Any]) -> tuple[str, str | None]:
    """Body and title as they reach the handset: cut, not refused, between the byte and the character limit."""
    text, title = body.get("body"), body.get("title")
    if not isinstance(text, str) or not text:
        raise refuse("-2014", "The body is empty.")
    chars, limit = (LMS_CHARS, LMS_BYTES) if kind.type == "LMS" else (SMS_CHARS, SMS_BYTES)
    if len(text) > chars:
        raise refuse("-2015", "The body is too long.")
    if kind.type == "LMS" and (not isinstance(title, str) or not title or len(title) > TITLE_CHARS):
        raise refuse("4", "title is required, at most 120 characters.")
    title = title if kind.type == "LMS" and isinstance(title, str) else None
    return (
        cut(encodable(call, text), limit),
        None if title is None else cut(encodable(call, title), TITLE_BYTES),
    )


def encodable(call: Call, text: str) -> str:
    """Refused, or with "?" where the console switch says so."""
    try:
        text.encode("cp949")
    except UnicodeEncodeError:
        if not call.account.substitute:
            raise refuse("-2023", "The message has characters that can't be encoded.") from None
        return text.encode("cp949", "replace").decode("cp949")
    return text


def cut(text: str, limit: int) -> str:
    return text.encode("cp949")[:limit].decode("cp949", "ignore")


def _sender(call: Call, body: dict[str, Any]) -> str:
    sender = digits(body.get("sendNo"))
    if not sender or len(sender) > 13:
        raise refuse("4", "sendNo is required.")
    if call.account.senders is not None and sender not in call.account.senders:
        raise refuse("-2312", "The sender number is not registered.")
    return sender


def _advert(call: Call, text: str) -> None:
    line = _REFUSE_LINE.search(text)
    if not text.lstrip().startswith("(광고)") or line is None:
        raise refuse("-6003", "An advert starts with (광고) and ends with 무료수신거부 080.")
    number = "".join(filter(str.isdigit, line[1]))
    own = call.account.unsubscribe_nos
    if own and number.removeprefix("0") not in {one.removeprefix("0") for one in own}:
        raise refuse("-6004", "The 080 number is not subscribed.")


def _schedule(tx: Tx, when: str) -> None:
    at = moment(when)
    if at is None:
        raise refuse("-2000", "Invalid date format.")
    if at < tx.now - 60 or at > tx.now + 60 * 86_400:
        raise refuse("-2022", "The reservation is in the past or too far away.")
    if at > tx.now + 60:
        raise refuse("4", "This simulator sends at once; schedules are the hub's own.")


def night(now: float) -> bool:
    at = datetime.fromtimestamp(now, KST)
    return not (8 <= at.hour < 21)
