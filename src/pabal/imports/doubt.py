"""Pairs of people that may be one: asked, never merged (rules 1 to 9 of the expert's list in docs/dedup.md).

A question is about two people, not about two rows: the strongest reason of a pair is the one that is asked.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Final, Generic, NamedTuple, TypeVar

from pabal.domain.likeness import Likeness, likeness
from pabal.domain.name import NAMELESS, NameKind
from pabal.imports.evidence import CROWD, NAMESAKE_YEARS, Member, Value, years_apart
from pabal.imports.match import Matched
from pabal.imports.people import Doubt, People

_STRENGTH: Final = {doubt: place for place, doubt in enumerate(Doubt)}
_HOLDERS: Final = 40  # of one value: more of them are a list's placeholder, and 780 pairs are nobody's work
_COINCIDENCE: Final = 3  # namesakes of one age (and 동): more say that the two together are common there


class Question(NamedTuple):
    a: int  # members: a row's position, or the number of rows plus the contact's
    b: int
    doubt: Doubt


def questions_of(matched: Matched, rows: int) -> list[Question]:
    """One per pair of people of whom at least one has a row in the file (`rows` come first among the members)."""
    people = matched.people
    concerned = bytearray(len(people.members))
    for position in range(rows):
        concerned[people.find(position)] = 1
    asked: dict[tuple[int, int], Question] = {}
    for doubt, a, b in _doubts(matched):
        root_a, root_b = sorted((people.find(a), people.find(b)))
        if root_a == root_b or people.told_apart(root_a, root_b):
            continue
        if not concerned[root_a] and not concerned[root_b]:
            continue
        known = asked.get((root_a, root_b))
        if known is None or _STRENGTH[doubt] < _STRENGTH[known.doubt]:
            asked[root_a, root_b] = Question(root_a, root_b, doubt)
    return sorted(asked.values())


def _doubts(matched: Matched) -> Iterator[tuple[Doubt, int, int]]:
    people, members = matched.people, matched.people.members
    second: dict[tuple[int, int], int] = defaultdict(int)  # how many values two people share
    shared = [
        (value, heads) for value in matched.values if 1 < len(heads := _heads(people, value)) <= _HOLDERS
    ]
    for value, heads in shared:
        if not value.line and not value.crowded:
            for pair in combinations(sorted(heads), 2):
                second[pair] += 1
    for value, heads in shared:
        for one, other in combinations(heads.values(), 2):
            pair = (people.find(one), people.find(other))
            doubt = _on_value(members[one], members[other], value, second[min(pair), max(pair)])
            if doubt is not None:
                yield doubt, one, other
    yield from matched.doubts
    yield from _without_value(people)


def _heads(people: People, value: Value) -> dict[int, int]:
    """One holder per person: the one that says most about name and birth."""
    heads: dict[int, int] = {}
    if len(value.members) == 2 and people.find(value.members[0]) == people.find(value.members[1]):
        return heads
    for one in value.members:
        root = people.find(one)
        if root not in heads or _says(people.members[one]) > _says(people.members[heads[root]]):
            heads[root] = one
    return heads


def _says(member: Member) -> tuple[bool, bool, bool]:
    return member.name_key is not None, member.birth_date != "", member.born is not None


def _on_value(a: Member, b: Member, value: Value, shared: int) -> Doubt | None:
    if a.name_key is None or b.name_key is None:
        if value.line or value.crowded or (a.name_key is None and b.name_key is None):
            return None
        if likeness(a.name or NAMELESS, b.name or NAMELESS) is Likeness.OTHER or len(value.by_name) > CROWD:
            return None
        return Doubt.NAMELESS_MANY if value.fan > 1 else Doubt.NAMELESS_ASKED
    if a.name_key == b.name_key:
        if value.crowded:
            return Doubt.CROWDED if years_apart(a, b) < NAMESAKE_YEARS else None
        return Doubt.LANDLINE_BIRTH if value.line else Doubt.BIRTH_CONFLICT
    if value.line or value.crowded:
        return None
    how = likeness(a.name or NAMELESS, b.name or NAMELESS)
    if how in (Likeness.NEAR, Likeness.ROMANISED):
        return Doubt.NEAR_NAME_BIRTH
    if shared > 1 or (a.birth_date and a.birth_date == b.birth_date) or _same_family_and_year(a, b):
        return Doubt.OTHER_NAME
    return None


def _same_family_and_year(a: Member, b: Member) -> bool:
    """김민수 and 김지훈 of 1978 on one handset: a slip in the given name, or a nickname beside the legal one."""
    return (
        a.born is not None
        and a.born == b.born
        and a.name is not None
        and b.name is not None
        and a.name.kind is b.name.kind is NameKind.FULL
        and a.name.key[0] == b.name.key[0]
    )


def _without_value(people: People) -> Iterator[tuple[Doubt, int, int]]:
    """Namesakes with the same birth date, or the same birth year and 동, and no value in common."""
    dates: _Sharers[tuple[int, str]] = _Sharers()
    homes: _Sharers[tuple[int, int, str]] = _Sharers()
    places: dict[str, str] = {}  # 동 by district: a text for each member would be 70 MB of a million
    for number, member in enumerate(people.members):
        name_key = member.name_key
        if name_key is None:
            continue
        if member.birth_date:
            dates.add((name_key, member.birth_date), number)
        if member.born is not None and (district := member.district):
            place = places.get(district)
            if place is None:
                place = places[district] = district.rpartition(" ")[2]
            homes.add((name_key, member.born, place), number)
    for doubt, shared in (
        (Doubt.BIRTH_DATE, dates.found.values()),
        (Doubt.BIRTH_YEAR_DISTRICT, homes.found.values()),
    ):
        for found in shared:
            heads = {people.find(one): one for one in found}
            if 1 < len(heads) <= _COINCIDENCE:
                yield from ((doubt, one, other) for one, other in combinations(heads.values(), 2))


_Key = TypeVar("_Key")


class _Sharers(Generic[_Key]):
    """Members by something that they have in common; nine of ten have it alone, and need no list."""

    def __init__(self) -> None:
        self._first: dict[_Key, int] = {}
        self.found: dict[_Key, list[int]] = {}

    def add(self, key: _Key, member: int) -> None:
        first = self._first.setdefault(key, member)
        if first != member:
            self.found.setdefault(key, [first]).append(member)
