"""Joints and the people they make: why two members are one person, why a pair is asked about, and a union-find that
refuses what contradicts it. Pure.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from pabal.domain.likeness import Likeness, likeness
from pabal.domain.name import NAMELESS, Name, NameKind
from pabal.imports.evidence import NAMESAKE_YEARS, NEAR_YEARS, Member


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


STRENGTH: Final = {reason: place for place, reason in enumerate(Reason)}


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

    def __init__(self, members: Sequence[Member], apart: Iterable[tuple[int, int]] = ()) -> None:
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
