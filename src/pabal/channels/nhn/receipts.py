"""What NHN tells about single messages: webhook hooks and rows of its searches. One reading for both products.

The signature is a string that was typed into a console, so it binds nothing: what comes in is a hint.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pabal.channels.answers import NewsState, RecipientState
from pabal.channels.codes import Code
from pabal.channels.nhn import alimtalk_codes, sms_codes
from pabal.channels.nhn.envelope import attempt_key, failed_row, message_id
from pabal.channels.reading import digits, header_is, moment, news_of, read_body
from pabal.channels.reports import OptOut, ReceiptBatch, ReceiptNews
from pabal.domain.message import FailureClass

MAX_ROWS = 10_000
SIGNATURE = "x-toast-webhook-signature"
_RESULT = re.compile(r"[\dE]\d{3}", re.ASCII)
# msgStatus and the word for it; the pairing of 1 and 2 with words is nowhere printed.
_STATES: dict[str, Literal["failed", "open", "done", "cancelled", "duplicate", "advert"]] = {
    **dict.fromkeys(("0", "FAILED"), "failed"),
    **dict.fromkeys(("1", "RESERVED", "2", "SENDING", "7", "RESEND_AD"), "open"),
    **dict.fromkeys(("3", "COMPLETED"), "done"),
    **dict.fromkeys(("4", "CANCEL"), "cancelled"),
    **dict.fromkeys(("5", "DUPLICATED"), "duplicate"),
    **dict.fromkeys(("6", "FAILED_AD"), "advert"),
}
_CANCELLED = Code("취소된 발송이에요", FailureClass.CONFIGURATION)


def verify_webhook(headers: Mapping[str, str], secret: str) -> bool:
    return header_is(headers, SIGNATURE, secret)


def parse_receipts(body: bytes) -> ReceiptBatch:
    """Hooks of one post: results of either product, or 080 opt-outs."""
    post = read_body(body)
    hooks = post.get("hooks") if isinstance(post, dict) else None
    if not isinstance(hooks, list):
        return ReceiptBatch((), junk=1)
    news: list[ReceiptNews] = []
    opted_out: list[OptOut] = []
    junk = max(0, len(hooks) - MAX_ROWS)
    for hook in hooks[:MAX_ROWS]:
        if not isinstance(hook, dict):
            junk += 1
        elif post.get("event") == "UNSUBSCRIBE":
            found = _opt_out(hook)
            junk += found is None
            opted_out += [found] if found else []
        elif "requestId" in hook:
            seen = _state(hook)
            junk += seen is None
            line = None if seen is None else _news(seen, hook)
            news += [line] if line else []
        # else: template reviews and international reports, which aren't about a message of ours
    return ReceiptBatch(tuple(news), junk, tuple(opted_out))


def _state(hook: Mapping[str, Any]) -> RecipientState | None:
    if "kakaoMessageType" in hook:
        return kakao_state(hook, alimtalk_codes.CODES)
    return sms_state(hook, sms_codes.CODES)


def _news(seen: RecipientState, hook: Mapping[str, Any]) -> ReceiptNews | None:
    entry = sms_codes.ERRORS.get(seen.code) if "kakaoMessageType" not in hook else None
    return news_of(seen, opt_out=entry is not None and entry.opt_out)


def sms_state(row: Mapping[str, Any], codes: Mapping[str, Code]) -> RecipientState | None:
    """One message of the SMS product, from a search (`msgStatus`) or a hook (`messageStatus`)."""
    message = message_id(row)
    if message is None:
        return None
    status = _STATES.get(_word(row))
    code = str(row.get("resultCode") or "")[:20]
    at = moment(row.get("resultDate")) or moment(row.get("receiveDate"))
    seen = RecipientState(attempt_key(row), message, NewsState.OTHER, code, at=at)
    match status:
        case "open":
            return RecipientState(seen.attempt_id, message, NewsState.ACCEPTED, code, at=at)
        case "done" if code == sms_codes.DELIVERED:
            return RecipientState(seen.attempt_id, message, NewsState.DELIVERED, code, at=at)
        case "done" | "failed":
            return _failure(seen, code, codes)
        case "cancelled":
            return failed_row(seen, code or "CANCEL", _CANCELLED, state=NewsState.REFUSED)
        case "duplicate":
            return failed_row(seen, sms_codes.DUPLICATE, codes[sms_codes.DUPLICATE])
        case "advert":
            return failed_row(seen, sms_codes.ADVERT_WINDOW, codes[sms_codes.ADVERT_WINDOW])
        case _:
            return seen


def kakao_state(row: Mapping[str, Any], codes: Mapping[str, Code]) -> RecipientState | None:
    """One message of AlimTalk: its result code tells; without one it is on its way, unless it was cancelled."""
    message = message_id(row)
    if message is None:
        return None
    code = str(row.get("resultCode") or "")[:20]
    seen = RecipientState(
        attempt_key(row), message, NewsState.ACCEPTED, code, at=moment(row.get("receiveDate"))
    )
    if row.get("messageStatus") == "CANCEL":
        return failed_row(seen, code or "CANCEL", _CANCELLED, state=NewsState.REFUSED)
    if not code or code in alimtalk_codes.OPEN:
        return seen
    if code == alimtalk_codes.DELIVERED:
        return RecipientState(seen.attempt_id, message, NewsState.DELIVERED, code, at=seen.at)
    refusal = alimtalk_codes.ERRORS.get(code)
    if refusal is not None:
        return failed_row(seen, code, refusal, state=NewsState.REFUSED)
    entry = codes.get(code)
    unlisted = Code(f"통신사 코드 {code}", FailureClass.CONFIGURATION, certain=False)
    return failed_row(seen, code, entry or unlisted)


def _word(row: Mapping[str, Any]) -> str:
    """`msgStatus` comes as a digit in a string, or as a number."""
    value = row.get("msgStatus")
    return str(row.get("messageStatus") or "") if value is None else str(value)


def _failure(seen: RecipientState, code: str, codes: Mapping[str, Code]) -> RecipientState:
    """A refusal at intake stands in the search with its negative code; results that nobody lists stay open."""
    refusal = sms_codes.ERRORS.get(code)
    if refusal is not None:
        return failed_row(seen, code, refusal, state=NewsState.REFUSED)
    entry = codes.get(code)
    if entry is not None:
        return failed_row(seen, code, entry)
    if not _RESULT.fullmatch(code):
        return seen
    unlisted = Code(f"통신사 코드 {code}", FailureClass.CONFIGURATION, certain=False)
    return failed_row(seen, code, unlisted)


def _opt_out(hook: Mapping[str, Any]) -> OptOut | None:
    number, ours = digits(hook.get("recipientNo")), digits(hook.get("unsubscribeNo"))
    return OptOut(number, ours, moment(hook.get("createdDateTime"))) if len(number) >= 8 else None
