"""Writes to templates, and the one table of what may follow what."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.accounts import Actor, audit, stale_edit
from pabal.domain import template as templates
from pabal.domain.ids import new_id
from pabal.domain.kakao import around
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.senders import find_sender
from pabal.templates.content import REVIEWED, VERSIONED, Content, check_content
from pabal.templates.queries import TemplateRow, find_template, uses_of
from pabal.templates.versions import find_version, keep_version

IN_REVIEW = declare("template_in_review", 409, "심사 중인 템플릿은 고칠 수 없어요")
WRONG_STATE = declare("template_state", 409, "지금 상태에서는 그렇게 바꿀 수 없어요")
IN_USE = declare("template_in_use", 409, "발송에 쓰인 템플릿은 지울 수 없어요. 보관하면 목록에서 빠져요")

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
_API_NAMES = {"message_type": "messageType", "missing_policy": "missingPolicy"}
MAX_NAME = 150


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
    folder: str = ""
    emphasis: Mapping[str, Any] = field(default_factory=dict)
    message_type: str = "BA"
    missing_policy: str = "skip"
    defaults: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> Content:
        return Content(
            self.body,
            self.subject,
            self.buttons,
            self.emphasis,
            self.message_type,
            self.missing_policy,
            self.defaults,
            self.formats,
        )


async def create_template(conn: Conn, who: Actor, new: NewTemplate) -> UUID:
    """Store a template; its variables are read out of the body."""
    check_content(new.channel, new.content)
    return await store_template(conn, who, new)


async def store_template(conn: Conn, who: Actor, new: NewTemplate) -> UUID:
    """Without a look at the content: what a carrier has approved is as it is."""
    await _check_sender(conn, new.channel, new.sender_id)
    state = new.state or ("draft" if new.channel == "alimtalk" else "approved")
    _check_approval(new.channel, state, new.code)
    template_id = new_id()
    await conn.execute(
        """
        INSERT INTO templates (tenant_id, id, channel, name, subject, body, buttons, variables, state,
                               carrier_state, code, sender_id, created_by, updated_by, folder, emphasis, message_type,
                               missing_policy, defaults, formats)
        VALUES (%(tenant_id)s, %(id)s, %(channel)s, %(name)s, %(subject)s, %(body)s, %(buttons)s, %(variables)s,
                %(state)s, %(carrier_state)s, %(code)s, %(sender_id)s, %(created_by)s, %(created_by)s, %(folder)s,
                %(emphasis)s, %(message_type)s, %(missing_policy)s, %(defaults)s, %(formats)s)
        """,
        {
            "tenant_id": who.tenant_id,
            "id": template_id,
            "channel": new.channel,
            "name": new.name,
            "state": state,
            "carrier_state": new.carrier_state,
            "code": new.code,
            "sender_id": new.sender_id,
            "created_by": new.created_by,
            "folder": new.folder,
            **_columns(new.content),
        },
    )
    await keep_version(conn, template_id, source="carrier" if new.carrier_state else "edit")
    await audit(conn, who, "template.create", "template", template_id, detail={"channel": new.channel})
    return template_id


async def change_template(
    conn: Conn, who: Actor, template_id: UUID, changes: Mapping[str, Any], *, version: int | None = None
) -> None:
    """Change what is given. New content makes a new version; an approved AlimTalk text becomes a draft again.

    `version` is the content that the caller has seen: another one by now is refused with what differs, if the caller would
    write over it. Sends that are under way are not touched: they carry their own frozen copy.
    """
    old = await find_template(conn, template_id, lock=True)
    if old is None:
        raise Problem(NOT_FOUND)
    was = content_of(old)
    given = {name: changes[name] for name in VERSIONED if name in changes}
    now = replace(was, **given)
    changed = frozenset(name for name in given if given[name] != getattr(was, name))
    if version is not None and version != old.version and changed:
        raise _stale(old, given)
    reviewed = bool(changed & REVIEWED)
    if reviewed and old.state == "submitted":
        raise Problem(IN_REVIEW, detail="심사가 끝나거나 심사를 취소한 뒤에 고쳐 주세요.")
    if changed:
        check_content(old.channel, now, changed)
        await keep_version(conn, template_id)
    sender_id = changes.get("sender_id", old.sender_id)
    if sender_id != old.sender_id:
        await _check_sender(conn, old.channel, sender_id)
    code = changes.get("code", old.code)
    state = _next_state(old, changes.get("state"), code, changed=reviewed)
    await conn.execute(
        """
        UPDATE templates SET
            name = %(name)s, subject = %(subject)s, body = %(body)s, buttons = %(buttons)s,
            variables = %(variables)s, state = %(state)s, code = %(code)s, sender_id = %(sender_id)s,
            folder = %(folder)s, emphasis = %(emphasis)s, message_type = %(message_type)s,
            missing_policy = %(missing_policy)s, defaults = %(defaults)s, formats = %(formats)s,
            archived_at = CASE WHEN %(archived)s THEN coalesce(archived_at, clock_timestamp()) END,
            carrier_state = CASE WHEN %(reviewed)s THEN '' ELSE carrier_state END,
            version = version + CASE WHEN %(changed)s THEN 1 ELSE 0 END,
            updated_at = clock_timestamp(), updated_by = %(by)s
        WHERE id = %(id)s
        """,
        {
            "id": template_id,
            "name": changes.get("name", old.name),
            "state": state,
            "code": code,
            "sender_id": sender_id,
            "folder": changes.get("folder", old.folder),
            "archived": changes.get("archived", old.archived_at is not None),
            "reviewed": reviewed,
            "changed": bool(changed),
            "by": who.actor_id,
            **_columns(now),
        },
    )
    if changed:
        await keep_version(conn, template_id)
    detail = {"fields": sorted(changes), "state": state}
    await audit(conn, who, "template.change", "template", template_id, detail=detail)


async def restore_version(
    conn: Conn, who: Actor, template_id: UUID, number: int, *, version: int | None
) -> None:
    """An old content as a new version: nothing that was written is written over. Its rules are checked as of today."""
    row = await find_version(conn, template_id, number)
    if row is None:
        raise Problem(NOT_FOUND)
    content = {name: value for name, value in asdict(row).items() if name in VERSIONED}
    await change_template(conn, who, template_id, content, version=version)


async def duplicate_template(conn: Conn, who: Actor, template_id: UUID) -> UUID:
    """The content of now as a template of its own: without the carrier's code, so an AlimTalk is a draft."""
    old = await find_template(conn, template_id)
    if old is None:
        raise Problem(NOT_FOUND)
    copy = NewTemplate(
        channel=old.channel,
        name=f"{old.name[: MAX_NAME - 4]} 복사본",
        **asdict(content_of(old)),
        sender_id=old.sender_id,
        created_by=who.actor_id,
        folder=old.folder,
    )
    return await store_template(conn, who, copy)


async def delete_template(conn: Conn, who: Actor, template_id: UUID) -> None:
    """Only what no campaign names; what was used is evidence and can be archived. The carrier keeps its own copy."""
    old = await find_template(conn, template_id, lock=True)
    if old is None:
        raise Problem(NOT_FOUND)
    if old.state == "submitted":
        raise Problem(IN_REVIEW, detail="심사가 끝난 뒤에 지워 주세요.")
    use = (await uses_of(conn, [template_id])).get(template_id)
    if use is not None:
        raise Problem(
            IN_USE, detail=f"발송 {use.campaigns}건이 이 템플릿을 써요.", extra={"uses": use.campaigns}
        )
    await conn.execute("DELETE FROM templates WHERE id = %s", (template_id,))
    await audit(conn, who, "template.delete", "template", template_id)


async def rename_folder(conn: Conn, who: Actor, old: str, new: str) -> int:
    """How many templates moved; '' takes them out of every folder, a name that exists puts both together."""
    cursor = await conn.execute("UPDATE templates SET folder = %s WHERE folder = %s", (new, old))
    await audit(conn, who, "template.folder", "folder", detail={"templates": cursor.rowcount})
    return cursor.rowcount


def content_of(row: TemplateRow) -> Content:
    return Content(
        row.body,
        row.subject,
        row.buttons,
        row.emphasis,
        row.message_type,
        row.missing_policy,
        row.defaults,
        row.formats,
    )


def _stale(old: TemplateRow, given: Mapping[str, Any]) -> Problem:
    kept = content_of(old)
    changed_at: datetime = old.updated_at
    return stale_edit(
        mine={_API_NAMES.get(name, name): value for name, value in given.items()},
        theirs={_API_NAMES.get(name, name): getattr(kept, name) for name in given},
        version=old.version,
        by=old.updated_by,
        at=changed_at,
    )


def _columns(content: Content) -> dict[str, Any]:
    return {
        "subject": content.subject,
        "body": content.body,
        "buttons": Jsonb([dict(button) for button in content.buttons]),
        "variables": list(
            templates.parse(f"{content.body}\n{around(content.buttons, content.emphasis)}").variables
        ),
        "emphasis": Jsonb(dict(content.emphasis)),
        "message_type": content.message_type,
        "missing_policy": content.missing_policy,
        "defaults": Jsonb(dict(content.defaults)),
        "formats": Jsonb(dict(content.formats)),
    }


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


async def _check_sender(conn: Conn, channel: str, sender_id: UUID | None) -> None:
    if sender_id is None:
        return
    sender = await find_sender(conn, sender_id)
    wanted = "kakao" if channel == "alimtalk" else "phone"
    if sender is None or sender.kind != wanted:
        label = "카카오 채널" if wanted == "kakao" else "발신번호"
        raise Problem(INVALID, errors=[FieldError("senderId", f"등록된 {label}을(를) 골라 주세요")])
