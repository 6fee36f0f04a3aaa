"""Whoever is due again: retries whose wait is over and people on their next step become chunks of their own."""

from uuid import UUID

from pabal.dispatch.ledger import lock_send
from pabal.dispatch.model import SendRow
from pabal.dispatch.plan import ring_lane
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime


async def gather_retries(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """Due retries and fallback steps become chunks with explicit members, one per step and 500 people."""
    gathered = False
    async with tenant_tx(rt, tenant_id) as conn:
        send, kind = await _running(conn, tenant_id, send_id)
        if send is None:
            return
        for step, size in enumerate(await _chunk_sizes(conn, send)):
            cursor = await conn.execute(
                """
                WITH due AS (
                    DELETE FROM retries WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq IN (
                        SELECT seq FROM retries
                        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND step = %(step)s
                          AND due_at <= clock_timestamp()
                        ORDER BY seq LIMIT %(size)s FOR UPDATE SKIP LOCKED)
                    RETURNING seq
                ), members AS (SELECT array_agg(seq ORDER BY seq) AS seqs FROM due)
                INSERT INTO chunks (tenant_id, send_id, no, seq_from, seq_to, members, step)
                SELECT %(tenant)s, %(send)s,
                       (SELECT max(no) + 1 FROM chunks WHERE tenant_id = %(tenant)s AND send_id = %(send)s),
                       seqs[1], seqs[array_length(seqs, 1)], seqs, %(step)s
                FROM members WHERE seqs IS NOT NULL
                RETURNING no
                """,
                {"tenant": tenant_id, "send": send_id, "step": step, "size": size},
            )
            gathered = await cursor.fetchone() is not None or gathered
    if gathered:
        await ring_lane(rt, tenant_id, send_id, kind)


async def _chunk_sizes(conn: Conn, send: SendRow) -> list[int]:
    """Per step: what one second may send through its account."""
    cursor = await conn.execute(
        "SELECT id, rate_per_second FROM carrier_accounts WHERE tenant_id = %s AND id = ANY(%s)",
        (send.tenant_id, [step.account_id for step in send.steps]),
    )
    rates: dict[UUID, int | None] = dict(await cursor.fetchall())
    return [min(send.chunk_size, rates.get(step.account_id) or send.chunk_size) for step in send.steps]


async def _running(conn: Conn, tenant_id: UUID, send_id: UUID) -> tuple[SendRow | None, str]:
    """The send FOR NO KEY UPDATE, and its kind: two gatherers must not give out one chunk number.

    One that was over isn't any more if somebody is due in it: silence, or nobody's knowledge, has turned into a certain
    failure after the end. The watch ends it once more; whoever may not be sent to any more (cancelled, past notAfter) too.
    """
    cursor = await conn.execute(
        "SELECT kind FROM sends WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE", (tenant_id, send_id)
    )
    row = await cursor.fetchone()
    await conn.execute(
        """
        UPDATE sends SET state = CASE state WHEN 'finished' THEN 'running' ELSE state END, finished_at = NULL
        WHERE tenant_id = %(tenant)s AND id = %(send)s AND finished_at IS NOT NULL
          AND EXISTS (SELECT FROM retries WHERE tenant_id = %(tenant)s AND send_id = %(send)s)
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    send = await lock_send(conn, tenant_id, send_id)
    return send if send is not None and send.state == "running" else None, "" if row is None else row[0]
