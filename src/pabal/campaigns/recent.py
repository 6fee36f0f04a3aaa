"""What the chosen people got from us lately: how often, and whether it was this very text.

Only what went out for real counts, and only for who got it or may have: a rehearsal reaches nobody. Without a recent send
nothing is read but the list of sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import sql

from pabal.campaigns.plan import Plan
from pabal.campaigns.queries import selected_sql
from pabal.dispatch import Selection
from pabal.domain.alike import ALIKE, likeness
from pabal.domain.campaign import Verdict
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.runtime import Runtime

RECENT_DAYS: Final = 7
SIMILAR_DAYS: Final = 14
SIMILAR_SHARE: Final = 0.3  # of the chosen people, from which on the same text is worth a word
MANY: Final = 3  # and more


@dataclass(frozen=True, slots=True)
class Times:
    """People who got something `times` times; MANY stands for as often and oftener."""

    times: int
    count: int


@dataclass(frozen=True, slots=True)
class Similar:
    campaign_id: UUID
    name: str
    launched_at: datetime
    likeness: float
    people: int  # of the chosen who got it


@dataclass(frozen=True, slots=True)
class Recent:
    days: int
    times: Sequence[Times]
    similar: Sequence[Similar]


@dataclass(frozen=True, slots=True)
class _Send:
    id: UUID
    campaign_id: UUID
    name: str
    launched_at: datetime
    texts: Sequence[str]


async def look_back(conn: Conn, rt: Runtime, tenant_id: UUID, plan: Plan, audience: int) -> Recent:
    now = rt.clock.now()
    sends = await _sends(conn, plan.campaign.id, now - timedelta(days=SIMILAR_DAYS))
    if not sends or not audience:
        return Recent(RECENT_DAYS, (), ())
    condition = await selected_sql(rt, tenant_id, plan.selection)
    lately = [one.id for one in sends if one.launched_at >= now - timedelta(days=RECENT_DAYS)]
    times = await _times(conn, tenant_id, condition, lately) if lately else []
    similar = []
    mine = [step.body for step in plan.steps if step.body.strip()]
    for one in sends:
        alike = max((likeness(text, body) for text in one.texts for body in mine), default=0.0)
        if alike >= ALIKE:
            people = sum(found.count for found in await _times(conn, tenant_id, condition, [one.id]))
            if people >= SIMILAR_SHARE * audience:
                similar.append(Similar(one.campaign_id, one.name, one.launched_at, round(alike, 2), people))
    return Recent(RECENT_DAYS, times, similar)


def recent_verdicts(recent: Recent, audience: int) -> list[Verdict]:
    found = []
    for one in recent.similar:
        day = one.launched_at.astimezone(KST)
        share = round(100 * one.people / max(1, audience))
        found.append(
            Verdict(
                "audience.similar",
                "warn",
                f"{day.month}월 {day.day}일에 보낸 ‘{one.name}’과 글이 거의 같고, 고른 사람의 {share}%가 그것을 받았어요."
                " 두 번 보내는 것이 아닌지 확인해 주세요.",
            )
        )
    people = sum(one.count for one in recent.times)
    if people:
        often = sum(one.count for one in recent.times if one.times > 1)
        more = f" {often:,}명은 두 번 넘게 받았어요." if often else ""
        message = f"최근 {recent.days}일 안에 이미 문자를 받은 사람이 {people:,}명 있어요.{more}"
        found.append(Verdict("audience.recent", "warn", message))
    return found


async def _sends(conn: Conn, but: UUID, since: datetime) -> list[_Send]:
    cursor = await conn.execute(
        """
        SELECT s.id, c.id, c.name, s.launched_at,
               ARRAY(SELECT step ->> 'body' FROM jsonb_array_elements(s.steps) AS step WHERE step ->> 'body' <> '')
        FROM sends s JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.send_id = s.id
        WHERE s.kind = 'campaign' AND NOT s.rehearse AND s.launched_at >= %s AND c.id <> %s
        ORDER BY s.launched_at DESC LIMIT 100
        """,
        (since, but),
    )
    return [_Send(*row) for row in await cursor.fetchall()]


async def _times(
    conn: Conn, tenant_id: UUID, condition: sql.Composable, sends: Sequence[UUID]
) -> list[Times]:
    cursor = await conn.execute(
        _GOT.format(tenant=sql.Literal(tenant_id), sends=sql.Literal(list(sends)), chosen=condition)
        + sql.SQL("SELECT least(times, {}) AS often, count(*) FROM got GROUP BY 1 ORDER BY 1").format(
            sql.Literal(MANY)
        )
    )
    return [Times(*row) for row in await cursor.fetchall()]


_GOT = sql.SQL(
    """
    WITH counted AS (
        SELECT m.contact_id, count(*) AS times FROM messages m
        WHERE m.tenant_id = {tenant} AND m.send_id = ANY({sends}::uuid[]) AND m.contact_id IS NOT NULL
          AND m.state IN ('sending', 'accepted', 'delivered', 'uncertain')
        GROUP BY 1
    ), got AS (
        SELECT c.id AS contact_id, c.pii, counted.times
        FROM counted JOIN contacts c ON c.tenant_id = {tenant} AND c.id = counted.contact_id
        WHERE ({chosen})
    )
    """
)


async def page_of_recent(
    conn: Conn, rt: Runtime, tenant_id: UUID, selection: Selection, times: int, after: UUID | None, limit: int
) -> list[tuple[UUID, str | None]]:
    """(contact, card) of the chosen who got something that often in the last days, in the order of their ids."""
    cursor = await conn.execute(
        "SELECT id FROM sends WHERE kind = 'campaign' AND NOT rehearse AND launched_at >= %s",
        (rt.clock.now() - timedelta(days=RECENT_DAYS),),
    )
    sends = [row[0] for row in await cursor.fetchall()]
    condition = await selected_sql(rt, tenant_id, selection)
    cursor = await conn.execute(
        _GOT.format(tenant=sql.Literal(tenant_id), sends=sql.Literal(sends), chosen=condition)
        + sql.SQL(
            """
            SELECT contact_id, app.decrypt(pii) FROM got
            WHERE least(times, {many}) = {times} AND ({after}::uuid IS NULL OR contact_id > {after})
            ORDER BY contact_id LIMIT {limit}
            """
        ).format(
            many=sql.Literal(MANY),
            times=sql.Literal(times),
            after=sql.Literal(after),
            limit=sql.Literal(limit),
        )
    )
    rows: list[Any] = await cursor.fetchall()
    return [(contact, card) for contact, card in rows]
