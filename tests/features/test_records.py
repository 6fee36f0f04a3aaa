"""Partitions and records through HTTP: typed fields, history, search, filters, the book, privacy."""

import asyncio
import json
from typing import Any

import pytest

from pabal.accounts import DatabaseAuthenticator
from pabal.accounts.api_keys import create_api_key
from pabal.accounts.audit import SystemActor
from pabal.contacts import Blinder
from pabal.domain.ids import new_id
from pabal.domain.roles import Role
from pabal.kit import turns
from pabal.kit.db import system_tx, tenant_tx
from pabal.kit.events import channel_of
from pabal.kit.http.auth import SESSION_COOKIE
from pabal.kit.turns import Line
from pabal.records import telling
from pabal.records.telling import tell

FIELDS: list[dict[str, Any]] = [
    {"key": "name", "label": "이름", "type": "text"},
    {"key": "phone", "label": "전화", "type": "phone", "isPhone": True},
    {"key": "email", "label": "이메일", "type": "email"},
    {"key": "status", "label": "상태", "type": "select", "options": ["신규", "상담", "완료"]},
    {"key": "topics", "label": "관심", "type": "multi-select", "options": ["교통", "교육", "복지"]},
    {"key": "amount", "label": "금액", "type": "number"},
    {"key": "visit", "label": "방문일", "type": "date"},
    {"key": "vip", "label": "중요", "type": "checkbox"},
    {"key": "note", "label": "비고", "type": "text"},
]
LEAD = {
    "name": "김하늘",
    "phone": "010-2345-0001",
    "status": "신규",
    "amount": "12,000원",
    "visit": "2026.3.1",
}


async def make_partition(browser, name="상담 신청", fields=FIELDS):
    answer = await browser.post("/api/partitions", json={"name": name, "fields": fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def add(browser, partition, **data):
    answer = await browser.post("/api/records", json={"partitionId": partition["id"], "data": data})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def partition(camp):
    return await make_partition(camp.owner)


async def test_a_record_holds_typed_values_as_they_were_meant(camp, partition):
    made = await add(camp.owner, partition, **LEAD, topics="교통, 복지", vip="예")
    assert made["data"] == {
        "name": "김하늘",
        "phone": "01023450001",
        "status": "신규",
        "topics": ["교통", "복지"],
        "amount": 12000,
        "visit": "2026-03-01",
        "vip": True,
    }
    assert (await camp.owner.get(f"/api/records/{made['id']}")).json() == made


async def test_a_faulty_record_names_each_field_and_how_to_mend_it(camp, partition):
    data = {"phone": "12", "status": "없음", "amount": "많이", "visit": "2026-13-01", "color": "red"}
    answer = await camp.owner.post("/api/records", json={"partitionId": partition["id"], "data": data})
    assert answer.status_code == 422
    errors = {one["path"]: one for one in answer.json()["errors"]}
    assert set(errors) == {f"data.{key}" for key in data}
    assert "신규" in errors["data.status"]["mend"]
    assert "12" not in errors["data.phone"]["message"]


async def test_a_patch_merges_the_named_fields_and_empties_with_null(camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    answer = await camp.owner.patch(
        f"/api/records/{made['id']}", json={"data": {"status": "상담", "visit": None}}
    )
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert (data["status"], data["name"], "visit" in data) == ("상담", "김하늘", False)
    late = await camp.admin.patch(
        f"/api/records/{made['id']}", json={"data": {"status": "완료"}, "version": made["version"]}
    )
    assert (late.status_code, late.json()["code"]) == (409, "stale_edit")


async def test_parallel_patches_of_different_fields_lose_nothing(camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    patches = [{"amount": 7}, {"status": "완료"}, {"note": "전화함"}, {"vip": True}]
    await asyncio.gather(
        *(camp.owner.patch(f"/api/records/{made['id']}", json={"data": one}) for one in patches)
    )
    data = (await camp.owner.get(f"/api/records/{made['id']}")).json()["data"]
    assert (data["amount"], data["status"], data["note"], data["vip"]) == (7, "완료", "전화함", True)


async def test_the_history_says_who_changed_what_from_what_to_what(camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    await camp.admin.patch(f"/api/records/{made['id']}", json={"data": {"status": "상담"}})
    await camp.admin.patch(f"/api/records/{made['id']}", json={"data": {"status": "상담"}})  # changes nothing
    lines = (await camp.owner.get(f"/api/records/{made['id']}/history")).json()["items"]
    assert [line["kind"] for line in lines] == ["updated", "created"]
    assert lines[0]["changes"] == [{"field": "status", "label": "상태", "before": "신규", "after": "상담"}]
    assert lines[0]["actorKind"] == "member"
    assert lines[0]["actorId"] != lines[1]["actorId"]


async def test_personal_values_are_ciphertext_everywhere(rt, camp, partition):
    await add(camp.owner, partition, **LEAD, note="전화 부탁")
    async with tenant_tx(rt, camp.id) as conn:
        rows = await (await conn.execute("SELECT r::text FROM records r")).fetchall()
        rows += await (await conn.execute("SELECT c::text FROM record_changes c")).fetchall()
    text = json.dumps([row[0] for row in rows], ensure_ascii=False)
    assert "김하늘" not in text
    assert "23450001" not in text
    assert "전화 부탁" in text  # of the record; its history is ciphertext as a whole


async def test_staff_and_keys_see_masked_numbers_and_a_reveal_is_noted(rt, camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    seen = (await camp.staff.get(f"/api/records/{made['id']}")).json()["data"]
    assert "2345" not in seen["phone"]
    assert seen["name"] != "김하늘"
    assert seen["status"] == "신규"
    opened = await camp.staff.get(f"/api/records/{made['id']}/reveal")
    assert opened.json()["data"]["phone"] == "01023450001"
    audit = (await camp.owner.get("/api/audit")).json()["items"]
    assert "record.reveal" in [one["action"] for one in audit]


async def test_search_finds_names_numbers_and_plain_text(camp, partition):
    mine = await add(camp.owner, partition, **LEAD, note="현수막 문의")
    await add(camp.owner, partition, name="이바다", phone="010-9876-5432", status="완료")
    for q in ("김하늘", "하늘", "ㄱㅎㄴ", "0001", "010-2345-0001", "현수막"):
        found = (
            await camp.owner.get("/api/records", params={"partitionId": partition["id"], "q": q})
        ).json()["items"]
        assert [one["id"] for one in found] == [mine["id"]], q


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({}, "abc"),
        ({"field": "status", "op": "eq", "value": "신규"}, "ab"),
        ({"field": "status", "op": "ne", "value": "신규"}, "c"),
        ({"field": "amount", "op": "gt", "value": 10}, "bc"),
        ({"field": "amount", "op": "is_empty"}, ""),
        ({"field": "visit", "op": "before", "value": "2026-03-02"}, "a"),
        ({"field": "topics", "op": "has", "value": "교육"}, "b"),
        ({"field": "vip", "op": "eq", "value": True}, "c"),
        ({"field": "phone", "op": "eq", "value": "010 2345 0002"}, "b"),
        ({"field": "phone", "op": "ne", "value": "010 2345 0002"}, "ac"),
        ({"field": "email", "op": "is_empty"}, "ab"),
        ({"field": "note", "op": "contains", "value": "전화"}, "a"),
        (
            {
                "any": [
                    {"field": "status", "op": "eq", "value": "완료"},
                    {"field": "amount", "op": "lt", "value": 9},
                ]
            },
            "ac",
        ),
        ({"not": {"field": "status", "op": "in", "value": ["신규"]}}, "c"),
    ],
)
async def test_filters_speak_the_common_grammar(camp, partition, condition, names):
    await add(
        camp.owner,
        partition,
        name="a",
        phone="01023450001",
        status="신규",
        amount=5,
        visit="2026-03-01",
        note="전화",
    )
    await add(camp.owner, partition, name="b", phone="01023450002", status="신규", amount=20, topics=["교육"])
    await add(
        camp.owner,
        partition,
        name="c",
        phone="01023450003",
        status="완료",
        amount=30,
        vip=True,
        email="c@example.com",
    )
    found = await camp.owner.get(
        "/api/records", params={"partitionId": partition["id"], "filter": json.dumps(condition)}
    )
    assert found.status_code == 200, found.text
    assert sorted(one["data"]["name"] for one in found.json()["items"]) == list(names)
    assert found.json()["total"]["value"] == len(names)


async def test_a_wrong_filter_names_its_path(camp, partition):
    condition = {"all": [{"field": "phone", "op": "contains", "value": "1"}]}
    answer = await camp.owner.get(
        "/api/records", params={"partitionId": partition["id"], "filter": json.dumps(condition)}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "filter.all[0].op"


async def test_pages_hold_everybody_once(camp, partition):
    for n in range(7):
        await add(camp.owner, partition, name=f"사람{n}")
    seen, cursor = [], None
    while True:
        params = {"partitionId": partition["id"], "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await camp.owner.get("/api/records", params=params)).json()
        seen += [one["data"]["name"] for one in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == [f"사람{n}" for n in reversed(range(7))]


async def test_a_phone_is_linked_to_the_book_by_the_books_own_rules(camp, partition):
    known = (
        await camp.owner.post("/api/contacts", json={"name": "김하늘", "phones": ["01023450001"]})
    ).json()
    same = await add(camp.owner, partition, **LEAD)
    family = await add(camp.owner, partition, name="김바다", phone="010-2345-0001")
    again = await add(camp.owner, partition, name="김바다", phone="01023450001")
    assert same["contactId"] == known["id"]
    assert family["contactId"] != known["id"]
    assert again["contactId"] == family["contactId"]
    moved = await camp.owner.patch(f"/api/records/{same['id']}", json={"data": {"phone": "01055556666"}})
    assert moved.json()["contactId"] not in {known["id"], family["contactId"], None}


async def test_two_forms_of_one_stranger_at_once_make_one_contact(camp, partition):
    made = await asyncio.gather(*(add(camp.owner, partition, **LEAD) for _ in range(8)))
    assert len({one["contactId"] for one in made}) == 1


async def test_erasing_the_person_empties_their_records_and_histories(rt, camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    await camp.owner.delete(f"/api/contacts/{made['contactId']}")
    data = (await camp.owner.get(f"/api/records/{made['id']}")).json()["data"]
    assert "phone" not in data
    assert "name" not in data
    lines = (await camp.owner.get(f"/api/records/{made['id']}/history")).json()["items"]
    assert [line["changes"] for line in lines] == [[]]


async def test_a_deleted_record_is_gone_with_what_it_held(camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    assert (await camp.staff.delete(f"/api/records/{made['id']}")).status_code == 204
    assert (await camp.owner.get(f"/api/records/{made['id']}")).status_code == 404
    lines = (await camp.owner.get(f"/api/records/{made['id']}/history")).json()["items"]
    assert [(line["kind"], line["changes"]) for line in lines] == [("deleted", []), ("created", [])]


async def test_a_lead_form_posts_with_a_key_and_twice_makes_one(rt, camp, partition):
    async with tenant_tx(rt, camp.id) as conn:
        _, token = await create_api_key(conn, SystemActor(camp.id), name="form", scopes=["records:write"])
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "form-1"}
    from tests.support.browser import browser

    async with browser(camp.owner._transport.app) as form:
        body = {"partitionId": partition["id"], "data": LEAD}
        first = await form.post("/api/records", json=body, headers=headers)
        second = await form.post("/api/records", json=body, headers=headers)
        other = await form.post("/api/records", json={**body, "data": {"name": "다른"}}, headers=headers)
        reads = await form.get("/api/records", params={"partitionId": partition["id"]}, headers=headers)
    assert first.status_code == 201, first.text
    assert first.json() == second.json()
    assert other.status_code == 409
    assert reads.status_code == 403  # a key reaches what its scopes name


async def test_another_camp_sees_and_changes_nothing(camp, other_camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    for answer in (
        await other_camp.owner.get(f"/api/records/{made['id']}"),
        await other_camp.owner.get(f"/api/partitions/{partition['id']}"),
        await other_camp.owner.patch(f"/api/records/{made['id']}", json={"data": {"name": "x"}}),
        await other_camp.owner.delete(f"/api/records/{made['id']}"),
        await other_camp.owner.get("/api/records", params={"partitionId": partition["id"]}),
    ):
        assert answer.status_code == 404
    answer = await other_camp.owner.post("/api/records", json={"partitionId": partition["id"], "data": LEAD})
    assert answer.status_code == 422


async def test_fields_that_hold_values_keep_their_kind_and_options(camp, partition):
    await add(camp.owner, partition, **LEAD)
    turned = [dict(one) for one in FIELDS]
    turned[3] = {"key": "status", "label": "상태", "type": "select", "options": ["상담", "완료"]}
    turned[5] = {"key": "amount", "label": "금액", "type": "text"}
    refused = await camp.owner.patch(f"/api/partitions/{partition['id']}", json={"fields": turned})
    assert (refused.status_code, refused.json()["code"]) == (409, "field_in_use")
    assert {one["path"] for one in refused.json()["errors"]} == {"fields.status.options", "fields.amount"}
    renamed = [dict(one) for one in FIELDS[:-1]] + [{"key": "score", "label": "점수", "type": "number"}]
    renamed[3] = {**renamed[3], "label": "단계", "options": ["신규", "상담", "완료", "보류"]}
    answer = await camp.owner.patch(f"/api/partitions/{partition['id']}", json={"fields": renamed})
    assert answer.status_code == 200, answer.text
    assert answer.json()["fields"][3]["options"][-1] == "보류"


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 201), (Role.ADMIN, 201), (Role.STAFF, 403)])
async def test_who_may_make_tables(camp, role, status):
    body = {"name": "새 표", "fields": [{"key": "name", "label": "이름", "type": "text"}]}
    assert (await camp.of(role).post("/api/partitions", json=body)).status_code == status


async def test_a_full_table_is_not_deleted(camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    assert (await camp.owner.delete(f"/api/partitions/{partition['id']}")).status_code == 409
    await camp.owner.delete(f"/api/records/{made['id']}")
    assert (await camp.owner.delete(f"/api/partitions/{partition['id']}")).status_code == 204


async def test_an_opt_out_in_the_book_is_the_records_too(rt, camp, partition):
    made = await add(camp.owner, partition, **LEAD)
    blinder = Blinder(await rt.keys.of(rt.pool, camp.id))
    async with tenant_tx(rt, camp.id) as conn:
        row = await (
            await conn.execute("SELECT address_key FROM records WHERE id = %s", (made["id"],))
        ).fetchone()
    assert row == (blinder.address_key("phone", "01023450001"),)


async def test_a_form_whose_key_was_taken_over_makes_no_record(camp, partition, monkeypatch):
    """Its process was away for longer than a minute, and the same form has come again since."""

    async def taken_over_meanwhile(db, call, *_):
        call.owner = new_id()

    monkeypatch.setattr("pabal.kit.http.idempotency._claim", taken_over_meanwhile)
    answer = await camp.owner.post(
        "/api/records",
        json={"partitionId": partition["id"], "data": {"name": "김하늘"}},
        headers={"Idempotency-Key": "form-1"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_taken_over")
    listed = await camp.owner.get("/api/records", params={"partitionId": partition["id"]})
    assert listed.json()["items"] == []


async def test_forms_of_a_second_are_of_one_login_and_other_requests_ask_anew(
    camp, partition, rt, monkeypatch
):
    monkeypatch.setattr("pabal.accounts.sessions._RECENT_SECONDS", 3600.0)  # so long is this test's second
    body = {"partitionId": partition["id"], "data": {}}
    assert (await camp.staff.post("/api/records", json=body)).status_code == 201
    async with system_tx(rt) as conn:  # sent off by somebody else, elsewhere
        await conn.execute("DELETE FROM sessions")
    assert (await camp.staff.post("/api/records", json=body)).status_code == 201
    assert (await camp.staff.get("/api/records")).status_code == 401
    assert (await camp.staff.post("/api/records", json=body)).status_code == 401


async def test_whoever_is_sent_off_saves_for_a_second_at_most_and_in_another_process_not_at_all(
    camp, partition, rt, monkeypatch
):
    now = 1000.0
    monkeypatch.setattr("pabal.accounts.sessions.monotonic", lambda: now)
    body = {"partitionId": partition["id"], "data": {}}
    assert (await camp.staff.post("/api/records", json=body)).status_code == 201
    members = (await camp.owner.get("/api/members")).json()["items"]
    [staff] = [one["id"] for one in members if one["role"] == "staff"]
    assert (await camp.owner.delete(f"/api/members/{staff}")).status_code == 204
    another_process = DatabaseAuthenticator(rt)
    session = await another_process.session(camp.staff.cookies[SESSION_COOKIE], recent=True)
    assert getattr(session, "role", None) is None
    now += 0.9
    assert (await camp.staff.post("/api/records", json=body)).status_code == 201
    now += 0.2
    assert (await camp.staff.post("/api/records", json=body)).status_code in {401, 403}


async def test_a_revoked_key_fills_in_forms_for_a_second_at_most(camp, partition, client, monkeypatch):
    now = 1000.0
    monkeypatch.setattr("pabal.accounts.sessions.monotonic", lambda: now)
    made = (await camp.owner.post("/api/api-keys", json={"name": "양식", "scopes": ["records:write"]})).json()
    client.headers["Authorization"] = f"Bearer {made['key']}"
    body = {"partitionId": partition["id"], "data": {}}
    assert (await client.post("/api/records", json=body)).status_code == 201
    [known] = (await camp.owner.get("/api/api-keys")).json()["items"]
    assert (await camp.owner.delete(f"/api/api-keys/{known['id']}")).status_code == 204
    assert (await client.post("/api/records", json=body)).status_code == 201
    now += 1.1
    assert (await client.post("/api/records", json=body)).status_code == 401


async def heard(pubsub):
    while True:
        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=10)
        if message is not None:
            return json.loads(message["data"])


async def test_changes_in_a_row_are_told_of_together_and_none_is_forgotten(rt, tenant, monkeypatch):
    monkeypatch.setattr("pabal.records.telling.TOGETHER_SECONDS", 3600.0)  # the test says when it is over
    first, second, third = new_id(), new_id(), new_id()
    async with rt.redis.pubsub() as pubsub:
        await pubsub.subscribe(channel_of(tenant))
        await tell(rt, tenant, first)
        [turn] = await turns.take(rt.redis, Line.URGENT, count=5, block_ms=1)
        assert turn.kind == "triggers"
        await turns.finish(rt.redis, turn)  # the worker has looked, and saw nothing of what comes now
        await tell(rt, tenant, second)
        await tell(rt, tenant, third)
        telling._tell_of_the_rest(rt, tenant)
        assert await heard(pubsub) == {"topic": "record", "id": str(first)}
        assert await heard(pubsub) == {"topic": "record", "id": str(tenant)}
    assert [one.kind for one in await turns.take(rt.redis, Line.URGENT, count=5, block_ms=10_000)] == [
        "triggers"
    ]
