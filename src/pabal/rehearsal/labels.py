"""Which records an expert would merge, judged by what can be read on them: never by who wrote them.

    shared own mobile, e-mail or Kakao ID seen with fewer than five full names ("fan")
        same name -> merge (birth years ten apart: ask)        near name -> merge (two apart: ask)
        no full name on one side -> merge if the value carries one full name only, else ask
        another name -> a household: never
    shared landline with fewer than six names: same name -> merge; near name -> merge with the same birth year
    same name, mobile one slip apart -> merge; the 01x number it had before 2010 -> merge with birth year or 동
    same name, e-mail or Kakao ID one slip apart -> merge with the same birth year
    anything weaker -> ask, or nothing to ask about

Pairs to ask about count neither for nor against: recall is measured over what a machine may be expected to do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from pabal.rehearsal.hangul import one_edit, romanise, strokes
from pabal.rehearsal.writing import NameKind, Readable, Record

Value = tuple[str, str]


@lru_cache(maxsize=200_000)
def _near(a: str, b: str) -> bool:
    return one_edit(strokes(a), strokes(b))


def name_relation(a: Readable, b: Readable) -> str:
    """`same`, `near`, `open` (one side has no full name) or `other`."""
    if NameKind.NONE in (a.kind, b.kind):
        return "open"
    if NameKind.PARTIAL in (a.kind, b.kind):
        short, full = (a, b) if a.kind is NameKind.PARTIAL else (b, a)
        return "open" if full.name.startswith(short.name) else "other"
    if a.name == b.name:
        return "same" if a.kind is b.kind else "near"
    if NameKind.ROMAN in (a.kind, b.kind):
        return "near" if romanise(a.name) == romanise(b.name) else "other"
    return "near" if _near(a.name, b.name) else "other"


def personal(one: Readable) -> Iterator[Value]:
    yield from (("mobile", number) for number in one.mobiles)
    if one.email:
        yield ("email", one.email)
    if one.kakao:
        yield ("kakao", one.kakao)


def fans(records: Sequence[Record]) -> dict[Value, int]:
    """How many people a value names; spellings of one name count once."""
    names: dict[Value, set[str]] = defaultdict(set)
    for record in records:
        if record.says.kind is NameKind.FULL:
            for value in (*personal(record.says), *(("line", one) for one in record.says.landlines)):
                names[value].add(record.says.name)
    return {value: _distinct(found) for value, found in names.items()}


def _distinct(names: Iterable[str]) -> int:
    kept: list[str] = []
    for name in sorted(names):
        if not any(_near(name, other) for other in kept):
            kept.append(name)
    return len(kept)


def would_merge(a: Readable, b: Readable, fan: dict[Value, int]) -> bool:
    names = name_relation(a, b)
    apart = abs(a.born - b.born) if a.born is not None and b.born is not None else None
    years = apart or 0
    shared = set(personal(a)) & set(personal(b))
    close = [value for value in shared if fan.get(value, 0) < 5]
    if close:
        if names == "same":
            return years < 10
        if names == "near":
            return years < 2
        return names == "open" and years < 2 and any(fan.get(value, 0) < 2 for value in close)
    lines = a.landlines & b.landlines
    if not shared and any(fan.get(("line", line), 0) < 6 for line in lines):
        return (names == "same" and years <= 1) or (names == "near" and apart == 0)
    if shared or lines or names != "same":
        return False
    if any(one_edit(x, y) for x in a.mobiles | a.broken for y in b.mobiles | b.broken):
        return years < 2
    if any(x[-7:] == y[-7:] and (x[:3] == "010") != (y[:3] == "010") for x in a.mobiles for y in b.mobiles):
        return apart == 0 or (a.dong != "" and a.dong == b.dong)
    typed = ((a.email, b.email), (a.kakao, b.kakao))
    return apart == 0 and any(x and y and len(x) > 5 and one_edit(x, y) for x, y in typed)


class Groups:
    """Union-find over record numbers."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, one: int) -> int:
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def join(self, a: int, b: int) -> None:
        a, b = self.find(a), self.find(b)
        self._parent[max(a, b)] = min(a, b)


def auto_groups(records: Sequence[Record]) -> Groups:
    """Records of one person that an expert's merges connect: two in one group are a pair to be found.

    Only records of one person can be such a pair, so nothing else is compared.
    """
    fan = fans(records)
    groups = Groups(len(records))
    by_person: dict[int, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        by_person[record.person].append(number)
    for numbers in by_person.values():
        for a, b in combinations(numbers, 2):
            if groups.find(a) != groups.find(b) and would_merge(records[a].says, records[b].says, fan):
                groups.join(a, b)
    return groups
