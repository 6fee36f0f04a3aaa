"""Running an import: take it, read it in chunks, bring each into the book, resume where a killed runner
stopped.

A chunk commits its rows and the import's `rows_done` together, so a resumed run starts at the next row and
nothing is done twice. Imports of one tenant run one after the other: a runner holds a lease on its import,
takes none while another import of the tenant has a live one, and each chunk re-checks its lease under the
tenant's import lock. Parsing runs in a thread one chunk ahead of the database. The worker starts this in a
process of its own (imports/jobs): a hundred thousand rows are seconds of pure Python, and leases of
messages must not wait for them.
"""

import asyncio
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from pabal.contacts import Blinder, suppress
from pabal.imports.apply import Job, apply_chunk
from pabal.imports.guess import Target
from pabal.imports.merge import Policy
from pabal.imports.read import Shape, read_all
from pabal.imports.stage import Plan, Row, read_row
from pabal.imports.upkeep import MAX_TRIES, give_up_if_tried_enough
from pabal.imports.vault import Vault, load_parts, opened
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import publish_changed
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

CHUNK = 5_000
LEASE = (
    "45 seconds"  # a chunk takes under a second; far longer than any, so that a living runner never loses it
)
_SAMPLE = 200


class Outcome(StrEnum):
    DONE = "done"  # completed, failed or cancelled: nothing left to do
    BUSY = "busy"  # another runner or another import of the tenant is at it: try again later


@dataclass(frozen=True)
class _Taken:
    job: Job
    shape: Shape
    mapping: dict[str, Target]
    rows_done: int


class _LostError(Exception):
    """The import is no longer ours: cancelled, or the lease ran out and another runner has it."""


async def run_import(
    rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str, *, chunk: int = CHUNK
) -> Outcome:
    """Run one import to its end, or find out that somebody else does."""
    taken = await _take(rt, tenant_id, import_id, owner)
    if taken is None:
        return await _why_not(rt, tenant_id, import_id)
    try:
        await _run_chunks(rt, taken, owner, chunk)
        await _finish(rt, taken, owner)
    except _LostError:
        await _end_if_cancelled(rt, tenant_id, import_id, owner)
    except csv.Error:
        await _fail(
            rt,
            tenant_id,
            import_id,
            owner,
            "표로 읽을 수 없는 줄이 있어 멈췄어요. 큰따옴표가 닫혔는지 봐 주세요",
        )
    await _tell(rt, tenant_id, import_id)
    return Outcome.DONE


async def _lock_tenant(conn: Conn, tenant_id: UUID) -> None:
    """Serialises imports of a tenant: taking one, and each chunk."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal import ' || %s, 0))", (str(tenant_id),)
    )


async def _take(rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str) -> _Taken | None:
    async with tenant_tx(rt, tenant_id) as conn:
        await _lock_tenant(conn, tenant_id)
        cursor = await conn.execute(
            f"""
            UPDATE imports SET owner = %(owner)s, tries = tries + 1, lease_until = clock_timestamp() + interval '{LEASE}',
                   started_at = coalesce(started_at, clock_timestamp())
            WHERE id = %(id)s AND state = 'running'
              AND (lease_until IS NULL OR lease_until <= clock_timestamp() OR owner = %(owner)s)
              AND NOT EXISTS (SELECT FROM imports other
                              WHERE other.id <> %(id)s AND other.state = 'running' AND other.lease_until > clock_timestamp())
            RETURNING shape, mapping, policy, tags, basis, source, rows_done, created_by
            """,
            {"owner": owner, "id": import_id},
        )
        row = await cursor.fetchone()
        # Its five runners took their workers with them, or somebody would have said so (`after_crash`).
        if row is None or await give_up_if_tried_enough(conn, import_id, owner, MAX_TRIES + 1):
            return None
    shape, mapping, policy, tags, basis, source, rows_done, created_by = row
    return _Taken(
        Job(tenant_id, import_id, Policy(policy), tags, basis, source, created_by),
        Shape.of(shape),
        {column: Target(target) for column, target in mapping.items()},
        rows_done,
    )


async def _why_not(rt: Runtime, tenant_id: UUID, import_id: UUID) -> Outcome:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute("SELECT state FROM imports WHERE id = %s", (import_id,))
        row = await cursor.fetchone()
    return Outcome.BUSY if row is not None and row[0] == "running" else Outcome.DONE


async def _run_chunks(rt: Runtime, taken: _Taken, owner: str, size: int) -> None:
    job = taken.job
    keys = await rt.keys.of(rt.pool, job.tenant_id)
    blinder = Blinder(keys)
    sealed = await load_parts(rt, job.tenant_id, job.import_id)
    vault = Vault(job.tenant_id, keys)
    sample = list(islice(read_all(opened(vault, job.import_id, sealed), taken.shape), _SAMPLE))
    plan = Plan.of(taken.shape.columns, taken.mapping, sample, rt.clock.now().year)
    records = read_all(opened(vault, job.import_id, sealed), taken.shape)
    chunks = _chunks(records, plan, blinder, skip=taken.rows_done, size=size)
    done = taken.rows_done
    ahead = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    try:
        while (rows := await ahead) is not None:
            ahead = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            await _record_refusals(rt, job, blinder, rows)
            async with tenant_tx(rt, job.tenant_id) as conn:
                await _lock_tenant(conn, job.tenant_id)
                await _still_ours(conn, job.import_id, owner, done)
                counts = await apply_chunk(conn, job, blinder, rows, plan.year)
                await _mark(conn, job.import_id, len(rows), counts)
            done += len(rows)
            await _tell(rt, job.tenant_id, job.import_id)
    finally:
        ahead.cancel()


def _chunks(
    records: Iterator[list[str]], plan: Plan, blinder: Blinder, *, skip: int, size: int
) -> Iterator[list[Row]]:
    """Read rows, some at a time; row 1 is the first record after the header."""
    numbered = enumerate(records, start=1)
    for _ in islice(numbered, skip):
        pass
    while chunk := [read_row(no, cells, plan, blinder) for no, cells in islice(numbered, size)]:
        yield chunk


async def _record_refusals(rt: Runtime, job: Job, blinder: Blinder, rows: list[Row]) -> None:
    """Opt-outs of the file, in a transaction of their own before the chunk: it closes the gate to claims for
    milliseconds rather than for the chunk, and an opt-out is right even if the chunk is then rolled back.
    """
    keys: dict[str, set[int]] = {}
    for row in rows:
        if row.refuses:
            for one in row.identities:
                if one.usable:
                    keys.setdefault(one.kind, set()).add(blinder.address_key(one.kind, one.value))
    if not keys:
        return
    async with tenant_tx(rt, job.tenant_id) as conn:
        for kind, found in sorted(keys.items()):
            await suppress(
                conn,
                job.tenant_id,
                kind=kind,
                address_keys=found,
                channels=("all",),
                reason="명단의 수신 거부 표시",
                source="import",
                created_by=job.created_by,
            )


async def _still_ours(conn: Conn, import_id: UUID, owner: str, rows_done: int) -> None:
    """Fence of a chunk: extends the lease, or ends the run. A cancel is honoured between chunks: what is in
    stays.
    """
    cursor = await conn.execute(
        f"""
        UPDATE imports SET lease_until = clock_timestamp() + interval '{LEASE}'
        WHERE id = %(id)s AND owner = %(owner)s AND state = 'running' AND rows_done = %(done)s
          AND lease_until > clock_timestamp() AND NOT cancel_asked
        """,
        {"id": import_id, "owner": owner, "done": rows_done},
    )
    if cursor.rowcount == 0:
        raise _LostError


async def _mark(conn: Conn, import_id: UUID, rows: int, counts: Counter[str]) -> None:
    await conn.execute(
        """
        UPDATE imports SET tries = 0, rows_done = rows_done + %(rows)s,
               rows_total = greatest(rows_total, rows_done + %(rows)s),
               created = created + %(created)s, updated = updated + %(updated)s, merged = merged + %(merged)s,
               rejected = rejected + %(rejected)s, skipped = skipped + %(skipped)s, warned = warned + %(warned)s
        WHERE id = %(id)s
        """,
        {
            "id": import_id,
            "rows": rows,
            "created": counts["created"],
            "updated": counts["updated"],
            "merged": counts["merged"] + counts["unchanged"],
            "rejected": counts["rejected"],
            "skipped": counts["skipped"],
            "warned": counts["warned"],
        },
    )


async def _finish(rt: Runtime, taken: _Taken, owner: str) -> None:
    """The search index settled and the planner told, then completed, the uploaded file gone."""
    async with tenant_tx(rt, taken.job.tenant_id) as conn:
        await conn.execute("SELECT app.settle_contacts()")
    async with tenant_tx(rt, taken.job.tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE imports SET state = 'completed', rows_total = rows_done, finished_at = clock_timestamp(),
                   owner = NULL, lease_until = NULL
            WHERE id = %(id)s AND owner = %(owner)s AND state = 'running'
            """,
            {"id": taken.job.import_id, "owner": owner},
        )
        if cursor.rowcount == 0:
            raise _LostError
        await conn.execute("DELETE FROM import_files WHERE import_id = %s", (taken.job.import_id,))


async def _fail(rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str, problem: str) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE imports SET state = 'failed', problem = %(problem)s, finished_at = clock_timestamp(),
                   owner = NULL, lease_until = NULL
            WHERE id = %(id)s AND owner = %(owner)s AND state = 'running'
            """,
            {"id": import_id, "owner": owner, "problem": problem},
        )


async def _end_if_cancelled(rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE imports SET state = 'cancelled', finished_at = clock_timestamp(), owner = NULL, lease_until = NULL
            WHERE id = %(id)s AND owner = %(owner)s AND state = 'running' AND cancel_asked
            """,
            {"id": import_id, "owner": owner},
        )
        if cursor.rowcount == 1:
            await conn.execute("DELETE FROM import_files WHERE import_id = %s", (import_id,))


async def _tell(rt: Runtime, tenant_id: UUID, import_id: UUID) -> None:
    try:
        await publish_changed(rt, tenant_id, "import", import_id)
    except RedisError as error:  # the ledger has the truth; the screen asks again
        log.info("import.not_announced", error=type(error).__name__)
