"""Who is calling, and may they: the two things every route declares.

A feature's route looks like this (`/api/...` in the router's prefix, explicit camelCase `name`: the browser
client's function; commit inside the handler, before the answer):

    router = APIRouter(prefix="/api/tags", tags=["contacts"])

    @router.post("", name="createTag", status_code=201)
    async def create_tag(body: TagIn, rt: Rt, who: Annotated[Principal, requires("contacts.write")]) -> Tag:
        async with tenant_tx(rt, who.tenant_id) as conn:
            tag = await actions.create_tag(conn, name=body.name)
        return TagOut.of(tag)

`requires` takes a name out of `domain.roles.MATRIX`; a test walks the router and finds routes without
exactly one declaration, and tries each with each role. Inside a handler `who.may("contacts.unmasked")`
decides what is shown, `who.actor_kind` / `who.actor_id` go into the audit log. A route for any session,
with or without tenant, declares `signed_in`; the operator's `operates`; an open one `public` (and is on the
test's list).
"""

import hmac
from dataclasses import replace
from ipaddress import ip_address
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from typing_extensions import override

from pabal.config import Mode
from pabal.domain.roles import MATRIX, Permission
from pabal.kit.http.errors import CSRF_FAILED, FORBIDDEN, UNAUTHENTICATED, Problem, declare
from pabal.kit.http.who import API_KEY_PREFIX, OperatorSession, Principal, Session
from pabal.runtime import Runtime

__all__ = [
    "CSRF_HEADER",
    "NO_TENANT",
    "SESSION_COOKIE",
    "Authenticator",
    "OperatorSession",
    "Principal",
    "Public",
    "Requires",
    "RequiresOrCron",
    "RequiresRecent",
    "Rt",
    "Session",
    "any_session",
    "bearer",
    "client_address",
    "csrf_token",
    "declarations",
    "is_loopback",
    "member",
    "operates",
    "operates_or_local",
    "public",
    "requires",
    "requires_or_cron",
    "requires_recent",
    "runtime_of",
    "signed_in",
]

NO_TENANT = declare("no_tenant", 403, "들어갈 수 있는 조직이 없어요")

SESSION_COOKIE = "pabal_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Authenticator(Protocol):
    """What `accounts` gives to this module, which must not know it."""

    async def session(self, token: str, *, recent: bool = False) -> Session | OperatorSession | None: ...
    async def api_key(self, token: str, *, recent: bool = False) -> Principal | None: ...


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.rt
    return runtime


async def _runtime(request: Request) -> Runtime:
    """A coroutine: FastAPI runs plain functions in a thread, which cost each request 0.2 ms of two processors."""
    return runtime_of(request)


Rt = Annotated[Runtime, Depends(_runtime)]


def csrf_token(session_token: str) -> str:
    """Derived from the cookie, which no script can read: nothing to store, dies with the session."""
    return hmac.new(session_token.encode(), b"pabal csrf", "sha256").hexdigest()


def client_address(request: Request) -> str:
    """Network address of the caller (uvicorn has applied X-Forwarded-For of trusted proxies). IPv6 by its
    /64.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ip_address(int(address) >> 64 << 64))


def bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def any_session(request: Request) -> Session | OperatorSession:
    """The session behind the cookie; an unsafe method must prove by header that our own page asked."""
    return await _session(request, recent=False)


async def _session(request: Request, *, recent: bool) -> Session | OperatorSession:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise Problem(UNAUTHENTICATED)
    authenticator: Authenticator = request.app.state.authenticator
    session = await authenticator.session(token, recent=recent)
    if session is None:
        raise Problem(UNAUTHENTICATED)
    if request.method not in _SAFE:
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), csrf_token(token).encode()):
            raise Problem(CSRF_FAILED)
    return session


async def _member_session(session: Annotated[Session | OperatorSession, Depends(any_session)]) -> Session:
    # One cookie, one door at a time: to the camp's pages an operator is nobody who has logged in, so that they show the
    # way to their login. "No right" would leave a member of the same browser before closed doors.
    if not isinstance(session, Session):
        raise Problem(UNAUTHENTICATED)
    return session


async def _operator_session(
    session: Annotated[Session | OperatorSession, Depends(any_session)],
) -> OperatorSession:
    if not isinstance(session, OperatorSession):
        raise Problem(FORBIDDEN)
    return session


async def member(request: Request) -> Principal:
    """The caller within one tenant: an API key if there is a Bearer token, else the session."""
    return await _caller(request, recent=False)


async def _caller(request: Request, *, recent: bool) -> Principal:
    token = bearer(request)
    if token is not None:
        authenticator: Authenticator = request.app.state.authenticator
        known = token.startswith(API_KEY_PREFIX)
        principal = await authenticator.api_key(token, recent=recent) if known else None
        if principal is None:
            raise Problem(UNAUTHENTICATED)
        return replace(principal, address=client_address(request))
    session = await _member_session(await _session(request, recent=recent))
    if session.tenant_id is None or session.role is None:
        raise Problem(NO_TENANT)
    return Principal(
        tenant_id=session.tenant_id,
        kind="member",
        actor_id=session.user_id,
        user_id=session.user_id,
        role=session.role,
        session_id=session.id,
        address=client_address(request),
    )


class Requires:
    """Dependency that lets only holders of a permission through. The router test finds it by its class."""

    def __init__(self, permission: Permission) -> None:
        if permission not in MATRIX:
            raise KeyError(permission)
        self.permission = permission

    async def __call__(self, who: Annotated[Principal, Depends(member)]) -> Principal:
        return self._checked(who)

    def _checked(self, who: Principal) -> Principal:
        if not who.may(self.permission):
            raise Problem(FORBIDDEN, detail=f"필요한 권한: {MATRIX[self.permission].label}")
        return who


class RequiresRecent(Requires):
    """Like `Requires`, but who it is may have been looked up a second ago: for what forms call hundreds of times a second,
    and where a second more of somebody who has just been sent off does no harm."""

    @override
    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]  # FastAPI reads the signature
        return self._checked(await _caller(request, recent=True))


class RequiresOrCron:
    """Like `Requires`, but the server's cron token passes too and yields None: every tenant."""

    def __init__(self, permission: Permission) -> None:
        self._people = Requires(permission)
        self.permission = permission

    async def __call__(self, request: Request) -> Principal | None:
        expected, given = runtime_of(request).settings.cron_token, bearer(request)
        if expected and given and hmac.compare_digest(expected.encode(), given.encode()):
            return None
        return await self._people(await member(request))


async def operates_or_local(request: Request) -> None:
    """The operator; in development also whoever sits at the machine itself (`pabal up` on a laptop).

    Local = the socket's peer is loopback and no proxy forwarded it. A foreign web page can't get here: it
    would need a CORS preflight, which nobody answers.
    """
    if not (is_loopback(request) and runtime_of(request).settings.mode is Mode.DEVELOPMENT):
        await _operator_session(await any_session(request))


def is_loopback(request: Request) -> bool:
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    try:
        return not forwarded and request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


class Public:
    """Declares that a route is open on purpose; the router test compares with its list."""

    async def __call__(self) -> None:
        return None


def requires(permission: Permission) -> Any:
    """Let holders of the permission through and hand over who it is (module docstring: how a route looks)."""
    return Depends(Requires(permission))


def requires_recent(permission: Permission) -> Any:
    """`requires`, of who it was within the last second."""
    return Depends(RequiresRecent(permission))


def requires_or_cron(permission: Permission) -> Any:
    """Also let the server's cron token through, as None: `Annotated[Principal | None,
    requires_or_cron(...)]`.
    """
    return Depends(RequiresOrCron(permission))


signed_in: Any = Depends(_member_session)
"""`session: Annotated[Session, signed_in]`: any logged-in person, even one without a tenant."""

operates: Any = Depends(_operator_session)
"""`operator: Annotated[OperatorSession, operates]`."""

public: Any = Depends(Public())
"""`dependencies=[public]`."""


def declarations(dependant: Any) -> list[str]:
    """What a route declares, from its top-level dependencies: for the router test and the documentation
    page.
    """
    found: list[str] = []
    for child in dependant.dependencies:
        if isinstance(child.call, Requires | RequiresOrCron):
            found.append(child.call.permission)
        elif child.call is _member_session:
            found.append("signed_in")
        elif child.call in {_operator_session, operates_or_local}:
            found.append("operator")
        elif isinstance(child.call, Public):
            found.append("public")
    return found
