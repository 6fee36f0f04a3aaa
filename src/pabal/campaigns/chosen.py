"""The law about who was chosen: counted over the very people of the selection, never over the whole book.

C-08 numbers that were made up, P-04 political tags, T-03 constituents of a report.
"""

from dataclasses import replace
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from pabal.campaigns.law import Law, as_verdict
from pabal.campaigns.queries import selected_sql
from pabal.dispatch import Selection
from pabal.domain.campaign import MessageClass, Verdict
from pabal.domain.law.judge import BY_ID, REHEARSED, LawVerdict
from pabal.domain.law.lists import SENSITIVE_PURPOSE, sensitive, tags_of
from pabal.domain.law.words import quoted
from pabal.kit.db import Conn
from pabal.runtime import Runtime


async def verdicts_on_people(
    conn: Conn, rt: Runtime, tenant_id: UUID, law: Law, selection: Selection, *, live: bool
) -> tuple[Verdict, ...]:
    """`live`: through an account that reaches people."""
    return (
        *await _made_up(conn, rt, tenant_id, law, selection, live=live),
        *await _sensitive(conn, rt, tenant_id, law, selection),
        *await _outside(conn, rt, tenant_id, law, selection),
    )


async def _made_up(
    conn: Conn, rt: Runtime, tenant_id: UUID, law: Law, selection: Selection, *, live: bool
) -> tuple[Verdict, ...]:
    """C-08: nobody is texted whose number was made up; a list of rows of numbers waits for a word about its origin."""
    cursor = await conn.execute("SELECT id FROM imports WHERE made_up > 0 AND made_up_at IS NULL")
    suspects = [row[0] for row in await cursor.fetchall()]
    if not suspects:
        return ()
    people = await _count(
        conn, rt, tenant_id, selection, "c.import_id = ANY({suspects}::uuid[])", suspects=suspects
    )
    if not people:
        return ()
    message = (
        f"{people:,}명은 번호가 잇달아 이어진 명단에서 왔어요. 지어낸 번호로는 보낼 수 없어요. 실제로 받은 번호라면"
        " ‘선거법’의 확인할 명단에서 어디서 받았는지 적어 주세요."
    )
    found = _said(law, "C-08", message)
    return (found if live else replace(found, level="warn"),)


# Whoever has one of the tags and hasn't agreed, by their newest word, to its being kept.
_NOT_AGREED: LiteralString = """
    EXISTS (SELECT FROM contact_tags ct
            JOIN tags t ON t.tenant_id = ct.tenant_id AND t.id = ct.tag_id AND t.name = ANY({named}::text[])
            WHERE ct.tenant_id = c.tenant_id AND ct.contact_id = c.id)
    AND coalesce((SELECT k.state FROM consents k
                  WHERE k.tenant_id = c.tenant_id AND k.contact_id = c.id AND k.purpose = {purpose}
                  ORDER BY k.at DESC, k.id DESC LIMIT 1), 'none') <> 'granted'
"""


async def _sensitive(
    conn: Conn, rt: Runtime, tenant_id: UUID, law: Law, selection: Selection
) -> tuple[Verdict, ...]:
    """P-04: whoever is chosen because of a political tag must have agreed to its being kept."""
    asked = tags_of(selection.filter or {})
    if not asked:
        return ()
    cursor = await conn.execute(
        "SELECT name FROM tags WHERE name = ANY(%(asked)s) OR id::text = ANY(%(asked)s)",
        {"asked": list(asked)},
    )
    named = sensitive([name for (name,) in await cursor.fetchall()])
    if not named:
        return ()
    without = await _count(
        conn, rt, tenant_id, selection, _NOT_AGREED, named=list(named), purpose=SENSITIVE_PURPOSE
    )
    if not without:
        return ()
    message = (
        f"정치적 견해를 드러내는 태그로 골랐어요: {quoted(named)}. {without:,}명은 민감정보 처리에 동의한 기록이 없어요."
        " 다른 조건으로 고르거나 동의를 먼저 기록해 주세요."
    )
    return (_said(law, "P-04", message),)


# From the beginning of a word: 동구 isn't 남동구.
_ELSEWHERE: LiteralString = """
    NOT EXISTS (SELECT FROM unnest({areas}::text[]) AS area WHERE strpos(' ' || c.district, ' ' || btrim(area)) > 0)
"""


async def _outside(
    conn: Conn, rt: Runtime, tenant_id: UUID, law: Law, selection: Selection
) -> tuple[Verdict, ...]:
    """T-03: a report goes to constituents; whoever lives elsewhere, or nobody knows where, is none."""
    if law.facts.message_class is not MessageClass.COUNCIL_REPORT:
        return ()
    areas = list(law.around.profile.areas)
    if not areas:
        message = (
            "의정활동보고는 선거구민에게만 해요. ‘선거법’의 우리 조직에 선거구의 동네 이름을 적어 주세요."
        )
        return (_said(law, "T-03", message),)
    outside = await _count(conn, rt, tenant_id, selection, _ELSEWHERE, areas=areas)
    if not outside:
        return ()
    message = (
        f"{outside:,}명은 선거구({', '.join(areas[:3])}{' 등' if len(areas) > 3 else ''})에 살지 않거나 사는 곳을 몰라요."
        " 의정활동보고는 선거구민에게만 해요. 지역 조건을 더해 주세요."
    )
    return (_said(law, "T-03", message),)


def _said(law: Law, rule_id: str, message: str) -> Verdict:
    rule = BY_ID[rule_id]
    if law.facts.rehearse:
        return Verdict(rule.id, "warn", f"{REHEARSED} {message}", rule.article)
    return as_verdict(LawVerdict(rule.id, rule.level, message, rule.article))


async def _count(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    selection: Selection,
    condition: LiteralString,
    **values: object,
) -> int:
    """Values are put in as literals: a filter may hold a %, which isn't to be read as a placeholder."""
    chosen = await selected_sql(rt, tenant_id, selection)
    asked = sql.SQL(condition).format(**{name: sql.Literal(value) for name, value in values.items()})
    cursor = await conn.execute(
        sql.SQL("SELECT count(*) FROM contacts c WHERE {} AND {}").format(chosen, asked)
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
