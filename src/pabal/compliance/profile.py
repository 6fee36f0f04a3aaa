"""What a tenant says of itself, and who has signed that they may campaign."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.accounts import Actor, audit
from pabal.compliance.queries import ATTESTATION_VERSION, Profile, read_profile
from pabal.domain.law.labels import digits, free_of_charge
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem

ATTESTATION = (
    "나는 공직선거법 제60조 1항에 따라 선거운동을 할 수 없는 사람(외국인, 18세 미만, 선거권이 없는 사람, 공무원, 예비군"
    " 중대장급 이상, 통·리·반장, 주민자치위원, 바르게살기운동·새마을운동·한국자유총연맹의 상근 임직원 등)이 아니에요."
    " 국회의원 보좌진이면 그 칸을 골라요."
)


async def save_profile(conn: Conn, who: Actor, profile: Profile, *, now: datetime) -> None:
    """The whole profile anew. Audited without its values, as names of people are among them; but for the election day, on
    which hangs what is erased when (P-09)."""
    errors = []
    if profile.advert_refusal and not free_of_charge(profile.advert_refusal):
        mend = "080으로 시작하는 번호나 https 주소를 적어 주세요."
        errors.append(FieldError("advertRefusal", "수신거부는 무료여야 해요 (정보통신망법 제50조 6항)", mend))
    if profile.office is not None and profile.election_day is None:
        errors.append(FieldError("electionDay", "선거일을 적어 주세요"))
    if errors:
        raise Problem(INVALID, errors=errors)
    before = (await read_profile(conn)).election_day
    values = asdict(profile)
    people = {"names": values.pop("names"), "rivals": values.pop("rivals")}
    await conn.execute(
        """
        INSERT INTO law_profiles (tenant_id, sitting, party, election_day, office, people, advert_sender, advert_contact,
                                  advert_refusal, certificate, certificate_until, kakao_approval, areas,
                                  election_day_at)
        VALUES (%(tenant)s, %(sitting)s, %(party)s, %(election_day)s, %(office)s, app.encrypt(%(people)s), %(advert_sender)s,
                %(advert_contact)s, %(advert_refusal)s, %(certificate)s, %(certificate_until)s, %(kakao_approval)s, %(areas)s,
                %(now)s)
        ON CONFLICT (tenant_id) DO UPDATE
        SET sitting = excluded.sitting, party = excluded.party, election_day = excluded.election_day,
            office = excluded.office, people = excluded.people, advert_sender = excluded.advert_sender,
            advert_contact = excluded.advert_contact,
            advert_refusal = excluded.advert_refusal, certificate = excluded.certificate,
            certificate_until = excluded.certificate_until, kakao_approval = excluded.kakao_approval,
            areas = excluded.areas,
            election_day_at = CASE WHEN law_profiles.election_day IS DISTINCT FROM excluded.election_day
                                   THEN excluded.election_day_at ELSE law_profiles.election_day_at END,
            updated_at = clock_timestamp()
        """,
        {
            **values,
            "tenant": who.tenant_id,
            "now": now,
            "areas": list(profile.areas),
            "people": json.dumps(people, ensure_ascii=False),
            "advert_contact": digits(profile.advert_contact),
            "advert_refusal": profile.advert_refusal
            if profile.advert_refusal.startswith("https://")
            else digits(profile.advert_refusal),
        },
    )
    detail: dict[str, Any] = {"sitting": profile.sitting}
    if before != profile.election_day:
        detail["electionDay"] = [day and day.isoformat() for day in (before, profile.election_day)]
    await audit(conn, who, "law.profile", "tenant", who.tenant_id, detail=detail)


async def sign(conn: Conn, who: Actor, user_id: UUID, capacity: str) -> None:
    """E-13. Signed twice is signed."""
    await conn.execute(
        """
        INSERT INTO attestations (tenant_id, user_id, version, capacity) VALUES (%s, %s, %s, %s)
        ON CONFLICT DO NOTHING
        """,
        (who.tenant_id, user_id, ATTESTATION_VERSION, capacity),
    )
    await audit(
        conn,
        who,
        "law.attest",
        "user",
        user_id,
        detail={"version": ATTESTATION_VERSION, "capacity": capacity},
    )


async def read_signature(conn: Conn, user_id: UUID) -> tuple[str, datetime] | None:
    """(capacity, when)."""
    cursor = await conn.execute(
        "SELECT capacity, signed_at FROM attestations WHERE user_id = %s AND version = %s",
        (user_id, ATTESTATION_VERSION),
    )
    row = await cursor.fetchone()
    return None if row is None else (row[0], row[1])
