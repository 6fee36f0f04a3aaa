"""When one channel gave up on a person: does the next step start, and when?

Rules (docs/dispatch.md, "Fallback"): only a CERTAIN failure of a listed class hands over. Opt-outs,
refusals and policy failures never do and can't be listed; "we have this already" never does. Silence and
presumed failures hand over only if the campaign says in plain words that people may get both ("겹쳐 받을 수
있음"); default off. An attempt that ended `uncertain` is not an input here at all: a person decides it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pabal.domain.message import FailureClass

HOUR = 3600

# How long a carrier itself keeps an accepted message open before it says "timed out" (NHN 2000, Solapi 3040;
# Kakao 3005 "sent, receipt unknown; may arrive within 3 days").
OPEN_STATE_SECONDS = {
    "sms": 25 * HOUR,
    "lms": 80 * HOUR,
    "mms": 80 * HOUR,
    "alimtalk": 72 * HOUR,
    "brand": 72 * HOUR,
}

LISTABLE = frozenset(
    {FailureClass.RETRYABLE, FailureClass.FINAL, FailureClass.CONFIGURATION, FailureClass.CONTENT}
)
# A campaign with two steps and no list: whoever adds a second step wants it when the first can't arrive.
# Faults of our own account and text are left out, because they hit everybody at once and somebody must look.
DEFAULT_CLASSES = frozenset({FailureClass.RETRYABLE, FailureClass.FINAL})


@dataclass(frozen=True, slots=True)
class Step:
    """One channel step of a send.

    `fallback_on` may stand on the step that failed ("on these, go on") or on the one that would start
    ("start on these"); None = not said. `after_seconds` of the starting step delays it; with overlap
    allowed it is also how long silence lasts before it starts (0 = the carrier's own time-out).
    """

    channel: str
    fallback_on: frozenset[FailureClass] | None = None
    after_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """A final failure of an attempt. `certain` = the carrier or handset said no; else presumed."""

    failure_class: FailureClass
    certain: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Accepted, and nothing since."""

    open_seconds: float


class EndReason(StrEnum):
    NO_FURTHER_STEP = "no_further_step"
    POLICY = "policy"  # opt-out, refusal, window
    DUPLICATE = "duplicate"
    PRESUMED = "presumed"  # may still arrive, and overlap is not allowed
    NOT_LISTED = "not_listed"


@dataclass(frozen=True, slots=True)
class Next:
    """Start `step` after `delay_seconds`. `overlap`: the person may get both."""

    step: int
    delay_seconds: int
    overlap: bool


@dataclass(frozen=True, slots=True)
class End:
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing to decide before so many more seconds have passed."""

    seconds: float


Decision = Next | End | Hold


def decide(
    steps: Sequence[Step], step: int, outcome: Failed | Silence, *, may_overlap: bool = False
) -> Decision:
    """What follows the outcome of `steps[step]` for one person."""
    if isinstance(outcome, Failed) and outcome.failure_class in {FailureClass.POLICY, FailureClass.DUPLICATE}:
        policy = outcome.failure_class is FailureClass.POLICY
        return End(EndReason.POLICY if policy else EndReason.DUPLICATE)
    if step + 1 >= len(steps):
        return End(EndReason.NO_FURTHER_STEP)
    following = steps[step + 1]
    if isinstance(outcome, Silence):
        return _after_silence(steps[step], following, outcome, step, may_overlap=may_overlap)
    if not outcome.certain and not may_overlap:
        return End(EndReason.PRESUMED)
    if outcome.failure_class not in listed_classes(steps[step], following):
        return End(EndReason.NOT_LISTED)
    return Next(step + 1, max(0, following.after_seconds), overlap=not outcome.certain)


def _after_silence(
    current: Step, following: Step, silence: Silence, step: int, *, may_overlap: bool
) -> Decision:
    limit = hold_seconds(current.channel)
    if may_overlap:
        limit = following.after_seconds or limit
        if silence.open_seconds >= limit:
            return Next(step + 1, 0, overlap=True)
    elif silence.open_seconds >= limit:
        return End(EndReason.PRESUMED)
    return Hold(limit - silence.open_seconds)


def hold_seconds(channel: str) -> int:
    """How long an accepted message without news counts as open; the longest known where we don't know."""
    return OPEN_STATE_SECONDS.get(channel, 80 * HOUR)


def listed_classes(current: Step, following: Step) -> frozenset[FailureClass]:
    """The classes that hand over from one step to the next; policy and duplicates are taken out always."""
    lists = [s.fallback_on for s in (current, following) if s.fallback_on is not None]
    chosen = frozenset[FailureClass]().union(*lists) if lists else DEFAULT_CLASSES
    return chosen & LISTABLE


def problems(steps: Sequence[Step], *, may_overlap: bool = False) -> tuple[str, ...]:
    """Why a list of steps can't be saved, in Korean."""
    found = []
    if not steps:
        found.append("채널 단계가 하나 이상 있어야 해요.")
    for number, step in enumerate(steps, start=1):
        never = sorted((step.fallback_on or frozenset()) - LISTABLE)
        if never:
            found.append(
                f"{number}단계: 수신거부·정책·중복 실패는 다음 채널로 넘길 수 없어요 ({', '.join(never)})."
            )
        if step.after_seconds < 0:
            found.append(f"{number}단계: 대기 시간은 0초 이상이어야 해요.")
    if may_overlap and len(steps) < 2:
        found.append("‘겹쳐 받을 수 있음’은 단계가 둘 이상일 때만 뜻이 있어요.")
    return tuple(found)
