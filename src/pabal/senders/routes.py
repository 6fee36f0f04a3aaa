"""Sender numbers, Kakao profiles and the carrier accounts behind them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response

from pabal.accounts import read_public_url
from pabal.channels.base import AccountCheck
from pabal.channels.registry import NoSuchCarrierError, carrier, fenced_carrier, is_fenced
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import CONFLICT, INVALID, NOT_FOUND, FieldError, Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.runtime import Runtime
from pabal.senders import actions, queries
from pabal.senders.rehearsal import hook_url, register_at_sandbox
from pabal.senders.schemas import (
    AccountIn,
    AccountOut,
    AccountPatch,
    AccountTestOut,
    SenderIn,
    SenderOut,
    SenderPatch,
)

router = APIRouter(prefix="/api", tags=["senders"])

CanRead = Annotated[Principal, requires("senders.read")]
CanManage = Annotated[Principal, requires("senders.manage")]
CanSeeCarriers = Annotated[Principal, requires("carriers.read")]
CanManageCarriers = Annotated[Principal, requires("carriers.manage")]


@router.get("/senders", name="listSenders")
async def list_senders(
    *,
    rt: Rt,
    who: CanRead,
    kind: Literal["phone", "kakao"] | None = None,
    state: str | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SenderOut]:
    position = read_cursor(cursor, UUID)
    before = position[0] if position else None
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await queries.list_senders(conn, kind=kind, state=state, before=before, limit=limit + 1)
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].id)) if len(rows) > limit else None
    return Page(items=[SenderOut.model_validate(row) for row in shown], next_cursor=more)


@router.post("/senders", name="createSender", status_code=201, response_model=SenderOut)
async def create_sender(body: SenderIn, request: Request, rt: Rt, who: CanManage) -> Response:
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            account_id = body.account_id or await _only_account(conn)
            sender_id = await actions.create_sender(
                conn,
                who,
                kind=body.kind,
                value=body.value,
                name=body.name,
                account_id=account_id,
                attested=body.attested,
            )
            row = await queries.find_sender(conn, sender_id)
            return await call.answer(conn, SenderOut.model_validate(row), status=201)


@router.patch("/senders/{sender_id}", name="changeSender")
async def change_sender(sender_id: UUID, body: SenderPatch, rt: Rt, who: CanManage) -> SenderOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await actions.change_sender(conn, who, sender_id, name=body.name, state=body.state)
        row = await queries.find_sender(conn, sender_id)
    return SenderOut.model_validate(row)


@router.get("/carrier-accounts", name="listCarrierAccounts")
async def list_accounts(
    rt: Rt, who: CanSeeCarriers, cursor: Cursor = None, limit: Limit = 50
) -> Page[AccountOut]:
    position = read_cursor(cursor, UUID)
    before = position[0] if position else None
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await queries.list_accounts(conn, before=before, limit=limit + 1)
        public_url = await read_public_url(conn)
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].id)) if len(rows) > limit else None
    return Page(items=[_shown(rt, who, row, public_url) for row in shown], next_cursor=more)


@router.post("/carrier-accounts", name="createCarrierAccount", status_code=201, response_model=AccountOut)
async def create_account(body: AccountIn, request: Request, rt: Rt, who: CanManageCarriers) -> Response:
    secrets = body.credentials.given()
    new = actions.NewAccount(
        carrier=body.carrier,
        name=body.name or body.carrier.upper(),
        base_url=body.base_url,
        api_key=secrets["apiKey"],
        api_secret=secrets["apiSecret"],
        webhook_secret=secrets.get("webhookSecret", ""),
        channels=body.channels,
        rate_per_second=body.rate_per_second,
        monthly_cap=body.monthly_cap,
        duplicate_filter_minutes=body.duplicate_filter_minutes,
        mode=body.mode,
    )
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            account_id = await actions.create_account(conn, rt.settings, who, new)
            row = await queries.find_account(conn, account_id)
            assert row is not None
            answer = await call.answer(conn, _shown(rt, who, row, await read_public_url(conn)), status=201)
    await register_at_sandbox(rt, who.tenant_id, account_id)
    return answer


@router.patch("/carrier-accounts/{account_id}", name="changeCarrierAccount")
async def change_account(account_id: UUID, body: AccountPatch, rt: Rt, who: CanManageCarriers) -> AccountOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await actions.change_account(
            conn,
            rt.settings,
            who,
            account_id,
            changes=body.model_dump(exclude_unset=True, exclude={"credentials"}),
            credentials=body.credentials.given() if body.credentials else {},
        )
        row = await queries.find_account(conn, account_id)
        public_url = await read_public_url(conn)
    assert row is not None
    await register_at_sandbox(rt, who.tenant_id, account_id)
    return _shown(rt, who, row, public_url)


@router.post("/carrier-accounts/{account_id}/test", name="testCarrierAccount")
async def test_account(account_id: UUID, rt: Rt, who: CanManageCarriers) -> AccountTestOut:
    """Credentials, then (where there is one) the fence: create, delete, try to add. Sends nothing; no transaction is
    open meanwhile."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await queries.account_for_dispatch(conn, account_id)
    if found is None:
        raise Problem(NOT_FOUND)
    await register_at_sandbox(rt, who.tenant_id, account_id)
    check = await _check(rt, found)
    async with tenant_tx(rt, who.tenant_id) as conn:
        kept = await actions.store_check(conn, who, found.account, check, at=rt.clock.now())
        used = await queries.used_this_month(conn, who.tenant_id, account_id, rt.clock.now())
    if not kept:
        raise Problem(CONFLICT, detail="확인하는 사이에 키나 주소가 바뀌었어요. 다시 확인해 주세요.")
    return AccountTestOut(
        ok=check.ok,
        message=check.message_ko,
        code=check.code,
        balance=check.balance_won,
        fenced=check.fenced,
        monthly_cap=found.monthly_cap,
        used_this_month=used,
    )


async def _check(rt: Runtime, found: queries.AccountForDispatch) -> AccountCheck:
    name, wall = found.account.carrier, rt.settings.http_timeout_seconds
    try:
        adapter = carrier(name, found.channels, rt.http, wall_seconds=wall)
    except NoSuchCarrierError:
        raise Problem(actions.CARRIER_NOT_READY) from None
    answer = await adapter.check(found.account)
    if not answer.ok or not is_fenced(name):
        return answer
    fence = await fenced_carrier(name, rt.http, wall_seconds=wall).prove_fence(found.account)
    message = answer.message_ko if fence.fenced else f"{answer.message_ko} {fence.message_ko}"
    return AccountCheck(
        ok=True, message_ko=message, balance_won=answer.balance_won, code=fence.code, fenced=fence.fenced
    )


async def _only_account(conn: Conn) -> UUID:
    """A tenant with one account need not name it."""
    accounts = await queries.list_accounts(conn, limit=2)
    if len(accounts) != 1:
        raise Problem(INVALID, errors=[FieldError("accountId", "어느 발송사 계정의 번호인지 골라 주세요")])
    return accounts[0].id


def _shown(rt: Runtime, who: Principal, row: queries.AccountRow, public_url: str | None) -> AccountOut:
    """The webhook's address is shown where a carrier should call it: told to, and able to reach us."""
    url = None
    reachable = row.sandbox or rt.settings.public_url is not None or public_url is not None
    if who.may("carriers.manage") and row.mode == "webhook" and reachable:
        at = None if row.sandbox else public_url
        url = hook_url(rt.settings, row.hook_token, row.carrier, public_url=at)
    return AccountOut.model_validate(row).model_copy(update={"webhook_url": url})
