"""Namesakes whose values are one slip apart: typed wrong once, or the number of before 2010. Pure (imports/match)."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from pabal.domain.likeness import one_edit
from pabal.imports.evidence import NAMESAKES, NEAR_YEARS, Candidate, halves, years_apart
from pabal.imports.people import STRENGTH, Doubt, Link, Reason

SEQUENCE: Final = 50  # one number in so many with a neighbour: the list was handed out in sequence


def near_phones(members: Sequence[Candidate], doubts: list[tuple[Doubt, int, int]]) -> list[Link]:
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


def near_ids(members: Sequence[Candidate], doubts: list[tuple[Doubt, int, int]]) -> list[Link]:
    """Namesakes whose mailbox or Kakao ID is one slip apart: one person if the birth year agrees, else a question unless
    digits tell them apart.

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
                    links.append(Link(STRENGTH[Reason.NEAR_ID], Reason.NEAR_ID, one, other))
                elif years_apart(a, b) < NEAR_YEARS and not _numbered_apart(mine, theirs):
                    doubts.append((doubt, one, other))
    return links


def _numbered_apart(one: str, other: str) -> bool:
    """Do only digits differ, kim620306 from kim620206? They are birthdays and counters: on four invented lists of 130,000
    rows none of 138 such pairs of namesakes was one person, of 21 other pairs a slip apart 16 were.
    """
    return len(one) == len(other) and all(
        a.isdigit() and b.isdigit() for a, b in zip(one, other, strict=True) if a != b
    )


def _mailboxes(member: Candidate) -> Sequence[str]:
    return member.mailboxes


def _kakao_ids(member: Candidate) -> Sequence[str]:
    return member.kakao_ids
