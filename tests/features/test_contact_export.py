"""People of the book as a file: who and why is on record, masked by role, inert, whole in pages, only for who asked."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.features.conftest import Camp
from tests.features.test_campaign_export import of_csv, of_workbook
from tests.support.book import fill_book, person
from tests.support.random_book import write_random_book

from pabal.contacts import Card
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

REASON = "선거 사무소 보고용 명단"
FORMULAS = ["=1+1", "+82 10", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "0=1"]


async def export(who: httpx.AsyncClient, **body: Any) -> httpx.Response:
    made = await who.post("/api/exports", json={"kind": "contacts", "reason": REASON, **body})
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "ready"
    return await who.get(f"/api/exports/{made.json()['id']}")


def table(answer: httpx.Response) -> list[dict[str, str]]:
    head, *rows = of_csv(answer)
    return [dict(zip(head, row, strict=True)) for row in rows]


async def create(camp: Camp, **fields: object) -> str:
    made = await camp.owner.post("/api/contacts", json=fields)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.fixture
async def people(camp: Camp) -> dict[str, str]:
    return {
        "김": await create(
            camp,
            name="김철수",
            phones=["010-9308-2906", "010-2222-3333"],
            emails=["kim@naver.com"],
            tags=["청년", "당원"],
            attributes={"직업": "회사원", "추천인": "박초롱"},
            district="마포구",
            memo='=HYPERLINK("http://evil")',
        ),
        "이": await create(
            camp, name="이영희", phones=["010-4444-5555"], tags=["청년"], attributes={"직업": "-1"}
        ),
        "박": await create(camp, name="박초롱", emails=["park@naver.com"]),
    }


async def test_both_forms_say_the_same_with_a_column_per_attribute(camp: Camp, people) -> None:
    rows = table(await export(camp.owner))
    assert [row["이름"] for row in rows] == ["박초롱", "이영희", "김철수"]
    kim = rows[2]
    assert (kim["전화번호"], kim["이메일"], kim["태그"]) == (
        "010-9308-2906, 010-2222-3333",
        "kim@naver.com",
        "당원, 청년",
    )
    assert (kim["직업"], kim["추천인"], kim["지역"], kim["다른 항목"]) == ("회사원", "박초롱", "마포구", "")
    plain = [[cell.removeprefix("'") for cell in row] for row in of_csv(await export(camp.owner))]
    assert of_workbook(await export(camp.owner, format="xlsx")) == plain


async def test_no_cell_of_anybody_is_run_as_a_formula(camp: Camp, rt: Runtime) -> None:
    cards = [Card(name=text, memo=text, attributes={f"={n}": text}) for n, text in enumerate(FORMULAS)]
    await fill_book(rt, camp.id, [*cards, person(1)])
    cells = [cell for row in of_csv(await export(camp.owner)) for cell in row]
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))] == []
    assert "'=1+1" in cells
    of_workbook(await export(camp.owner, format="xlsx"))


async def test_numbers_are_whole_for_the_owner_and_masked_for_an_admin(camp: Camp, people) -> None:
    whole, masked = table(await export(camp.owner)), table(await export(camp.admin))
    for column in ("이름", "전화번호", "이메일", "메모", "직업"):
        shown = {row[column] for row in whole if row[column]}
        assert shown
        assert not shown & {row[column] for row in masked}
    assert {row["태그"] for row in whole} == {row["태그"] for row in masked}
    refused = await camp.staff.post("/api/exports", json={"reason": REASON})
    assert refused.status_code == 403


async def test_the_same_people_as_the_list_shows(camp: Camp, people) -> None:
    segment = (
        await camp.staff.post(
            "/api/segments",
            json={
                "name": "청년",
                "filter": {"field": "tag", "op": "has", "value": "청년"},
                "excludeContactIds": [people["이"]],
            },
        )
    ).json()
    for body, wanted in (
        ({"filter": {"field": "attribute:직업", "op": "eq", "value": "회사원"}}, ["김철수"]),
        ({"q": "ㄱㅎ"}, []),
        ({"q": "ㅇㅇㅎ"}, ["이영희"]),
        ({"q": "naver.com", "tag": ["당원"]}, ["김철수"]),
        ({"segmentId": segment["id"]}, ["김철수"]),
        ({"ids": [people["박"], people["김"]]}, ["박초롱", "김철수"]),
    ):
        assert [row["이름"] for row in table(await export(camp.owner, **body))] == wanted, body
    both = await camp.owner.post("/api/exports", json={"reason": REASON, "ids": [people["김"]], "q": "김"})
    assert both.status_code == 422


async def test_everybody_comes_once_however_many_pages_it_takes(
    camp: Camp, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = await write_random_book(rt, camp.id, 5)
    whole = of_csv(await export(camp.owner))
    assert len(whole) == len(book) + 1
    monkeypatch.setattr("pabal.contacts.exports.PAGE", 3)
    assert of_csv(await export(camp.owner)) == whole
    filtered = {"filter": {"field": "duplicate", "op": "eq", "value": False}, "q": "김"}
    paged = of_csv(await export(camp.owner, **filtered))
    monkeypatch.undo()
    assert of_csv(await export(camp.owner, **filtered)) == paged


async def test_who_and_why_is_on_record_and_what_was_searched_for_is_not_readable(
    camp: Camp, rt: Runtime, people
) -> None:
    await export(camp.owner, q="김철수 010-9308-2906")
    async with tenant_tx(rt, camp.id) as conn:
        stored = await (await conn.execute("SELECT to_jsonb(e)::text FROM exports e")).fetchone()
        cursor = await conn.execute(
            "SELECT action, detail::text FROM audit_log WHERE action LIKE 'contact.export%' ORDER BY id"
        )
        said = await cursor.fetchall()
    assert stored is not None
    assert [action for action, _ in said] == ["contact.export", "contact.export.download"]
    assert REASON in said[0][1]
    for text in (stored[0], *(detail for _, detail in said)):
        assert "철수" not in text
        assert "2906" not in text


async def test_only_who_asked_and_only_for_an_hour(camp: Camp, other_camp: Camp, rt: Runtime, people) -> None:
    made = (await camp.owner.post("/api/exports", json={"reason": REASON})).json()
    address = f"/api/exports/{made['id']}"
    assert (await camp.owner.get(address)).status_code == 200
    for other in (camp.admin, other_camp.owner):
        assert (await other.get(address)).status_code == 404
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE exports SET expires_at = expires_at - %s", (timedelta(hours=1),))
    late = await camp.owner.get(address)
    assert (late.status_code, late.json()["code"]) == (410, "export_expired")


@pytest.mark.parametrize("body", [{}, {"reason": "  보고  "}, {"reason": REASON, "kind": "messages"}])
async def test_no_file_without_saying_of_what_and_what_for(camp: Camp, body: dict[str, str]) -> None:
    assert (await camp.owner.post("/api/exports", json=body)).status_code == 422


async def test_whom_an_export_asked_for_is_forgotten_when_its_hour_is_over(
    camp: Camp, rt: Runtime, people
) -> None:
    over, fresh = [
        (await camp.owner.post("/api/exports", json={"reason": REASON, "q": "김철수"})).json()["id"]
        for _ in range(2)
    ]
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE exports SET expires_at = clock_timestamp() WHERE id = %s", (over,))
    assert (await camp.owner.delete(f"/api/contacts/{people['김']}")).status_code == 204
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT id::text FROM exports WHERE selection IS NOT NULL")
        assert [row[0] for row in await cursor.fetchall()] == [fresh]
    assert (await camp.owner.get(f"/api/exports/{over}")).status_code == 410


async def test_more_people_than_a_sheet_holds_are_refused_as_a_workbook(
    camp: Camp, people, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pabal.contacts.exports.SHEET_ROWS", 2)
    refused = await camp.owner.post("/api/exports", json={"reason": REASON, "format": "xlsx"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "format")
    assert (await export(camp.owner)).status_code == 200
    # Of a search the hits count, not the book they are in.
    assert (await export(camp.owner, format="xlsx", q="김철수")).status_code == 200
