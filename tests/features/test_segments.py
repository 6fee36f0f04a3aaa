"""Segments over HTTP: what they leave out, how many they mean, who uses them; nothing readable at rest."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.features.conftest import Camp
from tests.support.book import fill_book, person

from pabal.contacts import Card
from pabal.contacts.actions import erase_contact
from pabal.contacts.segment_rule import SegmentLoopError, SegmentRule
from pabal.contacts.segments import change_segment
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

JOB = {"field": "attribute:직업", "op": "eq", "value": "회사원"}


def tagged(name: str) -> dict[str, str]:
    return {"field": "tag", "op": "has", "value": name}


async def create(client: httpx.AsyncClient, **fields: object) -> dict[str, Any]:
    made = await client.post("/api/contacts", json=fields)
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def save(client: httpx.AsyncClient, name: str, where: object, **more: object) -> dict[str, Any]:
    made = await client.post("/api/segments", json={"name": name, "filter": where, **more})
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def names(client: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await client.get("/api/contacts", params=params)
    assert answer.status_code == 200, answer.text
    return sorted(item["name"] for item in answer.json()["items"])


@pytest.fixture
async def people(camp: Camp) -> dict[str, str]:
    """가: young; 나: young and in the party; 다: the party; 라: neither, without a phone."""
    made = {}
    for name, phone, tags in (
        ("가가가", "010-2222-0001", ["청년"]),
        ("나나나", "010-2222-0002", ["청년", "당원"]),
        ("다다다", "010-2222-0003", ["당원"]),
        ("라라라", "", []),
    ):
        phones = [phone] if phone else []
        emails = [] if phone else ["la@naver.com"]
        attributes = {"직업": "회사원" if name == "다다다" else "의사"}
        one = await create(
            camp.owner, name=name, phones=phones, emails=emails, tags=tags, attributes=attributes
        )
        made[name[0]] = one["id"]
    return made


async def test_a_segment_leaves_out_other_segments_and_people_and_takes_some_in(camp: Camp, people) -> None:
    party = await save(camp.staff, "당원", tagged("당원"))
    young = await save(camp.staff, "청년", tagged("청년"), excludeSegmentIds=[party["id"]])
    assert await names(camp.owner, segmentId=young["id"]) == ["가가가"]
    patch = {
        "includeContactIds": [people["나"], people["라"]],
        "excludeContactIds": [people["가"]],
        "version": 1,
    }
    changed = (await camp.staff.patch(f"/api/segments/{young['id']}", json=patch)).json()
    assert (changed["filter"], changed["version"]) == (tagged("청년"), 2)
    assert await names(camp.owner, segmentId=young["id"]) == ["나나나", "라라라"]
    # The excluded segment is asked as it is now, not as it was.
    await camp.staff.patch(
        f"/api/segments/{young['id']}", json={"includeContactIds": [], "excludeContactIds": []}
    )
    await camp.staff.patch(f"/api/segments/{party['id']}", json={"filter": {}})
    assert await names(camp.owner, segmentId=young["id"]) == []


async def test_a_preview_says_how_many_who_and_who_is_left_out(camp: Camp, people) -> None:
    party = await save(camp.staff, "당원", tagged("당원"))
    refused = {"kind": "phone", "value": "010-2222-0001"}
    assert (await camp.staff.post("/api/suppressions", json=refused)).status_code == 201
    body = {
        "filter": {},
        "excludeSegmentIds": [party["id"]],
        "includeContactIds": [],
        "excludeContactIds": [],
    }
    shown = (await camp.owner.post("/api/segments/preview", json=body)).json()
    assert (shown["count"], shown["relation"]) == (2, "eq")
    assert {one["name"] for one in shown["sample"]} == {"가가가", "라라라"}
    assert {one["reason"]: one["count"] for one in shown["excluded"]} == {
        "segment": 2,
        "no_phone": 1,
        "opted_out": 1,
    }


async def test_a_preview_says_why_somebody_is_in_and_how_many_share_a_number(camp: Camp, people) -> None:
    await create(camp.owner, name="마마마", phones=["010-2222-0002"], tags=["청년"])
    where = {
        "all": [
            {"any": [tagged("청년"), JOB]},
            {"not": {"field": "name", "op": "eq", "value": "가가가"}},
            tagged("당원"),
        ]
    }
    shown = (await camp.owner.post("/api/segments/preview", json={"filter": where})).json()
    why = {one["name"]: shown["why"][one["id"]] for one in shown["sample"]}
    assert why == {"나나나": [0, 3], "다다다": [1, 3]}
    shown = (await camp.owner.post("/api/segments/preview", json={"filter": tagged("청년")})).json()
    assert {one["reason"]: one["count"] for one in shown["excluded"]} == {"same_number": 1}
    # Who gets nothing anyway shares no text with anybody.
    refused = {"kind": "phone", "value": "010-2222-0002"}
    assert (await camp.staff.post("/api/suppressions", json=refused)).status_code == 201
    shown = (await camp.owner.post("/api/segments/preview", json={"filter": tagged("청년")})).json()
    assert {one["reason"]: one["count"] for one in shown["excluded"]} == {"opted_out": 2}


async def test_counts_of_several_conditions_at_once_in_order(camp: Camp, people) -> None:
    asked = [tagged("청년"), JOB, {"any": [tagged("청년"), JOB]}, {}]
    answer = (await camp.staff.post("/api/segments/counts", json={"filters": asked})).json()
    assert [one["value"] for one in answer["items"]] == [2, 1, 3, 4]
    wrong = await camp.staff.post("/api/segments/counts", json={"filters": [{}, {"all": []}]})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["path"] == "filters[1].all"


async def test_the_last_count_is_kept_with_its_age_until_the_rule_changes(camp: Camp, people) -> None:
    young = await save(camp.staff, "청년", tagged("청년"))
    assert young["count"] is None
    counted = (await camp.staff.get(f"/api/segments/{young['id']}/count")).json()
    assert (counted["value"], counted["relation"]) == (2, "eq")
    (listed,) = (await camp.staff.get("/api/segments")).json()["items"]
    assert listed["count"]["value"] == 2
    assert listed["count"]["at"]
    renamed = (await camp.staff.patch(f"/api/segments/{young['id']}", json={"name": "젊은이"})).json()
    assert renamed["count"]["value"] == 2
    changed = (await camp.staff.patch(f"/api/segments/{young['id']}", json={"filter": {}})).json()
    assert changed["count"] is None


async def test_a_stale_edit_is_refused(camp: Camp) -> None:
    one = await save(camp.staff, "모두", {})
    assert (
        await camp.staff.patch(f"/api/segments/{one['id']}", json={"name": "a", "version": 1})
    ).status_code == 200
    stale = await camp.owner.patch(f"/api/segments/{one['id']}", json={"name": "b", "version": 1})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "segment_changed", 2)


async def test_nobody_leaves_themselves_out_by_way_of_others(camp: Camp) -> None:
    one = await save(camp.staff, "하나", {})
    two = await save(camp.staff, "둘", {}, excludeSegmentIds=[one["id"]])
    for ids in ([two["id"]], [one["id"]], ["00000000-0000-7000-8000-000000000000"]):
        refused = await camp.staff.patch(f"/api/segments/{one['id']}", json={"excludeSegmentIds": ids})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["path"].startswith("excludeSegmentIds")


async def test_five_segments_may_leave_out_one_another_in_a_row_and_six_are_refused_in_words(
    camp: Camp, people
) -> None:
    deep = {"all": [{"any": [{"not": tagged("당원")}, tagged("청년")]}, {"not": tagged("없음")}]}
    by_hand = {"includeContactIds": [people["다"]], "excludeContactIds": [people["라"]]}
    chain = [await save(camp.staff, "0", deep, **by_hand)]
    for number in range(1, 6):
        made = await save(camp.staff, str(number), deep, excludeSegmentIds=[chain[-1]["id"]], **by_hand)
        chain.append(made)
    assert await names(camp.owner, segmentId=chain[-1]["id"]) == ["다다다"]
    body = {"name": "6", "filter": {}, "excludeSegmentIds": [chain[-1]["id"]]}
    refused = await camp.staff.post("/api/segments", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "excludeSegmentIds")
    assert "5단계" in refused.json()["errors"][0]["message"]
    # Nor does a change at the far end make somebody else's longer.
    end = await save(camp.staff, "끝", tagged("당원"))
    patch = {"excludeSegmentIds": [end["id"]]}
    refused = await camp.staff.patch(f"/api/segments/{chain[0]['id']}", json=patch)
    assert refused.status_code == 422
    assert "‘5’" in refused.json()["errors"][0]["message"]


async def test_a_segment_in_use_stays_and_says_where(camp: Camp) -> None:
    one = await save(camp.staff, "하나", {})
    two = await save(camp.staff, "둘", {}, excludeSegmentIds=[one["id"]])
    draft = {"name": "초안", "messageClass": "civic", "segmentId": one["id"]}
    draft |= {"steps": [{"channel": "sms", "body": "안녕하세요"}]}
    campaign = await camp.staff.post("/api/campaigns", json=draft)
    assert campaign.status_code == 201, campaign.text
    refused = await camp.staff.delete(f"/api/segments/{one['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "segment_in_use")
    assert "초안" in refused.json()["detail"]
    assert "둘" in refused.json()["detail"]
    uses = (await camp.staff.get(f"/api/segments/{one['id']}/uses")).json()
    assert [use["name"] for use in uses["campaigns"]] == ["초안"]
    assert [use["id"] for use in uses["segments"]] == [two["id"]]
    assert (await camp.staff.delete(f"/api/segments/{two['id']}")).status_code == 204


async def test_a_copy_has_the_same_rule_and_a_name_of_its_own(camp: Camp, people) -> None:
    one = await save(camp.staff, "하나", JOB, description="직장인", excludeContactIds=[people["가"]])
    copies = [
        (await camp.staff.post(f"/api/segments/{one['id']}/duplicate", json={})).json() for _ in range(2)
    ]
    assert [copy["name"] for copy in copies] == ["하나 사본", "하나 사본 2"]
    for key in ("filter", "description", "excludeContactIds"):
        assert {str(copy[key]) for copy in copies} == {str(one[key])}


async def test_what_a_segment_asks_for_is_ciphertext(camp: Camp, rt: Runtime) -> None:
    """A filter may name a person."""
    await save(camp.staff, "한 사람", {"field": "phone", "op": "eq", "value": "010-2222-0001"})
    async with tenant_tx(rt, camp.id) as conn:
        row = await (await conn.execute("SELECT to_jsonb(s)::text FROM segments s")).fetchone()
    assert row is not None
    assert "2222" not in row[0]
    assert "phone" not in row[0]


async def test_an_erasure_reaches_what_segments_say_of_the_person(camp: Camp, rt: Runtime, people) -> None:
    await create(camp.owner, name="가가가", phones=["010-2222-0009"])  # a namesake
    phones = {"field": "phone", "op": "in", "value": ["010-2222-0001", "010-2222-0002"]}
    number = {"field": "phone", "op": "eq", "value": "01022220001"}
    named = {"field": "name", "op": "eq", "value": "가가가"}
    by_number = await save(camp.staff, "번호로", {"any": [phones, number]})
    others = await save(camp.staff, "빼고", {**number, "op": "ne"}, includeContactIds=[people["가"]])
    by_name = await save(camp.staff, "이름으로", named)
    assert (await camp.owner.delete(f"/api/contacts/{people['가']}")).status_code == 204
    after = {one["name"]: one for one in (await camp.owner.get("/api/segments")).json()["items"]}
    nobody, everybody = ({"field": "createdAt", "op": op} for op in ("is_empty", "is_not_empty"))
    assert after["번호로"]["filter"] == {"any": [{**phones, "value": ["010-2222-0002"]}, nobody]}
    assert (after["빼고"]["filter"], after["빼고"]["includeContactIds"]) == (everybody, [])
    assert after["이름으로"]["filter"] == named
    assert await names(camp.owner, segmentId=by_number["id"]) == ["나나나"]
    assert len(await names(camp.owner, segmentId=others["id"])) == 4
    assert await names(camp.owner, segmentId=by_name["id"]) == ["가가가"]
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT string_agg(app.decrypt(definition), '') FROM segments")
        stored = await cursor.fetchone()
    assert stored is not None
    assert "0001" not in stored[0]


async def test_another_camp_sees_and_excludes_nothing_of_it(camp: Camp, other_camp: Camp) -> None:
    one = await save(camp.staff, "하나", {})
    for path in ("", "/count", "/uses"):
        assert (await other_camp.owner.get(f"/api/segments/{one['id']}{path}")).status_code == 404
    body = {"name": "x", "filter": {}, "excludeSegmentIds": [one["id"]]}
    assert (await other_camp.owner.post("/api/segments", json=body)).status_code == 422


async def test_fields_list_the_tenants_own_columns_and_values_to_choose_from(camp: Camp, people) -> None:
    fields = {one["key"]: one for one in (await camp.staff.get("/api/contacts/fields")).json()["items"]}
    assert fields["attribute:직업"]["group"] == "custom"
    assert fields["attribute:직업"]["ops"] == ["eq", "in", "ne"]
    assert fields["channel"]["optionLabels"]["sms"]
    await create(camp.owner, name="마마마", phones=["010-2222-0009"], district="마포구 공덕동")
    for q, wanted in (("", ["마포구 공덕동"]), ("공덕", ["마포구 공덕동"]), ("강남", [])):
        params = {"field": "district", "q": q}
        found = (await camp.staff.get("/api/contacts/field-values", params=params)).json()["items"]
        assert [one["value"] for one in found] == wanted
    assert (await camp.staff.get("/api/contacts/field-values", params={"field": "name"})).status_code == 422


async def test_a_wrong_filter_is_told_where_and_what_would_do(camp: Camp) -> None:
    wrong = {
        "all": [
            {"field": "createdAt", "op": "contains", "value": "x"},
            {"field": "received", "op": "has", "value": "x"},
        ]
    }
    answer = await camp.staff.post("/api/segments/preview", json={"filter": wrong})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["path"] == "filter.all[0].op"
    assert "within_days" in fault["message"]
    wrong["all"].pop(0)
    (fault,) = (await camp.staff.post("/api/segments/preview", json={"filter": wrong})).json()["errors"]
    assert fault["path"] == "filter.all[0].value"


async def test_a_large_book_is_counted_to_a_limit_and_wholly_when_asked(
    camp: Camp, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_book(rt, camp.id, [person(n) for n in range(30)] + [Card(name="김하나")])
    monkeypatch.setattr("pabal.contacts.ways.COUNT_CAP", 20)
    capped = (await camp.staff.post("/api/segments/preview", json={})).json()
    assert (capped["count"], capped["relation"]) == (20, "gte")
    whole = (await camp.staff.post("/api/segments/preview", json={"exact": True})).json()
    assert (whole["count"], whole["relation"]) == (31, "eq")


def test_a_chain_of_segments_that_ends_in_itself_is_noticed() -> None:
    one, two = UUID(int=1), UUID(int=2)
    rules = {one: SegmentRule(exclude_segment_ids=(two,)), two: SegmentRule(exclude_segment_ids=(one,))}
    with pytest.raises(SegmentLoopError):
        rules[one].selects(rules.get, (one,))


async def test_an_erasure_overwrites_no_change_that_somebody_is_making(
    camp: Camp, people: dict[str, str], rt: Runtime
) -> None:
    number = {"field": "phone", "op": "eq", "value": "010-2222-0001"}
    segment = UUID((await save(camp.owner, "번호", {"any": [number, tagged("당원")]}))["id"])

    async def erase() -> None:
        async with tenant_tx(rt, camp.id) as conn:
            await erase_contact(conn, UUID(people["가"]))

    async def waits() -> bool:
        async with tenant_tx(rt, camp.id) as conn:
            cursor = await conn.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return await cursor.fetchone() is not None

    async with tenant_tx(rt, camp.id) as conn:
        rule = SegmentRule({"any": [number, tagged("청년")]})
        await change_segment(conn, segment, name=None, description=None, rule=rule, version=None)
        erasing = asyncio.create_task(erase())
        while not (erasing.done() or await waits()):
            pass
    await erasing
    kept = (await camp.owner.get(f"/api/segments/{segment}")).json()["filter"]
    assert kept == {"any": [{"field": "createdAt", "op": "is_empty"}, tagged("청년")]}
