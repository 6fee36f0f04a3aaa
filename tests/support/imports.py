"""A list that comes in over HTTP, for tests of what becomes of it."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
from tests.features.conftest import Camp

from pabal.imports import run
from pabal.imports.lease import Outcome
from pabal.imports.run import run_import
from pabal.runtime import Runtime

HEADER = ("성명", "휴대폰", "이메일", "카톡ID", "주소", "구분", "생년", "비고", "수신동의")


def sheet(*rows: Sequence[str], header: Sequence[str] = HEADER) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([header, *rows])
    return buffer.getvalue()


async def upload(client: httpx.AsyncClient, body: bytes | str, name: str = "명단.csv") -> httpx.Response:
    data = body.encode() if isinstance(body, str) else body
    return await client.post("/api/imports", files={"file": (name, data, "text/csv")})


async def start(client: httpx.AsyncClient, import_id: str, **conditions: Any) -> httpx.Response:
    body = {"basis": "수집·이용 동의", "source": "가을 간담회", **conditions}
    return await client.post(f"/api/imports/{import_id}/start", json=body)


async def bring_in(
    rt: Runtime, camp: Camp, body: bytes | str, *, chunk: int = run.CHUNK, **conditions: Any
) -> dict[str, Any]:
    """Upload, start and run an import; its final state."""
    taken = await upload(camp.admin, body)
    assert taken.status_code == 201, taken.text
    import_id = taken.json()["id"]
    started = await start(camp.admin, import_id, **conditions)
    assert started.status_code == 202, started.text
    assert started.json()["state"] == "running"
    assert await run_import(rt, camp.id, UUID(import_id), "runner", chunk=chunk) is Outcome.DONE
    return await state_of(camp, import_id)


async def state_of(camp: Camp, import_id: str) -> dict[str, Any]:
    state: dict[str, Any] = (await camp.staff.get(f"/api/imports/{import_id}")).json()
    return state


def counts(state: dict[str, Any]) -> dict[str, int]:
    return {key: state[key] for key in ("created", "updated", "merged", "rejected") if state[key]}


async def rows_of(camp: Camp, import_id: str, kind: str = "rows", **params: Any) -> list[dict[str, str]]:
    answer = await camp.admin.get(f"/api/imports/{import_id}/{kind}.csv", params=params)
    assert answer.status_code == 200
    text = answer.content.decode("cp949" if params.get("encoding") == "cp949" else "utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


async def book(camp: Camp) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        await camp.owner.get("/api/contacts", params={"sort": "createdAt", "limit": 500})
    ).json()["items"]
    return items


KIM = (
    "김철수",
    "010-9308-2906",
    "kms@naver.com",
    "kms940420",
    "서울 마포구 공덕동 12-3",
    "당원/청년",
    "1979",
    "저녁 선호",
    "O",
)


def many(count: int) -> str:
    return sheet(
        *(("김하늘", f"010-3333-{i:04d}") for i in range(4000, 4000 + count)), header=("이름", "전화")
    )
