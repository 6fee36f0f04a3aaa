"""Which contacts are meant: turns a filter, ids, a segment, a tag into one SQL condition over `contacts c`.

Lists, bulk edits, exports and audiences of campaigns all go through here, so that they can't disagree.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from pabal.contacts.activity_sql import FilterContext
from pabal.contacts.card import Blinder
from pabal.contacts.fields import ATTRIBUTE
from pabal.contacts.filter_sql import compile_filter, is_id, parse_contact_filter
from pabal.contacts.queries import DENSE_CIPHER, Ways
from pabal.domain.filters import All, AnyOf, Condition, FilterError, FilterFault, Node, Not, Op
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem


def selection_sql(filter_json: Any, blinder: Blinder, now: datetime) -> sql.Composable:
    """A filter that was checked by `read_filter` when it came in, or that a segment put together of such."""
    node = read_filter(filter_json, put_together=True)
    return compile_filter(node, FilterContext(blinder, now.astimezone(KST).date()))


async def ways_of(conn: Conn, filter_json: Any, blinder: Blinder, now: datetime) -> Ways:
    """As `selection_sql`, for counts and pages."""
    return await both_ways(conn, read_filter(filter_json, put_together=True), blinder, now)


async def both_ways(conn: Conn, node: Node, blinder: Blinder, now: datetime) -> Ways:
    """For lists and counts, which choose by what they find."""
    node = await with_tag_ids(conn, node)
    sends = await _sends_of(conn, sorted({UUID(text) for text in _values(node, ("received", "clicked"))}))
    today = now.astimezone(KST).date()
    return Ways(
        compile_filter(node, FilterContext(blinder, today, "walk", sends)),
        compile_filter(node, FilterContext(blinder, today, "whole", sends)),
        **({"dense": DENSE_CIPHER} if _asks_ciphertext(node) else {}),
    )


def _asks_ciphertext(node: Node) -> bool:
    match node:
        case All(children) | AnyOf(children):
            return any(map(_asks_ciphertext, children))
        case Not(child):
            return _asks_ciphertext(child)
        case Condition(spec):
            return spec.key.startswith(ATTRIBUTE)
        case _:
            return False


async def _sends_of(conn: Conn, campaigns: Sequence[UUID]) -> dict[UUID, UUID]:
    if not campaigns:
        return {}
    cursor = await conn.execute(
        "SELECT id, send_id FROM campaigns WHERE id = ANY(%s) AND send_id IS NOT NULL", (list(campaigns),)
    )
    return dict(await cursor.fetchall())


async def with_tag_ids(conn: Conn, node: Node) -> Node:
    """Names of tags as ids; of one that isn't there, as an id that nobody carries."""
    names = sorted({name for name in _values(node, ("tag",)) if not is_id(name)})
    if not names:
        return node
    cursor = await conn.execute("SELECT name, id::text FROM tags WHERE name = ANY(%s)", (names,))
    return _named(node, {**dict.fromkeys(names, str(UUID(int=0))), **dict(await cursor.fetchall())})


def _values(node: Node, fields: Sequence[str]) -> Iterator[str]:
    """Everything that these fields are compared with."""
    match node:
        case All(children) | AnyOf(children):
            for child in children:
                yield from _values(child, fields)
        case Not(child):
            yield from _values(child, fields)
        case Condition(spec, op, value) if spec.key in fields and value is not None:
            yield from value if op is Op.IN else (value,)
        case _:
            pass


def _named(node: Node, ids: Mapping[str, str]) -> Node:
    match node:
        case All(children):
            return All(tuple(_named(child, ids) for child in children))
        case AnyOf(children):
            return AnyOf(tuple(_named(child, ids) for child in children))
        case Not(child):
            return Not(_named(child, ids))
        case Condition(spec, op, value) if spec.key == "tag" and value is not None:
            named = tuple(ids.get(name, name) for name in value) if op is Op.IN else ids.get(value, value)
            return Condition(spec, op, named)
        case _:
            return node


def read_filter(filter_json: Any, *, path: str = "filter", put_together: bool = False) -> Node:
    """What somebody sent, checked. Raises the 422 that names every faulty path."""
    try:
        return parse_contact_filter(filter_json, path=path, put_together=put_together)
    except FilterError as error:
        raise filter_problem(error.faults) from error


def filter_problem(faults: Sequence[FilterFault]) -> Problem:
    return Problem(INVALID, errors=[FieldError(fault.path, fault.message) for fault in faults])


def ids_sql(ids: Sequence[UUID]) -> sql.Composable:
    return sql.SQL("c.id = ANY({}::uuid[])").format(sql.Literal(list(ids)))


def everything_of(nodes: Sequence[Node]) -> Node | None:
    """All of the given conditions; None if there are none."""
    return None if not nodes else nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def shorthand(field: str, op: str, value: Any) -> Node:
    """A list parameter (`?tag=`) as the condition it stands for."""
    node = read_filter({"field": field, "op": op, "value": value}, path=field)
    assert isinstance(node, Condition)
    return node
