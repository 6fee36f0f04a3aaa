"""AlimTalk: POST /messages (variables) and /raw-messages (finished text), with the idempotency key of ten minutes."""

import hashlib
import json
import re
from collections import Counter
from typing import Any, NamedTuple

from pabal.sandbox.context import Call, Reply, Tx
from pabal.sandbox.nhn import intake
from pabal.sandbox.nhn.common import digits, head, moment, refuse, short

MAX_CHARS = 1300  # after substitution
MAX_RECIPIENTS = 1000
KEY_SECONDS = 600
KEY_HEADER = "x-nc-api-idempotency-key"
PRICE = 13.0
_VARIABLE = re.compile(r"#\{([^}]+)\}")
_TO = re.compile(r"^(0\d{8,11}|82\d{9,11})$")


class Approved(NamedTuple):
    code: str
    content: str | None  # None: an unlisted template of an account in development


def send(tx: Tx, call: Call) -> Reply:
    return _send(tx, call, raw=False)


def send_raw(tx: Tx, call: Call) -> Reply:
    return _send(tx, call, raw=True)


def _send(tx: Tx, call: Call, *, raw: bool) -> Reply:
    body: dict[str, Any] = call.body if isinstance(call.body, dict) else {}
    _once(tx, call)
    recipients = body.get("recipientList")
    if not isinstance(recipients, list) or not 1 <= len(recipients) <= MAX_RECIPIENTS:
        raise refuse("-2000", "recipientList must hold 1 to 1000 recipients.")
    if (when := short(body, "requestDate", 16)) is not None:
        at = moment(when)
        if at is None:
            raise refuse("-2027", "requestDate can't be read.")
        if at < tx.now - 60:
            raise refuse("-2025", "requestDate is in the past.")
        if at > tx.now + 60:
            raise refuse("-2026", "This simulator sends at once; schedules are the hub's own.")
    profile = short(body, "senderKey", 40)
    if profile is None:
        raise refuse("-2017", "The sender profile does not exist.")
    approved = _template(tx, call, profile, short(body, "templateCode", 20))
    taken = intake.Request(tx, call.account, short(body, "senderGroupingKey", 100))
    for item in (one if isinstance(one, dict) else {} for one in recipients):
        number = digits(item.get("recipientNo"))
        text, fault = _text(item, approved, raw=raw)
        if not _TO.match(number):
            fault = "-5000"
        resend = item.get("resendParameter")
        if isinstance(resend, dict) and resend.get("isResend"):
            fault = "-2502"
        taken.add(
            intake.Person(number, short(item, "recipientGroupingKey", 100)),
            intake.Content("ATA", profile, text, template=approved.code, price=PRICE),
            fault or intake.forced(tx, call.account, number, "ATA"),
        )
    if not taken.accepted and not taken.blocked:
        raise refuse("-1031", "All recipients failed.")
    taken.finish()
    message = {
        "requestId": taken.request_id,
        "senderGroupingKey": taken.group_key,
        "sendResults": taken.results,
    }
    return Reply(
        {"header": head(), "message": message},
        group_id=taken.request_id,
        accepted=taken.accepted,
        refused=dict(Counter(str(row["resultCode"]) for row in taken.results if row["resultCode"])),
    )


def _once(tx: Tx, call: Call) -> None:
    """The second request with a key inside ten minutes fails; a refused request uses no key up (assumed)."""
    key = call.headers.get(KEY_HEADER)
    if not key:
        return
    mark = hashlib.sha256(f"{call.account.api_key}\0{key}".encode()).hexdigest()
    tx.conn.execute("DELETE FROM marks WHERE until < ?", (tx.now,))
    new = tx.conn.execute(
        "INSERT INTO marks VALUES (?, ?) ON CONFLICT (mark) DO NOTHING", (mark, tx.now + KEY_SECONDS)
    )
    if new.rowcount == 0:
        raise refuse("-1005", "The idempotency key was used before.")


def _template(tx: Tx, call: Call, profile: str, code: str | None) -> Approved:
    row = tx.conn.execute(
        "SELECT state, doc FROM templates WHERE account = ? AND code = ?", (call.account.api_key, code)
    ).fetchone()
    if row is None:
        if call.account.strict_templates or code is None:
            raise refuse("-3003", "The template does not exist.")
        return Approved(code, None)
    doc = json.loads(row["doc"])
    if doc.get("channelId") not in {None, profile}:
        raise refuse("-3003", "The template does not exist.")
    if row["state"] != "APPROVED":
        raise refuse("-3005", "Please check template status.")
    return Approved(str(code), str(doc.get("content") or ""))


def _text(item: dict[str, Any], approved: Approved, *, raw: bool) -> tuple[str, str | None]:
    """The finished text, and why this recipient is refused."""
    if raw:
        text = item.get("content") if isinstance(item.get("content"), str) else ""
        assert isinstance(text, str)
        if approved.content is not None and not matches(text, approved.content):
            return text, "-3010"
        return text, "-2019" if len(text) > MAX_CHARS else None
    given = item.get("templateParameter")
    values = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    if any(len(value) > MAX_CHARS for value in values.values()):
        return "", "-3048"
    content = approved.content
    if content is None:
        return "\n".join(f"{name}: {value}" for name, value in values.items()), None
    if any(name not in values for name in _VARIABLE.findall(content)):
        return content, "-3004"
    text = _VARIABLE.sub(lambda found: values[found[1]], content)
    return text, "-2019" if len(text) > MAX_CHARS else None


def matches(text: str, content: str) -> bool:
    """True when the text is the template with something in each variable's place."""
    pattern = "(?s:.+?)".join(re.escape(piece) for piece in _VARIABLE.split(content)[::2])
    return re.fullmatch(pattern, text) is not None
