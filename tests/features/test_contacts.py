"""Contacts over HTTP: create, mask, reveal, change, erase; search and filters; tags, segments, opt-outs, consents."""

import json
from typing import Any

import httpx
import pytest
from tests.features.conftest import Camp

from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

KIM: dict[str, Any] = {
    "name": "김철수 위원장",
    "phones": ["+82 10-9308-2906", "02-323-4567"],
    "emails": ["Kms@hanmail.net"],
    "kakaoIds": ["KMS940420"],
    "tags": ["당원", "청년"],
    "attributes": {"직업": "교사"},
    "district": "마포구",
    "basis": "수집·이용 동의",
    "source": "간담회 신청서",
}
LEE: dict[str, Any] = {"name": "이영희", "phones": ["01093082906"], "basis": "동의", "source": "웹폼"}


async def create(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/contacts", json=body)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def names(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await client.get("/api/contacts", params=params)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_a_contact_is_kept_in_canonical_form(camp: Camp) -> None:
    made = await create(camp.owner, **KIM)
    assert made["name"] == "김철수"
    assert made["title"] == "위원장"
    assert made["phones"] == ["010-9308-2906", "02-323-4567"]
    assert made["emails"] == ["kms@hanmail.net"]
    assert made["kakaoIds"] == ["kms940420"]
    assert made["tags"] == ["당원", "청년"]
    assert made["attributes"] == {"직업": "교사"}
    assert not made["masked"]
    again = await camp.owner.get(f"/api/contacts/{made['id']}")
    assert again.json() == made


async def test_staff_see_masks_and_reveal_is_audited(camp: Camp) -> None:
    made = await create(camp.owner, **KIM)
    shown = (await camp.staff.get(f"/api/contacts/{made['id']}")).json()
    assert shown["masked"]
    assert shown["name"] == "김*수"
    assert shown["phones"] == ["010-****-2906", "02-****-4567"]
    assert shown["attributes"] == {"직업": "•••"}
    revealed = (await camp.staff.get(f"/api/contacts/{made['id']}/reveal")).json()
    assert revealed["phones"][0] == "010-9308-2906"
    entries = (await camp.owner.get("/api/audit")).json()["items"]
    assert any(one["action"] == "contact.reveal" and one["objectId"] == made["id"] for one in entries)


async def test_unreadable_values_are_named(camp: Camp) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"phones": ["1.01E+09"]}, "phones[0]"),
        ({"phones": ["010-9308-2906", "010-123"]}, "phones[1]"),
        ({"emails": ["minjun@"]}, "emails[0]"),
        ({"kakaoIds": ["없음"]}, "kakaoIds[0]"),
        ({"memo": "주민 800101-1234567"}, "memo"),
        ({"attributes": {"기타": "8001011234567"}}, "attributes.기타"),
    ]
    for body, path in cases:
        answer = await camp.owner.post("/api/contacts", json={"name": "김철수", **body})
        assert answer.status_code == 422
        assert [error["path"] for error in answer.json()["errors"]] == [path]
        assert "1234567" not in answer.text


async def test_same_value_and_name_is_the_same_person_another_name_is_a_household(camp: Camp) -> None:
    made = await create(camp.owner, **KIM)
    twin = await camp.owner.post("/api/contacts", json={"name": "김 철수", "phones": ["01093082906"]})
    assert twin.status_code == 409
    assert twin.json()["contactId"] == made["id"]
    await create(camp.owner, **LEE)


async def test_change_renames_and_refiles(camp: Camp) -> None:
    made = await create(camp.owner, **KIM)
    changed = await camp.staff.patch(
        f"/api/contacts/{made['id']}",
        json={"name": "김영수", "phones": ["010-2222-3334"], "tags": ["청년"], "version": made["version"]},
    )
    assert changed.status_code == 200, changed.text
    assert await names(camp.owner, q="김영수") == ["김영수"]
    assert await names(camp.owner, q="김철수") == []
    assert await names(camp.owner, q="2906") == []
    assert await names(camp.owner, q="010 2222 3334") == ["김영수"]
    assert await names(camp.owner, tag="당원") == []
    stale = await camp.staff.patch(
        f"/api/contacts/{made['id']}", json={"memo": "x", "version": made["version"]}
    )
    assert stale.status_code == 409


async def test_erasure_leaves_nothing_but_the_opt_out(camp: Camp, rt: Runtime) -> None:
    made = await create(camp.owner, **KIM)
    await camp.owner.post(
        "/api/suppressions", json={"kind": "phone", "value": "010 9308 2906", "reason": "전화로 요청"}
    )
    assert (await camp.staff.delete(f"/api/contacts/{made['id']}")).status_code == 403
    assert (await camp.admin.delete(f"/api/contacts/{made['id']}")).status_code == 204
    assert (await camp.owner.get(f"/api/contacts/{made['id']}")).status_code == 404
    assert await names(camp.owner, q="김철수") == []
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT pii, tokens, name_key FROM contacts")
        assert await cursor.fetchall() == [(None, [], None)]
        cursor = await conn.execute("SELECT count(*) FROM identities")
        assert (await cursor.fetchone()) == (0,)
    again = await create(camp.owner, **KIM)
    assert again["suppressed"]


SEARCHES = """김철수|ㄱㅊㅅ|김ㅊㅅ|철수|김|ㄱ|2906|9308|93082|30829|01093|010-9308-2906|+821093082906|김철수 2906|kms|kms94
|kms@hanmail.net|hanmail.net|323-4567|02323""".replace("\n", "").split("|")


async def test_search_finds(camp: Camp) -> None:
    await create(camp.owner, **KIM)
    await create(camp.owner, name="박민호", phones=["010-5555-6666"])
    for q in SEARCHES:
        answer = (await camp.owner.get("/api/contacts", params={"q": q})).json()
        assert [item["name"] for item in answer["items"]] == ["김철수"], q
        assert answer["total"] == {"value": 1, "relation": "eq"}, q


async def test_search_does_not_find(camp: Camp) -> None:
    await create(camp.owner, **KIM)
    for q in ("이영희", "ㄱㅅㅊ", "1111", "kmz", "김철수 1234"):
        answer = (await camp.owner.get("/api/contacts", params={"q": q})).json()
        assert answer["items"] == [], q
        assert answer["total"] == {"value": 0, "relation": "eq"}, q


async def test_pages_walk_the_whole_book_in_any_order(camp: Camp) -> None:
    districts = ["마포구", "강남구", "", "마포구", "성북구", "강남구", "마포구"]
    made = [
        (await create(camp.owner, name="김하나", phones=[f"010-3333-44{i:02d}"], district=district))["id"]
        for i, district in enumerate(districts)
    ]
    changed = [made[4], made[1]]
    for one in changed:
        assert (await camp.owner.patch(f"/api/contacts/{one}", json={"memo": "바뀜"})).status_code == 200
    by_update = [one for one in made if one not in changed] + changed
    by_district = [one for _, one in sorted(zip(districts, made, strict=True))]
    walks: list[tuple[dict[str, Any], list[str]]] = [
        ({"limit": 3}, made[::-1]),
        ({"limit": 3, "sort": "createdAt"}, made),
        ({"limit": 2, "sort": "updatedAt"}, by_update),
        ({"limit": 3, "sort": "-updatedAt"}, by_update[::-1]),
        ({"limit": 2, "sort": "district"}, by_district),
        ({"limit": 3, "sort": "-district"}, by_district[::-1]),
        ({"limit": 3, "q": "김하나"}, made[::-1]),
        ({"limit": 2, "q": "김"}, made[::-1]),
    ]
    for params, expected in walks:
        seen: list[str] = []
        cursor = None
        while True:
            page = (
                await camp.owner.get(
                    "/api/contacts", params={**params, **({"cursor": cursor} if cursor else {})}
                )
            ).json()
            seen += [item["id"] for item in page["items"]]
            assert (page["total"] is not None) == (cursor is None)
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == expected, params


async def test_a_cursor_of_another_order_and_an_order_of_hits_are_refused(camp: Camp) -> None:
    for i in range(3):
        await create(camp.owner, name="김하나", phones=[f"010-3333-44{i:02d}"], district="마포구")
    orders = ("createdAt", "updatedAt", "district")
    cursors = {}
    for sort in orders:
        page = await camp.owner.get("/api/contacts", params={"limit": 1, "sort": sort})
        cursors[sort] = page.json()["nextCursor"]
    for sort in orders:
        for other in set(orders) - {sort}:
            params = {"sort": sort, "cursor": cursors[other]}
            refused = await camp.owner.get("/api/contacts", params=params)
            assert (refused.status_code, refused.json()["code"]) == (400, "invalid_cursor"), (sort, other)
    refused = await camp.owner.get("/api/contacts", params={"q": "김", "sort": "district"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "sort")


async def test_filters_select_and_refuse_with_a_path(camp: Camp) -> None:
    await create(camp.owner, **KIM)
    await create(camp.owner, **LEE)

    async def by(value: Any) -> list[str]:
        return sorted(await names(camp.owner, filter=json.dumps(value)))

    def condition(field: str, op: str, value: Any = None) -> dict[str, Any]:
        return {"field": field, "op": op} | ({} if value is None else {"value": value})

    assert await by({}) == ["김철수", "이영희"]
    assert await by(condition("tag", "has", "당원")) == ["김철수"]
    assert await by(condition("tag", "has_not", "당원")) == ["이영희"]
    assert await by(condition("district", "contains", "마포")) == ["김철수"]
    assert await by(condition("district", "is_empty")) == ["이영희"]
    assert await by(condition("name", "eq", "김 철수")) == ["김철수"]
    assert await by(condition("name", "ne", "김철수")) == ["이영희"]
    assert await by(condition("phone", "eq", "+82 10 9308 2906")) == ["김철수", "이영희"]
    assert await by(condition("email", "eq", "kms@daum.net")) == ["김철수"]
    assert await by(condition("channel", "has", "kakao")) == ["김철수"]
    assert await by(condition("createdAt", "within_days", 1)) == ["김철수", "이영희"]
    assert await by(condition("phoneCount", "gt", 1)) == ["김철수"]
    assert await by(
        {"not": {"any": [condition("tag", "has", "당원"), condition("suppressed", "eq", True)]}}
    ) == ["이영희"]
    refused = await camp.owner.get(
        "/api/contacts", params={"filter": json.dumps({"all": [condition("name", "contains", "김")]})}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "filter.all[0].op"
    fields = (await camp.owner.get("/api/contacts/fields")).json()["items"]
    assert {"key": "tag", "label": "태그", "type": "set"}.items() <= next(
        f for f in fields if f["key"] == "tag"
    ).items()


async def test_search_and_filter_together(camp: Camp) -> None:
    await create(camp.owner, **KIM)
    await create(camp.owner, name="김민호", phones=["010-5555-6666"], tags=["여성"])
    assert await names(camp.owner, q="김", tag="여성") == ["김민호"]
    assert await names(camp.owner, q="김철수", tag="여성") == []


async def test_tags_and_bulk(camp: Camp) -> None:
    kim, lee = await create(camp.owner, **KIM), await create(camp.owner, **LEE)
    tag = await camp.staff.post("/api/tags", json={"name": "간담회"})
    assert tag.status_code == 201
    assert (await camp.staff.post("/api/tags", json={"name": "간담회"})).status_code == 409
    bulk = await camp.staff.post(
        "/api/contacts/bulk",
        json={
            "filter": {"field": "phone", "op": "eq", "value": "01093082906"},
            "addTags": ["간담회"],
            "removeTags": ["당원"],
        },
    )
    assert {**bulk.json(), "editId": ""} == {"selected": 2, "added": 2, "removed": 1, "editId": ""}
    by_ids = await camp.staff.post("/api/contacts/bulk", json={"ids": [lee["id"]], "removeTags": ["간담회"]})
    assert {**by_ids.json(), "editId": ""} == {"selected": 1, "added": 0, "removed": 1, "editId": ""}
    tags = {one["name"]: one for one in (await camp.staff.get("/api/tags")).json()["items"]}
    assert tags["간담회"]["contacts"] == 1
    assert tags["당원"]["sensitive"]
    assert (await camp.owner.get(f"/api/contacts/{kim['id']}")).json()["tags"] == ["간담회", "청년"]
    assert (await camp.staff.delete(f"/api/tags/{tag.json()['id']}")).status_code == 204


async def test_a_tag_counts_people_not_those_merged_into_them(camp: Camp) -> None:
    async def counts() -> dict[str, int]:
        items = (await camp.owner.get("/api/tags")).json()["items"]
        return {one["name"]: one["contacts"] for one in items}

    kim = await create(camp.owner, name="김철수", phones=["010-2222-3333"], tags=["청년", "당원"])
    twin = await create(camp.owner, name="김철수", phones=["010-4444-5555"], tags=["청년", "후원"])
    gone = await create(camp.owner, name="이영희", phones=["010-6666-7777"], tags=["청년"])
    assert await counts() == {"당원": 1, "청년": 3, "후원": 1}
    merged = await camp.owner.post(
        "/api/contacts/merge", json={"contactIds": [kim["id"], twin["id"]], "survivorId": kim["id"]}
    )
    assert merged.status_code == 200, merged.text
    assert await counts() == {"당원": 1, "청년": 2, "후원": 1}
    assert (await camp.owner.get("/api/contacts", params={"tag": "청년"})).json()["total"]["value"] == 2
    assert (await camp.owner.delete(f"/api/contacts/{gone['id']}")).status_code == 204
    assert (await counts())["청년"] == 1
    undone = await camp.owner.post(f"/api/merges/{merged.json()['mergeId']}/undo")
    assert undone.status_code == 200, undone.text
    assert await counts() == {"당원": 1, "청년": 2, "후원": 1}


async def test_segments_are_saved_filters(camp: Camp) -> None:
    await create(camp.owner, **KIM)
    await create(camp.owner, **LEE)
    where = {"field": "tag", "op": "has", "value": "청년"}
    preview = (await camp.staff.post("/api/segments/preview", json={"filter": where})).json()
    assert (preview["count"], preview["relation"], [one["name"] for one in preview["sample"]]) == (
        1,
        "eq",
        ["김*수"],
    )
    segment = (await camp.staff.post("/api/segments", json={"name": "청년", "filter": where})).json()
    assert await names(camp.owner, segmentId=segment["id"]) == ["김철수"]
    await camp.staff.patch(f"/api/segments/{segment['id']}", json={"filter": {}})
    assert len(await names(camp.owner, segmentId=segment["id"])) == 2
    bad = await camp.staff.post(
        "/api/segments", json={"name": "x", "filter": {"field": "nope", "op": "eq", "value": 1}}
    )
    assert bad.status_code == 422
    assert (await camp.staff.delete(f"/api/segments/{segment['id']}")).status_code == 204


async def test_opt_outs_ignore_the_spelling(camp: Camp) -> None:
    made = await create(camp.owner, **KIM)
    one = await camp.staff.post(
        "/api/suppressions", json={"kind": "phone", "value": "82 10 9308 2906", "reason": "문자"}
    )
    assert one.status_code == 201
    again = await camp.staff.post("/api/suppressions", json={"kind": "phone", "value": "010-9308-2906"})
    assert again.json()["id"] == one.json()["id"]
    listed = (await camp.staff.get("/api/suppressions")).json()["items"]
    assert [(item["channel"], item["contactIds"]) for item in listed] == [("all", [made["id"]])]
    many = await camp.staff.post(
        "/api/suppressions/import", json={"values": ["010-2222-3334", "x", "010-2222-3335"]}
    )
    assert many.json() == {"recorded": 2, "rejected": [1]}
    assert (await camp.staff.delete(f"/api/suppressions/{one.json()['id']}")).status_code == 403
    assert (await camp.admin.delete(f"/api/suppressions/{one.json()['id']}")).status_code == 204
    assert not (await camp.owner.get(f"/api/contacts/{made['id']}")).json()["suppressed"]


async def test_the_newest_consent_counts(camp: Camp) -> None:
    made = await create(camp.owner, **KIM)
    path = f"/api/contacts/{made['id']}/consents"
    body = {"channel": "sms", "purpose": "marketing", "state": "granted", "at": "2026-01-02T09:00:00+09:00"}
    assert (await camp.staff.post(path, json={**body, "evidence": "신청서 3쪽"})).status_code == 201
    assert await names(camp.owner, consent="marketing") == ["김철수"]
    await camp.staff.post(path, json={**body, "state": "withdrawn", "at": "2026-02-02T09:00:00+09:00"})
    assert await names(camp.owner, consent="sms:marketing") == []
    assert [one["state"] for one in (await camp.staff.get(path)).json()["items"]] == ["withdrawn", "granted"]


async def test_another_tenant_sees_nothing(camp: Camp, other_camp: Camp, rt: Runtime) -> None:
    made = await create(camp.owner, **KIM)
    assert (await other_camp.owner.get(f"/api/contacts/{made['id']}")).status_code == 404
    assert (
        await other_camp.owner.patch(f"/api/contacts/{made['id']}", json={"memo": "x"})
    ).status_code == 404
    assert (await other_camp.owner.delete(f"/api/contacts/{made['id']}")).status_code == 404
    assert await names(other_camp.owner, q="김철수") == []
    assert await names(other_camp.owner) == []
    assert (await other_camp.owner.get("/api/tags")).json()["items"] == []
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT tokens FROM contacts")
        row = await cursor.fetchone()
    assert row is not None
    async with tenant_tx(rt, other_camp.id) as conn:  # not even with the other tenant's own tokens
        cursor = await conn.execute(
            "SELECT app.search_contacts(%s::int[], NULL, NULL, NULL, NULL, NULL, 10, false)", (row[0][:1],)
        )
        assert await cursor.fetchall() == []


async def test_nothing_readable_stands_in_the_database(camp: Camp, rt: Runtime) -> None:
    await create(camp.owner, **{**KIM, "memo": "비밀메모", "address": "서울 마포구 공덕동 1"})
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT c::text, (SELECT string_agg(i::text, ' ') FROM identities i) FROM contacts c"
        )
        row = await cursor.fetchone()
    assert row is not None
    text = " ".join(row)
    for secret in ("철수", "93082906", "kms", "교사", "비밀메모", "공덕"):
        assert secret not in text, secret
        assert secret.encode().hex() not in text, secret
    for digits in ("9308", "2906"):  # as text they'd be found by chance in 2,000 random hexadecimal digits
        assert digits.encode().hex() not in text, digits


async def test_a_common_search_says_more_than_its_cap(
    camp: Camp, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(8):
        await create(camp.owner, name="김하나" if i < 6 else "이하나", phones=[f"010-3333-44{i:02d}"])
    monkeypatch.setattr("pabal.contacts.queries.SEARCH_COUNT_CAP", 4)
    for q, wanted in (("김", (4, "gte")), ("이", (2, "eq")), ("ㄱㅎ", (4, "gte")), ("이하나", (2, "eq"))):
        answer = (await camp.owner.get("/api/contacts", params={"q": q, "limit": 1})).json()
        assert (answer["total"]["value"], answer["total"]["relation"]) == wanted, q
