"""Texts that the law wants somebody to get, ready to be sent. Pure."""

from collections.abc import Iterable
from datetime import date

from pabal.domain.law.lists import NIGHT_PURPOSE, PURPOSES

_DONE = {
    "granted": "{what} 수신에 동의하셨고, 동의로 처리했어요.",
    "withdrawn": "{what} 수신 동의를 철회하셨고, 철회로 처리했어요.",
    "refused": "수신을 거부하셨고, 거부로 처리했어요. 더는 광고를 보내지 않아요.",
}


def source_answer(
    tenant: str, basis: str, source: str, obtained_on: date, purposes: Iterable[str] = ()
) -> str:
    """The answer to "제 번호는 어떻게 아셨나요?": source, purpose, the right to stop (개인정보 보호법 제20조 1항, P-08).

    A text to send back as it is. Nothing about the person in it but what they asked for. `purposes`: what the data was
    collected for; nothing where nobody has written it down.
    """
    what_for = ", ".join(PURPOSES[one] for one in purposes) or "안내"
    return (
        f"{tenant}입니다. 연락처는 {_day(obtained_on)}에 ‘{source}’에서 받았고, 근거는 ‘{basis}’입니다."
        f" 쓰는 목적은 ‘{what_for}’이고, 다른 데에는 쓰지 않습니다."
        " 더 받지 않으시려면 ‘수신거부’라고 답장해 주세요. 바로 멈추고, 지워 달라고 하시면 지웁니다."
    )


def outcome_notice(tenant: str, state: str, purpose: str, on: date) -> str:
    """정보통신망법 시행령 제62조의2: who tells it, what was said and when, what became of it (A-06)."""
    return f"{tenant}입니다. {_day(on)}에 {_DONE[state].format(what=_what(purpose))}"


def _what(purpose: str) -> str:
    """Of a consent: adverts, or those at night (밤 9시~아침 8시)."""
    return "야간(밤 9시~아침 8시) 광고성 정보" if purpose == NIGHT_PURPOSE else "광고성 정보"


def reconfirm_notice(tenant: str, purpose: str, on: date) -> str:
    """정보통신망법 시행령 제62조의3: who asks, when they agreed, how to keep or take it back (A-07)."""
    return (
        f"{tenant}입니다. {_day(on)}에 {_what(purpose)} 수신에 동의하셨어요. 계속 받으시려면 ‘동의’, 그만 받으시려면"
        " ‘수신거부’라고 답장해 주세요."
    )


def _day(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일"
