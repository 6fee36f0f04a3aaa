"""Whose an import is: taken under a lease, kept alive, marked chunk by chunk, ended.

Imports of one tenant run one after the other: a runner takes none while another import of the tenant has a live lease,
and every commit of a chunk extends its own or fails (`mark`, the fence).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pabal.imports.apply import Chunk
from pabal.imports.compose import Job
from pabal.imports.guess import Target
from pabal.imports.merge import Policy
from pabal.imports.read import Shape
from pabal.imports.upkeep import MAX_TRIES, give_up_if_tried_enough
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

LEASE = "45 seconds"  # a chunk takes a second; far longer than any, so that a living runner never loses it
_HEARTBEAT = 5.0  # seconds, while the file is read and matched


class Outcome(StrEnum):
    DONE = "done"  # completed, failed or cancelled: nothing left to do
    BUSY = "busy"  # another runner or another import of the tenant is at it: try again later


@dataclass(frozen=True)
class Taken:
    job: Job
    shape: Shape
    mapping: dict[str, Target]
    chunks_done: frozenset[int]
    plan: bytes | None  # sealed


class LostError(Exception):
    """The import is no longer ours: cancelled, or the lease ran out and another runner has it."""


async def _lock_tenant(conn: Conn, tenant_id: UUID, *, shared: bool = False) -> None:
    """Taking an import (alone) against every commit of a chunk (together)."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    await conn.execute(f"SELECT {lock}(hashtextextended('pabal import ' || %s, 0))", (str(tenant_id),))


async def take(rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str) -> Taken | None:
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
            RETURNING shape, mapping, policy, tags, basis, source, created_by, started_at, ask_nameless, chunks_done, plan,
                      purposes
            """,
            {"owner": owner, "id": import_id},
        )
        row = await cursor.fetchone()
        # Its five runners took their workers with them, or somebody would have said so (`after_crash`).
        if row is None or await give_up_if_tried_enough(conn, import_id, owner, MAX_TRIES + 1):
            return None
    (
        shape,
        mapping,
        policy,
        tags,
        basis,
        source,
        created_by,
        started_at,
        ask_nameless,
        chunks_done,
        plan,
        purposes,
    ) = row
    return Taken(
        Job(
            tenant_id,
            import_id,
            Policy(policy),
            tags,
            basis,
            source,
            created_by,
            int(started_at.timestamp() * 1000),
            ask_nameless,
            purposes,
        ),
        Shape.of(shape),
        {column: Target(target) for column, target in mapping.items()},
        frozenset(chunks_done),
        plan,
    )


async def why_not(rt: Runtime, tenant_id: UUID, import_id: UUID) -> Outcome:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute("SELECT state FROM imports WHERE id = %s", (import_id,))
        row = await cursor.fetchone()
    return Outcome.BUSY if row is not None and row[0] == "running" else Outcome.DONE


@asynccontextmanager
async def kept_alive(rt: Runtime, job: Job, owner: str) -> AsyncIterator[None]:
    """The lease, while the file is read: a million rows take longer than one. A runner that lost it stops at its first
    statement after.
    """

    async def beat() -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT)
            async with tenant_tx(rt, job.tenant_id) as conn:
                await conn.execute(
                    f"""
                    UPDATE imports SET lease_until = clock_timestamp() + interval '{LEASE}'
                    WHERE id = %(id)s AND owner = %(owner)s AND state = 'running' AND lease_until > clock_timestamp()
                    """,
                    {"id": job.import_id, "owner": owner},
                )

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.wait([beating])


async def may_go_on(conn: Conn, import_id: UUID, owner: str) -> None:
    """A look before work that `_mark` would refuse. A cancel is honoured between chunks."""
    cursor = await conn.execute(
        """
        SELECT FROM imports WHERE id = %(id)s AND owner = %(owner)s AND state = 'running'
          AND lease_until > clock_timestamp() AND NOT cancel_asked
        """,
        {"id": import_id, "owner": owner},
    )
    if cursor.rowcount == 0:
        raise LostError


async def mark(conn: Conn, job: Job, owner: str, chunk: Chunk, counts: Counter[str]) -> None:
    """Fence of a chunk, its last statement: extends the lease and counts, or ends the run."""
    await _lock_tenant(conn, job.tenant_id, shared=True)
    cursor = await conn.execute(
        f"""
        UPDATE imports SET tries = 0, lease_until = clock_timestamp() + interval '{LEASE}',
               chunks_done = chunks_done || %(number)s::integer, rows_done = rows_done + %(rows)s,
               created = created + %(created)s, updated = updated + %(updated)s, merged = merged + %(merged)s,
               rejected = rejected + %(rejected)s, skipped = skipped + %(skipped)s, warned = warned + %(warned)s
        WHERE id = %(id)s AND owner = %(owner)s AND state = 'running' AND lease_until > clock_timestamp()
          AND NOT cancel_asked AND NOT %(number)s = ANY (chunks_done)
        """,
        {
            "id": job.import_id,
            "owner": owner,
            "number": chunk.number,
            "rows": chunk.size,
            "created": counts["created"],
            "updated": counts["updated"],
            "merged": counts["merged"] + counts["unchanged"],
            "rejected": counts["rejected"],
            "skipped": counts["skipped"],
            "warned": counts["warned"],
        },
    )
    if cursor.rowcount == 0:
        raise LostError


async def complete(conn: Conn, import_id: UUID, owner: str, *, chunks: int, review: int) -> None:
    cursor = await conn.execute(
        """
        UPDATE imports SET state = 'completed', rows_total = rows_done, finished_at = clock_timestamp(),
               review = %(review)s, owner = NULL, lease_until = NULL, plan = NULL, chunks_done = '{}'
        WHERE id = %(id)s AND owner = %(owner)s AND state = 'running' AND NOT cancel_asked
          AND cardinality(chunks_done) = %(chunks)s
        """,
        {"id": import_id, "owner": owner, "review": review, "chunks": chunks},
    )
    if cursor.rowcount == 0:
        raise LostError
    await conn.execute("DELETE FROM import_files WHERE import_id = %s", (import_id,))


async def fail(rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str, problem: str) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE imports SET state = 'failed', problem = %(problem)s, finished_at = clock_timestamp(),
                   owner = NULL, lease_until = NULL
            WHERE id = %(id)s AND owner = %(owner)s AND state = 'running'
            """,
            {"id": import_id, "owner": owner, "problem": problem},
        )


async def end_if_cancelled(rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE imports SET state = 'cancelled', finished_at = clock_timestamp(), owner = NULL, lease_until = NULL,
                   plan = NULL, chunks_done = '{}'
            WHERE id = %(id)s AND owner = %(owner)s AND state = 'running' AND cancel_asked
            """,
            {"id": import_id, "owner": owner},
        )
        if cursor.rowcount == 1:
            await conn.execute("DELETE FROM import_files WHERE import_id = %s", (import_id,))
