"""What a segment says: a filter, people put in and left out by hand, other segments left out.

`selects` puts it together as one filter, so that lists, campaigns and exports need to know nothing but filters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

MAX_LEFT_OUT = 10  # segments; a chain of them is followed through, ...
MAX_CHAIN = 5  # ... so far: each link may be four groups deeper, and nobody reads a rule of more
MAX_BY_HAND = 1_000  # people; more is a tag or an import
NOBODY: dict[str, Any] = {"field": "contact", "op": "in", "value": [str(UUID(int=0))]}

Json = dict[str, Any]


class SegmentLoopError(Exception):
    """A segment would leave itself out, perhaps by way of others."""


def longest_chain(rules: Mapping[UUID, "SegmentRule"], start: Sequence[UUID]) -> int:
    """Links of the longest chain of left-out segments below these. Of rules without a loop."""
    depth, level = 0, set(start)
    while True:
        level = {
            one for rule in level if rule in rules for one in rules[rule].exclude_segment_ids
        } & rules.keys()
        if not level or depth > len(rules):
            return depth
        depth += 1


@dataclass(frozen=True)
class SegmentRule:
    filter: Json = field(default_factory=dict)
    exclude_segment_ids: tuple[UUID, ...] = ()
    include_contact_ids: tuple[UUID, ...] = ()
    exclude_contact_ids: tuple[UUID, ...] = ()

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(
            data.get("filter") or {},
            *(
                tuple(map(UUID, data.get(key, ())))
                for key in ("excludeSegmentIds", "includeContactIds", "excludeContactIds")
            ),
        )

    def to_json(self) -> Json:
        return {
            "filter": self.filter,
            "excludeSegmentIds": [str(one) for one in self.exclude_segment_ids],
            "includeContactIds": [str(one) for one in self.include_contact_ids],
            "excludeContactIds": [str(one) for one in self.exclude_contact_ids],
        }

    def selects(self, rule_of: Callable[[UUID], "SegmentRule | None"], within: Sequence[UUID] = ()) -> Json:
        """The filter of who is meant in the end. Who is put in by hand is in even if a left-out segment has them; who is
        left out by hand is out. A segment that is gone leaves nobody out.
        """
        out = []
        for one in self.exclude_segment_ids:
            if one in within:
                raise SegmentLoopError
            rule = rule_of(one)
            if rule is not None:
                # {} is everyone, but no part of a group.
                out.append({"not": rule.selects(rule_of, (*within, one)) or {"not": NOBODY}})
        parts = [*([self.filter] if self.filter else []), *out]
        whole: Json = {} if not parts else parts[0] if len(parts) == 1 else {"all": parts}
        if self.include_contact_ids and whole:
            whole = {"any": [whole, _named(self.include_contact_ids)]}
        if self.exclude_contact_ids:
            left = {"not": _named(self.exclude_contact_ids)}
            whole = {"all": [whole, left]} if whole else left
        return whole


def _named(ids: Sequence[UUID]) -> Json:
    return {"field": "contact", "op": "in", "value": [str(one) for one in ids]}
