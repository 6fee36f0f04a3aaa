"""First run: the first owner, then a checklist that can be left and taken up again at any time."""

import hmac
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Request, Response

from pabal import provision
from pabal.accounts import (
    MeOut,
    audit,
    claimed,
    confirm_password,
    find_user,
    list_tenants,
    open_session,
    unclaimed,
)
from pabal.accounts.routes import welcome
from pabal.config import Mode
from pabal.domain.papers import PAPERS
from pabal.kit.clock import month_kst
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.kit.http.auth import Principal, Rt, client_address, is_loopback, public, requires
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.kit.recovery import FILE_NAME, recovery_key_text
from pabal.runtime import Runtime
from pabal.setup import actions, queries
from pabal.setup.schemas import (
    BlockerOut,
    ConfirmIn,
    OwnerIn,
    PaperOut,
    PapersOut,
    RecoveryKeyOut,
    SetupOut,
    StatusOut,
    StepOut,
    StepPatch,
)

router = APIRouter(prefix="/api/setup", tags=["setup"])

CanRead = Annotated[Principal, requires("settings.read")]
CanChange = Annotated[Principal, requires("settings.change")]

RECOVERY_KEY_ELSEWHERE = declare("recovery_key_elsewhere", 409, "복구 키는 서버에서 명령으로 받아야 해요")
# As in pabal.cli.demo, which stands above this package; a test compares them.
DEMO_LOGINS = ("owner@demo.camp", "admin@demo.camp", "staff@demo.camp", "owner@demo.sales")
_SHARED = "여러 조직이 함께 쓰는 서버예요. 이 키는 모든 조직의 정보를 열 수 있어서 서버를 맡은 사람만 받을 수 있어요."
_PLAIN = "암호화되지 않은 연결이에요. https 주소나 서버가 있는 컴퓨터에서 받아 주세요."


@router.get("/status", name="setupStatus", dependencies=[public])
async def status(request: Request, rt: Rt) -> StatusOut:
    """Asked before anybody is logged in: does anybody live here yet?"""
    here = await claimed(rt)
    return StatusOut(
        owner_needed=not here,
        token_needed=not here and not _at_the_machine(request),
        demo_logins=await _demo_logins(rt) if here else [],
    )


@router.post("/owner", name="createFirstOwner", status_code=201, dependencies=[public])
async def create_owner(body: OwnerIn, request: Request, response: Response, rt: Rt) -> MeOut:
    """The first owner and tenant of an installation, logged in. At the machine itself, or with the token of `pabal up`."""
    given = body.setup_token.get_secret_value() if body.setup_token else ""
    expected = rt.settings.setup_token
    by_token = expected is not None and hmac.compare_digest(given.encode(), expected.encode())
    proved = by_token or _at_the_machine(request)
    async with unclaimed(rt, address=client_address(request), proved=proved):
        made = await provision.create_tenant(
            rt,
            name=body.tenant_name,
            kind=body.kind,
            owner_email=body.email,
            owner_password=body.password.get_secret_value(),
            owner_name=body.name,
        )
    agent = request.headers.get("user-agent", "")
    session = await open_session(rt, made.owner_user_id, tenant_id=made.tenant_id, user_agent=agent)
    return await welcome(rt, response, session)


@router.get("", name="getSetup")
async def get_setup(request: Request, rt: Rt, who: CanRead) -> SetupOut:
    key = await _recovery_key(rt, request)
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await _shown(conn, rt, who, key)


@router.patch("/{step}", name="changeSetupStep")
async def change_step(
    step: queries.Step, body: StepPatch, request: Request, rt: Rt, who: CanChange
) -> SetupOut:
    address_given = "public_url" in body.model_fields_set
    as_it_is = rt.settings.public_url is not None and body.public_url == rt.settings.public_url
    if address_given and step != "address":
        raise Problem(INVALID, errors=[FieldError("publicUrl", "공개 주소 단계에서만 바꿀 수 있어요")])
    key = await _recovery_key(rt, request)
    async with tenant_tx(rt, who.tenant_id) as conn:
        if address_given and not as_it_is:
            await actions.move_public_url(conn, who, rt.settings, body.public_url)
        facts = await queries.read_facts(conn, who.tenant_id, rt.clock.now())
        if step == "candidacy" and facts.kind != "camp":
            raise Problem(NOT_FOUND)
        await actions.mark_step(conn, who, facts, step, body.state)
        return await _shown(conn, rt, who, key)


@router.post(
    "/recovery-key",
    name="downloadRecoveryKey",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def download_recovery_key(body: ConfirmIn, request: Request, rt: Rt, who: CanChange) -> Response:
    """The recovery key file, once more after the password. POST: nothing on the way may keep a copy."""
    here = await _recovery_key(rt, request)
    if not here.available:
        raise Problem(RECOVERY_KEY_ELSEWHERE, detail=f"{here.reason} 명령: {here.command}")
    assert who.user_id is not None  # no API key reaches settings.change
    password = body.password.get_secret_value()
    await confirm_password(rt, who.user_id, password=password, address=client_address(request))
    text = recovery_key_text(rt.settings.master_key_path)
    async with tenant_tx(rt, who.tenant_id) as conn:
        await audit(conn, who, "recovery_key.export", "installation")
        await actions.mark_step(
            conn, who, await queries.read_facts(conn, who.tenant_id, rt.clock.now()), "recovery_key", "done"
        )
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"', "Cache-Control": "no-store"}
    return Response(text, headers=headers, media_type="text/plain; charset=utf-8")


async def _shown(conn: Conn, rt: Runtime, who: Principal, key: RecoveryKeyOut) -> SetupOut:
    facts = await queries.read_facts(conn, who.tenant_id, rt.clock.now())
    steps = await queries.read_steps(conn, facts)
    month = month_kst(rt.clock.now())
    blocking = await queries.blockers(conn, who.tenant_id, facts, month=month)
    return SetupOut(
        steps=[StepOut(step=step, state=state) for step, state in steps.items()],
        blockers=[BlockerOut.model_validate(one) for one in blocking],
        public_url=rt.settings.public_url or facts.public_url,
        public_url_fixed=rt.settings.public_url is not None,
        recovery_key=key,
        papers=PapersOut(
            phone=[PaperOut.model_validate(one) for one in PAPERS["phone"]],
            kakao=[PaperOut.model_validate(one) for one in PAPERS["kakao"]],
            candidacy=[PaperOut.model_validate(one) for one in PAPERS["candidacy"]],
        ),
    )


async def _recovery_key(rt: Runtime, request: Request) -> RecoveryKeyOut:
    """The master key opens every tenant's book: an owner may only have it where there is nobody else."""
    alone = len(await list_tenants(rt)) == 1
    safe = request.url.scheme == "https" or is_loopback(request)
    reason = None if alone and safe else _PLAIN if alone else _SHARED
    return RecoveryKeyOut(available=reason is None, reason=reason, command=f"pabal keys export {FILE_NAME}")


async def _demo_logins(rt: Runtime) -> list[str]:
    """Addresses that the login page offers: public ones with a public password, and only where they work."""
    if rt.settings.mode is Mode.PRODUCTION or not rt.settings.demo:
        return []
    async with system_tx(rt) as conn:
        return [email for email in DEMO_LOGINS if await find_user(conn, rt, email) is not None]


def _at_the_machine(request: Request) -> bool:
    """Whoever sits at the server. The page's own name must be a loopback one, too: a foreign page can point a name of
    its own at 127.0.0.1 and would then count as ours.
    """
    name = request.url.hostname or ""
    if not is_loopback(request):
        return False
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
