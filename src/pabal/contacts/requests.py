"""Requests of a person about their data (PIPA 35 to 37): to see it, to correct it, to erase it, to stop its use.

Each is a row with its day (ten days by the decree) that says who carried it out, and outlives the data as the proof of it.
What stays after an erasure, and why: docs/security.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pabal.contacts.notes import hold_living, without_resident_numbers
from pabal.contacts.queries import Contact, read_contacts
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem, declare

DAYS: Final = 10
REQUEST_CLOSED: Final = declare("data_request_closed", 409, "이미 처리한 요청이에요")


@dataclass(frozen=True)
class DataRequest:
    id: UUID
    contact_id: UUID
    kind: str
    requester: str
    via: str
    note: str
    state: str
    outcome: dict[str, Any]
    received_at: datetime
    due_at: datetime
    created_by: UUID | None
    done_by: UUID | None
    done_at: datetime | None


_COLUMNS: Final = """
    SELECT id, contact_id, kind, requester, via, coalesce(CASE WHEN note IS NOT NULL THEN app.decrypt(note) END, '') AS note,
           state, outcome, received_at, due_at, created_by, done_by, done_at FROM data_requests
"""


async def open_request(
    conn: Conn,
    tenant_id: UUID,
    contact_id: UUID,
    *,
    kind: str,
    requester: str,
    via: str,
    note: str,
    received_at: datetime,
    created_by: UUID | None,
) -> DataRequest:
    note = without_resident_numbers(note, "note")
    await hold_living(conn, contact_id)
    request_id = new_id()
    await conn.execute(
        """
        INSERT INTO data_requests (tenant_id, id, contact_id, kind, requester, via, note, received_at, due_at, created_by)
        VALUES (%(tenant)s, %(id)s, %(contact)s, %(kind)s, %(requester)s, %(via)s,
                CASE WHEN %(note)s::text <> '' THEN app.encrypt(%(note)s) END, %(at)s, %(due)s, %(by)s)
        """,
        {
            "tenant": tenant_id,
            "id": request_id,
            "contact": contact_id,
            "kind": kind,
            "requester": requester,
            "via": via,
            "note": note,
            "at": received_at,
            "due": received_at + timedelta(days=DAYS),
            "by": created_by,
        },
    )
    return await read_request(conn, request_id)


async def read_request(conn: Conn, request_id: UUID) -> DataRequest:
    async with conn.cursor(row_factory=class_row(DataRequest)) as cursor:
        await cursor.execute(_COLUMNS + " WHERE id = %s", (request_id,))
        found = await cursor.fetchone()
    if found is None:
        raise Problem(NOT_FOUND)
    return found


async def list_requests(conn: Conn, *, contact_id: UUID | None, open_only: bool) -> list[DataRequest]:
    """Of one person, or of everybody; those whose day comes first, first."""
    async with conn.cursor(row_factory=class_row(DataRequest)) as cursor:
        await cursor.execute(
            _COLUMNS
            + " WHERE (%(contact)s::uuid IS NULL OR contact_id = %(contact)s) AND (NOT %(open)s OR state = 'open')"
            " ORDER BY state <> 'open', due_at, id LIMIT 500",
            {"contact": contact_id, "open": open_only},
        )
        return await cursor.fetchall()


async def people_of(conn: Conn, tenant_id: UUID, found: Sequence[DataRequest]) -> dict[UUID, Contact]:
    """Whose requests they are, by the id that stands in the request; nobody who is erased."""
    cursor = await conn.execute(
        """
        WITH RECURSIVE chain AS (
            SELECT id AS asked, id, merged_into FROM contacts WHERE id = ANY(%s)
            UNION SELECT h.asked, c.id, c.merged_into FROM chain h JOIN contacts c ON c.id = h.merged_into)
        SELECT asked, id FROM chain WHERE merged_into IS NULL
        """,
        ([one.contact_id for one in found],),
    )
    now_in: dict[UUID, UUID] = dict(await cursor.fetchall())
    people = {one.id: one for one in await read_contacts(conn, tenant_id, list(set(now_in.values())))}
    return {asked: people[one] for asked, one in now_in.items() if one in people}


async def close_request(
    conn: Conn, request_id: UUID, *, state: str, outcome: Mapping[str, Any], done_by: UUID | None
) -> DataRequest:
    cursor = await conn.execute(
        """
        UPDATE data_requests SET state = %(state)s, outcome = %(outcome)s, done_by = %(by)s, done_at = clock_timestamp()
        WHERE id = %(id)s AND state = 'open'
        """,
        {"id": request_id, "state": state, "outcome": Jsonb(dict(outcome)), "by": done_by},
    )
    found = await read_request(conn, request_id)
    if cursor.rowcount == 0:
        raise Problem(REQUEST_CLOSED)
    return found
