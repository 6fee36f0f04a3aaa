"""Rules about lists: where they may not come from, and which tags say what somebody thinks. Pure."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final, Literal, LiteralString

from pabal.domain.campaign import MessageClass
from pabal.domain.law import words

# Of consents, as they are kept; browsers show words for them.
ADVERT_PURPOSE: Final = "marketing"
NIGHT_PURPOSE: Final = (
    "marketing_night"  # adverts from 21:00 to 08:00 want one of their own (정보통신망법 제50조 3항)
)
SENSITIVE_PURPOSE: Final = "sensitive"  # that political opinion may be kept
# 선거인명부·세대주명단 (제46조 4항), 휴대전화 가상번호 (제57조의8): as a camp would write where a list comes from.
_ROLLS: Final = ("선거인명부", "선거인 명부", "세대주명단", "세대주 명단")
_VIRTUAL: Final = ("가상번호", "가상 번호", "안심번호", "안심 번호")
# For Python's `re` and for PostgreSQL's: what a basis or a source says that lets nothing be sent. The rolls above, and that
# there is none (any more).
NO_BASIS: Final[LiteralString] = (
    "선거인 ?명부|세대주 ?명단|가상 ?번호|안심 ?번호|근거 ?(가 )?없|동의 ?(를 )?(철회|거부|안 ?함|하지 ?않|받지 ?않)|미동의"
)


# What somebody's data was collected for, as it was told to them (개인정보 보호법 제15조 2항): one word per idea.
Purpose = Literal["campaign", "report", "party", "civic", "info", "marketing"]
PURPOSES: Final[Mapping[str, str]] = {
    "campaign": "선거운동 안내",
    "report": "의정활동 보고",
    "party": "당원 안내",
    "civic": "공지·일정 안내",
    "info": "거래·서비스 안내",
    "marketing": "광고",
}
_OWN_NEWS: Final[tuple[Purpose, ...]] = (
    "campaign",
    "civic",
    "party",
    "report",
)  # of an office and its people, not of a shop
# Whom a class may be sent to: whoever was told one of these (P-07; a report's list isn't the campaign's, open question 7 of
# the survey). A greeting or a call to vote sells and supports nothing: any list of the office's own news will do. An advert
# asks each person's own newest word about adverts instead: that is a purpose agreed to apart, whatever the card says.
COLLECTED_FOR: Final[Mapping[MessageClass, tuple[Purpose, ...]]] = {
    MessageClass.CAMPAIGN: ("campaign",),
    MessageClass.COUNCIL_REPORT: ("report",),
    MessageClass.GREETING: _OWN_NEWS,
    MessageClass.TURNOUT: _OWN_NEWS,
    MessageClass.PARTY_NOTICE: ("party",),
    MessageClass.CIVIC: ("civic",),
    MessageClass.COMMERCIAL_AD: (),
    MessageClass.TRANSACTIONAL: ("info",),
}


def other_purpose(told: Iterable[str], message_class: MessageClass) -> bool:
    """Was somebody's data collected for something else (P-07)? Nothing told is nothing known: the check counts those."""
    known, wanted = frozenset(told), COLLECTED_FOR[message_class]
    return bool(known and wanted) and known.isdisjoint(wanted)


def untold(people: int) -> str:
    """What the check says of whom nobody has told a purpose."""
    return (
        f"{people:,}명은 무엇에 쓰려고 받은 연락처인지 적혀 있지 않아요. 받은 목적과 다른 발송이 아닌지 확인해 주세요."
        " 연락처에서 모두 골라 ‘받은 목적’을 적으면 목적이 다른 발송에서 저절로 빠져요."
    )


def source_fault(source: str) -> tuple[str, str, str] | None:
    """(rule, what is wrong, the mend) of a list's stated source."""
    if words.found(source, _ROLLS):
        return (
            "T-20",
            "선거인명부나 세대주명단은 문자를 보내는 데 쓸 수 없어요 (공직선거법 제46조 4항)",
            "다른 경로로 받은 명단만 올려 주세요.",
        )
    if words.found(source, _VIRTUAL):
        return (
            "T-19",
            "휴대전화 가상번호는 경선과 여론조사에만 쓸 수 있어요 (공직선거법 제57조의8)",
            "당사자에게 직접 받은 번호만 올려 주세요.",
        )
    return None


def sensitive(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags that tell of political opinion or party membership (개인정보 보호법 제23조 1항), sorted."""
    return tuple(sorted(tag for tag in tags if words.found(tag, words.SENSITIVE)))


def tags_of(filter_: Mapping[str, Any]) -> frozenset[str]:
    """Names of tags that a filter selects by, wherever they stand in it. Selecting people who haven't a tag says nothing."""
    if filter_.get("field") == "tag" and filter_.get("op") in {"has", "in", "eq", "contains"}:
        value = filter_.get("value")
        return frozenset([value] if isinstance(value, str) else value or ())
    found: set[str] = set()
    for key in ("all", "any"):
        for inner in filter_.get(key) or ():
            found |= tags_of(inner)
    return frozenset(found)


RUN: Final = 20  # ours: so many numbers one after another are nobody's neighbours
SHARE: Final = 0.3
ENOUGH: Final = 100  # below that a block of a company's own lines would be suspected


def made_up(numbers: Iterable[str]) -> int:
    """How many mobile numbers of a list stand in long rows, one after another; 0 where that is a small part of it (C-08:
    공직선거법 제82조의5 6항, 정보통신망법 제50조 5항).

    Of 100,000 real numbers one in a thousand has its neighbour in the list, and no twenty in a row.

    >>> made_up(f"0102{number:07}" for number in range(100))
    100
    """
    found = sorted({int(number) for number in numbers if number.startswith("010")})
    if len(found) < ENOUGH:
        return 0
    standing, length = 0, 1
    for before, after in pairwise([*found, -1]):
        if after == before + 1:
            length += 1
            continue
        standing += length if length >= RUN else 0
        length = 1
    return standing if standing >= SHARE * len(found) else 0
