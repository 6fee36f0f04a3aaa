"""Replies that a person has to read: they sound like a refusal, or ask where we know somebody from.

Nothing but whole words of refusal stops a person by itself (domain.optout); everything that merely mentions one waits here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pabal.accounts import Actor, audit
from pabal.contacts import Blinder, close_gate
from pabal.domain.optout import is_opt_out, what_unclear
from pabal.inbox.actions import read_sender, refuse
from pabal.kit.db import Conn
from pabal.kit.http.errors import CONFLICT, NOT_FOUND, Problem, declare

NO_ADDRESS = declare("reply_without_address", 409, "보낸 번호를 읽을 수 없어 자동으로 뺄 수 없어요")

Why = Literal["refusal", "source"]


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    id: UUID
    channel: str
    sender: str
    text: str
    said_at: datetime
    why: Why
    contact_id: UUID | None  # who holds the address now
    card: str | None
    readable: bool  # the sender can be taken out of lists


async def list_unclear(conn: Conn, *, before: UUID | None, limit: int) -> list[Reply]:
    """The newest first."""
    cursor = await conn.execute(
        """
        SELECT m.id, m.channel, app.decrypt(m.pii), m.said_at, m.from_key IS NOT NULL, c.id,
               CASE WHEN c.pii IS NOT NULL THEN app.decrypt(c.pii) END
        FROM inbound_messages m
        LEFT JOIN LATERAL (
            SELECT i.contact_id FROM identities i
            WHERE i.tenant_id = m.tenant_id AND i.value_key = m.from_key
            ORDER BY i.contact_id LIMIT 1
        ) AS held ON true
        LEFT JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = held.contact_id
        WHERE m.unclear AND m.settled_at IS NULL AND m.pii IS NOT NULL AND (%(before)s::uuid IS NULL OR m.id < %(before)s)
        ORDER BY m.id DESC LIMIT %(limit)s
        """,
        {"before": before, "limit": limit},
    )
    found = []
    for row_id, channel, plain, said_at, readable, contact, card in await cursor.fetchall():
        said = json.loads(plain)
        why = "refusal" if is_opt_out(said["text"]) else what_unclear(said["text"]) or "refusal"
        found.append(
            Reply(row_id, channel, said["from"], said["text"], said_at, why, contact, card, readable)
        )
    return found


async def count_unclear(conn: Conn) -> int:
    cursor = await conn.execute(
        "SELECT count(*) FROM inbound_messages WHERE unclear AND settled_at IS NULL AND pii IS NOT NULL"
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def settle(
    conn: Conn,
    who: Actor,
    blinder: Blinder,
    reply_id: UUID,
    *,
    refuses: bool,
    channels: Sequence[str] = ("all",),
) -> None:
    """What a person made of a reply. A refusal takes effect with this commit: no later claim reaches the address."""
    if refuses:
        await close_gate(conn, who.tenant_id)  # before any row lock
    cursor = await conn.execute(
        """
        UPDATE inbound_messages
        SET settled_as = %(as)s, settled_by = %(by)s, settled_at = clock_timestamp()
        WHERE id = %(id)s AND unclear AND settled_at IS NULL AND pii IS NOT NULL
        RETURNING channel, app.decrypt(pii)
        """,
        {"id": reply_id, "as": "refusal" if refuses else "other", "by": who.actor_id},
    )
    row = await cursor.fetchone()
    if row is None:
        await _why_not(conn, reply_id)
        return
    if refuses:
        sender = read_sender(row[0], json.loads(row[1])["from"])
        if sender is None or not await refuse(
            conn,
            who.tenant_id,
            blinder,
            sender,
            channels=channels,
            reason="답장을 사람이 읽고 수신거부로 정함",
            by=who.actor_id,
        ):
            raise Problem(
                NO_ADDRESS,
                detail="사람을 찾아 ‘수신 거부’에 직접 넣고, 여기서는 ‘거부 아님’으로 정리해 주세요.",
            )
    detail = {"as": "refusal" if refuses else "other", "channels": list(channels) if refuses else []}
    await audit(conn, who, "reply.settle", "reply", reply_id, detail=detail)


async def _why_not(conn: Conn, reply_id: UUID) -> None:
    cursor = await conn.execute("SELECT unclear FROM inbound_messages WHERE id = %s", (reply_id,))
    row = await cursor.fetchone()
    if row is None or not row[0]:
        raise Problem(NOT_FOUND)
    raise Problem(CONFLICT, detail="다른 사람이 먼저 정리했어요.")
