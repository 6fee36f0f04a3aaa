"""Launch: freeze who is meant, on which address, in which state, in one INSERT .. SELECT.

Everybody selected becomes a row, the excluded ones included (`skipped` with their first reason), so that counts always
sum to the audience. People who may be sent to get the lowest numbers, so that chunks are plain ranges.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from pabal.contacts import Blinder, ids_sql, selection_sql
from pabal.dispatch.counters import add_deltas
from pabal.dispatch.gate import FIRST_REASON, consent_since, enter_gate, suppression_channel
from pabal.dispatch.live import announce
from pabal.dispatch.model import LANE_SLOTS, FrozenStep, FrozenVariant, Selection, is_urgent
from pabal.domain.ids import SendId, new_id
from pabal.domain.links import SendLinks
from pabal.domain.template import DISTRICT, parse
from pabal.domain.window import SendWindow
from pabal.kit import turns
from pabal.kit.db import Conn, TenantKeys, tenant_tx
from pabal.kit.turns import Line, Turn
from pabal.runtime import Runtime

MAX_CHUNK = 500


async def create_send(
    conn: Conn,
    tenant_id: UUID,
    *,
    kind: str,
    campaign_id: UUID | None,
    steps: Sequence[FrozenStep],
    selection: Selection,
    rehearse: bool = False,
    rate_per_second: int | None = None,
    not_after: datetime | None = None,
    window: SendWindow | None = None,
    variants: Sequence[FrozenVariant] = (),
    created_by: UUID | None = None,
) -> SendId:
    """A frozen send in state `launching`. After the commit call `announce_launch`; a sweep finds it if we die before."""
    send_id = SendId(new_id())
    # Pausing and pacing stay sharp: a chunk is at most what one second may send.
    chunk_size = max(1, min(MAX_CHUNK, rate_per_second or MAX_CHUNK))
    said = selection.to_json()
    conditions = said.get("filter")
    await conn.execute(
        """
        INSERT INTO sends (tenant_id, id, kind, campaign_id, state, rehearse, steps, selection, filter, rate_per_second,
                           chunk_size, not_after, send_from, send_until, variants, created_by)
        VALUES (%s, %s, %s, %s, 'launching', %s, %s, %s, app.encrypt(%s), %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            tenant_id,
            send_id,
            kind,
            campaign_id,
            rehearse,
            Jsonb([step.to_json() for step in steps]),
            Jsonb({key: value for key, value in said.items() if key != "filter"} if conditions else said),
            json.dumps(conditions, ensure_ascii=False) if conditions else None,
            rate_per_second,
            chunk_size,
            not_after,
            None if window is None else window.opens,
            None if window is None else window.shuts,
            Jsonb([variant.to_json() for variant in variants]),
            created_by,
        ),
    )
    return send_id


async def seal_old_sends(conn: Conn, most: int) -> int:
    """Conditions of sends from before they were ciphertext: needed until the people are frozen, and not kept after that."""
    cursor = await conn.execute(
        """
        UPDATE sends
        SET filter = CASE WHEN state = 'launching' THEN app.encrypt((selection -> 'filter')::text) END,
            selection = selection - 'filter'
        WHERE id IN (SELECT id FROM sends
                     WHERE jsonb_typeof(selection -> 'filter') = 'object' AND selection -> 'filter' <> '{}'
                     ORDER BY id LIMIT %s FOR UPDATE)
        """,
        (most,),
    )
    return cursor.rowcount


async def link_send(conn: Conn, tenant_id: UUID, send_id: UUID, links: SendLinks) -> None:
    """Give a send that was created in this transaction its short links; their rows need the send's."""
    await conn.execute(
        "UPDATE sends SET links = %s WHERE tenant_id = %s AND id = %s AND state = 'launching'",
        (Jsonb(links.to_json()), tenant_id, send_id),
    )


async def bind_people(conn: Conn, tenant_id: UUID, send_id: UUID, people: sql.Composable) -> None:
    """In the launch's transaction: whoever comes into the selection before it is frozen isn't part of it. `people`: SQL of
    one uuid[]."""
    await conn.execute(
        sql.SQL(
            "UPDATE sends SET people = ({}) WHERE tenant_id = {} AND id = {} AND state = 'launching'"
        ).format(people, sql.Literal(tenant_id), sql.Literal(send_id))
    )


async def announce_launch(rt: Runtime, tenant_id: UUID, send_id: UUID, *, kind: str = "campaign") -> None:
    """Ring for a worker. Best effort: the sweeper looks for sends in `launching` each second."""
    line, turn = (Line.URGENT, "urgent_launch") if is_urgent(kind) else (Line.JOBS, "launch")
    await turns.ring(rt.redis, Turn(line, turn, str(tenant_id), str(send_id)))


async def launch_send(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """Freeze the audience and let the send run. Safe to call twice: the second finds the state changed."""
    keys = await rt.keys.of(rt.pool, tenant_id)
    async with tenant_tx(rt, tenant_id) as conn:
        await enter_gate(conn, tenant_id)
        # A chunk is at most what one second may send, through its own step's account too.
        cursor = await conn.execute(
            """
            SELECT s.kind,
                   CASE WHEN s.filter IS NULL THEN s.selection  -- conditions may hold what somebody typed: sealed
                        ELSE s.selection || jsonb_build_object('filter', app.decrypt(s.filter)::jsonb) END,
                   s.steps, s.variants, least(s.chunk_size, a.rate_per_second), s.people IS NOT NULL
            FROM sends s
            LEFT JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = (s.steps -> 0 ->> 'account_id')::uuid
            WHERE s.tenant_id = %s AND s.id = %s AND s.state = 'launching' FOR UPDATE OF s
            """,
            (tenant_id, send_id),
        )
        row = await cursor.fetchone()
        if row is None:
            return
        kind, selection, steps, variants, chunk_size, bound = row
        await conn.execute("SET LOCAL work_mem = '96MB'")
        counts = await _freeze_audience(
            conn,
            rt,
            keys,
            tenant_id,
            send_id,
            Selection.from_json(selection),
            steps[0]["channel"],
            bound=bound,
            placed=names_district(
                FrozenStep.from_json(dict(step))
                for step in [*steps, *(step for one in variants for step in one["steps"])]
            ),
        )
        audience, queued = sum(counts.values()), counts["queued", ""]
        await _cut_chunks(conn, tenant_id, send_id, queued, chunk_size)
        await add_deltas(conn, tenant_id, send_id, counts)
        await conn.execute(
            """
            UPDATE sends SET state = 'running', audience = %s, launched_at = clock_timestamp(), people = NULL, filter = NULL
            WHERE tenant_id = %s AND id = %s
            """,
            (audience, tenant_id, send_id),
        )
    await ring_lane(rt, tenant_id, send_id, kind)
    await announce(rt, tenant_id, send_id)


def names_district(steps: Iterable[FrozenStep]) -> bool:
    """Does any of the texts say where somebody lives? Only then do snapshots hold it."""
    return any(DISTRICT in parse(step.worded).variables for step in steps)


async def ring_lane(
    rt: Runtime, tenant_id: UUID, send_id: UUID, kind: str, *, slots: int = LANE_SLOTS
) -> None:
    line, turn = (Line.URGENT, "urgent") if is_urgent(kind) else (Line.DISPATCH, "lane")
    for slot in range(slots):
        await turns.ring(rt.redis, Turn(line, turn, str(tenant_id), str(send_id), slot))


def _selected(rt: Runtime, keys: TenantKeys, selection: Selection) -> sql.Composable:
    """Boolean SQL over `contacts c`. People erased or merged away are no part of a filter, but may be named one by one."""
    if selection.contact_ids is not None:
        return ids_sql(selection.contact_ids)
    condition = selection_sql(selection.filter or {}, Blinder(keys), rt.clock.now())
    return sql.SQL("c.merged_into IS NULL AND c.erased_at IS NULL AND ({})").format(condition)


# Ids are UUIDv7: their order is the order in which people came into the book.
_LEFT_OUT: Mapping[str, LiteralString] = {
    "first": "row_number() OVER (PARTITION BY address_key, reason ORDER BY contact_id) > 1",
    "newest": "row_number() OVER (PARTITION BY address_key, reason ORDER BY contact_id DESC) > 1",
    "nobody": "count(*) OVER (PARTITION BY address_key, reason) > 1",
}


# Compared with true, so that it stays a hashed list of ids, read once: planned as a join it could become a nested loop.
_BOUND: LiteralString = """
    AND (c.id IN (SELECT unnest(b.people) FROM sends b WHERE b.tenant_id = {tenant} AND b.id = {send})) IS TRUE
"""


def _verdicts(
    rt: Runtime,
    keys: TenantKeys,
    tenant_id: UUID,
    send_id: UUID | None,
    selection: Selection,
    channel: str,
    *,
    bound: bool = False,
) -> sql.Composed:
    """CTEs ending in `verdict (contact_id, address_key, address_no, pii, district, untold, reason)`: the same for forecast
    and launch.

    One pass over the contacts, nothing joined twice: right after an import the planner still believes the book to be
    empty, and any join it may choose freely becomes a nested loop over everybody (10,000 people took minutes).
    Composed of literals, without parameters: a filter's literals may contain the placeholder sign.
    """
    return sql.SQL(
        """
        WITH p AS (
            SELECT {tenant}::uuid AS tenant_id, {send}::uuid AS send_id, {channel}::text AS channel,
                   {purposes}::text[] AS purposes, {consent}::text AS consent, {night}::text AS night,
                   {consent_since}::timestamptz AS consent_since
        ), gated AS (
            SELECT c.id AS contact_id, g.address_key, coalesce(g.position, 0) AS address_no, c.pii, c.district,
                   cardinality(c.purposes) = 0 AS untold, """
        + FIRST_REASON
        + """ AS reason
            FROM p CROSS JOIN contacts c
            LEFT JOIN LATERAL (
                -- the first phone that a text can reach
                SELECT i.contact_id, i.address_key, i.position FROM identities i
                WHERE i.tenant_id = {tenant} AND i.contact_id = c.id AND i.kind = 'phone' AND i.quality <> 'landline'
                ORDER BY i.position LIMIT 1
            ) AS g ON true
            WHERE c.tenant_id = {tenant} AND ({selected}) {bound}
            OFFSET 0 -- a fence: otherwise the reason is worked out three times, once per use below
        ), verdict AS (
            -- one person per handset: of those who pass, one keeps the address
            SELECT contact_id, address_key, address_no, pii, district, untold,
                   CASE WHEN reason IS NULL AND {left_out}
                        THEN 'same_address' ELSE reason END AS reason
            FROM gated
        )
        """
    ).format(
        tenant=sql.Literal(tenant_id),
        send=sql.Literal(send_id),
        channel=sql.Literal(suppression_channel(channel)),
        purposes=sql.Literal(list(selection.purposes)),
        consent=sql.Literal(selection.consent),
        night=sql.Literal(selection.night),
        consent_since=sql.Literal(consent_since(rt.clock.now())),
        selected=_selected(rt, keys, selection),
        bound=sql.SQL(_BOUND).format(tenant=sql.Literal(tenant_id), send=sql.Literal(send_id))
        if bound
        else sql.SQL(""),
        left_out=sql.SQL(_LEFT_OUT[selection.shared]),
    )


# The card as text with one more key: read as JSON it would be written anew, and a character that jsonb refuses in one
# card would stop everybody's launch.
_PLACED: LiteralString = """
    CASE WHEN n.district = '' THEN n.pii
         ELSE app.encrypt(left(rtrim(app.decrypt(n.pii)), -1) || ', "district": ' || to_json(n.district) || '}') END
"""


async def _freeze_audience(
    conn: Conn,
    rt: Runtime,
    keys: TenantKeys,
    tenant_id: UUID,
    send_id: UUID,
    selection: Selection,
    channel: str,
    *,
    bound: bool,
    placed: bool,
) -> Counter[tuple[str, str]]:
    """Insert everybody; counts by (state, reason). A snapshot is the contact's card as it lies there, byte for byte; where a
    text names the district (`placed`), which stands beside the card, it is opened to put that in."""
    statement = _verdicts(rt, keys, tenant_id, send_id, selection, channel, bound=bound) + sql.SQL(
        """
        , numbered AS (
            SELECT contact_id, address_key, address_no, pii, district, reason,
                   row_number() OVER (ORDER BY reason IS NOT NULL, contact_id) AS seq
            FROM verdict
        ), frozen AS (
            INSERT INTO messages (tenant_id, send_id, seq, contact_id, address_key, address_no, state, reason, snapshot)
            SELECT {tenant}, {send}, n.seq, n.contact_id,
                   CASE WHEN n.reason IS NULL THEN n.address_key END, n.address_no,
                   CASE WHEN n.reason IS NULL THEN 'queued' ELSE 'skipped' END, n.reason,
                   CASE WHEN n.reason IS NULL THEN {snapshot} END
            FROM numbered n
            RETURNING state, reason
        )
        SELECT state, coalesce(reason, ''), count(*) FROM frozen GROUP BY 1, 2
        """
    ).format(
        tenant=sql.Literal(tenant_id),
        send=sql.Literal(send_id),
        snapshot=sql.SQL(_PLACED if placed else "n.pii"),
    )
    cursor = await conn.execute(statement)
    return Counter({(state, reason): n for state, reason, n in await cursor.fetchall()})


async def _cut_chunks(conn: Conn, tenant_id: UUID, send_id: UUID, queued: int, chunk_size: int) -> None:
    await conn.execute(
        """
        INSERT INTO chunks (tenant_id, send_id, no, seq_from, seq_to)
        SELECT %(tenant)s, %(send)s, no, no * %(size)s + 1, least((no + 1) * %(size)s, %(queued)s)
        FROM generate_series(0, (%(queued)s + %(size)s - 1) / %(size)s - 1) AS no
        """,
        {"tenant": tenant_id, "send": send_id, "queued": queued, "size": chunk_size},
    )


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a launch would do now. `fingerprint`: of the selection before exclusions, so that people leaving (opt-outs)
    never void an approval; people joining do."""

    audience: int
    excluded: dict[str, int]
    fingerprint: str
    untold: int = 0  # of the chosen: nobody has told what their data was collected for, and this send asks

    @property
    def sendable(self) -> int:
        return self.audience - sum(self.excluded.values())


# Of contact ids: how many, and two sums over them that no order changes.
_FINGERPRINT: LiteralString = """
    count(*), bit_xor(hashtextextended(contact_id::text, 1)), sum(hashtextextended(contact_id::text, 2)::numeric)
"""


async def forecast(conn: Conn, rt: Runtime, tenant_id: UUID, selection: Selection, channel: str) -> Forecast:
    """The launch's own SQL, counted instead of inserted."""
    keys = await rt.keys.of(rt.pool, tenant_id)
    statement = _verdicts(rt, keys, tenant_id, None, selection, channel) + sql.SQL(
        "SELECT "
        + _FINGERPRINT
        + ", coalesce(reason, ''), count(*) FILTER (WHERE untold) FROM verdict GROUP BY 4"
    )
    rows: list[Any] = await (await conn.execute(statement)).fetchall()
    return Forecast(
        audience=sum(row[0] for row in rows),
        excluded={reason: n for n, _, _, reason, _ in rows if reason},
        fingerprint=_fingerprint(rows),
        untold=sum(row[4] for row in rows) if selection.purposes else 0,
    )


async def fingerprint(conn: Conn, rt: Runtime, tenant_id: UUID, selection: Selection) -> tuple[int, str, int]:
    """(how many are chosen, the forecast's fingerprint of them, how many are `untold`) without asking the gate."""
    keys = await rt.keys.of(rt.pool, tenant_id)
    statement = sql.SQL(
        "SELECT "
        + _FINGERPRINT
        + ", count(*) FILTER (WHERE untold)"
        + " FROM (SELECT c.id AS contact_id, cardinality(c.purposes) = 0 AS untold FROM contacts c"
        " WHERE c.tenant_id = {} AND ({})) AS chosen"
    ).format(sql.Literal(tenant_id), _selected(rt, keys, selection))
    rows: list[Any] = await (await conn.execute(statement)).fetchall()
    return rows[0][0], _fingerprint(rows), rows[0][3] if selection.purposes else 0


def _fingerprint(rows: Sequence[Any]) -> str:
    mixed, total = 0, 0
    for _, xor, added, *_ in rows:
        mixed ^= int(xor or 0)
        total += int(added or 0)
    return f"{sum(row[0] for row in rows):x}-{mixed & (2**64 - 1):016x}-{total % 2**64:016x}"
