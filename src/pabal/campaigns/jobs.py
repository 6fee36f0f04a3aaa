"""What workers do for campaigns: large checks, and launches that are due (`launch.launch_due`).

A job is claimed under a lease and fenced by its number of tries: whoever lost the lease can't write any more.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pabal.campaigns.check import check_campaign
from pabal.campaigns.launch import launch_due
from pabal.campaigns.queries import read_campaign
from pabal.campaigns.schemas import CheckOut
from pabal.domain.ids import new_id
from pabal.kit import turns
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.turns import Line, Turn
from pabal.runtime import Runtime

__all__ = ["announce_job", "create_check_job", "launch_due", "read_job", "run_check_job"]

log = structlog.get_logger(__name__)

LEASE_SECONDS = 30
KEEP_SECONDS = 0.5  # between two steps of progress
MAX_TRIES = 3


@dataclass(frozen=True, slots=True)
class Job:
    id: UUID
    kind: str
    state: str
    progress: int
    result: dict[str, Any] | None
    problem: str | None


class _LeaseLostError(Exception):
    """Another worker has this job now."""


def _text(one: UUID | None) -> str | None:
    return None if one is None else str(one)


async def create_check_job(
    conn: Conn,
    tenant_id: UUID,
    campaign_id: UUID,
    *,
    rehearse: bool,
    created_by: UUID | None,
    operator: UUID | None = None,
    program: bool = False,
) -> UUID:
    job_id = new_id()
    await conn.execute(
        "INSERT INTO jobs (tenant_id, id, kind, subject_id, options, state, created_by)"
        " VALUES (%s, %s, 'check', %s, %s, 'queued', %s)",
        (
            tenant_id,
            job_id,
            campaign_id,
            Jsonb({"rehearse": rehearse, "operator": _text(operator), "program": program}),
            created_by,
        ),
    )
    return job_id


async def announce_job(rt: Runtime, tenant_id: UUID, job_id: UUID) -> None:
    """After the commit, best effort: the sweeper asks `app.due_work`, which knows open jobs."""
    await turns.ring(rt.redis, Turn(Line.JOBS, "job", str(tenant_id), str(job_id)))


async def read_job(conn: Conn, job_id: UUID) -> Job:
    async with conn.cursor(row_factory=class_row(Job)) as cursor:
        await cursor.execute(
            "SELECT id, kind, state, progress, result, problem FROM jobs WHERE id = %s", (job_id,)
        )
        job = await cursor.fetchone()
    if job is None:
        raise Problem(NOT_FOUND)
    return job


async def run_check_job(rt: Runtime, tenant_id: UUID, job_id: UUID) -> None:
    """Safe twice at once: the second finds the lease taken."""
    claimed = await _claim(rt, tenant_id, job_id)
    if claimed is None:
        return
    campaign_id, options, tries = claimed
    kept = 0.0

    async def progress(percent: int) -> None:
        """Seen as it moves, without a commit for every ten thousand people."""
        nonlocal kept
        if time.monotonic() - kept < KEEP_SECONDS:
            return
        kept = time.monotonic()
        if not await _keep(rt, tenant_id, job_id, tries, min(99, percent)):
            raise _LeaseLostError
        await try_publish_changed(rt, tenant_id, "job", job_id)

    try:
        async with tenant_tx(rt, tenant_id) as conn:
            await conn.execute("SET LOCAL work_mem = '64MB'")
            campaign = await read_campaign(conn, campaign_id)
            check = await check_campaign(
                conn,
                rt,
                tenant_id,
                campaign,
                rehearse=bool(options.get("rehearse")),
                operator=UUID(options["operator"]) if options.get("operator") else None,
                program=bool(options.get("program")),
                progress=progress,
            )
        result = CheckOut.model_validate(check).model_dump(mode="json", by_alias=True)
        await _finish(rt, tenant_id, job_id, tries, result=result)
    except _LeaseLostError:
        return
    except Problem as problem:
        await _finish(rt, tenant_id, job_id, tries, problem=problem.detail or problem.code.title)
    except Exception as error:
        log.exception("job.failed", kind="check", error=type(error).__name__)
        if tries >= MAX_TRIES:
            await _finish(
                rt, tenant_id, job_id, tries, problem="점검하지 못했어요. 잠시 뒤에 다시 해 주세요."
            )
        raise
    await try_publish_changed(rt, tenant_id, "job", job_id)


async def _claim(rt: Runtime, tenant_id: UUID, job_id: UUID) -> tuple[UUID, dict[str, Any], int] | None:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE jobs
            SET state = 'running', tries = tries + 1, lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
            WHERE id = %(id)s AND state IN ('queued', 'running')
              AND (lease_until IS NULL OR lease_until <= clock_timestamp())
            RETURNING subject_id, options, tries
            """,
            {"id": job_id, "lease": LEASE_SECONDS},
        )
        row = await cursor.fetchone()
    if row is None:
        return None
    if row[2] > MAX_TRIES:  # it took three workers with it
        await _finish(rt, tenant_id, job_id, row[2], problem="점검하지 못했어요. 조건을 줄여 다시 해 주세요.")
        return None
    return row[0], row[1], row[2]


async def _keep(rt: Runtime, tenant_id: UUID, job_id: UUID, tries: int, percent: int) -> bool:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE jobs
            SET progress = %(percent)s, lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
            WHERE id = %(id)s AND state = 'running' AND tries = %(tries)s
            """,
            {"id": job_id, "tries": tries, "percent": percent, "lease": LEASE_SECONDS},
        )
        return cursor.rowcount == 1


async def _finish(
    rt: Runtime,
    tenant_id: UUID,
    job_id: UUID,
    tries: int,
    *,
    result: dict[str, Any] | None = None,
    problem: str | None = None,
) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE jobs
            SET state = CASE WHEN %(problem)s::text IS NULL THEN 'completed' ELSE 'failed' END, problem = %(problem)s,
                progress = 100, result = %(result)s, lease_until = NULL, finished_at = clock_timestamp()
            WHERE id = %(id)s AND state = 'running' AND tries = %(tries)s
            """,
            {
                "id": job_id,
                "tries": tries,
                "problem": problem,
                "result": None if result is None else Jsonb(result),
            },
        )
