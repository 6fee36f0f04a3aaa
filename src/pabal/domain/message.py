"""States of messages and attempts, and the one table of legal transitions.

A *message* is one person in one send; an *attempt* is one try on one channel. Rules: docs/dispatch.md.
SQL repeats the expected old state in its WHERE; `can_move` is what those WHEREs are checked against in tests.
"""

from enum import StrEnum


class MessageState(StrEnum):
    """Where one person of a send stands. Terminal states end the person's story in this send."""

    QUEUED = "queued"  # waits for a claim (first try, or the next channel after a fallback)
    SENDING = "sending"  # claimed: intent committed, the carrier may be called
    ACCEPTED = "accepted"  # the carrier took it; waiting for the receipt
    DELIVERED = "delivered"
    FAILED = "failed"  # certain, or presumed (`attempt.presumed`), see AttemptState
    SKIPPED = "skipped"  # never sent, first reason stored
    UNCERTAIN = "uncertain"  # nobody can say whether it went out: a person decides
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # still queued when the send's notAfter passed


TERMINAL_MESSAGE_STATES = frozenset(
    {
        MessageState.DELIVERED,
        MessageState.FAILED,
        MessageState.SKIPPED,
        MessageState.UNCERTAIN,
        MessageState.CANCELLED,
        MessageState.EXPIRED,
    }
)

_S = MessageState
MESSAGE_MOVES: frozenset[tuple[MessageState, MessageState]] = frozenset(
    {
        (_S.QUEUED, _S.SENDING),
        (_S.QUEUED, _S.SKIPPED),
        (_S.QUEUED, _S.CANCELLED),
        (_S.QUEUED, _S.EXPIRED),
        (_S.SENDING, _S.QUEUED),  # voided claim, refusal that may be retried, DELETED group
        (_S.SENDING, _S.ACCEPTED),
        (_S.SENDING, _S.DELIVERED),  # the receipt overtook the answer
        (_S.SENDING, _S.FAILED),
        (_S.SENDING, _S.UNCERTAIN),
        (_S.ACCEPTED, _S.DELIVERED),
        (_S.ACCEPTED, _S.FAILED),
        (_S.ACCEPTED, _S.QUEUED),  # certain failure that starts the next channel
        (_S.FAILED, _S.DELIVERED),  # only from a presumed failure
        (_S.FAILED, _S.QUEUED),  # a fallback step, or a person's resend
        (_S.UNCERTAIN, _S.ACCEPTED),  # adopted
        (_S.UNCERTAIN, _S.DELIVERED),
        (_S.UNCERTAIN, _S.FAILED),  # closed, or a late receipt
        (_S.UNCERTAIN, _S.QUEUED),  # a person's resend, with a reason
    }
)


def can_move(old: MessageState, new: MessageState) -> bool:
    return (old, new) in MESSAGE_MOVES


class AttemptState(StrEnum):
    """What we know of one try. The order of `rank` decides which news is newer than what we hold."""

    INTENT = "intent"  # committed before the carrier is called
    VOIDED = "voided"  # certainly never reached the carrier
    UNKNOWN = "unknown"  # called, no answer that can be trusted
    ERRORED = "errored"  # refused, may be retried
    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"  # asked, and asking can't settle it
    FAILED = "failed"
    DELIVERED = "delivered"


def rank(state: AttemptState, *, presumed: bool = False) -> int:
    """Receipts never move an attempt backwards: news applies only if its rank is higher.

    intent < unknown, uncertain < accepted < presumed failed < delivered | failed (docs/dispatch.md).
    """
    if state is AttemptState.FAILED and presumed:
        return 4
    return {
        AttemptState.INTENT: 0,
        AttemptState.VOIDED: 0,
        AttemptState.ERRORED: 0,
        AttemptState.UNKNOWN: 1,
        AttemptState.UNCERTAIN: 1,
        AttemptState.ACCEPTED: 3,
        AttemptState.FAILED: 5,
        AttemptState.DELIVERED: 5,
    }[state]


class FailureClass(StrEnum):
    """Why a carrier or handset said no. Decides retry, fallback and who can mend it."""

    RETRYABLE = "retryable"  # busy, shadow, full: worth another try or another channel
    FINAL = "final"  # no such number, no such user
    CONFIGURATION = "configuration"  # our account, sender number or template
    CONTENT = "content"  # the text itself
    POLICY = "policy"  # opt-out, refusal, advert window: never falls back
    DUPLICATE = "duplicate"  # the carrier says it has this already


class SkipReason(StrEnum):
    """First reason why a selected person gets nothing. Order of evaluation = order here."""

    ERASED = "erased"
    MERGED = "merged"
    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    NO_BASIS = "no_basis"  # basis or source on record say that nothing may be sent (P-01, T-19, T-20)
    OTHER_PURPOSE = "other_purpose"  # collected for something else than the message is about (P-07)
    NO_CONSENT = "no_consent"  # an advert to somebody who didn't agree to them, or more than two years ago
    NO_NIGHT_CONSENT = (
        "no_night_consent"  # an advert at night to somebody who didn't agree to be reached then
    )
    MISSING_VARIABLE = "missing_variable"
    NOT_ENCODABLE = "not_encodable"
    TOO_LONG = "too_long"
    NOTICE_MISSING = "notice_missing"  # the finished text lacks what the law wants in it (C-01 to C-04, A-04)
    SAME_ADDRESS = "same_address"
