"""Solapi's request signature: HMAC over date + salt, ±15 minutes, each signature once.

Method, path and body are not signed; field names come in either case (the Python SDK writes `ApiKey=`).
"""

import hashlib
import hmac
import re

from pabal.sandbox.accounts import Account, find_account, stranger
from pabal.sandbox.clock import parse_iso
from pabal.sandbox.context import CarrierError, Tx

WINDOW = 15 * 60  # seconds, both for the skew and for the memory of used signatures

_HEADER = re.compile(r"^\s*(HMAC-SHA256|HMAC-MD5)\s+(.*)$", re.IGNORECASE | re.DOTALL)
_DIGESTS = {"HMAC-SHA256": hashlib.sha256, "HMAC-MD5": hashlib.md5}


def api_key_of(header: str) -> str:
    """The key a request claims, for rate limits and the log; nothing is checked."""
    return _fields(header).get("apikey", "")


def authenticate(tx: Tx, header: str, *, accept_any: bool) -> Account:
    """The account of a signed request, or a 403 in the carrier's shape."""
    match = _HEADER.match(header)
    fields = _fields(header)
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


def _fields(header: str) -> dict[str, str]:
    match = _HEADER.match(header)
    pairs = (part.partition("=") for part in (match[2] if match else "").split(","))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
