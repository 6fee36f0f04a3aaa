"""Who gets which of several texts: decided by the claim that first sends to a person, and kept for good.

A claim holds the send FOR SHARE, whoever retires or adds a text takes it FOR NO KEY UPDATE: a claim sees the texts before or
after, never half of it. Sends with one text never come here.
"""

from collections import defaultdict

from pabal.dispatch.model import Hold, SendRow
from pabal.domain.variants import pick
from pabal.kit.db import Conn, int_array


async def give_variants(conn: Conn, send: SendRow, hold: Hold, passing: list[int]) -> None:
    """Give everybody passing a text who has none. Somebody with one that was retired gets another only if nothing of it can
    have gone out: their tries were all void (never called, or proven never to have arrived)."""
    if not passing:
        return
    where = {
        "tenant": hold.tenant_id,
        "send": hold.send_id,
        "seq_from": hold.seq_from,
        "seq_to": hold.seq_to,
    }
    retired = [place for place, variant in enumerate(send.variants) if not variant.active]
    cursor = await conn.execute(
        """
        SELECT seq FROM messages m
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND seq = ANY(%(seqs)s::int[])
          AND (variant IS NULL
               OR variant = ANY(%(retired)s::smallint[]) AND NOT EXISTS (
                    SELECT FROM attempts a
                    WHERE a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq = m.seq AND a.state <> 'voided'))
        """,
        {**where, "seqs": int_array(passing), "retired": int_array(retired)},
    )
    shares = [variant.share if variant.active else 0 for variant in send.variants]
    groups: dict[int, list[int]] = defaultdict(list)
    for (seq,) in await cursor.fetchall():
        groups[pick(hold.send_id, seq, shares)].append(seq)
    for place, seqs in sorted(groups.items()):
        await conn.execute(
            """
            UPDATE messages SET variant = %(variant)s
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(seq_from)s AND %(seq_to)s
              AND seq = ANY(%(seqs)s::int[]) AND state = 'queued'
            """,
            {**where, "variant": place, "seqs": int_array(seqs)},
        )
