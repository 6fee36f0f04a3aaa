"""Taking an import back: the book is as it was before, except for people with whom something happened since."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.features.conftest import Camp
from tests.support.imports import KIM, bring_in, many, sheet, start, state_of, upload

from pabal.contacts import Blinder, copy_back
from pabal.contacts.history import read_standing
from pabal.domain.ids import new_id
from pabal.imports import run, undo
from pabal.imports.run import run_import
from pabal.imports.undo import undo_import
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

Json = dict[str, Any]

LEE = ("이영희", "010-2222-3334", "", "", "서울 마포구 서교동", "여성", "1984", "", "")
LEE_BY_MAIL = ("이영희", "", "yh@daum.net", "", "", "회원", "", "", "")
AGAIN = (
    ("김철수", "010-9308-2906", "new@daum.net", "", "", "새 태그", "", "새 메모", "X"),  # changes somebody
    ("이영희", "010-2222-3334", "yh@daum.net", "", "", "", "", "", ""),  # shows that two are one
    ("박새롬", "010-4567-2345", "", "", "", "", "", "", ""),
    ("최보람", "010-4567-2346", "bo@daum.net", "", "", "청년", "", "", ""),
)


async def snapshot(rt: Runtime, camp: Camp) -> dict[str, Any]:
    """Everything that a search, a send or a screen sees of the living."""
    keys = await rt.keys.of(rt.pool, camp.id)
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT id FROM contacts WHERE erased_at IS NULL")
        ids = [row[0] for row in await cursor.fetchall()]
        standing = await read_standing(conn, camp.id, ids, lock=False)
        seen: dict[str, Any] = {}
        for one in ids:
            derived = Blinder(keys).derive(standing[one].look.card)
            cursor = await conn.execute(
                """
                SELECT tokens, name_key, merged_into,
                       ARRAY(SELECT t.name FROM contact_tags ct JOIN tags t ON t.id = ct.tag_id
                             WHERE ct.contact_id = c.id ORDER BY 1),
                       ARRAY(SELECT i.kind || i.value_key FROM identities i WHERE i.contact_id = c.id ORDER BY 1)
                FROM contacts c WHERE id = %s
                """,
                (one,),
            )
            tokens, name_key, merged_into, tags, identities = (await cursor.fetchall())[0]
            assert (sorted(tokens), name_key) == (sorted(derived.tokens), derived.name_key)
            assert identities == sorted(f"{row.kind}{row.value_key}" for row in derived.identities)
            seen[str(one)] = (standing[one].look, merged_into, tags)
    return seen


async def forecast(camp: Camp, import_id: str) -> Json:
    answer = await camp.staff.get(f"/api/imports/{import_id}/undo")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def take_back(camp: Camp, import_id: str) -> Json:
    answer = await camp.admin.post(f"/api/imports/{import_id}/undo")
    assert answer.status_code == 200, answer.text
    done: Json = answer.json()
    return done


async def named(camp: Camp, name: str) -> Json:
    (one,) = (await camp.owner.get("/api/contacts", params={"q": name})).json()["items"]
    found: Json = one
    return found


def figures(undone: Json) -> Json:
    return {key: undone[key] for key in ("removed", "restored", "separated")} | {
        "kept": {one["reason"]: one["count"] for one in undone["kept"]}
    }


@pytest.fixture
async def book(rt: Runtime, camp: Camp) -> dict[str, Any]:
    await bring_in(rt, camp, sheet(KIM, LEE, LEE_BY_MAIL), tags=["처음"])
    return await snapshot(rt, camp)


async def test_an_undone_import_leaves_the_book_as_it_was(
    rt: Runtime, camp: Camp, book: dict[str, Any]
) -> None:
    second = (await bring_in(rt, camp, sheet(*AGAIN), tags=["둘째"]))["id"]
    assert (await named(camp, "김철수"))["emails"] == ["kms@naver.com", "new@daum.net"]
    expected = {"removed": 2, "restored": 2, "separated": 1, "kept": {}}
    assert figures(await forecast(camp, second)) == expected
    done = await take_back(camp, second)
    assert (done["state"], figures(done)) == ("undone", expected)
    assert await snapshot(rt, camp) == book
    assert (await state_of(camp, second))["state"] == "undone"
    again = await forecast(camp, second)
    assert (again["state"], figures(again)) == ("undone", expected)
    hits = await camp.owner.get("/api/contacts", params={"q": "박새롬"})
    assert hits.json()["items"] == []


async def test_refusals_of_an_undone_list_stay(rt: Runtime, camp: Camp, book: dict[str, Any]) -> None:
    second = (await bring_in(rt, camp, sheet(*AGAIN)))["id"]
    await take_back(camp, second)
    assert (await named(camp, "김철수"))["suppressed"]


async def test_cells_of_an_undone_list_are_gone(rt: Runtime, camp: Camp, book: dict[str, Any]) -> None:
    second = (await bring_in(rt, camp, sheet(*AGAIN)))["id"]
    await take_back(camp, second)
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT count(*), count(cells) FROM import_rows WHERE import_id = %s", (second,)
        )
        assert await cursor.fetchall() == [(4, 0)]
        cursor = await conn.execute(
            "SELECT count(*) FROM merges WHERE import_id = %s AND before IS NOT NULL", (second,)
        )
        assert await cursor.fetchall() == [(0,)]


async def test_people_with_whom_something_happened_are_kept(
    rt: Runtime, camp: Camp, book: dict[str, Any]
) -> None:
    rows = [
        (f"강{name}", f"010-7000-000{n}", *[""] * 7)
        for n, name in enumerate(["하늘", "바다", "가람", "누리", "다솜", "라온", "마루", "보라"])
    ]
    second = (await bring_in(rt, camp, sheet(*rows)))["id"]
    ids = {one["name"]: one["id"] for one in (await camp.owner.get("/api/contacts")).json()["items"]}
    await camp.owner.patch(f"/api/contacts/{ids['강하늘']}", json={"memo": "만났음"})
    await camp.owner.post(f"/api/contacts/{ids['강마루']}/notes", json={"body": "전화했음"})
    await camp.owner.post(f"/api/contacts/{ids['강보라']}/requests", json={"kind": "access"})
    await camp.owner.post(
        "/api/contacts/merge",
        json={"contactIds": [ids["강바다"], ids["강가람"]], "survivorId": ids["강바다"]},
    )
    await bring_in(rt, camp, sheet(rows[3]))
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute(
            "INSERT INTO messages (tenant_id, send_id, seq, contact_id, state) SELECT %s, app_id, n, who, state"
            " FROM unnest(%s::uuid[], %s::int[], %s::uuid[], %s::text[]) AS m (app_id, n, who, state)",
            (
                camp.id,
                [new_id()] * 2,
                [1, 2],
                [ids["강다솜"], ids["강라온"]],
                ["delivered", "skipped"],
            ),
        )
    expected = {
        "removed": 1,
        "restored": 0,
        "separated": 0,
        "kept": {"edited": 3, "merged": 1, "listed": 1, "messaged": 1},
    }
    assert figures(await forecast(camp, second)) == expected
    assert figures(await take_back(camp, second)) == expected
    left = {one["name"] for one in (await camp.owner.get("/api/contacts")).json()["items"]}
    assert left == {"김철수", "이영희", "강하늘", "강바다", "강누리", "강다솜", "강마루", "강보라"}
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT seq, contact_id IS NOT NULL FROM messages ORDER BY seq")
        assert await cursor.fetchall() == [(1, True), (2, True)]


async def test_edits_and_merges_since_are_kept_on_people_who_were_there_before(
    rt: Runtime, camp: Camp, book: dict[str, Any]
) -> None:
    second = (await bring_in(rt, camp, sheet(AGAIN[0])))["id"]
    kim = await named(camp, "김철수")
    await camp.owner.patch(f"/api/contacts/{kim['id']}", json={"district": "망원동"})
    friend = (
        await camp.owner.post("/api/contacts", json={"name": "김철순", "phones": ["010-8888-7777"]})
    ).json()
    merge = await camp.owner.post(
        "/api/contacts/merge",
        json={
            "contactIds": [kim["id"], friend["id"]],
            "survivorId": friend["id"],
            "fields": {"name": friend["id"]},
        },
    )
    await take_back(camp, second)
    now = await named(camp, "김철순")
    assert (now["emails"], now["district"], now["memo"]) == (["kms@naver.com"], "망원동", "저녁 선호")
    assert "새 태그" not in now["tags"]
    await camp.owner.post(f"/api/merges/{merge.json()['mergeId']}/undo")
    kim = await named(camp, "김철수")
    assert (kim["emails"], kim["district"]) == (["kms@naver.com"], "망원동")


async def test_only_those_to_whom_nothing_came_later_are_copied_back(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        (f"김하{end}", f"010-4444-500{n}", "", "", "", "", "", "", "") for n, end in enumerate("나다라마바")
    ]
    await bring_in(rt, camp, sheet(*people))
    ids = {one[0]: (await named(camp, one[0]))["id"] for one in people}
    into = await camp.owner.post(  # somebody is part of somebody else before the list comes
        "/api/contacts/merge",
        json={"contactIds": [ids["김하마"], ids["김하바"]], "survivorId": ids["김하마"]},
    )
    assert into.status_code == 200, into.text
    before = await snapshot(rt, camp)
    values = [("", "메모"), ("da@daum.net", ""), ("", "메모"), ("ma@daum.net", "메모")]
    again = [
        (name, number, mail, "", "", "", "", memo, "")
        for (name, number, *_), (mail, memo) in zip(people, values, strict=False)
    ]
    second = (await bring_in(rt, camp, sheet(*again)))["id"]
    await camp.owner.patch(f"/api/contacts/{ids['김하라']}", json={"district": "망원동"})
    copied: set[UUID] = set()

    async def listen(*arguments: Any) -> set[UUID]:
        done = await copy_back(*arguments)
        copied.update(done)
        return done

    monkeypatch.setattr(undo, "copy_back", listen)
    assert (await take_back(camp, second))["restored"] == 4
    assert copied == {UUID(ids[name]) for name in ("김하나", "김하다", "김하마")}
    after = await snapshot(rt, camp)
    edited = ids["김하라"]
    assert {one: look for one, look in after.items() if one != edited} == {
        one: look for one, look in before.items() if one != edited
    }
    assert (after[edited][0].card.memo, after[edited][0].district) == ("", "망원동")
    apart = await camp.owner.post(f"/api/merges/{into.json()['mergeId']}/undo")
    assert apart.status_code == 200, apart.text
    await named(camp, "김하바")


async def test_the_undo_of_an_import_s_merge_tells_the_two_apart_for_good(
    rt: Runtime, camp: Camp, book: dict[str, Any]
) -> None:
    await bring_in(rt, camp, sheet(AGAIN[1]))
    lee = await named(camp, "이영희")
    entries = (await camp.owner.get(f"/api/contacts/{lee['id']}/lineage")).json()["items"]
    joined = next(one for one in entries if one["kind"] == "merge")
    assert joined["automatic"]
    assert joined["ruleLabels"] == ["연락처와 이름이 같음"]
    assert {one["fileName"] for one in entries if one["kind"] == "import"} == {"명단.csv"}
    undone = (await camp.owner.post(f"/api/merges/{joined['mergeId']}/undo")).json()
    assert len(undone["contactIds"]) == 1
    await bring_in(rt, camp, sheet(AGAIN[1]))
    items = (await camp.owner.get("/api/contacts", params={"q": "이영희"})).json()["items"]
    assert len(items) == 2


async def test_what_cannot_be_undone_says_why(
    rt: Runtime, camp: Camp, book: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = (await upload(camp.admin, sheet(KIM))).json()["id"]
    assert (await forecast(camp, waiting))["state"] == "not_ended"
    refused = await camp.admin.post(f"/api/imports/{waiting}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "import_not_ended")
    await start(camp.admin, waiting)
    assert (await camp.admin.post(f"/api/imports/{waiting}/undo")).status_code == 409
    second = (await bring_in(rt, camp, sheet(AGAIN[2])))["id"]
    assert (await camp.staff.post(f"/api/imports/{second}/undo")).status_code == 403
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute(
            "UPDATE imports SET finished_at = finished_at - %s WHERE id = %s", (timedelta(days=31), second)
        )
    assert (await forecast(camp, second))["state"] == "expired"
    assert (await camp.admin.post(f"/api/imports/{second}/undo")).json()["code"] == "import_undo_expired"


async def test_a_cancelled_import_takes_back_what_is_in_once_its_runner_lets_go(
    rt: Runtime, camp: Camp, book: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = (await upload(camp.admin, many(30))).json()["id"]
    await start(camp.admin, import_id)
    told = run._tell

    async def cancel_after_the_first(*arguments: Any) -> None:
        await told(*arguments)
        now = await state_of(camp, import_id)
        if now["rowsDone"] == 10 and now["state"] == "running":
            asked = await camp.admin.post(f"/api/imports/{import_id}/cancel", json={"undo": True})
            assert asked.json()["state"] == "running"
            # A worker that comes too early leaves the rows to their runner.
            assert await undo_import(rt, camp.id, UUID(import_id)) is None

    monkeypatch.setattr(run, "_tell", cancel_after_the_first)
    await run_import(rt, camp.id, UUID(import_id), "runner", chunk=10)
    state = await state_of(camp, import_id)
    assert (state["state"], state["rowsDone"]) == ("cancelled", 10)
    assert (await forecast(camp, import_id))["state"] == "undoing"
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT kind, id FROM app.due_work(clock_timestamp())")
        assert ("import_undo", UUID(import_id)) in await cursor.fetchall()
    done = await undo_import(rt, camp.id, UUID(import_id))
    assert done is not None
    assert done.removed == 10
    assert await snapshot(rt, camp) == book
    assert (await state_of(camp, import_id))["state"] == "undone"


async def test_a_large_one_is_left_to_a_worker_and_the_ledger_knows(
    rt: Runtime, camp: Camp, book: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    second = (await bring_in(rt, camp, sheet(*AGAIN)))["id"]
    monkeypatch.setattr(undo, "AT_ONCE", 3)
    answer = await camp.admin.post(f"/api/imports/{second}/undo")
    assert (answer.status_code, answer.json()["state"], answer.json()["removed"]) == (202, "undoing", 2)
    assert (await forecast(camp, second))["state"] == "undoing"
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT kind, id FROM app.due_work(clock_timestamp())")
        assert ("import_undo", UUID(second)) in await cursor.fetchall()
    assert await undo_import(rt, camp.id, UUID(second)) is not None
    assert await undo_import(rt, camp.id, UUID(second)) is None
    assert await snapshot(rt, camp) == book
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT kind FROM app.due_work(clock_timestamp())")
        assert ("import_undo",) not in await cursor.fetchall()
    twice = await camp.admin.post(f"/api/imports/{second}/undo")
    assert twice.json()["code"] == "import_undone"
