"""What screens and people ask about a send: progress, its messages, one message. Why somebody got it or not: `explain`."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pabal.dispatch.holds import hold_text as read_hold_text
from pabal.dispatch.model import WINDOW, FrozenStep
from pabal.dispatch.render import Finished, finish
from pabal.domain.ids import message_id
from pabal.domain.links import SendLinks
from pabal.domain.message import MessageState
from pabal.domain.window import SendWindow, waiting
from pabal.kit.db import Conn

RATE_WINDOW_SECONDS = 10


@dataclass(frozen=True, slots=True)
class StepProgress:
    """`tries` counts a person once for each time the carrier was called about them on this step."""

    channel: str
    tries: int


@dataclass(frozen=True, slots=True)
class Progress:
    """One snapshot: counts sum to the audience in every state."""

    send_id: UUID
    state: str
    hold_reason: str
    hold_text: str  # in words, where the reason has more to say than its name
    hold_until: datetime | None  # when it goes on by itself, where that is known
    rehearse: bool
    audience: int
    counts: dict[str, int]
    by_reason: list[tuple[str, str, int]]  # state, reason, people
    rate: float  # messages per second that left `queued`, over the last seconds
    eta_seconds: int | None
    as_of: datetime
    steps: tuple[StepProgress, ...]
    overlaps: int  # people whom a channel reached late, when the next one had been used already


async def read_progress(
    conn: Conn, tenant_id: UUID, send_id: UUID, *, now: datetime | None = None
) -> Progress | None:
    """One statement, so that the counts and the audience come from one snapshot. `now`: of the rule clock."""
    cursor = await conn.execute(
        """
        SELECT s.state, s.hold_reason, s.rehearse, s.audience, s.send_from, s.send_until,
               (SELECT coalesce(json_agg(json_build_array(c.state, c.reason, c.n)), '[]')
                FROM (SELECT state, reason, sum(n)::bigint AS n FROM send_counters
                      WHERE tenant_id = s.tenant_id AND send_id = s.id GROUP BY 1, 2 HAVING sum(n) <> 0) AS c),
               (SELECT coalesce(sum(r.size), 0)::bigint FROM requests r
                WHERE r.tenant_id = s.tenant_id AND r.send_id = s.id AND r.state IN ('calling', 'answered')
                  AND r.created_at > clock_timestamp() - make_interval(secs => %(window)s)),
               extract(epoch FROM clock_timestamp() - s.launched_at)::float8,
               (SELECT json_agg(step.rule ->> 'channel' ORDER BY step.no)
                FROM jsonb_array_elements(s.steps) WITH ORDINALITY AS step (rule, no)),
               (SELECT coalesce(json_object_agg(r.step, r.n), '{}')
                FROM (SELECT step, sum(size)::bigint AS n FROM requests
                      WHERE tenant_id = s.tenant_id AND send_id = s.id AND state IN ('calling', 'answered')
                      GROUP BY step) AS r),
               (SELECT count(DISTINCT i.seq) FROM incidents i
                WHERE i.tenant_id = s.tenant_id AND i.send_id = s.id AND i.kind = 'overlap')
        FROM sends s WHERE s.tenant_id = %(tenant)s AND s.id = %(send)s
        """,
        {"tenant": tenant_id, "send": send_id, "window": RATE_WINDOW_SECONDS},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    state, hold_reason, rehearse, audience, send_from, send_until = row[:6]
    cells, recent, age, channels, tries, overlaps = row[6:]
    counts = {member.value: 0 for member in MessageState}
    by_reason: list[tuple[str, str, int]] = []
    for cell_state, reason, n in cells:
        counts[cell_state] += n
        if reason:
            by_reason.append((cell_state, reason, n))
    rate = recent / max(1.0, min(float(RATE_WINDOW_SECONDS), age or 0.0))
    left = counts["queued"]
    eta = None
    if state == "running":
        eta = 0 if not left else round(left / rate) if rate > 0 else None
    at, window = now or datetime.now(UTC), SendWindow.of(send_from, send_until)
    hold_text, hold_until = "", None
    if window is not None and hold_reason == WINDOW:
        hold_text, hold_until = waiting(window, at), window.opens_at(at)
    elif hold_reason:
        hold_text = await read_hold_text(conn, tenant_id, send_id, hold_reason)
    if window is not None and eta:
        eta = round((window.finish(at, eta) - at).total_seconds())
    return Progress(
        send_id=send_id,
        state=state,
        hold_reason=hold_reason,
        hold_text=hold_text,
        hold_until=hold_until,
        rehearse=rehearse,
        audience=audience,
        counts=counts,
        by_reason=sorted(by_reason, key=lambda item: -item[2]),
        rate=round(rate, 1),
        eta_seconds=eta,
        as_of=datetime.now(UTC),
        steps=tuple(StepProgress(channel, tries.get(str(no), 0)) for no, channel in enumerate(channels)),
        overlaps=overlaps,
    )


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One person of a send, as a list shows it. `person` is the decrypted snapshot, or None once erased."""

    id: str
    seq: int
    contact_id: UUID | None
    state: str
    reason: str | None
    step: int
    attempts: int
    updated_at: datetime
    person: dict[str, Any] | None
    address_no: int


async def list_messages(
    conn: Conn,
    tenant_id: UUID,
    send_id: UUID,
    *,
    state: str | None = None,
    reason: str | None = None,
    seqs: list[int] | None = None,
    after_seq: int = 0,
    limit: int = 100,
) -> list[MessageLine]:
    """By sequence; no index mentions state, so a filter walks the send's rows (0.3 s for a million)."""
    cursor = await conn.execute(
        """
        SELECT m.seq, m.contact_id, m.state, m.reason, m.step, m.attempts, m.updated_at, m.address_no,
               app.decrypt(coalesce(m.snapshot, c.pii))
        FROM messages m
        LEFT JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
        WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.seq > %(after)s
          AND (%(state)s::text IS NULL OR m.state = %(state)s) AND (%(reason)s::text IS NULL OR m.reason = %(reason)s)
          AND (%(seqs)s::int[] IS NULL OR m.seq = ANY(%(seqs)s::int[]))
        ORDER BY m.seq LIMIT %(limit)s
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "after": after_seq,
            "state": state,
            "reason": reason,
            "seqs": seqs,
            "limit": limit,
        },
    )
    return [message_line(send_id, row) for row in await cursor.fetchall()]


def message_line(send_id: UUID, row: tuple[Any, ...]) -> MessageLine:
    """(seq, contact, state, reason, step, attempts, updated, number of the address, card as JSON)."""
    seq, contact_id, state, reason, step, attempts, updated_at, address_no, person = row
    return MessageLine(
        id=message_id(send_id, seq),
        seq=seq,
        contact_id=contact_id,
        state=state,
        reason=reason,
        step=step,
        attempts=attempts,
        updated_at=updated_at,
        person=None if person is None else json.loads(person),
        address_no=address_no,
    )


@dataclass(frozen=True, slots=True)
class AttemptLine:
    n: int
    step: int
    channel: str
    state: str
    presumed: bool
    code: str | None
    failure_class: str | None
    provider_id: str | None
    bytes: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MessageDetail:
    line: MessageLine
    text: str | None
    channel: str
    attempts: list[AttemptLine]
    incidents: list[str]


async def read_message(conn: Conn, tenant_id: UUID, send_id: UUID, seq: int) -> MessageDetail | None:
    """One person's story: the text as it was rendered, every attempt, incidents."""
    rows = [
        line
        for line in await list_messages(conn, tenant_id, send_id, after_seq=seq - 1, limit=1)
        if line.seq == seq
    ]
    if not rows:
        return None
    line = rows[0]
    cursor = await conn.execute(
        """
        SELECT CASE WHEN m.variant IS NULL THEN s.steps ELSE s.variants -> m.variant::int -> 'steps' END, s.links
        FROM sends s JOIN messages m ON m.tenant_id = s.tenant_id AND m.send_id = s.id AND m.seq = %s
        WHERE s.tenant_id = %s AND s.id = %s
        """,
        (seq, tenant_id, send_id),
    )
    send = await cursor.fetchone()
    step = FrozenStep.from_json(send[0][line.step]) if send is not None else None
    links = SendLinks.from_json(send[1]) if send is not None else None
    text: str | None = None
    if step is not None and line.person is not None and line.state != MessageState.SKIPPED:
        # A link as it is read, not a code that opens: whoever looks here would click in the person's name.
        shown = {} if links is None else dict.fromkeys(links.numbers, f"{links.base}…")
        finished = finish(step, json.dumps(line.person), line.address_no, shown)
        text = finished.text if isinstance(finished, Finished) else None
    cursor = await conn.execute(
        """
        SELECT a.n, coalesce(r.step, 0), a.channel, a.state, a.presumed, a.code, a.failure_class,
               a.provider_id, a.bytes, a.created_at, a.updated_at
        FROM attempts a
        LEFT JOIN requests r ON r.tenant_id = a.tenant_id AND r.send_id = a.send_id AND r.id = a.request_id
        WHERE a.tenant_id = %s AND a.send_id = %s AND a.seq = %s ORDER BY a.n
        """,
        (tenant_id, send_id, seq),
    )
    attempts = [AttemptLine(*row) for row in await cursor.fetchall()]
    cursor = await conn.execute(
        "SELECT kind FROM incidents WHERE tenant_id = %s AND send_id = %s AND seq = %s ORDER BY id",
        (tenant_id, send_id, seq),
    )
    incidents = [row[0] for row in await cursor.fetchall()]
    return MessageDetail(line, text, step.channel if step is not None else "", attempts, incidents)
