"""What one piece of news about one attempt changes: the attempt, its unit of quota, the message, an incident.

News comes from answers, receipts, polls and questions alike, in any order and more than once; this is the one place that
says what it means. Pure, so that any order can be tried (tests/domain/test_news.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pabal.domain.fallback import Failed, Next, Step, decide
from pabal.domain.message import AttemptState, FailureClass, MessageState, rank

MAX_TRIES_ON_REFUSAL = 5  # of one step, while the carrier refuses with a retryable code
RETRY_BASE_SECONDS = 5
RETRY_LIMIT_SECONDS = 300

# Moves between states of equal rank that are news all the same.
_LOW_MOVES = frozenset(
    {
        (AttemptState.INTENT, AttemptState.VOIDED),
        (AttemptState.INTENT, AttemptState.ERRORED),
        (AttemptState.UNKNOWN, AttemptState.VOIDED),
        (AttemptState.UNKNOWN, AttemptState.ERRORED),
        (AttemptState.UNKNOWN, AttemptState.UNCERTAIN),
    }
)
_REFUTED = frozenset({AttemptState.VOIDED, AttemptState.ERRORED})
_SAYS_NO = frozenset({AttemptState.VOIDED, AttemptState.ERRORED, AttemptState.FAILED})
_ARRIVED = frozenset({AttemptState.ACCEPTED, AttemptState.DELIVERED})
_FINAL = frozenset({AttemptState.DELIVERED, AttemptState.FAILED})


class News(NamedTuple):
    """What somebody says about attempt `n` of message `seq`."""

    seq: int
    n: int
    state: AttemptState
    presumed: bool = False
    code: str = ""
    failure_class: FailureClass | None = None
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger holds about the attempt and its message, under lock."""

    attempt: AttemptState
    presumed: bool
    quota: str  # none, reserved, settled, released
    message: MessageState
    latest: int  # n of the message's newest attempt
    step: int
    arrived: bool = False  # another try of this message has


@dataclass(frozen=True, slots=True)
class Change:
    """What to write. None in a field means: leave it."""

    attempt: AttemptState | None = None
    quota: Literal["settled", "released"] | None = None
    message: MessageState | None = None
    reason: str | None = None
    retry_step: int | None = None  # the message goes back to queued and is due again on this step
    retry_after: float = 0.0
    spread: bool = False  # `retry_after` is the longest wait: a random moment of it, one for a whole batch
    drop_retry: bool = False
    incident: Literal["maybe_twice", "contradicting_final", "overlap"] | None = None


NOTHING = Change()


def is_news(standing: Standing, news: News) -> bool:
    if standing.attempt in _REFUTED:
        return False
    if (standing.attempt, news.state) in _LOW_MOVES:
        return True
    return rank(news.state, presumed=news.presumed) > rank(standing.attempt, presumed=standing.presumed)


def apply(standing: Standing, news: News, steps: Sequence[Step], *, may_overlap: bool = False) -> Change:
    """The change that `news` makes. NOTHING for repeats and for what is older than what we hold."""
    if standing.attempt in _REFUTED and news.state in _ARRIVED:
        return Change(incident="maybe_twice")
    if (
        standing.attempt in _FINAL
        and not standing.presumed
        and news.state in _FINAL
        and news.state is not standing.attempt
    ):
        return Change(incident="contradicting_final")
    if not is_news(standing, news):
        return NOTHING
    quota: Literal["settled", "released"] | None = None
    if standing.quota == "reserved":
        if news.state in _REFUTED:
            quota = "released"
        elif news.state in _ARRIVED or news.state is AttemptState.FAILED:
            quota = "settled"
    if news.n != standing.latest:
        return _older_attempt(standing, news, quota)
    return _newest_attempt(standing, news, quota, steps, may_overlap=may_overlap)


def _older_attempt(standing: Standing, news: News, quota: Literal["settled", "released"] | None) -> Change:
    """News about a try that a later one has replaced: it can only add a success, or show an overlap."""
    if news.state is not AttemptState.DELIVERED:
        return Change(attempt=news.state, quota=quota)
    if standing.message in {MessageState.QUEUED, MessageState.FAILED}:
        return Change(attempt=news.state, quota=quota, message=MessageState.DELIVERED, drop_retry=True)
    return Change(attempt=news.state, quota=quota, incident="overlap")


def _newest_attempt(
    standing: Standing,
    news: News,
    quota: Literal["settled", "released"] | None,
    steps: Sequence[Step],
    *,
    may_overlap: bool,
) -> Change:
    if standing.arrived and news.state in _SAYS_NO:
        # The older success came while this try was under way, and was an overlap until now.
        return Change(attempt=news.state, quota=quota, message=MessageState.DELIVERED, drop_retry=True)
    match news.state:
        case AttemptState.ACCEPTED:
            return Change(attempt=news.state, quota=quota, message=MessageState.ACCEPTED)
        case AttemptState.DELIVERED:
            return Change(attempt=news.state, quota=quota, message=MessageState.DELIVERED, drop_retry=True)
        case AttemptState.VOIDED:
            return Change(attempt=news.state, quota=quota, message=MessageState.QUEUED)
        case AttemptState.UNCERTAIN:
            return Change(attempt=news.state, message=MessageState.UNCERTAIN, reason=news.code or "unknown")
        case AttemptState.ERRORED | AttemptState.FAILED:
            return _failure(standing, news, quota, steps, may_overlap=may_overlap)
        case _:  # intent and unknown say nothing about the person yet
            return Change(attempt=news.state)


def _failure(
    standing: Standing,
    news: News,
    quota: Literal["settled", "released"] | None,
    steps: Sequence[Step],
    *,
    may_overlap: bool,
) -> Change:
    if standing.message is MessageState.QUEUED:
        # What comes next is decided already: after silence, or by a person. A late word about the same try doesn't change it.
        return Change(attempt=news.state, quota=quota)
    failure_class = news.failure_class or FailureClass.FINAL
    refused = news.state is AttemptState.ERRORED
    if refused and failure_class is FailureClass.RETRYABLE and standing.latest < MAX_TRIES_ON_REFUSAL:
        delay = min(RETRY_LIMIT_SECONDS, RETRY_BASE_SECONDS * 2 ** (standing.latest - 1))
        return Change(
            attempt=news.state,
            quota=quota,
            message=MessageState.QUEUED,
            retry_step=standing.step,
            retry_after=delay,
            spread=True,
        )
    decision = decide(
        steps,
        standing.step,
        Failed(failure_class, certain=not news.presumed, code=news.code),
        may_overlap=may_overlap,
    )
    if isinstance(decision, Next):
        return Change(
            attempt=news.state,
            quota=quota,
            message=MessageState.QUEUED,
            retry_step=decision.step,
            retry_after=decision.delay_seconds,
        )
    return Change(
        attempt=news.state, quota=quota, message=MessageState.FAILED, reason=news.code or failure_class.value
    )
