"""Which contacts are meant: turns a filter, ids, a segment, a tag into one SQL condition over `contacts c`.

Lists, bulk edits, exports and audiences of campaigns all go through here, so that they can't disagree.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from pabal.contacts.activity_sql import CLICKED, CONTACTED, FilterContext, newest_of, of_campaigns
from pabal.contacts.card import Blinder
from pabal.contacts.fields import ATTRIBUTE
from pabal.contacts.filter_sql import compile_filter, is_id, parse_contact_filter
from pabal.contacts.ways import Ways
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
    node = await with_districts(conn, await with_tag_ids(conn, node))
    sends = await _sends_of(conn, sorted({UUID(text) for text in _values(node, ("received", "clicked"))}))
    walk = FilterContext(blinder, now.astimezone(KST).date(), "walk", sends)
    whole = replace(walk, way="whole", alone=isinstance(node, Condition) and node.op in _AFFIRM)
    return Ways(
        compile_filter(node, walk),
        compile_filter(node, whole),
        lambda span: compile_filter(node, replace(whole, span=span)),
        tokens=_sole_tokens(node, blinder),
        district=next(
            (
                compile_filter(one, walk)
                for one in _musts(node)
                if one.field.key == "district" and one.op in _SAME
            ),
            None,
        ),
        newest=(newest := _newest_of(node, whole)),
        apart=newest is not None and not isinstance(node, Condition),
    )


_SAME = (Op.EQ, Op.IN)
_AFFIRM = (Op.EQ, Op.IN, Op.HAS, Op.IS_NOT_EMPTY, Op.AFTER, Op.WITHIN_DAYS)  # of which no field makes a NOT


def _musts(node: Node) -> Iterator[Condition]:
    """Conditions that everybody who is meant fulfils."""
    match node:
        case All(children):
            for child in children:
                yield from _musts(child)
        case Condition():
            yield node
        case _:
            pass


def _sole_tokens(node: Node, blinder: Blinder) -> Sequence[int]:
    match node:
        case Condition(spec, Op.EQ, value) if spec.key.startswith(ATTRIBUTE):
            return blinder.attribute_tokens(spec.key.removeprefix(ATTRIBUTE), value)
        case _:
            return ()


def _newest_of(node: Node, context: FilterContext) -> Callable[[UUID], sql.Composed] | None:
    """Where the newest of them may be whom a campaign reached or who ever clicked: one look into an index."""
    for one in _musts(node):
        if one.field.key == "received" and one.op is not Op.HAS_NOT:
            wanted = one.value if one.op is Op.IN else (one.value,)
            return partial(newest_of, CONTACTED, of_campaigns(wanted, context))
        if one.field.key == "lastClick" and one.op is not Op.IS_EMPTY:
            return partial(newest_of, CLICKED, sql.SQL(""))
    return None


async def _sends_of(conn: Conn, campaigns: Sequence[UUID]) -> dict[UUID, UUID]:
    if not campaigns:
        return {}
    cursor = await conn.execute(
        "SELECT id, send_id FROM campaigns WHERE id = ANY(%s) AND send_id IS NOT NULL", (list(campaigns),)
    )
    return dict(await cursor.fetchall())


async def with_districts(conn: Conn, node: Node) -> Node:
    """Parts of a district's name as the districts that have it: there are some hundreds, whose index answers for a million
    people. Where there are more than that, the name of each person is looked at.
    """
    parts = {one for one in _leaves(node) if one.field.key == "district" and one.op in _PARTS}
    if not parts:
        return node
    cursor = await conn.execute(_DISTRICTS, (_MANY_DISTRICTS + 1,))
    districts = [row[0] for row in await cursor.fetchall()]
    if len(districts) > _MANY_DISTRICTS:
        return node
    found: dict[Condition, Node] = {}
    for one in parts:
        cursor = await conn.execute(
            "SELECT d FROM unnest(%(all)s::text[]) AS d WHERE CASE WHEN %(starts)s"
            " THEN starts_with(lower(d), lower(%(part)s)) ELSE position(lower(%(part)s) IN lower(d)) > 0 END",
            {"all": districts, "part": one.value, "starts": one.op is Op.STARTS},
        )
        found[one] = Condition(one.field, Op.IN, tuple(row[0] for row in await cursor.fetchall()))
    return _mapped(node, lambda one: found.get(one, one))


_PARTS = (Op.STARTS, Op.CONTAINS)
_MANY_DISTRICTS = 1_000
_DISTRICTS: LiteralString = """
    WITH RECURSIVE found AS (
        (SELECT c.district FROM contacts c WHERE c.merged_into IS NULL AND c.erased_at IS NULL ORDER BY c.district LIMIT 1)
        UNION ALL
        SELECT (SELECT c.district FROM contacts c
                WHERE c.merged_into IS NULL AND c.erased_at IS NULL AND c.district > f.district
                ORDER BY c.district LIMIT 1)
        FROM found f WHERE f.district IS NOT NULL)
    SELECT f.district FROM found f WHERE f.district <> '' LIMIT %s
"""


def _leaves(node: Node) -> Iterator[Condition]:
    match node:
        case All(children) | AnyOf(children):
            for child in children:
                yield from _leaves(child)
        case Not(child):
            yield from _leaves(child)
        case Condition():
            yield node
        case _:
            pass


async def with_tag_ids(conn: Conn, node: Node) -> Node:
    """Names of tags as ids; of one that isn't there, as an id that nobody carries."""
    names = sorted({name for name in _values(node, ("tag",)) if not is_id(name)})
    if not names:
        return node
    cursor = await conn.execute("SELECT name, id::text FROM tags WHERE name = ANY(%s)", (names,))
    return _named(node, {**dict.fromkeys(names, str(UUID(int=0))), **dict(await cursor.fetchall())})


def _values(node: Node, fields: Sequence[str]) -> Iterator[str]:
    """Everything that these fields are compared with."""
    for one in _leaves(node):
        if one.field.key in fields and one.value is not None:
            yield from one.value if one.op is Op.IN else (one.value,)


def _named(node: Node, ids: Mapping[str, str]) -> Node:
    def named(one: Condition) -> Node:
        if one.field.key != "tag" or one.value is None:
            return one
        value = one.value
        among = tuple(ids.get(name, name) for name in value) if one.op is Op.IN else ids.get(value, value)
        return Condition(one.field, one.op, among)

    return _mapped(node, named)


def _mapped(node: Node, change: Callable[[Condition], Node]) -> Node:
    match node:
        case All(children):
            return All(tuple(_mapped(child, change) for child in children))
        case AnyOf(children):
            return AnyOf(tuple(_mapped(child, change) for child in children))
        case Not(child):
            return Not(_mapped(child, change))
        case Condition():
            return change(node)
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
