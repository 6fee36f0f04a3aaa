"""What is written about the events of one page: names, texts, what an edit changed. A statement per kind on it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pabal.contacts import Look, look_between, look_of, open_card
from pabal.kit.db import Conn
from pabal.timeline.model import Attempt, Event, Tick
from pabal.timeline.reads import Person


async def tell(conn: Conn, tenant_id: UUID, person: Person, ticks: Sequence[Tick]) -> list[Event]:
    """The ticks with their texts, in their order."""
    sends = {tick.id for tick in ticks if tick.kind == "message"}
    sends |= {UUID(tick.detail["send"]) for tick in ticks if tick.kind == "click"}
    titles = await _titles_of_sends(conn, person, sends)
    titles |= await _titles(conn, ticks)
    texts = await _texts(conn, ticks)
    attempts = await _attempts(conn, tenant_id, ticks)
    edits = await _edits(conn, tenant_id, [tick.id for tick in ticks if tick.kind == "edit"])
    events = []
    for tick in ticks:
        about = _about(tick)
        fields, before, after = edits.get(tick.id, ((), {}, {}))
        events.append(
            Event(
                tick,
                titles.get(about, "") if about else "",
                texts.get(tick.id, ""),
                fields if tick.kind == "edit" else tick.detail.get("fields", ()),
                before,
                after,
                attempts.get((tick.id, tick.seq), ()) if tick.kind == "message" else (),
            )
        )
    return events


def _about(tick: Tick) -> UUID | None:
    """What the event is named after."""
    match tick.kind:
        case "message" | "import":
            return tick.id
        case "click":
            return UUID(tick.detail["send"])
        case "automation":
            return UUID(tick.detail["rule"])
        case "record":
            return UUID(tick.detail["partition"])
        case _:
            return None


async def _titles_of_sends(conn: Conn, person: Person, sends: Iterable[UUID]) -> dict[UUID, str]:
    """The campaign's name; of what a rule sent, the rule's."""
    wanted = list(sends)
    if not wanted:
        return {}
    cursor = await conn.execute(
        """
        SELECT s.id, coalesce(c.name, l.name, '') FROM sends s
        LEFT JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id
        LEFT JOIN LATERAL (
            SELECT t.name FROM records r
            JOIN automation_logs g ON g.tenant_id = r.tenant_id AND g.record_id = r.id AND g.send_id = s.id
            JOIN template_links t ON t.tenant_id = g.tenant_id AND t.id = g.template_link_id
            WHERE s.kind = 'link' AND r.contact_id = ANY(%(parts)s) LIMIT 1) l ON true
        WHERE s.id = ANY(%(sends)s)
        """,
        {"sends": wanted, "parts": list(person.parts)},
    )
    return dict(await cursor.fetchall())


async def _titles(conn: Conn, ticks: Sequence[Tick]) -> dict[UUID, str]:
    ids = {
        kind: [about for tick in ticks if tick.kind == kind and (about := _about(tick))] for kind in _NAMED
    }
    found: dict[UUID, str] = {}
    for kind, query in _NAMED.items():
        if ids[kind]:
            cursor = await conn.execute(query, (ids[kind],))
            found |= dict(await cursor.fetchall())
    return found


_NAMED = {
    "import": "SELECT id, app.decrypt(file_name) FROM imports WHERE id = ANY(%s)",
    "automation": "SELECT id, name FROM template_links WHERE id = ANY(%s)",
    "record": "SELECT id, name FROM partitions WHERE id = ANY(%s)",
}
_WRITTEN = {
    "note": "SELECT id, app.decrypt(body) FROM contact_notes WHERE id = ANY(%s)",
    "reply": "SELECT id, app.decrypt(pii)::jsonb->>'text' FROM inbound_messages WHERE id = ANY(%s) AND pii IS NOT NULL",
    "consent": "SELECT id, app.decrypt(evidence) FROM consents WHERE id = ANY(%s) AND evidence IS NOT NULL",
    "request": "SELECT id, app.decrypt(note) FROM data_requests WHERE id = ANY(%s) AND note IS NOT NULL",
}


async def _texts(conn: Conn, ticks: Sequence[Tick]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for kind, query in _WRITTEN.items():
        ids = [tick.id for tick in ticks if tick.kind == kind]
        if ids:
            cursor = await conn.execute(query, (ids,))
            found |= dict(await cursor.fetchall())
    return found


async def _attempts(
    conn: Conn, tenant_id: UUID, ticks: Sequence[Tick]
) -> dict[tuple[UUID, int | None], list[Attempt]]:
    messages = [tick for tick in ticks if tick.kind == "message"]
    if not messages:
        return {}
    cursor = await conn.execute(
        """
        SELECT a.send_id, a.seq, a.n, a.channel, a.state, a.code, a.failure_class, a.created_at, a.updated_at
        FROM unnest(%(sends)s::uuid[], %(seqs)s::int[]) AS w (send_id, seq)
        JOIN attempts a ON a.tenant_id = %(tenant)s AND a.send_id = w.send_id AND a.seq = w.seq
         AND a.send_id BETWEEN %(first)s AND %(last)s
        ORDER BY a.send_id, a.seq, a.n
        """,
        {
            "tenant": tenant_id,
            "sends": [tick.id for tick in messages],
            "seqs": [tick.seq for tick in messages],
            # Attempts are kept by month of the send: the others are left out of the plan, a year of them costs 10 ms.
            "first": min(tick.id for tick in messages),
            "last": max(tick.id for tick in messages),
        },
    )
    found: dict[tuple[UUID, int | None], list[Attempt]] = {}
    for send, seq, *told in await cursor.fetchall():
        found.setdefault((send, seq), []).append(Attempt(*told))
    return found


Edit = tuple[Sequence[str], Mapping[str, str], Mapping[str, str]]


async def _edits(conn: Conn, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Edit]:
    """Which fields each changed; of the district, which stands in the open, from what to what."""
    if not ids:
        return {}
    cursor = await conn.execute(
        """
        SELECT m.id, m.survivor_id, app.decrypt(m.before), m.reason, app.decrypt(coalesce(n.before, c.pii)),
               coalesce(n.reason, jsonb_build_object('district', c.district, 'ageBand', c.age_band,
                                              'purposes', c.purposes))
        FROM merges m JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.survivor_id AND c.pii IS NOT NULL
        LEFT JOIN LATERAL (
            SELECT x.before, x.reason FROM merges x
            WHERE x.tenant_id = m.tenant_id AND x.survivor_id = m.survivor_id AND x.created_at >= m.created_at
              AND (x.created_at, x.id) > (m.created_at, m.id) AND x.before IS NOT NULL AND x.undone_at IS NULL
            ORDER BY x.created_at, x.id LIMIT 1) n ON true
        WHERE m.id = ANY(%s) AND m.before IS NOT NULL
        """,
        (list(ids),),
    )
    found: dict[UUID, Edit] = {}
    for event, contact, was, was_beside, became, became_beside in await cursor.fetchall():
        old = _look(was, was_beside, tenant_id, contact)
        new = _look(became, became_beside, tenant_id, contact)
        fields = look_between(old, new)
        moved = old.district != new.district
        found[event] = (
            fields,
            {"district": old.district} if moved else {},
            {"district": new.district} if moved else {},
        )
    return found


def _look(plain: str, beside: Mapping[str, Any], tenant_id: UUID, contact: UUID) -> Look:
    return look_of(open_card(plain, tenant_id, contact), beside)


async def names_of(conn: Conn, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Of contacts that an event mentions and that aren't erased."""
    wanted = list(ids)
    if not wanted:
        return {}
    cursor = await conn.execute(
        "SELECT id, app.decrypt(pii) FROM contacts WHERE id = ANY(%s) AND erased_at IS NULL", (wanted,)
    )
    return {row[0]: json.loads(row[1]).get("name", "") for row in await cursor.fetchall()}
