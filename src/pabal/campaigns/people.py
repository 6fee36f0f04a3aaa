"""One person of a campaign, as somebody of a given role may see them."""

from collections.abc import Mapping
from typing import Any

from pabal.dispatch import MessageLine
from pabal.domain.campaign import REASON_LABELS
from pabal.domain.name import mask_name
from pabal.domain.phone import format_phone, mask_phone

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


def reason_label(reason: str | None) -> str:
    """A carrier's code or a reason that only engineers read stays as it is."""
    return REASON_LABELS.get(reason or "", reason or "")
