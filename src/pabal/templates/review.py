"""AlimTalk templates at the carrier: submit for review, and take over what the carrier says.

Calls go out between transactions. Being cut off between "stored there" and "noted here" leaves a template
at the carrier that nobody submitted: harmless, and `sync` shows it once it is approved.
"""

from dataclasses import dataclass
from uuid import UUID

from pabal.accounts import Actor, audit
from pabal.channels.base import (
    CarrierAccount,
    CarrierTemplate,
    NotSent,
    Refused,
    TemplatePage,
    TemplateReview,
    Unknown,
)
from pabal.channels.registry import NoSuchCarrierError, template_review
from pabal.domain.kakao import MESSAGE_TYPES
from pabal.domain.template import parse
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.runtime import Runtime
from pabal.senders import account_for_dispatch, list_senders
from pabal.templates.actions import WRONG_STATE, NewTemplate, store_template
from pabal.templates.queries import Review, find_for_review
from pabal.templates.versions import keep_version

CARRIER_SAYS_NO = declare("carrier_refused", 409, "발송사가 받아 주지 않았어요")
CARRIER_AWAY = declare("carrier_unreachable", 503, "발송사에 닿지 못했어요. 잠시 뒤에 다시 해 주세요")

# The carrier's words → ours. PENDING there means "stored, nobody asked for a review".
_STATES = {
    "PENDING": "draft",
    "INSPECTING": "submitted",
    "APPROVED": "approved",
    "REJECTED": "rejected",
    "STOPPED": "stopped",
    "DORMANT": "stopped",
}
MAX_PAGES = 50


@dataclass(frozen=True, slots=True)
class Synced:
    """What a look at the carriers changed; `unreachable` accounts keep what was known."""

    updated: int
    added: int
    unreachable: int


async def submit(rt: Runtime, who: Actor, template_id: UUID) -> None:
    """Store the template at its carrier and ask for the review."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        review = await _reviewable(conn, template_id)
        account = await _account(conn, review.account_id)
    carrier = _carrier(rt, account)
    template = review.template
    draft = CarrierTemplate(
        template.code,
        template.name,
        template.body,
        "",
        review.profile,
        tuple(template.buttons),
        emphasis=template.emphasis,
        message_type=template.message_type,
    )
    stored = _answered(await carrier.store(account, draft))
    if not template.code:
        async with tenant_tx(rt, who.tenant_id) as conn:
            await conn.execute(
                "UPDATE templates SET code = %s WHERE id = %s AND code = ''", (stored.code, template_id)
            )
    asked = _answered(await carrier.inspect(account, stored.code))
    async with tenant_tx(rt, who.tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE templates SET state = %(state)s, carrier_state = %(carrier)s, comment = '',
                   updated_at = clock_timestamp()
            WHERE id = %(id)s AND version = %(version)s AND state IN ('draft', 'rejected')
            """,
            {
                "id": template_id,
                "state": _STATES.get(asked.state, "submitted"),
                "carrier": asked.state,
                "version": template.version,
            },
        )
        if cursor.rowcount == 0:  # somebody changed it while the carrier was being asked
            raise Problem(WRONG_STATE, detail="그사이 템플릿이 바뀌었어요. 다시 확인해 주세요.")
        await audit(conn, who, "template.submit", "template", template_id, detail={"code": stored.code})


async def sync(rt: Runtime, who: Actor) -> Synced:
    """Take over states (and approved content) from all active accounts; add approved ones we don't know."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        profiles = await list_senders(conn, kind="kakao", limit=500)
        accounts = [await _account(conn, one) for one in dict.fromkeys(s.account_id for s in profiles)]
    updated = added = unreachable = 0
    for account in accounts:
        found = await _all_templates(rt, account)
        if found is None:
            unreachable += 1
            continue
        senders = {s.value: s.id for s in profiles if str(s.account_id) == account.id}
        async with tenant_tx(rt, who.tenant_id) as conn:
            for template in found:
                sender_id = senders.get(template.pf_id)
                if await _take_over(conn, template):
                    updated += 1
                elif template.state == "APPROVED" and sender_id and not await _known(conn, template.code):
                    await _add(conn, who, template, sender_id)
                    added += 1
    async with tenant_tx(rt, who.tenant_id) as conn:
        await audit(conn, who, "template.sync", detail={"updated": updated, "added": added})
    return Synced(updated, added, unreachable)


async def _reviewable(conn: Conn, template_id: UUID) -> Review:
    review = await find_for_review(conn, template_id)
    if review is None:
        raise Problem(NOT_FOUND)
    if review.template.channel != "alimtalk":
        raise Problem(WRONG_STATE, detail="문자 템플릿은 심사를 받지 않아요.")
    if review.template.state not in {"draft", "rejected"}:
        raise Problem(WRONG_STATE, detail="작성 중이거나 반려된 템플릿만 심사를 요청할 수 있어요.")
    if not review.profile:
        raise Problem(INVALID, errors=[FieldError("senderId", "카카오 채널을 먼저 골라 주세요")])
    return review


async def _account(conn: Conn, account_id: UUID) -> CarrierAccount:
    found = await account_for_dispatch(conn, account_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found.account


def _carrier(rt: Runtime, account: CarrierAccount) -> TemplateReview:
    try:
        return template_review(account.carrier, rt.http, wall_seconds=rt.settings.http_timeout_seconds)
    except NoSuchCarrierError:
        raise Problem(CARRIER_SAYS_NO, detail="이 발송사의 템플릿 심사는 아직 지원하지 않아요.") from None


def _answered(answer: CarrierTemplate | Refused | NotSent | Unknown) -> CarrierTemplate:
    if isinstance(answer, CarrierTemplate):
        return answer
    if isinstance(answer, Refused):
        raise Problem(CARRIER_SAYS_NO, detail=f"{answer.message_ko}. {answer.mend_ko}".strip())
    raise Problem(CARRIER_AWAY)


async def _all_templates(rt: Runtime, account: CarrierAccount) -> list[CarrierTemplate] | None:
    carrier = _carrier(rt, account)
    found: list[CarrierTemplate] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await carrier.list_templates(account, cursor)
        if not isinstance(page, TemplatePage):
            return None
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


async def _take_over(conn: Conn, template: CarrierTemplate) -> bool:
    """What was approved is what counts: its content wins over ours. A draft we are editing is left alone."""
    known = {
        "code": template.code,
        "state": _STATES.get(template.state),
        "carrier": template.state,
        "approved": template.state == "APPROVED",
        "body": template.content,
        "variables": list(parse(template.content).variables),
        "comment": template.comment,
    }
    cursor = await conn.execute(
        """
        SELECT id FROM templates
        WHERE channel = 'alimtalk' AND code = %(code)s AND NOT (state = 'draft' AND carrier_state = '')
          AND %(approved)s AND body <> %(body)s FOR UPDATE
        """,
        known,
    )
    rewritten = [row[0] for row in await cursor.fetchall()]
    for template_id in rewritten:  # one, unless somebody typed the same code twice
        await keep_version(conn, template_id)
    cursor = await conn.execute(
        """
        UPDATE templates SET
            state = coalesce(%(state)s, state), carrier_state = %(carrier)s, comment = %(comment)s,
            updated_at = clock_timestamp(), updated_by = CASE WHEN id = ANY(%(rewritten)s) THEN NULL ELSE updated_by END,
            version = version + CASE WHEN %(approved)s AND body <> %(body)s THEN 1 ELSE 0 END,
            body = CASE WHEN %(approved)s THEN %(body)s ELSE body END,
            variables = CASE WHEN %(approved)s THEN %(variables)s ELSE variables END
        WHERE channel = 'alimtalk' AND code = %(code)s
          AND NOT (state = 'draft' AND carrier_state = '')
          AND (carrier_state <> %(carrier)s OR state <> coalesce(%(state)s, state) OR comment <> %(comment)s
               OR (%(approved)s AND body <> %(body)s))
        """,
        {**known, "rewritten": rewritten},
    )
    for template_id in rewritten:
        await keep_version(conn, template_id, source="carrier")
    return cursor.rowcount > 0


async def _known(conn: Conn, code: str) -> bool:
    cursor = await conn.execute("SELECT FROM templates WHERE code = %s LIMIT 1", (code,))
    return await cursor.fetchone() is not None


async def _add(conn: Conn, who: Actor, template: CarrierTemplate, sender_id: UUID) -> None:
    """Made in the vendor's console. Nothing of it is judged: it is approved as it is."""
    new = NewTemplate(
        channel="alimtalk",
        name=template.name,
        body=template.content,
        buttons=template.buttons,
        emphasis=template.emphasis,
        message_type=template.message_type if template.message_type in MESSAGE_TYPES else "BA",
        state="approved",
        carrier_state=template.state,
        code=template.code,
        sender_id=sender_id,
    )
    await store_template(conn, who, new)
