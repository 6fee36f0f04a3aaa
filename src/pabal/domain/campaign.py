"""Rules about a whole campaign that are no law: message classes, and what a person sees before launch. Law: `domain.law`.

People pick the class, because its legal meaning is its purpose and software can't see purpose; words found in
the text may only raise the severity, never lower it. Rule ids are those of docs/compliance.md; ids with a dot
are the product's own and are no law. Pure: facts in, verdicts out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from pabal.domain import text
from pabal.domain.template import Variable, parse
from pabal.domain.template import problems as template_problems
from pabal.domain.window import KST, SendWindow, when

NIGHT: Final = (21, 8)  # product quiet hours; law for adverts alone


class MessageClass(StrEnum):
    """Every campaign carries exactly one."""

    CAMPAIGN = "campaign"
    COUNCIL_REPORT = "council_report"
    GREETING = "greeting"
    TURNOUT = "turnout"
    PARTY_NOTICE = "party_notice"
    CIVIC = "civic"
    COMMERCIAL_AD = "commercial_ad"
    TRANSACTIONAL = "transactional"


CLASS_LABELS: Final = {
    MessageClass.CAMPAIGN: "선거운동정보",
    MessageClass.COUNCIL_REPORT: "의정활동보고",
    MessageClass.GREETING: "명절 인사",
    MessageClass.TURNOUT: "투표참여 권유",
    MessageClass.PARTY_NOTICE: "당원 안내",
    MessageClass.CIVIC: "민원·일정 안내",
    MessageClass.COMMERCIAL_AD: "영리 광고",
    MessageClass.TRANSACTIONAL: "정보성 안내",
}
_SALES_ONLY = frozenset({MessageClass.COMMERCIAL_AD, MessageClass.TRANSACTIONAL})

Level = Literal["block", "hold", "warn", "label", "ok"]
LEVEL_ORDER: Final[Sequence[Level]] = ("block", "hold", "warn", "label", "ok")


@dataclass(frozen=True, slots=True)
class Verdict:
    rule: str
    level: Level
    message: str
    article: str = ""  # of the law, or whose rule it is


@dataclass(frozen=True, slots=True)
class SendFacts:
    """What the rules look at: a whole send, and one of its channel steps."""

    message_class: MessageClass
    tenant_kind: str  # camp, sales
    rehearse: bool
    channel: str
    body: str
    subject: str
    starts_at: datetime
    not_after: datetime | None
    sender_ready: bool
    sandbox: bool  # the account is the simulator
    left_out: str = ""  # why this step (AlimTalk) doesn't go out now; the others go without it
    template_chosen: bool = True  # AlimTalk has no text of its own
    window: SendWindow | None = None  # hours in which it goes out

    @property
    def begins_at(self) -> datetime:
        """When the first person gets it."""
        return self.starts_at if self.window is None else self.window.opens_at(self.starts_at)


def send_verdicts(facts: SendFacts) -> tuple[Verdict, ...]:
    """All verdicts about a send of one step that need no look at the audience, worst first."""
    return in_order([*whole_verdicts(facts), *step_verdicts(facts)])


def whole_verdicts(facts: SendFacts) -> tuple[Verdict, ...]:
    """What holds whatever is said on which channel: class and time."""
    return (*_class_verdicts(facts), *_time_verdicts(facts))


def step_verdicts(facts: SendFacts) -> tuple[Verdict, ...]:
    """What one channel step says and through which sender. A step that is left out is only named."""
    if facts.left_out:
        return (Verdict("kakao.left_out", "warn", facts.left_out),)
    if facts.channel == "alimtalk" and not facts.template_chosen:
        return (Verdict("kakao.template", "block", "알림톡 템플릿을 골라 주세요."),)
    return (*_text_verdicts(facts), *_sender_verdicts(facts))


def of_steps(found: Sequence[Sequence[Verdict]]) -> list[Verdict]:
    """The steps' verdicts as one list: what is said of every step stands there once, the rest names its step."""
    if len(found) == 1:
        return list(found[0])
    common = set.intersection(*(set(verdicts) for verdicts in found)) if found else set()
    shared = [verdict for verdict in (found[0] if found else ()) if verdict in common]
    own = [
        replace(verdict, message=f"{number}단계: {verdict.message}")
        for number, verdicts in enumerate(found, start=1)
        for verdict in verdicts
        if verdict not in common
    ]
    return [*shared, *own]


def fallback_verdicts(sandbox: Sequence[bool], *, may_overlap: bool) -> tuple[Verdict, ...]:
    """What a person must know about going on from one step to the next. `sandbox`: per step that goes out, is it the
    simulator's?"""
    if not sandbox:
        message = "보낼 수 있는 단계가 없어요. 문자 단계를 더하거나 카카오 채널을 확인받아 주세요."
        return (Verdict("fallback.nothing_left", "block", message),)
    if len(sandbox) == 1:
        return ()
    if any(sandbox) and not all(sandbox):
        # The simulator says "delivered", so the real step behind it would reach nobody.
        message = "연습용 발송사와 실제 발송사를 한 발송에 섞을 수 없어요. 발신번호나 템플릿을 바꿔 주세요."
        return (Verdict("fallback.mixed", "block", message),)
    if may_overlap:
        message = "받았는지 끝내 알 수 없는 사람에게도 다음 단계를 보내요. 둘 다 받는 사람이 있을 수 있어요."
        return (Verdict("fallback.overlap", "warn", message),)
    return (Verdict("fallback.certain", "ok", "못 받은 것이 확실한 사람에게만 다음 단계를 보내요."),)


def holds(verdicts: Sequence[Verdict]) -> list[str]:
    """Ids of the rules that hold a send, sorted: what somebody takes upon themselves by approving it."""
    return sorted({verdict.rule for verdict in verdicts if verdict.level == "hold"})


def in_order(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    return tuple(sorted(verdicts, key=lambda verdict: LEVEL_ORDER.index(verdict.level)))


def _class_verdicts(facts: SendFacts) -> Iterator[Verdict]:
    """Which tenants have which class; who may send it is the law's (`domain.law`)."""
    label = CLASS_LABELS[facts.message_class]
    if facts.tenant_kind == "camp" and facts.message_class in _SALES_ONLY:
        yield Verdict(
            "class.tenant", "block", f"‘{label}’은 영업 조직만 쓰는 분류예요. 알맞은 분류를 골라 주세요."
        )
    else:
        yield Verdict("class.tenant", "ok", f"‘{label}’로 보내요.")


def _text_verdicts(facts: SendFacts) -> Iterator[Verdict]:
    """What is wrong whoever receives it: judged on the text without its variables."""
    if not facts.body.strip():
        yield Verdict("text.empty", "block", "보낼 내용이 비어 있어요.")
        return
    template = parse(facts.body)
    for message in template_problems(template):
        yield Verdict("text.variables", "block", message)
    literal = literal_text(facts.body) or "·"  # a body of variables alone is judged person by person
    kind = "lms" if becomes_lms(facts.channel, facts.body, facts.subject) else facts.channel
    for problem in text.problems(kind, literal, facts.subject):
        yield Verdict(f"text.{problem.code}", problem.level, problem.message_ko)


def _sender_verdicts(facts: SendFacts) -> Iterator[Verdict]:
    kakao = facts.channel == "alimtalk"
    if not facts.sender_ready:
        yield Verdict("N-01", "block", "등록이 끝난 발신번호가 없어요. 발신번호를 먼저 등록해 주세요.")
    elif facts.sandbox:
        yield Verdict(
            "sender.sandbox",
            "label" if facts.rehearse else "warn",
            "모의 발송사로 나가요. 실제 전화에는 닿지 않아요.",
        )
    else:
        by = "등록된 카카오 채널과 승인된 템플릿으로" if kakao else "등록된 발신번호로"
        yield Verdict("N-01", "ok", f"{by} 보내요.")


def _time_verdicts(facts: SendFacts) -> Iterator[Verdict]:
    if facts.not_after is not None and facts.not_after <= facts.starts_at:
        yield Verdict("time.not_after", "block", "보내기를 마칠 때가 시작보다 앞서요.")
    elif facts.window is not None and facts.begins_at > facts.starts_at:
        yield _outside(facts, facts.window)
    hour = facts.begins_at.astimezone(KST).hour
    if facts.message_class is MessageClass.COMMERCIAL_AD:
        return  # A-03 says it, and is law
    if hour >= NIGHT[0] or hour < NIGHT[1]:
        yield Verdict("time.night", "warn", "밤 9시에서 아침 8시 사이에 나가요. 지금 보낼지 확인해 주세요.")


def _outside(facts: SendFacts, window: SendWindow) -> Verdict:
    """It would start while its hours are over, or haven't begun."""
    begins = when(facts.begins_at)
    if facts.not_after is not None and facts.not_after <= facts.begins_at:
        message = (
            f"보내는 시간대({window.hours})는 {begins}에 열리는데 보내기를 마칠 때가 그보다 앞서요."
            " 마칠 때를 늦추거나 시간대를 바꿔 주세요."
        )
        return Verdict("time.window", "block", message)
    message = f"보내는 시간대({window.hours})가 아니라서 {begins}에 보내기 시작해요."
    return Verdict("time.window", "warn", message)


def literal_text(body: str) -> str:
    """The text without its variables."""
    return "".join(part for part in parse(body).parts if not isinstance(part, Variable))


def becomes_lms(channel: str, body: str, subject: str) -> bool:
    """Is it LMS for everyone? Else `sms` means: SMS, and LMS for whom the finished text is longer."""
    if channel == "alimtalk":
        return False
    return channel == "lms" or bool(subject.strip()) or text.byte_length(literal_text(body)) > text.SMS_BYTES


REASON_LABELS: Final = {
    "erased": "지운 사람",
    "merged": "합쳐진 사람",
    "no_address": "번호 없음",
    "suppressed": "수신 거부",
    "no_basis": "보낼 근거가 없는 명단",
    "other_purpose": "다른 목적으로 받은 연락처",
    "no_consent": "광고 수신 동의가 없거나 2년이 지남",
    "no_night_consent": "밤에 광고를 받겠다는 동의가 없거나 2년이 지남",
    "missing_variable": "변수에 넣을 값 없음",
    "not_encodable": "문자로 보낼 수 없는 글자",
    "too_long": "너무 긴 문자",
    "notice_missing": "법에서 정한 표시 없음",
    "same_address": "중복 번호",
}
"""What people read for `domain.message.SkipReason`; a test compares the two."""
