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
from pabal.kit.db import Conn, uuid_array
from pabal.records import Record, read_records

LINK_OFF = "link_off"
# Why a message was taken back, or never left the queue. It has used up no cooldown: the next change that fits sends.
RECALLED = (
    "condition_changed",
    "phone_changed",
    "record_deleted",
    LINK_OFF,
    LINK_DELETED,
    "stop_condition",
    "too_late",
)
__all__ = ["LINK_DELETED", "LINK_OFF", "RECALLED", "recall_link", "recall_outdated"]

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
    if not reasons:
        return 0
    taken = await withdraw(conn, tenant_id, reasons)
    # What was never begun isn't repeated.
    await _end_repeats(
        conn,
        {
            (link_id, record_id, send_id): reasons[send_id, seq]
            for link_id, record_id, kind, send_id, seq, _ in waiting
            if kind == "auto" and (send_id, seq) in taken
        },
    )
    return len(taken)


async def _end_repeats(conn: Conn, unsaid: Mapping[tuple[UUID, UUID, UUID], str]) -> None:
    """(link, record, send) whose first message was taken back → why. A repeat that was there before this message was made
    belongs to an earlier one, which somebody got."""
    if not unsaid:
        return
    await conn.execute(
        """
        UPDATE automation_queue q
        SET status = 'cancelled', reason = v.reason, updated_at = clock_timestamp()
        FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) AS v (link_id, record_id, send_id, reason)
        WHERE q.template_link_id = v.link_id AND q.record_id = v.record_id
          AND q.status = 'pending' AND q.kind = 'repeat' AND q.repeat_count = 0
          AND q.id > v.send_id  -- version 7: made after it
        """,
        (
            uuid_array(link for link, _, _ in unsaid),
            uuid_array(record for _, record, _ in unsaid),
            uuid_array(send for _, _, send in unsaid),
            list(unsaid.values()),
        ),
    )


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
    waiting = await cursor.fetchall()
    if not waiting:
        return 0
    taken = await withdraw(conn, tenant_id, {(row[3], row[4]): reason for row in waiting})
    unsaid = {
        (row[0], row[1], row[3]): reason for row in waiting if row[2] == "auto" and (row[3], row[4]) in taken
    }
    await _end_repeats(conn, unsaid)
    return len(taken)
