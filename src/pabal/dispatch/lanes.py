"""The lanes of a tenant: every send that isn't over, and of each channel step what is due, in hand, later, or in doubt.

Chunks, requests and counters only, by the indexes on what is open: nobody's row is read. "What holds this one up" is nearly
always another send through the same account, a carrier that rests, or a hold; so all of a tenant's are shown together.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.dispatch.model import is_urgent
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class LaneStep:
    """People by chunks: a chunk that was partly sent counts whole until it is done."""

    step: int
    channel: str
    account_id: UUID
    account_name: str
    account_rate: int | None
    due: int
    in_hand: int
    later: int  # not due yet, or due again after a refusal
    next_at: datetime | None  # of those
    asking: int  # requests whose outcome is asked for


@dataclass(frozen=True, slots=True)
class Lane:
    send_id: UUID
    campaign_id: UUID | None
    kind: str
    urgent: bool
    state: str
    hold_reason: str
    rehearse: bool
    created_at: datetime
    rate: int | None
    steps: list[LaneStep]


async def read_lanes(conn: Conn, tenant_id: UUID) -> list[Lane]:
    """Oldest first. One whose chunks are all done stays until its receipts are in: with nothing due, in hand or later."""
    cursor = await conn.execute(
        """
        SELECT s.id, s.campaign_id, s.kind, s.state, s.hold_reason, s.rehearse, s.created_at, s.rate_per_second,
               (st.no - 1)::int, st.step ->> 'channel', (st.step ->> 'account_id')::uuid, coalesce(a.name, ''),
               a.rate_per_second, w.due, w.in_hand, w.later, w.next_at, asked.n
        FROM (SELECT * FROM sends WHERE tenant_id = %(tenant)s AND finished_at IS NULL ORDER BY id LIMIT 100) AS s
        CROSS JOIN LATERAL jsonb_array_elements(s.steps) WITH ORDINALITY AS st (step, no)
        LEFT JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = (st.step ->> 'account_id')::uuid
        CROSS JOIN LATERAL (  -- cancelled or expired: chunks stay open, and nobody in them waits any more
            SELECT coalesce(sum(n), 0) > 0 AS people FROM send_counters k
            WHERE k.tenant_id = s.tenant_id AND k.send_id = s.id AND k.state = 'queued'
        ) AS left_over
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(size) FILTER (WHERE NOT held AND due_at <= now), 0)::int AS due,
                   coalesce(sum(size) FILTER (WHERE held), 0)::int AS in_hand,
                   coalesce(sum(size) FILTER (WHERE NOT held AND due_at > now), 0)::int AS later,
                   min(due_at) FILTER (WHERE NOT held AND due_at > now) AS next_at
            FROM (SELECT c.due_at, coalesce(array_length(c.members, 1), c.seq_to - c.seq_from + 1) AS size,
                         coalesce(c.lease_until > clock_timestamp(), false) AS held, clock_timestamp() AS now
                  FROM chunks c
                  WHERE c.tenant_id = s.tenant_id AND c.send_id = s.id AND c.step = st.no - 1 AND c.state = 'open'
                    AND (left_over.people OR EXISTS (
                          SELECT FROM requests r
                          WHERE r.tenant_id = c.tenant_id AND r.send_id = c.send_id AND r.chunk_no = c.no
                            AND r.state IN ('planned', 'calling')))) AS open
        ) AS w
        CROSS JOIN LATERAL (
            SELECT count(*)::int AS n FROM requests r
            WHERE r.tenant_id = s.tenant_id AND r.send_id = s.id AND r.step = st.no - 1 AND r.state = 'calling'
              AND r.ask_after IS NOT NULL
        ) AS asked
        ORDER BY s.id, st.no
        """,  # a tenant has a handful of sends that run; a bound LIMIT spoils the plan
        {"tenant": tenant_id},
    )
    rows = await cursor.fetchall()
    lanes: dict[UUID, Lane] = {}
    for send_id, campaign, kind, state, hold, rehearse, at, rate, *step in rows:
        lane = lanes.setdefault(
            send_id, Lane(send_id, campaign, kind, is_urgent(kind), state, hold, rehearse, at, rate, [])
        )
        lane.steps.append(LaneStep(*step))
    return list(lanes.values())
