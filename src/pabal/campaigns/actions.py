"""Drafting: create, change, delete. Launching and steering are in `launch`."""

import json
from datetime import time
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic.alias_generators import to_camel

from pabal.accounts import Actor, audit, stale_edit
from pabal.campaigns.approval import void_open
from pabal.campaigns.content import check_variants
from pabal.campaigns.plan import check_references
from pabal.campaigns.queries import CampaignRow, lock_campaign, read_campaign
from pabal.contacts import read_filter
from pabal.domain.ids import CampaignId, new_id
from pabal.domain.window import SendWindow
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare

NOT_A_DRAFT = declare("not_a_draft", 409, "작성 중일 때만 할 수 있어요")

# A held one waits for a person, who may well want to change it; a change voids what was approved or asked for.
ASKED = frozenset({"awaiting_approval", "approved"})
EDITABLE = ASKED | {"draft", "held"}
AUDIENCE_RULES = ("sharedNumbers", "night")  # of an audience; another one keeps them


async def create_campaign(
    conn: Conn,
    who: Actor,
    *,
    name: str,
    message_class: str,
    audience: dict[str, Any],
    steps: list[dict[str, Any]],
    links: list[dict[str, Any]] | None = None,
    variants: list[dict[str, Any]] | None = None,
    may_overlap: bool = False,
    schedule: dict[str, Any] | None = None,
    rate_per_second: int | None = None,
    window: SendWindow | None = None,
) -> CampaignRow:
    """A draft. Keys inside audience, steps and schedule are those of the API."""
    _check_filter(audience)
    _check_overlap(steps, may_overlap=may_overlap)
    check_variants(message_class, steps, variants or [])
    await check_references(conn, audience, steps)
    campaign_id = CampaignId(new_id())
    await conn.execute(
        """
        INSERT INTO campaigns (tenant_id, id, name, message_class, audience, filter, steps, links, variants, may_overlap,
                               schedule, rate_per_second, send_from, send_until, state, created_by, updated_by)
        VALUES (%(tenant)s, %(id)s, %(name)s, %(class)s, %(audience)s, app.encrypt(%(filter)s), %(steps)s, %(links)s,
                %(variants)s, %(overlap)s, %(schedule)s, %(rate)s, %(from)s, %(until)s, 'draft', %(by)s, %(by)s)
        """,
        {
            "tenant": who.tenant_id,
            "id": campaign_id,
            "name": name,
            "class": message_class,
            **_sealed(audience),
            "steps": Jsonb(steps),
            "links": Jsonb(links or []),
            "variants": Jsonb(variants or []),
            "overlap": may_overlap,
            "schedule": None if schedule is None else Jsonb(schedule),
            "rate": rate_per_second,
            **_hours(window),
            "by": who.actor_id,
        },
    )
    await audit(conn, who, "campaign.create", "campaign", campaign_id)
    return await read_campaign(conn, campaign_id)


async def change_campaign(
    conn: Conn, who: Actor, campaign_id: UUID, changes: dict[str, Any], *, version: int | None
) -> CampaignRow:
    """Change what is named (columns of the table and `window`; JSON ones as JSON). Whatever was held is a draft again.

    `version` is what the caller has seen: a change by somebody else in between is refused with what differs from theirs.
    """
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.own_state not in EDITABLE:
        raise Problem(
            NOT_A_DRAFT, detail="이미 예약했거나 보낸 발송은 고칠 수 없어요. 예약은 멈춘 뒤 고칠 수 있어요."
        )
    if "audience" in changes:
        _check_filter(changes["audience"])
        rules = {key: campaign.audience_json[key] for key in AUDIENCE_RULES if key in campaign.audience_json}
        changes["audience"] = rules | changes["audience"]
    await check_references(conn, changes.get("audience"), changes.get("steps"))
    before: dict[str, Any] = {
        "name": campaign.name,
        "message_class": campaign.message_class,
        "audience": campaign.audience_json,
        "steps": campaign.steps,
        "links": campaign.links,
        "variants": campaign.variants,
        "may_overlap": campaign.may_overlap,
        "schedule": campaign.schedule,
        "rate_per_second": campaign.rate_per_second,
        "window": campaign.window,
    }
    if version is not None and version != campaign.version:
        if all(before[field] == value for field, value in changes.items()):
            return campaign  # two browsers that say the same
        raise stale_edit(
            mine=_shown(changes),
            theirs=_shown({field: before[field] for field in changes}),
            version=campaign.version,
            by=campaign.updated_by,
            at=campaign.updated_at,
        )
    merged = before | changes
    _check_overlap(merged["steps"], may_overlap=merged["may_overlap"])
    check_variants(merged["message_class"], merged["steps"], merged["variants"])
    changed = sorted(field for field in merged if merged[field] != before[field])
    if not changed and campaign.own_state != "held":
        return campaign  # saved once more as it is: no reason to lose an approval, or to be a later version
    await void_open(conn, who, campaign_id, "content")
    await conn.execute(
        """
        UPDATE campaigns
        SET name = %(name)s, message_class = %(class)s, audience = %(audience)s,
            filter = app.encrypt(%(filter)s), steps = %(steps)s,
            links = %(links)s, variants = %(variants)s, may_overlap = %(overlap)s, schedule = %(schedule)s,
            rate_per_second = %(rate)s, send_from = %(from)s, send_until = %(until)s,
            state = 'draft', hold_reason = '', due_at = NULL,
            digest = NULL, approval = NULL, version = version + 1, updated_at = clock_timestamp(), updated_by = %(by)s
        WHERE id = %(id)s AND state IN ('draft', 'held', 'awaiting_approval', 'approved') AND version = %(version)s
        """,
        {
            "id": campaign_id,
            "version": campaign.version,
            "name": merged["name"],
            "class": merged["message_class"],
            **_sealed(merged["audience"]),
            "steps": Jsonb(merged["steps"]),
            "links": Jsonb(merged["links"]),
            "variants": Jsonb(merged["variants"]),
            "overlap": merged["may_overlap"],
            "schedule": None if merged["schedule"] is None else Jsonb(merged["schedule"]),
            "rate": merged["rate_per_second"],
            **_hours(merged["window"]),
            "by": who.actor_id,
        },
    )
    if campaign.own_state != "draft" or not await _just_told(conn, who, campaign_id, changed):
        await audit(conn, who, "campaign.change", "campaign", campaign_id, detail={"fields": changed})
    return await read_campaign(conn, campaign_id)


async def _just_told(conn: Conn, who: Actor, campaign_id: UUID, fields: list[str]) -> bool:
    """A draft saves itself at every pause in typing: the trail says once in ten minutes that somebody works on it. Of the
    newest entries only, so that it costs the same in every trail."""
    cursor = await conn.execute(
        """
        SELECT EXISTS (
            SELECT FROM (
                SELECT action, object_id, actor_id, detail FROM audit_log
                WHERE tenant_id = %(tenant)s AND at > clock_timestamp() - interval '10 minutes'
                ORDER BY id DESC LIMIT 100
            ) AS newest
            WHERE action = 'campaign.change' AND object_id = %(campaign)s AND actor_id = %(by)s
              AND detail -> 'fields' @> %(fields)s
        )
        """,
        {
            "tenant": who.tenant_id,
            "campaign": str(campaign_id),
            "by": who.actor_id,
            "fields": Jsonb(fields),
        },
    )
    return await cursor.fetchone() == (True,)


async def delete_campaign(conn: Conn, who: Actor, campaign_id: UUID) -> None:
    """Only what was never launched; a send is evidence."""
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.send_id is not None or campaign.own_state not in {"draft", "held", "cancelled"}:
        raise Problem(NOT_A_DRAFT, detail="보낸 발송은 기록으로 남겨야 해서 지울 수 없어요.")
    await conn.execute("DELETE FROM campaigns WHERE id = %s AND send_id IS NULL", (campaign_id,))
    await audit(conn, who, "campaign.delete", "campaign", campaign_id)


def _sealed(audience: dict[str, Any]) -> dict[str, Any]:
    """As it is kept: conditions may hold a name or a number that somebody typed, so they are ciphertext. "Everybody" says
    nothing of anybody."""
    conditions = audience.get("filter")
    if not conditions:
        return {"audience": Jsonb(audience), "filter": None}
    plain = {key: value for key, value in audience.items() if key != "filter"}
    return {"audience": Jsonb(plain), "filter": json.dumps(conditions, ensure_ascii=False)}


def _hours(window: SendWindow | None) -> dict[str, time | None]:
    return {
        "from": None if window is None else window.opens,
        "until": None if window is None else window.shuts,
    }


def _shown(fields: dict[str, Any]) -> dict[str, Any]:
    """As the API says it."""
    shown = {to_camel(field): value for field, value in fields.items() if field != "window"}
    if "window" in fields:
        window: SendWindow | None = fields["window"]
        shown["sendWindow"] = (
            None if window is None else {"from": f"{window.opens:%H:%M}", "until": f"{window.shuts:%H:%M}"}
        )
    return shown


def _check_filter(audience: dict[str, Any]) -> None:
    """Refused now rather than at launch, with the path of every fault."""
    if "filter" in audience:
        read_filter(audience["filter"])


def _check_overlap(steps: list[dict[str, Any]], *, may_overlap: bool) -> None:
    if may_overlap and len(steps) < 2:
        message = "‘겹쳐 받을 수 있음’은 단계가 둘 이상일 때만 켤 수 있어요"
        raise Problem(INVALID, errors=[FieldError("mayOverlap", message)])
