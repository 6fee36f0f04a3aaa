"""Who is who: rows of a file and the contacts that already hold their values → groups that are one person, and the pairs
that only a person can decide.

Each joint has a reason, the strongest first:

    same_value_same_name   the same handset, mailbox or Kakao account, and the same full name
    same_value_near_name   ... and a name one slip of the finger away, birth years not two apart
    same_value_romanised   ... and the same name in Latin letters
    landline_same_name     a shared line and the same name (a near one only with the same birth year)
    near_phone_same_name   the same name, and a mobile number one slip apart, birth years not two apart
    old_prefix_same_name   the same name, and the 01x number that became this 010 one, with birth year or 동
    near_id_same_name      the same name and birth year, and a mailbox or Kakao ID one slip apart
    same_name_same_birth   neither has any value; name, birth and place of living are equal to the letter
    same_value_nameless    a row without a full name joins the one person on its value

A value that five different names share (a line: six) identifies nobody: only a row whose every value is there joins its
namesake, so that a file uploaded twice changes nothing. A joint that would put two different names, or birth years
ten apart, or two people whom somebody told apart, into one contact is refused. Pure: see imports/evidence.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import combinations, product
from typing import Final, NamedTuple
from uuid import UUID

from pabal.domain.likeness import Likeness, likeness, one_edit
from pabal.domain.name import NAMELESS, Name, NameKind
from pabal.imports.evidence import (
    CROWD,
    NAMESAKE_YEARS,
    NAMESAKES,
    NEAR_YEARS,
    Candidate,
    Value,
    halves,
    shared_values,
    years_apart,
)

SEQUENCE: Final = 50


class Reason(StrEnum):
    SAME_NAME = "same_value_same_name"
    NEAR_NAME = "same_value_near_name"
    ROMANISED = "same_value_romanised"
    LANDLINE = "landline_same_name"
    NEAR_PHONE = "near_phone_same_name"
    OLD_PREFIX = "old_prefix_same_name"
    NEAR_ID = "near_id_same_name"
    NO_VALUE = "same_name_same_birth"
    NAMELESS = "same_value_nameless"


_STRENGTH: Final = {reason: place for place, reason in enumerate(Reason)}


class Group(NamedTuple):
    """One person: rows of the file, and the contacts they meet; more than one contact means a merge."""

    rows: list[int]
    contacts: list[UUID]  # oldest first: UUIDv7
    reasons: tuple[Reason, ...] = ()


class Doubt(StrEnum):
    """Why a pair is asked about (contacts/duplicates has the words)."""

    BIRTH_CONFLICT = "same_value_birth_conflict"
    NEAR_NAME_BIRTH = "same_value_near_name_birth"
    NAMELESS_MANY = "same_value_nameless_many"
    NAMELESS_ASKED = "same_value_nameless"
    OTHER_NAME = "same_value_other_name"
    CROWDED = "crowded_value_same_name"
    LANDLINE_BIRTH = "landline_same_name_birth"
    NEAR_PHONE_BIRTH = "near_phone_birth"
    OLD_PREFIX = "old_prefix_unsure"
    NEAR_EMAIL = "near_email_same_name"
    NEAR_KAKAO = "near_kakao_same_name"
    BIRTH_DATE = "same_name_birth_date"
    BIRTH_YEAR_DISTRICT = "same_name_birth_year_district"


class Link(NamedTuple):
    strength: int
    reason: Reason
    a: int
    b: int


class People:
    """Union-find whose sets know their names and birth years, and refuse what contradicts them.

    Members are numbers: rows first, then contacts, oldest first. `apart` names members that somebody told apart.
    """

    def __init__(self, members: Sequence[Candidate], apart: Iterable[tuple[int, int]] = ()) -> None:
        self.members = members
        self._parent = list(range(len(members)))
        self._names: dict[int, list[Name]] = {}
        self._years: dict[int, tuple[int, int]] = {}
        self._foes: dict[int, set[int]] = {}
        for a, b in apart:
            self._foes.setdefault(a, set()).add(b)
            self._foes.setdefault(b, set()).add(a)
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
        if self._foes and self.told_apart(root_a, root_b):
            return False
        if self._obvious(root_a, root_b):
            self._parent[root_b] = root_a
            self._note(root_a, root_b, reason)
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
        if root_b in self._foes:
            self._foes.setdefault(root_a, set()).update(self._foes[root_b])
        self._note(root_a, root_b, reason)
        return True

    def _note(self, root_a: int, root_b: int, reason: Reason) -> None:
        reasons = self.reasons.setdefault(root_a, set())
        reasons.add(reason)
        if root_b in self.reasons:
            reasons |= self.reasons[root_b]

    def _obvious(self, a: int, b: int) -> bool:
        """One full name on both sides, and no year of birth that the first doesn't know: there is nothing to weigh, and
        nothing new to remember. Of a list that comes again every joint is one.
        """
        mine, theirs = self.members[a], self.members[b]
        return (
            mine.name_key is not None
            and mine.name_key == theirs.name_key
            and a not in self._names
            and b not in self._names
            and b not in self._years
            and b not in self._foes
            and (theirs.born is None or (theirs.born == mine.born and a not in self._years))
        )

    def told_apart(self, root_a: int, root_b: int) -> bool:
        return any(self.find(one) == root_b for one in self._foes.get(root_a, ())) or any(
            self.find(one) == root_a for one in self._foes.get(root_b, ())
        )

    def agrees(self, root: int, one: int) -> bool:
        """Does a nameless row contradict nobody there, neither by its surname nor by its year of birth?"""
        mine = self.members[one]
        years = None if mine.born is None else self._years_of(root, one)
        return (years is None or years[1] - years[0] < NEAR_YEARS) and not any(
            likeness(mine.name or NAMELESS, name) is Likeness.OTHER
            for name in self._names_of(self.find(root))
        )

    def _names_of(self, root: int) -> list[Name]:
        names = self._names.get(root)
        if names is None:
            name = self.members[root].name
            names = [] if name is None or name.kind in (NameKind.NONE, NameKind.NICK) else [name]
            self._names[root] = names
        return names

    def _years_of(self, a: int, b: int) -> tuple[int, int] | None:
        known: list[int] = []
        for root in (a, b):
            born = self.members[root].born
            known += self._years.get(root) or (() if born is None else (born, born))
        return (min(known), max(known)) if known else None


class Matched(NamedTuple):
    """Everybody joined as far as the rules go: what groups and questions are read from."""

    people: People
    values: list[Value]
    doubts: list[tuple[Doubt, int, int]]  # near numbers and IDs that are no joint


def match(
    members: Sequence[Candidate], apart: Iterable[tuple[int, int]] = (), *, ask_nameless: bool = False
) -> Matched:
    """Strongest joints first; the order of members doesn't change who belongs together."""
    values, plain = shared_values(members)
    people = People(members, apart)
    for one, other in plain:
        if not people.join(one, other, Reason.SAME_NAME):  # their years contradict: a value to ask about
            key = members[one].name_key or 0
            values.append(Value([one, other], {key: [one, other]}, 1, line=False))
    for value in values:
        _same_names(people, members, value)
    links = [link for value in values if len(value.by_name) > 1 for link in _other_names(members, value)]
    doubts: list[tuple[Doubt, int, int]] = []
    links += _near_phones(members, doubts)
    links += _near_ids(members, doubts)
    links += _without_value(members)
    for _, reason, a, b in sorted(links):
        people.join(a, b, reason)
    nameless = _nameless(people, members, values)
    if ask_nameless:
        doubts += ((Doubt.NAMELESS_ASKED, person, one) for person, one in nameless)
    else:
        for person, one in nameless:
            people.join(person, one, Reason.NAMELESS)
    return Matched(people, values, doubts)


def assign(rows: Sequence[Candidate], contacts: Mapping[UUID, Candidate]) -> list[Group]:
    """Groups in the order of their first row."""
    ids = sorted(contacts)
    return groups_of(match([*rows, *(contacts[one] for one in ids)]).people, len(rows), ids)


def groups_of(people: People, size: int, contacts: Sequence[UUID]) -> list[Group]:
    """`size` rows come first among the members, then the contacts, oldest first."""
    by_root: dict[int, Group] = {}
    find, reasons_of = people.find, people.reasons
    for position in range(size):
        root = find(position)
        group = by_root.get(root)
        if group is None:
            reasons = reasons_of.get(root)
            by_root[root] = Group(
                [position], [], tuple(sorted(reasons, key=_STRENGTH.__getitem__)) if reasons else ()
            )
        else:
            group.rows.append(position)
    for number, contact_id in enumerate(contacts, start=size):
        group = by_root.get(find(number))
        if group is not None:  # people on the same value that no row of the file concerns stay as they are
            group.contacts.append(contact_id)
    return list(by_root.values())


def _same_names(people: People, members: Sequence[Candidate], value: Value) -> None:
    reason = Reason.LANDLINE if value.line else Reason.SAME_NAME
    for alike in value.by_name.values():
        if len(alike) == 1:
            continue
        if len(alike) == 2 and not value.line and not value.crowded:
            people.join(alike[0], alike[1], reason)
            continue
        heads: list[int] = []  # more than one where birth years contradict, or a crowd shares the value
        for one in sorted(alike, key=lambda one: (members[one].born is None, members[one].born or 0)):
            mine = members[one]
            for head in heads:
                theirs = members[head]
                if value.crowded and not _one_in_other(mine.values, theirs.values):
                    continue
                if (not value.line or years_apart(mine, theirs) <= 1) and people.join(head, one, reason):
                    break
            else:
                heads.append(one)


def _one_in_other(a: Sequence[int], b: Sequence[int]) -> bool:
    return set(a) <= set(b) or set(b) <= set(a)


def _other_names(members: Sequence[Candidate], value: Value) -> list[Link]:
    """Near and romanised names on one value, by strength of the link."""
    if value.crowded or len(value.by_name) > 4 * CROWD:
        return []
    links: list[Link] = []
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
            if years_apart(a, b) < NEAR_YEARS:
                links.append(Link(_STRENGTH[reason], reason, one, other))
    return links


def _near_phones(members: Sequence[Candidate], doubts: list[tuple[Doubt, int, int]]) -> list[Link]:
    """Namesakes whose mobile numbers differ by one slip, or by the prefixes of before 2010.

    Slips are rare (one row in a hundred) and have one right number. Numbers with several neighbours, or a list where one
    in fifty has one, were handed out in sequence: there nearness says nothing.
    """
    alike: dict[tuple[int, int, str], list[tuple[int, str]]] = {}
    callers = 0
    for number, member in enumerate(members):
        name_key = member.name_key
        if name_key is not None and member.mobiles:
            callers += 1
            for mobile in member.mobiles:
                mine = (number, mobile)
                for key in _near_keys(name_key, mobile):
                    held = alike.get(key)
                    if held is None:
                        alike[key] = [mine]
                    else:
                        held.append(mine)
    links: list[Link] = []
    seen: set[tuple[int, str, int, str]] = set()
    neighbours: dict[tuple[int | None, str], set[str]] = defaultdict(set)
    pairs: list[tuple[int, str, int, str]] = []
    for found in alike.values():
        if not 1 < len(found) <= NAMESAKES:
            continue
        for (one, mobile), (other, theirs) in combinations(found, 2):
            if one == other or mobile == theirs:
                continue
            if (one, mobile, other, theirs) in seen:
                continue
            if one_edit(mobile, theirs):
                seen.add((one, mobile, other, theirs))
                pairs.append((one, mobile, other, theirs))
                neighbours[members[one].name_key, mobile].add(theirs)
                neighbours[members[one].name_key, theirs].add(mobile)
            elif mobile[-7:] == theirs[-7:] and mobile.startswith("010") != theirs.startswith("010"):
                if _moved(members[one], members[other]):
                    links.append(Link(_STRENGTH[Reason.OLD_PREFIX], Reason.OLD_PREFIX, one, other))
                elif years_apart(members[one], members[other]) < NEAR_YEARS:
                    doubts.append((Doubt.OLD_PREFIX, one, other))
    if len(neighbours) // 2 > max(1, callers // SEQUENCE):
        return links
    for one, mobile, other, theirs in pairs:
        a, b = members[one], members[other]
        if not len(neighbours[a.name_key, mobile]) == len(neighbours[a.name_key, theirs]) == 1:
            continue
        if years_apart(a, b) < NEAR_YEARS:
            links.append(Link(_STRENGTH[Reason.NEAR_PHONE], Reason.NEAR_PHONE, one, other))
        else:
            doubts.append((Doubt.NEAR_PHONE_BIRTH, one, other))
    return links


def _near_keys(name_key: int, mobile: str) -> tuple[tuple[int, int, str], ...]:
    """A slip leaves one half as it was; two digits swapped across the middle leave everything else."""
    middle, last = halves(mobile)
    a, b = middle[3:], last[:1]
    return (
        (name_key, 0, middle),
        (name_key, 1, last),
        (name_key, 2, middle[:3] + (a + b if a < b else b + a) + last[1:]),
    )


def _moved(a: Candidate, b: Candidate) -> bool:
    """The number of before 2010 and the one it became: is the birth year, or else the 동, the same?"""
    if a.born is not None and b.born is not None:
        return a.born == b.born
    return a.district != "" and a.district == b.district


def _near_ids(members: Sequence[Candidate], doubts: list[tuple[Doubt, int, int]]) -> list[Link]:
    """Namesakes whose mailbox or Kakao ID is one slip apart: one person if the birth year agrees, else a question.

    A slip leaves the first or the last three characters as they were: only those are compared.
    """
    links: list[Link] = []
    for doubt, values_of in ((Doubt.NEAR_EMAIL, _mailboxes), (Doubt.NEAR_KAKAO, _kakao_ids)):
        alike: dict[tuple[int, int, str], list[tuple[int, str]]] = {}
        for number, member in enumerate(members):
            if member.name_key is not None:
                for text in values_of(member):
                    local, _, domain = text.partition("@")
                    for key in (
                        (member.name_key, 0, local[:3] + domain),
                        (member.name_key, 1, local[-3:] + domain),
                    ):
                        alike.setdefault(key, []).append((number, text))
        for found in alike.values():
            if not 1 < len(found) <= NAMESAKES:
                continue
            for (one, mine), (other, theirs) in combinations(found, 2):
                if one == other or mine == theirs or not one_edit(mine, theirs):
                    continue
                a, b = members[one], members[other]
                if a.born is not None and a.born == b.born:
                    links.append(Link(_STRENGTH[Reason.NEAR_ID], Reason.NEAR_ID, one, other))
                elif years_apart(a, b) < NEAR_YEARS:
                    doubts.append((doubt, one, other))
    return links


def _without_value(members: Sequence[Candidate]) -> list[Link]:
    """People whom nothing reaches, told by everything that is known of them: a list that comes again changes nothing."""
    alike: dict[tuple[int, int, str, str], int] = {}
    links: list[Link] = []
    for number, member in enumerate(members):
        if member.bare and member.name_key is not None and member.born is not None:
            key = (member.name_key, member.born, member.birth_date, member.district)
            first = alike.setdefault(key, number)
            if first != number:
                links.append(Link(_STRENGTH[Reason.NO_VALUE], Reason.NO_VALUE, first, number))
    return links


def _mailboxes(member: Candidate) -> Sequence[str]:
    return member.mailboxes


def _kakao_ids(member: Candidate) -> Sequence[str]:
    return member.kakao_ids


def _nameless(people: People, members: Sequence[Candidate], values: Iterable[Value]) -> list[tuple[int, int]]:
    """Whom each row without a full name belongs to. Decided for all of them before any is joined, so that one of them
    can't change what the next one sees.
    """
    places: dict[int, list[Value]] = {}
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
    return decisions
