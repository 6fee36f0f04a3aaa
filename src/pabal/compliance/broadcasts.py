"""The eight (공직선거법 제59조 2호): a count is taken by the transaction that launches, and never given back.

What one "회" is the law doesn't say: one start is one (E-04, ours). A send that is paused, resumed or retried stays one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from pabal.accounts import Actor, audit
from pabal.domain.law.election import MAX_BROADCASTS
from pabal.kit.db import Conn
from pabal.kit.http.errors import Problem, declare

BROADCASTS_USED = declare(
    "broadcasts_used", 409, "자동 동보 8회를 모두 썼어요. 이번 선거에서는 더 보낼 수 없어요"
)


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    """What has to be proved later (C-13)."""

    candidacy_id: UUID
    send_id: UUID
    campaign_id: UUID
    title: str
    people: int
    text_hash: str
    list_hash: str
    number: str
    receipt: str
    opted_out: int


@dataclass(frozen=True, slots=True)
class Broadcast:
    no: int
    send_id: UUID
    campaign_id: UUID | None
    title: str
    people: int
    text_hash: str
    list_hash: str
    number: str
    receipt: str
    opted_out: int
    operator_id: UUID | None
    at: datetime


async def take_broadcast(conn: Conn, who: Actor, new: NewBroadcast) -> int:
    """The number of this broadcast, 1 to 8. The candidacy's row decides between two operators: one waits for the other."""
    await conn.execute("SELECT FROM candidacies WHERE id = %s FOR UPDATE", (new.candidacy_id,))
    cursor = await conn.execute(
        """
        INSERT INTO broadcast_counts (tenant_id, candidacy_id, no, send_id, campaign_id, title, people, text_hash,
                                      list_hash, number, receipt, opted_out, operator_id)
        SELECT %(tenant)s, %(candidacy)s, coalesce(max(no), 0) + 1, %(send)s, %(campaign)s, %(title)s, %(people)s,
               %(text)s, %(list)s, %(number)s, %(receipt)s, %(opted_out)s, %(by)s
        FROM broadcast_counts WHERE candidacy_id = %(candidacy)s
        HAVING coalesce(max(no), 0) < %(most)s
        RETURNING no
        """,
        {
            "tenant": who.tenant_id,
            "candidacy": new.candidacy_id,
            "send": new.send_id,
            "campaign": new.campaign_id,
            "title": new.title,
            "people": new.people,
            "text": new.text_hash,
            "list": new.list_hash,
            "number": new.number,
            "receipt": new.receipt,
            "opted_out": new.opted_out,
            "by": who.actor_id,
            "most": MAX_BROADCASTS,
        },
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(BROADCASTS_USED)
    number: int = row[0]
    await audit(
        conn,
        who,
        "broadcast.take",
        "candidacy",
        new.candidacy_id,
        detail={"no": number, "send": str(new.send_id), "people": new.people, "textHash": new.text_hash},
    )
    return number


async def list_broadcasts(conn: Conn, candidacy_id: UUID) -> list[Broadcast]:
    async with conn.cursor(row_factory=class_row(Broadcast)) as cursor:
        await cursor.execute(
            """
            SELECT no, send_id, campaign_id, title, people, text_hash, list_hash, number, receipt, opted_out, operator_id, at
            FROM broadcast_counts WHERE candidacy_id = %s ORDER BY no
            """,
            (candidacy_id,),
        )
        return await cursor.fetchall()
