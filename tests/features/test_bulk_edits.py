"""Bulk edits: what they change, who may, what goes on after a kill, and that an undo gives back exactly what was changed."""

import asyncio
import contextlib
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.features.conftest import Camp

from pabal.contacts.bulk_jobs import run_bulk_edit
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

REASON = "서면 동의서를 함께 받았어요"


async def make(client: httpx.AsyncClient, name: str, phone: str, **more: Any) -> str:
    body = {"name": name, "phones": [phone], "basis": "동의", "source": "웹폼", **more}
    answer = await client.post("/api/contacts", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def edit(client: httpx.AsyncClient, changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"filter": {}, "reason": REASON, "changes": changes} | more
    if "ids" in more:
        del body["filter"]
    answer = await client.post("/api/bulk-edits", json=body)
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def undo(client: httpx.AsyncClient, edit_id: str) -> dict[str, Any]:
    answer = await client.post(f"/api/bulk-edits/{edit_id}/undo")
    assert answer.status_code == 200, answer.text
    undone: dict[str, Any] = answer.json()
    return undone


async def book(rt: Runtime, tenant: UUID) -> dict[str, Any]:
    """All that a bulk edit may change, as a reader of the tables sees it."""
    async with tenant_tx(rt, tenant) as conn:
        out: dict[str, Any] = {}
        for name, query in {
            "cards": "SELECT id, app.decrypt(pii)::jsonb, district, age_band, name_key, (SELECT array_agg(t ORDER BY t)"
            " FROM unnest(tokens) t), merged_into, erased_at FROM contacts ORDER BY id",
            "identities": "SELECT contact_id, value_key, kind, position FROM identities ORDER BY 1, 2",
            "tags": "SELECT to_jsonb(t) FROM contact_tags t ORDER BY contact_id, tag_id",
            "consents": "SELECT contact_id, channel, purpose, state, at, app.decrypt(evidence) FROM consents"
            " ORDER BY contact_id, at, id",
            "suppressions": "SELECT address_key, kind, channel, reason, source FROM suppressions ORDER BY 1, 2, 3",
        }.items():
            out[name] = await (await conn.execute(query)).fetchall()
        return out


async def test_tags_are_added_and_removed_and_the_undo_keeps_whose_they_were(camp: Camp, rt: Runtime) -> None:
    one = await make(camp.owner, "김철수", "01093082901", tags=["청년", "간담회"])
    two = await make(camp.owner, "이영희", "01093082902")
    before = await book(rt, camp.id)
    made = await edit(camp.staff, {"addTags": ["청년", "봉사"], "removeTags": ["간담회"]}, reason="")
    assert made["state"] == "completed"
    assert (made["total"], made["changed"]) == (2, 2)
    assert made["result"] | {"tagsAdded": 3, "tagsRemoved": 1} == made["result"]
    assert made["createdBy"]["name"] == "staff"
    assert (await camp.owner.get(f"/api/contacts/{one}")).json()["tags"] == ["봉사", "청년"]
    back = await undo(camp.owner, made["id"])
    assert back["state"] == "undone"
    assert back["undoneBy"]["name"] == "소유자"
    assert await book(rt, camp.id) == before
    assert (await camp.owner.get(f"/api/contacts/{two}")).json()["tags"] == []
    assert (await undo(camp.owner, made["id"]))["undoneAt"] == back["undoneAt"]


async def test_the_old_route_can_be_undone_too(camp: Camp, rt: Runtime) -> None:
    one = await make(camp.owner, "김철수", "01093082901", tags=["청년"])
    two = await make(camp.owner, "이영희", "01093082902")
    before = await book(rt, camp.id)
    done = (await camp.staff.post("/api/contacts/bulk", json={"ids": [one, two], "addTags": ["청년"]})).json()
    assert (done["selected"], done["added"], done["removed"]) == (2, 1, 0)
    await undo(camp.staff, done["editId"])
    assert await book(rt, camp.id) == before


async def test_cards_keep_what_came_later(camp: Camp) -> None:
    one = await make(camp.owner, "김철수", "01093082901", district="마포구", attributes={"직업": "교사"})
    two = await make(camp.owner, "이영희", "01093082902", attributes={"직업": "상인", "취미": "등산"})
    made = await edit(camp.admin, {"district": "서대문구", "attributes": {"직업": "회사원", "취미": None}})
    assert made["result"] | {"districts": 2, "attributes": 2} == made["result"]
    changed = (await camp.owner.get(f"/api/contacts/{two}")).json()
    assert (changed["district"], changed["attributes"]) == ("서대문구", {"직업": "회사원"})
    await camp.owner.patch(f"/api/contacts/{one}", json={"district": "은평구"})
    since = (await camp.owner.get(f"/api/bulk-edits/{made['id']}/undo")).json()
    assert since == {"people": 2, "edited": 1, "merged": 0, "erased": 0, "messaged": 0, "refused": 0}
    await undo(camp.admin, made["id"])
    first = (await camp.owner.get(f"/api/contacts/{one}")).json()
    assert (first["district"], first["attributes"]) == ("은평구", {"직업": "교사"})
    second = (await camp.owner.get(f"/api/contacts/{two}")).json()
    assert (second["district"], second["attributes"]) == ("", {"직업": "상인", "취미": "등산"})


async def test_a_refusal_of_their_own_survives_the_undo(camp: Camp) -> None:
    await make(camp.owner, "김철수", "01093082901")
    await make(camp.owner, "이영희", "01093082902")
    made = await edit(camp.admin, {"optOut": {"channels": ["sms"]}})
    assert made["result"]["optOuts"] == 2
    own = {"kind": "phone", "value": "01093082901", "channels": ["sms"], "reason": "전화로 거부"}
    assert (await camp.staff.post("/api/suppressions", json=own)).status_code == 201
    refused = await camp.staff.post(f"/api/bulk-edits/{made['id']}/undo")
    assert refused.status_code == 403  # lifting refusals is an admin's
    back = await undo(camp.admin, made["id"])
    assert back["undo"]["refused"] == 1
    left = (await camp.owner.get("/api/suppressions")).json()["items"]
    assert [one["reason"] for one in left] == ["전화로 거부"]


@pytest.mark.parametrize("first", [0, 1])
async def test_an_address_that_two_edits_refused_stays_refused_until_both_are_undone(
    camp: Camp, rt: Runtime, first: int
) -> None:
    """Among them a number that two people share: each edit refuses it for another one of them."""
    one = await make(camp.owner, "김철수", "01093082901")
    two = await make(camp.owner, "이영희", "01093082901")
    before = await book(rt, camp.id)
    edits = [await edit(camp.admin, {"optOut": {"channels": ["sms"]}}, ids=[who]) for who in (one, two)]
    refused = (await book(rt, camp.id))["suppressions"]
    assert len(refused) == 1
    await undo(camp.admin, edits[first]["id"])
    assert (await book(rt, camp.id))["suppressions"] == refused
    await undo(camp.admin, edits[1 - first]["id"])
    assert await book(rt, camp.id) == before


async def test_consents_are_recorded_where_they_say_something_new(camp: Camp, rt: Runtime) -> None:
    one = await make(camp.owner, "김철수", "01093082901")
    await make(camp.owner, "이영희", "01093082902")
    given = {"channel": "sms", "purpose": "선거 정보", "state": "granted", "at": "2026-01-02T00:00:00+09:00"}
    await camp.owner.post(f"/api/contacts/{one}/consents", json=given)
    before = await book(rt, camp.id)
    told = {"channel": "sms", "purpose": "선거 정보", "state": "granted", "evidence": "현장 동의서 3번"}
    made = await edit(camp.admin, {"consent": told})
    assert (made["changed"], made["result"]["consents"]) == (1, 1)
    await undo(camp.admin, made["id"])
    assert await book(rt, camp.id) == before


async def test_who_was_merged_since_gives_it_back_through_the_survivor(camp: Camp, rt: Runtime) -> None:
    one = await make(camp.owner, "김철수", "01093082901")
    two = await make(camp.owner, "김철수", "01093082902", tags=["청년"])
    made = await edit(camp.owner, {"addTags": ["봉사"], "removeTags": ["청년"]}, ids=[two])
    merged = await camp.owner.post(
        "/api/contacts/merge", json={"contactIds": [one, two], "survivorId": one, "fields": {}}
    )
    assert merged.status_code == 200, merged.text
    assert (await camp.owner.get(f"/api/contacts/{one}")).json()["tags"] == ["봉사"]
    back = await undo(camp.owner, made["id"])
    assert back["undo"]["merged"] == 1
    assert (await camp.owner.get(f"/api/contacts/{one}")).json()["tags"] == ["청년"]


async def test_a_search_selects_its_hits_and_nobody_else(camp: Camp, rt: Runtime) -> None:
    await make(camp.owner, "김철수", "01093082901")
    await make(camp.owner, "이영희", "01093082902")
    made = await edit(camp.owner, {"addTags": ["찾음"]}, q="ㄱㅊㅅ")
    assert (made["total"], made["changed"]) == (1, 1)
    async with tenant_tx(
        rt, camp.id
    ) as conn:  # who was meant is fixed: what was typed to find them is forgotten
        stored = await (await conn.execute("SELECT app.decrypt(request) FROM bulk_edits")).fetchone()
    assert stored is not None
    assert "ㄱㅊㅅ" not in stored[0]


async def test_an_erasure_waits_and_can_be_cancelled(camp: Camp, rt: Runtime, database: Any) -> None:
    one = await make(camp.owner, "김철수", "01093082901")
    denied = await camp.staff.post(
        "/api/bulk-edits", json={"filter": {}, "changes": {"erase": True}, "reason": REASON}
    )
    assert denied.status_code == 403
    first = await edit(camp.admin, {"erase": True})
    assert first["state"] == "queued"
    await run_bulk_edit(rt, camp.id, UUID(first["id"]))
    assert (await camp.owner.get(f"/api/contacts/{one}")).status_code == 200
    assert (await camp.admin.post(f"/api/bulk-edits/{first['id']}/cancel")).json()["state"] == "cancelled"
    second = await edit(camp.admin, {"erase": True})
    due(database.admin_dsn, second["id"])
    await run_bulk_edit(rt, camp.id, UUID(second["id"]))
    done = (await camp.owner.get(f"/api/bulk-edits/{second['id']}")).json()
    assert (done["state"], done["result"]["erased"], done["undoUntil"]) == ("completed", 1, None)
    assert (await camp.owner.get(f"/api/contacts/{one}")).status_code == 404
    assert (await camp.owner.post(f"/api/bulk-edits/{second['id']}/undo")).status_code == 409


def due(dsn: str, edit_id: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("UPDATE bulk_edits SET starts_at = clock_timestamp() WHERE id = %s", (edit_id,))


async def test_what_makes_no_sense_is_named(camp: Camp) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"filter": {}, "changes": {}}, "changes"),
        ({"changes": {"addTags": ["청년"]}}, "filter"),
        ({"filter": {}, "changes": {"optOut": {"channels": ["sms"]}}, "reason": "짧음"}, "reason"),
        ({"filter": {}, "changes": {"erase": True, "addTags": ["a"]}, "reason": REASON}, "changes.erase"),
        ({"filter": {}, "changes": {"attributes": {"메모": "800101-1234567"}}}, "attributes.메모"),
    ]
    for body, path in cases:
        answer = await camp.owner.post("/api/bulk-edits", json=body)
        assert answer.status_code == 422, answer.text
        assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_a_large_edit_is_a_workers_and_goes_on_after_a_kill(
    camp: Camp, rt: Runtime, monkeypatch: Any
) -> None:
    from pabal.contacts import bulk

    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "PART", 2)
    for at in range(5):
        await make(camp.owner, "김철수", f"0109308290{at}")
    before = await book(rt, camp.id)
    made = await edit(camp.owner, {"addTags": ["많이"]})
    assert made["state"] == "queued"
    edit_id = UUID(made["id"])
    real, calls = bulk.advance, 0

    async def killed(*args: Any, **more: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise asyncio.CancelledError
        return await real(*args, **more)

    monkeypatch.setattr(bulk, "advance", killed)
    with contextlib.suppress(asyncio.CancelledError):
        await run_bulk_edit(rt, camp.id, edit_id)
    half = (await camp.owner.get(f"/api/bulk-edits/{edit_id}")).json()
    assert (half["state"], half["done"], half["progress"]) == ("running", 2, 40)
    await run_bulk_edit(rt, camp.id, edit_id)  # the lease is still the dead one's
    assert (await camp.owner.get(f"/api/bulk-edits/{edit_id}")).json()["done"] == 2
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE bulk_edits SET lease_until = clock_timestamp()")
    await run_bulk_edit(rt, camp.id, edit_id)
    done = (await camp.owner.get(f"/api/bulk-edits/{edit_id}")).json()
    assert (done["state"], done["done"], done["changed"]) == ("completed", 5, 5)
    assert (await undo(camp.owner, str(edit_id)))["state"] == "undoing"
    await run_bulk_edit(rt, camp.id, edit_id)
    assert (await camp.owner.get(f"/api/bulk-edits/{edit_id}")).json()["state"] == "undone"
    assert await book(rt, camp.id) == before


TAGS = st.lists(st.sampled_from(["청년", "봉사", "간담회"]), max_size=2, unique=True)
CONSENT = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["sms", "kakao"]),
        "purpose": st.just("선거 정보"),
        "state": st.sampled_from(["granted", "withdrawn"]),
        "evidence": st.sampled_from(["", "현장"]),
    }
)
CHANGES = st.builds(
    lambda add, remove, more: {"addTags": add, "removeTags": [x for x in remove if x not in add], **more},
    TAGS,
    TAGS,
    st.fixed_dictionaries(
        {},
        optional={
            "district": st.sampled_from(["", "마포구", "은평구"]),
            "attributes": st.dictionaries(
                st.sampled_from(["직업", "취미"]), st.sampled_from([None, "교사", "등산"]), max_size=2
            ),
            "consent": CONSENT,
            "optOut": st.just({"channels": ["sms", "email"]}),
        },
    ),
).filter(lambda told: any(value or value == "" for value in told.values()))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_edits_undone_last_first_are_the_identity(camp: Camp, rt: Runtime, data: st.DataObject) -> None:
    """Over a small book that grows with the examples: what a former example left is the next one's start."""
    digits = data.draw(st.integers(0, 9_999_999))
    await camp.owner.post(
        "/api/contacts",
        json={
            "name": data.draw(st.sampled_from(["김철수", "이영희", "박민준"])),
            "phones": [f"0109{digits:07d}"],
            "tags": data.draw(TAGS),
            "attributes": data.draw(st.dictionaries(st.just("직업"), st.just("상인"), max_size=1)),
            "district": data.draw(st.sampled_from(["", "마포구"])),
        },
    )
    people = [one["id"] for one in (await camp.owner.get("/api/contacts")).json()["items"]]
    before = await book(rt, camp.id)
    made = []
    for changes in data.draw(st.lists(CHANGES, min_size=1, max_size=3)):
        chosen = data.draw(st.lists(st.sampled_from(people), min_size=1, unique=True))
        made.append(await edit(camp.owner, changes, ids=chosen))
    last_first = [one["id"] for one in reversed(made) if one["undoUntil"]]
    for edit_id in last_first:
        await undo(camp.owner, edit_id)
    assert await book(rt, camp.id) == before
