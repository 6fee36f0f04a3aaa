"""Solapi's request signature: HMAC over date + salt, ±15 minutes, each signature once.

Method, path and body are not signed; field names come in either case (the Python SDK writes `ApiKey=`).
"""

import hashlib
import hmac
import json
import re

from starlette.types import Scope

from pabal.sandbox.accounts import Account, find_account, stranger
from pabal.sandbox.clock import parse_iso
from pabal.sandbox.context import CarrierError, Reply, Tx
from pabal.sandbox.wire import header

WINDOW = 15 * 60  # seconds, both for the skew and for the memory of used signatures

_HEADER = re.compile(r"^\s*(HMAC-SHA256|HMAC-MD5)\s+(.*)$", re.IGNORECASE | re.DOTALL)
_DIGESTS = {"HMAC-SHA256": hashlib.sha256, "HMAC-MD5": hashlib.md5}


_TROUBLE = {
    429: ("TooManyRequests", "요청이 너무 많습니다."),
    500: ("InternalServerError", "서버 오류입니다."),
}
_UNREADABLE = {
    "too_big": (413, "요청은 15MB까지 보낼 수 있습니다."),
    "not_utf8": (400, "UTF-8이 아닙니다."),
    "not_json": (400, "JSON을 읽을 수 없습니다."),
    "not_unicode": (400, "UTF-8로 나타낼 수 없는 문자가 있습니다."),
}


class SolapiProtocol:
    """See `CarrierProtocol`: signed requests, real HTTP statuses, {errorCode, errorMessage}."""

    def __init__(self, *, accept_any: bool) -> None:
        self._accept_any = accept_any

    def key_of(self, scope: Scope) -> str:
        return _fields(header(scope, b"authorization")).get("apikey", "")

    def authenticate(self, tx: Tx, scope: Scope) -> Account:
        return authenticate(tx, header(scope, b"authorization"), accept_any=self._accept_any)

    def refusal(self, error: CarrierError) -> Reply:
        return Reply({"errorCode": error.code, "errorMessage": error.message}, error.status)

    def trouble(self, status: int) -> str:
        code, message = _TROUBLE[status]
        return json.dumps({"errorCode": code, "errorMessage": message}, ensure_ascii=False)

    def unreadable(self, fault: str) -> CarrierError:
        status, message = _UNREADABLE[fault]
        return CarrierError(status, "ValidationError", message)


def authenticate(tx: Tx, signed: str, *, accept_any: bool) -> Account:
    """The account of a signed request, or a 403 in the carrier's shape."""
    match = _HEADER.match(signed)
    fields = _fields(signed)
    key, date = fields.get("apikey", ""), fields.get("date", "")
    salt, signature = fields.get("salt", ""), fields.get("signature", "").lower()
    if match is None or not key:
        raise CarrierError(403, "InvalidAPIKey", "유효한 API Key가 아닙니다.")
    if not (date and signature and 12 <= len(salt.encode()) <= 64):
        raise CarrierError(403, "SignatureDoesNotMatch", "시그니처 형식이 올바르지 않습니다.")
    account = find_account(tx.conn, tx.box, key)
    if account is None:
        if not accept_any:
            raise CarrierError(403, "InvalidAPIKey", "유효한 API Key가 아닙니다.")
        account = stranger(key)
    if account.secret is not None:
        digest = _DIGESTS[match[1].upper()]
        expected = hmac.new(account.secret.encode(), (date + salt).encode(), digest).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise CarrierError(403, "SignatureDoesNotMatch", "시그니처가 일치하지 않습니다.")
    _check_time(tx, date)
    used = tx.conn.execute(
        "INSERT INTO signatures VALUES (?, ?) ON CONFLICT (signature) DO NOTHING",
        (f"{key}:{signature}", tx.real),
    )
    if used.rowcount == 0:
        raise CarrierError(403, "DuplicatedSignature", "이미 사용한 시그니처입니다.")
    return account


def _check_time(tx: Tx, date: str) -> None:
    try:
        at = parse_iso(date)
    except ValueError:
        raise CarrierError(403, "RequestTimeTooSkewed", "요청 시간을 읽을 수 없습니다.") from None
    # Either clock will do: shifting the sandbox clock must not lock out clients that sign with the real time.
    if min(abs(at - tx.real), abs(at - tx.now)) > WINDOW:
        raise CarrierError(403, "RequestTimeTooSkewed", "요청 시간이 서버 시간과 15분 넘게 차이 납니다.")


def _fields(signed: str) -> dict[str, str]:
    match = _HEADER.match(signed)
    pairs = (part.partition("=") for part in (match[2] if match else "").split(","))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
