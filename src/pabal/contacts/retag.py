"""The tags of one person as a whole, by way of a bulk edit: so that their line of time knows, and an undo does."""

from collections.abc import Sequence
from uuid import UUID

from pabal.contacts import bulk
from pabal.contacts.bulk_apply import Changes
from pabal.contacts.card import Blinder
from pabal.contacts.queries import Contact, read_contacts
from pabal.contacts.selection import ids_sql
from pabal.kit.db import Conn


async def retag(
    conn: Conn, tenant_id: UUID, blinder: Blinder, contact: Contact, names: Sequence[str], *, by: UUID | None
) -> Contact:
    """Exactly these tags. The contact as it is then; nothing is written where nothing changes."""
    wanted = dict.fromkeys(name.strip() for name in names if name.strip())
    changes = Changes(
        tuple(name for name in wanted if name not in contact.tags),
        tuple(name for name in contact.tags if name not in wanted),
    )
    if not changes.kinds:
        return contact
    wish = bulk.Wish({"ids": [str(contact.id)]}, changes, "")
    edit_id = await bulk.create_edit(conn, tenant_id, wish, created_by=by)
    tries = await bulk.begin(conn, edit_id)
    await bulk.freeze(conn, tenant_id, blinder, edit_id, bulk.Selection(ids_sql([contact.id])))
    await bulk.advance(conn, tenant_id, blinder, edit_id, tries=tries)
    return (await read_contacts(conn, tenant_id, [contact.id]))[0]
