"""Pure ASGI middlewares: limits on bodies, security headers, one log line and two metrics per request.

`BaseHTTPMiddleware` is not used: it buffers streams and breaks cancellation.
"""

import time
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pabal.kit.http.errors import BODY_TOO_LARGE, INTERNAL, INVALID, NOT_FOUND, NUL_KO, Problem
from pabal.kit.http.problems import MEDIA_TYPE, problem_response

log = structlog.get_logger(__name__)

BODY_LIMIT = 1024 * 1024
_ROUTE_LIMIT = "starlette.max_body_size"  # where FastAPI puts a route's own `max_body_size=`

API_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

_requests = Counter("pabal_http_requests", "Answered requests", ["method", "route", "status"])
_seconds = Histogram(
    "pabal_http_request_seconds",
    "Time until the answer was complete",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class BodyLimit:
    """Refuses bodies over 1 MB, or over the route's own `max_body_size`, while they are read.

    A route that takes large uploads reads `request.stream()` or `request.form()` itself, after its
    permission was checked: then nobody unknown can make the server store anything.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = _announced_length(scope)
        read = 0

        async def limited() -> Message:
            nonlocal read
            limit = scope.get(_ROUTE_LIMIT) or self.limit
            if announced is not None and announced > limit:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413)
            return message

        replaced = False

        async def as_problem(message: Message) -> None:
            """Starlette's limiter of routes with a limit of their own answers plain text: replaced by ours."""
            nonlocal replaced
            if replaced:
                return
            if message["type"] == "http.response.start" and message["status"] == 413:
                replaced = dict(message["headers"]).get(b"content-type") != MEDIA_TYPE.encode()
            if not replaced:
                await send(message)
                return
            response = problem_response(Problem(BODY_TOO_LARGE))
            await send({**message, "headers": response.raw_headers})
            await send({"type": "http.response.body", "body": bytes(response.body), "more_body": False})

        await self.app(scope, limited, as_problem)


class NoNul:
    """Addresses with U+0000 are refused before anything takes them for a text: PostgreSQL keeps none. Bodies: `ApiModel`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and b"%00" in scope["query_string"]:
            problem = Problem(INVALID, detail=f"{NUL_KO}. 주소에서 빼 주세요.")
        elif scope["type"] == "http" and "\0" in scope["path"]:
            problem = Problem(NOT_FOUND)
        else:
            await self.app(scope, receive, send)
            return
        await problem_response(problem)(scope, receive, send)


def _announced_length(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


class SecurityHeaders:
    """Headers on everything; answers that bring their own policy (the UI's pages) keep it."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self.app = app
        self.fixed = _SECURITY
        if tls:
            self.fixed += ((b"strict-transport-security", b"max-age=31536000"),)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                added = [pair for pair in self.fixed if pair[0] not in present]
                if b"content-security-policy" not in present:
                    added.append((b"content-security-policy", API_CSP.encode()))
                if b"cache-control" not in present:
                    added.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self.app(scope, receive, with_headers)


class Observed:
    """One log line and two metrics per request, by the route's template: the address itself may hold
    personal data.

    What nobody expected ends here as a 500 that says nothing; the log gets its type and frames.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            log.exception("http.unexpected", method=scope["method"], route=route_template(scope))
            if status:  # half an answer is out: the connection has to break
                raise
            await problem_response(Problem(INTERNAL))(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - started
            route = route_template(scope)
            _requests.labels(scope["method"], route, str(status)).inc()
            _seconds.labels(route).observe(seconds)
            log.info(
                "http.request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )


def route_template(scope: Scope) -> str:
    """`/api/contacts/{contact_id}`; never the address as called."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", None) or "-")
