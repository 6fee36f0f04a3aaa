"""증빙 묶음: what a camp shows when it is asked about its broadcasts (C-13). One ZIP: a table, and a page to read.

Nothing in it is about voters: numbers of people, fingerprints of text and list, the reported number and its receipt.
"""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pabal.compliance.broadcasts import Broadcast
from pabal.compliance.queries import CandidacyRow
from pabal.domain.law.election import ELECTION_LABELS, OFFICE_LABELS, Election, Office
from pabal.domain.law.labels import dashed
from pabal.kit.clock import KST
from pabal.kit.tables import inert

COLUMNS = (
    "회차",
    "보낸 때(한국시간)",
    "제목",
    "받은 사람",
    "수신거부로 뺀 사람",
    "보낸 번호",
    "신고 접수번호",
    "글 지문(SHA-256)",
    "명단 지문",
    "시작한 사람",
    "발송 번호",
)
_STATUS = {
    "preliminary": "예비후보자",
    "candidate": "후보자",
    "withdrawn": "사퇴",
    "invalid": "등록 무효",
}


def bundle(
    candidacy: CandidacyRow,
    broadcasts: Sequence[Broadcast],
    operators: Mapping[UUID, str],
    proof: tuple[str, str, bytes] | None,
    now: datetime,
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("자동동보.csv", _table(broadcasts, operators))
        folder.writestr("후보자정보.txt", _page(candidacy, broadcasts, now))
        if proof is not None:
            name, _, body = proof
            folder.writestr(f"등록증/{name.rpartition('/')[2] or '등록증'}", body)
    return packed.getvalue()


def _table(broadcasts: Sequence[Broadcast], operators: Mapping[UUID, str]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # Excel takes it for UTF-8 by this
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in broadcasts:
        who = operators.get(one.operator_id, "") if one.operator_id else "예약 발송"
        at = f"{one.at.astimezone(KST):%Y-%m-%d %H:%M:%S}"
        row = (
            one.no,
            at,
            one.title,
            one.people,
            one.opted_out,
            dashed(one.number),
            one.receipt,
            one.text_hash,
            one.list_hash,
            who,
            one.send_id,
        )
        writer.writerow([inert(str(cell)) for cell in row])
    return out.getvalue()


def _page(candidacy: CandidacyRow, broadcasts: Sequence[Broadcast], now: datetime) -> str:
    reported = (
        "" if candidacy.reported_at is None else f"{candidacy.reported_at.astimezone(KST):%Y-%m-%d %H:%M}"
    )
    lines = [
        "자동 동보통신 선거운동문자 증빙",
        "",
        f"선거: {ELECTION_LABELS[Election(candidacy.election)]} {candidacy.election_day:%Y-%m-%d}",
        f"후보자: {candidacy.name} · {OFFICE_LABELS[Office(candidacy.office)]} · {candidacy.district}",
        f"상태: {_STATUS[candidacy.status]}, 등록 {candidacy.registered_on:%Y-%m-%d}, 등록증 {candidacy.proof or '파일'}",
        f"신고한 번호: {dashed(candidacy.reported_number)} (신고 {reported}, 접수 {candidacy.receipt})",
        f"무료 수신거부: {dashed(candidacy.refusal)}",
        f"자동 동보: 8회 가운데 {len(broadcasts)}회",
        "",
        "세는 법: 무엇이 1회인지는 법에 정해져 있지 않아요.",
        "파발은 발송 시작 한 번을 1회로, 다른 글이나 다시 보내기를 새 1회로 세요.",
        "공직선거법 제59조 2호, 제82조의5. 법률 자문이 아니에요. 모르면 선거관리위원회(1390)에 물어보세요.",
        f"만든 때: {now.astimezone(KST):%Y-%m-%d %H:%M} (한국시간)",
    ]
    return "\r\n".join(lines) + "\r\n"
