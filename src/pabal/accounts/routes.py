"""Logging in and out, who am I, my sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from pabal.accounts import sessions
from pabal.accounts.schemas import LoginIn, MeOut, PersonOut, SessionOut, SwitchIn, TenantOut
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
    session = await sessions.DatabaseAuthenticator(rt).session(logged_in.token)
    assert isinstance(session, Session)
    set_session_cookie(response, rt, logged_in)
    return await _me(rt, session, logged_in.token)


@router.post("/auth/logout", name="logout", status_code=204)
async def logout(response: Response, rt: Rt, session: Annotated[Session, signed_in]) -> None:
    async with system_tx(rt) as conn:
        await sessions.end_session(conn, session.id)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/me", name="me")
async def me(request: Request, rt: Rt, session: Annotated[Session, signed_in]) -> MeOut:
    return await _me(rt, session, request.cookies[SESSION_COOKIE])


@router.post("/me/tenant", name="switchTenant")
async def switch_tenant(
    body: SwitchIn, request: Request, rt: Rt, session: Annotated[Session, signed_in]
) -> MeOut:
    async with system_tx(rt) as conn:
        await sessions.switch_tenant(conn, session, body.tenant_id)
    token = request.cookies[SESSION_COOKIE]
    switched = await sessions.DatabaseAuthenticator(rt).session(token)
    assert isinstance(switched, Session)
    return await _me(rt, switched, token)


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


async def _me(rt: Runtime, session: Session, token: str) -> MeOut:
    async with system_tx(rt) as conn:
        person = await sessions.read_person(conn, session.user_id)
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
