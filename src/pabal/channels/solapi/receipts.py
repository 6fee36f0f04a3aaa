"""What Solapi tells us about single messages: webhook rows, group members, polled rows. One reading for
all."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pabal.channels.base import NewsState, ReceiptBatch, ReceiptNews, RecipientState
from pabal.channels.reading import header_is, moment, news_of, read_body
from pabal.channels.solapi.auth import webhook_signature
from pabal.channels.solapi.codes import ACCEPTED, DELIVERED, lookup

KEY_FIELD = "attemptId"  # our key in customFields; echoed in results and webhooks
MAX_ROWS = 10_000
_ATTEMPT_ID = re.compile(r"[A-Za-z0-9.\-]{1,100}")
_REFUSAL = re.compile(r"[123]\d{3}", re.ASCII)
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")


def verify_webhook(headers: Mapping[str, str], secret: str) -> bool:
    return header_is(headers, "x-solapi-secret", webhook_signature(secret) if secret else "")


def parse_receipts(body: bytes) -> ReceiptBatch:
    """Rows of a report webhook, in both shapes seen in the wild: flat, or wrapped in `data`."""
    rows = read_body(body)
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list):
        return ReceiptBatch((), junk=1)
    news = []
    junk = max(0, len(rows) - MAX_ROWS)
    for row in _unwrapped(rows[:MAX_ROWS]):
        if row is None:
            junk += 1
        elif "messageId" in row or "statusCode" in row:
            found = _news(row)
            junk += found is None
            news += [found] if found else []
        elif "groupId" not in row:  # a GROUP-REPORT is not news about a person, but not junk either
            junk += 1
    return ReceiptBatch(tuple(news), junk)


def _unwrapped(rows: list[Any]) -> Iterator[dict[str, Any] | None]:
    for row in rows:
        inner = row.get("data", row) if isinstance(row, dict) else None
        yield inner if isinstance(inner, dict) else None


def _news(row: dict[str, Any]) -> ReceiptNews | None:
    seen = recipient_state(row)
    return None if seen is None else news_of(seen, opt_out=lookup(seen.code).opt_out)


def recipient_state(row: Mapping[str, Any]) -> RecipientState | None:
    """One stored message, whatever listed it; None when it has no usable id."""
    message_id = row.get("messageId") or row.get("_id")
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        return None
    code = str(row.get("statusCode") or "")[:20]
    seen = RecipientState(attempt_id(row), message_id, NewsState.OTHER, code, at=_reported_at(row))
    if code in ACCEPTED:
        return replace(seen, state=NewsState.ACCEPTED)
    if code == DELIVERED:
        return replace(seen, state=NewsState.DELIVERED)
    if not _REFUSAL.fullmatch(code):  # 4xxx other than 4000 is not documented
        return seen
    entry = lookup(code)
    return replace(
        seen,
        state=NewsState.REFUSED if code.startswith("1") else NewsState.FAILED,
        presumed=not entry.certain,
        failure_class=entry.failure_class,
        message_ko=entry.meaning_ko,
    )


def attempt_id(row: Mapping[str, Any]) -> str | None:
    """Our key as the carrier echoes it; anything that can't be ours is None."""
    custom = row.get("customFields")
    key = custom.get(KEY_FIELD) if isinstance(custom, dict) else None
    return key if isinstance(key, str) and _ATTEMPT_ID.fullmatch(key) else None


def _reported_at(row: Mapping[str, Any]) -> datetime | None:
    for name in ("dateReceived", "dateReported", "dateProcessed", "dateUpdated"):
        found = moment(row.get(name))
        if found:
            return found
    return None
