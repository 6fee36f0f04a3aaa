"""What both NHN products share: keys in path and header, the `header` envelope, Korean times, request ids.

Failures are HTTP 200 with `isSuccessful: false`. The guides don't give the HTTP status of failures; 200 is assumed.
"""

import hmac
import json
import random
from datetime import datetime, timedelta
from typing import Any

from starlette.types import Scope

from pabal.sandbox.accounts import Account, find_account, stranger
from pabal.sandbox.clock import KST
from pabal.sandbox.context import Call, CarrierError, Reply, Tx
from pabal.sandbox.wire import header

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_random = random.Random()  # noqa: S311 - ids, not secrets; seeded by the system
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


class NhnProtocol:
    """See `CarrierProtocol`. `wrong_secret`: the products have separate code tables, -1001 means either."""

    def __init__(self, *, accept_any: bool, wrong_secret: str) -> None:
        self._accept_any = accept_any
        self._wrong_secret = wrong_secret

    def key_of(self, scope: Scope) -> str:
        """/{product}/{version}/appKeys/{appKey}/…"""
        parts = str(scope["path"]).split("/")
        return parts[4] if len(parts) > 4 else ""

    def authenticate(self, tx: Tx, scope: Scope) -> Account:
        key, secret = self.key_of(scope), header(scope, b"x-secret-key")
        account = find_account(tx.conn, tx.box, key)
        if account is None or account.carrier != "nhn":
            if not self._accept_any or account is not None:
                raise refuse("-1000", "Invalid appKey.")
            account = stranger(key, "nhn")
        if account.secret is not None and not hmac.compare_digest(account.secret.encode(), secret.encode()):
            raise refuse(self._wrong_secret, "Invalid secretKey.")
        return account

    def refusal(self, error: CarrierError) -> Reply:
        return Reply({"header": head(error.code, error.message)}, error.status)

    def trouble(self, status: int) -> str:
        """429 is modelled on the carrier's newer API; the guides of these two name no limit."""
        return json.dumps(
            {"header": head("-9999", "Too many requests." if status == 429 else "System error.")}
        )

    def unreadable(self, fault: str) -> CarrierError:
        return refuse("-9997", f"The body can't be read: {fault}.")


def refuse(code: str, message: str) -> CarrierError:
    return CarrierError(200, code, message)


def head(code: str = "0", message: str = "SUCCESS") -> dict[str, Any]:
    return {"isSuccessful": code == "0", "resultCode": int(code), "resultMessage": message}


def new_request_id(at: float) -> str:
    """A time stamp, random letters and digits, a digit: 25 characters at most."""
    stamp = datetime.fromtimestamp(at, KST).strftime("%Y%m%d%H%M%S")
    return stamp + "".join(_random.choices(_ALPHABET, k=10)) + "0"


def stamp(at: float | None) -> str | None:
    """`2026-11-21 09:00:00.0`, as query answers print times."""
    return None if at is None else datetime.fromtimestamp(at, KST).strftime("%Y-%m-%d %H:%M:%S.0")


def webhook_stamp(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, KST).strftime("%Y-%m-%dT%H:%M:%S")


def moment(text: str) -> float | None:
    for form in _TIMES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=KST).timestamp()
        except ValueError:
            continue
    return None


def window(
    call: Call, *, start: str, end: str, longest: timedelta, too_wide: str
) -> tuple[float, float] | None:
    """A pair of query times; None when neither is there."""
    first, last = call.one(start), call.one(end)
    if first is None and last is None:
        return None
    since, until = moment(first or ""), moment(last or "")
    if since is None or until is None:
        raise refuse("-2000", "Invalid date format.")
    if until - since > longest.total_seconds():
        raise refuse(too_wide, "The search period is too long.")
    return since, until + 1  # their ends count to the second


def page(call: Call) -> tuple[int, int]:
    """(number from 1, size)."""
    number, size = call.one("pageNum") or "1", call.one("pageSize") or "15"
    if not (number.isdigit() and size.isdigit() and int(number) >= 1 and 1 <= int(size) <= 1000):
        raise refuse("4", "pageNum and pageSize must be positive, pageSize at most 1000.")
    return int(number), int(size)


def digits(value: Any) -> str:
    text = value.replace("-", "").strip() if isinstance(value, str) else ""
    return text if text.isascii() and text.isdigit() else ""


def short(body: dict[str, Any], name: str, limit: int) -> str | None:
    """An optional string of a limited length."""
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise refuse("4", f"{name} must be a string of at most {limit} characters.")
    return value
