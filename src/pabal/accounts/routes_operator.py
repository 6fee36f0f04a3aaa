"""The operator: runs the installation, belongs to no tenant, sees no personal data."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from pabal.accounts import sessions
from pabal.accounts.routes import set_session_cookie
from pabal.accounts.schemas import ClockIn, ClockOut, LoginIn, OperatorMeOut, OperatorTenantOut
from pabal.accounts.tenants import list_tenants
from pabal.config import Mode
from pabal.kit.clockshift import shift_clock
from pabal.kit.db import system_tx
from pabal.kit.http.auth import (
    SESSION_COOKIE,
    OperatorSession,
    Rt,
    client_address,
    csrf_token,
    operates,
    operates_or_local,
    public,
)
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare
from pabal.kit.http.schemas import Page

DEVELOPMENT_ONLY = declare("development_only", 403, "개발 모드에서만 할 수 있어요")

router = APIRouter(prefix="/api/operator", tags=["operator"])


@router.post("/login", name="operatorLogin", dependencies=[public])
async def login(body: LoginIn, request: Request, response: Response, rt: Rt) -> OperatorMeOut:
    logged_in = await sessions.log_in_operator(
        rt,
        email=body.email,
        password=body.password.get_secret_value(),
        address=client_address(request),
        user_agent=request.headers.get("user-agent", ""),
    )
    session = await sessions.DatabaseAuthenticator(rt).session(logged_in.token)
    assert isinstance(session, OperatorSession)
    set_session_cookie(response, rt, logged_in)
    return OperatorMeOut(id=session.operator_id, csrf_token=csrf_token(logged_in.token))


@router.post("/logout", name="operatorLogout", status_code=204)
async def logout(response: Response, rt: Rt, session: Annotated[OperatorSession, operates]) -> None:
    async with system_tx(rt) as conn:
        await sessions.end_session(conn, session.id)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")


@router.get("/me", name="operatorMe")
async def me(request: Request, session: Annotated[OperatorSession, operates]) -> OperatorMeOut:
    return OperatorMeOut(id=session.operator_id, csrf_token=csrf_token(request.cookies[SESSION_COOKIE]))


@router.get("/tenants", name="operatorListTenants", dependencies=[operates])
async def tenants(rt: Rt) -> Page[OperatorTenantOut]:
    return Page(
        items=[
            OperatorTenantOut(
                id=one.tenant_id, name=one.name, kind=one.kind, state=one.state, created_at=one.created_at
            )
            for one in await list_tenants(rt)
        ]
    )


@router.get("/clock", name="operatorClock", dependencies=[Depends(operates_or_local)])
async def read_clock(rt: Rt) -> ClockOut:
    return _clock_out(rt)


@router.put("/clock", name="operatorSetClock", dependencies=[Depends(operates_or_local)])
async def set_clock(body: ClockIn, rt: Rt) -> ClockOut:
    """Shift the clock that rules and schedules read; sessions, leases and the ledger's times stay real."""
    if rt.settings.mode is not Mode.DEVELOPMENT:
        raise Problem(DEVELOPMENT_ONLY)
    if (body.at is None) == (body.offset_seconds is None):
        raise Problem(INVALID, errors=[FieldError("at", "at과 offsetSeconds 가운데 하나만 보내 주세요")])
    if body.at is not None:
        offset = body.at - (rt.clock.now() - rt.clock.offset)
    else:
        offset = timedelta(seconds=body.offset_seconds or 0)
    await shift_clock(rt, offset)
    return _clock_out(rt)


def _clock_out(rt: Rt) -> ClockOut:
    return ClockOut(now=rt.clock.now(), offset_seconds=round(rt.clock.offset.total_seconds()))
