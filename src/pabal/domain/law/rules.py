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
RULES_VERSION: Final = 4  # raised whenever a row or its judge changes; logged with every verdict


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
        "E-04": "한 회가 무엇인지 법에 없어요. 시작 한 번을 한 회로 세요 (E-03)",
        "E-11": "선거운동 문자에는 밤 시간 제한이 없어요. 밤에 나가면 한 번 더 알려요 (time.night)",
        "E-14": "어느 칸에 서명하는지로 남겨요: 확인서에 국회의원 보좌진 선택이 있어요",
        "E-16": "한 사람이 두 후보자 캠프에 함께 있는지는 조직을 가로질러 봐야 해요",
        "C-09": "이메일로는 보내지 않아요. 카카오는 K-07이 막아요",
        "C-11": "기호는 막지 않아요",
        "C-12": "법이 아니라 셈이에요. 표시를 넣은 뒤의 바이트로 SMS와 LMS를 가려요",
        "T-02": "횟수 제한이 없어요",
        "T-18": "지방자치단체장 조직은 아직 없어요",
        "T-21": "운영자가 pabal sending freeze로 멈춰요",
        "T-22": "N-01과 같이 등록한 번호로만 보내요",
        "T-23": "선거비용 장부는 만들지 않아요. 발송마다 든 돈은 볼 수 있어요",
        "T-24": "읽은 조문에 문자가 없어요. 선거 뒤에는 모든 발송에 까닭이 있어야 해요 (P-09)",
        "T-25": "사람을 지워도 발송 기록의 숫자와 증빙은 남아요",
        "A-08": "C-07, C-08과 같아요",
        "A-10": "운영자가 pabal sending freeze로 멈춰요",
        "A-12": "제재라서 검사할 것이 없어요",
        "A-13": "자동화가 지켜요. 되풀이하는 글에 홍보하는 말이 있으면 다른 사람의 승인을 기다려요",
        "A-14": "침해 사고 신고는 조직과 운영자의 절차예요",
        "N-02": "발송사가 번호를 확인해요",
        "N-03": "발송 건수를 되팔지 않아요",
        "N-04": "발송사의 의무예요",
        "N-05": "발송사 계정은 조직마다 따로예요",
        "K-02": "신고율은 발송사가 알려 주지 않아요",
        "K-03": "친구톡이 없어요",
        "K-04": "브랜드 메시지가 아직 없어요",
        "K-06": "브랜드 메시지가 아직 없어요",
        "K-08": "K-07이 풀려도 C-01~C-05가 카카오에도 걸려요",
        "K-09": "C-10이 문자로 넘어가는 단계를 한 회로 세요",
        "P-02": "동의는 채널과 목적마다 한 줄로 따로 남겨요. 동의서는 조직이 받아요",
        "P-03": "명단의 열을 줄이지는 않아요. 민감한 열은 올릴 때 따로 물어요",
        "P-06": "생년은 나이대로만 써요",
        "P-10": "처리위탁 계약과 공개는 조직의 일이에요",
        "P-11": "처리위탁을 알리는 것은 조직의 일이에요",
        "P-12": "명단은 이 기계에만 있고, 발송사 말고는 아무 데도 보내지 않아요",
        "P-13": "docs/security.md",
        "P-14": "docs/security.md",
        "P-15": "docs/security.md",
        "P-16": "명단을 내려받을 때 까닭을 묻고 남겨요 (docs/security.md)",
        "P-17": "docs/security.md",
        "P-18": "번호를 가려 보여 주고, 누가 열어 봤는지 남겨요 (docs/security.md)",
        "P-19": "유출 신고는 조직과 운영자의 절차예요",
        "P-20": "유출 신고는 조직과 운영자의 절차예요",
        "P-21": "제재라서 검사할 것이 없어요",
        "P-22": "개인정보처리방침과 책임자는 조직이 정해요",
        "P-23": "본인의 요청을 열흘 기한과 함께 한 화면에 모아요 (docs/contacts.md)",
        "P-24": "정기 통지는 아직 없어요",
        "P-25": "이 예외에 기대지 않아요",
        "D-01": "선거일을 셈하는 데 써요 (tests/domain/law/test_election.py)",
        "D-02": "선거일을 셈하는 데 써요 (tests/domain/law/test_election.py)",
        "D-03": "선거기간을 셈하는 데 써요 (tests/domain/law/test_election.py)",
        "D-04": "등록이 열리는 날을 셈하는 데 써요 (tests/domain/law/test_election.py)",
        "D-05": "날수를 세는 법이에요 (tests/domain/law/test_election.py)",
        "D-06": "D-day를 적는 법이에요",
        "D-07": "달력에 들어 있어요 (tests/domain/law/test_election.py)",
        "D-08": "달력에 들어 있어요 (tests/domain/law/test_election.py)",
    }
)
"""Rows of the survey that are no rule here, each with its reason."""

NOT_YET: Final[Mapping[str, str]] = MappingProxyType({})
"""Rows that aren't kept yet, said wherever the rules are listed."""
