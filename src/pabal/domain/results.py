"""What a campaign came to, derived from one table of groups of people, so that every part sums to the audience. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pabal.domain.message import MessageState as S

_UNDER_WAY: Final = frozenset({S.QUEUED, S.SENDING, S.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Group:
    """People of a send who fared alike. `tried`, `arrived`: bits by step, of tries that may have gone out."""

    state: str
    reason: str
    variant: int | None
    tried: int
    arrived: int
    accepted: bool  # a carrier took it at least once
    clicked: bool
    people: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Each number is part of the one before, except that a click or answer may come before its receipt."""

    selected: int
    excluded: int
    sent: int
    accepted: int
    delivered: int
    clicked: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The audience without remainder: arrived, under way, not reached."""

    delivered: int
    under_way: int
    not_reached: int


@dataclass(frozen=True, slots=True)
class Missed:
    """Why people didn't get it: the first reason of each."""

    state: str
    reason: str
    people: int


@dataclass(frozen=True, slots=True)
class StepFlow:
    """Of those tried on a step: arrived there, went on to a later step, under way, ended without it."""

    step: int
    tried: int
    delivered: int
    went_on: int
    under_way: int
    ended: int


def funnel(groups: Sequence[Group]) -> Funnel:
    return Funnel(
        selected=_count(groups),
        excluded=_count(g for g in groups if g.state == S.SKIPPED and not g.tried),
        sent=_count(g for g in groups if g.tried),
        accepted=_count(g for g in groups if g.accepted),
        delivered=_count(g for g in groups if g.state == S.DELIVERED),
        clicked=_count(g for g in groups if g.clicked),
    )


def outcome(groups: Sequence[Group]) -> Outcome:
    return Outcome(
        delivered=_count(g for g in groups if g.state == S.DELIVERED),
        under_way=_count(g for g in groups if g.state in _UNDER_WAY),
        not_reached=_count(g for g in groups if _is_missed(g)),
    )


def missed(groups: Iterable[Group]) -> list[Missed]:
    """Most first. Sums to `Outcome.not_reached`."""
    counts: Counter[tuple[str, str]] = Counter()
    for group in groups:
        if _is_missed(group):
            counts[group.state, group.reason] += group.people
    rows = [Missed(state, reason, people) for (state, reason), people in counts.items()]
    return sorted(rows, key=lambda row: (-row.people, row.state, row.reason))


def flow(groups: Sequence[Group], steps: int) -> list[StepFlow]:
    """Each step's parts sum to its `tried`."""
    return [_of_step(groups, step) for step in range(steps)]


def _of_step(groups: Sequence[Group], step: int) -> StepFlow:
    bit = 1 << step
    on_it = [g for g in groups if g.tried & bit]
    here = [g for g in on_it if g.arrived & bit]
    rest = [g for g in on_it if not g.arrived & bit]
    later = [g for g in rest if g.tried >> (step + 1)]
    last = [g for g in rest if not g.tried >> (step + 1)]
    return StepFlow(
        step=step,
        tried=_count(on_it),
        delivered=_count(here),
        went_on=_count(later),
        under_way=_count(g for g in last if g.state in _UNDER_WAY),
        ended=_count(g for g in last if g.state not in _UNDER_WAY),
    )


def _is_missed(group: Group) -> bool:
    return group.state != S.DELIVERED and group.state not in _UNDER_WAY


def _count(groups: Iterable[Group]) -> int:
    return sum(group.people for group in groups)


@dataclass(frozen=True, slots=True)
class TextFigures:
    """One of several texts so far; people without a place who were tried have the first."""

    place: int
    people: int
    delivered: int
    failed: int
    clicked: int
    waiting: int


def by_text(groups: Sequence[Group]) -> list[TextFigures]:
    places = sorted({g.variant or 0 for g in groups})
    return [_of_text(place, [g for g in groups if (g.variant or 0) == place]) for place in places]


def _of_text(place: int, groups: Sequence[Group]) -> TextFigures:
    return TextFigures(
        place=place,
        people=_count(g for g in groups if g.tried),
        delivered=_count(g for g in groups if g.state == S.DELIVERED),
        failed=_count(g for g in groups if g.state == S.FAILED),
        clicked=_count(g for g in groups if g.clicked),
        waiting=_count(g for g in groups if g.state == S.QUEUED and not g.tried),
    )


BUCKETS: Final = (60, 300, 600, 1800, 3600, 21_600, 86_400)  # seconds
MOST_BUCKETS: Final = 72  # as many points as a curve of 430 pixels shows apart


def bucket_for(seconds: float) -> int:
    """The finest bucket that cuts a span into no more than MOST_BUCKETS."""
    return next((size for size in BUCKETS if seconds / size <= MOST_BUCKETS), BUCKETS[-1])
