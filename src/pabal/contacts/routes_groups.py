"""Tags, opt-outs and consents over HTTP. Segments are in routes_segments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from pabal.accounts import audit
from pabal.contacts import consents, queries, suppressions, tags
from pabal.contacts.routes import Reader, Writer, blinder_of
from pabal.contacts.schemas import (
    ConsentIn,
    ConsentOut,
    SuppressionIn,
    SuppressionOut,
    SuppressionsImportIn,
    SuppressionsImportOut,
    TagIn,
    TagOut,
)
from pabal.domain.identity import IdentityKind, canonical
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor

router = APIRouter(prefix="/api", tags=["contacts"])


@router.get("/tags", name="listTags")
async def list_tags(rt: Rt, who: Reader) -> Page[TagOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return Page(items=[TagOut.model_validate(tag) for tag in await tags.list_tags(conn)])


@router.post("/tags", name="createTag", status_code=201)
async def create_tag(body: TagIn, rt: Rt, who: Writer) -> TagOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        tag = await tags.create_tag(conn, who.tenant_id, body.name)
    return TagOut.model_validate(tag)


@router.patch("/tags/{tag_id}", name="changeTag")
async def change_tag(tag_id: UUID, body: TagIn, rt: Rt, who: Writer) -> TagOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        tag = await tags.change_tag(conn, tag_id, name=body.name)
    return TagOut.model_validate(tag)


@router.delete("/tags/{tag_id}", name="deleteTag", status_code=204)
async def delete_tag(tag_id: UUID, rt: Rt, who: Writer) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await tags.delete_tag(conn, tag_id)
        await audit(conn, who, "tag.delete", "tag", tag_id)


@router.get("/suppressions", name="listSuppressions")
async def list_suppressions(
    rt: Rt, who: Annotated[Principal, requires("suppressions.read")], cursor: Cursor = None, limit: Limit = 50
) -> Page[SuppressionOut]:
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await suppressions.list_suppressions(
            conn, before=position[0] if position else None, limit=limit + 1
        )
    page = found[:limit]
    return Page(
        items=[SuppressionOut.model_validate(one) for one in page],
        next_cursor=write_cursor(str(page[-1].id)) if len(found) > limit else None,
    )


@router.post("/suppressions", name="createSuppression", status_code=201)
async def create_suppression(
    body: SuppressionIn, rt: Rt, who: Annotated[Principal, requires("suppressions.write")]
) -> SuppressionOut:
    """One address, one row per channel; the answer is the first. Repeating it changes nothing."""
    identity = canonical(IdentityKind(body.kind), body.value)
    if identity is None:
        raise Problem(INVALID, errors=[FieldError("value", "읽을 수 없는 값이에요", "값을 확인해 주세요")])
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        ids = await suppressions.suppress(
            conn,
            who.tenant_id,
            kind=body.kind,
            address_keys=[blinder.address_key(body.kind, identity.value)],
            channels=body.channels,
            reason=body.reason or "직접 등록",
            source="manual",
            created_by=who.user_id,
        )
        await audit(conn, who, "suppression.create", "suppression", ids[0])
        found = await suppressions.list_suppressions(conn, before=None, limit=1, ids=ids[:1])
    return SuppressionOut.model_validate(found[0])


@router.post("/suppressions/import", name="importSuppressions")
async def import_suppressions(
    body: SuppressionsImportIn, rt: Rt, who: Annotated[Principal, requires("suppressions.write")]
) -> SuppressionsImportOut:
    blinder = await blinder_of(rt, who)
    read = [canonical(IdentityKind(body.kind), value) for value in body.values]
    keys = {blinder.address_key(body.kind, identity.value) for identity in read if identity is not None}
    async with tenant_tx(rt, who.tenant_id) as conn:
        if keys:
            await suppressions.suppress(
                conn,
                who.tenant_id,
                kind=body.kind,
                address_keys=keys,
                channels=body.channels,
                reason=body.reason or "명단 등록",
                source="import",
                created_by=who.user_id,
            )
        await audit(conn, who, "suppression.import", "suppression", detail={"count": len(keys)})
    return SuppressionsImportOut(
        recorded=len(keys), rejected=[i for i, identity in enumerate(read) if identity is None]
    )


@router.delete("/suppressions/{suppression_id}", name="deleteSuppression", status_code=204)
async def delete_suppression(
    suppression_id: UUID, rt: Rt, who: Annotated[Principal, requires("suppressions.remove")]
) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await suppressions.lift(conn, suppression_id)
        await audit(conn, who, "suppression.remove", "suppression", suppression_id)


@router.delete("/suppressions", name="deleteSuppressionByValue", status_code=204)
async def delete_suppression_by_value(
    body: SuppressionIn, rt: Rt, who: Annotated[Principal, requires("suppressions.remove")]
) -> None:
    """By address in the body: an address never stands in a URL."""
    identity = canonical(IdentityKind(body.kind), body.value)
    if identity is None:
        raise Problem(NOT_FOUND)
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        count = await suppressions.lift_by_value(
            conn, blinder, kind=body.kind, value=identity.value, channels=body.channels
        )
        await audit(conn, who, "suppression.remove", "suppression", detail={"count": count})


@router.get("/contacts/{contact_id}/consents", name="listConsents")
async def list_consents(contact_id: UUID, rt: Rt, who: Reader) -> Page[ConsentOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        if not await queries.read_contacts(conn, who.tenant_id, [contact_id]):
            raise Problem(NOT_FOUND)
        found = await consents.list_consents(conn, contact_id)
    return Page(items=[ConsentOut.model_validate(one) for one in found])


@router.post("/contacts/{contact_id}/consents", name="recordConsent", status_code=201)
async def record_consent(contact_id: UUID, body: ConsentIn, rt: Rt, who: Writer) -> ConsentOut:
    consents.not_ahead(body.at, rt.clock.now(), "at")
    async with tenant_tx(rt, who.tenant_id) as conn:
        if not await queries.read_contacts(conn, who.tenant_id, [contact_id]):
            raise Problem(NOT_FOUND)
        consent = await consents.record_consent(
            conn,
            who.tenant_id,
            contact_id,
            channel=body.channel,
            purpose=body.purpose,
            state=body.state,
            at=body.at,
            evidence=body.evidence,
            created_by=who.user_id,
        )
        await audit(conn, who, "consent.record", "contact", contact_id, detail={"state": body.state})
    return ConsentOut.model_validate(consent)
