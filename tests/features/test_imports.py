"""Imports over HTTP: what comes in, what is refused with words, who becomes whom, resume, cancel, the two files."""

import asyncio
import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.features.conftest import Camp

from pabal.config import Settings
from pabal.imports import apply, compose, forget_old_uploads, jobs, lease, run
from pabal.imports.jobs import run_in_process
from pabal.imports.lease import Outcome
from pabal.imports.run import run_import
from pabal.imports.upkeep import after_crash
from pabal.kit.db import tenant_tx
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


async def test_a_list_becomes_contacts(rt: Runtime, camp: Camp) -> None:
    state = await bring_in(
        rt,
        camp,
        sheet(
            KIM,
            ("이영희", "1022223334", "", "", "", "", "", "", "X"),
            ("김 철수님", "+82 10 9308 2906", "KMS2@gmail.com", "", "", "여성", "", "", ""),
            ("", "", "", "", "", "", "", "", ""),
            ("박민호", "1.01E+09", "", "", "", "", "", "", ""),
            ("최보람", "010-938-2906", "bo@daum.net", "", "", "", "", "", ""),
        ),
        tags=["2026 가을"],
    )
    assert state["state"] == "completed"
    assert (state["rowsTotal"], state["rowsDone"]) == (6, 6)
    assert counts(state) == {"created": 3, "merged": 1, "rejected": 2}
    assert state["warned"] == 1
    kim, lee, choi = await book(camp)
    assert (kim["name"], kim["phones"], kim["emails"]) == (
        "김철수",
        ["010-9308-2906"],
        ["kms@naver.com", "kms2@gmail.com"],
    )
    assert kim["tags"] == ["2026 가을", "당원", "여성", "청년"]
    assert (kim["district"], kim["ageBand"], kim["memo"]) == ("마포구 공덕동", "40", "저녁 선호")
    assert (kim["basis"], kim["source"]) == ("수집·이용 동의", "가을 간담회")
    assert (lee["phones"], lee["suppressed"]) == (["010-2222-3334"], True)
    assert (choi["phones"], choi["emails"]) == ([], ["bo@daum.net"])
    rows = await rows_of(camp, state["id"])
    assert [row["outcome"] for row in rows] == [
        "created",
        "created",
        "merged",
        "rejected",
        "rejected",
        "created",
    ]
    assert [row["contactId"] for row in rows] == [kim["id"], lee["id"], kim["id"], "", "", choi["id"]]
    errors = await rows_of(camp, state["id"], "errors")
    assert [list(row) for row in errors] == [[*HEADER, "오류"]] * 2
    assert [row["성명"] for row in errors] == ["", "박민호"]
    assert "엑셀" in errors[1]["오류"]
    assert len(await rows_of(camp, state["id"], "errors", warnings=True, encoding="cp949")) == 3
    rejected = await camp.admin.get(f"/api/imports/{state['id']}/rejected")
    assert [(one["row"], one["columns"]) for one in rejected.json()] == [(4, []), (5, ["휴대폰"])]
    assert rejected.json()[1]["cells"][:2] == ["박민호", "1.01E+09"]
    assert "엑셀" in rejected.json()[1]["problem"]
    assert len((await camp.admin.get(f"/api/imports/{state['id']}/rejected?limit=1")).json()) == 1
    assert (await camp.staff.get(f"/api/imports/{state['id']}/rejected")).status_code == 403
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT count(*) FROM import_files")
        assert await cursor.fetchone() == (0,)


async def test_the_same_file_again_changes_nothing(rt: Runtime, camp: Camp) -> None:
    body = sheet(KIM, ("이영희", "01022223334", "", "", "", "", "", "", ""))
    first = await bring_in(rt, camp, body)
    before = await book(camp)
    second = await bring_in(rt, camp, body)
    assert (counts(first), counts(second)) == ({"created": 2}, {"merged": 2})
    assert await book(camp) == before


async def test_households_and_nameless_rows(rt: Runtime, camp: Camp) -> None:
    header = ("이름", "전화")
    state = await bring_in(
        rt,
        camp,
        sheet(
            ("", "010-2222-3334"),  # one named person on the number: joins
            ("김철수", "010-2222-3334"),
            ("이영희", "010-5555-6667"),  # a couple on one line: two people
            ("박민호", "010-5555-6667"),
            ("햇살맘", "010-5555-6667"),  # a nickname on a shared line: nobody guesses
            ("", "010-7777-8889"),
            ("없음", "010-7777-8889"),
            header=header,
        ),
    )
    assert counts(state) == {"created": 5, "merged": 2}
    people = await book(camp)
    assert sorted((one["name"], one["phones"][0]) for one in people) == [
        ("", "010-7777-8889"),
        ("김철수", "010-2222-3334"),
        ("박민호", "010-5555-6667"),
        ("이영희", "010-5555-6667"),
        ("햇살맘", "010-5555-6667"),
    ]


async def test_a_number_among_the_names_counts_after_its_own_column(rt: Runtime, camp: Camp) -> None:
    header = ("이름", "전화")
    await bring_in(
        rt,
        camp,
        sheet(
            ("김철수 010-9308-2906", ""),
            ("이영희(010-2222-3333)", "010-4444-5555"),
            ("박민수 (배우자 010-6666-7777)", "010-8888-9999"),
            header=header,
        ),
    )
    found = {one["name"]: (one["phones"], one["otherPhones"]) for one in await book(camp)}
    assert found == {
        "김철수": (["010-9308-2906"], []),
        "이영희": (["010-4444-5555", "010-2222-3333"], []),
        "박민수": (["010-8888-9999"], ["010-6666-7777"]),
    }


async def test_a_row_that_bridges_two_contacts_merges_them(rt: Runtime, camp: Camp) -> None:
    header = ("이름", "전화", "이메일", "태그")
    first = await bring_in(
        rt,
        camp,
        sheet(("김철수", "010-2222-3334", "", "가"), ("김철수", "", "kms@naver.com", "나"), header=header),
    )
    assert counts(first) == {"created": 2}
    old, young = [one["id"] for one in await book(camp)]
    second = await bring_in(rt, camp, sheet(("김철수", "01022223334", "kms@naver.com", ""), header=header))
    assert counts(second) == {"updated": 1}
    (only,) = await book(camp)
    assert (only["id"], only["phones"], only["emails"]) == (old, ["010-2222-3334"], ["kms@naver.com"])
    assert only["tags"] == ["가", "나"]
    assert (await camp.owner.get(f"/api/contacts/{young}")).json()["id"] == old
    assert [row["contactId"] for row in await rows_of(camp, first["id"])] == [old, old]
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT survivor_id, merged_ids, before IS NOT NULL FROM merges ORDER BY before IS NULL"
        )
        images = await cursor.fetchall()
    assert images == [(UUID(old), [], True), (UUID(old), [UUID(young)], False)]


@pytest.mark.parametrize(
    ("policy", "memo", "phones"),
    [
        ("merge", "예전", ["010-2222-3334", "010-5555-6667"]),
        ("skip", "예전", ["010-2222-3334"]),
        ("replace", "새로", ["010-5555-6667", "010-2222-3334"]),
    ],
)
async def test_policies(rt: Runtime, camp: Camp, policy: str, memo: str, phones: list[str]) -> None:
    header = ("이름", "전화", "이메일", "메모")
    await bring_in(rt, camp, sheet(("김철수", "010-2222-3334", "kms@naver.com", "예전"), header=header))
    state = await bring_in(
        rt, camp, sheet(("김철수", "010-5555-6667", "kms@naver.com", "새로"), header=header), policy=policy
    )
    (kim,) = await book(camp)
    assert (kim["memo"], kim["phones"]) == (memo, phones)
    assert state["skipped"] == (policy == "skip")


async def test_refusals_survive_every_policy_and_spelling(rt: Runtime, camp: Camp) -> None:
    await bring_in(rt, camp, sheet(("김철수", "010-2222-3334", "", "", "", "", "", "", "")))
    await bring_in(
        rt, camp, sheet(("김철수", "82 10 2222 3334", "", "", "", "", "", "", "거부")), policy="skip"
    )
    await bring_in(
        rt, camp, sheet(("김철수", "01022223334", "", "", "", "", "", "", "동의")), policy="replace"
    )
    assert [one["suppressed"] for one in await book(camp)] == [True]


ENCODINGS = [
    ("utf-8", "utf-8"),
    ("utf-8-sig", "utf-8"),
    ("cp949", "cp949"),
    ("utf-16", "utf-16"),
    ("utf-16-le", "utf-16-le"),
]


async def test_encodings_delimiters_and_titles(rt: Runtime, camp: Camp) -> None:
    for number, (codec, seen) in enumerate(ENCODINGS):
        text = f'연락처 목록(가을)\n\n성명\t핸드폰 번호\t비고\n김하늘{number}\t010-3333-44{number:02d}\t"줄\n바꿈"\n'
        taken = (await upload(camp.admin, text.encode(codec))).json()
        assert (taken["encoding"], taken["delimiter"]) == (seen, "tab"), codec
        assert taken["mapping"] == {"성명": "name", "핸드폰 번호": "phone", "비고": "memo"}
        assert taken["preview"] == [[f"김하늘{number}", f"010-3333-44{number:02d}", "줄\n바꿈"]]
        await start(camp.admin, taken["id"])
        await run_import(rt, camp.id, UUID(taken["id"]), "runner")
        assert counts(await state_of(camp, taken["id"])) == {"created": 1}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "file_empty"),
        (b"\xef\xbb\xbf\r\n , \r\n", 422, "file_empty"),
        (sheet().encode(), 422, "file_no_rows"),
        (b"PK\x03\x04\x14\x00\x00\x00data", 415, "file_is_zip"),
        (b"PK\x03\x04\x14\x00xl/workbook.xml", 422, "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 415, "file_not_text"),
        (bytes(range(256)) * 20, 415, "file_not_text"),
        (("이름,전화\n" + "김철수,010\n" * 40).encode("utf-16-le").replace(b"\0", b"\xff\xfe\x81"), 422, "file_encoding"),
    ],
)  # fmt: skip
async def test_unusable_files_are_refused_in_words_and_leave_nothing(
    rt: Runtime, camp: Camp, body: bytes, status: int, code: str
) -> None:
    answer = await upload(camp.admin, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM imports), (SELECT count(*) FROM import_files)"
        )
        assert await cursor.fetchone() == (0, 0)


async def test_a_file_over_the_limit_is_refused_with_its_size(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rt.settings.__dict__, "upload_limit_bytes", 3 << 20)
    answer = await upload(camp.admin, "이름,전화\n".encode() + b"a,010-2222-3334\n" * 400_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert "6MB" in answer.json()["detail"]
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM imports), (SELECT count(*) FROM import_files)"
        )
        assert await cursor.fetchone() == (0, 0)


async def test_broken_characters_and_wide_rows_are_refused_the_others_go_in(rt: Runtime, camp: Camp) -> None:
    good = "".join(f"김하늘,010-3333-{i:04d}\n" for i in range(4400, 4499))
    body = ("이름,전화\n" + good).encode() + b"\xea\xb9,010-5555-6667\n" + "박,민호,010-5555-6668\n".encode()
    state = await bring_in(rt, camp, body)
    assert counts(state) == {"created": 99, "rejected": 2}
    errors = await rows_of(camp, state["id"], "errors")
    assert ["깨진" in errors[0]["오류"], "칸" in errors[1]["오류"]] == [True, True]


async def test_resident_numbers_are_never_stored(rt: Runtime, camp: Camp) -> None:
    body = sheet(
        ("김철수", "010-2222-3334", "", "", "", "", "", "주민 800101-1234567", ""),
        ("이영희", "9001012345678", "", "", "", "", "", "", ""),
    )
    taken = (await upload(camp.admin, body)).json()
    assert "1234567" not in json.dumps(taken)
    await start(camp.admin, taken["id"])
    await run_import(rt, camp.id, UUID(taken["id"]), "runner")
    state = await state_of(camp, taken["id"])
    assert counts(state) == {"created": 1, "rejected": 1}
    (kim,) = await book(camp)
    assert kim["memo"] == ""
    errors = (await camp.admin.get(f"/api/imports/{taken['id']}/errors.csv", params={"warnings": True})).text
    assert "1234567" not in errors
    assert "2345678" not in errors
    assert "●" in errors


async def test_formulas_are_defused_in_the_error_file(rt: Runtime, camp: Camp) -> None:
    state = await bring_in(rt, camp, sheet(("=HYPERLINK(1)", "@SUM(1)", "", "", "", "", "", "+1", "")))
    (row,) = await rows_of(camp, state["id"], "errors")
    assert (row["성명"], row["휴대폰"], row["비고"]) == ("'=HYPERLINK(1)", "'@SUM(1)", "'+1")


async def test_start_needs_a_mapping_that_reaches_somebody_and_a_source(camp: Camp) -> None:
    taken = (await upload(camp.admin, "이름,메모\n김철수,안녕\n")).json()
    answer = await start(camp.admin, taken["id"])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "mapping"
    missing = await camp.admin.post(f"/api/imports/{taken['id']}/start", json={})
    assert {error["path"] for error in missing.json()["errors"]} == {"basis", "source"}
    wrong = await start(camp.admin, taken["id"], mapping={"없는 열": "phone"})
    assert wrong.json()["errors"][0]["path"] == "mapping.없는 열"
    assert (await start(camp.staff, taken["id"])).status_code == 403


async def test_the_day_a_list_was_obtained_is_kept_as_evidence(rt: Runtime, camp: Camp) -> None:
    import_id = (await upload(camp.admin, many(1))).json()["id"]
    body = {"basis": "consent", "source": "주민간담회"}
    tomorrow = (rt.clock.now() + timedelta(days=2)).date().isoformat()
    for day in (tomorrow, "0202-11-03"):
        refused = await camp.admin.post(f"/api/imports/{import_id}/start", json={**body, "obtainedOn": day})
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["path"] == "obtainedOn"
    answer = await camp.admin.post(
        f"/api/imports/{import_id}/start", json={**body, "obtainedOn": "2026-03-02"}
    )
    assert (answer.status_code, answer.json()["obtainedOn"]) == (202, "2026-03-02")
    assert (await state_of(camp, import_id))["obtainedOn"] == "2026-03-02"


async def test_a_mapping_can_be_given_either_way_round(rt: Runtime, camp: Camp) -> None:
    text = sheet(("김철수", "010-2222-3334", "x"), header=("가", "나", "다"))
    one = await bring_in(rt, camp, text, mapping={"가": "name", "나": "phone", "다": None})
    two = await bring_in(rt, camp, text, mapping={"name": "가", "phones": ["나"]})
    assert (counts(one), counts(two)) == ({"created": 1}, {"merged": 1})
    again = await start(camp.admin, one["id"])
    assert again.json()["code"] == "import_started"


def many(count: int) -> str:
    return sheet(
        *(("김하늘", f"010-3333-{i:04d}") for i in range(4000, 4000 + count)), header=("이름", "전화")
    )


async def test_a_killed_runner_is_resumed_without_doubles(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = (await upload(camp.admin, many(50))).json()["id"]
    await start(camp.admin, import_id)
    marks = 0
    mark = lease.mark

    async def dies_in_the_third_chunk(*arguments: Any) -> None:
        nonlocal marks
        marks += 1
        await mark(*arguments)
        if marks == 3:  # everything of the chunk is written, nothing committed
            raise ConnectionError

    monkeypatch.setattr(run, "mark", dies_in_the_third_chunk)
    with pytest.raises(ConnectionError):
        await run_import(rt, camp.id, UUID(import_id), "first", chunk=10)
    monkeypatch.setattr(run, "mark", mark)
    assert (await state_of(camp, import_id))["rowsDone"] == 20
    assert (
        await run_import(rt, camp.id, UUID(import_id), "second", chunk=10) is Outcome.BUSY
    )  # its lease still runs
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE imports SET lease_until = clock_timestamp()")
    assert await run_import(rt, camp.id, UUID(import_id), "second", chunk=10) is Outcome.DONE
    state = await state_of(camp, import_id)
    assert (state["state"], state["rowsDone"], counts(state)) == ("completed", 50, {"created": 50})
    assert len(await book(camp)) == 50
    assert len({row["contactId"] for row in await rows_of(camp, import_id)}) == 50


async def test_a_runner_that_lost_its_lease_writes_nothing_more(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = (await upload(camp.admin, many(30))).json()["id"]
    await start(camp.admin, import_id)
    apply_chunk, calls = apply.apply_chunk, 0

    async def frozen_in_the_second(conn: Any, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        done = await apply_chunk(conn, *arguments)
        if calls == 2:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp() - interval '1 second'")
        return done

    monkeypatch.setattr(run, "apply_chunk", frozen_in_the_second)
    await run_import(rt, camp.id, UUID(import_id), "first", chunk=10)
    assert calls == 2
    state = await state_of(camp, import_id)
    assert (state["state"], state["rowsDone"]) == ("running", 10)
    assert (
        len(await book(camp)) == 10
    )  # the chunk that was written after the lease is gone with its transaction


async def test_imports_of_a_tenant_run_one_after_the_other(rt: Runtime, camp: Camp) -> None:
    body = many(40)
    ids = [(await upload(camp.admin, body)).json()["id"] for _ in range(2)]
    for import_id in ids:
        await start(camp.admin, import_id)
    outcomes = await asyncio.gather(
        *(run_import(rt, camp.id, UUID(one), f"runner-{one}", chunk=10) for one in ids)
    )
    for import_id, outcome in zip(ids, outcomes, strict=True):
        if outcome is Outcome.BUSY:
            assert await run_import(rt, camp.id, UUID(import_id), "again", chunk=10) is Outcome.DONE
    states = [await state_of(camp, import_id) for import_id in ids]
    assert sorted(map(str, map(counts, states))) == ["{'created': 40}", "{'merged': 40}"]
    assert len(await book(camp)) == 40


async def test_two_lists_at_once_are_the_book_of_one_after_the_other(
    rt: Runtime, camp: Camp, other_camp: Camp
) -> None:
    """Lists that concern the same people: households, nameless rows, a merge that only both together show."""
    autumn = sheet(
        KIM, ("이영희", "010-2222-3333"), ("", "010-4444-5555"), ("박민수", "", "park@naver.com"), ("최가람", "", "", "garam_c")
    )  # fmt: skip
    spring = sheet(
        ("김철수", "010 9308 2906", "", "", "", "봉사"), ("이순희", "010-2222-3333"), ("정누리", "010-4444-5555"),
        ("박민수", "010-6666-7777", "park@naver.com"), ("최가람", "010-8888-9999", "", "garam_c"), ("한봄", "1.01E+09"),
    )  # fmt: skip
    ids = []
    for body in (autumn, spring):
        ids.append((await upload(camp.admin, body)).json()["id"])
        await start(camp.admin, ids[-1])
    outcomes = await asyncio.gather(
        *(run_import(rt, camp.id, UUID(one), f"runner-{one}", chunk=2) for one in ids)
    )
    for one, outcome in zip(ids, outcomes, strict=True):
        if outcome is Outcome.BUSY:
            assert await run_import(rt, camp.id, UUID(one), "again", chunk=2) is Outcome.DONE
    bodies = [autumn, spring] if outcomes[0] is Outcome.DONE else [spring, autumn]
    for body in bodies:
        await bring_in(rt, other_camp, body, chunk=2)
    assert len(await book(camp)) == 6
    assert await said(camp) == await said(other_camp)


async def said(camp: Camp) -> list[list[Any]]:
    kept = ("name", "phones", "emails", "kakaoIds", "district", "tags", "memo", "attributes")
    return sorted([one[key] for key in kept] for one in await book(camp))


async def test_cancel_keeps_what_is_in(rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = (await upload(camp.admin, many(30))).json()["id"]
    await start(camp.admin, import_id)
    told = run._tell

    async def cancel_after_the_first(*arguments: Any) -> None:
        await told(*arguments)
        if (await state_of(camp, import_id))["rowsDone"]:
            await camp.admin.post(f"/api/imports/{import_id}/cancel")

    monkeypatch.setattr(run, "_tell", cancel_after_the_first)
    await run_import(rt, camp.id, UUID(import_id), "runner", chunk=10)
    state = await state_of(camp, import_id)
    assert (state["state"], state["rowsDone"], counts(state)) == ("cancelled", 10, {"created": 10})
    assert len(await book(camp)) == 10
    waiting = (await upload(camp.admin, many(3))).json()["id"]
    assert (await camp.admin.post(f"/api/imports/{waiting}/cancel")).json()["state"] == "cancelled"
    assert (await camp.admin.post(f"/api/imports/{waiting}/cancel")).json()["code"] == "import_ended"


async def test_the_runner_process_does_the_whole_job(rt: Runtime, camp: Camp, settings: Settings) -> None:
    import_id = UUID((await upload(camp.admin, many(25))).json()["id"])
    await start(camp.admin, str(import_id))
    assert await run_in_process(rt, camp.id, import_id) is Outcome.DONE
    assert counts(await state_of(camp, str(import_id))) == {"created": 25}
    assert settings.database_url


async def test_another_tenant_sees_no_import(rt: Runtime, camp: Camp, other_camp: Camp) -> None:
    state = await bring_in(rt, camp, many(2))
    for path in ("", "/errors.csv", "/rows.csv"):
        assert (await other_camp.owner.get(f"/api/imports/{state['id']}{path}")).status_code == 404
    assert (await other_camp.owner.get("/api/imports")).json()["items"] == []


async def test_uploads_are_ciphertext(rt: Runtime, camp: Camp) -> None:
    await upload(camp.admin, sheet(KIM), name="김철수 명단.csv")
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT i::text, f.body FROM imports i JOIN import_files f ON f.import_id = i.id"
        )
        row = await cursor.fetchone()
    assert row is not None
    assert "철수" not in row[0]
    assert "철수".encode().hex() not in row[0]
    assert b"9308" not in row[1]
    assert "철수".encode() not in row[1]


async def dies_before_anything(*_: Any) -> Any:
    raise RuntimeError


async def test_a_runner_that_keeps_dying_is_given_up_with_words(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = UUID((await upload(camp.admin, many(30))).json()["id"])
    await start(camp.admin, str(import_id))
    apply_chunk, calls = apply.apply_chunk, 0

    async def dies_after_the_first(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        return await (apply_chunk if calls == 1 else dies_before_anything)(*arguments)

    monkeypatch.setattr(run, "apply_chunk", dies_after_the_first)
    for number in range(5):
        assert (await state_of(camp, str(import_id)))["state"] == "running"
        with pytest.raises(RuntimeError):
            await run_import(rt, camp.id, import_id, f"runner-{number}", chunk=10)
        await after_crash(rt, camp.id, import_id, f"runner-{number}")
        if number < 4:
            assert await run_import(rt, camp.id, import_id, "too early", chunk=10) is Outcome.BUSY
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp() WHERE state = 'running'")
    state = await state_of(camp, str(import_id))
    # The first one brought a chunk in: the four after it and one more count.
    assert (state["state"], state["rowsDone"]) == ("running", 10)
    with pytest.raises(RuntimeError):
        await run_import(rt, camp.id, import_id, "last", chunk=10)
    await after_crash(rt, camp.id, import_id, "last")
    state = await state_of(camp, str(import_id))
    assert (state["state"], state["rowsDone"], counts(state)) == ("failed", 10, {"created": 10})
    assert "10번째 줄" in state["problem"]
    assert len(await book(camp)) == 10
    assert await run_import(rt, camp.id, import_id, "after the end") is Outcome.DONE


async def test_runners_that_take_their_workers_along_are_counted_too(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = UUID((await upload(camp.admin, many(3))).json()["id"])
    await start(camp.admin, str(import_id))
    monkeypatch.setattr(run, "apply_chunk", dies_before_anything)
    for number in range(5):
        with pytest.raises(RuntimeError):
            await run_import(rt, camp.id, import_id, f"runner-{number}")
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp()")
    assert await run_import(rt, camp.id, import_id, "sixth") is Outcome.DONE
    state = await state_of(camp, str(import_id))
    assert state["state"] == "failed"
    assert "들어간 줄은 없어요" in state["problem"]


async def test_a_child_that_cannot_start_is_given_up_as_well(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = UUID((await upload(camp.admin, many(3))).json()["id"])
    await start(camp.admin, str(import_id))
    monkeypatch.setattr(jobs, "environment_of", lambda _: {"PABAL_PORT": "no number"})
    for _ in range(5):
        assert (await state_of(camp, str(import_id)))["state"] == "running"
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp()")
        with pytest.raises(RuntimeError):
            await run_in_process(rt, camp.id, import_id)
    assert (await state_of(camp, str(import_id)))["state"] == "failed"


STATES = ("uploading", "uploaded", "running", "failed", "cancelled")


async def test_files_nobody_comes_back_for_are_forgotten_after_a_day(rt: Runtime, camp: Camp) -> None:
    ids = {state: UUID((await upload(camp.admin, many(3))).json()["id"]) for state in STATES}
    before: dict[str, int] = {}
    left: dict[str, int] = {}
    for age in ("23 hours", "25 hours"):
        async with tenant_tx(rt, camp.id) as conn:
            for state, one in ids.items():
                await conn.execute(
                    "UPDATE imports SET state = %(state)s, created_at = clock_timestamp() - %(age)s::interval,"
                    " finished_at = clock_timestamp() - %(age)s::interval WHERE id = %(id)s",
                    {"state": state, "age": age, "id": one},
                )
        await forget_old_uploads(rt)
        async with tenant_tx(rt, camp.id) as conn:
            cursor = await conn.execute(
                "SELECT i.state, count(f.part) FROM imports i LEFT JOIN import_files f ON f.import_id = i.id GROUP BY i.id, 1"
            )
            before, left = left, dict(await cursor.fetchall())
    assert before == dict.fromkeys(STATES, 1)
    assert left == {"uploaded": 1, "running": 1, "failed": 0, "cancelled": 0}


def form(boundary: str = "x", *, end: str = "--x--\r\n") -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    return (head + many(3) + "\r\n" + end).encode()


async def test_who_may_not_import_is_refused_before_a_byte_is_read(rt: Runtime, camp: Camp) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for piece in (form(end=""), b"--x--\r\n"):
            read += 1
            yield piece

    headers = {"content-type": "multipart/form-data; boundary=x"}
    for client, status in ((camp.staff, 403), (camp.admin, 201)):
        read = 0
        answer = await client.post("/api/imports", content=body(), headers=headers)
        assert answer.status_code == status, answer.text
        async with tenant_tx(rt, camp.id) as conn:
            row = await (await conn.execute("SELECT count(*) FROM imports")).fetchone()
        assert row == (0,) if status == 403 else row == (1,)
        assert (read > 0) is (status == 201)


async def test_an_upload_never_lies_in_a_temporary_file(camp: Camp, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("an upload was spooled to the disk")

    for name in ("SpooledTemporaryFile", "NamedTemporaryFile", "TemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", refuse)
    assert (
        await upload(camp.admin, many(60_000))
    ).status_code == 201  # over a part, and over Starlette's 1 MB


@pytest.mark.parametrize("body", [b"no form at all", form(end=""), form(boundary="y"), form()[:-30], b""])
async def test_a_broken_form_is_refused_and_leaves_nothing(rt: Runtime, camp: Camp, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await camp.admin.post("/api/imports", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM imports), (SELECT count(*) FROM import_files)"
        )
        assert await cursor.fetchone() == (0, 0)


async def test_an_edit_between_reading_and_writing_is_taken_in(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring_in(rt, camp, sheet(("김하늘", "010-2222-3333", ""), header=("이름", "휴대폰", "이메일")))
    (known,) = await book(camp)
    composed, edits = compose.compose, 0

    def composes_beside_an_edit(*arguments: Any) -> Any:
        nonlocal edits
        edits += 1
        return composed(*arguments)

    read_known = apply.read_known

    async def edited_after_the_first_look(*arguments: Any) -> Any:
        found = await read_known(*arguments)
        if edits == 0:
            answer = await camp.admin.patch(f"/api/contacts/{known['id']}", json={"memo": "회의에서 만남"})
            assert answer.status_code == 200, answer.text
        return found

    monkeypatch.setattr(apply, "compose", composes_beside_an_edit)
    monkeypatch.setattr(apply, "read_known", edited_after_the_first_look)
    await bring_in(
        rt, camp, sheet(("김하늘", "010-2222-3333", "haneul@naver.com"), header=("이름", "휴대폰", "이메일"))
    )
    (card,) = await book(camp)
    assert edits == 2
    assert (card["memo"], card["emails"]) == ("회의에서 만남", ["haneul@naver.com"])
