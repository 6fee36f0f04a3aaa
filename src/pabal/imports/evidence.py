"""What matching sees of a row or a contact, and what its values say: who holds the same one, under how many names.

Pure: keyed hashes, names and birth years, and only where nearness is compared the values themselves.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pabal.domain.likeness import distinct
from pabal.domain.name import NAMELESS, Name

CROWD: Final = 5
CROWDED_LINE: Final = 6
NAMESAKE_YEARS: Final = 10  # father and son of one name
NEAR_YEARS: Final = 2
NAMESAKES: Final = 50  # of one name (and half number): more say that the name tells nobody apart


class Candidate(NamedTuple):
    """A row (by its position in the file) or a contact as matching sees it."""

    name_key: int | None
    values: Sequence[int]
    lines: frozenset[int] = frozenset()  # those of its values that are landlines
    name: Name | None = None  # of a contact: known only where something depends on it
    born: int | None = None
    mobiles: Sequence[str] = ()
    district: str = ""
    birth_date: str = ""  # YYYYMMDD
    mailboxes: Sequence[str] = ()
    kakao_ids: Sequence[str] = ()
    bare: bool = False  # nothing reaches this person


class Value(NamedTuple):
    """A contact value that several members hold."""

    members: list[int]
    by_name: Mapping[int, list[int]]  # only those with a full name
    fan: int  # how many different names; near spellings count once
    line: bool

    @property
    def crowded(self) -> bool:
        return self.fan >= (CROWDED_LINE if self.line else CROWD)


def shared_values(members: Sequence[Candidate]) -> tuple[list[Value], list[tuple[int, int]]]:
    """Values with more than one holder, in an order that doesn't depend on the order of rows; and apart from them the
    plainest, as pairs: two holders of one full name, no line. Of a list that comes again nearly all are.
    """
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
    found: list[Value] = []
    plain: list[tuple[int, int]] = []
    for value in sorted([value for value, held in on_value.items() if len(held) > 1]):
        held = on_value[value]
        if len(held) == 2 and value not in lines:
            name_key = members[held[0]].name_key
            if name_key is not None and name_key == members[held[1]].name_key:
                plain.append((held[0], held[1]))
                continue
        by_name: dict[int, list[int]] = defaultdict(list)
        for one in held:
            key = members[one].name_key
            if key is not None:
                by_name[key].append(one)
        fan = len(by_name)
        if fan > 1:
            fan = distinct(members[alike[0]].name or NAMELESS for alike in by_name.values())
        found.append(Value(held, by_name, fan, value in lines))
    return found, plain


def years_apart(a: Candidate, b: Candidate) -> int:
    """0 when either is unknown: nothing speaks against them."""
    return 0 if a.born is None or b.born is None else abs(a.born - b.born)


def halves(mobile: str) -> tuple[str, str]:
    """A slip changes one half of a number: namesakes who share the other half are worth a look."""
    return mobile[-8:-4], mobile[-4:]
