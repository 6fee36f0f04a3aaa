"""Who is who within a chunk: rows and the contacts that already hold their values → groups that are one person.

Each joint has a reason, the strongest first:

    same_value_same_name   the same handset, mailbox or Kakao account, and the same full name
    same_value_near_name   ... and a name one slip of the finger away, birth years not two apart
    same_value_romanised   ... and the same name in Latin letters
    landline_same_name     a shared line and the same name (a near one only with the same birth year)
    near_phone_same_name   the same name, and a mobile number one slip apart, birth years not two apart
    old_prefix_same_name   the same name, and the 01x number that became this 010 one, with birth year or 동
    same_value_nameless    a row without a full name joins the one person on its value

A value that five different names share (a line: six) identifies nobody: only a row whose every value is there joins its
namesake, so that a file uploaded twice changes nothing. A joint that would put two different names, or birth years
ten apart, into one contact is refused. Pure: sees keyed hashes, names and birth years only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import combinations, product
from typing import Final, NamedTuple
from uuid import UUID

from pabal.domain.likeness import Likeness, distinct, likeness, one_edit
from pabal.domain.name import NAMELESS, Name, NameKind

CROWD: Final = 5
CROWDED_LINE: Final = 6
NAMESAKE_YEARS: Final = 10  # father and son of one name
NEAR_YEARS: Final = 2
SEQUENCE: Final = 50
NAMESAKES: Final = 50  # of one name (and half number): more say that the name tells nobody apart


class Reason(StrEnum):
    SAME_NAME = "same_value_same_name"
    NEAR_NAME = "same_value_near_name"
    ROMANISED = "same_value_romanised"
    LANDLINE = "landline_same_name"
    NEAR_PHONE = "near_phone_same_name"
    OLD_PREFIX = "old_prefix_same_name"
    NAMELESS = "same_value_nameless"


_STRENGTH: Final = {reason: place for place, reason in enumerate(Reason)}


class Candidate(NamedTuple):
    """A row (by its position in the chunk) or a contact as matching sees it."""

    name_key: int | None
    values: Sequence[int]
    lines: frozenset[int] = frozenset()  # those of its values that are landlines
    name: Name | None = None  # of a contact: known only where its value holds more than one name
    born: int | None = None
    mobiles: Sequence[str] = ()
    district: str = ""


class Group(NamedTuple):
    """One person: rows of the chunk, and the contacts they meet; more than one contact means a merge."""

    rows: list[int]
    contacts: list[UUID]  # oldest first: UUIDv7
    reasons: tuple[Reason, ...] = ()


class _Value(NamedTuple):
    """A contact value that several members hold."""

    members: list[int]
    by_name: Mapping[int, list[int]]  # only those with a full name
    fan: int  # how many different names; near spellings count once
    line: bool

    @property
    def crowded(self) -> bool:
        return self.fan >= (CROWDED_LINE if self.line else CROWD)


class _People:
    """Union-find whose sets know their names and birth years, and refuse what contradicts them.

    Members are numbers: rows first, then contacts, oldest first.
    """

    def __init__(self, members: Sequence[Candidate]) -> None:
        self._members = members
        self._parent = list(range(len(members)))
        self._names: dict[int, list[Name]] = {}
        self._years: dict[int, tuple[int, int]] = {}
        self.reasons: dict[int, set[Reason]] = {}

    def find(self, one: int) -> int:
        parent = self._parent
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def join(self, a: int, b: int, reason: Reason) -> bool:
        root_a, root_b = self.find(a), self.find(b)
        if root_a == root_b:
            return True
        years = self._years_of(root_a, root_b)
        if years is not None and years[1] - years[0] >= NAMESAKE_YEARS:
            return False
        names_a = self._names_of(root_a)
        fresh = [name for name in self._names_of(root_b) if name not in names_a]
        if fresh and any(likeness(x, y) is Likeness.OTHER for x in fresh for y in names_a):
            return False
        self._parent[root_b] = root_a
        if fresh:
            self._names[root_a] = names_a + fresh
        if years is not None:
            self._years[root_a] = years
        reasons = self.reasons.setdefault(root_a, set())
        reasons.add(reason)
        reasons |= self.reasons.get(root_b, reasons)
        return True

    def agrees(self, root: int, one: int) -> bool:
        """Does a nameless row contradict nobody there, neither by its surname nor by its year of birth?"""
        mine = self._members[one]
        years = None if mine.born is None else self._years_of(root, one)
        return (years is None or years[1] - years[0] < NEAR_YEARS) and not any(
            likeness(mine.name or NAMELESS, name) is Likeness.OTHER
            for name in self._names_of(self.find(root))
        )

    def _names_of(self, root: int) -> list[Name]:
        names = self._names.get(root)
        if names is None:
            name = self._members[root].name
            names = [] if name is None or name.kind in (NameKind.NONE, NameKind.NICK) else [name]
            self._names[root] = names
        return names

    def _years_of(self, a: int, b: int) -> tuple[int, int] | None:
        known: list[int] = []
        for root in (a, b):
            born = self._members[root].born
            known += self._years.get(root) or (() if born is None else (born, born))
        return (min(known), max(known)) if known else None


def assign(rows: Sequence[Candidate], contacts: Mapping[UUID, Candidate]) -> list[Group]:
    """Groups in the order of their first row. Order of rows doesn't change who belongs together."""
    ids = sorted(contacts)
    members = [*rows, *(contacts[one] for one in ids)]
    values = _shared_values(members)
    people = _People(members)
    for value in values:
        _same_names(people, members, value)
    links = [link for value in values if len(value.by_name) > 1 for link in _other_names(members, value)]
    links += _near_phones(members)
    for _, reason, a, b in sorted(links):
        people.join(a, b, reason)
    _attach_nameless(people, members, values)
    return _groups(people, len(rows), ids)


def _shared_values(members: Sequence[Candidate]) -> list[_Value]:
    on_value: dict[int, list[int]] = {}
    lines: set[int] = set()
    for number, member in enumerate(members):
        if member.lines:
            lines |= member.lines
        for value in member.values:
            held = on_value.get(value)
            if held is None:
                on_value[value] = [number]
            else:
                held.append(number)
    found: list[_Value] = []
    for value in sorted(value for value, held in on_value.items() if len(held) > 1):
        by_name: dict[int, list[int]] = defaultdict(list)
        for one in on_value[value]:
            key = members[one].name_key
            if key is not None:
                by_name[key].append(one)
        fan = len(by_name)
        if fan > 1:
            fan = distinct(members[alike[0]].name or NAMELESS for alike in by_name.values())
        found.append(_Value(on_value[value], by_name, fan, value in lines))
    return found


def _same_names(people: _People, members: Sequence[Candidate], value: _Value) -> None:
    reason = Reason.LANDLINE if value.line else Reason.SAME_NAME
    for alike in value.by_name.values():
        if len(alike) == 1:
            continue
        heads: list[int] = []  # more than one where birth years contradict, or a crowd shares the value
        for one in sorted(alike, key=lambda one: (members[one].born is None, members[one].born or 0)):
            mine = members[one]
            for head in heads:
                theirs = members[head]
                if value.crowded and not _one_in_other(mine.values, theirs.values):
                    continue
                if (not value.line or _years_apart(mine, theirs) <= 1) and people.join(head, one, reason):
                    break
            else:
                heads.append(one)


def _one_in_other(a: Sequence[int], b: Sequence[int]) -> bool:
    return set(a) <= set(b) or set(b) <= set(a)


def _other_names(members: Sequence[Candidate], value: _Value) -> list[tuple[int, Reason, int, int]]:
    """Near and romanised names on one value, by strength of the link."""
    if value.crowded or len(value.by_name) > 4 * CROWD:
        return []
    links: list[tuple[int, Reason, int, int]] = []
    for some, others in combinations(value.by_name.values(), 2):
        how = likeness(members[some[0]].name or NAMELESS, members[others[0]].name or NAMELESS)
        if how not in (Likeness.NEAR, Likeness.ROMANISED):
            continue
        reason = Reason.NEAR_NAME if how is Likeness.NEAR else Reason.ROMANISED
        reason = Reason.LANDLINE if value.line else reason
        for one, other in product(some, others):
            a, b = members[one], members[other]
            if value.line and (a.born is None or a.born != b.born):
                continue
            if _years_apart(a, b) < NEAR_YEARS:
                links.append((_STRENGTH[reason], reason, one, other))
    return links


def halves(mobile: str) -> tuple[str, str]:
    """A slip changes one half of a number: namesakes who share the other half are worth a look."""
    return mobile[-8:-4], mobile[-4:]


def _near_phones(members: Sequence[Candidate]) -> list[tuple[int, Reason, int, int]]:
    """Namesakes whose mobile numbers differ by one slip, or by the prefixes of before 2010.

    Slips are rare (one row in a hundred) and have one right number. Numbers with several neighbours, or a list where one
    in fifty has one, were handed out in sequence: there nearness says nothing.
    """
    alike: dict[tuple[int | None, int, str], list[tuple[int, str]]] = defaultdict(list)
    callers = 0
    for number, member in enumerate(members):
        if member.mobiles and member.name_key is not None:
            callers += 1
            for mobile in member.mobiles:
                for side, half in enumerate(halves(mobile)):
                    alike[member.name_key, side, half].append((number, mobile))
    links: list[tuple[int, Reason, int, int]] = []
    neighbours: dict[tuple[int | None, str], set[str]] = defaultdict(set)
    pairs: list[tuple[int, str, int, str]] = []
    for found in alike.values():
        if not 1 < len(found) <= NAMESAKES:
            continue
        for (one, mine), (other, theirs) in combinations(found, 2):
            if one == other or mine == theirs:
                continue
            if one_edit(mine, theirs):
                pairs.append((one, mine, other, theirs))
                neighbours[members[one].name_key, mine].add(theirs)
                neighbours[members[one].name_key, theirs].add(mine)
            elif _moved(members[one], mine, members[other], theirs):
                links.append((_STRENGTH[Reason.OLD_PREFIX], Reason.OLD_PREFIX, one, other))
    if len(neighbours) // 2 > max(1, callers // SEQUENCE):
        return links
    for one, mine, other, theirs in pairs:
        a, b = members[one], members[other]
        alone = len(neighbours[a.name_key, mine]) == len(neighbours[a.name_key, theirs]) == 1
        if alone and _years_apart(a, b) < NEAR_YEARS:
            links.append((_STRENGTH[Reason.NEAR_PHONE], Reason.NEAR_PHONE, one, other))
    return links


def _moved(a: Candidate, mine: str, b: Candidate, theirs: str) -> bool:
    """The number of before 2010 and the one it became, with the same birth year or 동."""
    if mine[-7:] != theirs[-7:] or mine.startswith("010") == theirs.startswith("010"):
        return False
    if a.born is not None and b.born is not None:
        return a.born == b.born
    return a.district != "" and a.district == b.district


def _years_apart(a: Candidate, b: Candidate) -> int:
    return 0 if a.born is None or b.born is None else abs(a.born - b.born)


def _attach_nameless(people: _People, members: Sequence[Candidate], values: Iterable[_Value]) -> None:
    """Decided for all of them before any is joined, so that one nameless row can't change what the next one
    sees.
    """
    places: dict[int, list[_Value]] = {}
    for value in values:
        if not value.line and value.fan <= 1:
            for one in value.members:
                if members[one].name_key is None:
                    places.setdefault(one, []).append(value)
    decisions: list[tuple[int, int]] = []
    for one, where in places.items():
        someone = {
            people.find(alike) for value in where for found in value.by_name.values() for alike in found
        }
        if len(someone) == 1:
            decisions += ((root, one) for root in someone if people.agrees(root, one))
        elif not someone:
            others = (other for value in where for other in value.members if other != one)
            decisions += ((other, one) for other in others if people.agrees(other, one))
    for person, one in decisions:
        people.join(person, one, Reason.NAMELESS)


def _groups(people: _People, size: int, contacts: Sequence[UUID]) -> list[Group]:
    by_root: dict[int, Group] = {}
    for position in range(size):
        root = people.find(position)
        group = by_root.get(root)
        if group is None:
            reasons = people.reasons.get(root, ())
            group = by_root[root] = Group([], [], tuple(sorted(reasons, key=_STRENGTH.__getitem__)))
        group.rows.append(position)
    for number, contact_id in enumerate(contacts, start=size):
        group = by_root.get(people.find(number))
        if group is not None:  # people on the same value that no row of the chunk concerns stay as they are
            group.contacts.append(contact_id)
    return list(by_root.values())
