"""Texts of a send under way: what each came to so far; retiring, replacing, adding by hand on those figures.

Only people not yet claimed are touched. A new text is checked over them first, and goes out with the digest of that check.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pabal import dispatch
from pabal.accounts import Actor, audit
from pabal.campaigns import approval as four_eyes
from pabal.campaigns.content import VariantPlan, check_variants
from pabal.campaigns.digest import CONTENT_CHANGED
from pabal.campaigns.launch import CAMPAIGN_STATE, SEND_WORDS, STATE_WORDS, refuse
from pabal.campaigns.plan import make_plan
from pabal.campaigns.queries import CampaignRow, lock_campaign, read_campaign
from pabal.dispatch import FrozenStep, FrozenVariant, Rest
from pabal.domain.campaign import Verdict, becomes_lms
from pabal.domain.ids import new_id
from pabal.domain.links import CODE_LENGTH, SendLinks, key_of, variable_of
from pabal.domain.template import parse
from pabal.domain.variants import ALL_SHARES, MAX_VARIANTS, apportion
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare
from pabal.runtime import Runtime

LAST_TEXT = declare("last_text", 409, "남은 문안이 하나뿐이라 내릴 수 없어요")
TEXT_NEEDS_APPROVAL = declare("text_needs_approval", 409, "승인이 필요한 크기의 발송이에요")

CHANGEABLE: Final = frozenset({"running", "paused", "held"})
FIRST: Final = FrozenVariant(key="처음", name="처음 문안", share=ALL_SHARES, active=True, steps=())


@dataclass(frozen=True, slots=True)
class VariantFigures:
    """One text so far. `people`: handed to a carrier at least once; people, not messages."""

    place: int
    people: int
    delivered: int
    failed: int
    clicked: int
    waiting: int = 0


async def variant_figures(conn: Conn, tenant_id: UUID, send_id: UUID) -> list[VariantFigures]:
    """One pass over the send's messages (some 60 ms at 100,000). People without a place have the first text."""
    cursor = await conn.execute(
        """
        WITH clicked AS MATERIALIZED (
            SELECT DISTINCT seq FROM clicks
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND class = 'human' AND seq IS NOT NULL
        )
        SELECT coalesce(m.variant, 0)::int, count(*) FILTER (WHERE m.attempts > 0),
               count(*) FILTER (WHERE m.state = 'delivered'), count(*) FILTER (WHERE m.state = 'failed'), count(k.seq),
               count(*) FILTER (WHERE m.state = 'queued' AND m.attempts = 0)
        FROM messages m LEFT JOIN clicked k ON k.seq = m.seq
        WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s
        GROUP BY 1 ORDER BY 1
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    return [VariantFigures(*row) for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Decision:
    id: UUID
    action: str
    keys: list[str]
    reason: str
    figures: list[dict[str, Any]]
    decided_by: UUID | None
    decided_at: datetime


async def list_decisions(conn: Conn, campaign_id: UUID) -> list[Decision]:
    async with conn.cursor(row_factory=class_row(Decision)) as cursor:
        await cursor.execute(
            """
            SELECT id, action, keys, reason, figures, decided_by, decided_at FROM variant_decisions
            WHERE campaign_id = %s ORDER BY id
            """,
            (campaign_id,),
        )
        return await cursor.fetchall()


@dataclass(frozen=True, slots=True)
class TextCheck:
    """A new text over those whom it may still reach."""

    rests: Sequence[Rest]  # by step of the send
    channels: Sequence[str]
    verdicts: Sequence[Verdict]
    digest: str


@dataclass(frozen=True, slots=True)
class Changed:
    """`check`: the text was only looked at; give its digest back to send it."""

    campaign: CampaignRow
    check: TextCheck | None


async def change_texts(
    conn: Conn,
    rt: Runtime,
    who: Actor,
    campaign_id: UUID,
    *,
    action: str,
    keys: Sequence[str],
    variant: dict[str, Any] | None,
    digest: str | None,
    reason: str,
) -> Changed:
    # A look reads everybody who is left (seconds at 100,000): no claim, receipt or pause may wait for that.
    looking = variant is not None and digest is None
    campaign = await (read_campaign if looking else lock_campaign)(conn, campaign_id)
    if campaign.send_id is None:
        raise Problem(CAMPAIGN_STATE, detail=STATE_WORDS[campaign.own_state], extra={"state": campaign.state})
    take = dispatch.look_at_send if looking else dispatch.lock_texts
    send = await take(conn, who.tenant_id, campaign.send_id)
    if send is None or send.state not in CHANGEABLE:
        state = campaign.state if send is None else send.state
        raise Problem(CAMPAIGN_STATE, detail=SEND_WORDS.get(state, ""), extra={"state": state})
    texts = list(send.variants) or [replace(FIRST, steps=send.steps)]
    _must_be_there(texts, keys)
    links = send.links
    if variant is not None:
        found, links, frozen = await _check_text(
            conn, rt, who, campaign, send, texts, variant, reason=reason, weighing=looking
        )
        if looking:
            return Changed(campaign, found)
        if digest != found.digest:
            raise Problem(CONTENT_CHANGED, detail="점검한 뒤 문안이 바뀌었어요. 다시 점검해 주세요.")
        texts.append(frozen)
    texts = [replace(one, active=one.active and one.key not in keys) for one in texts]
    if not any(one.active for one in texts):
        raise Problem(LAST_TEXT, detail="다른 문안으로 바꾸거나, 발송을 멈춰 주세요.")
    texts = _shared(texts, None if variant is None else variant["key"])
    figures = [
        asdict(one) | {"key": texts[one.place].key}
        for one in await variant_figures(conn, who.tenant_id, send.id)
    ]
    await dispatch.write_texts(conn, send, texts, links)
    about = [*keys, *([variant["key"]] if variant is not None else [])]
    await _log(conn, who, campaign_id, action, about, reason, figures)
    return Changed(await read_campaign(conn, campaign_id), None)


def _must_be_there(texts: Sequence[FrozenVariant], keys: Sequence[str]) -> None:
    active = {one.key for one in texts if one.active}
    errors = [
        FieldError(f"keys[{at}]", "지금 나가고 있는 문안이 아니에요")
        for at, key in enumerate(keys)
        if key not in active
    ]
    if errors:
        raise Problem(INVALID, errors=errors)


def _shared(texts: Sequence[FrozenVariant], new: str | None) -> list[FrozenVariant]:
    """Shares of those still sent add up to 100; a new one has the share it was given."""
    active = [one for one in texts if one.active]
    fixed = [one.share if one.key == new else 0 for one in active]
    others = [0 if one.key == new else one.share for one in active]
    left = ALL_SHARES - sum(fixed)
    dealt = apportion(left, others) if any(others) else others
    if not any(others):  # nobody else: everybody gets the one
        fixed = [ALL_SHARES if one.key == new else 0 for one in active]
    shares = {one.key: a + b for one, a, b in zip(active, fixed, dealt, strict=True)}
    return [replace(one, share=shares.get(one.key, 0)) for one in texts]


async def _check_text(
    conn: Conn,
    rt: Runtime,
    who: Actor,
    campaign: CampaignRow,
    send: dispatch.SendRow,
    texts: Sequence[FrozenVariant],
    variant: dict[str, Any],
    *,
    reason: str,
    weighing: bool,
) -> tuple[TextCheck, SendLinks | None, FrozenVariant]:
    if any(one.key == variant["key"] for one in texts):
        raise Problem(INVALID, errors=[FieldError("variant.key", "이미 쓴 문안 이름표예요")])
    if len(texts) >= 2 * MAX_VARIANTS:
        raise Problem(INVALID, errors=[FieldError("variant", "한 발송에서 문안은 10개까지 쓸 수 있어요")])
    check_variants(campaign.message_class, campaign.steps, [variant])
    plan = await make_plan(
        conn, rt, who.tenant_id, replace(campaign, variants=[variant]), rehearse=send.rehearse
    )
    refuse(plan.verdicts, approved=bool(reason.strip()))
    if not send.rehearse and await four_eyes.binds_texts(conn, campaign):
        detail = "도중에 새 문안을 더할 수 없어요. 이 문안은 내리고, 남은 사람에게는 새 발송으로 승인받아 보내 주세요."
        raise Problem(TEXT_NEEDS_APPROVAL, detail=detail)
    steps = _in_words(campaign, send, variant, plan.variants[0])
    if dispatch.names_district(steps) and not dispatch.names_district(
        [*send.steps, *(step for one in texts for step in one.steps)]
    ):
        detail = "#{지역} 없이 시작한 발송이라 새 문안에 쓸 수 없어요. 지역을 빼거나, 남은 사람에게 새 발송으로 보내 주세요."
        raise Problem(INVALID, detail=detail, errors=[FieldError("variant.steps", detail)])
    links = _spelled(send.links, steps)
    shown = {} if links is None else dict.fromkeys(links.numbers, links.base + "0" * CODE_LENGTH)
    rests = await dispatch.weigh_rest(conn, send, steps, shown) if weighing else []
    frozen = FrozenVariant(
        variant["key"], variant.get("name") or "", variant["share"], active=True, steps=steps
    )
    content = json.dumps(
        [str(send.id), [one.to_json() for one in (*texts, frozen)]],
        ensure_ascii=False,
        sort_keys=True,
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    return TextCheck(rests, [step.channel for step in steps], plan.verdicts, digest), links, frozen


def _in_words(
    campaign: CampaignRow, send: dispatch.SendRow, variant: dict[str, Any], planned: VariantPlan
) -> tuple[FrozenStep, ...]:
    """The send's own steps in the new words, as a launch would plan them (with what a rule puts into every text). A step
    that was left out at launch (AlimTalk) has no place in the send."""
    said = variant.get("steps") or []
    worded = []
    place = -1
    for step in send.steps:
        place = _place_of(step, planned, place + 1)
        words = (said[place] if place < len(said) else None) or {}
        said_here = planned.steps[place]
        own = words.get("body") is None and words.get("subject") is None
        body, subject = (step.body, step.subject) if own else (said_here.body, said_here.subject)
        asked = campaign.steps[place].get("channel", "sms")
        channel = "lms" if step.channel in {"sms", "lms"} and becomes_lms(asked, body, subject) else asked
        worded.append(replace(step, channel=channel, body=body, subject=subject))
    return tuple(worded)


def _place_of(step: FrozenStep, planned: VariantPlan, start: int) -> int:
    """Where a step of the send stands among those its author wrote, from `start` on."""
    for at in range(start, len(planned.steps)):
        written = planned.steps[at]
        kakao = step.channel == "alimtalk"
        if kakao == (written.asked == "alimtalk") and (not kakao or written.code == step.template_code):
            return at
    # A template that got another code since: nobody may guess which words belong to which step.
    raise Problem(CAMPAIGN_STATE, detail="시작한 뒤에 템플릿이 바뀌어 이 발송에 문안을 더할 수 없어요.")


def _spelled(links: SendLinks | None, steps: Sequence[FrozenStep]) -> SendLinks | None:
    """The send's links under every spelling that the new text uses (`#{링크: 지도}`)."""
    if links is None:
        return None
    names = {name for step in steps for name in parse(step.worded).variables}
    spelled = {
        name: links.numbers[variable_of(key)]
        for name in names
        if (key := key_of(name)) is not None and variable_of(key) in links.numbers
    }
    return SendLinks(links.base, {**links.numbers, **spelled})


async def _log(
    conn: Conn,
    who: Actor,
    campaign_id: UUID,
    action: str,
    keys: Sequence[str],
    reason: str,
    figures: Sequence[dict[str, Any]],
) -> None:
    await conn.execute(
        """
        INSERT INTO variant_decisions (tenant_id, id, campaign_id, action, keys, reason, figures, decided_by)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            who.tenant_id,
            new_id(),
            campaign_id,
            action,
            list(keys),
            reason,
            Jsonb(list(figures)),
            who.actor_id,
        ),
    )
    detail = {"action": action, "keys": list(keys), "figures": list(figures), "reason": reason}
    await audit(conn, who, "campaign.texts", "campaign", campaign_id, detail=detail)
