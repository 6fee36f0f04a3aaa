"""One chunk into the book, in one transaction: look up, group, merge cards, write set-based, mark the rows
done.

Cards travel through temporary tables (`ON COMMIT DELETE ROWS`, held in temp_buffers) and are encrypted by
the INSERT .. SELECT: measured 1.6x faster than arrays, and a chunk that dies leaves nothing behind.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

from pabal.contacts import Blinder, Card, Derived, ensure_tags, open_card
from pabal.domain.ids import new_id
from pabal.imports.lookup import candidate_of, contacts_on
from pabal.imports.match import Group, Reason, assign
from pabal.imports.merge import EMPTY, Policy, join_cards, join_row
from pabal.imports.stage import Row
from pabal.kit.db import Conn

NULL = "\\N"  # of COPY's text format
_TEMP: tuple[LiteralString, ...] = (
    """CREATE TEMP TABLE IF NOT EXISTS stage_contacts (
        id uuid, plain text, tokens integer[], name_key bigint, district text, age_band text, source text,
        fresh boolean, image boolean, rules text) ON COMMIT DELETE ROWS""",
    """CREATE TEMP TABLE IF NOT EXISTS stage_identities (
        contact_id uuid, kind text, value_key bigint, address_key bigint, position smallint, quality text,
        row_no integer) ON COMMIT DELETE ROWS""",
    "CREATE TEMP TABLE IF NOT EXISTS stage_tags (contact_id uuid, tag_id uuid) ON COMMIT DELETE ROWS",
    """CREATE TEMP TABLE IF NOT EXISTS stage_rows (
        row_no integer, cells text, outcome text, contact_id uuid, problems jsonb) ON COMMIT DELETE ROWS""",
)


@dataclass(frozen=True)
class Job:
    """What an import was told."""

    tenant_id: UUID
    import_id: UUID
    policy: Policy
    tags: Sequence[str]
    basis: str
    source: str
    created_by: UUID | None


@dataclass
class Person:
    """A contact while its rows join it."""

    id: UUID
    card: Card
    district: str = ""
    age_band: str = ""
    source: str = ""
    fresh: bool = True  # made by this chunk
    ours: bool = True  # made by this import: an earlier image is of no use to anybody
    frozen: bool = False  # policy skip: was there before
    changed: bool = False
    sealed: str = ""  # as it was read, to see whether anything changed
    tags: set[str] = field(default_factory=set)
    first_row: int = 0
    rules: Sequence[Reason] = ()  # why rows and contacts are taken for one person


@dataclass(frozen=True)
class Known:
    """A contact as it stands in the book."""

    id: UUID
    plain: str
    district: str
    age_band: str
    source: str
    import_id: UUID | None


async def prepare_session(conn: Conn) -> None:
    """Temporary tables of this session; temp_buffers must be set before the first one is touched."""
    cursor = await conn.execute("SELECT to_regclass('pg_temp.stage_rows')")
    row = await cursor.fetchone()
    if row is None or row[0] is None:
        await conn.execute("SET temp_buffers = '64MB'")
        for statement in _TEMP:
            await conn.execute(statement)


async def apply_chunk(conn: Conn, job: Job, blinder: Blinder, rows: Sequence[Row], year: int) -> Counter[str]:
    """Bring a chunk's rows into the book; counts by outcome, plus `warned`."""
    await prepare_session(conn)
    good = [row for row in rows if row.rejected is None]
    candidates = [candidate_of(row) for row in good]
    groups = assign(candidates, await contacts_on(conn, job.tenant_id, blinder, good, year))
    known = await _known(conn, [contact for group in groups for contact in group.contacts])
    people: list[Person] = []
    outcomes: dict[int, tuple[str, UUID]] = {}
    merges: list[tuple[Person, list[UUID]]] = []
    for group in groups:
        person = _person(group, known, job, good)
        if len(group.contacts) > 1 and not person.frozen:
            merges.append((person, [one for one in group.contacts if one != person.id]))
        _join(person, [good[position] for position in group.rows], job, outcomes)
        people.append(person)
    await _write_people(conn, job, blinder, people, merges)
    await _write_tags(conn, job, people)
    await _write_rows(conn, job, rows, outcomes)
    counts = Counter(outcome for outcome, _ in outcomes.values())
    counts["rejected"] = len(rows) - len(good)
    counts["warned"] = sum(1 for row in good if row.problems)
    return counts


async def _known(conn: Conn, ids: Sequence[UUID]) -> dict[UUID, Known]:
    if not ids:
        return {}
    cursor = await conn.execute(
        # Locked in id order: a person's edit of one of them waits for the chunk, or the chunk for the edit.
        """
        SELECT id, app.decrypt(pii), district, age_band, source, import_id FROM contacts
        WHERE id = ANY(%(ids)s) AND merged_into IS NULL AND erased_at IS NULL ORDER BY id FOR UPDATE
        """,
        {"ids": list(ids)},
    )
    return {row[0]: Known(*row) for row in await cursor.fetchall()}


def _person(group: Group, known: Mapping[UUID, Known], job: Job, rows: Sequence[Row]) -> Person:
    """The group's oldest living contact with what the others know, or a new one."""
    there = [known[one] for one in group.contacts if one in known]
    first_row = rows[group.rows[0]].no
    if not there:
        return Person(new_id(), EMPTY, changed=True, first_row=first_row, rules=group.reasons)
    oldest, *others = there
    cards = [open_card(one.plain, job.tenant_id, one.id) for one in there]
    frozen = job.policy is Policy.SKIP and oldest.import_id != job.import_id
    return Person(
        oldest.id,
        cards[0] if frozen else join_cards(cards[0], cards[1:]),
        district=oldest.district or next((one.district for one in others if one.district), ""),
        age_band=oldest.age_band or next((one.age_band for one in others if one.age_band), ""),
        source=oldest.source,
        fresh=False,
        ours=oldest.import_id == job.import_id,
        frozen=frozen,
        changed=bool(others) and not frozen,
        first_row=first_row,
        rules=group.reasons,
    )


def _join(person: Person, rows: Sequence[Row], job: Job, outcomes: dict[int, tuple[str, UUID]]) -> None:
    for n, row in enumerate(rows):
        if person.frozen:
            outcomes[row.no] = ("skipped", person.id)
            continue
        before = (person.card, person.district, person.age_band)
        person.card = join_row(person.card, row, job.policy)
        prefer_row = job.policy is Policy.REPLACE
        if row.district and (prefer_row or not person.district):
            person.district = row.district
        if row.age_band and (prefer_row or not person.age_band):
            person.age_band = row.age_band
        person.source = person.source or row.source or job.source
        person.tags.update(row.tags)
        person.tags.update(job.tags)
        bridged = n == 0 and person.changed  # the row showed that several contacts are one
        changed = bridged or before != (person.card, person.district, person.age_band)
        person.changed = person.changed or changed
        if person.fresh:
            outcome = "created" if n == 0 else "merged"
        elif person.ours:
            outcome = "merged"
        else:
            outcome = "updated" if changed else "unchanged"
        outcomes[row.no] = (outcome, person.id)


async def _write_people(
    conn: Conn,
    job: Job,
    blinder: Blinder,
    people: Sequence[Person],
    merges: Sequence[tuple[Person, list[UUID]]],
) -> None:
    written = [person for person in people if person.changed]
    if not written:
        return
    derived = [(person, blinder.derive(person.card)) for person in written]
    async with conn.cursor().copy(
        "COPY stage_contacts (id, plain, tokens, name_key, district, age_band, source, fresh, image, rules) FROM STDIN"
    ) as copy:
        await copy.write(_bytes([_contact_line(job, person, values) for person, values in derived]))
    async with conn.cursor().copy(
        "COPY stage_identities (contact_id, kind, value_key, address_key, position, quality, row_no) FROM STDIN"
    ) as copy:
        await copy.write(
            _bytes(
                [
                    f"{person.id}\t{row.kind}\t{row.value_key}\t{row.address_key}\t{row.position}\t{row.quality}"
                    f"\t{person.first_row}\n"
                    for person, values in derived
                    for row in values.identities
                ]
            )
        )
    names = {"tenant": job.tenant_id, "import": job.import_id, "basis": job.basis, "by": job.created_by}
    await conn.execute(
        """
        INSERT INTO contacts (tenant_id, id, pii, tokens, name_key, district, age_band, basis, source, import_id)
        SELECT %(tenant)s, id, app.encrypt(plain), tokens, name_key, district, age_band, %(basis)s, source, %(import)s
        FROM stage_contacts WHERE fresh
        """,
        names,
    )
    await conn.execute(
        # The image before the change: what the undo of an import will restore. The ciphertext is copied as it is.
        """
        INSERT INTO merges (tenant_id, id, survivor_id, merged_ids, import_id, reason, before, created_by)
        SELECT c.tenant_id, gen_random_uuid(), c.id, '{}', %(import)s,
               jsonb_build_object('kind', 'import_update', 'rules', string_to_array(s.rules, ' '),
                                  'district', c.district, 'ageBand', c.age_band), c.pii, %(by)s
        FROM contacts c JOIN stage_contacts s ON s.id = c.id WHERE s.image
        """,
        names,
    )
    await conn.execute(
        """
        UPDATE contacts c SET pii = app.encrypt(s.plain), tokens = s.tokens, name_key = s.name_key,
               district = s.district, age_band = s.age_band, version = c.version + 1, updated_at = clock_timestamp()
        FROM stage_contacts s WHERE s.id = c.id AND NOT s.fresh
        """
    )
    await conn.execute(
        """
        INSERT INTO identities
            (tenant_id, contact_id, kind, value_key, address_key, position, quality, import_id, row_no)
        SELECT %(tenant)s, contact_id, kind, value_key, address_key, position, quality, %(import)s, row_no
        FROM stage_identities
        ON CONFLICT (tenant_id, contact_id, kind, value_key) DO UPDATE SET position = excluded.position
        """,
        names,
    )
    for survivor, others in merges:
        await _merge_contacts(conn, job, survivor, others)


async def _merge_contacts(conn: Conn, job: Job, survivor: Person, others: Sequence[UUID]) -> None:
    """Contacts that a row showed to be one person: the others point to the survivor and keep their own
    card, which is their image for an undo. The survivor's image was taken with its change.
    """
    named: dict[str, Any] = {
        "tenant": job.tenant_id,
        "id": new_id(),
        "survivor": survivor.id,
        "rules": list(survivor.rules),
        "others": list(others),
        "import": job.import_id,
        "by": job.created_by,
    }
    await conn.execute(
        """
        INSERT INTO merges (tenant_id, id, survivor_id, merged_ids, import_id, reason, created_by)
        VALUES (%(tenant)s, %(id)s, %(survivor)s, %(others)s, %(import)s,
                jsonb_build_object('kind', 'merge', 'rules', %(rules)s::text[]), %(by)s)
        """,
        named,
    )
    await conn.execute(
        """
        INSERT INTO contact_tags (tenant_id, contact_id, tag_id, import_id)
        SELECT tenant_id, %(survivor)s, tag_id, import_id FROM contact_tags WHERE contact_id = ANY(%(others)s)
        ON CONFLICT DO NOTHING
        """,
        named,
    )
    await conn.execute(
        """
        UPDATE contacts SET merged_into = %(survivor)s, version = version + 1, updated_at = clock_timestamp()
        WHERE id = ANY(%(others)s)
        """,
        named,
    )


async def _write_tags(conn: Conn, job: Job, people: Sequence[Person]) -> None:
    names = {name for person in people for name in person.tags}
    if not names:
        return
    ids = await ensure_tags(conn, job.tenant_id, sorted(names))
    async with conn.cursor().copy("COPY stage_tags (contact_id, tag_id) FROM STDIN") as copy:
        await copy.write(_bytes([f"{person.id}\t{ids[name]}\n" for person in people for name in person.tags]))
    await conn.execute(
        """
        INSERT INTO contact_tags (tenant_id, contact_id, tag_id, import_id)
        SELECT %(tenant)s, contact_id, tag_id, %(import)s FROM stage_tags ON CONFLICT DO NOTHING
        """,
        {"tenant": job.tenant_id, "import": job.import_id},
    )


async def _write_rows(
    conn: Conn, job: Job, rows: Sequence[Row], outcomes: Mapping[int, tuple[str, UUID]]
) -> None:
    async with conn.cursor().copy(
        "COPY stage_rows (row_no, cells, outcome, contact_id, problems) FROM STDIN"
    ) as copy:
        await copy.write(_bytes([_row_line(row, *outcomes.get(row.no, ("rejected", None))) for row in rows]))
    await conn.execute(
        """
        INSERT INTO import_rows (tenant_id, import_id, row_no, cells, outcome, contact_id, problems)
        SELECT %(tenant)s, %(import)s, row_no, app.encrypt(cells), outcome, contact_id, problems FROM stage_rows
        """,
        {"tenant": job.tenant_id, "import": job.import_id},
    )


def _problems(row: Row) -> str | None:
    found = [{"column": one.column, "code": one.code, "message": one.message} for one in row.problems]
    if row.rejected is not None:
        found.insert(0, {"column": "", "code": row.rejected.code, "message": row.rejected.message})
    return json.dumps(found, ensure_ascii=False) if found else None


def _bytes(lines: list[str]) -> bytes:
    """Lines for COPY, written at once: a third of what a write per row costs."""
    return "".join(lines).encode()


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: str) -> str:
    """A value in COPY's text format. Most have nothing to escape: a look is cheaper than a copy."""
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        return value.translate(_ESCAPES)
    return value


def _contact_line(job: Job, person: Person, values: Derived) -> str:
    tokens = ",".join(map(str, values.tokens))
    name_key = NULL if values.name_key is None else values.name_key
    image = "t" if not person.fresh and not person.ours else "f"
    return (
        f"{person.id}\t{_text(person.card.seal(job.tenant_id, person.id))}\t{{{tokens}}}\t{name_key}"
        f"\t{_text(person.district)}\t{person.age_band}\t{_text(person.source)}\t{'t' if person.fresh else 'f'}\t{image}"
        f"\t{' '.join(person.rules)}\n"
    )


def _row_line(row: Row, outcome: str, contact_id: UUID | None) -> str:
    cells = json.dumps(row.cells, ensure_ascii=False, separators=(",", ":"))
    problems = _problems(row)
    return (
        f"{row.no}\t{_text(cells)}\t{outcome}\t{contact_id or NULL}"
        f"\t{NULL if problems is None else _text(problems)}\n"
    )
