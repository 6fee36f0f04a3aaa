"""Tells screens that a send changed, under the name they know: its campaign's id."""

from uuid import UUID

from pabal.kit.db import tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.runtime import Runtime

_campaigns: dict[UUID, UUID] = {}  # send → campaign; never changes, a few hundred entries at most
_LIMIT = 500


async def announce(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """Best effort, after a commit."""
    campaign_id = _campaigns.get(send_id)
    if campaign_id is None:
        async with tenant_tx(rt, tenant_id) as conn:
            cursor = await conn.execute(
                "SELECT campaign_id FROM sends WHERE tenant_id = %s AND id = %s", (tenant_id, send_id)
            )
            row = await cursor.fetchone()
        campaign_id = row[0] if row is not None and row[0] is not None else send_id
        if len(_campaigns) >= _LIMIT:
            _campaigns.clear()
        _campaigns[send_id] = campaign_id
    await try_publish_changed(rt, tenant_id, "campaign", campaign_id)
