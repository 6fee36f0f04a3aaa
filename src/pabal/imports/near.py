"""Namesakes whose values are one slip apart: typed wrong once, or the number of before 2010. Pure (imports/match)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from pabal.domain.likeness import one_edit
from pabal.imports.evidence import NAMESAKES, NEAR_YEARS, Member, halves, years_apart
from pabal.imports.people import STRENGTH, Doubt, Link, Reason

SEQUENCE: Final = 50  # one number in so many with a neighbour: the list was handed out in sequence


def near_phones(members: Sequence[Member], doubts: list[tuple[Doubt, int, int]]) -> list[Link]:
    """Namesakes whose mobile numbers differ by one slip, or by the prefixes of before 2010.

    Slips are rare (one row in a hundred) and have one right number. Numbers with several neighbours, or a list where one
    in fifty has one, were handed out in sequence: there nearness says nothing.
    """
    links: list[Link] = []
    neighbours: dict[tuple[int | None, str], set[str]] = defaultdict(set)
    pairs: list[tuple[int, str, int, str]] = []
    callers = 0
    for namesakes in _namesakes(members, _mobiles):
        callers += len(namesakes)
        seen: set[tuple[int, str, int, str]] = set()
        for found in _by_half((number, mobile) for number in namesakes for mobile in members[number].mobiles):
            for (one, mobile), (other, theirs) in combinations(found, 2):
                if one == other or mobile == theirs or (one, mobile, other, theirs) in seen:
                    continue
                if one_edit(mobile, theirs):
                    seen.add((one, mobile, other, theirs))
                    pairs.append((one, mobile, other, theirs))
                    neighbours[members[one].name_key, mobile].add(theirs)
                    neighbours[members[one].name_key, theirs].add(mobile)
                elif mobile[-7:] == theirs[-7:] and mobile.startswith("010") != theirs.startswith("010"):
                    if _moved(members[one], members[other]):
                        links.append(Link(STRENGTH[Reason.OLD_PREFIX], Reason.OLD_PREFIX, one, other))
                    elif years_apart(members[one], members[other]) < NEAR_YEARS:
                        doubts.append((Doubt.OLD_PREFIX, one, other))
    if len(neighbours) // 2 > max(1, callers // SEQUENCE):
        return links
    for one, mobile, other, theirs in pairs:
        a, b = members[one], members[other]
        if not len(neighbours[a.name_key, mobile]) == len(neighbours[a.name_key, theirs]) == 1:
            continue
        if years_apart(a, b) < NEAR_YEARS:
            links.append(Link(STRENGTH[Reason.NEAR_PHONE], Reason.NEAR_PHONE, one, other))
        else:
            doubts.append((Doubt.NEAR_PHONE_BIRTH, one, other))
    return links


def _namesakes(
    members: Sequence[Member], values_of: Callable[[Member], Sequence[str]]
) -> Iterator[Sequence[int]]:
    """Members with such values, name by name; who has a name alone is one of them (a list of one counts as a caller).

    Name by name, because the tables in which values meet are then as small as a name is common: one over a file of a million
    took 0.7 GB.
    """
    by_name: dict[int, list[int]] = {}
    alone: dict[int, int] = {}  # nine of ten names of a real list stand once: a number is a third of a list
    for number, member in enumerate(members):
        name_key = member.name_key
        if name_key is not None and values_of(member):
            held = by_name.get(name_key)
            if held is not None:
                held.append(number)
            elif (first := alone.setdefault(name_key, number)) != number:
                del alone[name_key]
                by_name[name_key] = [first, number]
    yield from by_name.values()
    yield from ((number,) for number in alone.values())


def _by_half(callers: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Who shares what a slip leaves: it leaves one half of a number as it was; two digits swapped across the middle leave
    everything else.
    """
    tables: tuple[dict[str, list[tuple[int, str]]], ...] = ({}, {}, {})
    for caller in callers:
        middle, last = halves(caller[1])
        a, b = middle[3:], last[:1]
        swapped = middle[:3] + (a + b if a < b else b + a) + last[1:]
        for table, key in zip(tables, (middle, last, swapped), strict=True):
            table.setdefault(key, []).append(caller)
    for table in tables:
        yield from (found for found in table.values() if 1 < len(found) <= NAMESAKES)


def _moved(a: Member, b: Member) -> bool:
    """The number of before 2010 and the one it became: is the birth year, or else the 동, the same?"""
    if a.born is not None and b.born is not None:
        return a.born == b.born
    return a.district != "" and a.district == b.district


def near_ids(members: Sequence[Member], doubts: list[tuple[Doubt, int, int]]) -> list[Link]:
    """Namesakes whose mailbox or Kakao ID is one slip apart: one person if the birth year agrees, else a question unless
    digits tell them apart.

    A slip leaves the first or the last three characters as they were: only those are compared.
    """
    links: list[Link] = []
    for doubt, values_of in ((Doubt.NEAR_EMAIL, _mailboxes), (Doubt.NEAR_KAKAO, _kakao_ids)):
        for namesakes in _namesakes(members, values_of):
            if len(namesakes) > 1:
                _near_ids_of(namesakes, members, doubt, values_of, links, doubts)
    return links


def _near_ids_of(
    namesakes: Sequence[int],
    members: Sequence[Member],
    doubt: Doubt,
    values_of: Callable[[Member], Sequence[str]],
    links: list[Link],
    doubts: list[tuple[Doubt, int, int]],
) -> None:
    tables: tuple[dict[str, list[tuple[int, str]]], ...] = ({}, {})
    for number in namesakes:
        for text in values_of(members[number]):
            local, _, domain = text.partition("@")
            for table, part in zip(tables, (local[:3], local[-3:]), strict=True):
                table.setdefault(part + domain, []).append((number, text))
    for table in tables:
        for found in table.values():
            if not 1 < len(found) <= NAMESAKES:
                continue
            for (one, mine), (other, theirs) in combinations(found, 2):
                if one == other or mine == theirs or not one_edit(mine, theirs):
                    continue
                a, b = members[one], members[other]
                if a.born is not None and a.born == b.born:
                    links.append(Link(STRENGTH[Reason.NEAR_ID], Reason.NEAR_ID, one, other))
                elif years_apart(a, b) < NEAR_YEARS and not _numbered_apart(mine, theirs):
                    doubts.append((doubt, one, other))


def _numbered_apart(one: str, other: str) -> bool:
    """Do only digits differ, kim620306 from kim620206? They are birthdays and counters: on four invented lists of 130,000
    rows none of 138 such pairs of namesakes was one person, of 21 other pairs a slip apart 16 were.
    """
    return len(one) == len(other) and all(
        a.isdigit() and b.isdigit() for a, b in zip(one, other, strict=True) if a != b
    )


def _mobiles(member: Member) -> Sequence[str]:
    return member.mobiles


def _mailboxes(member: Member) -> Sequence[str]:
    return member.mailboxes


def _kakao_ids(member: Member) -> Sequence[str]:
    return member.kakao_ids
