"""Conditions from before they were ciphertext (segments: migration 0022, campaigns and sends: 0037) are sealed.

A migration has no tenant's key, so the scheduler does it: once after its start, as nothing writes them plain any more. What a
rule means, its version and its approval stay. "Everybody" says nothing of anybody and stays as it is.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from pabal.contacts import seal_old_segments
from pabal.dispatch import seal_old_sends
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.runtime import Runtime

# Rows of one transaction: some milliseconds of encryption, and nobody waits longer than that for his draft.
BATCH: Final = 200


async def seal_old_conditions(rt: Runtime, *, batch: int = BATCH) -> int:
    """How many were plain. May be killed anywhere, and run twice at once."""
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT tenant_id FROM app.list_tenants()")
        tenants = [row[0] for row in await cursor.fetchall()]
    steps: tuple[Callable[[Conn, int], Awaitable[int]], ...] = (seal_old_segments, _campaigns, seal_old_sends)
    total = 0
    for tenant_id in tenants:
        for seal in steps:
            sealed = batch
            while sealed == batch:
                async with tenant_tx(rt, tenant_id) as conn:
                    sealed = await seal(conn, batch)
                total += sealed
    return total


async def _campaigns(conn: Conn, most: int) -> int:
    cursor = await conn.execute(
        """
        UPDATE campaigns SET filter = app.encrypt((audience -> 'filter')::text), audience = audience - 'filter'
        WHERE id IN (SELECT id FROM campaigns
                     WHERE jsonb_typeof(audience -> 'filter') = 'object' AND audience -> 'filter' <> '{}'
                     ORDER BY id LIMIT %s FOR UPDATE)
        """,
        (most,),
    )
    return cursor.rowcount
