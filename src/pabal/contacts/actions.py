"""Writes to single contacts: create, change, erase. Imports write in bulk (imports/apply)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from pabal.contacts import queries, tags
from pabal.contacts.card import Blinder, Card, Derived, open_card, with_identities
from pabal.contacts.forget_rules import forget_in_rules
from pabal.contacts.history import write_event
from pabal.contacts.queries import Contact
from pabal.contacts.replay import Event, Look
from pabal.domain.identity import Identity, Reading, read_email, read_kakao, read_phones
from pabal.domain.ids import new_id
from pabal.domain.law.lists import source_fault
from pabal.domain.name import clean_name
from pabal.domain.phone import mask_resident_numbers
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare

CONTACT_EXISTS = declare("contact_exists", 409, "같은 번호의 같은 사람이 이미 있어요")
NOTHING_TO_REACH = declare("contact_unreachable", 422, "이름이나 연락처 가운데 하나는 있어야 해요")
VERSION_CONFLICT = declare("contact_changed", 409, "다른 사람이 먼저 고쳤어요. 다시 불러온 뒤 고쳐 주세요")


@dataclass(frozen=True)
class Draft:
    """What somebody typed about a contact; None means "not said"."""

    name: str | None = None
    phones: Sequence[str] | None = None
    emails: Sequence[str] | None = None
    kakao_ids: Sequence[str] | None = None
    attributes: Mapping[str, str] | None = None
    tags: Sequence[str] | None = None
    district: str | None = None
    address: str | None = None
    memo: str | None = None
    basis: str | None = None
    source: str | None = None
    purposes: Sequence[str] | None = None


def fill_card(card: Card, draft: Draft) -> Card:
    """The card with the draft's values in place. Raises INVALID naming every value that can't be read."""
    faults: list[FieldError] = []
    for beside, text in (("district", draft.district), ("basis", draft.basis), ("source", draft.source)):
        _clean(text or "", beside, faults)  # they stand in the open
    for origin, text in (("basis", draft.basis), ("source", draft.source)):
        if (fault := source_fault(text or "")) is not None:
            faults.append(FieldError(origin, *fault[1:]))
    if draft.address is not None:
        card = replace(card, address=_clean(draft.address, "address", faults))
    if draft.memo is not None:
        card = replace(card, memo=_clean(draft.memo, "memo", faults))
    if draft.name is not None:
        name = clean_name(_clean(draft.name, "name", faults))
        card = replace(card, name=name.display, title=name.title or card.title)
    if draft.attributes is not None:
        card = replace(
            card,
            attributes={
                _clean(key, "attributes", faults): _clean(text, f"attributes.{key}", faults)
                for key, text in draft.attributes.items()
            },
        )
    identities: list[Identity] = []
    for field, texts, read in (
        ("phones", draft.phones, read_phones),
        ("emails", draft.emails, read_email),
        ("kakaoIds", draft.kakao_ids, read_kakao),
    ):
        if texts is None:
            continue
        card = _without(card, field)
        for i, text in enumerate(texts):
            identities += _identities(read(text), f"{field}[{i}]", faults)
    if faults:
        raise Problem(INVALID, errors=faults)
    return with_identities(card, identities)


def _clean(text: str, path: str, faults: list[FieldError]) -> str:
    masked, found = mask_resident_numbers(text)
    if found:
        faults.append(
            FieldError(path, "주민등록번호가 들어 있어요", "주민등록번호는 저장할 수 없어요. 지워 주세요.")
        )
    return masked.strip()


def _identities(reading: Reading, path: str, faults: list[FieldError]) -> Iterable[Identity]:
    if not reading.identities:
        problem = reading.problems[0] if reading.problems else None
        faults.append(
            FieldError(path, problem.message, problem.mend)
            if problem
            else FieldError(path, "비어 있거나 실제 값이 아니에요", "값을 확인해 주세요")
        )
    return reading.identities


def _without(card: Card, field: str) -> Card:
    match field:
        case "phones":
            return replace(card, phones=(), other_phones=())
        case "emails":
            return replace(card, emails=())
        case _:
            return replace(card, kakao_ids=())


async def create_contact(conn: Conn, tenant_id: UUID, blinder: Blinder, draft: Draft) -> Contact:
    """A new contact. Refuses when the same person is there already: same value and same full name."""
    card = fill_card(Card(), draft)
    if not (card.name or card.phones or card.emails or card.kakao_ids):
        raise Problem(NOTHING_TO_REACH)
    derived = blinder.derive(card)
    twin = await _same_person(conn, derived)
    if twin is not None:
        raise Problem(CONTACT_EXISTS, extra={"contactId": str(twin)})
    contact_id = new_id()
    await conn.execute(
        """
        INSERT INTO contacts (tenant_id, id, pii, tokens, name_key, district, basis, source, purposes)
        VALUES (%(tenant)s, %(id)s, app.encrypt(%(plain)s), %(tokens)s, %(name_key)s, %(district)s, %(basis)s, %(source)s,
                %(purposes)s)
        """,
        {
            "tenant": tenant_id,
            "id": contact_id,
            "plain": card.seal(tenant_id, contact_id),
            "tokens": derived.tokens,
            "name_key": derived.name_key,
            "district": draft.district or "",
            "basis": draft.basis or "미기재",
            "source": draft.source or "직접 입력",
            "purposes": sorted(set(draft.purposes or ())),
        },
    )
    await _write_identities(conn, tenant_id, contact_id, derived)
    if draft.tags:
        await tags.set_tags_of(conn, tenant_id, contact_id, draft.tags)
    return (await queries.read_contacts(conn, tenant_id, [contact_id]))[0]


async def _same_person(conn: Conn, derived: Derived) -> UUID | None:
    if derived.name_key is None or not derived.identities:
        return None
    cursor = await conn.execute(
        """
        SELECT c.id FROM identities i JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
        WHERE i.value_key = ANY(%(keys)s) AND c.name_key = %(name_key)s
          AND c.merged_into IS NULL AND c.erased_at IS NULL
        ORDER BY c.id LIMIT 1
        """,
        {"keys": [row.value_key for row in derived.identities], "name_key": derived.name_key},
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def change_contact(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    contact_id: UUID,
    draft: Draft,
    *,
    version: int | None = None,
    changed_by: UUID | None = None,
) -> Contact:
    """Change the named members; with `version`, only if nobody else changed the contact since."""
    cursor = await conn.execute(
        # One row, locked for this transaction: the card is read, changed and sealed again.
        """
        SELECT app.decrypt(pii), version, district, age_band, purposes FROM contacts
        WHERE id = %(id)s AND merged_into IS NULL AND erased_at IS NULL FOR UPDATE
        """,
        {"id": contact_id},
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    if version is not None and row[1] != version:
        raise Problem(VERSION_CONFLICT, extra={"version": row[1]})
    before = Look(open_card(row[0], tenant_id, contact_id), row[2], row[3], tuple(row[4]))
    card = fill_card(before.card, draft)
    derived = blinder.derive(card)
    district = before.district if draft.district is None else draft.district
    purposes = before.purposes if draft.purposes is None else tuple(sorted(set(draft.purposes)))
    if Look(card, district, before.age_band, purposes) != before:
        # The undo of a merge or an import keeps what people typed since: so it must know what that was.
        await write_event(conn, tenant_id, Event(new_id(), "edit", before), contact_id, created_by=changed_by)
    await conn.execute(
        """
        UPDATE contacts SET pii = app.encrypt(%(plain)s), tokens = %(tokens)s, name_key = %(name_key)s,
               district = %(district)s, basis = coalesce(%(basis)s, basis),
               source = coalesce(%(source)s, source), purposes = %(purposes)s, version = version + 1,
               updated_at = clock_timestamp()
        WHERE id = %(id)s
        """,
        {
            "id": contact_id,
            "plain": card.seal(tenant_id, contact_id),
            "tokens": derived.tokens,
            "name_key": derived.name_key,
            "district": district,
            "basis": draft.basis or None,
            "source": draft.source or None,
            "purposes": list(purposes),
        },
    )
    await conn.execute(
        "DELETE FROM identities WHERE contact_id = %s AND NOT value_key = ANY(%s)",
        (contact_id, [one.value_key for one in derived.identities]),
    )
    await _write_identities(conn, tenant_id, contact_id, derived)
    if draft.tags is not None:
        await tags.set_tags_of(conn, tenant_id, contact_id, draft.tags)
    return (await queries.read_contacts(conn, tenant_id, [contact_id]))[0]


async def _write_identities(conn: Conn, tenant_id: UUID, contact_id: UUID, derived: Derived) -> None:
    if not derived.identities:
        return
    await conn.execute(
        """
        INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position, quality)
        SELECT %(tenant)s, %(contact)s, kind, value_key, address_key, position, quality
        FROM unnest(%(kinds)s::text[], %(value_keys)s::bigint[], %(address_keys)s::bigint[], %(positions)s::smallint[],
                    %(qualities)s::text[]) AS new (kind, value_key, address_key, position, quality)
        ON CONFLICT (tenant_id, contact_id, value_key) DO UPDATE SET position = excluded.position
        """,
        {
            "tenant": tenant_id,
            "contact": contact_id,
            "kinds": [row.kind for row in derived.identities],
            "value_keys": [row.value_key for row in derived.identities],
            "address_keys": [row.address_key for row in derived.identities],
            "positions": [row.position for row in derived.identities],
            "qualities": [row.quality for row in derived.identities],
        },
    )


async def erase_contact(conn: Conn, contact_id: UUID) -> None:
    """Erase the person; an id that was merged away means the survivor: it is the same person."""
    contact_id = await queries.survivor_of(conn, contact_id) or contact_id
    if contact_id not in await erase_people(conn, [contact_id]):
        raise Problem(NOT_FOUND)


async def erase_people(conn: Conn, contact_ids: Sequence[UUID]) -> list[UUID]:
    """Erase people: card, tokens, identities, tags, consents, raw import cells, images kept by merges. Whose ids are gone.

    Whoever was merged into them goes with them. Suppressions stay: they are keyed hashes and know no person. Copies in
    sends, notes and what they wrote to us go by a function of the database for all at once: its triggers, which do the same
    for whoever erases otherwise, take ten milliseconds a person.
    """
    await wait_for_clicks(conn)
    await forget_in_rules(conn, contact_ids)
    await conn.execute("SET LOCAL pabal.copies_forgotten = 'on'")
    await conn.execute("SET LOCAL pabal.records_forgotten = 'on'")
    cursor = await conn.execute(
        """
        WITH RECURSIVE below AS (
            SELECT id FROM contacts WHERE id = ANY(%(ids)s)
            UNION SELECT c.id FROM contacts c JOIN below b ON c.merged_into = b.id)
        UPDATE contacts SET pii = NULL, tokens = '{}', name_key = NULL, district = '', age_band = '',
               erased_at = clock_timestamp(), updated_at = clock_timestamp(), version = version + 1
        WHERE id IN (SELECT id FROM below) AND erased_at IS NULL
        RETURNING id
        """,
        {"ids": list(contact_ids)},
    )
    gone = [row[0] for row in await cursor.fetchall()]
    await conn.execute("SET LOCAL pabal.copies_forgotten = 'off'")
    await conn.execute("SET LOCAL pabal.records_forgotten = 'off'")
    if not gone:
        return gone
    await conn.execute("SELECT app.forget_people(%s)", (gone,))
    for statement in (
        "DELETE FROM identities WHERE contact_id = ANY(%s)",
        "DELETE FROM contact_tags WHERE contact_id = ANY(%s)",
        "DELETE FROM consents WHERE contact_id = ANY(%s)",
        "UPDATE duplicate_pairs SET state = 'gone' WHERE state = 'open' AND contact_a = ANY(%s)",
        "UPDATE duplicate_pairs SET state = 'gone' WHERE state = 'open' AND contact_b = ANY(%s)",
    ):
        await conn.execute(statement, (gone,))
    # What was typed to find somebody for an export; within its hour the file is theirs who asked.
    await conn.execute(
        "UPDATE exports SET selection = NULL WHERE selection IS NOT NULL AND expires_at <= clock_timestamp()"
    )
    await conn.execute(
        "UPDATE merges SET before = NULL WHERE survivor_id = ANY(%(gone)s) OR merged_ids && %(gone)s",
        {"gone": gone},
    )
    return gone


async def wait_for_clicks(conn: Conn) -> None:
    """Before an erasure: clicks that are being stored (links.clicks holds this shared) have seen the person alive and commit
    first, so that they are untied with the others; later ones see the erasure."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal clicks ' || app.tenant_id(), 0))"
    )


async def close_gate(conn: Conn, tenant_id: UUID) -> None:
    """The opt-out's side of the barrier that claims hold shared (dispatch.gate.enter_gate): once this
    transaction commits, every later claim sees the opt-out. Taken before any row lock.
    """
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal gate ' || %s, 0))", (str(tenant_id),)
    )
