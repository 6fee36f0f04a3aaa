"""The team of a tenant: members, invitations, API keys, the matrix of roles, the audit trail."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pabal.accounts import api_keys, links, members
from pabal.accounts.audit import audit, page_of_audit
from pabal.accounts.commands import invitation_url, reset_url
from pabal.accounts.lockout import forget_failures
from pabal.accounts.people import belongs_anywhere, find_or_create_user, find_user, hash_or_none
from pabal.accounts.schemas import (
    ApiKeyIn,
    ApiKeyOut,
    AuditOut,
    InvitationIn,
    InvitationOut,
    LinkOut,
    MemberIn,
    MemberOut,
    MemberPatch,
    NewApiKeyOut,
    NewInvitationOut,
    NewMemberOut,
    PermissionOut,
    RoleOut,
    RolesOut,
)
from pabal.domain.ids import UserId
from pabal.domain.roles import MATRIX, ROLE_LABELS, SCOPES, Role
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["team"])

Owner = Annotated[Principal, requires("team.manage")]


@router.get("/members", name="listMembers")
async def list_members(rt: Rt, who: Annotated[Principal, requires("team.read")]) -> Page[MemberOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        team = await members.list_members(conn, rt)
    return Page(items=[_member_out(member) for member in team])


@router.post("/members", name="createMember", status_code=201, response_model=NewMemberOut)
async def create_member(body: MemberIn, request: Request, rt: Rt, who: Owner) -> Response:
    """For people without an account. Somebody who has one is asked by an invitation."""
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        hashed = await hash_or_none(body.password.get_secret_value() if body.password else None)
        async with tenant_tx(rt, who.tenant_id) as conn:
            made = await _create_member(conn, rt, who, body, hashed)
            return await call.answer(conn, made, status=201)


async def _create_member(
    conn: Conn, rt: Runtime, who: Principal, body: MemberIn, hashed: str | None
) -> NewMemberOut:
    url = None
    known = await find_user(conn, rt, body.email)
    if known is not None and known[0] in {m.user_id for m in await members.list_members(conn, rt)}:
        raise Problem(members.ALREADY_MEMBER)
    if known is not None and known[1]:
        raise Problem(members.HAS_ACCOUNT)
    user_id = await find_or_create_user(conn, rt, email=body.email, name=body.name, password_hash=hashed)
    if await belongs_anywhere(conn, user_id):  # somebody else was faster
        raise Problem(members.HAS_ACCOUNT)
    await members.add_member(conn, who, user_id, body.role)
    member = await members.read_member(conn, rt, user_id)
    if hashed is None:
        token, _ = await links.make_reset(conn, user_id)
        url = reset_url(rt, token)
    return NewMemberOut(**_member_out(member).model_dump(), password_url=url)


@router.patch("/members/{member_id}", name="updateMember")
async def update_member(member_id: UUID, body: MemberPatch, rt: Rt, who: Owner) -> MemberOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await members.change_role(conn, who, member_id, body.role)
        member = await members.read_member(conn, rt, member_id)
    return _member_out(member)


@router.delete("/members/{member_id}", name="removeMember", status_code=204)
async def remove_member(member_id: UUID, rt: Rt, who: Owner) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await members.remove_member(conn, who, member_id)


@router.post("/members/{member_id}/reset-link", name="makeResetLink", status_code=201)
async def make_reset_link(member_id: UUID, rt: Rt, who: Owner) -> LinkOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await members.read_member(conn, rt, member_id)
        await links.refuse_if_elsewhere(conn, member_id)
        token, expires_at = await links.make_reset(conn, UserId(member_id))
        await audit(conn, who, "member.reset_link", "member", member_id)
    return LinkOut(url=reset_url(rt, token), expires_at=expires_at)


@router.post("/members/{member_id}/unlock", name="unlockMember", status_code=204)
async def unlock_member(member_id: UUID, rt: Rt, who: Owner) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        member = await members.read_member(conn, rt, member_id)
        await forget_failures(conn, rt.keys.email_key(member.email))
        await audit(conn, who, "member.unlock", "member", member_id)


@router.get("/invitations", name="listInvitations")
async def list_invitations(rt: Rt, who: Owner) -> Page[InvitationOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await links.open_invitations(conn)
    return Page(items=[InvitationOut.model_validate(one) for one in found])


@router.post("/invitations", name="createInvitation", status_code=201, response_model=NewInvitationOut)
async def create_invitation(body: InvitationIn, request: Request, rt: Rt, who: Owner) -> Response:
    """The link is shown once; hand it over in person or by a messenger you trust."""
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            made, token = await links.invite(conn, rt, who, email=body.email, role=body.role)
            facts = InvitationOut.model_validate(made).model_dump()
            shown = NewInvitationOut(**facts, url=invitation_url(rt, token), token=token)
            return await call.answer(conn, shown, status=201)


@router.delete("/invitations/{invitation_id}", name="revokeInvitation", status_code=204)
async def revoke_invitation(invitation_id: UUID, rt: Rt, who: Owner) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await links.revoke_invitation(conn, who, invitation_id)


@router.get("/api-keys", name="listApiKeys")
async def list_api_keys(rt: Rt, who: Annotated[Principal, requires("api_keys.manage")]) -> Page[ApiKeyOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await api_keys.list_api_keys(conn)
    return Page(items=[ApiKeyOut.model_validate(one) for one in found])


@router.post("/api-keys", name="createApiKey", status_code=201, response_model=NewApiKeyOut)
async def create_api_key(
    body: ApiKeyIn, request: Request, rt: Rt, who: Annotated[Principal, requires("api_keys.manage")]
) -> Response:
    """The key is shown once; under an Idempotency-Key again for a day, from ciphertext."""
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            made, key = await api_keys.create_api_key(conn, who, name=body.name, scopes=body.scopes)
            shown = NewApiKeyOut(**ApiKeyOut.model_validate(made).model_dump(), key=key)
            return await call.answer(conn, shown, status=201)


@router.delete("/api-keys/{key_id}", name="revokeApiKey", status_code=204)
async def revoke_api_key(
    key_id: UUID, rt: Rt, who: Annotated[Principal, requires("api_keys.manage")]
) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await api_keys.revoke_api_key(conn, who, key_id)


@router.get("/roles", name="listRoles")
async def list_roles(_: Annotated[Principal, requires("team.read")]) -> RolesOut:
    return RolesOut(
        roles=[RoleOut(role=role, label=ROLE_LABELS[role]) for role in Role],
        permissions=[
            PermissionOut(
                permission=permission,
                label=rule.label,
                roles=[role for role in Role if role in rule.roles],
                scope=rule.scope,
            )
            for permission, rule in MATRIX.items()
        ],
        scopes=list(SCOPES),
    )


@router.get("/audit", name="listAudit")
async def list_audit(
    rt: Rt,
    who: Annotated[Principal, requires("audit.read")],
    *,
    cursor: Cursor = None,
    limit: Limit = 50,
    action: Annotated[str | None, Query(max_length=80)] = None,
    actor_id: Annotated[UUID | None, Query(alias="actorId")] = None,
) -> Page[AuditOut]:
    """Newest first."""
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        entries = await page_of_audit(
            conn, before=position[0] if position else None, action=action, actor_id=actor_id, limit=limit + 1
        )
        names = {m.user_id: m.name for m in await members.list_members(conn, rt)}
    items = [
        AuditOut(
            id=entry.id,
            at=entry.at,
            actor_kind=entry.actor_kind,
            actor_id=entry.actor_id,
            actor_name=names.get(UserId(entry.actor_id)) if entry.actor_id else None,
            action=entry.action,
            object_kind=entry.object_kind,
            object_id=entry.object_id,
            detail=entry.detail,
            address=entry.address,
        )
        for entry in entries[:limit]
    ]
    return Page(items=items, next_cursor=write_cursor(str(items[-1].id)) if len(entries) > limit else None)


def _member_out(member: members.Member) -> MemberOut:
    return MemberOut(
        id=member.user_id,
        email=member.email,
        name=member.name,
        role=member.role,
        joined_at=member.joined_at,
        last_seen_at=member.last_seen_at,
    )
