"""Everything that is held on one person, nothing masked: for their own eyes, as JSON and as a page that anybody can read.

What isn't in it: keyed hashes and search tokens, which say nothing without the keys, and other people's data (who else
is on a shared number, who a question about duplicates named).
"""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi.encoders import jsonable_encoder

from pabal.campaigns import STATE_LABELS, reason_label
from pabal.domain.phone import format_phone
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.timeline.reads import Person

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """Sections by title, each a list of rows with Korean names of their members."""

    made_at: datetime
    sections: Mapping[str, Sequence[Row]]

    def figures(self) -> dict[str, int]:
        return {"rows": sum(map(len, self.sections.values()))}


_CONTACT: Final = """
    SELECT CASE WHEN c.id = %(id)s THEN '연락처' ELSE '합쳐진 연락처' END AS 구분,
           app.decrypt(c.pii)::jsonb - '{t,c}'::text[] AS 내용, c.district AS 지역,
           c.age_band AS 나이대, c.basis AS "처리 근거", c.source AS 출처, c.purposes AS "받은 목적",
           ARRAY(SELECT t.name FROM contact_tags x JOIN tags t ON t.tenant_id = x.tenant_id AND t.id = x.tag_id
                 WHERE x.contact_id = c.id ORDER BY 1) AS 태그, c.created_at AS "만든 때", c.updated_at AS "고친 때"
    FROM contacts c WHERE c.id = ANY(%(parts)s) ORDER BY c.id <> %(id)s, c.id
"""
_SECTIONS: Final[Mapping[str, str]] = {
    "연락처와 정보": _CONTACT,
    "이전에 적혀 있던 내용": """
        SELECT m.created_at AS "바뀐 때", app.decrypt(m.before)::jsonb - '{t,c}'::text[] AS 내용,
               m.reason->>'district' AS 지역, m.reason->>'ageBand' AS 나이대
        FROM merges m WHERE m.survivor_id = ANY(%(parts)s) AND m.before IS NOT NULL ORDER BY m.created_at, m.id
    """,
    "수신 동의": """
        SELECT at AS 때, channel AS 채널, purpose AS 목적, CASE state WHEN 'granted' THEN '동의' ELSE '철회' END AS 상태,
               CASE WHEN evidence IS NOT NULL THEN app.decrypt(evidence) END AS 근거
        FROM consents WHERE contact_id = ANY(%(parts)s) AND merge_id IS NULL ORDER BY at
    """,
    "수신 거부": """
        SELECT created_at AS 때, kind AS 종류, channel AS 채널, reason AS 이유 FROM suppressions
        WHERE tenant_id = %(tenant)s AND address_key = ANY(%(addresses)s) ORDER BY created_at
    """,
    "올린 명단의 원본": """
        SELECT i.started_at AS 때, app.decrypt(i.file_name) AS 파일, r.row_no AS 행,
               CASE WHEN r.cells IS NOT NULL THEN app.decrypt(r.cells)::jsonb END AS "적힌 그대로"
        FROM import_rows r JOIN imports i ON i.tenant_id = r.tenant_id AND i.id = r.import_id
        WHERE r.contact_id = ANY(%(parts)s) ORDER BY i.id, r.row_no
    """,
    "보낸 메시지": """
        SELECT uuid_extract_timestamp(m.send_id) AS 때, coalesce(c.name, '') AS 발송, m.state AS 상태, m.reason AS 사유,
               (SELECT jsonb_agg(jsonb_build_object('채널', a.channel, '때', a.created_at, '결과', a.state) ORDER BY a.n)
                FROM attempts a WHERE a.tenant_id = m.tenant_id AND a.send_id = m.send_id AND a.seq = m.seq) AS 시도,
               CASE WHEN m.snapshot IS NOT NULL THEN app.decrypt(m.snapshot)::jsonb - '{t,c}'::text[] END AS "넣은 값"
        FROM messages m JOIN sends s ON s.tenant_id = m.tenant_id AND s.id = m.send_id
        LEFT JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id
        WHERE m.contact_id = ANY(%(parts)s) ORDER BY m.send_id
    """,
    "받은 답장": """
        SELECT said_at AS 때, channel AS 채널, app.decrypt(pii)::jsonb->>'text' AS 내용, opt_out AS "거부로 읽음"
        FROM inbound_messages WHERE tenant_id = %(tenant)s AND from_key = ANY(%(values)s) AND pii IS NOT NULL ORDER BY id
    """,
    "누른 링크": """
        SELECT k.at AS 때, l.url AS 주소, CASE k.class WHEN 'human' THEN '사람' ELSE '기계' END AS 구분
        FROM clicks k JOIN links l ON l.tenant_id = k.tenant_id AND l.id = k.link_id
        WHERE k.tenant_id = %(tenant)s AND k.contact_id = ANY(%(parts)s) ORDER BY k.at
    """,
    "신청·상담 기록": """
        SELECT r.created_at AS 때, r.deleted_at AS "지운 때", p.name AS 표, r.data AS 내용,
               CASE WHEN r.pii IS NOT NULL THEN app.decrypt(r.pii)::jsonb->'values' END AS "개인 정보"
        FROM records r JOIN partitions p ON p.tenant_id = r.tenant_id AND p.id = r.partition_id
        WHERE r.contact_id = ANY(%(parts)s) ORDER BY r.id
    """,
    "메모": """
        SELECT created_at AS 때, app.decrypt(body) AS 내용 FROM contact_notes
        WHERE contact_id = ANY(%(parts)s) ORDER BY created_at
    """,
    "요청": """
        SELECT received_at AS 때, kind AS 종류, requester AS 요청자, via AS 경로, state AS 상태, done_at AS "처리한 때",
               CASE WHEN note IS NOT NULL THEN app.decrypt(note) END AS 내용
        FROM data_requests WHERE contact_id = ANY(%(parts)s) ORDER BY created_at
    """,
}
_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "종류": {
        "access": "열람",
        "correct": "정정",
        "erase": "삭제",
        "stop": "처리 정지",
        "phone": "전화번호",
        "email": "이메일",
        "kakao": "카카오 ID",
    },
    "상태": {"open": "처리 중", "done": "처리함", "refused": "거절"},
    "요청자": {"self": "본인", "agent": "대리인", "guardian": "법정대리인"},
    "경로": {"phone": "전화", "visit": "방문", "letter": "서면", "message": "메시지", "other": "그 밖"},
}
_CARD: Final[Mapping[str, str]] = {
    "name": "이름",
    "title": "직함",
    "phones": "전화번호",
    "emails": "이메일",
    "kakaoIds": "카카오 ID",
    "otherPhones": "다른 번호",
    "address": "주소",
    "birth": "생년",
    "memo": "메모 칸",
    "attributes": "그 밖의 정보",
}


async def read_held(conn: Conn, tenant_id: UUID, person: Person) -> Held:
    named = {
        "tenant": tenant_id,
        "id": person.id,
        "parts": list(person.parts),
        "values": list(person.value_keys),
        "addresses": list(person.address_keys),
    }
    sections: dict[str, list[Row]] = {}
    for title, query in _SECTIONS.items():
        cursor = await conn.execute(query, named)
        columns = [column.name for column in cursor.description or ()]
        sections[title] = [_said(dict(zip(columns, row, strict=True))) for row in await cursor.fetchall()]
    cursor = await conn.execute("SELECT clock_timestamp()")
    row = await cursor.fetchone()
    assert row is not None
    return Held(row[0], sections)


def _said(row: dict[str, Any]) -> Row:
    """Codes as people say them."""
    if "사유" in row:
        row["상태"] = STATE_LABELS.get(row["상태"], row["상태"])
        row["사유"] = reason_label(row["사유"]) if row["사유"] else None
    for name in ("내용", "넣은 값"):
        if isinstance(row.get(name), dict):
            row[name] = {_CARD.get(key, key): _shown(key, value) for key, value in row[name].items()}
    for name, words in _SAID.items():
        if isinstance(row.get(name), str):
            row[name] = words.get(row[name], row[name])
    return {name: value for name, value in row.items() if value not in (None, "", [], {})}


def _shown(key: str, value: Any) -> Any:
    return [format_phone(one) for one in value] if key in {"phones", "otherPhones"} else value


def as_json(held: Held) -> str:
    return json.dumps(
        jsonable_encoder({"만든 때": held.made_at, **held.sections}), ensure_ascii=False, indent=1
    )


_PAGE: Final = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>개인정보 열람 자료</title>
<style>body{{font:15px/1.6 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}h2{{margin:2em 0 .5em;font-size:1.1em}}
table{{border-collapse:collapse;width:100%}}
th,td{{border:1px solid #ccc;padding:.4em .6em;text-align:left;vertical-align:top}}
th{{background:#f5f5f5}}p{{color:#555}}</style><h1>개인정보 열람 자료</h1>
<p>{made} 기준으로 보관하고 있는 내용 전부예요. 검색용 암호 값은 열쇠 없이 읽을 수 없어 넣지 않았어요.</p>{body}</html>"""


def as_html(held: Held) -> str:
    body = "".join(_section(title, rows) for title, rows in held.sections.items())
    return _PAGE.format(made=_text(held.made_at), body=body)


def _section(title: str, rows: Sequence[Row]) -> str:
    if not rows:
        return f"<h2>{html.escape(title)}</h2><p>없어요.</p>"
    columns = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_text(row.get(name)))}</td>" for name in columns) + "</tr>"
        for row in rows
    )
    return f"<h2>{html.escape(title)}</h2><table><tr>{head}</tr>{lines}</table>"


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "예" if value else "아니요"
        case datetime():
            return value.astimezone(KST).strftime("%Y-%m-%d %H:%M")
        case dict():
            return ", ".join(f"{key}: {_text(one)}" for key, one in value.items() if one)
        case list():
            return ", ".join(map(_text, value))
        case _:
            return str(value)
