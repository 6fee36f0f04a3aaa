"""GET /api/analytics/campaigns/{id} and its file."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from pabal.accounts import audit
from pabal.analytics.export import lines_of
from pabal.analytics.results import ResultsCache, campaign_results
from pabal.analytics.schemas import CampaignResultsOut
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.tables import MEDIA_TYPE, Cell, stream_csv, stream_workbook
from pabal.runtime import Runtime

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}


@router.get("/campaigns/{campaign_id}", name="campaignResults")
async def results(
    campaign_id: UUID, request: Request, rt: Rt, who: Annotated[Principal, requires("analytics.read")]
) -> CampaignResultsOut:
    """Figures without people. Every part sums: outcome to funnel.selected, missed to outcome.notReached. Those of a large
    send are kept for some seconds (asOf)."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await _cache_of(request, rt).of(conn, who.tenant_id, campaign_id)


def _cache_of(request: Request, rt: Runtime) -> ResultsCache:
    """One per Runtime: tests give one application many."""
    found: ResultsCache | None = getattr(request.app.state, "results", None)
    if found is None or found.rt is not rt:
        found = request.app.state.results = ResultsCache(rt)
    return found


@router.post(
    "/campaigns/{campaign_id}/export",
    name="exportCampaignResults",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, MEDIA_TYPE: {}}}},
)
async def export(
    campaign_id: UUID,
    rt: Rt,
    who: Annotated[Principal, requires("exports.run")],
    format: Literal["csv", "xlsx"] = "csv",  # noqa: A002  # the API's name
) -> StreamingResponse:
    """The same figures as a table of sections."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await campaign_results(conn, rt, who.tenant_id, campaign_id)
        await audit(conn, who, "campaign.export_results", "campaign", campaign_id, detail={"format": format})

    async def rows() -> AsyncIterator[list[list[Cell]]]:
        yield lines_of(found)

    content = stream_csv(rows()) if format == "csv" else stream_workbook(rows(), sheet_name="발송 결과")
    return StreamingResponse(
        content,
        media_type=_TYPES[format],
        headers={
            "Content-Disposition": f'attachment; filename="results-{campaign_id}.{format}"',
            "Cache-Control": "no-store",
        },
    )
