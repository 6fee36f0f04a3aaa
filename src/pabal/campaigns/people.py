"""One person of a campaign, as somebody of a given role may see them."""

from collections.abc import Mapping
from typing import Any

from pabal.dispatch import MessageLine, Products, meaning
from pabal.domain.campaign import REASON_LABELS
from pabal.domain.name import mask_name
from pabal.domain.phone import format_phone, mask_phone
from pabal.domain.resolve import CLOSED

STATE_LABELS: Mapping[str, str] = {
    "queued": "대기",
    "sending": "보내는 중",
    "accepted": "접수됨",
    "delivered": "도달",
    "failed": "실패",
    "skipped": "뺌",
    "uncertain": "결과 모름",
    "cancelled": "취소",
    "expired": "기한 지남",
}


def name_and_phone(line: MessageLine, *, unmasked: bool) -> tuple[str, str]:
    """Empty once erased."""
    person = line.person or {}
    name = str(person.get("name") or "")
    phones = person.get("phones") or []
    phone = str(phones[line.address_no]) if line.address_no < len(phones) else ""
    if unmasked:
        return name, format_phone(phone) if phone else ""
    return mask_name(name) if name else "", mask_phone(phone) if phone else ""


def text_for(text: str | None, person: Mapping[str, Any] | None, *, unmasked: bool) -> str | None:
    """The finished text; what identifies its reader is masked for who may not see it."""
    if text is None or unmasked or person is None:
        return text
    name = str(person.get("name") or "")
    if name:
        text = text.replace(name, mask_name(name))
    for phone in person.get("phones") or ():
        masked = mask_phone(str(phone))
        text = text.replace(format_phone(str(phone)), masked).replace(str(phone), masked)
    for value in (person.get("attributes") or {}).values():
        if len(str(value)) > 1:  # one character identifies nobody and would tear the text to pieces
            text = text.replace(str(value), "•••")
    return text


# Why nobody knows, and what a person made of it (`dispatch.asking`, `dispatch.takeover`, `domain.resolve`).
UNCERTAIN_LABELS: Mapping[str, str] = {
    "missing_at_carrier": "발송사에 접수는 됐는데 이 사람만 보이지 않음",
    "caller_not_gone": "보내던 서버가 멈췄는지 확인할 수 없음",
    "carrier_silent": "발송사가 한 시간 넘게 답하지 않음",
    "unknown": "결과를 알 수 없음",
    CLOSED: "결과를 모른 채 닫음",
}
# What was asked and what it came to; other notes are tags of the carrier's answer and stay as they are.
QUESTION_LABELS: Mapping[str, str] = {
    "carrier can't be asked": "발송사에 물었지만 답이 없음",
    "group not found": "발송사에서 발송 묶음을 찾지 못함",
    "people missing at the carrier": "발송 묶음에 없는 사람이 있음",
    "not known there": "발송사가 모르는 사람이 있음",
    "recipients missing from the answer": "발송사의 답에 빠진 사람이 있음",
    "delete refused": "발송 묶음을 지우려 했지만 거절됨",
    "deleted, read again": "발송 묶음을 지우고 다시 확인함",
    "its caller may still send it": "보내던 서버가 아직 보낼 수도 있음",
    "taken over": "다른 서버가 이어받음",
    "repeated": "같은 요청을 같은 열쇠로 되풀이함",
    "timeout": "발송사의 답을 기다리다 시간이 지남",
    "read_timeout": "발송사의 답을 기다리다 시간이 지남",
    "read_error": "답을 받기 전에 연결이 끊김",
    "remote_protocol_error": "답을 받기 전에 연결이 끊김",
}


def reason_label(reason: str | None, products: Products = ()) -> str:
    """A carrier's code in the words of the `products` that the send goes through; what nobody lists stays as it is."""
    reason = reason or ""
    label = REASON_LABELS.get(reason) or UNCERTAIN_LABELS.get(reason)
    if label is None:
        found = meaning(products, code_in(reason))
        label = reason if found is None else f"{found.meaning_ko.rstrip('.')} ({code_in(reason)})"
    return label


def reason_mend(reason: str | None, products: Products) -> str:
    """What somebody can do about a carrier's code; "": nothing, or it is no code."""
    reason = reason or ""
    if reason in REASON_LABELS or reason in UNCERTAIN_LABELS:
        return ""
    found = meaning(products, code_in(reason))
    return "" if found is None else found.mend_ko


def code_in(reason: str) -> str:
    """The carrier's code in a message's reason or in a send's hold (`errors:3054`)."""
    kind, colon, code = reason.partition(":")
    return code if colon and kind in {"errors", "carrier"} else reason


def check_label(check: str) -> str:
    return "발송 상태" if check == "send" else reason_label(check)


def question_label(note: str) -> str:
    return QUESTION_LABELS.get(note, note)
