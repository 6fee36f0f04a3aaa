"""Segments over HTTP: saved rules, how many and whom they mean, what they leave out."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from pabal.accounts import audit
from pabal.contacts import queries, segments
from pabal.contacts.card import Blinder
from pabal.contacts.routes import Reader, Writer, blinder_of
from pabal.contacts.schemas import ContactOut, TotalOut
from pabal.contacts.schemas_segments import (
    CountOut,
    CountsIn,
    CountsOut,
    DuplicateIn,
    LeftOutOut,
    PreviewIn,
    PreviewOut,
    SegmentIn,
    SegmentOut,
    SegmentPatch,
    UsesOut,
    Why,
)
from pabal.contacts.segment_rule import SegmentRule
from pabal.contacts.selection import read_filter, selection_sql, ways_of
from pabal.contacts.ways import count_ways, newest_page
from pabal.contacts.why import conditions_met, on_a_shared_number
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Rt
from pabal.kit.http.schemas import Page

router = APIRouter(prefix="/api", tags=["contacts"])

_SAMPLE = 5
Exact = Annotated[bool, Query(description="상한 없이 끝까지 세기")]


@router.get("/segments", name="listSegments")
async def list_segments(rt: Rt, who: Reader) -> Page[SegmentOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return Page(items=[SegmentOut.of(one) for one in await segments.list_segments(conn)])


@router.post("/segments", name="createSegment", status_code=201)
async def create_segment(body: SegmentIn, rt: Rt, who: Writer) -> SegmentOut:
    read_filter(body.filter)
    async with tenant_tx(rt, who.tenant_id) as conn:
        segment = await segments.save_segment(
            conn,
            who.tenant_id,
            name=body.name,
            description=body.description,
            rule=body.rule(),
            created_by=who.user_id,
        )
        await audit(conn, who, "segment.create", "segment", segment.id)
    return SegmentOut.of(segment)


@router.post("/segments/preview", name="previewSegment")
async def preview_segment(body: PreviewIn, rt: Rt, who: Reader) -> PreviewOut:
    """How many, five of them, and who is left out or can't be reached and why."""
    node = read_filter(body.filter)
    blinder = await blinder_of(rt, who)
    rule = body.rule()
    async with tenant_tx(rt, who.tenant_id) as conn:
        whole = await segments.selects_of(conn, rule)
        page = await newest_page(
            conn,
            who.tenant_id,
            ways=await ways_of(conn, whole, blinder, rt.clock.now()),
            after=None,
            limit=_SAMPLE,
            exact=body.exact,
        )
        everybody = page.total is not None and page.total.relation == "eq"
        excluded = await _left_out(conn, rt, blinder, rule, whole, exact=body.exact, all_counted=everybody)
        sample = [one.id for one in page.items]
        why = await conditions_met(conn, node, sample, blinder, rt.clock.now())
    assert page.total is not None
    unmasked = who.may("contacts.unmasked")
    return PreviewOut(
        count=page.total.value,
        relation="gte" if page.total.relation == "gte" else "eq",
        sample=[ContactOut.of(contact, unmasked=unmasked) for contact in page.items],
        excluded=excluded,
        why=why,
    )


async def _left_out(
    conn: Conn,
    rt: Rt,
    blinder: Blinder,
    rule: SegmentRule,
    whole: dict[str, Any],
    *,
    exact: bool,
    all_counted: bool,
) -> list[LeftOutOut]:
    """Counts of those whom the rule leaves out or a text won't reach; a reason with nobody isn't said."""

    async def count(*parts: dict[str, Any]) -> queries.Total:
        given = [part for part in parts if part]
        both = {"all": given} if len(given) > 1 else given[0]
        return await count_ways(conn, await ways_of(conn, both, blinder, rt.clock.now()), exact=exact)

    found: list[LeftOutOut] = []
    alone: dict[Why, SegmentRule] = {
        "segment": SegmentRule(exclude_segment_ids=rule.exclude_segment_ids),
        "contact": SegmentRule(exclude_contact_ids=rule.exclude_contact_ids),
    }
    for reason, part in alone.items():
        rest = await segments.selects_of(conn, part)
        if rest:
            found.append(LeftOutOut.of(reason, await count(rule.filter, {"not": rest})))
    phones = {"field": "channel", "op": "has", "value": "sms"}
    refused = {"field": "optOut", "op": "in", "value": ["all", "sms"]}
    found.append(LeftOutOut.of("no_phone", await count(whole, {"not": phones})))
    found.append(LeftOutOut.of("opted_out", await count(whole, refused)))
    if all_counted:
        reached = {"all": [*([whole] if whole else []), phones, {"not": refused}]}
        shared = await on_a_shared_number(conn, selection_sql(reached, blinder, rt.clock.now()))
        found.append(LeftOutOut.of("same_number", queries.Total(shared, "eq")))
    return [one for one in found if one.count]


@router.post("/segments/counts", name="countFilters")
async def count_filters(body: CountsIn, rt: Rt, who: Reader) -> CountsOut:
    """Several filters at once: what each condition of a builder means."""
    for i, one in enumerate(body.filters):
        read_filter(one, path=f"filters[{i}]")
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        totals = [
            await count_ways(conn, await ways_of(conn, one, blinder, rt.clock.now()), exact=body.exact)
            for one in body.filters
        ]
    return CountsOut(items=[TotalOut.model_validate(total) for total in totals])


@router.get("/segments/{segment_id}", name="getSegment")
async def get_segment(segment_id: UUID, rt: Rt, who: Reader) -> SegmentOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return SegmentOut.of(await segments.read_segment(conn, segment_id))


@router.get("/segments/{segment_id}/count", name="countSegment")
async def count_segment(segment_id: UUID, rt: Rt, who: Reader, exact: Exact = False) -> CountOut:
    """Counted now, and kept beside the segment for those who list it."""
    blinder = await blinder_of(rt, who)
    now = rt.clock.now()
    async with tenant_tx(rt, who.tenant_id) as conn:
        segment = await segments.read_segment(conn, segment_id)
        ways = await ways_of(conn, segment.filter, blinder, now)
        total = await count_ways(conn, ways, exact=exact)
        await segments.keep_count(conn, segment, total)
    return CountOut(value=total.value, relation="gte" if total.relation == "gte" else "eq", at=now)


@router.get("/segments/{segment_id}/uses", name="listSegmentUses")
async def list_uses(segment_id: UUID, rt: Rt, who: Reader) -> UsesOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await segments.read_segment(conn, segment_id)
        return UsesOut.of(await segments.uses_of(conn, segment_id))


@router.post("/segments/{segment_id}/duplicate", name="duplicateSegment", status_code=201)
async def duplicate_segment(segment_id: UUID, body: DuplicateIn, rt: Rt, who: Writer) -> SegmentOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        source = await segments.read_segment(conn, segment_id)
        taken = {one.name for one in await segments.list_segments(conn)}
        copies = (f"{source.name[:90]} 사본{'' if n == 1 else f' {n}'}" for n in range(1, len(taken) + 2))
        segment = await segments.save_segment(
            conn,
            who.tenant_id,
            name=body.name or next(name for name in copies if name not in taken),
            description=source.description,
            rule=source.rule,
            created_by=who.user_id,
        )
        await audit(conn, who, "segment.create", "segment", segment.id, detail={"from": str(segment_id)})
    return SegmentOut.of(segment)


@router.patch("/segments/{segment_id}", name="changeSegment")
async def change_segment(segment_id: UUID, body: SegmentPatch, rt: Rt, who: Writer) -> SegmentOut:
    if body.filter is not None:
        read_filter(body.filter)
    async with tenant_tx(rt, who.tenant_id) as conn:
        now = await segments.read_segment(conn, segment_id)
        segment = await segments.change_segment(
            conn,
            segment_id,
            name=body.name,
            description=body.description,
            rule=body.rule(now.rule),
            version=now.version if body.version is None else body.version,
        )
        await audit(
            conn,
            who,
            "segment.change",
            "segment",
            segment_id,
            detail={"fields": sorted(body.model_fields_set - {"version"})},
        )
    return SegmentOut.of(segment)


@router.delete("/segments/{segment_id}", name="deleteSegment", status_code=204)
async def delete_segment(segment_id: UUID, rt: Rt, who: Writer) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await segments.delete_segment(conn, segment_id)
        await audit(conn, who, "segment.delete", "segment", segment_id)
