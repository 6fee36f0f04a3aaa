"""Writes what news changes: attempts, messages, retries, quota, counters, incidents, in this lock order.

Everything that learns something about attempts ends here: answers, receipts, polls, questions, a person's decision.
Deltas come from rows that really moved, so that repeating a commit of unknown fate adds nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal import quota
from pabal.dispatch.counters import Deltas, add_deltas, note_move
from pabal.dispatch.model import NOT_FROZEN, FrozenStep, FrozenVariant, SendRow
from pabal.domain.ids import new_id
from pabal.domain.links import SendLinks
from pabal.domain.message import AttemptState, MessageState
from pabal.domain.news import NOTHING, Change, News, Standing, apply
from pabal.domain.resolve import Decision, as_news, resolve
from pabal.domain.window import SendWindow
from pabal.kit.backoff import spread
from pabal.kit.db import Conn, int_array

_WIDE_GAP = 1000  # sequence numbers


@dataclass(frozen=True, slots=True)
class Applied:
    """`unmatched`: news about attempts that the ledger doesn't have (yet)."""

    changed: int
    unmatched: tuple[News, ...]


async def lock_send(conn: Conn, tenant_id: UUID, send_id: UUID) -> SendRow | None:
    """The send FOR SHARE: state changes (pause, cancel) wait for our commit, and we see the newest one."""
    cursor = await conn.execute(_SEND + " FOR SHARE", (tenant_id, send_id))
    return _send_of(tenant_id, send_id, await cursor.fetchone())


async def look_at_send(conn: Conn, tenant_id: UUID, send_id: UUID) -> SendRow | None:
    """The send for somebody who decides nothing: nobody waits for us, and it may be another the next moment."""
    cursor = await conn.execute(_SEND, (tenant_id, send_id))
    return _send_of(tenant_id, send_id, await cursor.fetchone())


_SEND: LiteralString = (
    """
    SELECT state, hold_reason, rehearse, steps, rate_per_second, chunk_size, not_after, send_from, send_until,
           links, variants, """
    + NOT_FROZEN
    + """
    FROM sends WHERE tenant_id = %s AND id = %s
    """
)


def _send_of(tenant_id: UUID, send_id: UUID, row: tuple[Any, ...] | None) -> SendRow | None:
    if row is None:
        return None
    (
        state,
        hold_reason,
        rehearse,
        steps,
        rate,
        chunk_size,
        not_after,
        send_from,
        send_until,
        links,
        variants,
        _,
    ) = row
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
        window=SendWindow.of(send_from, send_until),
        links=SendLinks.from_json(links),
        variants=tuple(FrozenVariant.from_json(variant) for variant in variants),
    )


async def apply_news(conn: Conn, send: SendRow, news: Iterable[News]) -> Applied:
    """Apply a batch about one send. The caller holds the send FOR SHARE and, if it has one, its chunk."""

    def change(standing: Standing, item: News) -> Change:
        return apply(standing, item, send.rules, may_overlap=send.may_overlap)

    return await _apply(conn, send, news, change)


async def apply_decision(
    conn: Conn, send: SendRow, keys: Iterable[tuple[int, int]], decision: Decision
) -> int:
    """A person decides about uncertain attempts (seq, n); how many still were. The caller holds the send."""

    def change(standing: Standing, item: News) -> Change:
        return resolve(standing, item.n, decision)

    applied = await _apply(conn, send, [as_news(seq, n, decision) for seq, n in keys], change)
    return applied.changed


Judge = Callable[[Standing, News], Change]


async def _apply(conn: Conn, send: SendRow, news: Iterable[News], judge: Judge) -> Applied:
    by_attempt: dict[tuple[int, int], list[News]] = defaultdict(list)
    for item in news:
        by_attempt[item.seq, item.n].append(item)
    changed = 0
    unmatched: list[News] = []
    for run in _runs(sorted(by_attempt)):
        applied = await _apply_run(conn, send, {key: by_attempt[key] for key in run}, judge)
        changed += applied.changed
        unmatched += applied.unmatched
    return Applied(changed, tuple(unmatched))


def _runs(keys: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Cut sorted keys where a gap is wide. Each run is one range of the primary key: statements below say
    `seq BETWEEN … AND seq = ANY …` and join nothing, because for a send younger than the planner's statistics any join
    it may choose becomes a nested loop over everybody (10,000 messages took two minutes)."""
    runs: list[list[tuple[int, int]]] = []
    for key in keys:
        if runs and key[0] - runs[-1][-1][0] <= _WIDE_GAP:
            runs[-1].append(key)
        else:
            runs.append([key])
    return runs


async def _apply_run(
    conn: Conn, send: SendRow, by_attempt: dict[tuple[int, int], list[News]], judge: Judge
) -> Applied:
    where = {
        "tenant": send.tenant_id,
        "send": send.id,
        "seqs": int_array(sorted({seq for seq, _ in by_attempt})),
        "low": min(seq for seq, _ in by_attempt),
        "high": max(seq for seq, _ in by_attempt),
    }
    cursor = await conn.execute(
        """
        SELECT seq, n, state, presumed, quota_state, quota_month, request_id FROM attempts
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
          AND seq = ANY(%(seqs)s::int[])
        ORDER BY seq, n
        FOR NO KEY UPDATE  -- in key order, like every transaction that locks them; messages after attempts
        """,
        where,
    )
    tries = await cursor.fetchall()
    attempts = [row for row in tries if (row[0], row[1]) in by_attempt]
    arrived = {row[0] for row in tries if row[2] == AttemptState.DELIVERED}
    cursor = await conn.execute(
        """
        SELECT seq, state, reason, attempts, step FROM messages
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
          AND seq = ANY(%(seqs)s::int[])
        ORDER BY seq
        FOR NO KEY UPDATE
        """,
        where,
    )
    messages = {row[0]: row[1:] for row in await cursor.fetchall()}
    changes: list[tuple[tuple[int, int], News, Change]] = []
    moves: Counter[tuple[tuple[str, str | None], tuple[str, str | None]]] = Counter()
    units: Counter[tuple[str, str, UUID]] = Counter()
    judged = _Judged(judge)
    for attempt in attempts:
        seq, n, state, presumed, quota_state, quota_month, request_id = attempt
        # Two attempts of one message may be in one batch: the second must see what the first did.
        message, reason, latest, step = messages[seq]
        for item in by_attempt.pop((seq, n)):
            change = judged(state, presumed, quota_state, message, latest, step, seq in arrived, item)
            if change is NOTHING:
                continue
            changes.append(((seq, n), item, change))
            if change.quota is not None:
                quota_state = change.quota
                if quota_month is not None:
                    units[change.quota, quota_month, request_id] += 1
            if change.message is not None:
                moves[(message, reason), (change.message, change.reason)] += 1
                message, reason = change.message, change.reason
            if change.attempt is not None:
                state, presumed = change.attempt, item.presumed
                if change.attempt is AttemptState.DELIVERED:
                    arrived.add(seq)
            if change.retry_step is not None:
                step = change.retry_step
        messages[seq] = (message, reason, latest, step)
    deltas: Deltas = Counter()
    for (old, new), count in moves.items():
        note_move(deltas, old, new, count)
    await _write_attempts(conn, send, changes)
    await _write_messages(conn, send, changes)
    await _write_retries(conn, send, changes)
    for (movement, month, request_id), count in sorted(units.items()):
        move = quota.settle if movement == "settled" else quota.release
        await move(conn, send.tenant_id, month, count, send_id=send.id, request_id=request_id)
    await add_deltas(conn, send.tenant_id, send.id, deltas)
    await _write_incidents(conn, send, changes)
    return Applied(len(changes), tuple(item for items in by_attempt.values() for item in items))


class _Judged:
    """A judge that answers once for all who stand alike: of 500 answers nearly all say the same about the same (8 µs each
    otherwise). Failures are judged one by one: what comes next may be drawn by lot."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[tuple[Any, ...], Change] = {}

    def __call__(
        self,
        state: str,
        presumed: bool,
        quota_state: str,
        message: str,
        latest: int,
        step: int,
        arrived: bool,
        item: News,
    ) -> Change:
        alike = (state, presumed, quota_state, message, latest, step, arrived, item.n, item.state)
        if (known := self._known.get(alike)) is not None:
            return known
        standing = Standing(
            attempt=AttemptState(state),
            presumed=presumed,
            quota=quota_state,
            message=MessageState(message),
            latest=latest,
            step=step,
            arrived=arrived,
        )
        change = self._judge(standing, item)
        if change == NOTHING:
            change = NOTHING
        if item.state in {AttemptState.ACCEPTED, AttemptState.DELIVERED}:
            self._known[alike] = change
        return change


_Changes = Sequence[tuple[tuple[int, int], News, Change]]


async def _write_attempts(conn: Conn, send: SendRow, changes: _Changes) -> None:
    # One row per attempt: a batch may hold two words about one attempt, the last change has the last word.
    last = {key: (news, change) for key, news, change in changes if change.attempt is not None}
    quotas = {key: change.quota for key, _, change in changes if change.quota is not None}
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for key, (news, change) in last.items():
        value = (key[1], change.attempt, news.presumed, news.code, news.failure_class, quotas.get(key))
        groups[value].append(key[0])
    # A batch has a handful of distinct outcomes, so this is a handful of statements.
    for (n, state, presumed, code, failure_class, quota_state), seqs in sorted(
        groups.items(), key=lambda g: g[1][0]
    ):
        providers = {str(seq): last[seq, n][0].provider_id for seq in seqs if last[seq, n][0].provider_id}
        await conn.execute(
            """
            UPDATE attempts
            SET state = %(state)s, presumed = %(presumed)s, code = coalesce(nullif(%(code)s, ''), code),
                failure_class = coalesce(%(class)s, failure_class),
                provider_id = coalesce(%(providers)s::jsonb ->> seq::text, provider_id),
                quota_state = coalesce(%(quota)s, quota_state), updated_at = clock_timestamp()
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
              AND seq = ANY(%(seqs)s::int[]) AND n = %(n)s
            """,
            {
                "tenant": send.tenant_id,
                "send": send.id,
                "low": min(seqs),
                "high": max(seqs),
                "seqs": int_array(seqs),
                "n": n,
                "state": state,
                "presumed": presumed,
                "code": code,
                "class": failure_class,
                "providers": Jsonb(providers),
                "quota": quota_state,
            },
        )


async def _write_messages(conn: Conn, send: SendRow, changes: _Changes) -> None:
    last = {key[0]: change for key, _, change in changes if change.message is not None}
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for seq, change in last.items():
        groups[change.message, change.reason, change.retry_step].append(seq)
    for (state, reason, step), seqs in sorted(groups.items(), key=lambda g: g[1][0]):
        await conn.execute(
            """
            UPDATE messages
            SET state = %(state)s, reason = %(reason)s, step = coalesce(%(step)s, step), updated_at = clock_timestamp(),
                contacted_at = coalesce(contacted_at, CASE WHEN %(reached)s THEN clock_timestamp() END)
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
              AND seq = ANY(%(seqs)s::int[])
            """,
            {
                "tenant": send.tenant_id,
                "send": send.id,
                "low": min(seqs),
                "high": max(seqs),
                "seqs": int_array(seqs),
                "state": state,
                "reason": reason,
                "step": step,
                "reached": not send.rehearse and state in (MessageState.ACCEPTED, MessageState.DELIVERED),
            },
        )


async def _write_retries(conn: Conn, send: SendRow, changes: _Changes) -> None:
    due = [(key[0], news, change) for key, news, change in changes if change.retry_step is not None]
    if due:
        # One share for the batch: who was refused together goes together again, and not with everybody else's.
        share = spread(1.0)
        await conn.execute(
            """
            INSERT INTO retries (tenant_id, send_id, seq, step, due_at, reason)
            SELECT %(tenant)s, %(send)s, v.seq, v.step, clock_timestamp() + make_interval(secs => v.after), v.reason
            FROM unnest(%(seqs)s::int[], %(steps)s::smallint[], %(after)s::float8[], %(reasons)s::text[])
                 AS v (seq, step, after, reason)
            ON CONFLICT (tenant_id, send_id, seq) DO UPDATE
            SET step = excluded.step, due_at = excluded.due_at, reason = excluded.reason
            """,
            {
                "tenant": send.tenant_id,
                "send": send.id,
                "seqs": [seq for seq, _, _ in due],
                "steps": [change.retry_step for _, _, change in due],
                "after": [change.retry_after * (share if change.spread else 1.0) for _, _, change in due],
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
