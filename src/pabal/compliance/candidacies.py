"""Entering a candidacy and keeping it true: what was registered, which number was reported, how people refuse."""

import base64
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from pabal.accounts import Actor, audit, stale_edit
from pabal.compliance.queries import CandidacyRow, find_candidacy
from pabal.domain.ids import new_id
from pabal.domain.law.election import KNOWN_ELECTIONS, Election, ElectionCalendar, KnownElection, Office
from pabal.domain.law.facts import Status
from pabal.domain.law.labels import digits, free_of_charge
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare

CANDIDACY_EXISTS = declare("candidacy_exists", 409, "이 선거의 후보자 정보가 이미 있어요")
NUMBER_FIXED = declare("reported_number_fixed", 409, "이미 보낸 뒤에는 신고한 번호를 바꿀 수 없어요")

# Ours: no two elections of one person are nearer (a president's and a local one of 2030: 77 days), so that a day written
# anew doesn't begin to count the eight anew.
SAME_ELECTION_DAYS = 30
PROOF_BYTES = 5 << 20
# First bytes → (media type, ending)
_KINDS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}
_COLUMNS = (
    "office",
    "district",
    "name",
    "status",
    "registered_on",
    "proof",
    "reported_number",
    "reported_at",
    "receipt",
    "refusal",
)


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A candidacy as a person writes it. Numbers may have hyphens."""

    election: Election
    election_day: date
    office: Office
    district: str
    name: str
    status: Status
    registered_on: date
    proof: str = ""
    reported_number: str = ""
    reported_at: datetime | None = None
    receipt: str = ""
    refusal: str = ""


def known_election(election_id: str) -> KnownElection | None:
    return next((one for one in KNOWN_ELECTIONS if one.id == election_id), None)


def faults(draft: Draft, now: datetime) -> list[FieldError]:
    """What can't be true, by field. What is merely missing is a verdict's to say, not a form's."""
    found = []
    calendar = ElectionCalendar(draft.election_day, draft.office, draft.election)
    if draft.election_day.weekday() >= 5:
        found.append(FieldError("electionDay", "선거일은 평일이에요", "날짜를 다시 확인해 주세요."))
    if draft.status is Status.PRELIMINARY and calendar.opening is None:
        found.append(
            FieldError("status", "비례대표에는 예비후보자가 없어요", "후보자로 등록한 뒤에 적어 주세요.")
        )
    if calendar.opening is not None and draft.registered_on < calendar.opening:
        opens = f"{calendar.opening:%Y년 %-m월 %-d일}"
        found.append(
            FieldError("registeredAt", f"예비후보자 등록은 {opens}부터예요", "등록한 날을 확인해 주세요.")
        )
    if draft.registered_on > now.astimezone(KST).date():
        found.append(FieldError("registeredAt", "아직 오지 않은 날이에요", "등록을 마친 뒤에 적어 주세요."))
    if draft.registered_on > draft.election_day:
        found.append(FieldError("registeredAt", "선거일보다 뒤예요", "등록한 날을 확인해 주세요."))
    if draft.reported_number and not re.fullmatch(r"0\d{7,10}|1\d{7}", digits(draft.reported_number)):
        found.append(FieldError("reportedNumber", "전화번호가 아니에요", "02-1234-5678처럼 적어 주세요."))
    if draft.reported_at is not None and draft.reported_at > now:
        found.append(FieldError("reportedAt", "아직 오지 않은 때예요", "신고를 마친 뒤에 적어 주세요."))
    if draft.refusal and not free_of_charge(draft.refusal):
        found.append(
            FieldError(
                "refusal",
                "수신거부는 받는 사람에게 돈이 들지 않아야 해요 (제82조의5 5항)",
                "080으로 시작하는 번호나 https 주소를 적어 주세요.",
            )
        )
    return found


async def create_candidacy(conn: Conn, who: Actor, draft: Draft, *, now: datetime) -> CandidacyRow:
    if errors := faults(draft, now):
        raise Problem(INVALID, errors=errors)
    cursor = await conn.execute(
        "SELECT FROM candidacies WHERE election_day <> %(day)s AND abs(election_day - %(day)s) < %(near)s LIMIT 1",
        {"day": draft.election_day, "near": SAME_ELECTION_DAYS},
    )
    if await cursor.fetchone() is not None:
        raise Problem(
            CANDIDACY_EXISTS,
            detail=f"앞뒤 {SAME_ELECTION_DAYS}일 안의 선거로 적은 후보자 정보가 이미 있어요. 횟수는 이어서 세요.",
        )
    candidacy_id = new_id()
    try:
        async with conn.transaction():
            await conn.execute(
                """
                INSERT INTO candidacies (tenant_id, id, election, election_day, office, district, name, status, registered_on,
                                         proof, reported_number, reported_at, receipt, refusal, created_by)
                VALUES (%(tenant)s, %(id)s, %(election)s, %(election_day)s, %(office)s, %(district)s, app.encrypt(%(name)s),
                        %(status)s, %(registered_on)s, %(proof)s, %(reported_number)s, %(reported_at)s, %(receipt)s,
                        %(refusal)s, %(by)s)
                """,
                {
                    **_values(draft),
                    "tenant": who.tenant_id,
                    "id": candidacy_id,
                    "election": draft.election,
                    "election_day": draft.election_day,
                    "by": who.actor_id,
                },
            )
    except UniqueViolation as error:
        raise Problem(
            CANDIDACY_EXISTS, detail="횟수는 선거마다 이어서 세요. 있는 정보를 고쳐 주세요."
        ) from error
    await audit(
        conn,
        who,
        "candidacy.create",
        "candidacy",
        candidacy_id,
        detail={"electionDay": draft.election_day.isoformat(), "status": draft.status},
    )
    return await _read(conn, candidacy_id)


async def change_candidacy(
    conn: Conn, who: Actor, candidacy_id: UUID, draft: Draft, *, version: int | None, now: datetime
) -> CandidacyRow:
    """The whole record anew; which election it is for stays. After a broadcast the reported number stays too (E-05)."""
    await conn.execute("SELECT FROM candidacies WHERE id = %s FOR UPDATE", (candidacy_id,))
    before = await _read(conn, candidacy_id)
    if version is not None and version != before.version:
        raise stale_edit(mine={}, theirs={}, version=before.version, by=None, at=before.updated_at)
    if errors := faults(draft, now):
        raise Problem(INVALID, errors=errors)
    number = digits(draft.reported_number)
    if before.broadcasts and number != before.reported_number:
        raise Problem(
            NUMBER_FIXED,
            detail=f"이번 선거에서 {before.broadcasts}회를 이 번호로 보냈어요. 법은 신고한 번호 하나만 쓰게 해요.",
        )
    values = _values(draft)
    await conn.execute(
        """
        UPDATE candidacies
        SET office = %(office)s, district = %(district)s, name = app.encrypt(%(name)s), status = %(status)s,
            registered_on = %(registered_on)s, proof = %(proof)s, reported_number = %(reported_number)s,
            reported_at = %(reported_at)s, receipt = %(receipt)s, refusal = %(refusal)s,
            version = version + 1, updated_at = clock_timestamp()
        WHERE id = %(id)s
        """,
        {**values, "id": candidacy_id},
    )
    changed = sorted(name for name in _COLUMNS if name != "name" and values[name] != getattr(before, name))
    await audit(
        conn,
        who,
        "candidacy.change",
        "candidacy",
        candidacy_id,
        detail={"fields": changed, "status": [before.status, draft.status]},
    )
    return await _read(conn, candidacy_id)


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "office": draft.office,
        "district": draft.district,
        "name": draft.name,
        "status": draft.status,
        "registered_on": draft.registered_on,
        "proof": draft.proof,
        "reported_number": digits(draft.reported_number),
        "reported_at": draft.reported_at,
        "receipt": draft.receipt,
        "refusal": draft.refusal if draft.refusal.startswith("https://") else digits(draft.refusal),
    }


async def keep_proof(conn: Conn, who: Actor, candidacy_id: UUID, body: bytes) -> CandidacyRow:
    """The certificate as a file: PDF, PNG or JPEG, by its first bytes."""
    kind = next((kind for head, kind in _KINDS.items() if body.startswith(head)), None)
    if kind is None or len(body) > PROOF_BYTES:
        mend = "PDF나 사진(PNG, JPG), 5MB까지 올릴 수 있어요."
        raise Problem(INVALID, errors=[FieldError("file", "받을 수 없는 파일이에요", mend)])
    await _read(conn, candidacy_id)
    await conn.execute(
        """
        UPDATE candidacies
        SET proof_file = app.encrypt(%(body)s), proof_name = %(name)s, proof_kind = %(kind)s,
            version = version + 1, updated_at = clock_timestamp()
        WHERE id = %(id)s
        """,
        {
            "id": candidacy_id,
            "body": base64.b64encode(body).decode(),
            "name": f"등록증.{kind[1]}",
            "kind": kind[0],
        },
    )
    await audit(conn, who, "candidacy.proof", "candidacy", candidacy_id, detail={"bytes": len(body)})
    return await _read(conn, candidacy_id)


async def read_proof(conn: Conn, candidacy_id: UUID) -> tuple[str, str, bytes]:
    """(name, kind, content)."""
    cursor = await conn.execute(
        "SELECT proof_name, proof_kind, app.decrypt(proof_file) FROM candidacies"
        " WHERE id = %s AND proof_file IS NOT NULL",
        (candidacy_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    return row[0], row[1], base64.b64decode(row[2])


async def _read(conn: Conn, candidacy_id: UUID) -> CandidacyRow:
    row = await find_candidacy(conn, candidacy_id)
    if row is None:
        raise Problem(NOT_FOUND)
    return row
