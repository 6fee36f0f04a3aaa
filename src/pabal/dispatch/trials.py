"""Tests: a text goes to a few handsets that somebody named, with the values of one contact, before it goes to everybody.

The rows, the claim, quota, suppression, fallback and receipts are those of every send; only the audience comes from a list
of people instead of a selection. Its kind keeps it out of a campaign's figures: they are read by the campaign's own send.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.dispatch.counters import add_deltas
from pabal.dispatch.gate import FIRST_REASON, enter_gate, suppression_channel
from pabal.dispatch.holds import hold_text
from pabal.dispatch.live import announce
from pabal.dispatch.plan import ring_lane
from pabal.dispatch.reads import MessageLine, message_line
from pabal.kit.db import Conn
from pabal.runtime import Runtime

KIND = "test"


@dataclass(frozen=True, slots=True)
class TrialPerson:
    """`card`: JSON of the one phone it goes to and of the values that fill the text. Without contact: a number alone."""

    contact_id: UUID | None
    address_key: int | None
    card: str


async def start_trial(
    conn: Conn,
    tenant_id: UUID,
    send_id: UUID,
    people: Sequence[TrialPerson],
    *,
    channel: str,
    values_of: UUID | None,
) -> None:
    """Everybody named as a row, in the transaction that made the send (`create_send`). After the commit: `announce_trial`."""
    cursor = await conn.execute(
        """
        WITH p AS (SELECT %(tenant)s::uuid AS tenant_id, %(send)s::uuid AS send_id, %(channel)s::text AS channel,
                          '{}'::text[] AS purposes, ''::text AS consent, ''::text AS night,
                          NULL::timestamptz AS consent_since),  -- somebody's own handset
        gated AS (
            SELECT g.*, """
        + FIRST_REASON
        + """ AS reason
            FROM p CROSS JOIN unnest(%(contacts)s::uuid[], %(keys)s::bigint[], %(cards)s::text[])
                 WITH ORDINALITY AS g (contact_id, address_key, card, no)
            LEFT JOIN contacts c ON c.tenant_id = p.tenant_id AND c.id = g.contact_id
        ), verdict AS (
            SELECT contact_id, address_key, card, no,
                   CASE WHEN reason IS NULL AND row_number() OVER (PARTITION BY address_key, reason ORDER BY no) > 1
                        THEN 'same_address' ELSE reason END AS reason
            FROM gated
        ), frozen AS (
            INSERT INTO messages (tenant_id, send_id, seq, contact_id, address_key, address_no, state, reason, snapshot)
            SELECT %(tenant)s, %(send)s, row_number() OVER (ORDER BY reason IS NOT NULL, no), contact_id,
                   CASE WHEN reason IS NULL THEN address_key END, 0,
                   CASE WHEN reason IS NULL THEN 'queued' ELSE 'skipped' END, reason, app.encrypt(card)
            FROM verdict
            RETURNING state, reason
        )
        SELECT state, coalesce(reason, ''), count(*) FROM frozen GROUP BY 1, 2
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "channel": suppression_channel(channel),
            "contacts": [person.contact_id for person in people],
            "keys": [person.address_key for person in people],
            "cards": [person.card for person in people],
        },
    )
    counts = Counter({(state, reason): n for state, reason, n in await cursor.fetchall()})
    await conn.execute(
        """
        INSERT INTO chunks (tenant_id, send_id, no, seq_from, seq_to)
        SELECT %(tenant)s, %(send)s, 0, 1, %(queued)s WHERE %(queued)s > 0
        """,
        {"tenant": tenant_id, "send": send_id, "queued": counts["queued", ""]},
    )
    await add_deltas(conn, tenant_id, send_id, counts)
    await conn.execute(
        """
        UPDATE sends SET state = 'running', audience = %s, values_of = %s, launched_at = clock_timestamp()
        WHERE tenant_id = %s AND id = %s AND state = 'launching'
        """,
        (len(people), values_of, tenant_id, send_id),
    )


enter_trial = enter_gate
"""Before any row lock of the transaction: an opt-out that committed earlier is seen by it."""


async def announce_trial(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """Best effort, after the commit: the sweeper finds what nobody rang for."""
    await ring_lane(rt, tenant_id, send_id, KIND)
    await announce(rt, tenant_id, send_id)


@dataclass(frozen=True, slots=True)
class TrialLine:
    """`own` is the recipient's own card, where a contact was named; the message's card has somebody's values in it."""

    message: MessageLine
    own: str | None
    channel: str
    code: str


@dataclass(frozen=True, slots=True)
class Trial:
    send_id: UUID
    state: str
    hold_reason: str
    hold_text: str
    rehearse: bool
    values_of: UUID | None
    created_by: UUID | None
    created_at: datetime
    finished_at: datetime | None
    people: tuple[TrialLine, ...]


async def list_trials(conn: Conn, tenant_id: UUID, campaign_id: UUID, *, limit: int = 10) -> list[Trial]:
    """Newest first, with everybody in them: two statements however many there are."""
    cursor = await conn.execute(
        """
        SELECT id, state, hold_reason, rehearse, values_of, created_by, created_at, finished_at FROM sends
        WHERE tenant_id = %s AND campaign_id = %s AND kind = 'test' ORDER BY id DESC LIMIT %s
        """,
        (tenant_id, campaign_id, limit),
    )
    sends = await cursor.fetchall()
    people = await _people(conn, tenant_id, [row[0] for row in sends])
    found = []
    for send_id, state, reason, rehearse, values_of, by, created_at, finished_at in sends:
        words = await hold_text(conn, tenant_id, send_id, reason) if state == "held" else ""
        everybody = tuple(people.get(send_id, ()))
        found.append(
            Trial(send_id, state, reason, words, rehearse, values_of, by, created_at, finished_at, everybody)
        )
    return found


async def _people(conn: Conn, tenant_id: UUID, sends: Sequence[UUID]) -> dict[UUID, list[TrialLine]]:
    cursor = await conn.execute(
        """
        SELECT m.send_id, app.decrypt(c.pii), coalesce(a.channel, ''), coalesce(a.code, ''),
               m.seq, m.contact_id, m.state, m.reason, m.step, m.attempts, m.updated_at, m.address_no,
               app.decrypt(m.snapshot)
        FROM messages m
        LEFT JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
        LEFT JOIN attempts a ON a.tenant_id = m.tenant_id AND a.send_id = m.send_id AND a.seq = m.seq AND a.n = m.attempts
        WHERE m.tenant_id = %(tenant)s AND m.send_id = ANY(%(sends)s)
        ORDER BY m.send_id, m.seq
        """,
        {"tenant": tenant_id, "sends": list(sends)},
    )
    found: dict[UUID, list[TrialLine]] = {}
    row: tuple[Any, ...]
    for row in await cursor.fetchall():
        line = TrialLine(message_line(row[0], row[4:]), row[1], row[2], row[3])
        found.setdefault(row[0], []).append(line)
    return found


async def count_tests(conn: Conn, tenant_id: UUID) -> None:
    """From here to the commit nobody else of the tenant starts a test: what is counted stays true."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal tests ' || %s, 0))", (str(tenant_id),)
    )


def _first_id(since: datetime) -> UUID:
    """Ids are UUIDv7: the key's own index leads to what came since."""
    return UUID(int=int(since.timestamp() * 1000) << 80)


async def tried_since(
    conn: Conn, tenant_id: UUID, campaign_id: UUID, by: UUID | None, since: datetime
) -> tuple[int, int]:
    """People of tests since then, those who got nothing included: (of this campaign, of whoever starts them, in any)."""
    cursor = await conn.execute(
        """
        SELECT coalesce(sum(audience) FILTER (WHERE campaign_id = %(campaign)s), 0)::bigint,
               coalesce(sum(audience) FILTER (WHERE created_by = %(by)s), 0)::bigint
        FROM sends
        WHERE tenant_id = %(tenant)s AND id >= %(first)s AND kind = 'test' AND created_at >= %(since)s
        """,
        {
            "tenant": tenant_id,
            "campaign": campaign_id,
            "by": by,
            "first": _first_id(since),
            "since": since,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1]
