"""Messages that still wait for a carrier are asked about again whenever their record changes: what isn't true any more isn't
said any more, even hours later, when the carrier is back. And a rule that is switched off takes back what it hasn't said."""

from collections.abc import Collection, Mapping
from typing import LiteralString
from uuid import UUID

from pabal.automations.links import LINK_DELETED, links_by_id
from pabal.automations.model import TemplateLink
from pabal.contacts import Blinder
from pabal.dispatch import withdraw
from pabal.domain.trigger import holds, standing_condition
from pabal.kit.db import Conn
from pabal.records import Record, read_records

LINK_OFF = "link_off"
__all__ = ["LINK_DELETED", "LINK_OFF", "recall_link", "recall_outdated"]

# Whoever picked a record by hand meant it whatever it says: only what triggers and repeats made is asked about.
_WAITING: LiteralString = """
    SELECT l.template_link_id, l.record_id, l.trigger_type, m.send_id, m.seq, m.address_key
    FROM automation_logs l
    JOIN messages m ON m.tenant_id = l.tenant_id AND m.send_id = l.send_id AND m.seq = l.seq
    WHERE l.trigger_type <> 'manual' AND m.state = 'queued' AND m.step = 0
"""


async def recall_outdated(conn: Conn, tenant_id: UUID, blinder: Blinder, records: Collection[UUID]) -> int:
    """After these records have changed; how many messages were taken back."""
    cursor = await conn.execute(_WAITING + " AND l.record_id = ANY(%s)", (list(records),))
    waiting = await cursor.fetchall()
    if not waiting:
        return 0
    links = await links_by_id(conn, list({row[0] for row in waiting}))
    now = {one.id: one for one in await read_records(conn, tenant_id, list({row[1] for row in waiting}))}
    reasons = {
        (send_id, seq): reason
        for link_id, record_id, kind, send_id, seq, key in waiting
        if link_id in links and (reason := _outdated(links[link_id], kind, now.get(record_id), key, blinder))
    }
    return await withdraw(conn, tenant_id, reasons) if reasons else 0


def _outdated(
    link: TemplateLink, kind: str, record: Record | None, address_key: int, blinder: Blinder
) -> str:
    if record is None:
        return "record_deleted"
    phone = record.values.get(link.recipient_field)
    if not phone or blinder.address_key("phone", str(phone)) != address_key:
        return "phone_changed"
    if kind == "auto" and not holds(standing_condition(link.trigger_condition), record.values):
        return "condition_changed"
    if kind == "repeat" and link.repeats is not None and holds(link.repeats.stop, record.values):
        return "stop_condition"
    return ""


async def recall_link(conn: Conn, tenant_id: UUID, link_id: UUID, reason: str) -> int:
    cursor = await conn.execute(_WAITING + " AND l.template_link_id = %s", (link_id,))
    waiting: Mapping[tuple[UUID, int], str] = {(row[3], row[4]): reason for row in await cursor.fetchall()}
    return await withdraw(conn, tenant_id, waiting) if waiting else 0
