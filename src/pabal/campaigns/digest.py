"""Is what would go out now what a person has seen? The digest says so in three parts: content, people, prices.

Whoever was approved may shrink: people leaving void nothing (architecture 9). A fingerprint can't tell leaving from
joining, so an approval also keeps the ids, and only they are asked once fingerprints differ.
"""

from uuid import UUID

from psycopg import sql

from pabal import dispatch
from pabal.campaigns.plan import Plan
from pabal.campaigns.queries import selected_sql
from pabal.dispatch import Selection
from pabal.kit.db import Conn
from pabal.kit.http.errors import Problem, declare
from pabal.runtime import Runtime

AUDIENCE_CHANGED = declare("audience_changed", 409, "점검한 뒤 받는 사람이 바뀌었어요. 다시 점검해 주세요")
CONTENT_CHANGED = declare("content_changed", 409, "점검한 뒤 내용이 바뀌었어요. 다시 점검해 주세요")
EMPTY_AUDIENCE = declare("empty_audience", 409, "고른 사람이 없어요")

PRICES_MOVED = "점검한 뒤 단가가 바뀌었어요. 비용을 다시 확인해 주세요."


async def compare(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    plan: Plan,
    digest: str | None,
    *,
    priced: bool = True,
    approval_id: UUID | None = None,
) -> str:
    """The digest of now; refused when it isn't the one that a person has seen. Unless `priced`, other prices pass; with an
    approval, fewer people do. `extra["changed"]` of a refusal names the part."""
    expected = await dispatch.forecast(conn, rt, tenant_id, plan.selection, plan.channel)
    if expected.audience == 0:
        raise Problem(EMPTY_AUDIENCE)
    now = plan.digest(expected.fingerprint)
    if digest is None or digest == now:
        return now
    content, _, rest = digest.partition(".")
    fingerprint, _, prices = rest.partition(".")
    if content != plan.content_hash:
        raise Problem(CONTENT_CHANGED, extra={"changed": "content"})
    if fingerprint != expected.fingerprint:
        joined = None
        if approval_id is not None:
            joined = await _joined(conn, rt, tenant_id, plan.selection, approval_id)
        if joined != 0:
            raise _other_people(expected.audience, fingerprint, joined)
    if priced and prices != now.rpartition(".")[2]:
        raise Problem(CONTENT_CHANGED, detail=PRICES_MOVED, extra={"changed": "prices"})
    return now


def _other_people(audience: int, fingerprint: str, joined: int | None) -> Problem:
    before = _audience_of(fingerprint)
    if joined is not None:
        detail = f"승인받은 뒤 {joined:,}명이 늘어 지금 {audience:,}명이에요."
    else:
        detail = _difference(before, audience)
    extra = {"changed": "audience", "before": before, "audience": audience, "joined": joined}
    return Problem(AUDIENCE_CHANGED, detail=detail, extra=extra)


def _difference(before: int | None, audience: int) -> str:
    """Without the ids of whoever was checked, fewer people may still hide a newcomer, and it says so."""
    now = f"지금 {audience:,}명이에요."
    if before is None:
        return now
    if audience == before:
        return f"점검 때와 같은 {audience:,}명이지만 그 가운데 다른 사람이 들었어요."
    if audience > before:
        return f"점검 때 {before:,}명, {now}"
    return f"점검 때 {before:,}명, {now} 빠지기만 했는지 새로 든 사람도 있는지는 다시 점검해야 알 수 있어요."


def _audience_of(fingerprint: str) -> int | None:
    """A fingerprint begins with the number of people, in hex."""
    try:
        return int(fingerprint.partition("-")[0], 16)
    except ValueError:
        return None


async def keep_people(
    conn: Conn, rt: Runtime, tenant_id: UUID, selection: Selection, approval_id: UUID
) -> None:
    """The ids of everybody chosen, 16 bytes each, on the approval."""
    condition = await selected_sql(rt, tenant_id, selection)
    await conn.execute(
        sql.SQL(
            """
            UPDATE approvals
            SET people = (SELECT coalesce(array_agg(c.id), '{{}}') FROM contacts c WHERE {})
            WHERE tenant_id = {} AND id = {}
            """
        ).format(condition, sql.Literal(tenant_id), sql.Literal(approval_id))
    )


async def bind_people(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    selection: Selection,
    send_id: UUID,
    approval_id: UUID | None,
) -> None:
    """Between launch and freeze people may join: only those who were approved, or who needed no approval, are frozen."""
    if approval_id is not None:
        people = sql.SQL("SELECT people FROM approvals WHERE tenant_id = {} AND id = {}").format(
            sql.Literal(tenant_id), sql.Literal(approval_id)
        )
    else:
        people = sql.SQL("SELECT coalesce(array_agg(c.id), '{{}}') FROM contacts c WHERE {}").format(
            await selected_sql(rt, tenant_id, selection)
        )
    await dispatch.bind_people(conn, tenant_id, send_id, people)


async def _joined(conn: Conn, rt: Runtime, tenant_id: UUID, selection: Selection, approval_id: UUID) -> int:
    condition = await selected_sql(rt, tenant_id, selection)
    cursor = await conn.execute(
        sql.SQL(
            """
            WITH seen AS (
                SELECT unnest(a.people) AS id FROM approvals a WHERE a.tenant_id = {} AND a.id = {}
            )
            SELECT count(*) FROM contacts c
            WHERE ({}) AND NOT EXISTS (SELECT FROM seen WHERE seen.id = c.id)
            """
        ).format(sql.Literal(tenant_id), sql.Literal(approval_id), condition)
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
