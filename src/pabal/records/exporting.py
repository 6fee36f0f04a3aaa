"""A table as a file: a header of labels and a row per record, read in pages, never whole in memory. Personal values are whole
only for whoever may export them so, as in every other file."""

from collections.abc import AsyncIterator
from uuid import UUID

from psycopg import sql

from pabal.domain.fields import Field, as_text, masked
from pabal.kit.db import Database, tenant_tx
from pabal.records.model import Partition, Record
from pabal.records.queries import page_of_records

PAGE = 1000


async def batches(
    db: Database, tenant_id: UUID, partition: Partition, *, unmasked: bool
) -> AsyncIterator[list[list[str]]]:
    yield [[one.label for one in partition.fields]]
    before: UUID | None = None
    while True:
        async with tenant_tx(db, tenant_id) as conn:
            page = await page_of_records(
                conn, tenant_id, partition, where=sql.SQL("true"), before=before, limit=PAGE
            )
        yield [[_cell(one, record, unmasked=unmasked) for one in partition.fields] for record in page.items]
        if page.next_before is None:
            return
        before = page.next_before


def _cell(spec: Field, record: Record, *, unmasked: bool) -> str:
    value = record.values.get(spec.key)
    if value is None:
        return ""
    return str(masked(spec, value)) if spec.personal and not unmasked else as_text(spec, value)
