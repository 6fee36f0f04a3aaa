"""GET /api/operator/health: the whole installation in one answer, for a page that asks every few seconds."""

from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter

from pabal import __version__
from pabal.kit.db import system_tx
from pabal.kit.http.auth import OperatorSession, Rt, operates
from pabal.kit.http.errors import Problem, declare
from pabal.operations.health import read_health
from pabal.operations.schemas import DatabaseOut, DeadWorkerIn, HealthOut, LineOut
from pabal.operations.workers import declare_dead

log = structlog.get_logger(__name__)

WORKER_NOT_SILENT = declare(
    "worker_not_silent", 409, "그 작업 프로세스는 소식이 끊긴 지 1분이 되지 않았거나 이미 정리됐어요"
)

router = APIRouter(prefix="/api/operator", tags=["operator"])


@router.get("/health", name="operatorHealth", dependencies=[operates])
async def health(rt: Rt) -> HealthOut:
    """No tenant's data but its name: counts and times."""
    found = await read_health(rt)
    return HealthOut(
        version=__version__,
        as_of=datetime.now(UTC),
        database=None if found.database is None else DatabaseOut.model_validate(found.database),
        lines=None if found.lines is None else [LineOut.model_validate(one) for one in found.lines],
    )


@router.post("/workers/dead", name="operatorDeclareWorkerDead", status_code=204)
async def declare_worker_dead(
    body: DeadWorkerIn, rt: Rt, session: Annotated[OperatorSession, operates]
) -> None:
    """An operator says that a process is dead: only for one that nobody heard of for a minute. Its leases end, and what it
    may have been writing is asked about instead of waited for."""
    async with system_tx(rt) as conn:
        if not await declare_dead(conn, body.owner):
            raise Problem(WORKER_NOT_SILENT)
    log.warning("worker declared dead", worker=body.owner, operator=str(session.operator_id))
