"""GET /api/operator/health: the whole installation in one answer, for a page that asks every few seconds."""

from datetime import UTC, datetime

from fastapi import APIRouter

from pabal import __version__
from pabal.kit.http.auth import Rt, operates
from pabal.operations.health import read_health
from pabal.operations.schemas import DatabaseOut, HealthOut, LineOut

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
