"""Templates over HTTP, their states, the preview."""

import json

import pytest
from tests.support.campaigns import kit_at_simulator
from tests.support.carriers import facing

from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.senders import account_for_dispatch, find_sender


async def create(client, **fields):
    return await client.post(
        "/api/templates", json={"channel": "sms", "name": "인사", "body": "#{이름}님, 안녕하세요", **fields}
    )


async def preview(client, **fields):
    answer = await client.post("/api/templates/preview", json={"channel": "sms", **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


# -- templates --------------------------------------------------------------------------------------


async def test_staff_write_texts_that_need_no_review(camp):
    made = await create(camp.staff)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["state"], body["variables"], body["version"]) == ("approved", ["이름"], 1)
    assert (await camp.staff.get(f"/api/templates/{body['id']}")).json() == body
    assert (await camp.staff.get("/api/templates?channel=sms&state=approved")).json()["items"] == [body]
    assert (await camp.staff.get("/api/templates?channel=alimtalk")).json()["items"] == []


async def test_new_content_is_a_new_version(camp):
    made = (await create(camp.staff)).json()
    path = f"/api/templates/{made['id']}"
    renamed = (await camp.staff.patch(path, json={"name": "새 이름"})).json()
    assert (renamed["version"], renamed["body"]) == (1, made["body"])
    changed = (await camp.staff.patch(path, json={"body": "#{지역} 주민께"})).json()
    assert (changed["version"], changed["variables"], changed["state"]) == (2, ["지역"], "approved")
    stopped = (await camp.staff.patch(path, json={"state": "stopped"})).json()
    assert (stopped["version"], stopped["state"]) == (2, "stopped")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"body": "😀 안녕하세요"}, "body"),
        ({"body": "가" * 1001}, "body"),
        ({"body": "#{이름 안녕하세요"}, "body"),
        ({"channel": "lms", "subject": "가" * 21}, "subject"),
        ({"channel": "sms", "subject": "제목"}, "subject"),
        ({"channel": "alimtalk", "subject": "제목"}, "subject"),
        ({"channel": "alimtalk", "state": "approved"}, "code"),
        ({"state": "submitted"}, "state"),
        ({"senderId": str(new_id())}, "senderId"),
        ({"buttons": [{"buttonType": "XX", "buttonName": "단추"}]}, "buttons[0].buttonType"),
    ],
)
async def test_what_could_never_be_sent_is_refused(camp, fields, path):
    refused = await create(camp.admin, **fields)
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == [path]


async def test_emoji_are_fine_on_alimtalk(camp):
    assert (await create(camp.staff, channel="alimtalk", body="😀 #{이름}님")).status_code == 201


async def test_alimtalk_states_belong_to_the_carrier(camp):
    made = (
        await create(
            camp.staff,
            channel="alimtalk",
            buttons=[{"buttonType": "WL", "buttonName": "보기", "linkMo": "https://a.kr"}],
        )
    ).json()
    path = f"/api/templates/{made['id']}"
    assert made["state"] == "draft"
    assert made["buttons"] == [{"buttonType": "WL", "buttonName": "보기", "linkMo": "https://a.kr"}]
    assert (await camp.staff.patch(path, json={"state": "approved", "code": "KA01TP1"})).status_code == 403
    assert (await camp.admin.patch(path, json={"state": "rejected"})).json()["code"] == "template_state"
    assert (await camp.admin.patch(path, json={"state": "submitted"})).json()["state"] == "submitted"
    locked = await camp.staff.patch(path, json={"body": "바꿈"})
    assert (locked.status_code, locked.json()["code"]) == (409, "template_in_review")
    approved = (await camp.admin.patch(path, json={"state": "approved", "code": "KA01TP1"})).json()
    assert (approved["state"], approved["code"], approved["version"]) == ("approved", "KA01TP1", 1)
    changed = (await camp.staff.patch(path, json={"body": "새 글"})).json()
    assert (changed["state"], changed["version"]) == ("draft", 2)  # what was approved is another text


async def test_a_repeated_create_makes_one(camp):
    body = {"channel": "sms", "name": "인사", "body": "안녕하세요"}
    answers = [
        await camp.staff.post("/api/templates", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await camp.staff.get("/api/templates")).json()["items"]) == 1


async def test_pages(camp):
    for n in range(3):
        await create(camp.staff, name=f"t{n}")
    first = (await camp.staff.get("/api/templates?limit=2")).json()
    rest = (await camp.staff.get(f"/api/templates?limit=2&cursor={first['nextCursor']}")).json()
    assert [t["name"] for t in first["items"] + rest["items"]] == ["t2", "t1", "t0"]
    assert rest["nextCursor"] is None
    assert (await camp.staff.get("/api/templates?cursor=rubbish")).json()["code"] == "invalid_cursor"


async def test_the_other_tenant_sees_and_reaches_nothing(camp, other_camp):
    made = (await create(camp.staff)).json()
    path = f"/api/templates/{made['id']}"
    assert (await other_camp.owner.get("/api/templates")).json()["items"] == []
    assert (await other_camp.owner.get(path)).status_code == 404
    assert (await other_camp.owner.patch(path, json={"name": "x"})).status_code == 404


# -- review at the carrier --------------------------------------------------------------------------


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def kit(rt, camp, carrier):
    return await kit_at_simulator(rt, camp.id)


async def test_submit_review_sync(camp, kit, carrier):
    made = (
        await create(camp.staff, channel="alimtalk", name="예약 안내", senderId=str(kit.kakao_sender_id))
    ).json()
    path = f"/api/templates/{made['id']}"
    assert (await camp.staff.post(f"{path}/submit")).status_code == 403
    submitted = await camp.admin.post(f"{path}/submit")
    assert submitted.status_code == 200, submitted.text
    code = submitted.json()["code"]
    assert (submitted.json()["state"], submitted.json()["carrierState"]) == ("submitted", "INSPECTING")
    assert (await camp.admin.post(f"{path}/submit")).json()["code"] == "template_state"
    for review, state in (("REJECTED", "rejected"), ("APPROVED", "approved")):
        carrier.control("POST", f"/templates/{code}/review", {"state": review})
        synced = await camp.admin.post("/api/templates/sync")
        assert synced.json() == {"updated": 1, "added": 0, "unreachable": 0}
        assert (await camp.staff.get(path)).json()["state"] == state
    assert (await camp.admin.post("/api/templates/sync")).json()["updated"] == 0


async def test_a_rejected_template_is_mended_and_submitted_again_under_its_code(camp, kit, carrier):
    made = (await create(camp.staff, channel="alimtalk", senderId=str(kit.kakao_sender_id))).json()
    path = f"/api/templates/{made['id']}"
    code = (await camp.admin.post(f"{path}/submit")).json()["code"]
    carrier.control("POST", f"/templates/{code}/review", {"state": "REJECTED"})
    await camp.admin.post("/api/templates/sync")
    await camp.staff.patch(path, json={"body": "#{이름}님, 고친 글"})
    again = (await camp.admin.post(f"{path}/submit")).json()
    assert (again["code"], again["state"], again["version"]) == (code, "submitted", 2)
    carrier.control("POST", f"/templates/{code}/review", {"state": "APPROVED"})
    await camp.admin.post("/api/templates/sync")
    assert (await camp.staff.get(path)).json()["body"] == "#{이름}님, 고친 글"


async def test_approved_templates_of_the_carrier_are_taken_in(rt, camp, kit, carrier):
    async with tenant_tx(rt, camp.id) as conn:
        account = await account_for_dispatch(conn, kit.account_id)
        profile = await find_sender(conn, kit.kakao_sender_id)
    assert account is not None
    assert profile is not None
    mine = {
        "templateId": "KA01TPOUTSIDE",
        "name": "밖에서 만든 것",
        "content": "#{상호}입니다",
        "pfId": profile.value,
    }
    foreign = {**mine, "templateId": "KA01TPFOREIGN", "pfId": "KA01PFOTHER"}
    key = account.account.credentials.api_key
    carrier.control("PUT", f"/accounts/{key}", {"templates": [mine, foreign]})
    assert (await camp.admin.post("/api/templates/sync")).json()["added"] == 1
    [found] = (await camp.staff.get("/api/templates?limit=1")).json()["items"]
    assert (found["code"], found["state"], found["variables"]) == ("KA01TPOUTSIDE", "approved", ["상호"])


async def test_a_carrier_that_says_no_or_nothing(camp, kit, carrier):
    made = (await create(camp.staff, channel="alimtalk", senderId=str(kit.kakao_sender_id))).json()
    path = f"/api/templates/{made['id']}/submit"
    carrier.behave(http503Rate=1.0)
    away = await camp.admin.post(path)
    assert (away.status_code, away.json()["code"]) == (503, "carrier_unreachable")
    assert (await camp.admin.post("/api/templates/sync")).json()["unreachable"] == 1
    carrier.behave()
    assert (await camp.admin.post(path)).status_code == 200


async def test_what_cannot_be_submitted(camp, kit):
    text = (await create(camp.staff)).json()
    orphan = (await create(camp.staff, channel="alimtalk")).json()
    assert (await camp.admin.post(f"/api/templates/{text['id']}/submit")).status_code == 409
    assert (await camp.admin.post(f"/api/templates/{orphan['id']}/submit")).status_code == 422
    assert (await camp.admin.post(f"/api/templates/{new_id()}/submit")).status_code == 404


# -- preview ----------------------------------------------------------------------------------------


async def test_preview_counts_bytes_and_prices_as_an_example(camp):
    shown = await preview(camp.staff, body="안녕하세요", channel="sms")
    assert (shown["text"], shown["bytes"], shown["channel"], shown["limitBytes"]) == (
        "안녕하세요",
        10,
        "sms",
        90,
    )
    assert shown["charsNotEncodable"] == []
    assert shown["price"] > 0
    assert "예시" in shown["priceNote"]


async def test_a_text_over_90_bytes_leaves_as_lms(camp):
    short, long = [await preview(camp.staff, body="가" * n, channel="sms") for n in (45, 46)]
    assert (short["channel"], long["channel"], long["limitBytes"]) == ("sms", "lms", 2000)
    assert long["price"] > short["price"]


async def test_characters_that_cannot_be_sent_come_with_offers(camp):
    shown = await preview(camp.staff, body="✔ 확인 😀")
    assert shown["charsNotEncodable"] == [
        {"char": "✔", "codepoint": "U+2714", "positions": [0], "utf16": [0], "replacement": "√"},
        {"char": "😀", "codepoint": "U+1F600", "positions": [5], "utf16": [5], "replacement": ""},
    ]
    assert shown["replacedText"] == "√ 확인"
    assert [p["code"] for p in shown["problems"] if p["level"] == "block"] == ["not_encodable"]
    kakao = await preview(camp.staff, body="✔ 확인 😀", channel="alimtalk")
    assert (kakao["charsNotEncodable"], kakao["problems"]) == ([], [])


async def test_missing_variables_stay_visible(camp):
    shown = await preview(camp.staff, body="#{이름}님 #{지역}", values={"지역": "서초구"})
    assert (shown["text"], shown["missing"], shown["variables"]) == (
        "#{이름}님 서초구",
        ["이름"],
        ["이름", "지역"],
    )
    assert (await preview(camp.staff, body="#{이름}님", defaults={"이름": "회원"}))["text"] == "회원님"


async def add_contact(rt, tenant, pii):
    contact = new_id()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "INSERT INTO contacts (tenant_id, id, pii, basis, source)"
            " VALUES (%s, %s, app.encrypt(%s), 'consent', 'test')",
            (tenant, contact, json.dumps(pii)),
        )
    return str(contact)


async def test_preview_for_one_contact(rt, camp, other_camp):
    contact = await add_contact(rt, camp.id, {"name": "김철수", "attributes": {"직업": "교사"}})
    body = "#{이름}님(#{직업})"
    assert (await preview(camp.staff, body=body, contactId=contact))["text"] == "김철수님(교사)"
    typed = await preview(camp.staff, body=body, contactId=contact, values={"직업": "의사"})
    assert typed["text"] == "김철수님(의사)"
    stolen = await other_camp.owner.post(
        "/api/templates/preview", json={"body": body, "channel": "sms", "contactId": contact}
    )
    assert stolen.status_code == 422
    assert "김철수" not in stolen.text


async def test_an_empty_preview_is_no_error(camp):
    shown = await preview(camp.staff, body="")
    assert (shown["bytes"], [p["code"] for p in shown["problems"]]) == (0, ["empty"])
