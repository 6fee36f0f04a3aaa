"""Templates over HTTP, their states, the preview."""

import json

import pytest

from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx


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


async def add_contact(rt, tenant, pii, district=""):
    contact = new_id()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "INSERT INTO contacts (tenant_id, id, pii, district, basis, source)"
            " VALUES (%s, %s, app.encrypt(%s), %s, 'consent', 'test')",
            (tenant, contact, json.dumps(pii), district),
        )
    return str(contact)


async def test_preview_for_one_contact(rt, camp, other_camp):
    contact = await add_contact(rt, camp.id, {"name": "김철수", "attributes": {"직업": "교사"}}, "서초구")
    body = "#{이름}님(#{직업}), #{지역} 소식"
    assert (await preview(camp.staff, body=body, contactId=contact))["text"] == "김철수님(교사), 서초구 소식"
    typed = await preview(camp.staff, body=body, contactId=contact, values={"직업": "의사"})
    assert typed["text"] == "김철수님(의사), 서초구 소식"
    stolen = await other_camp.owner.post(
        "/api/templates/preview", json={"body": body, "channel": "sms", "contactId": contact}
    )
    assert stolen.status_code == 422
    assert "김철수" not in stolen.text


async def test_an_empty_preview_is_no_error(camp):
    shown = await preview(camp.staff, body="")
    assert (shown["bytes"], [p["code"] for p in shown["problems"]]) == (0, ["empty"])
