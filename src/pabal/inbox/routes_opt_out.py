"""A page at which anybody may say no, without paying for it and without an account (공직선거법 제82조의5 5항, C-05).

One short address per camp, to be put into its texts as the way to refuse. Whoever opens it types the number that got the
text; taking somebody out who didn't ask is the lesser harm, is seen in the ledger as `link`, and is slowed down per
connection.
"""

import hashlib
import secrets
from html import escape
from typing import Annotated
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from fastapi import APIRouter, Request
from redis.exceptions import RedisError
from starlette.responses import HTMLResponse

from pabal.accounts import read_public_url
from pabal.contacts import Blinder, suppress
from pabal.domain.identity import IdentityKind, canonical
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.kit.http.auth import Principal, Rt, client_address, public, requires
from pabal.kit.http.schemas import ApiModel
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

PATH = "/l/stop/"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
_TOKEN = 10  # 31^10: nobody guesses a camp's
# Numbers from one address for one camp. Thousands of handsets stand behind an address of a mobile carrier's NAT, and after
# a broadcast to 10,000 people a hundred and more refuse: too few here would hinder them (제82조의5 4항).
_PER_HOUR = 200
_MOST_BYTES = 1_000

_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
_PAGE = """<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style>body{{font:17px/1.6 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;
background:#f7f7f8;color:#1d1d24}}main{{max-width:22rem;padding:1.5rem}}h1{{font-size:1.25rem;margin:0 0 .5rem}}
p{{margin:0 0 1rem;color:#55555f}}label{{display:block;font-weight:600}}input,button{{font:inherit;width:100%;
box-sizing:border-box;min-height:3rem;border-radius:.5rem;padding:0 .75rem;margin-top:.5rem;border:1px solid #8a8a94}}
button{{background:#1d1d24;color:#fff;border:0}}@media(prefers-color-scheme:dark){{body{{background:#17171b;color:#ececf1}}
p{{color:#a9a9b5}}button{{background:#ececf1;color:#17171b}}}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""
_FORM = """<p>{said}</p><form method="post"><label for="phone">문자를 받은 전화번호</label>
<input id="phone" name="phone" type="tel" inputmode="tel" autocomplete="tel" required maxlength="30">
<button type="submit">더 받지 않기</button></form>"""

router = APIRouter()


class OptOutPageOut(ApiModel):
    url: str | None
    """None: people on the street can't reach this hub, so nobody could open it."""


@router.get("/api/law/opt-out-page", name="optOutPage", tags=["law"])
async def address(rt: Rt, who: Annotated[Principal, requires("candidacies.manage")]) -> OptOutPageOut:
    """The camp's own address for refusals, made when it is first asked for."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        base = await read_public_url(conn)
        if base is None or not base.startswith("https://"):
            return OptOutPageOut(url=None)
        token = await _token_of(conn, who.tenant_id)
    return OptOutPageOut(url=base.rstrip("/") + PATH + token)


async def _token_of(conn: Conn, tenant_id: UUID) -> str:
    token = "".join(secrets.choice(_LETTERS) for _ in range(_TOKEN))
    await conn.execute(
        "INSERT INTO opt_out_pages (tenant_id, token) VALUES (%s, %s) ON CONFLICT (tenant_id) DO NOTHING",
        (tenant_id, token),
    )
    cursor = await conn.execute("SELECT token FROM opt_out_pages")
    row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


@router.get(PATH + "{token}", include_in_schema=False, dependencies=[public])
async def show(token: str, rt: Rt) -> HTMLResponse:
    found = await _camp_of(rt, token)
    if found is None:
        return _page("찾을 수 없는 주소예요", "<p>받은 문자에서 다시 눌러 보세요.</p>", 404)
    return _page(
        f"{found[1]} 수신거부",
        _FORM.format(said="번호를 넣으면 이제 문자와 카카오톡을 보내지 않아요. 무료예요."),
    )


@router.post(PATH + "{token}", include_in_schema=False, dependencies=[public])
async def take(token: str, request: Request, rt: Rt) -> HTMLResponse:
    found = await _camp_of(rt, token)
    if found is None:
        return _page("찾을 수 없는 주소예요", "<p>받은 문자에서 다시 눌러 보세요.</p>", 404)
    tenant_id, name = found
    body = await request.body()
    typed = parse_qs(body[:_MOST_BYTES].decode("utf-8", "replace")).get("phone", [""])[0]
    phone = canonical(IdentityKind.PHONE, typed)
    if phone is None:
        said = "전화번호가 아니에요. 010-1234-5678처럼 넣어 주세요."
        return _page(f"{name} 수신거부", _FORM.format(said=said), 422)
    if await _too_many(rt, tenant_id, client_address(request)):
        return _page("잠시 뒤에 다시 해 주세요", "<p>이 연결에서 너무 많이 넣었어요.</p>", 429)
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    async with tenant_tx(rt, tenant_id) as conn:
        await suppress(
            conn,
            tenant_id,
            kind="phone",
            address_keys=[blinder.address_key("phone", phone.value)],
            channels=("all",),
            reason="수신거부 페이지에서 요청",
            source="link",
        )
    log.info("optout.page", tenant=str(tenant_id))
    return _page("수신을 거부했어요", f"<p>이제 {escape(name)}에서 이 번호로 보내지 않아요.</p>")


async def _camp_of(rt: Runtime, token: str) -> tuple[UUID, str] | None:
    if len(token) != _TOKEN:
        return None
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT tenant_id, name FROM app.camp_by_opt_out_page(%s)", (token,))
        row = await cursor.fetchone()
    return None if row is None else (row[0], row[1])


async def _too_many(rt: Runtime, tenant_id: UUID, address: str) -> bool:
    """Under a keyed hash: nobody's address is stored. Without Redis nobody is refused a refusal."""
    who = hashlib.blake2b(f"{tenant_id} {address}".encode(), key=rt.keys.link_key[:64], digest_size=12)
    key = f"pabal:optout:{who.hexdigest()}"
    try:
        count = await rt.redis.incr(key)
        # Each time: a key that was left without an end would shut somebody out for good.
        await rt.redis.expire(key, 3600, nx=True)
    except (RedisError, OSError):
        return False
    return int(count) > _PER_HOUR


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    headers = {"Content-Security-Policy": _CSP, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), status, headers)
