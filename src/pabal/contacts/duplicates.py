"""The queue of doubtful pairs: what is asked, with both sides opened, and the answers.

A pair is asked as long as both of its contacts live: one that was merged or erased meanwhile is out of the queue, and comes
back when the merge is undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pabal.contacts.card import Blinder
from pabal.contacts.compare import Evidence, evidence_of, suggestion
from pabal.contacts.history import Standing
from pabal.contacts.merging import lock_merges, merge_contacts, read_sides, undo_merge
from pabal.contacts.queries import Contact, read_contacts
from pabal.contacts.questions import GROUPS, QUESTIONS, UNKNOWN, Decision, Group, question_of
from pabal.contacts.replay import Look
from pabal.contacts.survivorship import Side, Verdict, decide
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem, declare

PAIR_ANSWERED = declare("duplicate_answered", 409, "다른 사람이 먼저 정한 짝이에요")
PAIR_GONE = declare("duplicate_gone", 409, "이미 합쳐졌거나 지워져 더 물을 것이 없는 짝이에요")
PAIR_OPEN = declare("duplicate_open", 409, "아직 정하지 않은 짝이에요")

State = Literal["open", "merged", "separate", "shared", "gone"]
_STATES: Final[Mapping[Decision, State]] = {"merge": "merged", "separate": "separate", "shared": "shared"}
_RANKS: Final = {group: rank for rank, group in enumerate(GROUPS)}


@dataclass(frozen=True)
class Pair:
    """A question as it is stored."""

    id: UUID
    contact_a: UUID
    contact_b: UUID
    reason: str
    state: State
    merge_id: UUID | None
    decided_by: UUID | None
    decided_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Activity:
    """What a person would look up by hand: messages that went out, replies on its numbers, the lists it was in."""

    messages: int = 0
    replies: int = 0
    rows: int = 0
    consent: Literal["refused", "granted", "none"] = "none"
    said_at: datetime | None = None
    said: str | None = None  # the last reply's ciphertext, opened: JSON of the inbox


@dataclass(frozen=True)
class Opened:
    """A pair with both sides and what follows from them."""

    pair: Pair
    a: Contact
    b: Contact
    about_a: Activity
    about_b: Activity
    evidence: Sequence[Evidence]
    verdicts: Mapping[str, Verdict]
    survivor_id: UUID
    suggestion: Decision | None


@dataclass(frozen=True)
class Counts:
    by_group: Mapping[Group, int] = field(default_factory=dict)
    decided_today: int = 0

    @property
    def open(self) -> int:
        return sum(self.by_group.values())


async def count_pairs(conn: Conn, midnight: datetime) -> Counts:
    """What is left by group, and what was answered since `midnight`."""
    cursor = await conn.execute(
        """
        SELECT p.reason, count(*) FROM duplicate_pairs p
        JOIN contacts a ON a.tenant_id = p.tenant_id AND a.id = p.contact_a
        JOIN contacts b ON b.tenant_id = p.tenant_id AND b.id = p.contact_b
        WHERE p.state = 'open' AND a.merged_into IS NULL AND a.erased_at IS NULL
          AND b.merged_into IS NULL AND b.erased_at IS NULL
        GROUP BY p.reason
        """
    )
    by_group: dict[Group, int] = dict.fromkeys(GROUPS, 0)
    for reason, count in await cursor.fetchall():
        by_group[question_of(reason).group] += count
    cursor = await conn.execute(
        """
        SELECT count(*) FROM duplicate_pairs
        WHERE decided_at >= %s AND state IN ('merged', 'separate', 'shared') AND from_merge IS NULL
          AND reason <> 'merge_undone'
        """,
        (midnight,),
    )
    row = await cursor.fetchone()
    return Counts(by_group, 0 if row is None else row[0])


async def page_of_pairs(
    conn: Conn,
    *,
    group: Group | None,
    contact_id: UUID | None = None,
    after: tuple[int, UUID] | None,
    limit: int,
) -> list[tuple[int, Pair]]:
    """Open pairs (of one contact, if it is named) by group, each with its place (the group's rank; the id is the rest of
    the position).
    """
    ranks = {reason: _RANKS[question.group] for reason, question in QUESTIONS.items()}
    cursor = await conn.execute(
        """
        SELECT coalesce(r.rank, %(unknown)s), p.id, p.contact_a, p.contact_b, p.reason, p.state, p.merge_id,
               p.decided_by, p.decided_at, p.created_at
        FROM duplicate_pairs p LEFT JOIN unnest(%(reasons)s::text[], %(ranks)s::int[]) AS r (reason, rank) USING (reason)
        JOIN contacts a ON a.tenant_id = p.tenant_id AND a.id = p.contact_a
        JOIN contacts b ON b.tenant_id = p.tenant_id AND b.id = p.contact_b
        WHERE p.state = 'open' AND a.merged_into IS NULL AND a.erased_at IS NULL
          AND b.merged_into IS NULL AND b.erased_at IS NULL
          AND (%(contact)s::uuid IS NULL OR %(contact)s IN (p.contact_a, p.contact_b))
          AND (%(group)s::int IS NULL OR coalesce(r.rank, %(unknown)s) = %(group)s)
          AND (%(rank)s::int IS NULL OR (coalesce(r.rank, %(unknown)s), p.id) > (%(rank)s, %(after)s::uuid))
        ORDER BY 1, p.id LIMIT %(limit)s
        """,
        {
            "reasons": list(ranks),
            "ranks": list(ranks.values()),
            "unknown": _RANKS[UNKNOWN.group],
            "group": None if group is None else _RANKS[group],
            "contact": contact_id,
            "rank": None if after is None else after[0],
            "after": None if after is None else after[1],
            "limit": limit,
        },
    )
    return [(row[0], Pair(*row[1:])) for row in await cursor.fetchall()]


async def read_pair(conn: Conn, pair_id: UUID) -> Pair:
    cursor = await conn.execute(
        """
        SELECT id, contact_a, contact_b, reason, state, merge_id, decided_by, decided_at, created_at
        FROM duplicate_pairs WHERE id = %s
        """,
        (pair_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    return Pair(*row)


async def open_pairs(conn: Conn, tenant_id: UUID, pairs: Sequence[Pair], *, this_year: int) -> list[Opened]:
    """Both sides of each pair, decrypted; pairs of which one side is gone are left out."""
    ids = sorted({one for pair in pairs for one in (pair.contact_a, pair.contact_b)})
    contacts = {one.id: one for one in await read_contacts(conn, tenant_id, ids)}
    about = await _activity(conn, list(contacts))
    sides = {side.id: side for side in await read_sides(conn, [_standing(one) for one in contacts.values()])}
    return [
        _open(pair, contacts, about, sides, this_year)
        for pair in pairs
        if pair.contact_a in contacts and pair.contact_b in contacts
    ]


def _standing(contact: Contact) -> Standing:
    look = Look(contact.card, contact.district, contact.age_band)
    return Standing(contact.id, look, None, contact.import_id, contact.created_at)


def _open(
    pair: Pair,
    contacts: Mapping[UUID, Contact],
    about: Mapping[UUID, Activity],
    sides: Mapping[UUID, Side],
    this_year: int,
) -> Opened:
    both = (pair.contact_a, pair.contact_b)
    weight = {one: about[one].messages + about[one].replies + sides[one].rows for one in both}
    survivor = pair.contact_b if weight[pair.contact_b] > weight[pair.contact_a] else pair.contact_a
    ordered = sorted((sides[one] for one in both), key=lambda side: side.id != survivor)
    evidence = evidence_of(sides[both[0]].look, sides[both[1]].look, this_year)
    return Opened(
        pair,
        contacts[pair.contact_a],
        contacts[pair.contact_b],
        about[pair.contact_a],
        about[pair.contact_b],
        evidence,
        decide(ordered, this_year),
        survivor,
        suggestion(pair.reason, evidence),
    )


async def _activity(conn: Conn, ids: Sequence[UUID]) -> dict[UUID, Activity]:
    cursor = await conn.execute(
        """
        SELECT w.id,
               (SELECT count(*) FROM messages m WHERE m.contact_id = w.id
                  AND m.state NOT IN ('skipped', 'cancelled', 'queued')),
               (SELECT count(*) FROM inbound_messages b JOIN identities i ON i.tenant_id = b.tenant_id
                  AND i.value_key = b.from_key AND i.contact_id = w.id),
               (SELECT count(*) FROM import_rows r WHERE r.contact_id = w.id),
               CASE WHEN EXISTS (SELECT FROM identities i JOIN suppressions s ON s.tenant_id = i.tenant_id
                                   AND s.address_key = i.address_key AND s.kind = i.kind WHERE i.contact_id = w.id)
                      OR 'withdrawn' = ANY(k.states) THEN 'refused'
                    WHEN 'granted' = ANY(k.states) THEN 'granted' ELSE 'none' END,
               b.said_at, app.decrypt(b.pii)
        FROM unnest(%(ids)s::uuid[]) AS w (id)
        LEFT JOIN LATERAL (
            SELECT array_agg(n.state) AS states FROM (
                SELECT DISTINCT ON (k.channel, k.purpose) k.state FROM consents k WHERE k.contact_id = w.id
                ORDER BY k.channel, k.purpose, k.at DESC, k.id DESC) n) k ON true
        LEFT JOIN LATERAL (
            SELECT m.said_at, m.pii FROM identities i JOIN inbound_messages m ON m.tenant_id = i.tenant_id
                   AND m.from_key = i.value_key
            WHERE i.contact_id = w.id ORDER BY m.id DESC LIMIT 1) b ON true
        """,
        {"ids": list(ids)},
    )
    return {row[0]: Activity(*row[1:]) for row in await cursor.fetchall()}


async def resolve_pair(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    pair_id: UUID,
    decision: Decision,
    *,
    survivor_id: UUID | None,
    fields: Mapping[str, UUID],
    this_year: int,
    decided_by: UUID | None,
) -> Pair:
    """Answer a question. Who comes second is told who was first."""
    await lock_merges(conn, tenant_id)  # before any row: merges lock pairs as well
    pair = await read_pair(conn, pair_id)
    if pair.state == "gone":
        raise Problem(PAIR_GONE)
    if pair.state != "open":
        raise Problem(PAIR_ANSWERED, extra={"state": pair.state, "decidedBy": _text(pair.decided_by)})
    both = (pair.contact_a, pair.contact_b)
    if len(await read_contacts(conn, tenant_id, both)) < 2:
        raise Problem(PAIR_GONE)
    if decision == "merge":
        if survivor_id is None:
            survivor_id = (await open_pairs(conn, tenant_id, [pair], this_year=this_year))[0].survivor_id
        await merge_contacts(
            conn,
            tenant_id,
            blinder,
            contact_ids=both,
            survivor_id=survivor_id,
            fields=fields,
            this_year=this_year,
            created_by=decided_by,
        )
    else:
        await conn.execute(
            """
            UPDATE duplicate_pairs SET state = %(state)s, decided_by = %(by)s, decided_at = clock_timestamp()
            WHERE id = %(id)s AND state = 'open'
            """,
            {"state": _STATES[decision], "by": decided_by, "id": pair_id},
        )
    return await read_pair(conn, pair_id)


async def reopen_pair(
    conn: Conn, tenant_id: UUID, blinder: Blinder, pair_id: UUID, *, undone_by: UUID | None
) -> Pair:
    """Take an answer back: of a merge, the merge as well."""
    await lock_merges(conn, tenant_id)
    pair = await read_pair(conn, pair_id)
    if pair.state == "gone":
        raise Problem(PAIR_GONE)
    if pair.state == "open":
        raise Problem(PAIR_OPEN)
    if pair.state == "merged" and pair.merge_id is not None:
        await undo_merge(conn, tenant_id, blinder, pair.merge_id, undone_by=undone_by)
    else:
        await conn.execute(
            "UPDATE duplicate_pairs SET state = 'open', decided_by = NULL, decided_at = NULL WHERE id = %s",
            (pair_id,),
        )
    return await read_pair(conn, pair_id)


def _text(one: UUID | None) -> str | None:
    return None if one is None else str(one)
