"""What may be sent on a day, by class and channel: an ordinary text of each kind before the judges of real sends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from pabal.domain.campaign import Level, MessageClass
from pabal.domain.law.election import MAX_BROADCASTS
from pabal.domain.law.facts import LawFacts, Origin
from pabal.domain.law.judge import BY_ID, LawVerdict, judge
from pabal.domain.law.labels import advert_text, campaign_text

Openness = Literal["open", "conditional", "closed", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the table."""

    message_class: MessageClass
    origin: Origin
    channel: str
    label: str
    how: str


KINDS: Final = (
    Kind(MessageClass.CAMPAIGN, Origin.SELECTION, "lms", "선거운동정보", "자동 동보 · 문자"),
    Kind(MessageClass.CAMPAIGN, Origin.HAND, "lms", "선거운동정보", "20명 이하 직접 고름"),
    Kind(MessageClass.CAMPAIGN, Origin.SELECTION, "alimtalk", "선거운동정보", "카카오"),
    Kind(MessageClass.TURNOUT, Origin.SELECTION, "lms", "투표참여 권유", "문자 · 카카오"),
    Kind(MessageClass.CIVIC, Origin.SELECTION, "lms", "민원·일정 안내", "문자 · 카카오"),
    Kind(MessageClass.GREETING, Origin.SELECTION, "lms", "명절 인사", "문자 · 카카오"),
    Kind(MessageClass.COUNCIL_REPORT, Origin.SELECTION, "lms", "의정활동보고", "문자"),
    Kind(MessageClass.COUNCIL_REPORT, Origin.SELECTION, "alimtalk", "의정활동보고", "카카오"),
    Kind(MessageClass.PARTY_NOTICE, Origin.SELECTION, "lms", "당원 안내", "문자"),
    Kind(MessageClass.COMMERCIAL_AD, Origin.SELECTION, "lms", "영리 광고", "문자"),
    Kind(MessageClass.TRANSACTIONAL, Origin.SELECTION, "alimtalk", "정보성 안내", "문자 · 카카오"),
)
_SALES_ONLY: Final = frozenset({MessageClass.COMMERCIAL_AD, MessageClass.TRANSACTIONAL})
# What holds for some texts only: said beside a class that is otherwise open.
_CONDITIONS: Final = {
    MessageClass.TURNOUT: ("T-06", "지지·반대 내용이 없으면 누구나 보낼 수 있어요."),
    MessageClass.CIVIC: ("T-07", "후보자나 정당 이름이 들어가면 승인자가 먼저 읽어요."),
}
_ORDINARY: Final = "안내 말씀을 드려요."


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    verdict: Openness
    reason: str
    rule: str
    article: str


def what_may_be_sent(base: LawFacts, levels: Mapping[str, Level] | None = None) -> list[Line]:
    """`base` says who and when: class, origin, channel and text are those of each line."""
    return [_line(kind, _facts(kind, base), levels) for kind in KINDS]


def _facts(kind: Kind, base: LawFacts) -> LawFacts:
    text = _ORDINARY
    if kind.message_class is MessageClass.CAMPAIGN and base.candidacy and base.candidacy.reported_number:
        text = campaign_text(text, "", base.candidacy.notice).body
    if kind.message_class is MessageClass.COMMERCIAL_AD and base.advert:
        text = advert_text(text, "", base.advert).body
    candidacy = base.candidacy
    return replace(
        base,
        message_class=kind.message_class,
        origin=kind.origin,
        channel=kind.channel,
        people=10 if kind.origin is Origin.HAND else None,
        text=text,
        subject="",
        sender=candidacy.reported_number if candidacy else base.sender,
    )


def _line(kind: Kind, facts: LawFacts, levels: Mapping[str, Level] | None) -> Line:
    not_ours = _not_applicable(kind, facts)
    if not_ours:
        return Line(kind, "not_applicable", not_ours, "", "")
    found = judge(facts, levels)
    worst = found[0] if found else None
    blocks = [one for one in found if one.level == "block"]
    if [one.rule for one in blocks] == ["A-03"]:
        return _said(kind, "conditional", blocks[0])  # at night it goes to who agreed to that
    if worst is not None and worst.level == "block":
        return _said(kind, "closed", worst)
    if worst is not None and worst.level in {"hold", "warn"} and worst.rule != "E-08":
        return _said(kind, "conditional", worst)
    condition = _CONDITIONS.get(kind.message_class)
    if condition is not None and ("documents" in facts.windows or kind.message_class is MessageClass.TURNOUT):
        rule, reason = condition
        openness: Openness = "open" if kind.message_class is MessageClass.TURNOUT else "conditional"
        return Line(kind, openness, reason, rule, _article(rule))
    return Line(kind, "open", _open_reason(kind, facts), *_open_rule(kind))


def _not_applicable(kind: Kind, facts: LawFacts) -> str:
    if facts.tenant_kind == "camp" and kind.message_class in _SALES_ONLY:
        return "영업 조직만 쓰는 분류예요."
    if kind.message_class is MessageClass.COUNCIL_REPORT and not facts.sitting:
        return "현직 의원으로 등록되어 있지 않아요."
    if kind.message_class is MessageClass.PARTY_NOTICE and not facts.party:
        return "정당·당원협의회 조직만 쓸 수 있어요."
    return ""


def _said(kind: Kind, openness: Openness, verdict: LawVerdict) -> Line:
    return Line(kind, openness, verdict.message, verdict.rule, verdict.article)


def _open_reason(kind: Kind, facts: LawFacts) -> str:
    if kind.message_class is MessageClass.CAMPAIGN and kind.origin is Origin.HAND:
        return "한 명씩 고르면 횟수에 들지 않아요. 수신 거부는 지켜요."
    if kind.message_class is MessageClass.CAMPAIGN and facts.candidacy is not None:
        return f"자격이 유효하고 신고한 번호가 있어요. {MAX_BROADCASTS - facts.candidacy.broadcasts}회 남음."
    return "보낼 수 있어요. 수신 거부는 언제나 지켜요."


def _open_rule(kind: Kind) -> tuple[str, str]:
    if kind.message_class is MessageClass.CAMPAIGN:
        rule = "E-08" if kind.origin is Origin.HAND else "E-02"
        return rule, _article(rule)
    return "", ""


def _article(rule: str) -> str:
    return BY_ID[rule].article


def base_facts(starts_at: datetime, tenant_kind: str) -> LawFacts:
    """Nothing known but the day and who asks."""
    return LawFacts(
        message_class=MessageClass.CIVIC,
        tenant_kind=tenant_kind,
        origin=Origin.SELECTION,
        people=None,
        channel="lms",
        text="",
        subject="",
        sender="",
        starts_at=starts_at,
    )
