"""What a link would say, before the judges of every send. Nobody reads a message that a rule sends, so that what a person
would have to approve is refused: campaigning by automation is a broadcast each time it fires (E-09)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pabal.automations.model import LinkDraft
from pabal.compliance import facts_of, read_around
from pabal.domain.campaign import MessageClass
from pabal.domain.law.facts import Origin
from pabal.domain.law.judge import judge
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.templates import find_template

_NOT_OF_TEXTS = frozenset({"P-09"})  # about the day of a send, not about what a link says


async def refuse_unlawful(conn: Conn, tenant_id: UUID, draft: LinkDraft, now: datetime) -> None:
    """The 422 that names the text at fault."""
    template = await find_template(conn, draft.template_id)
    assert template is not None
    around = await read_around(conn, tenant_id, now.astimezone(KST).date())
    kind = MessageClass.TRANSACTIONAL if around.kind == "sales" else MessageClass.CIVIC
    base = replace(facts_of(around, now), message_class=kind, origin=Origin.AUTOMATION)
    texts = [("templateId", "alimtalk", template.body, "")]
    if draft.fallback is not None:
        channel, body = draft.fallback.get("channel") or "sms", draft.fallback.get("body") or template.body
        texts.append(("fallback.body", channel, body, draft.fallback.get("subject") or ""))
    errors = [
        FieldError(path, found.message, f"{found.article}: 자동 발송은 아무도 읽지 않고 나가요.")
        for path, channel, body, subject in texts
        for found in judge(replace(base, channel=channel, text=body, subject=subject), around.levels)
        if found.level in {"block", "hold"} and found.rule not in _NOT_OF_TEXTS
    ]
    if errors:
        raise Problem(INVALID, errors=errors)
