"""A table as a file: a header of labels and a row per record, read in pages, never whole in memory."""

from collections.abc import AsyncIterator
from uuid import UUID

from psycopg import sql

from pabal.domain.fields import as_text
from pabal.kit.db import Database, tenant_tx
from pabal.records.model import Partition
from pabal.records.queries import page_of_records

PAGE = 1000


async def batches(db: Database, tenant_id: UUID, partition: Partition) -> AsyncIterator[list[list[str]]]:
    yield [[one.label for one in partition.fields]]
    before: UUID | None = None
    while True:
        async with tenant_tx(db, tenant_id) as conn:
            page = await page_of_records(
                conn, tenant_id, partition, where=sql.SQL("true"), before=before, limit=PAGE
            )
        yield [
            [
                as_text(one, record.values[one.key]) if one.key in record.values else ""
                for one in partition.fields
            ]
            for record in page.items
        ]
        if page.next_before is None:
            return
        before = page.next_before
