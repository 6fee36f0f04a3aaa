"""The three books side by side: of one send, and of everything that is open, with what comes next and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from pabal import dispatch
from pabal.campaigns import people, queries
from pabal.campaigns.books import BUCKET_LABELS, CHECK_LABELS, TRY_LABELS, WAITS_LABELS
from pabal.campaigns.schemas_reconcile import (
    AgeingOut,
    AgesOut,
    BalanceOut,
    BooksOut,
    DifferenceOut,
    FigureOut,
    ListedSendOut,
    MonthOut,
    OpenRowsOut,
    ReconciliationOut,
    UnitsOut,
    UnmatchedOut,
)
from pabal.domain.reconcile import Balance
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor

router = APIRouter(prefix="/api", tags=["campaigns"])

Reads = Annotated[Principal, requires("operations.read")]
Month = Annotated[
    str | None, Query(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$", description="한국 시간의 달; 없으면 이번 달")
]
NAMED = 20  # requests of a difference
COUNTED = 300_000  # people whose books one answer counts: some 2 s on two cores


@router.get("/sends/{send_id}/reconciliation", name="reconcileSend")
async def reconcile_send(send_id: UUID, rt: Rt, who: Reads) -> ReconciliationOut:
    """One snapshot of people and tries, requests and their answers, units. Everybody is in exactly one place."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await dispatch.reconcile(conn, who.tenant_id, [send_id])
        names = await queries.names_of_sends(conn, [send_id])
        products = await dispatch.products_of(conn, who.tenant_id, [send_id])
    if not found:
        raise Problem(NOT_FOUND)
    (books,) = found
    return ReconciliationOut(
        send_id=books.send_id,
        campaign_id=books.campaign_id,
        campaign_name=names.get(books.send_id, ""),
        state=books.state,
        rehearse=books.rehearse,
        created_at=books.created_at,
        audience=books.audience,
        as_of=books.as_of,
        **_come_to(books).model_dump(),
        people=[FigureOut(key=one, label=BUCKET_LABELS[one], count=n) for one, n in books.people.items()],
        tries=[FigureOut(key=one, label=TRY_LABELS[one], count=n) for one, n in books.tries.items()],
        checks=[_check_out(one) for one in books.checks],
        open=[_open_out(one, books, names, products) for one in books.open],
    )


@router.get("/reconciliation", name="reconcileAll")
async def reconcile_all(
    rt: Rt, who: Reads, month: Month = None, limit: Limit = 50, cursor: Cursor = None
) -> AgeingOut:
    """Everybody who is open in any send, whoever waits longest first; and the sends of a month with what keeps them open."""
    position = read_cursor(cursor, UUID)
    month = month or rt.clock.month_kst()
    start = datetime.strptime(month, "%Y-%m").replace(tzinfo=KST)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    async with tenant_tx(rt, who.tenant_id) as conn:
        still_open = [] if position else await dispatch.open_sends(conn, who.tenant_id)
        of_month = await dispatch.sends_between(
            conn, who.tenant_id, start, end, before=position[0] if position else None, limit=limit + 1
        )
        page = of_month[:limit]
        counted, uncounted = _affordable([*still_open, *page])
        found = {one.send_id: one for one in await dispatch.reconcile(conn, who.tenant_id, counted)}
        units = await dispatch.month_units(conn, who.tenant_id, month)
        waiting = await dispatch.unmatched(conn, who.tenant_id)
        names = await queries.names_of_sends(conn, [*found, *(one.id for one in page)])
        products = await dispatch.products_of(conn, who.tenant_id, list(found))
    rows = [] if position else [(one, books) for books in found.values() for one in books.open]
    return AgeingOut(
        as_of=rt.clock.now(),
        month=MonthOut.model_validate(units),
        open=[
            _open_out(one, books, names, products)
            for one, books in sorted(rows, key=lambda row: row[0].oldest)
        ],
        unmatched=[UnmatchedOut.model_validate(one) for one in waiting],
        differences=[
            DifferenceOut(
                send_id=one.send_id,
                campaign_id=one.campaign_id,
                campaign_name=names.get(one.send_id, ""),
                created_at=one.created_at,
                differences=len(one.differences),
            )
            for one in found.values()
            if one.differences
        ],
        uncounted=uncounted,
        sends=Page(
            items=[_listed(one, found.get(one.id), names) for one in page],
            next_cursor=write_cursor(str(page[-1].id)) if len(of_month) > limit else None,
        ),
    )


def _affordable(sends: Sequence[dispatch.SendLine]) -> tuple[list[UUID], list[UUID]]:
    """Which can be counted while somebody waits, in this order, and which can't. A send that comes twice counts once."""
    chosen: list[UUID] = []
    rest: list[UUID] = []
    left = COUNTED
    for one in {line.id: line for line in sends}.values():
        if one.audience <= left:
            chosen.append(one.id)
            left -= one.audience
        else:
            rest.append(one.id)
    return chosen, rest


def _listed(one: dispatch.SendLine, books: dispatch.Books | None, names: Mapping[UUID, str]) -> ListedSendOut:
    return ListedSendOut(
        send_id=one.id,
        campaign_id=one.campaign_id,
        campaign_name=names.get(one.id, ""),
        state=one.state,
        rehearse=one.rehearse,
        created_at=one.created_at,
        audience=one.audience,
        books=None if books is None else _come_to(books),
    )


def _come_to(books: dispatch.Books) -> BooksOut:
    units = books.units
    return BooksOut(
        closed=books.closed,
        differences=len(books.differences),
        open_people=books.open_people,
        units=UnitsOut(**units, kept=units["reserved"] - units["settled"] - units["released"]),
    )


def _check_out(one: Balance) -> BalanceOut:
    label, left_label, right_label = CHECK_LABELS[one.check]
    return BalanceOut(
        check=one.check,
        label=label,
        left_label=left_label,
        right_label=right_label,
        left=one.left,
        right=one.right,
        wrong=one.wrong,
        equal=one.equal,
        requests=list(one.requests[:NAMED]),
    )


def _open_out(
    one: dispatch.OpenRows,
    books: dispatch.Books,
    names: Mapping[UUID, str],
    products: Mapping[UUID, dispatch.Products],
) -> OpenRowsOut:
    return OpenRowsOut(
        send_id=one.send_id,
        campaign_id=books.campaign_id,
        campaign_name=names.get(one.send_id, ""),
        rehearse=books.rehearse,
        bucket=one.bucket,
        bucket_label=BUCKET_LABELS[one.bucket],
        waits_for=one.waits_for,
        waits_label=WAITS_LABELS[one.waits_for],
        why=one.why,
        why_label=people.reason_label(one.why, products.get(one.send_id, ())),
        channel=one.channel,
        account_id=one.account_id,
        account_name=one.account_name,
        people=one.people,
        units=one.units,
        ages=AgesOut.model_validate(one.ages),
        oldest=one.oldest,
        next_at=one.next_at,
        presumed_at=one.presumed_at,
    )
