"""What links did: read from the log and from the messages themselves, so that a log can't say what a message doesn't."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from pabal.automations.fire import (
    LINK_RATE,
    NO_PHONE,
    RECORD_RATE,
    TEMPLATE_NOT_READY,
    TOO_LATE,
    Fired,
    Readinesses,
    Wish,
    current,
    fire,
)
from pabal.automations.lawful import NEEDS_APPROVAL, UNLAWFUL
from pabal.automations.links import links_by_id
from pabal.automations.recall import LINK_OFF
from pabal.contacts import Blinder
from pabal.domain.trigger import holds
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem, declare
from pabal.records import find_partition

NOT_RETRYABLE = declare("log_not_retryable", 409, "다시 보낼 수 없는 내역이에요")

# Certainly no message is out, and whatever was in the way may be gone by now.
RETRYABLE = frozenset(
    {
        NO_PHONE,
        TEMPLATE_NOT_READY,
        RECORD_RATE,
        LINK_RATE,
        LINK_OFF,
        TOO_LATE,
        "phone_changed",
        UNLAWFUL,
        NEEDS_APPROVAL,
        "missing_variable",
        "not_encodable",
        "too_long",
        "no_address",
    }
)

# The states of a message in the words of the log. An open or uncertain one is never tried again from here.
_STATUS: LiteralString = """
    CASE WHEN l.send_id IS NULL THEN 'skipped'
         WHEN m.state IN ('queued', 'sending') THEN 'pending'
         WHEN m.state = 'accepted' THEN 'sent'
         WHEN m.state = 'delivered' THEN 'delivered'
         WHEN m.state IN ('failed', 'uncertain', 'expired') THEN 'failed'
         ELSE 'skipped' END
"""
_SELECT: LiteralString = (
    """
    SELECT l.id, l.template_link_id, l.record_id, l.trigger_type, l.repeat_no, l.send_id, l.seq, l.tries, l.created_at,
           m.state AS message_state, m.attempts, """
    + _STATUS
    + """ AS status,
           CASE WHEN l.send_id IS NULL THEN l.reason
                WHEN m.state = 'queued' AND s.state IN ('held', 'paused') THEN coalesce(nullif(s.hold_reason, ''), s.state)
                ELSE coalesce(m.reason, '') END AS reason,
           t.name AS link_name, l.occasion
    FROM automation_logs l
    JOIN template_links t ON t.tenant_id = l.tenant_id AND t.id = l.template_link_id
    LEFT JOIN messages m ON m.tenant_id = l.tenant_id AND m.send_id = l.send_id AND m.seq = l.seq
    LEFT JOIN sends s ON s.tenant_id = l.tenant_id AND s.id = l.send_id
"""
)


# What was stopped is one line a day that counts; a line with a message is one message, however often it was tried.
_TIMES: LiteralString = "sum(CASE WHEN send_id IS NULL THEN tries ELSE 1 END)::bigint"


@dataclass(frozen=True, slots=True)
class LogLine:
    id: UUID
    template_link_id: UUID
    record_id: UUID
    trigger_type: str
    repeat_no: int
    send_id: UUID | None
    seq: int | None
    tries: int
    created_at: datetime
    message_state: str | None
    attempts: int | None
    status: str
    reason: str
    link_name: str
    occasion: str

    @property
    def may_retry(self) -> bool:
        if self.status == "failed":
            return self.message_state in {"failed", "expired"}
        return self.status == "skipped" and self.reason in RETRYABLE


@dataclass(frozen=True, slots=True)
class LogFilter:
    """None: any."""

    trigger_type: str | None = None
    status: str | None = None
    reason: str | None = None
    record_id: UUID | None = None
    link_id: UUID | None = None
    since: datetime | None = None


async def list_logs(
    conn: Conn, wanted: LogFilter, *, before: UUID | None = None, limit: int = 50
) -> list[LogLine]:
    """Newest first."""
    async with conn.cursor(row_factory=class_row(LogLine)) as cursor:
        await cursor.execute(
            "SELECT * FROM ("
            + _SELECT
            + """
              WHERE (%(type)s::text IS NULL OR l.trigger_type = %(type)s)
                AND (%(record)s::uuid IS NULL OR l.record_id = %(record)s)
                AND (%(link)s::uuid IS NULL OR l.template_link_id = %(link)s)
                AND (%(since)s::timestamptz IS NULL OR l.created_at >= %(since)s)
                AND (%(before)s::uuid IS NULL OR l.id < %(before)s)
            ) AS found
            WHERE (%(status)s::text IS NULL OR status = %(status)s) AND (%(reason)s::text IS NULL OR reason = %(reason)s)
            ORDER BY id DESC LIMIT %(limit)s
            """,
            {
                "type": wanted.trigger_type,
                "record": wanted.record_id,
                "link": wanted.link_id,
                "since": wanted.since,
                "before": before,
                "status": wanted.status,
                "reason": wanted.reason,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands: its newest line, and when the next is due; `stop`: what ends that one."""

    record_id: UUID
    status: str | None
    reason: str | None
    link_name: str | None
    at: datetime | None
    next_run_at: datetime | None
    repeat_count: int | None
    max_repeat: int | None
    stop: Any = None


async def standings(conn: Conn, tenant_id: UUID, records: Sequence[UUID]) -> list[Standing]:
    """A repeat whose stop condition holds is left out: it ends when it is due, and nothing is sent."""
    found = await _standings(conn, records)
    due = await current(conn, tenant_id, [one.record_id for one in found if one.stop])
    return [
        replace(one, next_run_at=None, repeat_count=None, max_repeat=None)
        if one.stop and one.record_id in due and holds(one.stop, due[one.record_id].values)
        else one
        for one in found
    ]


async def _standings(conn: Conn, records: Sequence[UUID]) -> list[Standing]:
    async with conn.cursor(row_factory=class_row(Standing)) as cursor:
        await cursor.execute(
            "SELECT r.id AS record_id, latest.status, latest.reason, latest.link_name, latest.created_at AS at, "
            "due.next_run_at, due.repeat_count, due.max_repeat, due.stop "
            "FROM unnest(%(records)s::uuid[]) AS r (id) LEFT JOIN LATERAL ("
            + _SELECT
            + """
                WHERE l.record_id = r.id ORDER BY l.id DESC LIMIT 1
            ) AS latest ON true
            LEFT JOIN LATERAL (
                SELECT q.next_run_at, q.repeat_count, (k.repeat_config ->> 'maxRepeat')::integer AS max_repeat,
                       CASE WHEN q.kind = 'repeat' THEN k.repeat_config -> 'stopCondition' END AS stop
                FROM automation_queue q
                JOIN template_links k ON k.tenant_id = q.tenant_id AND k.id = q.template_link_id
                WHERE q.record_id = r.id AND q.status = 'pending' AND k.is_active
                ORDER BY q.next_run_at LIMIT 1
            ) AS due ON true
            WHERE latest.id IS NOT NULL OR due.next_run_at IS NOT NULL
            """,
            {"records": list(dict.fromkeys(records))},
        )
        return await cursor.fetchall()


async def read_log(conn: Conn, log_id: UUID) -> LogLine:
    async with conn.cursor(row_factory=class_row(LogLine)) as cursor:
        await cursor.execute(_SELECT + " WHERE l.id = %s", (log_id,))
        line = await cursor.fetchone()
    if line is None:
        raise Problem(NOT_FOUND)
    return line


async def retry(
    conn: Conn, tenant_id: UUID, blinder: Blinder, log_id: UUID, *, by: UUID | None, now: datetime
) -> Fired:
    """The same occasion once more, as the record is now. Locked: two retries at once make one message."""
    await conn.execute("SELECT FROM automation_logs WHERE id = %s FOR UPDATE", (log_id,))
    line = await read_log(conn, log_id)
    if not line.may_retry:
        raise Problem(NOT_RETRYABLE, detail=_why_not(line))
    link = (await links_by_id(conn, [line.template_link_id])).get(line.template_link_id)
    record = (await current(conn, tenant_id, [line.record_id])).get(line.record_id)
    if link is None or record is None:
        raise Problem(NOT_RETRYABLE, detail="연결이나 레코드가 지워졌어요.")
    partition = await find_partition(conn, link.partition_id)
    if partition is None:
        raise Problem(NOT_RETRYABLE, detail="표가 지워졌어요.")
    wish = Wish(link, record.id, record.values, line.trigger_type, line.occasion, line.repeat_no, by)
    ready = Readinesses(conn, tenant_id, now)
    return await fire(conn, tenant_id, blinder, {partition.id: partition}, [wish], ready=ready)


def _why_not(line: LogLine) -> str:
    if line.status in {"pending", "sent", "delivered"}:
        return "아직 보내는 중이거나 이미 나간 메시지예요."
    if line.message_state == "uncertain":
        return "나갔는지 모르는 메시지예요. 결과 확인 화면에서 처리해 주세요."
    return "수신 거부나 규칙으로 멈춘 내역은 다시 보내지 않아요."


@dataclass(frozen=True, slots=True)
class QueueLine:
    id: UUID
    template_link_id: UUID
    record_id: UUID
    kind: str
    repeat_count: int
    next_run_at: datetime
    status: str
    reason: str
    created_at: datetime
    updated_at: datetime
    link_name: str
    max_repeat: int | None
    is_held: bool


async def list_queue(
    conn: Conn,
    *,
    status: str | None = None,
    link_id: UUID | None = None,
    record_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[QueueLine]:
    """Newest first."""
    async with conn.cursor(row_factory=class_row(QueueLine)) as cursor:
        await cursor.execute(
            """
            SELECT q.id, q.template_link_id, q.record_id, q.kind, q.repeat_count, q.next_run_at, q.status, q.reason,
                   q.created_at, q.updated_at, l.name AS link_name, (l.repeat_config ->> 'maxRepeat')::integer AS max_repeat,
                   q.status = 'pending' AND NOT l.is_active AS is_held
            FROM automation_queue q
            JOIN template_links l ON l.tenant_id = q.tenant_id AND l.id = q.template_link_id
            WHERE (%(status)s::text IS NULL OR q.status = %(status)s)
              AND (%(link)s::uuid IS NULL OR q.template_link_id = %(link)s)
              AND (%(record)s::uuid IS NULL OR q.record_id = %(record)s)
              AND (%(before)s::uuid IS NULL OR q.id < %(before)s)
            ORDER BY q.id DESC LIMIT %(limit)s
            """,
            {"status": status, "link": link_id, "record": record_id, "before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def cancel_one(conn: Conn, queue_id: UUID) -> None:
    """지금 멈추기: a person ends one repeat."""
    cursor = await conn.execute(
        """
        UPDATE automation_queue SET status = 'cancelled', reason = 'by_hand', updated_at = clock_timestamp()
        WHERE id = %s AND status = 'pending'
        """,
        (queue_id,),
    )
    if not cursor.rowcount:
        raise Problem(NOT_FOUND)


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """Of the last days, per link."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    stopped: int = 0
    clicked: int = 0
    today: int = 0
    waiting: int = 0
    next_run_at: datetime | None = None


async def figures(conn: Conn, *, since: datetime, today: datetime) -> dict[UUID, LinkFigures]:
    cursor = await conn.execute(
        "SELECT template_link_id, status, "
        + _TIMES
        + ", count(*) FILTER (WHERE created_at >= %(today)s) FROM ("
        + _SELECT
        + " WHERE l.created_at >= %(since)s) AS found GROUP BY 1, 2",
        {"since": since, "today": today},
    )
    found: dict[UUID, dict[str, Any]] = {}
    for link_id, status, n, of_today in await cursor.fetchall():
        mine = found.setdefault(link_id, {})
        key = {"pending": "sent", "skipped": "stopped"}.get(str(status), str(status))
        mine[key] = mine.get(key, 0) + n
        if status == "delivered":
            mine["sent"] = mine.get("sent", 0) + n
        if status != "skipped":
            mine["today"] = mine.get("today", 0) + of_today
    cursor = await conn.execute(
        """
        SELECT template_link_id, count(*), min(next_run_at) FROM automation_queue WHERE status = 'pending' GROUP BY 1
        """
    )
    for link_id, n, at in await cursor.fetchall():
        found.setdefault(link_id, {}).update(waiting=n, next_run_at=at)
    cursor = await conn.execute(
        """
        SELECT l.template_link_id, count(DISTINCT (c.send_id, c.seq)) FROM clicks c
        JOIN automation_logs l ON l.tenant_id = c.tenant_id AND l.send_id = c.send_id AND l.seq = c.seq
        WHERE c.class = 'human' AND l.created_at >= %s GROUP BY 1
        """,
        (since,),
    )
    for link_id, n in await cursor.fetchall():
        found.setdefault(link_id, {}).update(clicked=n)
    return {link_id: LinkFigures(**values) for link_id, values in found.items()}


async def stopped_today(conn: Conn, today: datetime) -> Sequence[tuple[str, int]]:
    cursor = await conn.execute(
        "SELECT reason, "
        + _TIMES
        + " FROM ("
        + _SELECT
        + " WHERE l.created_at >= %s) AS found WHERE status = 'skipped' GROUP BY 1 ORDER BY 2 DESC, 1",
        (today,),
    )
    return [(reason, n) for reason, n in await cursor.fetchall()]
