"""The queue of doubtful pairs over HTTP: what is asked and why, answers, second thoughts, merges by hand and their undo."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.features.conftest import Camp

from pabal.contacts.questions import QUESTIONS
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

Json = dict[str, Any]

SEOYEON: Json = {
    "name": "김서연",
    "phones": ["010-2847-1193"],
    "emails": ["seoyeon84@naver.com"],
    "tags": ["간담회", "학부모"],
    "district": "연남동",
    "memo": "토요일 참석",
    "source": "가을 주민간담회",
}
SEOHYEON: Json = {
    "name": "김서현",
    "phones": ["010-2847-1193", "010-5555-6666"],
    "tags": ["간담회", "회원"],
    "district": "서교동",
    "source": "권역별 통합명단",
}


async def create(client: httpx.AsyncClient, body: Json) -> Json:
    answer = await client.post("/api/contacts", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def ask(rt: Runtime, camp: Camp, a: str, b: str, reason: str = "same_value_near_name_birth") -> str:
    """As an import does."""
    pair = new_id()
    first, second = sorted((UUID(a), UUID(b)))
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute(
            "INSERT INTO duplicate_pairs (tenant_id, id, contact_a, contact_b, reason) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (tenant_id, contact_a, contact_b) DO NOTHING",
            (camp.id, pair, first, second, reason),
        )
    return str(pair)


async def queue(client: httpx.AsyncClient, **params: Any) -> Json:
    answer = await client.get("/api/duplicates", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def contact(camp: Camp, one: str) -> Json:
    answer = await camp.owner.get(f"/api/contacts/{one}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return {key: value for key, value in found.items() if key not in ("version", "updatedAt")}


@pytest.fixture
async def sisters(rt: Runtime, camp: Camp) -> tuple[str, str, str]:
    """Two on one number, and the question about them: (a, b, pair)."""
    a, b = [(await create(camp.owner, one))["id"] for one in (SEOYEON, SEOHYEON)]
    return a, b, await ask(rt, camp, a, b)


async def test_both_sides_stand_side_by_side_with_the_reason(
    camp: Camp, sisters: tuple[str, str, str]
) -> None:
    found = await queue(camp.owner)
    assert (found["open"], found["decidedToday"]) == (1, 0)
    assert [one["open"] for one in found["groups"]] == [1, 0, 0, 0]
    pair = found["items"][0]
    assert (pair["a"]["name"], pair["b"]["name"]) == ("김서연", "김서현")
    assert pair["question"].startswith("번호는 같지만 이름과 생년이 달라")
    assert [(one["weight"], one["label"]) for one in pair["evidence"]] == [
        ("for", "같은 번호"),
        ("weak", "이름 한 글자 차이"),
    ]
    assert pair["suggestion"] == "shared"
    fields = {one["field"]: one for one in pair["fields"]}
    assert fields["name"]["a"] == ["김서연"]
    assert fields["name"]["choosable"]
    assert fields["phones"]["b"] == ["010-2847-1193", "010-5555-6666"]
    assert (fields["phones"]["rule"], fields["emails"]["chosen"]) == ("all", "both")
    assert (fields["memo"]["rule"], fields["memo"]["choosable"]) == ("only", False)
    one = await camp.owner.get(f"/api/duplicates/{pair['id']}")
    assert one.json() == pair


async def test_staff_see_the_question_with_masked_values(camp: Camp, sisters: tuple[str, str, str]) -> None:
    pair = (await queue(camp.staff))["items"][0]
    assert pair["masked"]
    assert pair["a"]["name"] == "김*연"
    assert "2847" not in str(pair)
    assert [one["code"] for one in pair["evidence"]] == ["same_phone", "near_name"]


async def test_the_queue_is_paged_in_groups(rt: Runtime, camp: Camp) -> None:
    people = [
        (await create(camp.owner, {"name": f"김{name}", "phones": [f"010-2000-000{n}"]}))["id"]
        for n, name in enumerate("하나둘셋")
    ]
    reasons = [
        "near_phone_birth",
        "same_value_nameless_many",
        "same_name_birth_date",
        "landline_same_name_birth",
    ]
    for a, b, reason in zip(people, people[1:] + people[:1], reasons, strict=True):
        await ask(rt, camp, a, b, reason)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        page = await queue(camp.owner, limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [one["reason"] for one in page["items"]]
        cursor = page["nextCursor"]
    assert cursor is None
    assert seen == list(reversed(reasons))
    assert {one["reason"] for one in (await queue(camp.owner, group="nameless"))["items"]} == {reasons[1]}


async def test_one_contacts_questions_are_asked_by_its_id(
    rt: Runtime, camp: Camp, sisters: tuple[str, str, str]
) -> None:
    a, b, pair = sisters
    third = (await create(camp.owner, {"name": "김서윤", "phones": ["010-2847-1193"]}))["id"]
    other = await ask(rt, camp, b, third)
    assert [one["id"] for one in (await queue(camp.owner, contactId=a))["items"]] == [pair]
    both = await queue(camp.owner, contactId=b)
    assert {one["id"] for one in both["items"]} == {pair, other}
    first = await queue(camp.owner, contactId=b, limit=1)
    second = await queue(camp.owner, contactId=b, limit=1, cursor=first["nextCursor"])
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {pair, other}
    none = await queue(camp.owner, contactId=str(new_id()))
    assert (none["items"], none["open"]) == ([], 2)  # the counts are the queue's
    await camp.owner.post(f"/api/duplicates/{pair}/resolve", json={"decision": "separate"})
    assert (await queue(camp.owner, contactId=a))["items"] == []


def test_every_reason_has_its_words() -> None:
    for code, question in QUESTIONS.items():
        assert question.asked.endswith(("묻습니다.", "있어요.")), code
        assert len(question.label) <= 20, code


async def test_a_merge_keeps_every_value_and_undo_gives_both_back(
    rt: Runtime, camp: Camp, sisters: tuple[str, str, str]
) -> None:
    a, b, pair = sisters
    before = await contact(camp, a), await contact(camp, b)
    answer = await camp.staff.post(
        f"/api/duplicates/{pair}/resolve",
        json={"decision": "merge", "survivorId": a, "fields": {"name": b, "district": a}},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "merged"
    merged = await contact(camp, a)
    assert (merged["name"], merged["district"], merged["memo"]) == ("김서현", "연남동", "토요일 참석")
    assert merged["phones"] == ["010-2847-1193", "010-5555-6666"]
    assert merged["tags"] == ["간담회", "학부모", "회원"]
    assert (await contact(camp, b))["id"] == a
    hits = await camp.owner.get("/api/contacts", params={"q": "5555"})
    assert [one["id"] for one in hits.json()["items"]] == [a]
    assert (await queue(camp.owner))["decidedToday"] == 1

    again = await camp.owner.post(f"/api/duplicates/{pair}/undo")
    assert again.json()["state"] == "open"
    assert (await contact(camp, a), await contact(camp, b)) == before
    hits = await camp.owner.get("/api/contacts", params={"q": "5555"})
    assert [one["id"] for one in hits.json()["items"]] == [b]
    assert (await queue(camp.owner))["open"] == 1


@pytest.mark.parametrize("decision", ["separate", "shared"])
async def test_a_no_is_remembered_when_the_list_comes_again(
    rt: Runtime, camp: Camp, sisters: tuple[str, str, str], decision: str
) -> None:
    a, b, pair = sisters
    answer = await camp.owner.post(f"/api/duplicates/{pair}/resolve", json={"decision": decision})
    assert (answer.json()["state"], answer.json()["mergeId"]) == (decision, None)
    await ask(rt, camp, a, b)
    assert (await queue(camp.owner))["open"] == 0
    back = await camp.owner.post(f"/api/duplicates/{pair}/undo")
    assert (back.json()["state"], back.json()["decidedBy"]) == ("open", None)
    assert (await queue(camp.owner))["open"] == 1


async def test_who_comes_second_is_told_who_was_first(camp: Camp, sisters: tuple[str, str, str]) -> None:
    pair = sisters[2]
    first = await camp.admin.post(f"/api/duplicates/{pair}/resolve", json={"decision": "separate"})
    second = await camp.owner.post(f"/api/duplicates/{pair}/resolve", json={"decision": "merge"})
    assert second.status_code == 409
    assert second.json()["code"] == "duplicate_answered"
    assert second.json()["state"] == "separate"
    assert second.json()["decidedBy"] == first.json()["decidedBy"]
    assert second.json()["decidedBy"]


async def test_questions_follow_the_survivor_and_come_back(
    rt: Runtime, camp: Camp, sisters: tuple[str, str, str]
) -> None:
    a, b, _ = sisters
    third = (await create(camp.owner, {"name": "김서영", "phones": ["010-5555-6666"]}))["id"]
    fourth = (await create(camp.owner, {"name": "김서용", "phones": ["010-5555-6666"]}))["id"]
    await ask(rt, camp, b, third)
    told_apart = await ask(rt, camp, b, fourth)
    await camp.owner.post(f"/api/duplicates/{told_apart}/resolve", json={"decision": "separate"})
    merge = (
        await camp.owner.post("/api/contacts/merge", json={"contactIds": [a, b], "survivorId": a})
    ).json()
    asked = (await queue(camp.owner))["items"]
    assert [{one["a"]["id"], one["b"]["id"]} for one in asked] == [{a, third}]
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            "SELECT state FROM duplicate_pairs WHERE contact_a = %s AND contact_b = %s", (a, fourth)
        )
        assert await cursor.fetchall() == [("separate",)]
    await camp.owner.post(f"/api/merges/{merge['mergeId']}/undo")
    asked = (await queue(camp.owner))["items"]
    assert {frozenset((one["a"]["id"], one["b"]["id"])) for one in asked} == {
        frozenset((a, b)),
        frozenset((b, third)),
    }


async def test_erased_people_are_not_asked_about(camp: Camp, sisters: tuple[str, str, str]) -> None:
    _, b, pair = sisters
    assert (await camp.owner.delete(f"/api/contacts/{b}")).status_code == 204
    assert (await queue(camp.owner))["open"] == 0
    answer = await camp.owner.post(f"/api/duplicates/{pair}/resolve", json={"decision": "merge"})
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_gone")


async def test_erasing_reaches_everybody_who_became_one(
    rt: Runtime, camp: Camp, sisters: tuple[str, str, str]
) -> None:
    a, b, _ = sisters
    third = (await create(camp.owner, {"name": "김서영", "phones": ["010-7777-6666"]}))["id"]
    for joined, into in ((b, a), (a, third)):
        await camp.owner.post("/api/contacts/merge", json={"contactIds": [joined, into], "survivorId": into})
    assert (await camp.owner.delete(f"/api/contacts/{b}")).status_code == 204
    async with tenant_tx(rt, camp.id) as conn:
        for left in (
            "SELECT count(*) FROM contacts WHERE pii IS NOT NULL OR tokens <> '{}' OR erased_at IS NULL",
            "SELECT count(*) FROM identities",
            "SELECT count(*) FROM contact_tags",
            "SELECT count(*) FROM merges WHERE before IS NOT NULL",
        ):
            cursor = await conn.execute(left)
            assert await cursor.fetchall() == [(0,)], left


async def test_two_who_answer_at_once_get_one_answer(camp: Camp, sisters: tuple[str, str, str]) -> None:
    a, b, pair = sisters
    calls = [
        camp.owner.post(f"/api/duplicates/{pair}/resolve", json={"decision": "merge"}),
        camp.admin.post(f"/api/duplicates/{pair}/resolve", json={"decision": "separate"}),
        camp.staff.post("/api/contacts/merge", json={"contactIds": [a, b], "survivorId": b}),
    ]
    answers = await asyncio.gather(*calls)
    codes = sorted(answer.status_code for answer in answers)
    separate_first = answers[1].status_code == 200 and answers[2].status_code == 200
    assert codes == ([200, 200, 409] if separate_first else [200, 409, 409])


async def test_undo_keeps_later_edits_and_says_so(camp: Camp, sisters: tuple[str, str, str]) -> None:
    a, b, _ = sisters
    merge = (
        await camp.owner.post("/api/contacts/merge", json={"contactIds": [a, b], "survivorId": a})
    ).json()
    await camp.owner.patch(f"/api/contacts/{a}", json={"memo": "월요일로 바꿈"})
    undone = (await camp.owner.post(f"/api/merges/{merge['mergeId']}/undo")).json()
    assert undone == {
        "survivorId": a,
        "contactIds": [b],
        "later": {"edits": 1, "imports": 0, "messages": 0},
    }
    assert (await contact(camp, a))["memo"] == "월요일로 바꿈"
    assert (await contact(camp, a))["phones"] == ["010-2847-1193"]
    assert (await contact(camp, b))["memo"] == ""
    twice = await camp.owner.post(f"/api/merges/{merge['mergeId']}/undo")
    assert (twice.status_code, twice.json()["code"]) == (409, "merge_undone")


async def test_refusals_win_on_both_sides(camp: Camp, sisters: tuple[str, str, str]) -> None:
    a, b, _ = sisters
    said = {"channel": "sms", "purpose": "news", "evidence": ""}
    await camp.owner.post(
        f"/api/contacts/{b}/consents", json={**said, "state": "withdrawn", "at": "2026-11-01T00:00:00Z"}
    )
    await camp.owner.post(
        f"/api/contacts/{a}/consents", json={**said, "state": "granted", "at": "2026-11-20T00:00:00Z"}
    )
    merge = (
        await camp.owner.post("/api/contacts/merge", json={"contactIds": [a, b], "survivorId": a})
    ).json()
    consents = (await camp.owner.get(f"/api/contacts/{a}/consents")).json()["items"]
    assert consents[0]["state"] == "withdrawn"
    await camp.owner.post(
        "/api/suppressions", json={"kind": "phone", "value": "010-2847-1193", "reason": "전화로 거부"}
    )
    await camp.owner.post(f"/api/merges/{merge['mergeId']}/undo")
    assert [(await contact(camp, one))["suppressed"] for one in (a, b)] == [True, True]
    consents = (await camp.owner.get(f"/api/contacts/{a}/consents")).json()["items"]
    assert [one["state"] for one in consents] == ["granted"]


async def test_what_cannot_be_merged_is_refused(
    camp: Camp, other_camp: Camp, sisters: tuple[str, str, str]
) -> None:
    a, b, pair = sisters
    stranger = (await create(other_camp.owner, SEOYEON))["id"]
    cases: list[tuple[Json, int, str]] = [
        ({"contactIds": [a, a], "survivorId": a}, 422, "invalid"),
        ({"contactIds": [a, b], "survivorId": stranger}, 422, "invalid"),
        ({"contactIds": [a, stranger], "survivorId": a}, 409, "contact_moved"),
        ({"contactIds": [a, b], "survivorId": a, "fields": {"name": stranger}}, 422, "invalid"),
        ({"contactIds": [a, b], "survivorId": a, "fields": {"tokens": a}}, 422, "invalid"),
    ]
    for body, status, code in cases:
        answer = await camp.owner.post("/api/contacts/merge", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert (await other_camp.owner.get(f"/api/duplicates/{pair}")).status_code == 404
    assert (
        await other_camp.owner.post(f"/api/duplicates/{pair}/resolve", json={"decision": "shared"})
    ).status_code == 404


async def test_the_lineage_tells_where_a_contact_comes_from(
    camp: Camp, sisters: tuple[str, str, str]
) -> None:
    a, b, _ = sisters
    merge = (
        await camp.owner.post("/api/contacts/merge", json={"contactIds": [a, b], "survivorId": a})
    ).json()
    await camp.staff.patch(f"/api/contacts/{a}", json={"name": "김서연 위원장", "district": "망원동"})
    found = (await camp.owner.get(f"/api/contacts/{b}/lineage")).json()
    assert (found["contactId"], found["parts"]) == (a, 2)
    assert [one["kind"] for one in found["items"]] == ["edit", "merge", "created", "created"]
    edit, joined, *_ = found["items"]
    assert set(edit["fields"]) >= {"district"}
    assert joined["mergeId"] == merge["mergeId"]
    assert joined["otherNames"] == ["김서현"]
    assert not joined["automatic"]
    assert joined["later"]["edits"] == 1
    masked = (await camp.staff.get(f"/api/contacts/{a}/lineage")).json()
    assert masked["items"][1]["otherNames"] == ["김*현"]
