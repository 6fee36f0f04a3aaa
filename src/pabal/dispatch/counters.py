"""Live counters of a send: deltas in the same transaction as the state changes they count.

Sharded, because one shared row per state costs 22 % of the write rate; read by summing (0.08 ms against 288 ms for counting).
"""

import random
from collections import Counter
from uuid import UUID

from pabal.dispatch.model import COUNTER_SHARDS
from pabal.kit.db import Conn

Deltas = Counter[tuple[str, str]]  # (state, reason) -> change


def note_move(deltas: Deltas, old: tuple[str, str | None], new: tuple[str, str | None], n: int = 1) -> None:
    deltas[old[0], old[1] or ""] -= n
    deltas[new[0], new[1] or ""] += n


async def add_deltas(conn: Conn, tenant_id: UUID, send_id: UUID, deltas: Deltas) -> None:
    """One upsert. Rows in key order within one random shard, so that two writers can't deadlock."""
    changed = sorted((key, n) for key, n in deltas.items() if n)
    if not changed:
        return
    await conn.execute(
        """
        INSERT INTO send_counters (tenant_id, send_id, shard, state, reason, n)
        SELECT %(tenant)s, %(send)s, %(shard)s, state, reason, n
        FROM unnest(%(states)s::text[], %(reasons)s::text[], %(ns)s::bigint[]) AS v (state, reason, n)
        ON CONFLICT (tenant_id, send_id, shard, state, reason) DO UPDATE SET n = send_counters.n + excluded.n
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "shard": random.randrange(COUNTER_SHARDS),  # noqa: S311  # spreads writers, decides nothing
            "states": [state for (state, _), _ in changed],
            "reasons": [reason for (_, reason), _ in changed],
            "ns": [n for _, n in changed],
        },
    )
