"""The results of one campaign, in a handful of set-based statements whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pabal.domain.results import Group, bucket_for
from pabal.kit.db import Conn

ANSWER_DAYS: Final = 7  # a reply or refusal within a week of the send is told as an answer to it


@dataclass(frozen=True, slots=True)
class SendFacts:
    id: UUID
    state: str
    rehearse: bool
    channels: list[str]  # of its steps
    launched_at: datetime | None
    finished_at: datetime | None


async def read_send(conn: Conn, tenant_id: UUID, send_id: UUID) -> SendFacts:
    cursor = await conn.execute(
        """
        SELECT id, state, rehearse, ARRAY(SELECT step ->> 'channel' FROM jsonb_array_elements(steps) AS step),
               launched_at, finished_at
        FROM sends WHERE tenant_id = %s AND id = %s
        """,
        (tenant_id, send_id),
    )
    row = await cursor.fetchone()
    assert row is not None  # a campaign's send is never deleted
    return SendFacts(*row)


async def expect_much(conn: Conn) -> None:
    """For the rest of the transaction. A send is often younger than the planner's statistics: it expects one row and loops
    over everybody for each (21 s instead of 50 ms for the failures of 100,000). Rows come in no order that a merge could
    use: it sorted everybody first (all parts of 100,000 people 473 ms, hashed 335 ms)."""
    await conn.execute(
        """
        SELECT set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),
               set_config('work_mem', '64MB', true), set_config('jit', 'off', true)
        """
    )


async def read_groups(conn: Conn, tenant_id: UUID, send_id: UUID) -> list[Group]:
    """The whole send as a table of some dozen groups. Tries are read once, in the order of their key."""
    cursor = await conn.execute(
        """
        WITH tries AS MATERIALIZED (
            SELECT a.seq, bit_or(1 << coalesce(r.step, 0)) AS tried,
                   coalesce(bit_or(1 << coalesce(r.step, 0)) FILTER (WHERE a.state = 'delivered'), 0) AS arrived,
                   bool_or(a.state IN ('accepted', 'delivered') OR a.quota_state = 'settled'
                           OR (a.state = 'failed' AND a.provider_id IS NOT NULL)) AS accepted
            FROM attempts a
            LEFT JOIN requests r ON r.tenant_id = a.tenant_id AND r.send_id = a.send_id AND r.id = a.request_id
            WHERE a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.state <> 'voided'
            GROUP BY a.seq
        ), clicked AS MATERIALIZED (
            SELECT DISTINCT seq FROM clicks
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND class = 'human' AND seq IS NOT NULL
        )
        SELECT m.state, coalesce(m.reason, ''), m.variant::int, coalesce(t.tried, 0), coalesce(t.arrived, 0),
               coalesce(t.accepted, false), k.seq IS NOT NULL, count(*)
        FROM messages m LEFT JOIN tries t ON t.seq = m.seq LEFT JOIN clicked k ON k.seq = m.seq
        WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    return [Group(*row) for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Failure:
    """People whose last try failed, by what the carrier said."""

    code: str
    failure_class: str
    carrier: str
    channel: str
    people: int


async def read_failures(conn: Conn, tenant_id: UUID, send_id: UUID) -> list[Failure]:
    cursor = await conn.execute(
        """
        SELECT coalesce(m.reason, a.code, ''), coalesce(a.failure_class, ''), coalesce(c.carrier, ''), a.channel, count(*)
        FROM messages m
        JOIN attempts a ON a.tenant_id = m.tenant_id AND a.send_id = m.send_id AND a.seq = m.seq AND a.n = m.attempts
        LEFT JOIN requests r ON r.tenant_id = a.tenant_id AND r.send_id = a.send_id AND r.id = a.request_id
        LEFT JOIN carrier_accounts c ON c.tenant_id = r.tenant_id AND c.id = r.account_id
        WHERE m.tenant_id = %s AND m.send_id = %s AND m.state = 'failed'
        GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1
        """,
        (tenant_id, send_id),
    )
    return [Failure(*row) for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Clicks:
    """Requests for the send's links by what they were; `human_people`: distinct people, erased ones included."""

    human: int
    bot: int
    prefetch: int
    human_people: int
    median_seconds: float | None  # from the send's start until half of those who clicked had


async def read_clicks(conn: Conn, tenant_id: UUID, send: SendFacts) -> Clicks:
    cursor = await conn.execute(
        """
        WITH firsts AS (
            SELECT min(at) AS at FROM clicks
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND class = 'human' GROUP BY seq, ghost
        )
        SELECT count(*) FILTER (WHERE class = 'human'), count(*) FILTER (WHERE class = 'bot'),
               count(*) FILTER (WHERE class = 'prefetch'), (SELECT count(*) FROM firsts),
               (SELECT extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY at) - %(start)s::timestamptz)::float8
                FROM firsts)
        FROM clicks WHERE tenant_id = %(tenant)s AND send_id = %(send)s
        """,
        {"tenant": tenant_id, "send": send.id, "start": send.launched_at},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Clicks(*row)


@dataclass(frozen=True, slots=True)
class LinkClicks:
    key: str
    url: str
    human: int
    human_people: int


async def read_links(conn: Conn, tenant_id: UUID, send_id: UUID) -> list[LinkClicks]:
    cursor = await conn.execute(
        """
        SELECT l.key, l.url, count(k.id), count(DISTINCT coalesce(k.seq::text, k.ghost::text))
        FROM links l
        LEFT JOIN clicks k ON k.tenant_id = l.tenant_id AND k.send_id = l.send_id AND k.link_id = l.id AND k.class = 'human'
        WHERE l.tenant_id = %s AND l.send_id = %s
        GROUP BY l.key, l.url ORDER BY l.key
        """,
        (tenant_id, send_id),
    )
    return [LinkClicks(*row) for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Point:
    at: datetime
    delivered: int
    clicked: int  # people, at their first click


async def read_curve(conn: Conn, tenant_id: UUID, send: SendFacts) -> tuple[int, list[Point]]:
    """(seconds of a bucket, buckets with something in them) from the send's start."""
    if send.launched_at is None:
        return bucket_for(0), []
    start = send.launched_at
    where = {"tenant": tenant_id, "send": send.id, "start": start}
    cursor = await conn.execute(
        """
        SELECT greatest(
            (SELECT max(updated_at) FROM attempts
             WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND state = 'delivered'),
            (SELECT max(at) FROM clicks WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND class = 'human'))
        """,
        where,
    )
    row = await cursor.fetchone()
    if row is None or row[0] is None:
        return bucket_for(0), []
    size = bucket_for((row[0] - start).total_seconds())
    cursor = await conn.execute(
        """
        SELECT at, sum(delivered)::int, sum(clicked)::int FROM (
            SELECT date_bin(%(size)s, updated_at, %(start)s) AS at, count(*) AS delivered, 0 AS clicked FROM attempts
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND state = 'delivered' GROUP BY 1
            UNION ALL
            SELECT date_bin(%(size)s, f.at, %(start)s), 0, count(*) FROM (
                SELECT min(at) AS at FROM clicks
                WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND class = 'human' GROUP BY seq, ghost) f
            GROUP BY 1) AS both_kinds
        GROUP BY at ORDER BY at
        """,
        {**where, "size": timedelta(seconds=size)},
    )
    return size, [Point(*point) for point in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Answers:
    replied: int
    opted_out: int


async def read_answers(conn: Conn, tenant_id: UUID, send: SendFacts) -> Answers:
    """People who wrote back, and who refused, within ANSWER_DAYS of the start. From the few answers to their people."""
    cursor = await conn.execute(
        """
        SELECT
            (SELECT count(DISTINCT m.seq) FROM inbound_messages b
             JOIN identities i ON i.tenant_id = b.tenant_id AND i.value_key = b.from_key
             JOIN messages m ON m.tenant_id = i.tenant_id AND m.contact_id = i.contact_id AND m.send_id = %(send)s
                  AND m.attempts > 0
             WHERE b.tenant_id = %(tenant)s AND b.received_at >= %(start)s AND b.received_at < %(end)s),
            (SELECT count(DISTINCT m.seq) FROM suppressions s
             JOIN messages m ON m.tenant_id = s.tenant_id AND m.address_key = s.address_key AND m.send_id = %(send)s
                  AND m.attempts > 0
             WHERE s.tenant_id = %(tenant)s AND s.kind = 'phone' AND s.created_at >= %(start)s AND s.created_at < %(end)s)
        """,
        _window(tenant_id, send),
    )
    row = await cursor.fetchone()
    assert row is not None
    return Answers(*row)


def _window(tenant_id: UUID, send: SendFacts) -> dict[str, object]:
    start = send.launched_at
    return {
        "tenant": tenant_id,
        "send": send.id,
        "start": start,
        "end": None if start is None else start + timedelta(days=ANSWER_DAYS),
    }


@dataclass(frozen=True, slots=True)
class Missent:
    """오발송 (docs/glossary.md): people who got it and shouldn't have, each counted once in `people`."""

    people: int
    twice: int
    refused: int  # an opt-out had been committed before the try
    outside: int  # nobody who was to be sent to


async def read_missent(conn: Conn, tenant_id: UUID, send_id: UUID) -> Missent:
    cursor = await conn.execute(
        """
        WITH twice AS (
            SELECT seq FROM attempts WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND state = 'delivered' AND n > 1
              AND EXISTS (SELECT FROM attempts o WHERE o.tenant_id = %(tenant)s AND o.send_id = %(send)s
                          AND o.seq = attempts.seq AND o.n < attempts.n AND o.state = 'delivered')
            UNION
            SELECT seq FROM incidents
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND kind IN ('maybe_twice', 'overlap')
        ), refused AS (
            SELECT DISTINCT m.seq FROM suppressions s
            JOIN messages m ON m.tenant_id = s.tenant_id AND m.address_key = s.address_key AND m.send_id = %(send)s
            JOIN attempts a ON a.tenant_id = m.tenant_id AND a.send_id = m.send_id AND a.seq = m.seq
            WHERE s.tenant_id = %(tenant)s AND s.kind = 'phone' AND a.state IN ('accepted', 'delivered')
              AND a.created_at > s.created_at
              AND s.channel IN ('all', CASE WHEN a.channel IN ('sms', 'lms', 'mms') THEN 'sms' ELSE a.channel END)
        ), outside AS (
            SELECT m.seq FROM messages m
            WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.address_key IS NULL AND m.attempts > 0
        )
        SELECT (SELECT count(*) FROM (SELECT seq FROM twice UNION SELECT seq FROM refused UNION SELECT seq FROM outside) u),
               (SELECT count(*) FROM twice), (SELECT count(*) FROM refused), (SELECT count(*) FROM outside)
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Missent(*row)


async def read_charged(conn: Conn, tenant_id: UUID, send_id: UUID) -> Sequence[tuple[str, int]]:
    """Messages that carriers took, by channel: what is charged."""
    cursor = await conn.execute(
        """
        SELECT channel, count(*) FROM attempts
        WHERE tenant_id = %s AND send_id = %s
          AND (quota_state = 'settled' OR (quota_state = 'none' AND state IN ('accepted', 'delivered')))
        GROUP BY channel ORDER BY channel
        """,
        (tenant_id, send_id),
    )
    return await cursor.fetchall()
