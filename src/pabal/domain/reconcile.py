"""Do the three books of a send agree: ours (people and tries), the carrier's (requests and what was said of them), the
quota's (units)? Pure, over sums that `dispatch.reconcile` reads in one snapshot.

Two things keep a send from being closed, and they are never mixed: an *open row* is somebody whose story goes on, with what
comes next; a *difference* is a sum that must be equal at every moment and isn't, which is a fault of ours.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from pabal.domain.message import AttemptState, MessageState

K = TypeVar("K", bound=Hashable)


class Bucket(StrEnum):
    """Every person of a send is in exactly one."""

    DELIVERED = "delivered"
    FAILED = "failed"  # the carrier or handset said no
    PRESUMED = (
        "presumed"  # nobody said anything in time, or a person closed it; a late receipt may correct it
    )
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WAITING = "waiting"  # here and below: open
    ON_THE_WAY = "on_the_way"
    NO_RECEIPT = "no_receipt"
    UNCERTAIN = "uncertain"


OPEN = frozenset({Bucket.WAITING, Bucket.ON_THE_WAY, Bucket.NO_RECEIPT, Bucket.UNCERTAIN})

_BUCKETS: Mapping[MessageState, Bucket] = {
    MessageState.QUEUED: Bucket.WAITING,
    MessageState.SENDING: Bucket.ON_THE_WAY,
    MessageState.ACCEPTED: Bucket.NO_RECEIPT,
    MessageState.DELIVERED: Bucket.DELIVERED,
    MessageState.FAILED: Bucket.FAILED,
    MessageState.SKIPPED: Bucket.SKIPPED,
    MessageState.UNCERTAIN: Bucket.UNCERTAIN,
    MessageState.CANCELLED: Bucket.CANCELLED,
    MessageState.EXPIRED: Bucket.EXPIRED,
}


def bucket(state: MessageState, *, presumed: bool) -> Bucket:
    """`presumed`: of the newest try."""
    if state is MessageState.FAILED and presumed:
        return Bucket.PRESUMED
    return _BUCKETS[state]


_A = AttemptState
_IN_FLIGHT = frozenset({_A.INTENT, _A.UNKNOWN})
# Nothing of the newest try is under way. Uncertain: a person had somebody sent to again, the old try stays as it was.
_AT_REST = frozenset({None, _A.VOIDED, _A.ERRORED, _A.FAILED, _A.UNCERTAIN})
_FITTING: Mapping[MessageState, frozenset[AttemptState | None]] = {
    MessageState.QUEUED: _AT_REST,
    MessageState.SENDING: _IN_FLIGHT,
    MessageState.ACCEPTED: frozenset({_A.ACCEPTED}),
    # The newest try, or an older one whose success came late.
    MessageState.DELIVERED: (_AT_REST - {None}) | {_A.DELIVERED},
    MessageState.FAILED: frozenset({_A.FAILED, _A.ERRORED}),
    MessageState.UNCERTAIN: frozenset({_A.UNCERTAIN}),
    MessageState.SKIPPED: _AT_REST,
    MessageState.CANCELLED: _AT_REST,
    MessageState.EXPIRED: _AT_REST,
}


def fits(state: MessageState, newest: AttemptState | None) -> bool:
    """May somebody stand here while the newest try about them stands there? None: there is no try."""
    return newest in _FITTING[state]


class Check(StrEnum):
    """Sums that are equal in every snapshot, while the send runs too."""

    EVERYBODY = "everybody"  # audience = rows
    COUNTERS = "counters"  # what the live view adds up = rows, cell by cell
    NEWEST_TRY = "newest_try"  # people whose state fits their newest try = people
    TRIES = "tries"  # tries that people's rows count = rows of tries
    HANDED_OVER = "handed_over"  # people in requests = tries of those requests
    ANSWERED = "answered"  # requests that are over have no try whose fate is open
    RESERVED = "reserved"  # units ever taken for this send = tries that took one
    SETTLED = "settled"  # units used = tries that used one, request by request
    RELEASED = "released"  # units given back = tries that gave one back, request by request
    KEPT = "kept"  # units still held = tries whose fate is open


@dataclass(frozen=True, slots=True)
class People:
    """People of a send who stand alike: same state, newest try of the same request in the same state."""

    state: MessageState
    reason: str
    request: UUID | None
    newest: AttemptState | None
    presumed: bool
    tries: int  # in sum
    n: int


@dataclass(frozen=True, slots=True)
class Tries:
    """All tries of one request that stand alike, older ones too."""

    request: UUID
    state: AttemptState
    quota: str  # none, reserved, settled, released
    n: int


@dataclass(frozen=True, slots=True)
class Request:
    id: UUID
    over: bool  # the carrier needn't be asked about it any more: answered, voided, or left to a person
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Movements of units. A reservation is made for a claim, before its requests have ids."""

    kind: str  # reserve, settle, release
    request: UUID | None
    units: int


@dataclass(frozen=True, slots=True)
class Sums:
    """One snapshot of the three books."""

    audience: int
    counters: Mapping[tuple[str, str], int]
    people: Sequence[People]
    tries: Sequence[Tries]
    requests: Sequence[Request]
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Balance:
    """Two figures that must be equal. `wrong`: rows that don't agree, also where two faults cancel each other out."""

    check: Check
    left: int
    right: int
    wrong: int
    requests: tuple[UUID, ...] = ()  # where

    @property
    def equal(self) -> bool:
        return self.wrong == 0


def balance(sums: Sums) -> tuple[Balance, ...]:
    """All checks, in the order in which one reads them: people, tries, requests, units."""
    rows = sum(one.n for one in sums.people)
    cells: Counter[tuple[str, str]] = Counter()
    for one in sums.people:
        cells[one.state.value, one.reason] += one.n
    unfit = [one for one in sums.people if not fits(one.state, one.newest)]
    misfits = sum(one.n for one in unfit)
    counted, held = sum(one.tries for one in sums.people), sum(one.n for one in sums.tries)
    sizes: dict[UUID | None, int] = {one.id: one.size for one in sums.requests}
    per_request = _by_request((one.request, one.n) for one in sums.tries)
    over = {one.id for one in sums.requests if one.over}
    dangling = [one for one in sums.tries if one.request in over and one.state in _IN_FLIGHT]
    loose = sum(one.n for one in dangling)
    took = sum(one.n for one in sums.tries if one.quota != "none")
    reserved = sum(one.units for one in sums.entries if one.kind == "reserve")
    kept = [one for one in sums.tries if one.quota == "reserved"]
    open_kept = sum(one.n for one in kept if one.state in _IN_FLIGHT | {_A.UNCERTAIN})
    all_kept = sum(one.n for one in kept)
    return (
        Balance(Check.EVERYBODY, sums.audience, rows, abs(sums.audience - rows)),
        _cellwise(Check.COUNTERS, sums.counters, cells),
        Balance(Check.NEWEST_TRY, rows, rows - misfits, misfits, _where(one.request for one in unfit)),
        Balance(Check.TRIES, counted, held, abs(counted - held)),
        _per_request(Check.HANDED_OVER, sizes, per_request),
        Balance(Check.ANSWERED, 0, loose, loose, _where(one.request for one in dangling)),
        Balance(Check.RESERVED, reserved, took, abs(reserved - took)),
        *(_moved(check, kind, sums) for check, kind in _MOVEMENTS),
        Balance(
            Check.KEPT,
            all_kept,
            open_kept,
            all_kept - open_kept,
            _where(one.request for one in kept if one.state not in _IN_FLIGHT | {_A.UNCERTAIN}),
        ),
    )


_MOVEMENTS = ((Check.SETTLED, "settle"), (Check.RELEASED, "release"))


def _moved(check: Check, kind: str, sums: Sums) -> Balance:
    entries = _by_request((one.request, one.units) for one in sums.entries if one.kind == kind)
    tries = _by_request((one.request, one.n) for one in sums.tries if one.quota == check.value)
    return _per_request(check, entries, tries)


def _by_request(pairs: Iterable[tuple[UUID | None, int]]) -> Counter[UUID | None]:
    sums: Counter[UUID | None] = Counter()
    for request, n in pairs:
        sums[request] += n
    return sums


def _apart(left: Mapping[K, int], right: Mapping[K, int]) -> dict[K, int]:
    found = {key: abs(left.get(key, 0) - right.get(key, 0)) for key in left.keys() | right.keys()}
    return {key: n for key, n in found.items() if n}


def _cellwise(
    check: Check, left: Mapping[tuple[str, str], int], right: Mapping[tuple[str, str], int]
) -> Balance:
    return Balance(check, sum(left.values()), sum(right.values()), sum(_apart(left, right).values()))


def _per_request(check: Check, left: Mapping[UUID | None, int], right: Mapping[UUID | None, int]) -> Balance:
    apart = _apart(left, right)
    return Balance(check, sum(left.values()), sum(right.values()), sum(apart.values()), _where(apart))


def _where(requests: Iterable[UUID | None]) -> tuple[UUID, ...]:
    return tuple(sorted({one for one in requests if one is not None}))


AGES = ("hour", "day", "three_days", "older")
AGE_HOURS = (1, 24, 72)  # upper bounds of all but the last


@dataclass(frozen=True, slots=True)
class Ages:
    """How long ago open rows last moved."""

    hour: int = 0
    day: int = 0
    three_days: int = 0
    older: int = 0

    def __add__(self, other: "Ages") -> "Ages":
        return Ages(*(getattr(self, age) + getattr(other, age) for age in AGES))


def aged(age: int, n: int) -> Ages:
    """`n` rows of the bracket with this number."""
    return Ages(**{AGES[age]: n})
