"""The request signature: HMAC-SHA256 over date + salt. Method, path and body are not signed.

The date is REAL time, never the shifted clock of rules: the carrier accepts ±15 minutes. A signature may be
used once in that time, so every call makes its own; a DuplicatedSignature answer therefore means that
something between us and the carrier repeated our request.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from pabal.channels.base import Credentials


def authorization(credentials: Credentials, *, now: datetime | None = None, salt: str | None = None) -> str:
    """The value of the Authorization header for one request."""
    at = (now or datetime.now(UTC)).astimezone(UTC)
    date = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    salt = salt or secrets.token_hex(16)
    signature = sign(credentials.api_secret, date, salt)
    return f"HMAC-SHA256 apiKey={credentials.api_key}, date={date}, salt={salt}, signature={signature}"


def sign(secret: str, date: str, salt: str) -> str:
    return hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()


def webhook_signature(secret: str) -> str:
    """What arrives in X-Solapi-Secret: SHA-1 of the configured secret. It binds no body: a hint, not a
    proof."""
    return hashlib.sha1(secret.encode()).hexdigest()  # noqa: S324  # the carrier's protocol, not our choice
