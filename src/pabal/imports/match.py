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

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Final, NamedTuple
from uuid import UUID

from pabal.domain.likeness import Likeness, likeness
from pabal.domain.name import NAMELESS
from pabal.imports.beside import beside
from pabal.imports.evidence import CROWD, NEAR_YEARS, Member, Value, shared_values, years_apart
from pabal.imports.near import near_ids, near_phones
from pabal.imports.people import STRENGTH, Doubt, Link, People, Reason


class Group(NamedTuple):
    """One person: rows of the file, and the contacts they meet; more than one contact means a merge."""

    rows: Sequence[int]
    contacts: Sequence[UUID]  # oldest first: UUIDv7
    reasons: tuple[Reason, ...] = ()


Asked = tuple[Doubt, int, int]
NOBODY: Final[tuple[UUID, ...]] = ()
WORTH_A_COPY: Final = 20_000  # members: below, a fork costs what it saves


class Matched(NamedTuple):
    """Everybody joined as far as the rules go: what groups and questions are read from."""

    people: People
    values: list[Value]
    doubts: list[Asked]  # near numbers and IDs that are no joint


def match(
    members: Sequence[Member],
    apart: Iterable[tuple[int, int]] = (),
    *,
    ask_nameless: bool = False,
    helped: bool = False,
) -> Matched:
    """Strongest joints first; the order of members doesn't change who belongs together.

    `helped`: a forked copy may compare near values meanwhile (imports/beside), half of the work.
    """
    with beside(lambda: [_near(members)], wanted=helped and len(members) >= WORTH_A_COPY) as helper:
        values, plain = shared_values(members)
        people = People(members, apart)
        links = _joined_by_value(people, members, values, plain)
        found = None if helper is None else helper.results()
        near, doubts = next(found, None) or _near(members) if found else _near(members)
    links += near
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


def _near(members: Sequence[Member]) -> tuple[list[Link], list[Asked]]:
    doubts: list[Asked] = []
    links = near_phones(members, doubts)
    links += near_ids(members, doubts)
    return links, doubts


def _joined_by_value(
    people: People, members: Sequence[Member], values: list[Value], plain: Iterable[tuple[int, int]]
) -> list[Link]:
    """Who has one value and one name is joined; other names on one value are links to be weighed."""
    for one, other in plain:
        if not people.join(one, other, Reason.SAME_NAME):  # their years contradict: a value to ask about
            key = members[one].name_key or 0
            values.append(Value([one, other], {key: [one, other]}, 1, line=False))
    for value in values:
        _same_names(people, members, value)
    return [link for value in values if len(value.by_name) > 1 for link in _other_names(members, value)]


def assign(rows: Sequence[Member], contacts: Mapping[UUID, Member]) -> list[Group]:
    """Groups in the order of their first row."""
    ids = sorted(contacts)
    return list(groups_of(match([*rows, *(contacts[one] for one in ids)]).people, len(rows), ids))


class Groups:
    """Everybody of a file, in the order of their first row. Kept are those with more than one row or a contact; the others,
    nine of ten of a first list, are a row, and are made when they are asked for: 0.2 GB of a million.
    """

    def __init__(self, size: int, joined: Iterable[Group]) -> None:
        self.size = size
        self.joined = {group.rows[0]: group for group in joined}
        self._later = bytearray(size)
        for group in self.joined.values():
            for position in group.rows[1:]:
                self._later[position] = 1

    def __len__(self) -> int:
        return self.size - sum(self._later)

    def __iter__(self) -> Iterator[Group]:
        return self.between(0, self.size)

    def between(self, start: int, end: int) -> Iterator[Group]:
        """Those whose first row stands there."""
        joined, later = self.joined, self._later
        for position in range(start, end):
            if not later[position]:
                yield joined.get(position) or Group((position,), NOBODY)


def groups_of(people: People, size: int, contacts: Sequence[UUID]) -> Groups:
    """`size` rows come first among the members, then the contacts, oldest first."""
    first = array("i", [-1]) * len(people.members)  # by root
    rows_of: dict[int, list[int]] = {}  # of those with more than one
    contacts_of: dict[int, list[UUID]] = {}
    find, reasons_of = people.find, people.reasons
    for position in range(size):
        root = find(position)
        if first[root] < 0:
            first[root] = position
        else:
            rows_of.setdefault(root, [first[root]]).append(position)
    for number, contact_id in enumerate(contacts, start=size):
        root = find(number)
        if first[root] >= 0:  # people on the same value that no row of the file concerns stay as they are
            contacts_of.setdefault(root, []).append(contact_id)
    return Groups(
        size,
        (
            Group(
                rows_of.get(root, (first[root],)),
                contacts_of.get(root, NOBODY),
                tuple(sorted(reasons_of.get(root, ()), key=STRENGTH.__getitem__)),
            )
            for root in rows_of.keys() | contacts_of.keys()
        ),
    )


def _same_names(people: People, members: Sequence[Member], value: Value) -> None:
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


def _other_names(members: Sequence[Member], value: Value) -> list[Link]:
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
                links.append(Link(STRENGTH[reason], reason, one, other))
    return links


def _without_value(members: Sequence[Member]) -> list[Link]:
    """People whom nothing reaches, told by everything that is known of them: a list that comes again changes nothing."""
    alike: dict[tuple[int, int, str, str], int] = {}
    links: list[Link] = []
    for number, member in enumerate(members):
        if member.bare and member.name_key is not None and member.born is not None:
            key = (member.name_key, member.born, member.birth_date, member.district)
            first = alike.setdefault(key, number)
            if first != number:
                links.append(Link(STRENGTH[Reason.NO_VALUE], Reason.NO_VALUE, first, number))
    return links


def _nameless(people: People, members: Sequence[Member], values: Iterable[Value]) -> list[tuple[int, int]]:
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
