"""What a person does for themselves: log in and out, join, look around, passwords, devices."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from pabal.accounts import links, sessions
from pabal.accounts.passwords import hash_password
from pabal.accounts.people import read_person, set_password
from pabal.accounts.schemas import (
    AcceptIn,
    LoginIn,
    MeOut,
    OpenedInvitationOut,
    PasswordIn,
    PersonOut,
    ResetIn,
    SessionOut,
    SwitchIn,
    TenantOut,
    TokenIn,
)
from pabal.domain.roles import PERMISSIONS, Role, role_may
from pabal.kit.db import system_tx
from pabal.kit.http.auth import (
    SESSION_COOKIE,
    Rt,
    Session,
    client_address,
    csrf_token,
    public,
    signed_in,
)
from pabal.kit.http.schemas import Page
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["accounts"])


@router.post("/auth/login", name="login", dependencies=[public])
async def login(body: LoginIn, request: Request, response: Response, rt: Rt) -> MeOut:
    logged_in = await sessions.log_in(
        rt,
        email=body.email,
        password=body.password.get_secret_value(),
        address=client_address(request),
        user_agent=request.headers.get("user-agent", ""),
    )
    return await welcome(rt, response, logged_in)


@router.post("/auth/logout", name="logout", status_code=204)
async def logout(response: Response, rt: Rt, session: Annotated[Session, signed_in]) -> None:
    async with system_tx(rt) as conn:
        await sessions.end_session(conn, session.id)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")


@router.get("/me", name="me")
async def me(request: Request, rt: Rt, session: Annotated[Session, signed_in]) -> MeOut:
    return await me_out(rt, session, request.cookies[SESSION_COOKIE])


@router.post("/me/tenant", name="switchTenant")
async def switch_tenant(
    body: SwitchIn, request: Request, rt: Rt, session: Annotated[Session, signed_in]
) -> MeOut:
    async with system_tx(rt) as conn:
        await sessions.switch_tenant(conn, session, body.tenant_id)
    token = request.cookies[SESSION_COOKIE]
    switched = await sessions.DatabaseAuthenticator(rt).session(token)
    assert isinstance(switched, Session)
    return await me_out(rt, switched, token)


@router.get("/sessions", name="listSessions")
async def list_sessions(rt: Rt, session: Annotated[Session, signed_in]) -> Page[SessionOut]:
    async with system_tx(rt) as conn:
        mine = await sessions.open_sessions_of(conn, session.user_id)
    return Page(
        items=[
            SessionOut(
                id=one.id,
                created_at=one.created_at,
                last_seen_at=one.last_seen_at,
                expires_at=one.expires_at,
                user_agent=one.user_agent,
                current=one.id == session.id,
            )
            for one in mine
        ]
    )


@router.delete("/sessions/{session_id}", name="endSession", status_code=204)
async def end_session(session_id: UUID, rt: Rt, session: Annotated[Session, signed_in]) -> None:
    async with system_tx(rt) as conn:
        await sessions.end_own_session(conn, session.user_id, session_id)


@router.post("/me/password", name="changePassword", status_code=204)
async def change_password(
    body: PasswordIn, request: Request, rt: Rt, session: Annotated[Session, signed_in]
) -> None:
    """A new password; all other devices are logged out."""
    await sessions.confirm_password(
        rt,
        session.user_id,
        password=body.current_password.get_secret_value(),
        address=client_address(request),
    )
    hashed = await hash_password(body.new_password.get_secret_value())
    async with system_tx(rt) as conn:
        await set_password(conn, session.user_id, hashed)
        await sessions.end_sessions_of(conn, session.user_id, but=session.id)


@router.post("/auth/reset", name="resetPassword", status_code=204, dependencies=[public])
async def reset_password(body: ResetIn, rt: Rt) -> None:
    await links.use_reset(rt, token=body.token, password=body.password.get_secret_value())


@router.post("/invitations/look", name="lookAtInvitation", dependencies=[public])
async def look_at_invitation(body: TokenIn, rt: Rt) -> OpenedInvitationOut:
    return OpenedInvitationOut.model_validate(await links.look_at_invitation(rt, body.token))


@router.post("/invitations/accept", name="acceptInvitation", dependencies=[public])
async def accept_invitation(body: AcceptIn, request: Request, response: Response, rt: Rt) -> MeOut:
    """Join and be logged in, looking at the tenant joined."""
    password = body.password.get_secret_value()
    address = client_address(request)
    email, tenant_id = await links.accept_invitation(
        rt, token=body.token, name=body.name, password=password, address=address
    )
    logged_in = await sessions.log_in(
        rt,
        email=email,
        password=password,
        address=address,
        user_agent=request.headers.get("user-agent", ""),
        tenant_id=tenant_id,
    )
    return await welcome(rt, response, logged_in)


async def welcome(rt: Runtime, response: Response, logged_in: sessions.LoggedIn) -> MeOut:
    session = await sessions.DatabaseAuthenticator(rt).session(logged_in.token)
    assert isinstance(session, Session)
    set_session_cookie(response, rt, logged_in)
    return await me_out(rt, session, logged_in.token)


def set_session_cookie(response: Response, rt: Runtime, logged_in: sessions.LoggedIn) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        logged_in.token,
        max_age=int(logged_in.lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=rt.settings.base_url.startswith("https://"),
    )


async def me_out(rt: Runtime, session: Session, token: str) -> MeOut:
    async with system_tx(rt) as conn:
        person = await read_person(conn, rt, session.user_id)
        memberships = await sessions.memberships_of(conn, session.user_id)
    return MeOut(
        user=PersonOut(id=person.id, email=person.email, name=person.name),
        tenants=[
            TenantOut(id=m.tenant_id, name=m.tenant_name, kind=m.tenant_kind, role=m.role)
            for m in memberships
        ],
        tenant_id=session.tenant_id,
        role=session.role,
        permissions=_permissions(session.role),
        csrf_token=csrf_token(token),
    )


def _permissions(role: Role | None) -> list[str]:
    return [] if role is None else [p for p in PERMISSIONS if role_may(role, p)]
