"""What adverts owe people (정보통신망법 제50조 7항, A-06): whoever agreed, took it back or refused is told so within 14 days.

Debts follow from consents and opt-outs; a row of `consent_notices` says that one was paid, and how.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from pabal.accounts import Actor, audit
from pabal.kit.clock import KST
from pabal.kit.db import Conn

NOTICE_DAYS = 14  # 시행령 제62조의2
WARN_DAY = 10  # ours

Kind = Literal["consent", "refusal"]


@dataclass(frozen=True, slots=True, repr=False)
class Notice:
    kind: Kind
    fact_id: UUID
    contact_id: UUID | None
    card: str | None
    state: str  # granted, withdrawn, refused
    channel: str
    purpose: str
    at: datetime

    @property
    def due_on(self) -> date:
        return self.at.astimezone(KST).date() + timedelta(days=NOTICE_DAYS)

    @property
    def warn_on(self) -> date:
        return self.at.astimezone(KST).date() + timedelta(days=WARN_DAY)


# Consents to adverts, and opt-outs of addresses that somebody of the book holds now. An address of nobody can't be told.
# What a merge carried to a survivor is no second word: it is owed once, under the name of whom they are now (_NOW).
# Adverts are a company's: whoever refused a camp's messages (공직선거법 제82조의5) is owed silence, not one more of them.
_OWED: LiteralString = """
    SELECT owed.* FROM (SELECT FROM tenants WHERE kind <> 'camp') AS company CROSS JOIN LATERAL (
    SELECT 'consent' AS kind, k.id AS fact_id, k.contact_id, k.state, k.channel, k.purpose, k.at
    FROM consents k
    WHERE k.purpose IN ('marketing', 'marketing_night') AND k.merge_id IS NULL AND k.at >= %(since)s
    UNION ALL
    SELECT 'refusal', s.id, held.contact_id, 'refused', s.channel, 'marketing', s.created_at
    FROM suppressions s
    CROSS JOIN LATERAL (
        SELECT i.contact_id FROM identities i
        WHERE i.tenant_id = s.tenant_id AND i.address_key = s.address_key AND i.kind = s.kind
        ORDER BY i.contact_id LIMIT 1
    ) AS held
    WHERE s.source <> 'import' AND s.created_at >= %(since)s
    ) AS owed
"""
# As far up as the gate looks.
_NOW: LiteralString = """
    JOIN contacts a ON a.id = o.contact_id LEFT JOIN contacts b ON b.id = a.merged_into
    JOIN contacts c ON c.id = coalesce(b.merged_into, b.id, a.id) AND c.erased_at IS NULL
"""
_LOOK_BACK = timedelta(days=400)  # ours: late ones stay in sight for more than a year


async def list_owed(conn: Conn, now: datetime, *, limit: int) -> list[Notice]:
    """The most urgent first."""
    async with conn.cursor(row_factory=class_row(Notice)) as cursor:
        await cursor.execute(
            "WITH owed AS ("
            + _OWED
            + """)
            SELECT o.kind, o.fact_id, c.id AS contact_id, o.state, o.channel, o.purpose, o.at,
                   CASE WHEN c.pii IS NOT NULL THEN app.decrypt(c.pii) END AS card
            FROM owed o """
            + _NOW
            + """
            WHERE NOT EXISTS (SELECT FROM consent_notices n WHERE n.kind = o.kind AND n.fact_id = o.fact_id)
            ORDER BY o.at, o.fact_id LIMIT %(limit)s
            """,
            {"since": now - _LOOK_BACK, "limit": limit},
        )
        return await cursor.fetchall()


async def count_owed(conn: Conn, now: datetime) -> tuple[int, int, int]:
    """(owed, from the tenth day on, late)."""
    today = now.astimezone(KST).date()
    cursor = await conn.execute(
        "WITH owed AS ("
        + _OWED
        + """)
        SELECT count(*), count(*) FILTER (WHERE at < %(warn)s), count(*) FILTER (WHERE at < %(late)s)
        FROM owed o """
        + _NOW
        + """
        WHERE NOT EXISTS (SELECT FROM consent_notices n WHERE n.kind = o.kind AND n.fact_id = o.fact_id)
        """,
        {
            "since": now - _LOOK_BACK,
            "warn": _end_of(today - timedelta(days=WARN_DAY)),
            "late": _end_of(today - timedelta(days=NOTICE_DAYS + 1)),
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), KST)


async def mark_told(conn: Conn, who: Actor, facts: Sequence[tuple[Kind, UUID]], how: str) -> int:
    """How many were open until now. What isn't a fact of this tenant is passed over."""
    cursor = await conn.execute(
        """
        INSERT INTO consent_notices (tenant_id, kind, fact_id, how, told_by)
        SELECT %(tenant)s, f.kind, f.id, %(how)s, %(by)s
        FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS f (kind, id)
        WHERE (f.kind = 'consent' AND EXISTS (SELECT FROM consents k WHERE k.id = f.id))
           OR (f.kind = 'refusal' AND EXISTS (SELECT FROM suppressions s WHERE s.id = f.id))
        ON CONFLICT DO NOTHING
        """,
        {
            "tenant": who.tenant_id,
            "how": how.strip(),
            "by": who.actor_id,
            "kinds": [kind for kind, _ in facts],
            "ids": [fact for _, fact in facts],
        },
    )
    n = cursor.rowcount
    if n:
        await audit(
            conn, who, "notice.told", "tenant", who.tenant_id, detail={"people": n, "how": how.strip()}
        )
    return n
