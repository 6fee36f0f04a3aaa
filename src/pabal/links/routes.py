"""GET /l/{code} for people on the street; where links may lead, for the camp."""

from typing import Annotated

import psycopg
from fastapi import APIRouter, Request, Response
from psycopg_pool import PoolTimeout
from pydantic import Field

from pabal.domain.links import DEFAULT_DAYS, Visit
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, client_address, requires, runtime_of
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import ApiModel
from pabal.links.actions import LinkSettings, base_of, read_link_settings, set_link_settings
from pabal.links.clicks import Click, TooManyWaitingError
from pabal.links.pages import page
from pabal.links.redirect import Redirector
from pabal.links.targets import host_fault
from pabal.runtime import Runtime

router = APIRouter(tags=["links"])

_PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
AWAY = (psycopg.OperationalError, PoolTimeout, TooManyWaitingError, OSError)


def redirector_of(request: Request, rt: Runtime) -> Redirector:
    """One per Runtime: tests give one application many."""
    found: Redirector | None = getattr(request.app.state, "redirector", None)
    if found is None or found.rt is not rt:
        found = request.app.state.redirector = Redirector(rt)
    return found


async def open_link(request: Request) -> Response:
    """302 once the click is committed. HEAD leads on too and is nobody's click.

    Starlette's own route: what FastAPI does around a handler costs half of what a click may.
    """
    code, rt = request.path_params["code"], runtime_of(request)
    links = redirector_of(request, rt)
    address = client_address(request)
    wait = links.guard.shut_for(address)
    if wait > 0:
        return page(429, retry_after=int(wait) + 1)
    try:
        found = await links.find(code)
        if found is None:
            await links.guard.missed(address)
            return page(404)
        link, seq = found
        now = rt.clock.now()
        if link.expires_at <= now:
            return page(410)
        if request.method == "GET":
            agent = request.headers.get("user-agent", "")[:500]
            visit = Visit(
                agent,
                purpose=" ".join(request.headers.get(name, "") for name in _PURPOSES).strip(),
                codes_from_address=links.guard.codes_of(address, agent, code),
            )
            click = Click(link.tenant_id, link.send_id, link.id, seq, now, visit)
            if not await links.writer.store(click):
                await links.guard.missed(address)
                return page(404)
    except AWAY:
        return page(503, retry_after=3)
    return Response(
        status_code=302,
        headers={"Location": link.url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


router.add_route("/l/{code}", open_link, methods=["GET", "HEAD"], name="openLink", include_in_schema=False)


class LinkSettingsOut(ApiModel):
    hosts: list[str] = Field(description="짧은 주소가 이끌 수 있는 사이트; 비면 https인 모든 사이트")
    days: int = Field(description="발송을 시작한 날부터 주소가 열리는 날수")
    base: str | None = Field(description="짧은 주소의 앞부분; null이면 공개 주소가 없어 링크를 쓸 수 없음")


class LinkSettingsIn(ApiModel):
    hosts: Annotated[list[str], Field(max_length=100)] = Field(default_factory=list)
    days: Annotated[int, Field(ge=1, le=730)] = DEFAULT_DAYS


def _out(rt: Runtime, settings: LinkSettings) -> LinkSettingsOut:
    return LinkSettingsOut(
        hosts=list(settings.hosts), days=settings.days, base=base_of(rt.settings.public_url)
    )


@router.get("/api/settings/links", name="getLinkSettings")
async def get_settings(rt: Rt, who: Annotated[Principal, requires("campaigns.read")]) -> LinkSettingsOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return _out(rt, await read_link_settings(conn))


@router.put("/api/settings/links", name="setLinkSettings")
async def put_settings(
    body: LinkSettingsIn, rt: Rt, who: Annotated[Principal, requires("settings.change")]
) -> LinkSettingsOut:
    hosts = list(dict.fromkeys(host.lower().rstrip(".") for host in body.hosts))
    faults = [
        FieldError(f"hosts[{at}]", fault) for at, host in enumerate(hosts) if (fault := host_fault(host))
    ]
    if faults:
        raise Problem(INVALID, errors=faults)
    async with tenant_tx(rt, who.tenant_id) as conn:
        return _out(rt, await set_link_settings(conn, who, hosts=hosts, days=body.days))
