"""Segments: a saved rule under a name. Who belongs to it is computed when asked, never stored; how many there were when
somebody last looked is, with its age.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from pydantic_core import from_json, to_json

from pabal.contacts.queries import Total
from pabal.contacts.segment_rule import MAX_CHAIN, SegmentLoopError, SegmentRule, longest_chain
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare

SEGMENT_EXISTS = declare("segment_exists", 409, "같은 이름의 세그먼트가 있어요")
SEGMENT_CHANGED = declare("segment_changed", 409, "다른 사람이 먼저 고쳤어요. 다시 불러온 뒤 고쳐 주세요")
SEGMENT_IN_USE = declare("segment_in_use", 409, "쓰이고 있는 세그먼트라서 지울 수 없어요")


@dataclass(frozen=True)
class Segment:
    id: UUID
    name: str
    description: str
    rule: SegmentRule
    filter: dict[str, Any]  # who is meant in the end: the rule with all that it leaves out
    version: int
    counted: int | None
    counted_relation: str
    counted_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class _Row:
    id: UUID
    name: str
    description: str
    plain: str
    version: int
    counted: int | None
    counted_relation: str
    counted_at: datetime | None
    created_at: datetime
    updated_at: datetime


async def _rows(conn: Conn) -> list[_Row]:
    """All of them: some dozens, and one may leave out another."""
    async with conn.cursor(row_factory=class_row(_Row)) as cursor:
        await cursor.execute(
            """
            SELECT id, name, description,
                   CASE WHEN definition IS NULL THEN jsonb_build_object('filter', filter)::text
                        ELSE app.decrypt(definition) END AS plain,
                   version, counted, counted_relation, counted_at, created_at, updated_at
            FROM segments ORDER BY name
            """
        )
        return await cursor.fetchall()


async def seal_old_segments(conn: Conn, most: int) -> int:
    """Of those from before rules were ciphertext: how many now are."""
    cursor = await conn.execute(
        """
        UPDATE segments SET definition = app.encrypt(jsonb_build_object('filter', filter)::text), filter = NULL
        WHERE id IN (SELECT id FROM segments WHERE definition IS NULL ORDER BY id LIMIT %s FOR UPDATE)
        """,
        (most,),
    )
    return cursor.rowcount


async def one_at_a_time(conn: Conn) -> None:
    """Two people could each leave out the other's segment at once: a loop that neither saw, and then no list of segments."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal segments ' || app.tenant_id(), 0))"
    )


async def list_segments(conn: Conn) -> list[Segment]:
    rows = await _rows(conn)
    rules = {row.id: SegmentRule.from_json(from_json(row.plain)) for row in rows}
    return [
        Segment(
            id=row.id,
            name=row.name,
            description=row.description,
            rule=rules[row.id],
            filter=rules[row.id].selects(rules.get, (row.id,)),
            version=row.version,
            counted=row.counted,
            counted_relation=row.counted_relation,
            counted_at=row.counted_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


async def read_segment(conn: Conn, segment_id: UUID) -> Segment:
    found = next((one for one in await list_segments(conn) if one.id == segment_id), None)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


async def selects_of(conn: Conn, rule: SegmentRule, segment_id: UUID | None = None) -> dict[str, Any]:
    """The filter of a rule that isn't saved (yet). Refuses segments that are gone or that would leave themselves out."""
    if not rule.exclude_segment_ids:
        return rule.selects(lambda _: None)
    rows = await _rows(conn)
    rules = {row.id: SegmentRule.from_json(from_json(row.plain)) for row in rows}
    if segment_id is not None:
        rules[segment_id] = rule
    missing = [i for i, one in enumerate(rule.exclude_segment_ids) if one not in rules]
    if missing:
        raise Problem(
            INVALID, errors=[FieldError(f"excludeSegmentIds[{i}]", "없는 세그먼트예요") for i in missing]
        )
    try:
        whole = rule.selects(rules.get, () if segment_id is None else (segment_id,))
    except SegmentLoopError as error:
        fault = FieldError(
            "excludeSegmentIds", "돌고 돌아 자기 자신을 빼게 돼요", "뺄 세그먼트를 다시 골라 주세요"
        )
        raise Problem(INVALID, errors=[fault]) from error
    _not_too_long(rule, segment_id, rules, {row.id: row.name for row in rows})
    return whole


def _not_too_long(
    rule: SegmentRule, segment_id: UUID | None, rules: Mapping[UUID, SegmentRule], names: Mapping[UUID, str]
) -> None:
    """A change to one that others leave out makes theirs longer, too."""
    rules = {**rules, (segment_id or _NEW): rule}
    long = [one for one in rules if longest_chain(rules, (one,)) > MAX_CHAIN]
    if not long:
        return
    others = [f"‘{names[one]}’" for one in long if one in names and one != segment_id]
    message = f"세그먼트가 세그먼트를 빼는 것은 {MAX_CHAIN}단계까지 이을 수 있어요"
    if others:
        message = f"{', '.join(others[:3])}에서 {MAX_CHAIN}단계보다 길게 이어지게 돼요"
    fault = FieldError("excludeSegmentIds", message, "중간 세그먼트의 조건을 여기에 바로 적어 주세요")
    raise Problem(INVALID, errors=[fault])


_NEW = UUID(int=0)  # has no id yet


async def save_segment(
    conn: Conn,
    tenant_id: UUID,
    *,
    name: str,
    rule: SegmentRule,
    created_by: UUID | None,
    description: str = "",
) -> Segment:
    segment_id = new_id()
    await one_at_a_time(conn)
    await selects_of(conn, rule)
    cursor = await conn.execute(
        """
        INSERT INTO segments (tenant_id, id, name, description, definition, created_by)
        VALUES (%s, %s, %s, %s, app.encrypt(%s), %s)
        ON CONFLICT (tenant_id, name) DO NOTHING
        """,
        (tenant_id, segment_id, name, description, to_json(rule.to_json()).decode(), created_by),
    )
    if cursor.rowcount == 0:
        raise Problem(SEGMENT_EXISTS)
    return await read_segment(conn, segment_id)


async def change_segment(
    conn: Conn,
    segment_id: UUID,
    *,
    name: str | None,
    description: str | None,
    rule: SegmentRule | None,
    version: int | None,
) -> Segment:
    """With `version`, only if nobody else changed it since. Another rule makes the last count worthless."""
    await one_at_a_time(conn)
    now = await read_segment(conn, segment_id)
    if version is not None and now.version != version:
        raise Problem(SEGMENT_CHANGED, extra={"version": now.version})
    if name is not None:
        taken = await conn.execute("SELECT FROM segments WHERE name = %s AND id <> %s", (name, segment_id))
        if await taken.fetchone() is not None:
            raise Problem(SEGMENT_EXISTS)
    if rule is not None:
        await selects_of(conn, rule, segment_id)
    cursor = await conn.execute(
        """
        UPDATE segments SET name = coalesce(%(name)s, name), description = coalesce(%(description)s, description),
               definition = CASE WHEN %(rule)s::text IS NULL THEN definition ELSE app.encrypt(%(rule)s) END,
               filter = CASE WHEN %(rule)s::text IS NULL THEN filter END,
               counted = CASE WHEN %(rule)s::text IS NULL THEN counted END,
               counted_at = CASE WHEN %(rule)s::text IS NULL THEN counted_at END,
               version = version + 1, updated_at = clock_timestamp()
        WHERE id = %(id)s AND version = %(version)s
        """,
        {
            "id": segment_id,
            "name": name,
            "description": description,
            "rule": None if rule is None else to_json(rule.to_json()).decode(),
            "version": now.version,
        },
    )
    if cursor.rowcount == 0:
        raise Problem(SEGMENT_CHANGED)
    return await read_segment(conn, segment_id)


async def keep_count(conn: Conn, segment: Segment, total: Total) -> None:
    """What somebody has just been shown, unless the segment was changed meanwhile."""
    await conn.execute(
        """
        UPDATE segments SET counted = %(value)s, counted_relation = %(relation)s, counted_at = clock_timestamp()
        WHERE id = %(id)s AND version = %(version)s
        """,
        {"id": segment.id, "version": segment.version, "value": total.value, "relation": total.relation},
    )


@dataclass(frozen=True)
class Use:
    """A campaign or a segment that asks for a segment."""

    kind: str
    id: UUID
    name: str
    state: str


async def uses_of(conn: Conn, segment_id: UUID) -> list[Use]:
    """What would change or fail without it. A launched campaign has frozen its people."""
    cursor = await conn.execute(
        """
        SELECT 'campaign', id, name, state FROM campaigns
        WHERE audience ->> 'segmentId' = %s AND state NOT IN ('launched', 'cancelled') ORDER BY id DESC LIMIT 50
        """,
        (str(segment_id),),
    )
    campaigns = [Use(*row) for row in await cursor.fetchall()]
    leaving_out = [
        Use("segment", one.id, one.name, "")
        for one in await list_segments(conn)
        if segment_id in one.rule.exclude_segment_ids
    ]
    return [*campaigns, *leaving_out]


async def delete_segment(conn: Conn, segment_id: UUID) -> None:
    await one_at_a_time(conn)
    uses: Sequence[Use] = await uses_of(conn, segment_id)
    if uses:
        names = ", ".join(f"‘{use.name}’" for use in uses[:3]) + (
            f" 외 {len(uses) - 3}곳" if len(uses) > 3 else ""
        )
        raise Problem(SEGMENT_IN_USE, detail=f"{names}에서 쓰고 있어요. 먼저 거기에서 바꿔 주세요.")
    cursor = await conn.execute("DELETE FROM segments WHERE id = %s", (segment_id,))
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)
