"""Who is who within a chunk: rows and the contacts that already hold their values → groups that are one
person.

The spine's rule: the same value and the same full name are one person. A nameless row or contact joins the
one person on its value; where two named people share it, it stays alone: nobody guesses. A shared value
never merges two names. Pure: `assign` sees keyed hashes only. Finer rules (typos, romanised names, birth
years) replace `assign`, not its callers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID


class Candidate(NamedTuple):
    """A row (by its position in the chunk) as matching sees it."""

    name_key: int | None
    value_keys: Sequence[int]


class Holder(NamedTuple):
    """A contact that holds a value."""

    contact_id: UUID
    name_key: int | None


class Group(NamedTuple):
    """One person: rows of the chunk, and the contacts they meet; more than one contact means a merge."""

    rows: list[int]
    contacts: list[UUID]  # oldest first: UUIDv7


class _Union:
    def __init__(self) -> None:
        self._parent: dict[object, object] = {}

    def find(self, node: object) -> object:
        parent = self._parent.setdefault(node, node)
        while parent != node:
            grand = self._parent[parent]
            self._parent[node] = grand
            node, parent = parent, grand
        return node

    def join(self, a: object, b: object) -> None:
        root_a, root_b = self.find(a), self.find(b)
        if root_a != root_b:
            self._parent[root_b] = root_a


def assign(rows: Sequence[Candidate], holders: Mapping[int, Iterable[Holder]]) -> list[Group]:
    """Groups in the order of their first row. Order of rows doesn't change who belongs together."""
    union = _Union()
    named_on: dict[int, set[object]] = defaultdict(set)  # value -> a member of each named person on it
    nameless: dict[object, list[int]] = {}  # contact or row -> its values
    for value, found in holders.items():
        for holder in found:
            if holder.name_key is None:
                nameless.setdefault(holder.contact_id, []).append(value)
            else:
                bucket = (value, holder.name_key)
                union.join(bucket, holder.contact_id)
                named_on[value].add(bucket)
    for position, row in enumerate(rows):
        if row.name_key is None:
            nameless[position] = list(row.value_keys)
            continue
        for value in row.value_keys:
            bucket = (value, row.name_key)
            union.join(bucket, position)
            named_on[value].add(bucket)
    _join_nameless(union, nameless, named_on)
    return _groups(union, len(rows), holders)


def _join_nameless(
    union: _Union, nameless: Mapping[object, Sequence[int]], named_on: Mapping[int, set[object]]
) -> None:
    """Decided for all of them before any is joined, so that one nameless row can't change what the next one
    sees.
    """
    decisions: list[tuple[object, object]] = []
    for node, values in nameless.items():
        people = {union.find(bucket) for value in values for bucket in named_on.get(value, ())}
        if len(people) == 1:
            decisions.append((people.pop(), node))
        elif not people:
            decisions += [((value, None), node) for value in values]
    for person, node in decisions:
        union.join(person, node)


def _groups(union: _Union, size: int, holders: Mapping[int, Iterable[Holder]]) -> list[Group]:
    by_root: dict[object, Group] = {}
    for position in range(size):
        by_root.setdefault(union.find(position), Group([], [])).rows.append(position)
    contacts = sorted({holder.contact_id for found in holders.values() for holder in found})
    for contact_id in contacts:
        group = by_root.get(union.find(contact_id))
        if group is not None:  # people on the same value that no row of the chunk concerns stay as they are
            group.contacts.append(contact_id)
    return list(by_root.values())
