"""Test sends of a campaign: start one, see what became of everybody in it."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pabal import dispatch
from pabal.campaigns import people, queries, try_out
from pabal.campaigns.schemas import VerdictOut
from pabal.campaigns.schemas_tests import TestIn, TestOut, TestPersonOut, TestStarted
from pabal.domain.name import mask_name
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.idempotency import idempotent

router = APIRouter(prefix="/api", tags=["campaigns"])

Tests = Annotated[Principal, requires("campaigns.test")]
ReadsMessages = Annotated[Principal, requires("messages.read")]


@router.post(
    "/campaigns/{campaign_id}/test", name="testCampaign", status_code=201, response_model=TestStarted
)
async def start_test(campaign_id: UUID, body: TestIn, request: Request, rt: Rt, who: Tests) -> Response:
    """To seed contacts or own phones, with a chosen contact's values. Counts for the limit, never for the campaign."""
    send_id: UUID | None = None
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            tried = await try_out.start_test(
                conn,
                rt,
                who,
                campaign_id,
                contacts=body.contact_ids,
                phones=body.phones,
                values_of=body.values_of,
                variant=body.variant,
                rehearse=body.rehearse,
            )
            send_id = tried.send_id
            made = await dispatch.list_trials(conn, who.tenant_id, campaign_id, limit=1)
            started = TestStarted(
                test=_out(made[0], (), unmasked=who.may("contacts.unmasked")),
                verdicts=[VerdictOut.model_validate(verdict) for verdict in tried.verdicts],
            )
            answer = await call.answer(conn, started, status=201)
    await dispatch.announce_trial(rt, who.tenant_id, send_id)
    return answer


@router.get("/campaigns/{campaign_id}/tests", name="listCampaignTests")
async def list_tests(campaign_id: UUID, rt: Rt, who: ReadsMessages) -> list[TestOut]:
    """The last ten, newest first, as they stand now."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await queries.read_campaign(conn, campaign_id)
        found = await dispatch.list_trials(conn, who.tenant_id, campaign_id)
        products = await dispatch.products_of(conn, who.tenant_id, [trial.send_id for trial in found])
    unmasked = who.may("contacts.unmasked")
    return [_out(trial, products.get(trial.send_id, ()), unmasked=unmasked) for trial in found]


def _out(trial: dispatch.Trial, products: dispatch.Products, *, unmasked: bool) -> TestOut:
    return TestOut(
        send_id=trial.send_id,
        state=trial.state,
        hold_reason=trial.hold_reason,
        hold_text=trial.hold_text,
        rehearse=trial.rehearse,
        values_of=trial.values_of,
        created_by=trial.created_by,
        created_at=trial.created_at,
        finished_at=trial.finished_at,
        people=[_person(line, products, unmasked=unmasked) for line in trial.people],
    )


def _person(line: dispatch.TrialLine, products: dispatch.Products, *, unmasked: bool) -> TestPersonOut:
    message = line.message
    _, phone = people.name_and_phone(message, unmasked=unmasked)
    name = "" if line.own is None else str(json.loads(line.own).get("name") or "")
    return TestPersonOut(
        id=message.id,
        contact_id=message.contact_id,
        name=name if unmasked or not name else mask_name(name),
        phone=phone,
        state=message.state,
        reason=message.reason,
        reason_label=people.reason_label(message.reason, products),
        step=message.step,
        channel=line.channel,
        code=line.code,
        updated_at=message.updated_at,
    )
