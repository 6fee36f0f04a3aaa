"""Templates and their preview."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from pabal.accounts import with_editor
from pabal.domain import prices
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import FORBIDDEN, INVALID, NOT_FOUND, FieldError, Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.runtime import Runtime
from pabal.senders import read_price_book, register_tenant_at_sandbox
from pabal.templates import actions, queries, review, versions
from pabal.templates.preview import preview
from pabal.templates.schemas import (
    Channel,
    FolderOut,
    FolderRename,
    FolderRenamed,
    PreviewIn,
    PreviewOut,
    RestoreIn,
    State,
    SyncOut,
    TemplateIn,
    TemplateOut,
    TemplatePatch,
    VersionOut,
)

router = APIRouter(prefix="/api/templates", tags=["templates"])

CanRead = Annotated[Principal, requires("templates.read")]
CanWrite = Annotated[Principal, requires("templates.write")]
CanSubmit = Annotated[Principal, requires("templates.submit")]


@router.get("", name="listTemplates")
async def list_templates(
    *,
    rt: Rt,
    who: CanRead,
    channel: Channel | None = None,
    state: State | None = None,
    folder: Annotated[str | None, Query(max_length=40)] = None,
    q: Annotated[str, Query(max_length=100)] = "",
    archived: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TemplateOut]:
    """Newest first. `q` looks into name, text and folder."""
    position = read_cursor(cursor, UUID)
    before = position[0] if position else None
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await queries.list_templates(
            conn,
            channel=channel,
            state=state,
            folder=folder,
            search=q.strip().replace("\0", ""),
            archived=archived,
            before=before,
            limit=limit + 1,
        )
        shown = rows[:limit]
        uses = await queries.uses_of(conn, [row.id for row in shown])
    more = write_cursor(str(shown[-1].id)) if len(rows) > limit else None
    return Page(items=[_out(row, uses.get(row.id)) for row in shown], next_cursor=more)


@router.get("/folders", name="listTemplateFolders")
async def list_folders(rt: Rt, who: CanRead) -> list[FolderOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return [FolderOut(name=name, templates=n) for name, n in await queries.list_folders(conn)]


@router.post("/folders/rename", name="renameTemplateFolder")
async def rename_folder(body: FolderRename, rt: Rt, who: CanWrite) -> FolderRenamed:
    """An empty new name takes the folder away and keeps what is in it."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        return FolderRenamed(templates=await actions.rename_folder(conn, who, body.old, body.new))


@router.post("", name="createTemplate", status_code=201, response_model=TemplateOut)
async def create_template(body: TemplateIn, request: Request, rt: Rt, who: CanWrite) -> Response:
    _may_decide(who, body.channel, body.state)
    new = actions.NewTemplate(
        channel=body.channel,
        name=body.name,
        body=body.body,
        subject=body.subject,
        buttons=[button.stored() for button in body.buttons],
        state=body.state,
        code=body.code,
        sender_id=body.sender_id,
        created_by=who.user_id,
        folder=body.folder,
        emphasis=body.emphasis.stored(),
        message_type=body.message_type,
        missing_policy=body.missing_policy,
        defaults=body.defaults,
        formats=body.formats,
    )
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            template_id = await actions.create_template(conn, who, new)
            row = await queries.find_template(conn, template_id)
            answer = await call.answer(conn, TemplateOut.model_validate(row), status=201)
    await _tell_sandbox(rt, who, row)
    return answer


@router.get("/{template_id}", name="readTemplate")
async def read_template(template_id: UUID, rt: Rt, who: CanRead) -> TemplateOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await _read(conn, template_id)


@router.patch("/{template_id}", name="changeTemplate")
async def change_template(template_id: UUID, body: TemplatePatch, rt: Rt, who: CanWrite) -> TemplateOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        old = await queries.find_template(conn, template_id)
        if old is None:
            raise Problem(NOT_FOUND)
        _may_decide(who, old.channel, body.state)
        try:
            await actions.change_template(conn, who, template_id, body.changes(), version=body.version)
        except Problem as problem:
            raise await with_editor(conn, rt, problem) from None
        row = await queries.find_template(conn, template_id)
        answer = await _read(conn, template_id)
    await _tell_sandbox(rt, who, row)
    return answer


@router.delete("/{template_id}", name="deleteTemplate", status_code=204)
async def delete_template(template_id: UUID, rt: Rt, who: CanWrite) -> None:
    """Only what no campaign uses; the rest can be archived."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await actions.delete_template(conn, who, template_id)


@router.post(
    "/{template_id}/duplicate", name="duplicateTemplate", status_code=201, response_model=TemplateOut
)
async def duplicate_template(template_id: UUID, request: Request, rt: Rt, who: CanWrite) -> Response:
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            made = await actions.duplicate_template(conn, who, template_id)
            answer = await call.answer(conn, await _read(conn, made), status=201)
    return answer


@router.get("/{template_id}/versions", name="listTemplateVersions")
async def list_versions(template_id: UUID, rt: Rt, who: CanRead) -> list[VersionOut]:
    """Newest first, the one of now included; a hundred at most."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await versions.list_versions(conn, template_id)
    if not rows:
        raise Problem(NOT_FOUND)
    return [VersionOut.model_validate(row) for row in rows]


@router.post("/{template_id}/versions/{number}/restore", name="restoreTemplateVersion")
async def restore_version(
    template_id: UUID, number: int, rt: Rt, who: CanWrite, body: RestoreIn | None = None
) -> TemplateOut:
    """An old text as a new version; an approved AlimTalk has to be reviewed again."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        try:
            await actions.restore_version(
                conn, who, template_id, number, version=None if body is None else body.version
            )
        except Problem as problem:
            raise await with_editor(conn, rt, problem) from None
        return await _read(conn, template_id)


@router.post("/preview", name="previewTemplate")
async def preview_template(body: PreviewIn, rt: Rt, who: CanRead) -> PreviewOut:
    """What one person would get. Changes nothing, costs nothing."""
    found: dict[str, str] | None = {}
    if body.contact_id is not None and not who.may("contacts.read"):
        raise Problem(FORBIDDEN)
    now = rt.clock.now()
    async with tenant_tx(rt, who.tenant_id) as conn:
        book = await read_price_book(conn, now)
        if body.contact_id is not None:
            found = await queries.values_of_contact(conn, body.contact_id)
    if found is None:
        raise Problem(INVALID, errors=[FieldError("contactId", "없는 연락처예요")])
    shown = preview(
        body=body.body,
        channel=body.channel,
        subject=body.subject,
        values={**found, **body.values},
        defaults=body.defaults,
        formats=body.formats,
        prices=book,
    )
    example = book.is_example([shown.channel])
    return PreviewOut.model_validate(
        {
            **{name: getattr(shown, name) for name in PreviewOut.model_fields if hasattr(shown, name)},
            "sms_price": book.won("sms"),
            "lms_price": book.won("lms"),
            "price_note": prices.NOTE_KO if example else prices.OWN_NOTE_KO,
            "price_as_of": prices.AS_OF if example else now.astimezone(KST).date().isoformat(),
        }
    )


@router.post("/sync", name="syncTemplates")
async def sync_templates(rt: Rt, who: CanSubmit) -> SyncOut:
    """Ask the carriers what became of the reviews."""
    return SyncOut.model_validate(await review.sync(rt, who))


@router.post("/{template_id}/submit", name="submitTemplate")
async def submit_template(template_id: UUID, rt: Rt, who: CanSubmit) -> TemplateOut:
    """Store an AlimTalk template at its carrier and ask for the review."""
    await review.submit(rt, who, template_id)
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await _read(conn, template_id)


async def _read(conn: Conn, template_id: UUID) -> TemplateOut:
    row = await queries.find_template(conn, template_id)
    if row is None:
        raise Problem(NOT_FOUND)
    return _out(row, (await queries.uses_of(conn, [template_id])).get(template_id))


def _out(row: queries.TemplateRow, use: queries.Use | None) -> TemplateOut:
    shown = TemplateOut.model_validate(row)
    if use is None:
        return shown
    return shown.model_copy(update={"uses": use.campaigns, "last_used_at": use.last_at})


def _may_decide(who: Principal, channel: str, state: str | None) -> None:
    """Anybody drafts; saying that a carrier has taken or approved an AlimTalk template is for admins."""
    decides = channel == "alimtalk" and state in {"submitted", "approved", "rejected"}
    if decides and not who.may("templates.submit"):
        raise Problem(FORBIDDEN, detail="알림톡 템플릿의 심사 상태는 관리자가 바꿀 수 있어요.")


async def _tell_sandbox(rt: Runtime, who: Principal, row: queries.TemplateRow | None) -> None:
    """The simulator can only render and check what it knows."""
    if row is not None and row.channel == "alimtalk" and row.state == "approved":
        await register_tenant_at_sandbox(rt, who.tenant_id)
