"""What a person's decision about somebody changes of whom nobody can say whether the message went out. Pure.

The unit of quota was kept while nobody knew. Every decision settles it: the carrier may have sent, and charged for, the
message, and units that nobody waits for any more must not stay reserved for ever.
"""

from enum import StrEnum
from typing import Literal

from pabal.domain.message import AttemptState, MessageState
from pabal.domain.news import NOTHING, Change, News, Standing

CLOSED = "closed_by_person"
RESENT = "resent_by_person"


class Decision(StrEnum):
    ADOPT = "adopt"  # it went out: from here on like any accepted message, receipts and all
    RESEND = "resend"  # another try on the same step, through the gate, for another unit; may arrive twice
    CLOSE = "close"  # leave it: counted as failed, until a receipt says otherwise


def as_news(seq: int, n: int, decision: Decision) -> News:
    """How the decision is written to the attempt. `resend` leaves it uncertain: what comes in about it later is news about
    an older try (`domain.news`). `close` is a presumed failure, which a late receipt may correct."""
    match decision:
        case Decision.ADOPT:
            return News(seq, n, AttemptState.ACCEPTED)
        case Decision.RESEND:
            return News(seq, n, AttemptState.UNCERTAIN, code=RESENT)
        case Decision.CLOSE:
            return News(seq, n, AttemptState.FAILED, presumed=True, code=CLOSED)


def resolve(standing: Standing, n: int, decision: Decision) -> Change:
    """NOTHING unless attempt `n` is the newest and it and its message are uncertain now: a receipt may have been faster."""
    uncertain = standing.message is MessageState.UNCERTAIN and standing.attempt is AttemptState.UNCERTAIN
    if not uncertain or standing.latest != n:
        return NOTHING
    quota: Literal["settled"] | None = "settled" if standing.quota == "reserved" else None
    attempt = as_news(0, n, decision).state
    match decision:
        case Decision.ADOPT:
            return Change(attempt, quota, MessageState.ACCEPTED)
        case Decision.RESEND:
            return Change(attempt, quota, MessageState.QUEUED, retry_step=standing.step)
        case Decision.CLOSE:
            return Change(attempt, quota, MessageState.FAILED, CLOSED)
