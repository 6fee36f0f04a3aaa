"""Verdicts that stopped or held something, kept with the version of the rules; and the product rules that owners changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg.rows import class_row

from pabal.accounts import Actor, audit
from pabal.domain.campaign import Level
from pabal.domain.ids import new_id
from pabal.domain.law.judge import BY_ID, LawVerdict
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare

STATUTORY = declare("rule_is_law", 409, "법에서 정한 규칙은 바꿀 수 없어요")

Stage = Literal["launch", "schedule", "claim", "list", "purge"]


async def log_verdicts(
    conn: Conn,
    who: Actor,
    stage: Stage,
    verdicts: Sequence[LawVerdict],
    *,
    at: datetime,
    campaign_id: UUID | None,
) -> None:
    """Only what stopped or held. `at` is the time that the rules saw."""
    stops = [verdict for verdict in verdicts if verdict.level in {"block", "hold"}]
    if not stops:
        return
    await conn.execute(
        """
        INSERT INTO rule_verdicts (tenant_id, id, at, stage, rule, version, level, message, campaign_id, actor_id)
        SELECT %(tenant)s, one.id, %(at)s, %(stage)s, one.rule, one.version, one.level, one.message, %(campaign)s, %(by)s
        FROM unnest(%(ids)s::uuid[], %(rules)s::text[], %(versions)s::integer[], %(levels)s::text[], %(messages)s::text[])
             AS one (id, rule, version, level, message)
        """,
        {
            "tenant": who.tenant_id,
            "at": at,
            "stage": stage,
            "campaign": campaign_id,
            "by": who.actor_id,
            "ids": [new_id() for _ in stops],
            "rules": [verdict.rule for verdict in stops],
            "versions": [verdict.version for verdict in stops],
            "levels": [verdict.level for verdict in stops],
            "messages": [_unnamed(verdict) for verdict in stops],
        },
    )


_NAME_PEOPLE = frozenset({"T-06", "T-07", "T-08", "T-11", "T-14"})


def _unnamed(verdict: LawVerdict) -> str:
    """Names of candidates are kept as ciphertext (`law_profiles.people`); a log in plain text has no place for them."""
    return re.sub("“[^”]*”", "“…”", verdict.message) if verdict.rule in _NAME_PEOPLE else verdict.message


@dataclass(frozen=True, slots=True)
class Setting:
    rule: str
    level: str
    reason: str
    set_by: UUID | None
    set_at: datetime


async def list_settings(conn: Conn) -> dict[str, Setting]:
    async with conn.cursor(row_factory=class_row(Setting)) as cursor:
        await cursor.execute("SELECT rule, level, reason, set_by, set_at FROM rule_settings")
        return {row.rule: row for row in await cursor.fetchall()}


async def change_rule(conn: Conn, who: Actor, rule_id: str, level: Level, reason: str) -> None:
    """Only product rules; a statute isn't ours to switch. The rule's own level takes the setting away."""
    rule = BY_ID.get(rule_id)
    if rule is None:
        raise Problem(NOT_FOUND)
    if not rule.switchable:
        raise Problem(STATUTORY, detail=f"{rule.article}에서 정한 규칙이에요.")
    if not reason.strip():
        raise Problem(INVALID, errors=[FieldError("reason", "바꾸는 까닭을 적어 주세요")])
    await conn.execute("DELETE FROM rule_settings WHERE rule = %s", (rule_id,))
    if level != rule.level:
        await conn.execute(
            "INSERT INTO rule_settings (tenant_id, rule, level, reason, set_by) VALUES (%s, %s, %s, %s, %s)",
            (who.tenant_id, rule_id, level, reason.strip(), who.actor_id),
        )
    await audit(conn, who, "rule.change", "rule", rule_id, detail={"level": level, "reason": reason.strip()})
