"""People of whom nobody can say whether their message went out: who they are, what was asked about them, and a person's word.

They come in groups, one per request: what is true of the request (the carrier was silent, the caller may still live) is true
of all its uncertain people. Read by the workbench; decided through `ledger.apply_decision`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.dispatch.ledger import apply_decision, lock_send
from pabal.dispatch.reads import MessageLine, list_messages
from pabal.domain.resolve import Decision
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class Question:
    at: datetime
    note: str  # a short English tag, free of PII


@dataclass(frozen=True, slots=True)
class Group:
    """Uncertain people of one request."""

    questions: tuple[Question, ...]
    reasons: tuple[str, ...]  # missing_at_carrier, caller_not_gone, carrier_silent
    request_id: UUID
    people: int
    units: int  # of quota, kept until somebody decides; none for a rehearsal
    channel: str
    account_id: UUID
    account_name: str
    carrier: str
    known_there: bool  # the carrier told us an id: at least the request is in
    called_at: datetime
    asked: int


@dataclass(frozen=True, slots=True)
class UncertainSend:
    groups: tuple[Group, ...]
    send_id: UUID
    campaign_id: UUID | None
    state: str
    rehearse: bool
    not_after: datetime | None
    people: int


async def count_uncertain(conn: Conn, tenant_id: UUID) -> tuple[int, int]:
    """(people, sends), from the counters alone: for figures beside a word of the navigation."""
    cursor = await conn.execute(
        """
        SELECT coalesce(sum(n), 0)::bigint, count(*)
        FROM (SELECT sum(n)::bigint AS n FROM send_counters
              WHERE tenant_id = %s AND state = 'uncertain' GROUP BY send_id HAVING sum(n) > 0) AS c
        """,
        (tenant_id,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


async def list_uncertain(
    conn: Conn,
    tenant_id: UUID,
    *,
    campaign_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 20,
) -> list[UncertainSend]:
    """Sends with uncertain people, newest first. Counters find them; only their own attempts are read."""
    cursor = await conn.execute(
        """
        SELECT s.id, s.campaign_id, s.state, s.rehearse, s.not_after, c.n
        FROM (SELECT send_id, sum(n)::bigint AS n FROM send_counters
              WHERE tenant_id = %(tenant)s AND state = 'uncertain' GROUP BY 1 HAVING sum(n) > 0) AS c
        JOIN sends s ON s.tenant_id = %(tenant)s AND s.id = c.send_id
        WHERE (%(before)s::uuid IS NULL OR s.id < %(before)s)
          AND (%(campaign)s::uuid IS NULL OR s.campaign_id = %(campaign)s)
        ORDER BY s.id DESC LIMIT %(limit)s
        """,
        {"tenant": tenant_id, "campaign": campaign_id, "before": before, "limit": limit},
    )
    sends = await cursor.fetchall()
    groups = await _groups(conn, tenant_id, [row[0] for row in sends])
    return [UncertainSend(tuple(groups[row[0]]), *row) for row in sends]


async def _groups(conn: Conn, tenant_id: UUID, sends: Sequence[UUID]) -> dict[UUID, list[Group]]:
    cursor = await conn.execute(
        """
        SELECT r.send_id, u.reasons, r.id, u.n, u.units, r.channel, r.account_id, a.name, a.carrier,
               r.provider_id IS NOT NULL, coalesce(r.called_at, r.created_at), r.asked,
               (SELECT coalesce(array_agg((q ->> 'at')::timestamptz ORDER BY i), '{}')
                FROM jsonb_array_elements(r.questions) WITH ORDINALITY AS e (q, i)),
               (SELECT coalesce(array_agg(q ->> 'note' ORDER BY i), '{}')
                FROM jsonb_array_elements(r.questions) WITH ORDINALITY AS e (q, i))
        FROM (SELECT t.send_id, t.request_id, count(*) AS n, array_agg(DISTINCT m.reason) AS reasons,
                     count(*) FILTER (WHERE t.quota_state = 'reserved') AS units
              FROM attempts t
              JOIN messages m ON m.tenant_id = t.tenant_id AND m.send_id = t.send_id AND m.seq = t.seq AND m.attempts = t.n
              WHERE t.tenant_id = %(tenant)s AND t.send_id = ANY(%(sends)s) AND t.state = 'uncertain'
                AND m.state = 'uncertain'
              GROUP BY 1, 2) AS u
        JOIN requests r ON r.tenant_id = %(tenant)s AND r.send_id = u.send_id AND r.id = u.request_id
        JOIN carrier_accounts a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
        ORDER BY r.send_id, r.created_at, r.id
        """,
        {"tenant": tenant_id, "sends": sends},
    )
    found: dict[UUID, list[Group]] = defaultdict(list)
    for send_id, reasons, *facts, ats, notes in await cursor.fetchall():
        questions = tuple(Question(at, note) for at, note in zip(ats, notes, strict=True))
        found[send_id].append(Group(questions, tuple(reason or "" for reason in reasons), *facts))
    return found


async def list_group(
    conn: Conn, tenant_id: UUID, send_id: UUID, request_id: UUID, *, after_seq: int = 0, limit: int = 100
) -> list[MessageLine]:
    """Uncertain people of one request, by sequence."""
    keys = await _open_keys(conn, tenant_id, send_id, request_id, after_seq=after_seq, limit=limit)
    return await list_messages(
        conn, tenant_id, send_id, state="uncertain", seqs=[seq for seq, _ in keys], limit=limit
    )


async def _open_keys(
    conn: Conn,
    tenant_id: UUID,
    send_id: UUID,
    request_id: UUID,
    *,
    after_seq: int = 0,
    limit: int | None = None,
) -> list[tuple[int, int]]:
    """(seq, n) of a request's uncertain people. One range of the primary key: the request's chunk."""
    cursor = await conn.execute(
        """
        SELECT c.seq_from, c.seq_to FROM requests r
        JOIN chunks c ON c.tenant_id = r.tenant_id AND c.send_id = r.send_id AND c.no = r.chunk_no
        WHERE r.tenant_id = %s AND r.send_id = %s AND r.id = %s
        """,
        (tenant_id, send_id, request_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NoSuchRequestError
    cursor = await conn.execute(
        """
        SELECT t.seq, t.n FROM attempts t
        WHERE t.tenant_id = %(tenant)s AND t.send_id = %(send)s AND t.seq BETWEEN %(low)s AND %(high)s
          AND t.request_id = %(request)s AND t.state = 'uncertain' AND t.seq > %(after)s
          AND EXISTS (SELECT FROM messages m
                      WHERE m.tenant_id = t.tenant_id AND m.send_id = t.send_id AND m.seq = t.seq
                        AND m.attempts = t.n AND m.state = 'uncertain')
        ORDER BY t.seq LIMIT %(limit)s
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "low": row[0],
            "high": row[1],
            "request": request_id,
            "after": after_seq,
            "limit": limit,
        },
    )
    return [(seq, n) for seq, n in await cursor.fetchall()]


class NoSuchRequestError(LookupError):
    """Not there, or another tenant's."""


class SendOverError(Exception):
    """Nobody can be sent to again in this send: it was cancelled, or its time is over."""


async def resolve_group(
    conn: Conn, tenant_id: UUID, send_id: UUID, request_id: UUID, decision: Decision, *, now: datetime
) -> int:
    """Decide about all uncertain people of a request; how many that were."""
    return await _resolve(
        conn,
        tenant_id,
        send_id,
        await _open_keys(conn, tenant_id, send_id, request_id),
        decision,
        now=now,
    )


async def resolve_send(
    conn: Conn, tenant_id: UUID, send_id: UUID, decision: Decision, *, now: datetime
) -> int:
    """Decide about all uncertain people of a send, whatever request they are of; how many that were."""
    cursor = await conn.execute(
        """
        SELECT t.seq, t.n FROM attempts t
        WHERE t.tenant_id = %(tenant)s AND t.send_id = %(send)s AND t.state = 'uncertain'
          AND EXISTS (SELECT FROM messages m
                      WHERE m.tenant_id = t.tenant_id AND m.send_id = t.send_id AND m.seq = t.seq
                        AND m.attempts = t.n AND m.state = 'uncertain')
        ORDER BY t.seq
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    keys = [(seq, n) for seq, n in await cursor.fetchall()]
    if not keys and await lock_send(conn, tenant_id, send_id) is None:
        raise NoSuchRequestError
    return await _resolve(conn, tenant_id, send_id, keys, decision, now=now)


async def resolve_one(
    conn: Conn, tenant_id: UUID, send_id: UUID, seq: int, decision: Decision, *, now: datetime
) -> bool:
    """Decide about one person. False: nothing is uncertain there (any more)."""
    cursor = await conn.execute(
        """
        SELECT attempts FROM messages
        WHERE tenant_id = %s AND send_id = %s AND seq = %s AND state = 'uncertain'
        """,
        (tenant_id, send_id, seq),
    )
    row = await cursor.fetchone()
    keys = [] if row is None else [(seq, int(row[0]))]
    return await _resolve(conn, tenant_id, send_id, keys, decision, now=now) > 0


async def _resolve(
    conn: Conn,
    tenant_id: UUID,
    send_id: UUID,
    keys: Sequence[tuple[int, int]],
    decision: Decision,
    *,
    now: datetime,
) -> int:
    """Keys were read without a lock; `ledger` looks again under it. Order: send, requests, attempts, messages …"""
    if not keys:
        return 0
    await conn.execute(
        "SELECT 1 FROM sends WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE", (tenant_id, send_id)
    )
    send = await lock_send(conn, tenant_id, send_id)
    if send is None:
        return 0
    late = send.not_after is not None and now >= send.not_after
    if decision is Decision.RESEND and (send.state == "cancelled" or late):
        raise SendOverError
    if decision is Decision.ADOPT:
        await _poll_soon(conn, tenant_id, send_id, keys)
    decided = await apply_decision(conn, send, keys, decision)
    if decided and decision is not Decision.CLOSE:
        await _reopen(conn, tenant_id, send_id)
    return decided


async def _poll_soon(conn: Conn, tenant_id: UUID, send_id: UUID, keys: Sequence[tuple[int, int]]) -> None:
    """Their receipts are asked for like anybody's: polling had stopped, or would have."""
    await conn.execute(
        """
        UPDATE requests SET poll_after = clock_timestamp(), polls = 0, updated_at = clock_timestamp()
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND state IN ('answered', 'uncertain')
          AND id IN (SELECT request_id FROM attempts
                     WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq = ANY(%(seqs)s::int[])
                       AND state = 'uncertain')
        """,
        {"tenant": tenant_id, "send": send_id, "seqs": [seq for seq, _ in keys]},
    )


async def _reopen(conn: Conn, tenant_id: UUID, send_id: UUID) -> None:
    """A send that was over isn't: somebody of it waits again, or is on the way. The watch finishes it once more."""
    await conn.execute(
        """
        UPDATE sends SET state = CASE state WHEN 'finished' THEN 'running' ELSE state END, finished_at = NULL
        WHERE tenant_id = %s AND id = %s AND finished_at IS NOT NULL
        """,
        (tenant_id, send_id),
    )
