"""Template links: made, changed, switched, deleted. Everything that could go wrong later is refused here, by field."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pabal.accounts import Actor, audit, stale_edit
from pabal.automations.model import LinkDraft, TemplateLink
from pabal.domain.fields import Field, Kind
from pabal.domain.ids import new_id
from pabal.domain.repeat import MAX_INTERVAL_HOURS, MAX_REPEAT
from pabal.domain.template import parse
from pabal.domain.trigger import check_condition
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem
from pabal.records import Partition, find_partition
from pabal.templates import TemplateRow, find_template

LINK_DELETED = "link_deleted"

_COLUMNS: LiteralString = """
    SELECT l.id, l.partition_id, l.template_id, l.name, l.recipient_field, l.variable_mappings, l.trigger_type,
           l.trigger_condition, l.repeat_config, l.cooldown_hours, l.message_class, l.send_from, l.send_until, l.fallback,
           l.is_active, l.active_since, l.version, l.created_at, l.updated_at,
           coalesce(l.written_by, l.created_by) AS written_by, l.approved, l.approved_at, l.not_after_hours,
           t.name AS template_name,
           t.state AS template_state, t.body AS template_body
    FROM template_links l JOIN templates t ON t.tenant_id = l.tenant_id AND t.id = l.template_id
"""


async def list_links(conn: Conn, *, partition_id: UUID | None = None) -> list[TemplateLink]:
    async with conn.cursor(row_factory=class_row(TemplateLink)) as cursor:
        await cursor.execute(
            _COLUMNS
            + """WHERE l.deleted_at IS NULL AND (%(partition)s::uuid IS NULL OR l.partition_id = %(partition)s)
                 ORDER BY l.id DESC""",
            {"partition": partition_id},
        )
        return await cursor.fetchall()


async def active_links(
    conn: Conn, partitions: Sequence[UUID], trigger_types: Sequence[str]
) -> list[TemplateLink]:
    async with conn.cursor(row_factory=class_row(TemplateLink)) as cursor:
        await cursor.execute(
            _COLUMNS
            + """WHERE l.deleted_at IS NULL AND l.is_active AND l.partition_id = ANY(%s) AND l.trigger_type = ANY(%s)
                 ORDER BY l.id""",
            (list(partitions), list(trigger_types)),
        )
        return await cursor.fetchall()


async def links_by_id(conn: Conn, ids: Sequence[UUID]) -> dict[UUID, TemplateLink]:
    async with conn.cursor(row_factory=class_row(TemplateLink)) as cursor:
        await cursor.execute(_COLUMNS + "WHERE l.id = ANY(%s) AND l.deleted_at IS NULL", (list(ids),))
        return {link.id: link for link in await cursor.fetchall()}


async def read_link(conn: Conn, link_id: UUID) -> TemplateLink:
    found = (await links_by_id(conn, [link_id])).get(link_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


async def checked_draft(conn: Conn, wanted: Mapping[str, Any]) -> LinkDraft:
    """`wanted` has the members of the API in snake_case. Raises the 422 that names every field at fault."""
    partition = await find_partition(conn, wanted["partition_id"])
    template = await find_template(conn, wanted["template_id"])
    errors = []
    if partition is None:
        errors.append(FieldError("partitionId", "없는 표예요", "표를 다시 골라 주세요"))
    if template is None:
        errors.append(FieldError("templateId", "없는 템플릿이에요", "템플릿을 다시 골라 주세요"))
    elif template.channel != "alimtalk":
        errors.append(FieldError("templateId", "알림톡 템플릿이 아니에요", "알림톡 템플릿을 골라 주세요"))
    if partition is None or template is None:
        raise Problem(INVALID, errors=errors)
    recipient = _recipient(partition, wanted.get("recipient_field"), errors)
    mappings = _mappings(partition, template, wanted.get("variable_mappings") or {}, errors)
    condition, faults = check_condition(
        wanted.get("trigger_condition"), partition.fields, path="triggerCondition"
    )
    errors += [FieldError(fault.path, fault.message) for fault in faults]
    repeat = _repeat(partition, wanted.get("repeat_config"), errors)
    window = wanted.get("window")
    if window is not None and not window[0] < window[1]:
        errors.append(FieldError("window.until", "시작 시각보다 늦어야 해요", "예: 08:00부터 21:00까지"))
    if errors:
        raise Problem(INVALID, errors=errors)
    manual = wanted["trigger_type"] == "manual"
    return LinkDraft(
        partition_id=partition.id,
        template_id=template.id,
        name=wanted.get("name") or template.name,
        recipient_field=recipient,
        variable_mappings=mappings,
        trigger_type=wanted["trigger_type"],
        trigger_condition=None if manual else condition,
        repeat_config=None if manual else repeat,
        cooldown_hours=wanted["cooldown_hours"],
        send_from=None if window is None else window[0],
        send_until=None if window is None else window[1],
        fallback=wanted.get("fallback"),
        is_active=wanted["is_active"],
        not_after_hours=wanted.get("not_after_hours"),
    )


def _recipient(partition: Partition, wanted: str | None, errors: list[FieldError]) -> str:
    phones = {one.key for one in partition.fields if one.is_phone}
    if not phones:
        errors.append(
            FieldError(
                "recipientField", "이 표에는 전화번호 항목이 없어요", "표에 전화번호 항목을 만들어 주세요"
            )
        )
    elif wanted and wanted not in phones:
        errors.append(
            FieldError(
                "recipientField", "전화번호 항목이 아니에요", f"쓸 수 있는 항목: {', '.join(sorted(phones))}"
            )
        )
    phone = partition.phone_field
    return wanted or ("" if phone is None else phone.key)


def _mappings(
    partition: Partition, template: TemplateRow, wanted: Mapping[str, Any], errors: list[FieldError]
) -> dict[str, dict[str, str]]:
    """Every variable of the template; who isn't mapped takes the field of the same key or label."""
    variables = parse(template.body).variables
    # A member's field holds an id, which says nothing to whoever reads the message.
    said = [one for one in partition.fields if one.kind is not Kind.USER]
    named: dict[str, Field] = {one.label: one for one in reversed(said)} | {one.key: one for one in said}
    found: dict[str, dict[str, str]] = {}
    for variable in variables:
        given = wanted.get(variable)
        given = {"field": given} if isinstance(given, str) else given
        if given is None:
            if variable in named:
                found[variable] = {"field": named[variable].key}
            elif variable == "이름" and partition.name_field is not None:
                found[variable] = {"field": partition.name_field.key}
            else:
                errors.append(
                    FieldError(
                        f"variableMappings.{variable}",
                        "어느 항목으로 채울지 정해 주세요",
                        "항목을 고르거나 기본값을 적어 주세요",
                    )
                )
            continue
        key, default = given.get("field") or "", (given.get("default") or "").strip()
        if key and key not in partition.by_key:
            errors.append(
                FieldError(
                    f"variableMappings.{variable}", "이 표에 없는 항목이에요", "항목을 다시 골라 주세요"
                )
            )
        if key in partition.by_key and partition.by_key[key].kind is Kind.USER:
            errors.append(
                FieldError(
                    f"variableMappings.{variable}",
                    "팀원 항목은 글에 넣을 수 없어요",
                    "담당자 이름을 적는 글 항목을 고르거나 기본값을 적어 주세요",
                )
            )
        if not key and not default:
            errors.append(FieldError(f"variableMappings.{variable}", "항목이나 기본값이 있어야 해요"))
        found[variable] = {"field": key} | ({"default": default} if default else {})
    errors += [
        FieldError(f"variableMappings.{name}", "템플릿에 없는 변수예요")
        for name in wanted
        if name not in variables
    ]
    return found


def _repeat(
    partition: Partition, wanted: Mapping[str, Any] | None, errors: list[FieldError]
) -> dict[str, Any] | None:
    if wanted is None:
        return None
    stop, faults = check_condition(
        wanted.get("stop_condition"), partition.fields, path="repeatConfig.stopCondition", stop=True
    )
    errors += [FieldError(fault.path, fault.message) for fault in faults]
    if stop is None and not faults:
        errors.append(
            FieldError(
                "repeatConfig.stopCondition",
                "중단 조건을 골라 주세요",
                "어떤 값이 되면 멈출지 정해야 반복할 수 있어요",
            )
        )
    interval, most = wanted["interval_hours"], wanted["max_repeat"]
    if not 0 < interval <= MAX_INTERVAL_HOURS:
        errors.append(FieldError("repeatConfig.intervalHours", f"{MAX_INTERVAL_HOURS}시간까지 쓸 수 있어요"))
    if not 1 <= most <= MAX_REPEAT:
        errors.append(FieldError("repeatConfig.maxRepeat", f"1–{MAX_REPEAT}번까지 반복할 수 있어요"))
    return {"intervalHours": interval, "maxRepeat": most, "stopCondition": stop}


def _stored(draft: LinkDraft) -> dict[str, Any]:
    values = asdict(draft)
    for name in ("variable_mappings", "trigger_condition", "repeat_config", "fallback"):
        values[name] = None if values[name] is None else Jsonb(values[name])
    return values


async def create_link(conn: Conn, who: Actor, draft: LinkDraft) -> TemplateLink:
    link_id = new_id()
    await conn.execute(
        """
        INSERT INTO template_links (tenant_id, id, partition_id, template_id, name, recipient_field, variable_mappings,
                                    trigger_type, trigger_condition, repeat_config, cooldown_hours, send_from, send_until,
                                    fallback, is_active, not_after_hours, created_by, written_by)
        VALUES (%(tenant)s, %(id)s, %(partition_id)s, %(template_id)s, %(name)s, %(recipient_field)s, %(variable_mappings)s,
                %(trigger_type)s, %(trigger_condition)s, %(repeat_config)s, %(cooldown_hours)s, %(send_from)s,
                %(send_until)s, %(fallback)s, %(is_active)s, %(not_after_hours)s, %(by)s, %(by)s)
        """,
        {**_stored(draft), "tenant": who.tenant_id, "id": link_id, "by": who.actor_id},
    )
    await audit(
        conn, who, "template_link.create", "template_link", link_id, detail={"trigger": draft.trigger_type}
    )
    return await read_link(conn, link_id)


def _says_otherwise(old: TemplateLink, draft: LinkDraft) -> bool:
    """Whoever wrote what it says now isn't who approves it."""
    now = (draft.template_id, draft.fallback, draft.variable_mappings, draft.repeat_config is None)
    return now != (old.template_id, old.fallback, old.variable_mappings, old.repeat_config is None)


async def change_link(
    conn: Conn, who: Actor, old: TemplateLink, draft: LinkDraft, *, version: int | None = None
) -> TemplateLink:
    """Switching off holds the queue, switching on lets it go on; a link that no longer repeats ends its repeats."""
    if version is not None and version != old.version:
        raise _stale(draft, old)
    cursor = await conn.execute(
        """
        UPDATE template_links
        SET partition_id = %(partition_id)s, template_id = %(template_id)s, name = %(name)s,
            recipient_field = %(recipient_field)s, variable_mappings = %(variable_mappings)s,
            trigger_type = %(trigger_type)s, trigger_condition = %(trigger_condition)s, repeat_config = %(repeat_config)s,
            cooldown_hours = %(cooldown_hours)s, send_from = %(send_from)s, send_until = %(send_until)s,
            fallback = %(fallback)s, is_active = %(is_active)s, not_after_hours = %(not_after_hours)s,
            active_since = CASE WHEN is_active THEN active_since ELSE clock_timestamp() END,
            written_by = CASE WHEN %(texts)s THEN %(by)s ELSE written_by END,
            version = version + 1, updated_at = clock_timestamp()
        WHERE id = %(id)s AND version = %(read)s AND deleted_at IS NULL
        """,
        {
            **_stored(draft),
            "id": old.id,
            "read": old.version,
            "by": who.actor_id,
            "texts": _says_otherwise(old, draft),
        },
    )
    if not cursor.rowcount:  # somebody was faster, after we had read it
        raise _stale(draft, await read_link(conn, old.id))
    if old.repeat_config is not None and draft.repeat_config is None:
        await _cancel_queue(conn, old.id, "repeat_removed")
    await audit(
        conn,
        who,
        "template_link.change",
        "template_link",
        old.id,
        detail={"active": draft.is_active, "was": old.is_active},
    )
    return await read_link(conn, old.id)


def _stale(mine: LinkDraft, theirs: TemplateLink) -> Problem:
    return stale_edit(
        mine={"name": mine.name},
        theirs={"name": theirs.name},
        version=theirs.version,
        by=None,
        at=theirs.updated_at,
    )


async def delete_link(conn: Conn, who: Actor, link_id: UUID) -> None:
    cursor = await conn.execute(
        """
        UPDATE template_links SET deleted_at = clock_timestamp(), is_active = false, updated_at = clock_timestamp()
        WHERE id = %s AND deleted_at IS NULL
        """,
        (link_id,),
    )
    if not cursor.rowcount:
        raise Problem(NOT_FOUND)
    await _cancel_queue(conn, link_id, LINK_DELETED)
    await audit(conn, who, "template_link.delete", "template_link", link_id)


async def _cancel_queue(conn: Conn, link_id: UUID, reason: str) -> None:
    await conn.execute(
        """
        UPDATE automation_queue SET status = 'cancelled', reason = %s, updated_at = clock_timestamp()
        WHERE template_link_id = %s AND status = 'pending'
        """,
        (reason, link_id),
    )
