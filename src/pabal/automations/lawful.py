"""What a link would say, before the judges of every send: when it is saved, and again whenever it fires, because templates,
candidacies and the calendar change under a rule that nobody touches.

Nobody reads a message that a rule sends, so that what a person would have to approve is refused: campaigning by
automation is a broadcast each time it fires (E-09). One thing waits for a person instead: advertising words in a message
that repeats. Kakao approves a template for saying it once; every day it is an advert without consent (정보통신망법 제50조).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pabal.automations.model import LinkDraft, TemplateLink
from pabal.compliance import Around, facts_of, read_around
from pabal.domain.campaign import MessageClass
from pabal.domain.law.facts import Origin
from pabal.domain.law.judge import LawVerdict, judge
from pabal.domain.law.words import ADVERT
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.templates import find_template

_NOT_OF_TEXTS = frozenset({"P-09"})  # about the day of a send, not about what a link says
UNLAWFUL: Final = "unlawful"
NEEDS_APPROVAL: Final = "needs_approval"

_Text = tuple[str, str, str, str]  # path, channel, body, subject


@dataclass(frozen=True, slots=True)
class Standing:
    """May a link's messages go out? `reason` is "" when they may; `digest` is what an approval would be of."""

    reason: Literal["", "unlawful", "needs_approval"] = ""
    message: str = ""
    digest: str = ""


async def around_now(conn: Conn, tenant_id: UUID, now: datetime) -> Around:
    return await read_around(conn, tenant_id, now.astimezone(KST).date())


def standing_of(link: TemplateLink, around: Around, now: datetime) -> Standing:
    texts = _texts(link.template_body, link.fallback, link.variable_mappings)
    found = _found(texts, around, now)
    if found:
        return Standing(UNLAWFUL, found[0][1].message)
    words = advert_words(texts) if link.repeat_config is not None else []
    if not words:
        return Standing()
    digest = hashlib.sha256(repr([text[1:] for text in texts]).encode()).hexdigest()
    if digest == link.approved:
        return Standing(digest=digest)
    said = ", ".join(f"‘{word}’" for word in words)
    return Standing(NEEDS_APPROVAL, f"반복해 보내는 글에 광고로 읽힐 수 있는 말이 있어요: {said}.", digest)


def advert_words(texts: Sequence[_Text]) -> list[str]:
    return [word for word in ADVERT if any(word in body or word in subject for _, _, body, subject in texts)]


def _texts(template_body: str, fallback: object, mappings: Mapping[str, Mapping[str, str]]) -> list[_Text]:
    """With the defaults that the link's author wrote in their places: whoever has no value of their own reads them."""

    def worded(text: str) -> str:
        for name, mapping in mappings.items():
            if mapping.get("default"):
                text = text.replace(f"#{{{name}}}", mapping["default"])
        return text

    texts = [("templateId", "alimtalk", worded(template_body), "")]
    if isinstance(fallback, dict):
        channel, body = fallback.get("channel") or "sms", fallback.get("body") or template_body
        texts.append(("fallback.body", channel, worded(body), worded(fallback.get("subject") or "")))
    return texts


def _found(texts: Sequence[_Text], around: Around, now: datetime) -> list[tuple[str, LawVerdict]]:
    kind = MessageClass.TRANSACTIONAL if around.kind == "sales" else MessageClass.CIVIC
    base = replace(facts_of(around, now), message_class=kind, origin=Origin.AUTOMATION)
    return [
        (path, found)
        for path, channel, body, subject in texts
        for found in judge(replace(base, channel=channel, text=body, subject=subject), around.levels)
        if found.level in {"block", "hold"} and found.rule not in _NOT_OF_TEXTS
    ]


async def refuse_unlawful(conn: Conn, tenant_id: UUID, draft: LinkDraft, now: datetime) -> None:
    """The 422 that names the text at fault."""
    template = await find_template(conn, draft.template_id)
    assert template is not None
    around = await around_now(conn, tenant_id, now)
    errors = [
        FieldError(path, found.message, f"{found.article}: 자동 발송은 아무도 읽지 않고 나가요.")
        for path, found in _found(_texts(template.body, draft.fallback, draft.variable_mappings), around, now)
    ]
    if errors:
        raise Problem(INVALID, errors=errors)
