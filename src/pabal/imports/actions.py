"""Starting and cancelling an import."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.domain.law.lists import source_fault
from pabal.imports.draft import checked_mapping
from pabal.imports.report import Import, read_import
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare

ALREADY_STARTED = declare("import_started", 409, "이미 시작한 가져오기예요")
ALREADY_ENDED = declare("import_ended", 409, "이미 끝난 가져오기예요")


async def start_import(
    conn: Conn,
    import_id: UUID,
    *,
    mapping: Mapping[str, object] | None,
    policy: str,
    tags: Sequence[str],
    basis: str,
    source: str,
    purposes: Sequence[str] = (),
    ask_nameless: bool = False,
    obtained_on: date | None = None,
) -> Import:
    """Fix mapping and conditions, and let the runner have it. The turn is issued after the commit."""
    if fault := source_fault(f"{source} {basis}"):
        _, wrong, mend = fault
        raise Problem(INVALID, errors=[FieldError("source", wrong, mend)])
    found = await read_import(conn, import_id)
    given: Mapping[str, object] = mapping or (found.mapping or {})
    checked = checked_mapping(given, found.shape["columns"], partial=False)
    cursor = await conn.execute(
        """
        UPDATE imports SET state = 'running', mapping = %(mapping)s, policy = %(policy)s, tags = %(tags)s,
               basis = %(basis)s, source = %(source)s, purposes = %(purposes)s, obtained_on = %(obtained)s,
               ask_nameless = %(ask_nameless)s,
               started_at = clock_timestamp(), sample = NULL
        WHERE id = %(id)s AND state = 'uploaded'
        """,
        {
            "id": import_id,
            "mapping": Jsonb(checked),
            "policy": policy,
            "tags": sorted({tag.strip() for tag in tags if tag.strip()}),
            "basis": basis,
            "source": source,
            "purposes": sorted(set(purposes)),
            "obtained": obtained_on,
            "ask_nameless": ask_nameless,
        },
    )
    if cursor.rowcount == 0:
        raise Problem(ALREADY_STARTED)
    return await read_import(conn, import_id)


async def cancel_import(
    conn: Conn, import_id: UUID, *, undo: bool = False, asked_by: UUID | None = None
) -> Import:
    """Stop after the chunk that is being written. An import nobody runs ends at once. What is in stays, or with `undo`
    is taken back by a worker once the runner has let go of it.
    """
    await read_import(conn, import_id)
    cursor = await conn.execute(
        """
        UPDATE imports SET cancel_asked = true, sample = NULL,
               undo_asked_at = CASE WHEN %(undo)s THEN clock_timestamp() ELSE undo_asked_at END,
               undo_asked_by = CASE WHEN %(undo)s THEN %(by)s ELSE undo_asked_by END,
               state = CASE WHEN state = 'uploaded' OR lease_until IS NULL OR lease_until <= clock_timestamp()
                            THEN 'cancelled' ELSE state END,
               finished_at = CASE WHEN state = 'uploaded' OR lease_until IS NULL OR lease_until <= clock_timestamp()
                                  THEN clock_timestamp() END
        WHERE id = %(id)s AND state IN ('uploaded', 'running')
        """,
        {"id": import_id, "undo": undo, "by": asked_by},
    )
    if cursor.rowcount == 0:
        raise Problem(ALREADY_ENDED)
    await conn.execute(
        """
        DELETE FROM import_files f USING imports i
        WHERE f.import_id = %(id)s AND i.tenant_id = f.tenant_id AND i.id = f.import_id AND i.state = 'cancelled'
        """,
        {"id": import_id},
    )
    return await read_import(conn, import_id)
