"""The dry run: a process of its own counts what a start would do; the start then does just that."""

import asyncio
from uuid import UUID

import pytest
from tests.features.conftest import Camp
from tests.features.test_import_files import run_through, taken
from tests.support.imports import book, start
from tests.support.workbooks import workbook

from pabal.imports.run import run_import
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

HEADER = ("이름", "전화", "메일", "수신동의")
ROWS = [
    ("김철수", "010-2222-3334", "", ""),
    ("김철수", "1022223334", "kim@naver.com", ""),
    ("이영희", "010-3333-4445", "", "X"),
    ("박민호", "1.01E+09", "", ""),
    ("최보람", "010-12", "bo@daum.net", ""),
]


async def test_the_forecast_is_what_the_import_then_does(rt: Runtime, camp: Camp) -> None:
    found = await taken(camp, workbook({"명단": [HEADER, *ROWS]}))
    answer = await camp.admin.post(f"/api/imports/{found['id']}/dry-run", json={"policy": "merge"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["state"] == "ready"
    assert await book(camp) == []  # nothing was written
    assert {
        key: told[key] for key in ("rows", "people", "new", "merged", "unchanged", "skipped", "rejected")
    } == {
        "rows": 5,
        "people": 3,
        "new": 3,
        "merged": 1,
        "unchanged": 0,
        "skipped": 0,
        "rejected": 1,
    }
    assert (told["warned"], told["refusals"], told["review"]) == (1, 1, 0)
    assert [(one["code"], one["count"]) for one in told["problems"]] == [
        ("phone_excel", 1),
        ("phone_short", 1),
    ]
    assert all(one["message"] and one["mend"] for one in told["problems"])
    assert told["fixes"] == [{"note": "refusal", "count": 1}, {"note": "leading_zero", "count": 1}]
    assert (await camp.admin.get(f"/api/imports/{found['id']}")).json()["forecast"] == told
    state = await run_through(rt, camp, found["id"])
    assert (state["created"], state["merged"] + state["updated"], state["rejected"], state["review"]) == (
        told["new"],
        told["merged"],
        told["rejected"],
        told["review"],
    )
    assert state["forecast"] == told  # the running screen shows both
    again = await taken(camp, workbook({"명단": [HEADER, *ROWS]}))
    second = (await camp.admin.post(f"/api/imports/{again['id']}/dry-run", json={})).json()
    assert (second["new"], second["merged"], second["unchanged"], second["rejected"]) == (0, 0, 4, 1)


async def test_rows_without_a_name_are_joined_or_asked_about_as_chosen(rt: Runtime, camp: Camp) -> None:
    rows = [("김하늘", "010-2222-3333"), ("", "010-2222-3333")]
    outcomes = {}
    for ask in (False, True):
        found = await taken(camp, workbook({"명단": [("이름", "휴대폰"), *rows]}))
        how = {"policy": "merge", "askNameless": ask}
        told = (await camp.admin.post(f"/api/imports/{found['id']}/dry-run", json=how)).json()
        outcomes[ask] = (told["people"], told["review"])
        if ask:
            start = {**how, "basis": "동의", "source": "시험"}
            answer = await camp.admin.post(f"/api/imports/{found['id']}/start", json=start)
            assert answer.status_code == 202, answer.text
            await run_import(rt, camp.id, UUID(found["id"]), "runner")
            assert len(await book(camp)) == 2
            done = (await camp.admin.get(f"/api/imports/{found['id']}")).json()
            assert done["review"] == told["review"] == 1
    assert outcomes == {False: (1, 0), True: (2, 1)}


async def test_the_same_question_is_counted_once_another_one_anew(
    camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await taken(camp, workbook({"명단": [HEADER, *ROWS]}))
    started: list[str] = []
    create = asyncio.create_subprocess_exec

    async def watched(*command, **options):
        started.append(command[-2])  # the policy
        return await create(*command, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    path = f"/api/imports/{found['id']}/dry-run"
    both = await asyncio.gather(*(camp.admin.post(path, json={"policy": "merge"}) for _ in range(2)))
    assert [answer.json()["state"] for answer in both] == ["ready", "ready"]
    assert started == ["merge"]
    assert (await camp.admin.post(path, json={"policy": "merge"})).json() == both[0].json()
    assert started == ["merge"]
    other = await camp.admin.post(path, json={"policy": "skip", "mapping": {"전화": "phone"}})
    assert (other.json()["rows"], started) == (5, ["merge", "skip"])


async def test_a_question_without_an_answer_yet_says_so(rt: Runtime, camp: Camp) -> None:
    found = await taken(camp, workbook({"명단": [HEADER, *ROWS]}))
    path = f"/api/imports/{found['id']}/dry-run"
    answer = await camp.admin.post(path, json={}, params={"wait": 0})
    assert (answer.status_code, answer.json()["state"]) == (202, "counting")
    assert (await camp.admin.get(f"/api/imports/{found['id']}")).json()["forecast"]["state"] == "counting"
    last = await camp.admin.post(path, json={})
    assert (last.status_code, last.json()["state"]) == (200, "ready")


async def test_a_count_that_fails_says_so_and_leaves_the_import_as_it_was(rt: Runtime, camp: Camp) -> None:
    found = await taken(camp, workbook({"명단": [HEADER, *ROWS]}))
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE import_files SET body = '\\x00'::bytea")
    answer = (await camp.admin.post(f"/api/imports/{found['id']}/dry-run", json={})).json()
    assert (answer["state"], "그래도" in answer["problem"]) == ("failed", True)
    assert (await camp.admin.get(f"/api/imports/{found['id']}")).json()["state"] == "uploaded"


async def test_who_may_ask_and_about_what(rt: Runtime, camp: Camp) -> None:
    found = await taken(camp, workbook({"명단": [HEADER, *ROWS]}))
    path = f"/api/imports/{found['id']}/dry-run"
    assert (await camp.staff.post(path, json={})).status_code == 403
    nobody = await camp.admin.post(path, json={"mapping": {"이름": "name"}})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "invalid")
    await camp.admin.patch(f"/api/imports/{found['id']}", json={"mapping": found["mapping"]})
    await start(camp.admin, found["id"])
    gone = await camp.admin.post(path, json={})
    assert (gone.status_code, gone.json()["code"]) == (409, "conflict")
    assert (await camp.admin.post(f"/api/imports/{UUID(int=1)}/dry-run", json={})).status_code == 404


async def test_births_without_a_century_are_counted_and_kept_with_one(rt: Runtime, camp: Camp) -> None:
    found = await taken(
        camp,
        workbook(
            {
                "명단": [
                    ("이름", "휴대폰", "생년"),
                    ("김하늘", "010-3333-4444", "79"),
                    ("박민호", "010-3333-4446", "1984"),
                ]
            }
        ),
    )
    answer = await camp.admin.post(f"/api/imports/{found['id']}/dry-run", json={"policy": "merge"})
    assert answer.json()["fixes"] == [{"note": "two_digit_year", "count": 1}]
    await run_through(rt, camp, found["id"])
    assert sorted(one["birth"] for one in await book(camp)) == ["1979", "1984"]
