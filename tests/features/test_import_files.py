"""What files may be: workbooks with typed cells and several sheets, and files that are refused in words, leaving nothing."""

import datetime as dt
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.features.conftest import Camp
from tests.support.imports import book, counts, rows_of, start, state_of, upload
from tests.support.workbooks import package, sheet_xml, text_cell, workbook, zip_of

from pabal.imports import forget_old_uploads, read, run_import, sample
from pabal.imports.xlsx import Workbook
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

XLSX = "명단.xlsx"
PEOPLE = [
    ("2026 가을 간담회", None, None, None),
    ("성명", "연락처(H.P)", "생년월일", "문자수신"),
    ("김철수", 1093082906, dt.date(1979, 3, 1), "O"),
    ("이영희", "1.01E+09", None, True),
    (None, None, None, None),
    ("박민호", 1020000000, 1984.0, "X"),
    ("최보람", 821044445556, "85", "X"),
]


async def leaves_nothing(rt: Runtime, camp: Camp) -> bool:
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM imports) + (SELECT count(*) FROM import_files)"
        )
        row = await cursor.fetchone()
    return row == (0,)


async def taken(camp: Camp, body: bytes, name: str = XLSX) -> dict[str, Any]:
    answer = await upload(camp.admin, body, name)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def run_through(rt: Runtime, camp: Camp, import_id: str, **conditions: Any) -> dict[str, Any]:
    answer = await start(camp.admin, import_id, **conditions)
    assert answer.status_code == 202, answer.text
    await run_import(rt, camp.id, UUID(import_id), "runner")
    return await state_of(camp, import_id)


async def test_a_workbook_becomes_contacts_with_its_numbers_as_people_write_them(
    rt: Runtime, camp: Camp
) -> None:
    found = await taken(camp, workbook({"전체명단": PEOPLE}))
    assert (found["kind"], found["sheets"], found["headerRow"]) == ("xlsx", ["전체명단"], 2)
    assert (found["rowsEstimated"], found["rowsExact"]) == (4, True)
    assert found["mapping"] == {
        "성명": "name",
        "연락처(H.P)": "phone",
        "생년월일": "birth",
        "문자수신": "consent",
    }
    assert found["preview"][:2] == [
        ["김철수", "1093082906", "1979-03-01", "O"],
        ["이영희", "1.01E+09", "", "TRUE"],
    ]
    assert [row["row"] for row in found["previewRows"]] == [3, 4, 6, 7]
    state = await run_through(rt, camp, found["id"])
    assert counts(state) == {"created": 2, "rejected": 2}
    assert sorted((one["name"], one["phones"][0], one["suppressed"]) for one in await book(camp)) == [
        ("김철수", "010-9308-2906", False),
        ("최보람", "010-4444-5556", True),
    ]
    errors = await rows_of(camp, found["id"], "errors")
    assert [(row["성명"], row["연락처(H.P)"]) for row in errors] == [
        ("이영희", "1.01E+09"),
        ("박민호", "1.02E+09"),
    ]
    assert all("엑셀" in row["오류"] for row in errors)


async def test_the_sheet_with_people_is_chosen_and_several_sheets_go_in_as_one_list(
    rt: Runtime, camp: Camp
) -> None:
    body = workbook(
        {
            "안내": [("이 파일은 대외비입니다",), *[(f"{i}번 설명",) for i in range(30)]],
            "숨김": [("이름", "전화"), *[(f"김숨{i}", f"010-2222-{i:04d}") for i in range(1, 60)]],
            "공덕동": [("이름", "전화"), ("김철수", "010-2222-3334"), ("이영희", "010-3333-4445")],
            "연남동": [("전화", "비고", "이름"), ("010-4444-5556", "주차", "박민호")],
        },
        hidden=["숨김"],
    )
    found = await taken(camp, body)
    assert [one["name"] for one in found["sheetDetails"] if one["chosen"]] == ["공덕동"]
    assert [one["name"] for one in found["sheetDetails"] if one["hidden"]] == ["숨김"]
    path = f"/api/imports/{found['id']}"
    changed = (await camp.admin.patch(path, json={"sheets": ["공덕동", "연남동"]})).json()
    assert [column["name"] for column in changed["columns"]] == ["이름", "전화", "비고"]
    assert changed["rowsEstimated"] == 3
    state = await run_through(rt, camp, found["id"])
    assert counts(state) == {"created": 3}
    assert {one["name"]: one["memo"] for one in await book(camp)} == {
        "김철수": "",
        "이영희": "",
        "박민호": "주차",
    }
    answer = await camp.admin.patch(path, json={"sheets": ["공덕동"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_start_takes_the_sheets_too(rt: Runtime, camp: Camp) -> None:
    sheets = {
        name: [("이름", "전화"), (f"김{name}", f"010-2222-{at}")] for at, name in ((1345, "가"), (2456, "나"))
    }
    found = await taken(camp, workbook(sheets))
    state = await run_through(rt, camp, found["id"], sheets=["나"])
    assert [one["name"] for one in await book(camp)] == ["김나"]
    assert state["rowsDone"] == 1
    again = await taken(camp, workbook(sheets))
    answer = await start(camp.admin, again["id"], sheets=["다"])
    assert (answer.status_code, answer.json()["code"]) == (422, "file_no_sheet")


async def test_the_screen_survives_a_reload_with_its_choices(camp: Camp) -> None:
    body = "명단\n이름,번호,메모\n김철수,1022223334,주민 800101-1234567\n".encode("cp949")
    found = await taken(camp, body, "명단.csv")
    path = f"/api/imports/{found['id']}"
    assert (await camp.admin.get(path)).json()["draft"] == found
    assert (await camp.staff.get(path)).json()["draft"] is None  # may see results, not other people's numbers
    assert "1234567" not in str(found)
    left = (await camp.admin.patch(path, json={"mapping": {"번호": "phone", "메모": "memo"}})).json()
    assert left["mapping"] == {"이름": "ignore", "번호": "phone", "메모": "memo"}
    assert (await camp.admin.get(path)).json()["draft"] == left
    no_header = (await camp.admin.patch(path, json={"headerRow": 0})).json()
    assert [column["name"] for column in no_header["columns"]][:1] == ["1열"]
    back = (await camp.admin.patch(path, json={"encoding": "utf-8"})).json()
    assert back["encoding"] == "utf-8"
    assert "\ufffd" in back["columns"][0]["name"]
    again = (await camp.admin.patch(path, json={"encoding": "cp949"})).json()
    assert (again["columns"], again["previewRows"]) == (found["columns"], found["previewRows"])
    assert (await start(camp.admin, found["id"])).status_code == 202
    assert (await camp.admin.get(path)).json()["draft"] is None


async def test_each_cell_says_what_becomes_of_it(camp: Camp) -> None:
    body = (
        "이름,전화,메일,생년,수신동의,성향\n"
        "김철수 위원장님,1022223334,kim@naver.con,79,X,중도\n"
        "이영희,1.01E+09,minjun@,1984,O,\n"
        "박민호,800101-1234567,hong@test.kr,모름,예,\n"
        "최가람 010-2345-6789,O1O-3456-789O,,,,\n"
    )
    found = await taken(camp, body.encode(), "명단.csv")
    cells = [
        [(cell["state"], cell["note"], cell["value"]) for cell in row["cells"]]
        for row in found["previewRows"]
    ]
    assert cells == [
        [
            ("fixed", "name", "김철수"),
            ("fixed", "leading_zero", "010-2222-3334"),
            ("fixed", "domain", "kim@naver.com"),
            ("interpreted", "two_digit_year", "1979"),
            ("interpreted", "refusal", "수신 거부"),
            ("ignored", "", ""),
        ],
        [
            ("plain", "", "이영희"),
            ("bad", "phone_excel", "1.01E+09"),
            ("bad", "email_invalid", "minjun@"),
            ("plain", "", "1984"),
            ("plain", "", "O"),
            ("plain", "", ""),
        ],
        [
            ("plain", "", "박민호"),
            ("hidden", "resident_number", ""),
            ("plain", "", "hong@test.kr"),
            ("bad", "birth_unread", "모름"),
            ("plain", "", "예"),
            ("plain", "", ""),
        ],
        [
            ("interpreted", "other_column", "최가람 · 010-2345-6789"),
            ("fixed", "letters", "010-3456-7890"),
            *[("plain", "", "")] * 4,
        ],
    ]
    assert found["previewRows"][0]["cells"][5]["raw"] == ""


async def test_the_preview_finds_the_rare_mess_far_down(camp: Camp) -> None:
    rows = "".join(f"김하늘,010-3333-{i:04d}\n" for i in range(1000, 3000))
    found = await taken(camp, f"이름,전화\n{rows}이영희,1.01E+09\n".encode(), "명단.csv")
    touched = [row for row in found["previewRows"] if row["touched"]]
    assert [(row["row"], row["cells"][1]["note"]) for row in touched] == [(2002, "phone_excel")]


def _huge() -> bytes:
    """One cell in the last corner of the sheet: 17 billion cells when it is laid out."""
    far = f'<row r="1048576">{text_cell("XFD1048576", "끝")}</row></sheetData>'
    return package({"명단": sheet_xml([("이름", "전화")]).replace("</sheetData>", far)})


def _bomb() -> bytes:
    return package(
        {"명단": sheet_xml([("이름",)]).replace("</sheetData>", " " * (40 << 20) + "</sheetData>")}
    )


def _lying_bomb() -> bytes:
    """Its directory declares a small sheet."""
    body = bytearray(_bomb())
    at = body.index(b"PK\x01\x02")
    while at != -1:
        name = bytes(body[at + 46 : at + 46 + struct.unpack_from("<H", body, at + 28)[0]])
        if name.endswith(b"sheet1.xml"):
            struct.pack_into("<I", body, at + 24, 2_000)
        at = body.find(b"PK\x01\x02", at + 4)
    return bytes(body)


_ENTITY = '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        pytest.param(_huge, 413, "file_expands", "칸", id="a rectangle of 17 billion cells"),
        pytest.param(_bomb, 413, "file_expands", "커지는", id="a bomb"),
        pytest.param(_lying_bomb, 413, "file_expands", "커지는", id="a bomb that lies about its size"),
        pytest.param(package({"명단": sheet_xml([("이름", "전화"), ("&x;", "1")], prolog=_ENTITY)}), 422, "file_damaged", "다시 저장", id="an entity"),
        pytest.param(workbook({"명단": [("이름", "전화")]}), 422, "file_no_rows", "명단이 없어요", id="a header only"),
        pytest.param(workbook({"명단": []}), 422, "file_empty", "시트", id="no cell at all"),
        pytest.param(workbook({"명단": PEOPLE})[:-300], 422, "file_damaged", "다시 저장", id="cut off"),
        pytest.param(zip_of({"명단.csv": "이름,전화\n김철수,010-2222-3334\n"}), 415, "file_is_zip", "압축을 풀고", id="a zip"),
        pytest.param(zip_of({"word/document.xml": "<w/>"}), 415, "file_not_text", "문서", id="a Word file"),
        pytest.param(zip_of({"xl/workbook.bin": b"\0"}), 415, "file_is_excel", ".xlsx", id="a binary workbook"),
        pytest.param(_OLE + "Workbook".encode("utf-16-le"), 415, "file_is_excel", ".xlsx", id="an old workbook"),
        pytest.param(_OLE + "EncryptedPackage".encode("utf-16-le"), 422, "file_encrypted", "암호", id="a password"),
        pytest.param(_OLE + "HwpSummaryInformation".encode("utf-16-le"), 415, "file_not_text", "문서", id="a Hangul document"),
        pytest.param(b"<html><table><tr><td>\xea\xb9\x80</td></tr></table></html>", 415, "file_is_web_page", ".xlsx", id="a web page named .xls"),
    ],
)  # fmt: skip
async def test_a_file_that_cannot_be_used_is_refused_in_words_and_leaves_nothing(
    rt: Runtime, camp: Camp, body: bytes | Callable[[], bytes], status: int, code: str, words: str
) -> None:
    # Large ones are made here: at import, each worker of a run packed 80 MB of spaces.
    answer = await upload(camp.admin, body() if callable(body) else body, "명단.csv")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert words in answer.json()["detail"]
    assert await leaves_nothing(rt, camp)


async def test_the_content_decides_not_the_name(rt: Runtime, camp: Camp) -> None:
    text = await taken(camp, "이름,전화\n김철수,010-2222-3334\n".encode(), "명단.xlsx")
    sheet = await taken(camp, workbook({"명단": [("이름", "전화"), ("이영희", "010-3333-4445")]}), "명단.csv")
    assert (text["kind"], sheet["kind"]) == ("csv", "xlsx")
    for one in (text, sheet):
        assert counts(await run_through(rt, camp, one["id"])) == {"created": 1}


async def test_the_error_file_is_a_workbook_too_and_goes_in_once_mended(rt: Runtime, camp: Camp) -> None:
    header = ("이름", "휴대폰", "메모")
    found = await taken(
        camp,
        workbook(
            {
                "명단": [
                    header,
                    ("김철수", "010-2222-3334", "-"),
                    ("=1+1", "1.01E+09", "<b>&\x07"),
                    ("박민호", "010-12", ""),
                ]
            }
        ),
    )
    state = await run_through(rt, camp, found["id"])
    assert counts(state) == {"created": 1, "rejected": 2}
    answer = await camp.admin.get(f"/api/imports/{found['id']}/errors.xlsx")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    rows = [cells for _, cells in Workbook(answer.content).rows("고칠 줄")]
    assert rows[0] == [*header, "오류"]
    assert [row[:3] for row in rows[1:]] == [["=1+1", "1.01E+09", "<b>&"], ["박민호", "010-12", ""]]
    assert (
        rows[1][3]
        == "휴대폰: 엑셀이 번호의 뒷자리를 버리고 저장했어요. 원본에서 셀 서식을 '텍스트'로 바꾼 뒤 번호를 다시 넣어 주세요"
    )
    mended = workbook({"고칠 줄": [rows[0], ["이영희", "010-3333-4445", *rows[1][2:]], rows[2]]})
    again = await taken(camp, mended)
    assert (again["mapping"]["오류"], again["mapping"]["휴대폰"]) == ("ignore", "phone")
    assert counts(await run_through(rt, camp, again["id"])) == {"created": 1, "rejected": 1}
    assert sorted(one["name"] for one in await book(camp)) == ["김철수", "이영희"]


async def test_the_report_counts_every_row_once(rt: Runtime, camp: Camp) -> None:
    body = "이름,전화,메일\n김철수,010-2222-3334,kim@\n이영희,1.01E+09,\n박민호,1.02E+09,a@\n최보람,,\n정하늘,02-123-45,sky@naver.com\n"
    found = await taken(camp, body.encode(), "명단.csv")
    state = await run_through(rt, camp, found["id"])
    told = (await camp.staff.get(f"/api/imports/{found['id']}/report")).json()
    assert sum(told["outcomes"].values()) == state["rowsDone"] == 5
    assert told["outcomes"]["rejected"] == sum(one["count"] for one in told["refused"]) == 3
    assert [(one["code"], one["count"]) for one in told["refused"]] == [("phone_excel", 2), ("no_contact", 1)]
    assert sorted((one["code"], one["count"]) for one in told["leftOut"]) == [
        ("email_invalid", 1),
        ("phone_short", 1),
    ]
    assert all(one["message"] and one["mend"] for one in told["refused"] + told["leftOut"])


async def test_the_rows_just_written_are_shown_masked(rt: Runtime, camp: Camp) -> None:
    body = "이름,전화\n김철수,010-2222-3334\n이영희,1.01E+09\n"
    found = await taken(camp, body.encode(), "명단.csv")
    await run_through(rt, camp, found["id"])
    assert (await camp.staff.get(f"/api/imports/{found['id']}/recent")).json() == [
        {"row": 2, "name": "이*희", "phone": "", "outcome": "rejected", "code": "phone_excel"},
        {"row": 1, "name": "김*수", "phone": "010-****-3334", "outcome": "created", "code": ""},
    ]


async def test_a_list_longer_than_a_run_can_hold_is_refused_with_its_length(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "MAX_ROWS", 100)
    rows = [("이름", "전화"), *[("김하늘", f"010-3333-{i}") for i in range(1000, 1090)]]
    body = workbook({"가": rows, "나": rows})
    found = await taken(camp, body)
    answer = await camp.admin.patch(f"/api/imports/{found['id']}", json={"sheets": ["가", "나"]})
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_long")
    assert "180행" in answer.json()["detail"]
    long = "이름,전화\n" + "김하늘,010-3333-4444\n" * 20_000
    answer = await upload(camp.admin, long, "명단.csv")
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_long")
    assert "20,000행" in answer.json()["detail"]
    left = (await camp.admin.get("/api/imports")).json()["items"]
    assert [one["id"] for one in left] == [found["id"]]


def test_a_workbook_that_breaks_off_is_not_a_short_list() -> None:
    body = workbook({"명단": [("이름", "전화"), *[("김하늘", f"010-3333-{i}") for i in range(1000, 3000)]]})
    shape = read.Shape(read.WORKBOOK, "", 0, ("이름", "전화"), (read.Sheet("명단", 1, (0, 1)),))
    assert sum(1 for _ in read.read_all([body[:2000], body[2000:]], shape)) == 2000
    assert next(read.read_all([body], shape)) == ["김하늘", "010-3333-1000"]
    with pytest.raises(read.UnreadableFileError):
        list(read.read_all([body[:-300]], shape))
    with pytest.raises(read.UnreadableFileError):
        list(read.read_all([body], replace(shape, sheets=(read.Sheet("없음", 0, (0,)),))))


async def test_uploads_that_nobody_starts_are_forgotten_after_a_week(rt: Runtime, camp: Camp) -> None:
    for age, left in (("6 days 23 hours", 1), ("7 days 1 hour", 0)):
        if left:
            await taken(camp, "이름,전화\n김철수,010-2222-3334\n".encode(), "명단.csv")
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute(
                "UPDATE imports SET created_at = clock_timestamp() - %s::interval WHERE state = 'uploaded'",
                (age,),
            )
        await forget_old_uploads(rt)
        assert len((await camp.admin.get("/api/imports")).json()["items"]) == left
    assert await leaves_nothing(rt, camp)
