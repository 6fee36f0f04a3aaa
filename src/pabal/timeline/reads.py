"""The past of one person, newest first, a page at a time: the union of what all features keep.

Every source gives at most one page from where the cursor stands, by an index that begins with the person; the union sorts
those. Ten thousand events cost what fifty cost. Texts are decrypted for the page alone (timeline/tell).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import time
from typing import Final
from uuid import UUID

from pabal.kit.db import Conn
from pabal.timeline.model import Kind, Tick

_DAY: Final = 86_400.0


@dataclass(frozen=True)
class Person:
    """Whose line it is: the contact with everybody who was merged into it, and the hashes of their addresses."""

    id: UUID
    parts: Sequence[UUID]
    value_keys: Sequence[int]
    address_keys: Sequence[int]


@dataclass(frozen=True)
class Place:
    """Where a page ends: the last event's time and id."""

    at: datetime
    id: UUID


async def read_person(conn: Conn, contact_id: UUID) -> Person | None:
    """Also by the id of somebody who was merged away; None for nobody, and for the erased."""
    cursor = await conn.execute(
        """
        WITH RECURSIVE chain AS (
            SELECT id, merged_into FROM contacts WHERE id = %(id)s
            UNION SELECT c.id, c.merged_into FROM contacts c JOIN chain ON c.id = chain.merged_into),
        below AS (
            SELECT c.id FROM contacts c JOIN chain h ON h.id = c.id WHERE h.merged_into IS NULL AND c.erased_at IS NULL
            UNION SELECT c.id FROM contacts c JOIN below b ON c.merged_into = b.id)
        SELECT (SELECT id FROM chain WHERE merged_into IS NULL), ARRAY(SELECT id FROM below),
               ARRAY(SELECT DISTINCT i.value_key FROM identities i JOIN below b ON b.id = i.contact_id),
               ARRAY(SELECT DISTINCT i.address_key FROM identities i JOIN below b ON b.id = i.contact_id)
        """,
        {"id": contact_id},
    )
    row = await cursor.fetchone()
    return None if row is None or not row[1] else Person(*row)


# Ids of sends and replies are UUIDv7: what is older has a smaller one, so that their keys are the order of time. `bound` is
# the greatest id of the cursor's millisecond, or of tomorrow: no send is made later, and months that are still to come are
# left out of the plan, of which each costs 0.3 ms. Consents are filed by channel and purpose: each pair gives one page, which
# costs a person of 10,000 consents less than an index of their own would cost an import.
_PAST: Final = """
    (SELECT 'message' AS kind, uuid_extract_timestamp(x.send_id) AS at, x.send_id AS id, p AS part, NULL::uuid AS by,
            x.seq, jsonb_build_object('state', x.state, 'reason', x.reason, 'step', x.step,
                                      'updatedAt', x.updated_at) AS detail
     FROM unnest(%(parts)s::uuid[]) AS p CROSS JOIN LATERAL (
         SELECT m.send_id, m.seq, m.state, m.reason, m.step, m.updated_at FROM messages m
         WHERE m.tenant_id = %(tenant)s AND m.contact_id = p AND m.state <> 'queued' AND m.send_id <= %(bound)s
         ORDER BY m.send_id DESC LIMIT %(most)s) x
     WHERE 'message' = ANY(%(kinds)s::text[]) AND (uuid_extract_timestamp(x.send_id), x.send_id) < (%(at)s, %(id)s))
    UNION ALL
    (SELECT 'click', x.at, x.id, p, NULL, x.seq,
            jsonb_build_object('class', x.class, 'why', x.why, 'send', x.send_id, 'link', x.link_id)
     FROM unnest(%(parts)s::uuid[]) AS p CROSS JOIN LATERAL (
         SELECT k.* FROM clicks k
         WHERE k.tenant_id = %(tenant)s AND k.contact_id = p AND (k.at, k.id) < (%(at)s, %(id)s)
         ORDER BY k.at DESC, k.id DESC LIMIT %(most)s) x
     WHERE 'click' = ANY(%(kinds)s::text[]))
    UNION ALL
    (SELECT 'reply', uuid_extract_timestamp(x.id), x.id, NULL, NULL, NULL,
            jsonb_build_object('channel', x.channel, 'optOut', x.opt_out, 'rehearsal', x.rehearsal, 'saidAt', x.said_at)
     FROM unnest(%(values)s::bigint[]) AS v CROSS JOIN LATERAL (
         SELECT b.* FROM inbound_messages b
         WHERE b.tenant_id = %(tenant)s AND b.from_key = v AND b.id <= %(bound)s
         ORDER BY b.id DESC LIMIT %(most)s) x
     WHERE 'reply' = ANY(%(kinds)s::text[]) AND (uuid_extract_timestamp(x.id), x.id) < (%(at)s, %(id)s))
    UNION ALL
    (SELECT 'automation', l.created_at, l.id, r.contact_id, l.created_by, NULL,
            jsonb_build_object('reason', l.reason, 'trigger', l.trigger_type, 'rule', l.template_link_id)
     FROM records r JOIN automation_logs l ON l.tenant_id = r.tenant_id AND l.record_id = r.id
     WHERE 'automation' = ANY(%(kinds)s::text[]) AND r.contact_id = ANY(%(parts)s) AND l.send_id IS NULL
       AND (l.created_at, l.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'consent', x.at, x.id, p, x.created_by, NULL,
            jsonb_build_object('channel', x.channel, 'purpose', x.purpose, 'state', x.state, 'recordedAt', x.created_at)
     FROM unnest(%(parts)s::uuid[]) AS p CROSS JOIN LATERAL (
         WITH RECURSIVE spoken AS (
             (SELECT k.channel, k.purpose FROM consents k WHERE k.tenant_id = %(tenant)s AND k.contact_id = p
              ORDER BY k.channel, k.purpose LIMIT 1)
             UNION ALL
             SELECT n.channel, n.purpose FROM spoken s CROSS JOIN LATERAL (
                 SELECT k.channel, k.purpose FROM consents k
                 WHERE k.tenant_id = %(tenant)s AND k.contact_id = p AND (k.channel, k.purpose) > (s.channel, s.purpose)
                 ORDER BY k.channel, k.purpose LIMIT 1) n)
         SELECT y.* FROM spoken s CROSS JOIN LATERAL (
             SELECT k.* FROM consents k
             WHERE k.tenant_id = %(tenant)s AND k.contact_id = p AND k.channel = s.channel AND k.purpose = s.purpose
               AND k.merge_id IS NULL AND k.at <= %(at)s AND (k.at, k.id) < (%(at)s, %(id)s)
             ORDER BY k.at DESC, k.id DESC LIMIT %(most)s) y) x
     WHERE 'consent' = ANY(%(kinds)s::text[]) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'opt_out', s.created_at, s.id, NULL, s.created_by, NULL,
            jsonb_build_object('channel', s.channel, 'address', s.kind, 'reason', s.reason, 'source', s.source)
     FROM suppressions s
     WHERE 'opt_out' = ANY(%(kinds)s::text[]) AND s.tenant_id = %(tenant)s AND s.address_key = ANY(%(addresses)s)
       AND (s.created_at, s.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'created', c.created_at, c.id, c.id, NULL, NULL, jsonb_build_object('source', c.source, 'basis', c.basis)
     FROM contacts c
     WHERE 'created' = ANY(%(kinds)s::text[]) AND c.id = ANY(%(parts)s) AND c.import_id IS NULL
       AND (c.created_at, c.id) < (%(at)s, %(id)s))
    UNION ALL
    (SELECT 'import', x.at, x.id, x.contact_id, x.created_by, NULL, x.detail FROM (
         SELECT coalesce(i.started_at, i.created_at) AS at, i.id, r.contact_id, i.created_by,
                jsonb_build_object('source', i.source, 'rows', (array_agg(r.row_no ORDER BY r.row_no))[1:5],
                                   'count', count(*), 'outcome', (array_agg(r.outcome ORDER BY r.row_no))[1],
                                   'undoneAt', i.undone_at) AS detail
         FROM import_rows r JOIN imports i ON i.tenant_id = r.tenant_id AND i.id = r.import_id
         WHERE 'import' = ANY(%(kinds)s::text[]) AND r.contact_id = ANY(%(parts)s)
         GROUP BY i.tenant_id, i.id, r.contact_id) x
     WHERE (x.at, x.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT x.kind, x.created_at, x.id, p, x.created_by, NULL, x.detail
     FROM unnest(%(parts)s::uuid[]) AS p CROSS JOIN LATERAL (
         SELECT CASE WHEN m.merged_ids <> '{}' THEN 'merge' ELSE 'edit' END AS kind, m.created_at, m.id, m.created_by,
                jsonb_build_object('others', m.merged_ids, 'automatic', m.import_id IS NOT NULL, 'undoneAt', m.undone_at,
                                   'rules', coalesce(m.reason->'rules', '[]'), 'bulk', m.reason->'bulk') AS detail
         FROM merges m
         WHERE m.tenant_id = %(tenant)s AND m.survivor_id = p AND m.created_at <= %(at)s
           AND (m.created_at, m.id) < (%(at)s, %(id)s)
           AND (m.merged_ids <> '{}' AND 'merge' = ANY(%(kinds)s::text[])
                OR m.reason->>'kind' = 'edit' AND 'edit' = ANY(%(kinds)s::text[]))
         ORDER BY m.created_at DESC, m.id DESC LIMIT %(most)s) x
     WHERE %(kinds)s::text[] && '{merge,edit}')
    UNION ALL
    (SELECT 'merge_undone', m.undone_at, m.id, m.survivor_id, NULL, NULL, jsonb_build_object('others', m.merged_ids)
     FROM merges m
     WHERE 'merge_undone' = ANY(%(kinds)s::text[]) AND m.survivor_id = ANY(%(parts)s) AND m.merged_ids <> '{}'
       AND (m.undone_at, m.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'tags', coalesce(e.finished_at, e.created_at), e.id, r.contact_id, e.created_by, NULL,
            jsonb_build_object('added', (SELECT coalesce(jsonb_agg(t.name ORDER BY t.name), '[]')
                                         FROM jsonb_array_elements(r.tags_added) a
                                         JOIN tags t ON t.tenant_id = r.tenant_id AND t.id = (a->>'tag')::uuid),
                               'removed', (SELECT coalesce(jsonb_agg(t.name ORDER BY t.name), '[]')
                                           FROM jsonb_array_elements(r.tags_removed) a
                                           JOIN tags t ON t.tenant_id = r.tenant_id AND t.id = (a->>'tag_id')::uuid),
                               'people', e.changed, 'undoneAt', e.undone_at)
     FROM bulk_edit_rows r JOIN bulk_edits e ON e.tenant_id = r.tenant_id AND e.id = r.edit_id
     WHERE 'tags' = ANY(%(kinds)s::text[]) AND r.contact_id = ANY(%(parts)s)
       AND (r.tags_added IS NOT NULL OR r.tags_removed IS NOT NULL)
       AND (coalesce(e.finished_at, e.created_at), e.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'decision', d.decided_at, d.id, NULL, d.decided_by, NULL,
            jsonb_build_object('state', d.state, 'others', ARRAY[CASE WHEN d.contact_a = ANY(%(parts)s) THEN d.contact_b
                                                                     ELSE d.contact_a END])
     FROM (SELECT * FROM duplicate_pairs WHERE contact_a = ANY(%(parts)s)
           UNION SELECT * FROM duplicate_pairs WHERE contact_b = ANY(%(parts)s)) d
     WHERE 'decision' = ANY(%(kinds)s::text[]) AND d.state IN ('separate', 'shared') AND d.from_merge IS NULL
       AND (d.decided_at, d.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'record', g.at, g.id, r.contact_id, CASE WHEN g.actor_kind = 'member' THEN g.actor_id END, NULL,
            jsonb_build_object('change', g.kind, 'record', r.id, 'partition', g.partition_id, 'fields', g.fields)
     FROM records r JOIN record_changes g ON g.tenant_id = r.tenant_id AND g.record_id = r.id
     WHERE 'record' = ANY(%(kinds)s::text[]) AND r.contact_id = ANY(%(parts)s)
       AND (g.at, g.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'request', q.created_at, q.id, q.contact_id, q.created_by, NULL,
            jsonb_build_object('request', q.kind, 'requester', q.requester, 'via', q.via, 'state', q.state, 'dueAt', q.due_at,
                               'doneAt', q.done_at)
     FROM data_requests q
     WHERE 'request' = ANY(%(kinds)s::text[]) AND q.contact_id = ANY(%(parts)s)
       AND (q.created_at, q.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'note', n.created_at, n.id, n.contact_id, n.created_by, NULL,
            jsonb_build_object('version', n.version, 'updatedAt', n.updated_at)
     FROM contact_notes n
     WHERE 'note' = ANY(%(kinds)s::text[]) AND n.contact_id = ANY(%(parts)s)
       AND (n.created_at, n.id) < (%(at)s, %(id)s) ORDER BY 2 DESC, 3 DESC LIMIT %(most)s)
    ORDER BY 2 DESC, 3 DESC LIMIT %(most)s
"""


async def read_past(
    conn: Conn,
    tenant_id: UUID,
    person: Person,
    *,
    kinds: Sequence[Kind],
    before: Place,
    limit: int,
) -> list[Tick]:
    latest = time() + _DAY
    given = {
        "tenant": tenant_id,
        "kinds": list(kinds),
        "parts": list(person.parts),
        "values": list(person.value_keys),
        "addresses": list(person.address_keys),
        "at": before.at,
        "id": before.id,
        "bound": UUID(int=(int(min(before.at.timestamp(), latest) * 1000) << 80) | ((1 << 80) - 1)),
        "most": limit,
    }
    # Planning fifteen sources, one of them kept by month, takes longer than asking them: 3 ms of 4.5. One plan fits all.
    async with conn.pipeline():
        await conn.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor = await conn.execute(_PAST, given, prepare=True)
        await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    return [Tick(*row) for row in await cursor.fetchall()]
