"""Pairs found, missed and wrongly made. Pair accuracy with true negatives would be 99.99 % for doing nothing."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import comb

from pabal.rehearsal.labels import Groups
from pabal.rehearsal.writing import Record


@dataclass(frozen=True)
class Score:
    records: int
    pairs: int  # that an expert would merge
    found: int
    made: int  # all pairs that share a contact
    wrong: int  # of those, pairs of two people
    mixed: int  # contacts that hold two people or more

    @property
    def recall(self) -> float:
        return self.found / self.pairs if self.pairs else 1.0

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.made if self.made else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(mine + its for mine, its in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple[int, ...]:
        return (self.records, self.pairs, self.found, self.made, self.wrong, self.mixed)


def _pairs(keys: Iterable[Hashable]) -> int:
    return sum(comb(count, 2) for count in Counter(keys).values())


def score(records: Sequence[Record], expected: Groups, contacts: Sequence[str]) -> Score:
    """`contacts[i]` is where record i belongs now; "" for a refused one, which is nobody."""
    home = [contact or f"refused {number}" for number, contact in enumerate(contacts)]
    people: dict[str, set[int]] = defaultdict(set)
    for record, contact in zip(records, home, strict=True):
        people[contact].add(record.person)
    made = _pairs(home)
    return Score(
        records=len(records),
        pairs=_pairs(expected.find(number) for number in range(len(records))),
        found=_pairs((expected.find(number), contact) for number, contact in enumerate(home)),
        made=made,
        wrong=made - _pairs((record.person, contact) for record, contact in zip(records, home, strict=True)),
        mixed=sum(len(found) > 1 for found in people.values()),
    )
