"""Writes to templates, and the one table of what may follow what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.accounts import Actor, audit
from pabal.domain import template as templates
from pabal.domain import text as texts
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.senders import find_sender
from pabal.templates.queries import TemplateRow, find_template

IN_REVIEW = declare("template_in_review", 409, "심사 중인 템플릿은 고칠 수 없어요")
WRONG_STATE = declare("template_state", 409, "지금 상태에서는 그렇게 바꿀 수 없어요")

# By hand. Texts need no review, so they are approved as they are; AlimTalk states belong to the carrier, and
# somebody who may submit can attest what the carrier has already decided.
_TEXT_MOVES = {
    "draft": {"approved", "stopped"},
    "approved": {"draft", "stopped"},
    "stopped": {"draft", "approved"},
}
_ALIMTALK_MOVES = {
    "draft": {"submitted", "approved", "stopped"},
    "submitted": {"approved", "rejected", "draft"},
    "approved": {"stopped", "draft"},
    "rejected": {"draft", "submitted", "stopped"},
    "stopped": {"draft", "approved"},
}


@dataclass(frozen=True, slots=True)
class NewTemplate:
    channel: str
    name: str
    body: str
    subject: str = ""
    buttons: Sequence[Mapping[str, Any]] = ()
    state: str | None = None
    code: str = ""
    carrier_state: str = ""
    sender_id: UUID | None = None
    created_by: UUID | None = field(default=None)


async def create_template(conn: Conn, who: Actor, new: NewTemplate) -> UUID:
    """Store a template; its variables are read out of the body."""
    _check_content(new.channel, new.body, new.subject)
    await _check_sender(conn, new.channel, new.sender_id)
    state = new.state or ("draft" if new.channel == "alimtalk" else "approved")
    _check_approval(new.channel, state, new.code)
    template_id = new_id()
    await conn.execute(
        """
        INSERT INTO templates (tenant_id, id, channel, name, subject, body, buttons, variables, state,
                               carrier_state, code, sender_id, created_by)
        VALUES (%(tenant_id)s, %(id)s, %(channel)s, %(name)s, %(subject)s, %(body)s, %(buttons)s,
        %(variables)s, %(state)s, %(carrier_state)s, %(code)s, %(sender_id)s, %(created_by)s)
        """,
        {
            "tenant_id": who.tenant_id,
            "id": template_id,
            "channel": new.channel,
            "name": new.name,
            "subject": new.subject,
            "body": new.body,
            "buttons": Jsonb([dict(button) for button in new.buttons]),
            "variables": list(templates.parse(new.body).variables),
            "state": state,
            "carrier_state": new.carrier_state,
            "code": new.code,
            "sender_id": new.sender_id,
            "created_by": new.created_by,
        },
    )
    await audit(conn, who, "template.create", "template", template_id, detail={"channel": new.channel})
    return template_id


async def change_template(conn: Conn, who: Actor, template_id: UUID, changes: Mapping[str, Any]) -> None:
    """Change what is given. New content makes a new version; an approved AlimTalk text becomes a draft again.

    Sends that are under way are not touched: they carry their own frozen copy.
    """
    old = await find_template(conn, template_id, lock=True)
    if old is None:
        raise Problem(NOT_FOUND)
    content = {
        name: changes[name]
        for name in ("body", "subject", "buttons")
        if name in changes and changes[name] != getattr(old, name)
    }
    if content and old.state == "submitted":
        raise Problem(IN_REVIEW, detail="심사가 끝나거나 심사를 취소한 뒤에 고쳐 주세요.")
    body, subject = content.get("body", old.body), content.get("subject", old.subject)
    _check_content(old.channel, body, subject)
    sender_id = changes.get("sender_id", old.sender_id)
    if sender_id != old.sender_id:
        await _check_sender(conn, old.channel, sender_id)
    code = changes.get("code", old.code)
    state = _next_state(old, changes.get("state"), code, changed=bool(content))
    await conn.execute(
        """
        UPDATE templates SET
            name = %(name)s, subject = %(subject)s, body = %(body)s, buttons = %(buttons)s,
            variables = %(variables)s, state = %(state)s, code = %(code)s, sender_id = %(sender_id)s,
            carrier_state = CASE WHEN %(changed)s THEN '' ELSE carrier_state END,
            version = version + CASE WHEN %(changed)s THEN 1 ELSE 0 END, updated_at = clock_timestamp()
        WHERE id = %(id)s
        """,
        {
            "id": template_id,
            "name": changes.get("name", old.name),
            "subject": subject,
            "body": body,
            "buttons": Jsonb(content.get("buttons", old.buttons)),
            "variables": list(templates.parse(body).variables),
            "state": state,
            "code": code,
            "sender_id": sender_id,
            "changed": bool(content),
        },
    )
    detail = {"fields": sorted(changes), "state": state}
    await audit(conn, who, "template.change", "template", template_id, detail=detail)


def _next_state(old: TemplateRow, wanted: str | None, code: str, *, changed: bool) -> str:
    reviewed = old.channel == "alimtalk" and old.state in {"approved", "rejected", "stopped"}
    base = "draft" if changed and reviewed else old.state
    if wanted is None or wanted == base:
        return base
    moves = _ALIMTALK_MOVES if old.channel == "alimtalk" else _TEXT_MOVES
    if wanted not in moves.get(base, set()):
        raise Problem(WRONG_STATE)
    _check_approval(old.channel, wanted, code)
    return wanted


def _check_approval(channel: str, state: str, code: str) -> None:
    if channel == "alimtalk" and state == "approved" and not code:
        message = "승인된 알림톡 템플릿에는 발송사의 템플릿 코드가 있어야 해요"
        raise Problem(INVALID, errors=[FieldError("code", message)])
    if channel != "alimtalk" and state in {"submitted", "rejected"}:
        raise Problem(INVALID, errors=[FieldError("state", "문자 템플릿은 심사를 받지 않아요")])


def _check_content(channel: str, body: str, subject: str) -> None:
    """Refuse what no value of its variables could make sendable; warnings are the preview's business."""
    parsed = templates.parse(body)
    errors = [FieldError("body", message) for message in templates.problems(parsed)]
    literal = "".join(part for part in parsed.parts if isinstance(part, str)) or " "
    # Variables could be the whole text: only their surroundings can be judged here.
    ignored = {"empty"} if parsed.variables else set()
    kind = "lms" if channel == "sms" and not subject.strip() else channel
    errors += [
        FieldError("subject" if "subject" in problem.code else "body", problem.message_ko)
        for problem in texts.problems(kind, literal, subject)
        if problem.level == "block" and problem.code not in ignored
    ]
    if channel == "alimtalk" and subject.strip():
        errors.append(FieldError("subject", "알림톡에는 제목을 넣을 수 없어요"))
    if errors:
        raise Problem(INVALID, errors=errors)


async def _check_sender(conn: Conn, channel: str, sender_id: UUID | None) -> None:
    if sender_id is None:
        return
    sender = await find_sender(conn, sender_id)
    wanted = "kakao" if channel == "alimtalk" else "phone"
    if sender is None or sender.kind != wanted:
        label = "카카오 채널" if wanted == "kakao" else "발신번호"
        raise Problem(INVALID, errors=[FieldError("senderId", f"등록된 {label}을(를) 골라 주세요")])
