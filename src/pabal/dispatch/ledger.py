"""Writes what news changes: attempts, messages, retries, quota, counters, incidents, in this lock order.

Everything that learns something about attempts ends here: answers, receipts, polls, questions, a person's decision.
Deltas come from rows that really moved, so that repeating a commit of unknown fate adds nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal import quota
from pabal.dispatch.counters import Deltas, add_deltas, note_move
from pabal.dispatch.model import FrozenStep, SendRow
from pabal.domain.ids import new_id
from pabal.domain.message import AttemptState, MessageState
from pabal.domain.news import Change, News, Standing, apply
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class Applied:
    """`unmatched`: news about attempts that the ledger doesn't have (yet)."""

    changed: int
    unmatched: tuple[News, ...]


async def lock_send(conn: Conn, tenant_id: UUID, send_id: UUID) -> SendRow | None:
    """The send FOR SHARE: state changes (pause, cancel) wait for our commit, and we see the newest one."""
    cursor = await conn.execute(
        """
        SELECT state, hold_reason, rehearse, steps, rate_per_second, chunk_size, not_after
        FROM sends WHERE tenant_id = %s AND id = %s FOR SHARE
        """,
        (tenant_id, send_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    state, hold_reason, rehearse, steps, rate, chunk_size, not_after = row
    return SendRow(
        tenant_id=tenant_id,
        id=send_id,
        state=state,
        hold_reason=hold_reason,
        rehearse=rehearse,
        steps=tuple(FrozenStep.from_json(step) for step in steps),
        rate_per_second=rate,
        chunk_size=chunk_size,
        not_after=not_after,
    )


async def apply_news(conn: Conn, send: SendRow, news: Iterable[News]) -> Applied:
    """Apply a batch about one send. The caller holds the send FOR SHARE and, if it has one, its chunk."""
    # The newest word per attempt wins inside a batch; a receipt batch may hold doubles.
    by_attempt: dict[tuple[int, int], list[News]] = defaultdict(list)
    for item in news:
        by_attempt[item.seq, item.n].append(item)
    if not by_attempt:
        return Applied(0, ())
    keys = sorted(by_attempt)
    cursor = await conn.execute(
        """
        SELECT a.seq, a.n, a.state, a.presumed, a.quota_state, a.quota_month, a.request_id,
               m.state, m.reason, m.attempts, m.step
        FROM unnest(%(seqs)s::int[], %(ns)s::smallint[]) AS v (seq, n)
        JOIN attempts a ON a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq = v.seq AND a.n = v.n
        JOIN messages m ON m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.seq = v.seq
        ORDER BY a.seq, a.n
        FOR NO KEY UPDATE OF a, m  -- in key order, like every transaction that locks them
        """,
        {"tenant": send.tenant_id, "send": send.id, "seqs": [k[0] for k in keys], "ns": [k[1] for k in keys]},
    )
    rows = await cursor.fetchall()
    changes: list[tuple[tuple[int, int], News, Change]] = []
    deltas: Deltas = Counter()
    units: Counter[tuple[str, str, UUID]] = Counter()
    for (
        seq,
        n,
        state,
        presumed,
        quota_state,
        quota_month,
        request_id,
        m_state,
        first_reason,
        latest,
        step,
    ) in rows:
        reason = first_reason
        standing = Standing(
            attempt=AttemptState(state),
            presumed=presumed,
            quota=quota_state,
            message=MessageState(m_state),
            latest=latest,
            step=step,
        )
        for item in by_attempt.pop((seq, n)):
            change = apply(standing, item, send.rules)
            if change == Change():
                continue
            changes.append(((seq, n), item, change))
            if change.quota is not None and quota_month is not None:
                units[change.quota, quota_month, request_id] += 1
            new_message = change.message or standing.message
            if change.message is not None:
                note_move(deltas, (standing.message, reason), (new_message, change.reason))
                reason = change.reason
            standing = Standing(
                attempt=change.attempt or standing.attempt,
                presumed=item.presumed if change.attempt else standing.presumed,
                quota=change.quota or standing.quota,
                message=new_message,
                latest=latest,
                step=step if change.retry_step is None else change.retry_step,
            )
    await _write_attempts(conn, send, changes)
    await _write_messages(conn, send, changes)
    await _write_retries(conn, send, changes)
    for (movement, month, request_id), count in sorted(units.items()):
        move = quota.settle if movement == "settled" else quota.release
        await move(conn, send.tenant_id, month, count, send_id=send.id, request_id=request_id)
    await add_deltas(conn, send.tenant_id, send.id, deltas)
    await _write_incidents(conn, send, changes)
    unmatched = tuple(item for items in by_attempt.values() for item in items)
    return Applied(len(changes), unmatched)


_Changes = Sequence[tuple[tuple[int, int], News, Change]]


async def _write_attempts(conn: Conn, send: SendRow, changes: _Changes) -> None:
    # One row per attempt: a batch may hold two words about one attempt, the last change has the last word.
    last = {key: (news, change) for key, news, change in changes if change.attempt is not None}
    quotas = {key: change.quota for key, _, change in changes if change.quota is not None}
    if not last:
        return
    keys = sorted(last)
    await conn.execute(
        """
        UPDATE attempts a
        SET state = v.state, presumed = v.presumed, code = coalesce(nullif(v.code, ''), a.code),
            failure_class = coalesce(v.failure_class, a.failure_class),
            provider_id = coalesce(v.provider_id, a.provider_id),
            quota_state = coalesce(v.quota, a.quota_state), updated_at = clock_timestamp()
        FROM unnest(%(seqs)s::int[], %(ns)s::smallint[], %(states)s::text[], %(presumed)s::boolean[], %(codes)s::text[],
                    %(classes)s::text[], %(providers)s::text[], %(quotas)s::text[])
             AS v (seq, n, state, presumed, code, failure_class, provider_id, quota)
        WHERE a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq = v.seq AND a.n = v.n
        """,
        {
            "tenant": send.tenant_id,
            "send": send.id,
            "seqs": [k[0] for k in keys],
            "ns": [k[1] for k in keys],
            "states": [last[k][1].attempt for k in keys],
            "presumed": [last[k][0].presumed for k in keys],
            "codes": [last[k][0].code for k in keys],
            "classes": [last[k][0].failure_class for k in keys],
            "providers": [last[k][0].provider_id for k in keys],
            "quotas": [quotas.get(k) for k in keys],
        },
    )


async def _write_messages(conn: Conn, send: SendRow, changes: _Changes) -> None:
    last = {key[0]: change for key, _, change in changes if change.message is not None}
    if not last:
        return
    seqs = sorted(last)
    await conn.execute(
        """
        UPDATE messages m
        SET state = v.state, reason = v.reason, step = coalesce(v.step, m.step), updated_at = clock_timestamp()
        FROM unnest(%(seqs)s::int[], %(states)s::text[], %(reasons)s::text[], %(steps)s::smallint[])
             AS v (seq, state, reason, step)
        WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.seq = v.seq
        """,
        {
            "tenant": send.tenant_id,
            "send": send.id,
            "seqs": seqs,
            "states": [last[seq].message for seq in seqs],
            "reasons": [last[seq].reason for seq in seqs],
            "steps": [last[seq].retry_step for seq in seqs],
        },
    )


async def _write_retries(conn: Conn, send: SendRow, changes: _Changes) -> None:
    due = [(key[0], news, change) for key, news, change in changes if change.retry_step is not None]
    if due:
        await conn.execute(
            """
            INSERT INTO retries (tenant_id, send_id, seq, step, due_at, reason)
            SELECT %(tenant)s, %(send)s, v.seq, v.step, clock_timestamp() + make_interval(secs => v.after), v.reason
            FROM unnest(%(seqs)s::int[], %(steps)s::smallint[], %(after)s::float8[], %(reasons)s::text[])
                 AS v (seq, step, after, reason)
            ON CONFLICT (tenant_id, send_id, seq) DO NOTHING
            """,
            {
                "tenant": send.tenant_id,
                "send": send.id,
                "seqs": [seq for seq, _, _ in due],
                "steps": [change.retry_step for _, _, change in due],
                "after": [change.retry_after for _, _, change in due],
                "reasons": [news.code or news.state.value for _, news, _ in due],
            },
        )
    dropped = [key[0] for key, _, change in changes if change.drop_retry]
    if dropped:
        await conn.execute(
            "DELETE FROM retries WHERE tenant_id = %s AND send_id = %s AND seq = ANY(%s)",
            (send.tenant_id, send.id, dropped),
        )


async def _write_incidents(conn: Conn, send: SendRow, changes: _Changes) -> None:
    for key, news, change in changes:  # rare by nature: one statement each is fine
        if change.incident is None:
            continue
        await conn.execute(
            """
            INSERT INTO incidents (tenant_id, id, send_id, seq, n, kind, detail) VALUES (%s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (tenant_id, send_id, seq, n, kind) DO NOTHING
            """,
            (
                send.tenant_id,
                new_id(),
                send.id,
                key[0],
                key[1],
                change.incident,
                Jsonb({"news": news.state, "code": news.code}),
            ),
        )
