"""What matching sees of a row or a contact, and what its values say: who holds the same one, under how many names.

Pure: keyed hashes, names and birth years, and only where nearness is compared the values themselves.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from pabal.domain.likeness import distinct
from pabal.domain.name import NAMELESS, Name

CROWD: Final = 5
CROWDED_LINE: Final = 6
NAMESAKE_YEARS: Final = 10  # father and son of one name
NEAR_YEARS: Final = 2
NAMESAKES: Final = 50  # of one name (and half number): more say that the name tells nobody apart


class Member(Protocol):
    """A row (by its position in the file) or a contact as matching sees it. Rows are members themselves (imports/stage): a
    second object for each took a quarter of a kilobyte, of a million of them.
    """

    @property
    def name_key(self) -> int | None: ...
    @property
    def values(self) -> Sequence[int]: ...
    @property
    def lines(self) -> frozenset[int]:
        """Those of its values that are landlines."""
        ...

    @property
    def name(self) -> Name | None: ...
    @property
    def born(self) -> int | None: ...
    @property
    def mobiles(self) -> Sequence[str]: ...
    @property
    def district(self) -> str: ...
    @property
    def birth_date(self) -> str:
        """YYYYMMDD."""
        ...

    @property
    def mailboxes(self) -> Sequence[str]: ...
    @property
    def kakao_ids(self) -> Sequence[str]: ...
    @property
    def bare(self) -> bool:
        """Nothing reaches this person."""
        ...


class Candidate(NamedTuple):
    """A contact as a member."""

    name_key: int | None
    values: Sequence[int]
    lines: frozenset[int] = frozenset()
    name: Name | None = None  # known only where something depends on it
    born: int | None = None
    mobiles: Sequence[str] = ()
    district: str = ""
    birth_date: str = ""
    mailboxes: Sequence[str] = ()
    kakao_ids: Sequence[str] = ()
    bare: bool = False


class Value(NamedTuple):
    """A contact value that several members hold."""

    members: list[int]
    by_name: Mapping[int, list[int]]  # only those with a full name
    fan: int  # how many different names; near spellings count once
    line: bool

    @property
    def crowded(self) -> bool:
        return self.fan >= (CROWDED_LINE if self.line else CROWD)


def shared_values(members: Sequence[Member]) -> tuple[list[Value], list[tuple[int, int]]]:
    """Values with more than one holder, in an order that doesn't depend on the order of rows; and apart from them the
    plainest, as pairs: two holders of one full name, no line. Of a list that comes again nearly all are.
    """
    first: dict[
        int, int
    ] = {}  # nine of ten values are held once: no list for them (100 MB of a million rows)
    on_value: dict[int, list[int]] = {}
    lines: set[int] = set()
    for number, member in enumerate(members):
        if member.lines:
            lines |= member.lines
        for value in member.values:
            holder = first.setdefault(value, number)
            if holder is number:
                continue
            held = on_value.get(value)
            if held is None:
                on_value[value] = [holder, number]
            else:
                held.append(number)
    del first
    found: list[Value] = []
    plain: list[tuple[int, int]] = []
    for value in sorted(on_value):
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


def years_apart(a: Member, b: Member) -> int:
    """0 when either is unknown: nothing speaks against them."""
    return 0 if a.born is None or b.born is None else abs(a.born - b.born)


def halves(mobile: str) -> tuple[str, str]:
    """A slip changes one half of a number: namesakes who share the other half are worth a look."""
    return mobile[-8:-4], mobile[-4:]
