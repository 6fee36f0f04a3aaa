"""Imports over HTTP: what comes in, what is refused with words, who becomes whom, the two files."""

import json
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.features.conftest import Camp
from tests.support.imports import (
    HEADER,
    KIM,
    book,
    bring_in,
    counts,
    many,
    rows_of,
    sheet,
    start,
    state_of,
    upload,
)

from pabal.imports.run import run_import
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime


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


async def test_a_refusal_without_an_address_is_told_as_not_applied(rt: Runtime, camp: Camp) -> None:
    """An opt-out is kept by its address: a row that has none is refused in words, never taken in as if it agreed."""
    refusals = [
        "김민수,,1978-03-01,거부",  # name and birth alone would be kept
        "이영희,1.01E+09,,거부",
        "박민호,010-2222-3334(배우자),,거부",
        "최보람,,,거부",
        "정\ufffd늘,010-2222-3335,,거부",
        "한,지우,010-2222-3336,,거부",
    ]
    lines = ["이름,전화,생년월일,수신동의", *refusals, "김민수,,1978-03-01,", "오지호,010-2222-3337,,거부"]
    state = await bring_in(rt, camp, "\n".join(lines).encode())
    assert counts(state) == {"created": 2, "rejected": len(refusals)}
    errors = await rows_of(camp, state["id"], "errors")
    assert ["거부를 적용하지 못했어요" in one["오류"] for one in errors] == [True] * len(refusals)
    assert "뒷자리" in errors[1]["오류"], "what is wrong with the cell is said too"
    assert {one["name"]: one["suppressed"] for one in await book(camp)} == {"김민수": False, "오지호": True}
    mended = [lines[0], "이영희,010-2222-3338,,거부"]
    assert counts(await bring_in(rt, camp, "\n".join(mended).encode())) == {"created": 1}
    assert {one["name"] for one in await book(camp) if one["suppressed"]} == {"오지호", "이영희"}


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
