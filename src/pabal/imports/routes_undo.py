"""The undo of an import over HTTP: what it would do, and doing it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from pabal.accounts import audit
from pabal.imports import undo
from pabal.imports.undo import KEPT, Forecast, Kept
from pabal.kit import turns
from pabal.kit.db import tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import Problem
from pabal.kit.http.schemas import ApiModel
from pabal.kit.turns import Line, Turn

router = APIRouter(prefix="/api/imports", tags=["imports"])

Reader = Annotated[Principal, requires("imports.read")]
Runner = Annotated[Principal, requires("imports.run")]
KIND = "import_undo"


class KeptOut(ApiModel):
    reason: Kept
    label: str
    count: int


class UndoOut(ApiModel):
    """`possible`: can be undone; `undoing`: a worker is at it; `undone`: the figures say what happened; else why not."""

    state: Literal["possible", "undoing", "undone", "not_ended", "expired"]
    until: datetime | None
    undone_at: datetime | None
    removed: int
    restored: int
    separated: int
    kept: list[KeptOut]

    @classmethod
    def of(
        cls,
        state: Literal["possible", "undoing", "undone", "not_ended", "expired"],
        found: undo.Undo,
        figures: Forecast,
    ) -> "UndoOut":
        return cls(
            state=state,
            until=found.until,
            undone_at=found.undone_at,
            removed=figures.removed,
            restored=figures.restored,
            separated=figures.separated,
            kept=[KeptOut(reason=key, label=KEPT[key], count=count) for key, count in figures.kept.items()],
        )


NOTHING = Forecast(0, 0, 0, {})


@router.get("/{import_id}/undo", name="forecastImportUndo")
async def forecast(import_id: UUID, rt: Rt, who: Reader) -> UndoOut:
    """How many people go, get their former values back or stay, and why; of an undone import, what became of it."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await undo.read_undo(conn, import_id)
        if found.state == "undone":
            return UndoOut.of("undone", found, found.result or NOTHING)
        try:
            undo.check_undo(found, rt.clock.now())
        except Problem as problem:
            return UndoOut.of("expired" if problem.code is undo.UNDO_EXPIRED else "not_ended", found, NOTHING)
        figures = await undo.forecast_undo(conn, import_id)
    return UndoOut.of("undoing" if found.asked else "possible", found, figures)


@router.post("/{import_id}/undo", name="undoImport")
async def undo_import(import_id: UUID, rt: Rt, who: Runner, response: Response) -> UndoOut:
    """Take the whole import back: at once if it is small, else by a worker (202; the live channel tells its end)."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        at_once = await undo.ask_undo(conn, import_id, now=rt.clock.now(), asked_by=who.user_id)
        await audit(conn, who, "import.undo", "import", import_id)
        figures = NOTHING if at_once else await undo.forecast_undo(conn, import_id)
    if at_once:
        await undo.undo_import(rt, who.tenant_id, import_id)
        await try_publish_changed(rt, who.tenant_id, "import", import_id)
    else:
        await turns.ring(rt.redis, Turn(Line.JOBS, KIND, str(who.tenant_id), str(import_id)))
        response.status_code = 202
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await undo.read_undo(conn, import_id)
    if found.result is not None:
        return UndoOut.of("undone", found, found.result)
    return UndoOut.of("undoing", found, figures)
