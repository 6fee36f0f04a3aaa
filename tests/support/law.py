"""A camp with a candidacy, at a time of our choice."""

from datetime import datetime
from typing import Any

import httpx

from pabal.runtime import Runtime

ELECTION = "by-2027-04"  # 2027-04-07; 예비후보자 from 2026-12-08
BY_ELECTION: dict[str, Any] = {
    "election": ELECTION,
    "office": "assembly",
    "district": "마포구을",
    "name": "한서윤",
    "status": "preliminary",
    "registeredAt": "2026-12-08",
    "proof": "제2026-17호",
    "reportedNumber": "02-1234-5678",
    "reportedAt": "2026-12-11T10:00:00+09:00",
    "receipt": "접수 2026-31",
    "refusal": "080-123-4567",
}


def move_clock(rt: Runtime, to: str) -> None:
    """`to`: ISO with offset."""
    rt.clock.offset += datetime.fromisoformat(to) - rt.clock.now()


async def candidacy(browser: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    answer = await browser.post("/api/candidacies", json=BY_ELECTION | changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def attest(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/law/attestation", json={"capacity": "voter", "version": 1})
    assert answer.status_code == 200, answer.text
