"""Messages that somebody else chose one by one: what a template link sends when records change, repeat, or are picked.

The campaign's launch freezes an audience out of the book; here whoever calls names each person with the values for their
text. Everything after it (gate at the claim, quota, exactly once, receipts, fallback) is the same.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.dispatch.counters import add_deltas
from pabal.dispatch.model import LANE_SLOTS, FrozenStep, Selection
from pabal.dispatch.plan import MAX_CHUNK, ring_lane
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, int_array, uuid_array
from pabal.runtime import Runtime

STREAM_KIND = "link"


@dataclass(frozen=True, repr=False)
class Addressee:
    """One message. Within one send no two may share a contact or an address: the same handset goes into another send."""

    contact_id: UUID
    address_key: int
    phone: str
    values: Mapping[str, str]  # by variable
    subject: UUID | None = (
        None  # a record: while it has a change that nobody has looked at, no claim takes the message
    )

    def snapshot(self) -> str:
        return json.dumps({"phones": [self.phone], "attributes": dict(self.values)}, ensure_ascii=False)


async def start_stream(
    conn: Conn,
    tenant_id: UUID,
    *,
    steps: Sequence[FrozenStep],
    people: Sequence[Addressee],
    created_by: UUID | None = None,
    not_after: datetime | None = None,
) -> UUID:
    """A running send, complete in the caller's transaction: its decision and its messages commit together or not at all.
    The n-th of `people` gets seq n + 1. Who still waits at `not_after` lapses. After the commit: `announce_stream`."""
    send_id = new_id()
    await conn.execute(
        """
        WITH started AS (
            INSERT INTO sends (tenant_id, id, kind, state, steps, selection, chunk_size, audience, created_by, launched_at,
                               not_after, subjects)
            VALUES (%(tenant)s, %(send)s, %(kind)s, 'running', %(steps)s, %(selection)s, %(size)s, %(n)s, %(by)s,
                    clock_timestamp(), %(not_after)s, %(subjects)s::uuid[])
        )
        INSERT INTO messages (tenant_id, send_id, seq, contact_id, address_key, address_no, state, snapshot)
        SELECT %(tenant)s, %(send)s, v.seq, v.contact_id, v.address_key, 0, 'queued', app.encrypt(v.snapshot)
        FROM unnest(%(contacts)s::uuid[], %(addresses)s::bigint[], %(snapshots)s::text[])
             WITH ORDINALITY AS v (contact_id, address_key, snapshot, seq)
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "kind": STREAM_KIND,
            "steps": Jsonb([step.to_json() for step in steps]),
            "selection": Jsonb(Selection(contact_ids=()).to_json()),
            "size": MAX_CHUNK,
            "n": len(people),
            "by": created_by,
            "not_after": not_after,
            "subjects": uuid_array(one.subject for one in people),
            "contacts": uuid_array(one.contact_id for one in people),
            "addresses": int_array(one.address_key for one in people),
            "snapshots": [one.snapshot() for one in people],
        },
    )
    await conn.execute(
        # A chunk is at most what one second may send through the step's account.
        """
        INSERT INTO chunks (tenant_id, send_id, no, seq_from, seq_to)
        SELECT %(tenant)s, %(send)s, no, no * size + 1, least((no + 1) * size, %(n)s)
        FROM (SELECT least(%(size)s, a.rate_per_second) AS size FROM carrier_accounts a WHERE a.id = %(account)s) AS account
        CROSS JOIN LATERAL generate_series(0, (%(n)s + size - 1) / size - 1) AS no
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "n": len(people),
            "size": MAX_CHUNK,
            "account": steps[0].account_id,
        },
    )
    await add_deltas(conn, tenant_id, send_id, Counter({("queued", ""): len(people)}))
    return send_id


async def withdraw(
    conn: Conn, tenant_id: UUID, reasons: Mapping[tuple[UUID, int], str]
) -> set[tuple[UUID, int]]:
    """Take messages back that still wait for their first channel; which. One that is claimed by now goes its way: a claim
    and this meet at the message's row, and whoever comes second sees what the first has made of it."""
    keys = sorted(reasons)
    cursor = await conn.execute(
        """
        WITH meant AS MATERIALIZED (
            SELECT m.tenant_id, m.send_id, m.seq, v.reason
            FROM unnest(%(sends)s::uuid[], %(seqs)s::integer[], %(reasons)s::text[]) AS v (send_id, seq, reason)
            JOIN messages m ON m.tenant_id = %(tenant)s AND m.send_id = v.send_id AND m.seq = v.seq
            WHERE m.state = 'queued' AND m.step = 0
            ORDER BY m.send_id, m.seq FOR UPDATE OF m
        ), ended AS (
            UPDATE messages m SET state = 'skipped', reason = v.reason, updated_at = clock_timestamp()
            FROM meant v
            WHERE m.tenant_id = v.tenant_id AND m.send_id = v.send_id AND m.seq = v.seq AND m.state = 'queued'
            RETURNING m.send_id, m.seq, m.reason
        ), dropped AS (
            DELETE FROM retries r USING ended e
            WHERE r.tenant_id = %(tenant)s AND r.send_id = e.send_id AND r.seq = e.seq
        )
        SELECT send_id, seq, reason FROM ended
        """,
        {
            "tenant": tenant_id,
            "sends": [send for send, _ in keys],
            "seqs": [seq for _, seq in keys],
            "reasons": [reasons[key] for key in keys],
        },
    )
    ended = await cursor.fetchall()
    counts = Counter((send_id, reason) for send_id, _, reason in ended)
    for (send_id, reason), n in sorted(counts.items()):
        await add_deltas(conn, tenant_id, send_id, Counter({("queued", ""): -n, ("skipped", reason): n}))
    return {(send_id, seq) for send_id, seq, _ in ended}


async def announce_stream(rt: Runtime, tenant_id: UUID, send_id: UUID, *, people: int) -> None:
    """Best effort: the sweeper finds chunks that are due. A turn for each chunk, about: four turns for one chunk cost
    three questions that find nothing. Where chunks are smaller, the account's pace makes them so, and one turn suffices."""
    slots = min(LANE_SLOTS, 1 + people // MAX_CHUNK)
    await ring_lane(rt, tenant_id, send_id, STREAM_KIND, slots=slots)
