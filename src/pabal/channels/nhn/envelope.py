"""NHN's envelope: `header {isSuccessful, resultCode, resultMessage}` around everything, whatever the HTTP status is.

The HTTP status of failures is not documented (200 is likely), so the header decides first. Times are Korean, nowhere
said so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pabal.channels.answers import NewsState, RecipientState, Refused, Unknown
from pabal.channels.codes import Code, refused
from pabal.channels.wire import Answer
from pabal.domain.message import FailureClass

KST = ZoneInfo("Asia/Seoul")
PAGE = 1000  # the carrier's largest
KEY_LIMIT = 100  # characters of senderGroupingKey and recipientGroupingKey
_KEY = re.compile(r"[A-Za-z0-9.\-]{1,100}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
THROTTLED = Code(
    "통신사가 속도를 제한했어요", FailureClass.RETRYABLE, mend_ko="잠시 뒤 다시 시도할 수 있어요."
)


@dataclass(frozen=True, slots=True)
class Envelope:
    ok: bool
    code: str
    body: Mapping[str, Any]


def open_envelope(answer: Answer) -> Envelope | None:
    """None: not their envelope, so nothing is certain."""
    head = answer.mapping.get("header")
    if not isinstance(head, dict):
        return None
    ok, code = head.get("isSuccessful"), head.get("resultCode")
    if not isinstance(ok, bool) or isinstance(code, bool) or not isinstance(code, int | str):
        return None
    return Envelope(ok, str(code), answer.mapping)


def read_refusal(answer: Answer, errors: Mapping[str, Code]) -> Refused | Unknown:
    """Reading of everything that was not a yes. Only codes that name a fault of ours are a certain no."""
    if answer.status == 429:
        return refused("429", THROTTLED, answer.retry_after)
    found = open_envelope(answer)
    if found is None:
        shape = "other_shape" if answer.body is not None else "not_json"
        return answer.unknown(f"http_{answer.status}" if answer.status != 200 else shape)
    if found.ok or answer.status >= 500:
        return answer.unknown("unexpected_yes" if found.ok else f"http_{answer.status}")
    entry = errors.get(found.code)
    if entry is None:
        return answer.unknown("unlisted_error_code")
    return refused(found.code, entry, answer.retry_after)


def stamp(at: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss`, as queries want it."""
    return at.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S")


def attempt_key(row: Mapping[str, Any]) -> str | None:
    """Our key per recipient. The documentation's own sample misspells the field."""
    key = row.get("recipientGroupingKey") or row.get("recipientGropuingKey")
    return key if isinstance(key, str) and _KEY.fullmatch(key) else None


def request_id(value: Any) -> str | None:
    return value if isinstance(value, str) and _REQUEST_ID.fullmatch(value) else None


def message_id(row: Mapping[str, Any], of_request: str | None = None) -> str | None:
    """Request id + sequence number is what the carrier calls a message."""
    request = request_id(row.get("requestId")) or of_request
    seq = row.get("recipientSeq")
    whole = isinstance(seq, int) and not isinstance(seq, bool)
    return f"{request}/{seq}" if request is not None and whole else None


def count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def failed_row(
    seen: RecipientState, code: str, entry: Code, *, state: NewsState = NewsState.FAILED
) -> RecipientState:
    return RecipientState(
        attempt_id=seen.attempt_id,
        provider_message_id=seen.provider_message_id,
        state=state,
        code=code,
        presumed=not entry.certain,
        failure_class=entry.failure_class,
        message_ko=entry.meaning_ko,
        at=seen.at,
    )
