"""What a segment's builder says of people: which conditions somebody meets, and who shares a number with others."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import sql

from pabal.contacts.activity_sql import FilterContext
from pabal.contacts.card import Blinder
from pabal.contacts.filter_sql import compile_filter
from pabal.contacts.queries import LIVING
from pabal.domain.filters import All, AnyOf, Condition, Node, Not
from pabal.kit.clock import KST
from pabal.kit.db import Conn

_MOST = 40  # conditions that are asked of each of the few people shown


async def conditions_met(
    conn: Conn, node: Node, ids: Sequence[UUID], blinder: Blinder, now: datetime
) -> dict[UUID, list[int]]:
    """Of each person the numbers of the conditions they meet, counted as they are written; none of what mustn't be met."""
    asked = list(_positive(node))[:_MOST]
    if not asked or not ids:
        return {}
    context = FilterContext(blinder, now.astimezone(KST).date(), "walk")
    each = sql.SQL(", ").join(compile_filter(condition, context) for _, condition in asked)
    cursor = await conn.execute(
        sql.SQL("SELECT c.id, ARRAY[{}] FROM contacts c WHERE c.id = ANY({})").format(
            each, sql.Literal(list(ids))
        )
    )
    return {
        one: [number for (number, _), holds in zip(asked, met, strict=True) if holds]
        for one, met in await cursor.fetchall()
    }


def _positive(node: Node) -> Iterator[tuple[int, Condition]]:
    number = 0

    def walk(node: Node, *, wanted: bool) -> Iterator[tuple[int, Condition]]:
        nonlocal number
        match node:
            case All(children) | AnyOf(children):
                for child in children:
                    yield from walk(child, wanted=wanted)
            case Not(child):
                yield from walk(child, wanted=False)
            case Condition():
                if wanted:
                    yield number, node
                number += 1
            case _:
                pass

    return walk(node, wanted=True)


async def on_a_shared_number(conn: Conn, where: sql.Composable) -> int:
    """How many fewer texts than people with a mobile number: one goes to each number."""
    cursor = await conn.execute(
        sql.SQL(
            "WITH hits AS MATERIALIZED (SELECT c.tenant_id, c.id FROM contacts c WHERE {} AND {}),"
            " firsts AS (SELECT DISTINCT ON (i.contact_id) i.contact_id, i.address_key FROM hits h"
            " JOIN identities i ON i.tenant_id = h.tenant_id AND i.contact_id = h.id"
            " WHERE i.kind = 'phone' AND i.quality = 'ok' ORDER BY i.contact_id, i.position)"
            " SELECT count(*) - count(DISTINCT address_key) FROM firsts"
        ).format(LIVING, where)
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])
