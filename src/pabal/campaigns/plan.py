"""From a draft to what would be launched: template, sender, selection and class rules put together.

The content hash covers what people get and what class it has, as the author wrote it; which number and account
it goes through is not part of it, so that a checked text can be rehearsed first and then sent.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.campaigns.queries import CampaignRow, choose_sender, tenant_kind
from pabal.contacts import read_segment
from pabal.dispatch import FrozenStep, Selection
from pabal.domain import prices
from pabal.domain.campaign import MessageClass, SendFacts, Verdict, becomes_lms, send_verdicts
from pabal.domain.message import FailureClass
from pabal.domain.template import MissingPolicy
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare
from pabal.runtime import Runtime
from pabal.templates import find_template

SEGMENT_GONE = declare(
    "segment_gone", 409, "받는 사람을 정한 세그먼트가 지워졌어요. 받는 사람을 다시 골라 주세요"
)
TEMPLATE_GONE = declare("template_gone", 409, "이 발송이 쓰는 템플릿이 지워졌어요. 내용을 다시 골라 주세요")

ASSUMED_RATE = 1000  # messages a second for forecasts, where nothing limits the pace


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign as it would go out now. `step` is None while no sender can carry it."""

    campaign: CampaignRow
    selection: Selection
    step: FrozenStep | None
    channel: str
    rehearse: bool
    starts_at: datetime
    not_after: datetime | None
    rate: int  # for forecasts
    verdicts: Sequence[Verdict]
    content_hash: str

    def digest(self, fingerprint: str) -> str:
        return f"{self.content_hash}.{fingerprint}"


async def make_plan(
    conn: Conn, rt: Runtime, tenant_id: UUID, campaign: CampaignRow, *, rehearse: bool
) -> Plan:
    now = rt.clock.now()
    schedule = campaign.schedule or {}
    starts_at = max(now, _instant(schedule.get("at")) or now)
    not_after = _instant(schedule.get("notAfter"))
    step = campaign.steps[0] if campaign.steps else {}
    body, subject = await _content(conn, step)
    asked = step.get("channel", "sms")
    channel = "lms" if becomes_lms(asked, body, subject) else "sms"
    sender_id = step.get("senderId")
    sender = await choose_sender(conn, UUID(sender_id) if sender_id else None, channel, rehearse=rehearse)
    frozen = None
    if sender is not None:
        classes = step.get("fallbackOn")
        frozen = FrozenStep(
            channel=channel,
            body=body,
            subject=subject,
            sender_number=sender.number,
            account_id=sender.account_id,
            defaults=step.get("defaults") or {},
            missing_policy=MissingPolicy(step.get("missingPolicy", MissingPolicy.SKIP)),
            fallback_on=None if classes is None else tuple(FailureClass(name) for name in classes),
            after_seconds=step.get("afterSeconds", 0),
        )
    selection = await resolve_selection(conn, campaign.audience_json)
    facts = SendFacts(
        message_class=MessageClass(campaign.message_class),
        tenant_kind=await tenant_kind(conn, tenant_id),
        rehearse=rehearse,
        hand_picked=None if selection.contact_ids is None else len(selection.contact_ids),
        channel=asked,
        body=body,
        subject=subject,
        starts_at=starts_at,
        not_after=not_after,
        sender_ready=sender is not None,
        sandbox=sender is not None and sender.sandbox,
    )
    limits = [campaign.rate_per_second, None if sender is None else sender.rate_per_second]
    return Plan(
        campaign=campaign,
        selection=selection,
        step=frozen,
        channel=channel,
        rehearse=rehearse,
        starts_at=starts_at,
        not_after=not_after,
        rate=min((limit for limit in limits if limit is not None), default=ASSUMED_RATE),
        verdicts=send_verdicts(facts),
        content_hash=_content_hash(campaign.message_class, step, body, subject),
    )


async def resolve_selection(conn: Conn, audience: dict[str, Any]) -> Selection:
    """A segment is its filter at this moment."""
    if "contactIds" in audience:
        return Selection(contact_ids=tuple(UUID(contact) for contact in audience["contactIds"]))
    if "segmentId" in audience:
        try:
            segment = await read_segment(conn, UUID(audience["segmentId"]))
        except Problem as problem:
            raise Problem(SEGMENT_GONE) from problem
        return Selection(filter=segment.filter)
    return Selection(filter=audience.get("filter") or {})


async def _content(conn: Conn, step: dict[str, Any]) -> tuple[str, str]:
    """Body and subject: the step's own, else its template's as it is now."""
    body, subject = step.get("body") or "", step.get("subject") or ""
    if not step.get("templateId"):
        return body, subject
    template = await find_template(conn, UUID(step["templateId"]))
    if template is None:
        raise Problem(TEMPLATE_GONE)
    return body or template.body, subject or template.subject


def _content_hash(message_class: str, step: dict[str, Any], body: str, subject: str) -> str:
    content = {
        "class": message_class,
        "step": {**step, "templateId": None, "body": body, "subject": subject},
        "prices": prices.AS_OF,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def check_references(
    conn: Conn, audience: dict[str, Any] | None, steps: list[dict[str, Any]] | None
) -> None:
    """What a body names must exist in this tenant; refused as fields, so that the form can show where."""
    errors = []
    if audience is not None and "segmentId" in audience:
        try:
            await read_segment(conn, UUID(audience["segmentId"]))
        except Problem:
            errors.append(FieldError("segmentId", "없는 세그먼트예요"))
    for number, step in enumerate(steps or ()):
        if step.get("templateId"):
            template = await find_template(conn, UUID(step["templateId"]))
            if template is None:
                errors.append(FieldError(f"steps[{number}].templateId", "없는 템플릿이에요"))
            elif template.channel not in {"sms", "lms"}:
                errors.append(FieldError(f"steps[{number}].templateId", "문자 템플릿이 아니에요"))
        if step.get("senderId") and not await _is_phone_sender(conn, UUID(step["senderId"])):
            errors.append(FieldError(f"steps[{number}].senderId", "없는 발신번호예요"))
    if errors:
        raise Problem(INVALID, errors=errors)


async def _is_phone_sender(conn: Conn, sender_id: UUID) -> bool:
    cursor = await conn.execute("SELECT FROM senders WHERE id = %s AND kind = 'phone'", (sender_id,))
    return await cursor.fetchone() is not None
