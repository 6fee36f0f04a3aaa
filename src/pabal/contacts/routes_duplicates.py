"""The queue of doubtful pairs, merges and their undo, and where a contact comes from, over HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from pabal.accounts import audit, list_members
from pabal.contacts import duplicates, merging
from pabal.contacts.lineage import read_lineage
from pabal.contacts.questions import Group
from pabal.contacts.routes import Reader, Writer, blinder_of
from pabal.contacts.schemas_duplicates import (
    LaterOut,
    LineageOut,
    MergeIn,
    MergeOut,
    PairAnswerOut,
    PairCountsOut,
    PairOut,
    PairsOut,
    ResolveIn,
    UndoneOut,
    groups_out,
)
from pabal.contacts.survivorship import internal_name
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Rt
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import Cursor, Limit, read_cursor, write_cursor
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["duplicates"])


def _chosen(fields: Mapping[str, UUID], contact_ids: set[UUID]) -> dict[str, UUID]:
    """Field → whose value counts; names of fields as in a contact, values are ids of the contacts to merge."""
    faults = [
        FieldError(f"fields.{field}", "고를 수 없는 칸이거나, 합칠 연락처가 아니에요")
        for field, chosen in fields.items()
        if internal_name(field) is None or chosen not in contact_ids
    ]
    if faults:
        raise Problem(INVALID, errors=faults)
    return {str(internal_name(field)): chosen for field, chosen in fields.items()}


async def _names(conn: Conn, rt: Runtime) -> dict[UUID, str]:
    return {member.user_id: member.name for member in await list_members(conn, rt)}


def _midnight(rt: Runtime) -> datetime:
    return rt.clock.now().astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)


@router.get("/duplicates", name="listDuplicates")
async def list_duplicates(
    rt: Rt,
    who: Reader,
    group: Group | None = None,
    contact_id: Annotated[UUID | None, Query(alias="contactId", description="이 연락처의 짝만")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> PairsOut:
    """What the rules would ask about, both sides opened, in groups; the place in the queue is the cursor. The counts are
    those of the whole queue.
    """
    position = read_cursor(cursor, int, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await duplicates.page_of_pairs(
            conn,
            group=group,
            contact_id=contact_id,
            after=None if position is None else (position[0], position[1]),
            limit=limit + 1,
        )
        page = found[:limit]
        opened = await duplicates.open_pairs(
            conn, who.tenant_id, [pair for _, pair in page], this_year=rt.clock.now().year
        )
        counts = await duplicates.count_pairs(conn, _midnight(rt))
    return PairsOut(
        items=[PairOut.of(one, unmasked=who.may("contacts.unmasked")) for one in opened],
        next_cursor=write_cursor(page[-1][0], str(page[-1][1].id)) if len(found) > limit else None,
        groups=list(groups_out(counts.by_group)),
        open=counts.open,
        decided_today=counts.decided_today,
    )


@router.get("/duplicates/counts", name="countDuplicates")
async def count_duplicates(rt: Rt, who: Reader) -> PairCountsOut:
    """How much of the queue is left, for the navigation: nobody's card is opened."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        counts = await duplicates.count_pairs(conn, _midnight(rt))
    return PairCountsOut(
        groups=list(groups_out(counts.by_group)), open=counts.open, decided_today=counts.decided_today
    )


@router.get("/duplicates/{pair_id}", name="getDuplicate")
async def get_duplicate(pair_id: UUID, rt: Rt, who: Reader) -> PairOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        pair = await duplicates.read_pair(conn, pair_id)
        opened = await duplicates.open_pairs(conn, who.tenant_id, [pair], this_year=rt.clock.now().year)
    if not opened:
        raise Problem(duplicates.PAIR_GONE)
    return PairOut.of(opened[0], unmasked=who.may("contacts.unmasked"))


@router.post("/duplicates/{pair_id}/resolve", name="resolveDuplicate")
async def resolve_duplicate(pair_id: UUID, body: ResolveIn, rt: Rt, who: Writer) -> PairAnswerOut:
    """`separate` and `shared` are remembered and outlive re-imports; `merge` takes whose value counts per field."""
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        names = await _names(conn, rt)
        asked = await duplicates.read_pair(conn, pair_id)
        both = {asked.contact_a, asked.contact_b}
        if body.survivor_id is not None and body.survivor_id not in both:
            raise Problem(INVALID, errors=[FieldError("survivorId", "이 짝의 연락처가 아니에요")])
        try:
            pair = await duplicates.resolve_pair(
                conn,
                who.tenant_id,
                blinder,
                pair_id,
                body.decision,
                survivor_id=body.survivor_id,
                fields=_chosen(body.fields, both),
                this_year=rt.clock.now().year,
                decided_by=who.user_id,
            )
        except Problem as problem:
            _name_the_other(problem, names)
            raise
        await audit(conn, who, "duplicate.resolve", "duplicate", pair_id, detail={"decision": body.decision})
    await try_publish_changed(rt, who.tenant_id, "duplicate", pair_id)
    return PairAnswerOut.of(pair, names)


def _name_the_other(problem: Problem, names: Mapping[UUID, str]) -> None:
    """Who was first is a name to people, an id to the code below."""
    by = problem.extra.get("decidedBy")
    if by is not None:
        problem.extra["decidedBy"] = names.get(UUID(by))


@router.post("/duplicates/{pair_id}/undo", name="undoDuplicate")
async def undo_duplicate(pair_id: UUID, rt: Rt, who: Writer) -> PairAnswerOut:
    """Ask again: takes the answer back, and the merge if that was the answer."""
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        names = await _names(conn, rt)
        pair = await duplicates.reopen_pair(conn, who.tenant_id, blinder, pair_id, undone_by=who.user_id)
        await audit(conn, who, "duplicate.undo", "duplicate", pair_id)
    await try_publish_changed(rt, who.tenant_id, "duplicate", pair_id)
    return PairAnswerOut.of(pair, names)


@router.post("/contacts/merge", name="mergeContacts")
async def merge_contacts(body: MergeIn, rt: Rt, who: Writer) -> MergeOut:
    """One contact of several. `fields` names for single values the contact whose value counts; no value is lost."""
    ids = set(body.contact_ids)
    if len(ids) < 2 or body.survivor_id not in ids:
        raise Problem(
            INVALID,
            errors=[FieldError("survivorId", "합칠 연락처 둘 이상과, 그 가운데 남길 하나가 있어야 해요")],
        )
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        merge_id = await merging.merge_contacts(
            conn,
            who.tenant_id,
            blinder,
            contact_ids=body.contact_ids,
            survivor_id=body.survivor_id,
            fields=_chosen(body.fields, ids),
            this_year=rt.clock.now().year,
            created_by=who.user_id,
        )
        await audit(conn, who, "contact.merge", "merge", merge_id, detail={"contacts": len(ids)})
    await try_publish_changed(rt, who.tenant_id, "duplicate", merge_id)
    return MergeOut(merge_id=merge_id, survivor_id=body.survivor_id)


@router.post("/merges/{merge_id}/undo", name="undoMerge")
async def undo_merge(merge_id: UUID, rt: Rt, who: Writer) -> UndoneOut:
    """Fields, identities, tags and consents as if it had not been; what came later stays where it is told."""
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        undone = await merging.undo_merge(conn, who.tenant_id, blinder, merge_id, undone_by=who.user_id)
        await audit(conn, who, "contact.unmerge", "merge", merge_id)
    await try_publish_changed(rt, who.tenant_id, "duplicate", merge_id)
    return UndoneOut(
        survivor_id=undone.survivor_id, contact_ids=list(undone.freed), later=LaterOut.of(undone.later)
    )


@router.get("/contacts/{contact_id}/lineage", name="contactLineage")
async def contact_lineage(contact_id: UUID, rt: Rt, who: Reader) -> LineageOut:
    """Lists it was in, merges, edits and answers, newest first; of the contact that this one belongs to now."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        lineage = await read_lineage(conn, who.tenant_id, contact_id)
        names = await _names(conn, rt)
    return LineageOut.of(lineage, names, unmasked=who.may("contacts.unmasked"))
