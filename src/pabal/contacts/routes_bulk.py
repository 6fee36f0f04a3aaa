"""Bulk edits over HTTP: asked, followed, taken back."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from pabal.accounts import audit, list_members, person_of
from pabal.contacts import bulk, bulk_jobs
from pabal.contacts.actions import Draft, fill_card
from pabal.contacts.bulk_apply import Changes
from pabal.contacts.bulk_undo import Since, what_came_since
from pabal.contacts.card import Blinder, Card
from pabal.contacts.consents import not_ahead
from pabal.contacts.notes import without_resident_numbers
from pabal.contacts.routes import Reader, Writer, blinder_of
from pabal.contacts.schemas import BulkIn, BulkOut
from pabal.contacts.schemas_bulk import BulkEditIn, BulkEditOut, SinceOut
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt
from pabal.kit.http.errors import FORBIDDEN, INVALID, FieldError, Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["contacts"])

_LEAST_REASON = 10
_SERIOUS = {"consent", "optOut", "erase"}


def _check(body: BulkEditIn, who: Principal, kinds: list[str]) -> None:
    faults = []
    if sum(one is not None for one in (body.ids, body.filter, body.segment_id)) != 1:
        faults.append(FieldError("filter", "ids, filter, segmentId 가운데 하나만 있어야 해요"))
    elif body.q and body.filter is None:
        faults.append(FieldError("q", "filter와 함께 보내 주세요", "모두라면 filter를 {}로 보내 주세요"))
    if not kinds:
        faults.append(FieldError("changes", "바꿀 것이 없어요"))
    if body.changes.erase and kinds != ["erase"]:
        faults.append(FieldError("changes.erase", "삭제는 다른 변경과 함께 할 수 없어요"))
    if set(body.changes.add_tags) & set(body.changes.remove_tags):
        faults.append(FieldError("changes.removeTags", "같은 태그를 붙이면서 뗄 수 없어요"))
    if _SERIOUS & set(kinds) and len(body.reason) < _LEAST_REASON:
        faults.append(FieldError("reason", f"이유를 {_LEAST_REASON}자 이상 적어 주세요"))
    if faults:
        raise Problem(INVALID, errors=faults)
    told = {key: text for key, text in body.changes.attributes.items() if text}
    # Resident numbers are refused here as everywhere.
    fill_card(Card(), Draft(attributes=told, district=body.changes.district))
    if body.changes.consent is not None:
        without_resident_numbers(body.changes.consent.evidence, "changes.consent.evidence")
    if "erase" in kinds and not who.may("contacts.delete"):
        raise Problem(FORBIDDEN)
    if "optOut" in kinds and not who.may("suppressions.write"):
        raise Problem(FORBIDDEN)


async def _out(conn: Conn, rt: Runtime, who: Principal, edits: list[bulk.BulkEdit]) -> list[BulkEditOut]:
    names: dict[UUID, str] = {member.user_id: member.name for member in await list_members(conn, rt)}
    unmasked = who.may("contacts.unmasked")
    return [BulkEditOut.of(one, names, unmasked=unmasked) for one in edits]


async def _do_here(
    conn: Conn, tenant_id: UUID, blinder: Blinder, edit_id: UUID, selection: bulk.Selection
) -> None:
    """The whole edit in the caller's transaction."""
    tries = await bulk.begin(conn, edit_id)
    await bulk.freeze(conn, tenant_id, blinder, edit_id, selection)
    while await bulk.advance(conn, tenant_id, blinder, edit_id, tries=tries):
        pass


@router.post("/bulk-edits", name="createBulkEdit", status_code=202, response_model=BulkEditOut)
async def create_bulk_edit(body: BulkEditIn, request: Request, rt: Rt, who: Writer) -> Response:
    """Few people are changed at once; more, and erasures, which can be cancelled for ten minutes, by a worker."""
    changes = body.changes.changes(rt.clock.now())
    _check(body, who, changes.kinds)
    if changes.consent is not None:
        not_ahead(changes.consent.at, rt.clock.now(), "changes.consent.at")
    blinder = await blinder_of(rt, who)
    wish = bulk.Wish(body.selection(), changes, body.reason)
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            selection = await bulk_jobs.read_selection(conn, rt, blinder, wish)
            edit_id = await bulk.create_edit(conn, who.tenant_id, wish, created_by=person_of(who))
            if changes.erase:  # nothing brings people back: who is meant is who was meant when somebody asked
                await bulk.freeze(conn, who.tenant_id, blinder, edit_id, selection)
            elif await bulk.is_small(conn, who.tenant_id, blinder, selection):
                await _do_here(conn, who.tenant_id, blinder, edit_id, selection)
            detail = {"kinds": changes.kinds, "reason": body.reason}
            await audit(conn, who, "contact.bulk", "bulk_edit", edit_id, detail=detail)
            edit = await bulk.read_edit(conn, edit_id)
            out = (await _out(conn, rt, who, [edit]))[0]
            answer = await call.answer(conn, out.model_dump(mode="json", by_alias=True), status=202)
    if edit.state == "queued":
        if not changes.erase:
            await bulk_jobs.announce(rt, who.tenant_id, edit_id)
    else:
        await try_publish_changed(rt, who.tenant_id, bulk_jobs.KIND, edit_id)
    return answer


@router.post("/contacts/bulk", name="bulkContacts")
async def bulk_contacts(body: BulkIn, rt: Rt, who: Writer) -> BulkOut:
    """Tags only, done when it answers; `editId` is what `POST /api/bulk-edits/{id}/undo` takes back exactly."""
    if (body.filter is None) == (body.ids is None):
        raise Problem(INVALID, errors=[FieldError("filter", "filter와 ids 가운데 하나만 있어야 해요")])
    told = {"ids": [str(one) for one in body.ids]} if body.ids is not None else {"filter": body.filter}
    blinder = await blinder_of(rt, who)
    wish = bulk.Wish(told, Changes(tuple(body.add_tags), tuple(body.remove_tags)), "")
    async with tenant_tx(rt, who.tenant_id) as conn:
        selection = await bulk_jobs.read_selection(conn, rt, blinder, wish)
        edit_id = await bulk.create_edit(conn, who.tenant_id, wish, created_by=person_of(who))
        await _do_here(conn, who.tenant_id, blinder, edit_id, selection)
        edit = await bulk.read_edit(conn, edit_id)
        done = BulkOut(
            selected=edit.total or 0,
            added=edit.result.get("tagsAdded", 0),
            removed=edit.result.get("tagsRemoved", 0),
            edit_id=edit_id,
        )
        await audit(
            conn,
            who,
            "contact.bulk",
            "bulk_edit",
            edit_id,
            detail={"selected": done.selected, "added": done.added, "removed": done.removed},
        )
    return done


@router.get("/bulk-edits", name="listBulkEdits")
async def list_bulk_edits(rt: Rt, who: Reader, cursor: Cursor = None, limit: Limit = 20) -> Page[BulkEditOut]:
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await bulk.list_edits(conn, before=position[0] if position else None, limit=limit + 1)
        items = await _out(conn, rt, who, found[:limit])
    return Page(
        items=items, next_cursor=write_cursor(str(items[-1].id)) if len(found) > limit and items else None
    )


@router.get("/bulk-edits/{edit_id}", name="getBulkEdit")
async def get_bulk_edit(edit_id: UUID, rt: Rt, who: Reader) -> BulkEditOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return (await _out(conn, rt, who, [await bulk.read_edit(conn, edit_id)]))[0]


@router.get("/bulk-edits/{edit_id}/undo", name="previewBulkUndo")
async def preview_bulk_undo(edit_id: UUID, rt: Rt, who: Reader) -> SinceOut:
    """What an undo meets; of an edit that was undone, what it met."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        edit = await bulk.read_edit(conn, edit_id)
        since: Since = edit.undo or await what_came_since(conn, edit_id)
    return SinceOut.model_validate(since)


@router.post("/bulk-edits/{edit_id}/undo", name="undoBulkEdit")
async def undo_bulk_edit(edit_id: UUID, rt: Rt, who: Writer) -> BulkEditOut:
    """Asked twice is asked once. Whoever takes refusals back must be allowed to lift them."""
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        before = await bulk.read_edit(conn, edit_id)
        if "optOut" in before.kinds and not who.may("suppressions.remove"):
            raise Problem(FORBIDDEN)
        edit = await bulk.ask_undo(conn, edit_id, rt.clock.now(), asked_by=person_of(who))
        asked = before.state == "completed"
        small = (edit.total or 0) <= bulk.AT_ONCE
        if asked and small:
            tries = await bulk.begin(conn, edit_id)
            while await bulk.advance(conn, who.tenant_id, blinder, edit_id, tries=tries):
                pass
            edit = await bulk.read_edit(conn, edit_id)
        if asked:
            await audit(
                conn,
                who,
                "contact.bulk_undo",
                "bulk_edit",
                edit_id,
                detail=edit.undo.as_json() if edit.undo else {},
            )
        out = (await _out(conn, rt, who, [edit]))[0]
    if edit.state == "undoing":
        await bulk_jobs.announce(rt, who.tenant_id, edit_id)
    await try_publish_changed(rt, who.tenant_id, bulk_jobs.KIND, edit_id)
    return out


@router.post("/bulk-edits/{edit_id}/cancel", name="cancelBulkEdit")
async def cancel_bulk_edit(edit_id: UUID, rt: Rt, who: Writer) -> BulkEditOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        edit = await bulk.cancel_edit(conn, edit_id)
        await audit(conn, who, "contact.bulk_cancel", "bulk_edit", edit_id)
        out = (await _out(conn, rt, who, [edit]))[0]
    await try_publish_changed(rt, who.tenant_id, bulk_jobs.KIND, edit_id)
    return out
