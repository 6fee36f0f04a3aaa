"""Reads of campaigns. Once launched, a campaign's state is its send's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from pabal.contacts import Blinder, ids_sql, selection_sql
from pabal.dispatch import Selection
from pabal.domain.window import SendWindow
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.runtime import Runtime


@dataclass(frozen=True, slots=True)
class CampaignRow:
    id: UUID
    name: str
    message_class: str
    audience_json: dict[str, Any]
    steps: list[dict[str, Any]]
    links: list[dict[str, Any]]
    variants: list[dict[str, Any]]
    may_overlap: bool
    schedule: dict[str, Any] | None
    rate_per_second: int | None
    send_from: time | None
    send_until: time | None
    own_state: str  # until launch; `state` is what people see
    state: str
    hold_reason: str
    send_id: UUID | None
    due_at: datetime | None
    digest: str | None
    rehearse: bool
    approval: dict[str, Any] | None
    asked: dict[str, Any] | None  # the newest request for approval
    launched_by: UUID | None
    version: int
    created_by: UUID | None
    updated_by: UUID | None
    created_at: datetime
    updated_at: datetime
    launched_at: datetime | None
    finished_at: datetime | None
    audience: int | None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def window(self) -> SendWindow | None:
        return SendWindow.of(self.send_from, self.send_until)


_COLUMNS: LiteralString = """
    SELECT c.id, c.name, c.message_class,
           CASE WHEN c.filter IS NULL THEN c.audience
                ELSE c.audience || jsonb_build_object('filter', app.decrypt(c.filter)::jsonb) END AS audience_json,
           c.steps, c.links, c.variants, c.may_overlap,
           c.schedule, c.rate_per_second,
           c.send_from, c.send_until,
           c.state AS own_state, coalesce(s.state, c.state) AS state,
           coalesce(s.hold_reason, c.hold_reason) AS hold_reason, c.send_id, c.due_at, c.digest, c.rehearse,
           c.approval, asked.row AS asked, c.launched_by, c.version, c.created_by,
           c.updated_by, c.created_at, c.updated_at, s.launched_at,
           s.finished_at, s.audience,
           -- a page of 50 running campaigns reads their counters in 2 ms
           coalesce((SELECT jsonb_object_agg(n.state, n.total) FROM (
                        SELECT k.state, sum(k.n) AS total FROM send_counters k
                        WHERE k.tenant_id = c.tenant_id AND k.send_id = c.send_id GROUP BY k.state) n
                    ), '{}') AS counts
    FROM campaigns c LEFT JOIN sends s ON s.tenant_id = c.tenant_id AND s.id = c.send_id
    LEFT JOIN LATERAL (
        SELECT jsonb_build_object(
                   'id', a.id, 'state', a.state, 'digest', a.digest, 'audience', a.audience, 'note', a.note,
                   'requested_by', a.requested_by, 'requested_at', a.requested_at, 'decided_by', a.decided_by,
                   'decided_at', a.decided_at, 'reason', a.reason) AS row
        FROM approvals a WHERE a.tenant_id = c.tenant_id AND a.campaign_id = c.id ORDER BY a.id DESC LIMIT 1
    ) AS asked ON true
"""


async def read_campaign(conn: Conn, campaign_id: UUID) -> CampaignRow:
    async with conn.cursor(row_factory=class_row(CampaignRow)) as cursor:
        await cursor.execute(_COLUMNS + " WHERE c.id = %s", (campaign_id,))
        row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    return row


async def lock_campaign(conn: Conn, campaign_id: UUID) -> CampaignRow:
    """For a change of state: FOR UPDATE, so that of two launches one waits and then sees what the other did."""
    await conn.execute("SELECT FROM campaigns WHERE id = %s FOR UPDATE", (campaign_id,))
    return await read_campaign(conn, campaign_id)


async def page_of_campaigns(
    conn: Conn, *, before: UUID | None, state: str | None, limit: int
) -> list[CampaignRow]:
    """Newest first; ids are UUIDv7, so the id is the position. One statement however many are running."""
    async with conn.cursor(row_factory=class_row(CampaignRow)) as cursor:
        await cursor.execute(
            _COLUMNS
            + """
            WHERE (%(before)s::uuid IS NULL OR c.id < %(before)s)
              AND (%(state)s::text IS NULL OR coalesce(s.state, c.state) = %(state)s)
            ORDER BY c.id DESC LIMIT %(limit)s
            """,
            {"before": before, "state": state, "limit": limit},
        )
        return await cursor.fetchall()


async def count_selected(conn: Conn, rt: Runtime, tenant_id: UUID, selection: Selection, cap: int) -> int:
    """How many people are meant, counted no further than `cap`."""
    condition = await selected_sql(rt, tenant_id, selection)
    cursor = await conn.execute(
        sql.SQL("SELECT count(*) FROM (SELECT FROM contacts c WHERE {} LIMIT {}) AS capped").format(
            condition, sql.Literal(cap)
        )
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def selected_sql(rt: Runtime, tenant_id: UUID, selection: Selection) -> sql.Composable:
    """Over `contacts c`: the same people as a launch would freeze."""
    if selection.contact_ids is not None:
        return ids_sql(selection.contact_ids)
    keys = await rt.keys.of(rt.pool, tenant_id)
    chosen = selection_sql(selection.filter or {}, Blinder(keys), rt.clock.now())
    return sql.SQL("c.merged_into IS NULL AND c.erased_at IS NULL AND ({})").format(chosen)


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """The number a step goes out from, and what its account can do. `profile`: the Kakao channel of an AlimTalk step."""

    number: str
    account_id: UUID
    sandbox: bool
    rate_per_second: int | None
    profile: str = ""


async def choose_sender(
    conn: Conn, sender_id: UUID | None, channel: str, *, rehearse: bool
) -> SenderChoice | None:
    """The campaign's own number, else the first registered one, real accounts first. A rehearsal always goes
    through the simulator, whatever number is set.
    """
    cursor = await conn.execute(
        """
        SELECT s.value, s.account_id, a.sandbox, a.rate_per_second
        FROM senders s JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
        WHERE s.kind = 'phone' AND s.state = 'registered' AND a.state = 'active' AND %(channel)s = ANY(a.channels)
          AND CASE WHEN %(rehearse)s THEN a.sandbox ELSE s.id = %(sender)s OR %(sender)s::uuid IS NULL END
        ORDER BY (s.id = %(sender)s) IS TRUE DESC, a.sandbox, s.id LIMIT 1
        """,
        {"sender": sender_id, "channel": channel, "rehearse": rehearse},
    )
    row = await cursor.fetchone()
    return None if row is None else SenderChoice(*row)


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A Kakao profile, and whether a step may use it now."""

    choice: SenderChoice
    registered: bool
    account_ready: bool


async def find_profile(conn: Conn, sender_id: UUID) -> ProfileRow | None:
    """The profile of an AlimTalk template. Its requests also carry a number, where the account has one."""
    cursor = await conn.execute(
        """
        SELECT coalesce((SELECT p.value FROM senders p
                         WHERE p.account_id = s.account_id AND p.kind = 'phone' AND p.state = 'registered'
                         ORDER BY p.id LIMIT 1), ''),
               s.account_id, a.sandbox, a.rate_per_second, s.value,
               s.state = 'registered', a.state = 'active' AND 'alimtalk' = ANY(a.channels)
        FROM senders s JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
        WHERE s.id = %s AND s.kind = 'kakao'
        """,
        (sender_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else ProfileRow(SenderChoice(*row[:5]), *row[5:])


async def has_profile(conn: Conn) -> bool:
    """Is there any verified Kakao profile? Without one a camp runs on texts alone."""
    cursor = await conn.execute(
        "SELECT EXISTS (SELECT FROM senders WHERE kind = 'kakao' AND state = 'registered')"
    )
    return await cursor.fetchone() == (True,)


async def names_of_sends(conn: Conn, sends: Sequence[UUID]) -> dict[UUID, str]:
    cursor = await conn.execute("SELECT send_id, name FROM campaigns WHERE send_id = ANY(%s)", (list(sends),))
    return dict(await cursor.fetchall())


async def campaign_of_send(conn: Conn, send_id: UUID) -> UUID | None:
    cursor = await conn.execute("SELECT id FROM campaigns WHERE send_id = %s", (send_id,))
    row = await cursor.fetchone()
    return None if row is None else row[0]
