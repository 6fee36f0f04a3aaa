"""The rules as data: id, article, what Pabal does, confidence, level, and where each one is looked at. Pure.

Ids are those of docs/compliance.md, which is generated from here. `statute` has no switch; `platform` is a carrier's
contract; `product` is our own (파발 기준) and may be changed by an owner with a reason. Confidence: H read in the statute,
M official guidance or vendor, L from memory, never shown as law.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from pabal.domain.campaign import Level, MessageClass
from pabal.domain.law import words
from pabal.domain.law.facts import LawFacts

Origin = Literal["statute", "platform", "product"]
Stage = Literal["check", "claim", "list", "inbound", "proof"]

STATUTE_AS_OF: Final = date(2026, 10, 2)  # 공직선거법 law 22052 in force
RULES_VERSION: Final = 2  # raised whenever a row or its judge changes; logged with every verdict


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    does: str  # in Korean, what happens
    article: str
    confidence: Literal["H", "M", "L"]
    level: Level
    origin: Origin = "statute"
    stages: tuple[Stage, ...] = ("check",)
    classes: frozenset[MessageClass] | None = None  # None: every class
    channels: frozenset[str] | None = None
    tenants: frozenset[str] | None = None
    window: str = ""  # id of a window of the election calendar

    @property
    def switchable(self) -> bool:
        return self.origin == "product"

    def concerns(self, message_class: MessageClass, channel: str, tenant_kind: str) -> bool:
        return (
            (self.classes is None or message_class in self.classes)
            and (self.channels is None or channel in self.channels)
            and (self.tenants is None or tenant_kind in self.tenants)
        )


CAMPAIGN: Final = frozenset({MessageClass.CAMPAIGN})
OTHERS: Final = frozenset(MessageClass) - CAMPAIGN
ADVERT: Final = frozenset({MessageClass.COMMERCIAL_AD})
TEXTS: Final = frozenset({"sms", "lms", "mms"})
KAKAO: Final = frozenset({"alimtalk", "brand"})
CAMP: Final = frozenset({"camp"})
SALES: Final = frozenset({"sales"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. `level` where it isn't the rule's own: a rule may be milder or stricter by the day."""

    message: str
    level: Level | None = None


Judge = Callable[[LawFacts], Finding | str | None]


def naming(facts: LawFacts, listed: tuple[str, ...], message: str) -> str | None:
    hits = words.found(words.without(facts.content, facts.names, listed), listed)
    return message.format(words=words.quoted(hits)) if hits else None


LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "E-14": "어느 칸에 서명하는지로 남겨요: 확인서에 국회의원 보좌진 선택이 있어요",
        "E-16": "한 사람이 두 후보자 캠프에 함께 있는지는 조직을 가로질러 봐야 해요",
        "C-09": "이메일로는 보내지 않아요. 카카오는 K-07이 막아요",
        "C-11": "기호는 막지 않아요",
        "T-02": "횟수 제한이 없어요",
        "T-18": "지방자치단체장 조직은 아직 없어요",
        "T-21": "운영자가 pabal sending freeze로 멈춰요",
        "T-22": "N-01과 같이 등록한 번호로만 보내요",
        "A-08": "C-07, C-08과 같아요",
        "A-10": "운영자가 pabal sending freeze로 멈춰요",
        "A-12": "제재라서 검사할 것이 없어요",
        "A-14": "침해 사고 신고는 운영 절차예요 (docs/runbook)",
        "N-02": "발송사가 번호를 확인해요",
        "N-03": "발송 건수를 되팔지 않아요",
        "N-05": "발송사 계정은 조직마다 따로예요",
        "K-03": "친구톡이 없어요",
        "K-04": "브랜드 메시지가 아직 없어요",
        "K-06": "브랜드 메시지가 아직 없어요",
        "P-06": "생년은 나이대로만 써요",
    }
)
"""Rows that have no judge here, each with its reason."""

NOT_YET: Final[Mapping[str, str]] = MappingProxyType({})
"""Rows that aren't kept yet, said wherever the rules are listed."""
