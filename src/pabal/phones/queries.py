"""Whose handsets these are: the simulator knows numbers, the book knows people."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from pabal.contacts import Blinder, Contact, read_contacts
from pabal.kit.db import Conn


async def people_by_phone(
    conn: Conn, tenant_id: UUID, blinder: Blinder, phones: Iterable[str]
) -> Mapping[str, Contact]:
    """The person behind each number; of a household's several the one who has been here longest."""
    keys = {blinder.value_key("phone", phone): phone for phone in phones}
    cursor = await conn.execute(
        """
        SELECT DISTINCT ON (i.value_key) i.value_key, i.contact_id
        FROM identities i JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
        WHERE i.kind = 'phone' AND i.value_key = ANY(%s) AND c.merged_into IS NULL AND c.erased_at IS NULL
        ORDER BY i.value_key, i.contact_id
        """,
        (list(keys),),
    )
    holders = {contact_id: keys[key] for key, contact_id in await cursor.fetchall()}
    people = await read_contacts(conn, tenant_id, list(holders))
    return {holders[person.id]: person for person in people}
