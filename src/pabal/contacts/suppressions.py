"""Opt-outs. Keyed hashes of addresses under a key that is never rotated: no re-import clears them, no
erasure either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from pabal.contacts.actions import close_gate
from pabal.contacts.card import Blinder
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem

CHANNELS = ("all", "sms", "alimtalk", "brand", "email")


@dataclass(frozen=True)
class Suppression:
    id: UUID
    kind: str
    channel: str
    reason: str
    source: str
    created_at: datetime
    contact_ids: list[UUID]


async def suppress(
    conn: Conn,
    tenant_id: UUID,
    *,
    kind: str,
    address_keys: Iterable[int],
    channels: Sequence[str],
    reason: str,
    source: str,
    created_by: UUID | None = None,
) -> list[UUID]:
    """Record opt-outs; those already there stay as they were. Ids in the order of (address, channel).

    Except those of a bulk edit, whose undo would take them back: from now on they are the person's own.
    """
    await close_gate(conn, tenant_id)
    keys = sorted(set(address_keys))
    wanted = [(key, channel) for key in keys for channel in (channels or ("all",))]
    await conn.execute(
        """
        INSERT INTO suppressions (tenant_id, address_key, kind, channel, id, reason, source, created_by)
        SELECT %(tenant)s, address_key, %(kind)s, channel, id, %(reason)s, %(source)s, %(by)s
        FROM unnest(%(keys)s::bigint[], %(channels)s::text[], %(ids)s::uuid[]) AS new (address_key, channel, id)
        ON CONFLICT (tenant_id, address_key, kind, channel) DO UPDATE
        SET reason = excluded.reason, source = excluded.source, created_by = excluded.created_by
        WHERE suppressions.source = 'bulk'
        """,
        {
            "tenant": tenant_id,
            "kind": kind,
            "reason": reason,
            "source": source,
            "by": created_by,
            "keys": [key for key, _ in wanted],
            "channels": [channel for _, channel in wanted],
            "ids": [new_id() for _ in wanted],
        },
    )
    cursor = await conn.execute(
        "SELECT id FROM suppressions WHERE kind = %s AND address_key = ANY(%s) AND channel = ANY(%s)"
        " ORDER BY address_key, channel",
        (kind, keys, list(channels or ("all",))),
    )
    return [row[0] for row in await cursor.fetchall()]


async def suppress_person(
    conn: Conn, tenant_id: UUID, contact_id: UUID, *, reason: str, created_by: UUID | None
) -> int:
    """Every address that somebody has, on every channel; how many those are."""
    cursor = await conn.execute(
        "SELECT DISTINCT kind, address_key FROM identities WHERE contact_id = %s AND address_key IS NOT NULL",
        (contact_id,),
    )
    addresses = await cursor.fetchall()
    for kind in sorted({kind for kind, _ in addresses}):
        await suppress(
            conn,
            tenant_id,
            kind=kind,
            address_keys=[key for one, key in addresses if one == kind],
            channels=["all"],
            reason=reason,
            source="manual",
            created_by=created_by,
        )
    return len(addresses)


async def phones_beside(conn: Conn, value_key: int) -> list[int]:
    """Address keys of the numbers of whoever holds this address: messages go to numbers, whatever somebody wrote from."""
    cursor = await conn.execute(
        """
        SELECT DISTINCT p.address_key FROM identities i
        JOIN identities p ON p.tenant_id = i.tenant_id AND p.contact_id = i.contact_id AND p.kind = 'phone'
        WHERE i.value_key = %s AND p.address_key IS NOT NULL
        """,
        (value_key,),
    )
    return [row[0] for row in await cursor.fetchall()]


async def list_suppressions(
    conn: Conn, *, before: UUID | None, limit: int, ids: Sequence[UUID] | None = None
) -> list[Suppression]:
    """Newest first. The address itself is nowhere; contacts that hold it now are named by id."""
    async with conn.cursor(row_factory=class_row(Suppression)) as cursor:
        await cursor.execute(
            """
            SELECT s.id, s.kind, s.channel, s.reason, s.source, s.created_at,
                   ARRAY(SELECT i.contact_id FROM identities i
                         WHERE i.tenant_id = s.tenant_id AND i.address_key = s.address_key AND i.kind = s.kind
                         ORDER BY i.contact_id LIMIT 20) AS contact_ids
            FROM suppressions s
            WHERE (%(before)s::uuid IS NULL OR s.id < %(before)s) AND (%(ids)s::uuid[] IS NULL OR s.id = ANY(%(ids)s))
            ORDER BY s.id DESC LIMIT %(limit)s
            """,
            {"before": before, "limit": limit, "ids": None if ids is None else list(ids)},
        )
        return await cursor.fetchall()


async def lift(conn: Conn, suppression_id: UUID) -> None:
    cursor = await conn.execute("DELETE FROM suppressions WHERE id = %s", (suppression_id,))
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)


async def lift_by_value(
    conn: Conn, blinder: Blinder, *, kind: str, value: str, channels: Sequence[str]
) -> int:
    cursor = await conn.execute(
        "DELETE FROM suppressions WHERE kind = %s AND address_key = %s AND (%s::text[] = '{}' OR channel = ANY(%s))",
        (kind, blinder.address_key(kind, value), list(channels), list(channels)),
    )
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)
    return cursor.rowcount
