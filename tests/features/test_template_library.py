"""Templates as a library: versions, folders, search, archive and delete, copies, rules for values, stale edits, what the
carrier's reviewer says."""

import pytest
from tests.support.campaigns import kit_at_simulator, make_book
from tests.support.carriers import facing

from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.senders import account_for_dispatch, find_sender

WEB = {"buttonType": "WL", "buttonName": "자세히", "linkMo": "https://example.kr/a"}
BOLD = {"type": "TEXT", "title": "설명회", "subtitle": "11월 28일 오전 10시"}


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def kit(rt, camp, carrier):
    return await kit_at_simulator(rt, camp.id)


async def create(client, **fields):
    answer = await client.post(
        "/api/templates", json={"channel": "sms", "name": "인사", "body": "#{이름}님, 안녕하세요", **fields}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def names(client, query=""):
    answer = await client.get(f"/api/templates?{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def faults(answer):
    assert answer.status_code == 422, answer.text
    return [error["path"] for error in answer.json()["errors"]]


# -- versions ---------------------------------------------------------------------------------------


async def test_every_content_stays_readable_and_comes_back_as_a_new_version(camp):
    made = await create(camp.staff, body="첫 글")
    path = f"/api/templates/{made['id']}"
    await camp.admin.patch(path, json={"body": "둘째 글"})
    await camp.staff.patch(path, json={"name": "이름만"})
    await camp.staff.patch(path, json={"missingPolicy": "stop"})
    kept = (await camp.staff.get(f"{path}/versions")).json()
    assert [(one["version"], one["body"], one["missingPolicy"]) for one in kept] == [
        (3, "둘째 글", "stop"),
        (2, "둘째 글", "skip"),
        (1, "첫 글", "skip"),
    ]
    assert kept[0]["createdBy"] != kept[1]["createdBy"]
    back = await camp.staff.post(f"{path}/versions/1/restore", json={"version": 3})
    assert back.status_code == 200, back.text
    assert (back.json()["version"], back.json()["body"], back.json()["missingPolicy"]) == (4, "첫 글", "skip")
    assert len((await camp.staff.get(f"{path}/versions")).json()) == 4
    assert (await camp.staff.post(f"{path}/versions/9/restore")).status_code == 404


async def test_a_restored_alimtalk_has_to_be_reviewed_again(camp):
    made = await create(camp.staff, channel="alimtalk", body="첫 글", buttons=[WEB], emphasis=BOLD)
    path = f"/api/templates/{made['id']}"
    await camp.staff.patch(path, json={"body": "둘째 글", "buttons": [], "emphasis": {"type": "NONE"}})
    await camp.admin.patch(path, json={"state": "approved", "code": "T1"})
    back = (await camp.staff.post(f"{path}/versions/1/restore")).json()
    assert (back["state"], back["buttons"], back["emphasis"]) == ("draft", [WEB], BOLD)


async def test_rules_for_values_make_a_version_and_need_no_review(camp):
    made = await create(camp.staff, channel="alimtalk", body="#{이름}님, #{날짜}")
    path = f"/api/templates/{made['id']}"
    await camp.admin.patch(path, json={"state": "approved", "code": "T1"})
    rules = {"missingPolicy": "default", "defaults": {"이름": "회원"}, "formats": {"날짜": "date"}}
    changed = (await camp.staff.patch(path, json=rules)).json()
    assert (changed["version"], changed["state"]) == (2, "approved")
    assert {name: changed[name] for name in rules} == rules


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({"formats": {"이름": "roman"}}, ["formats.이름"]),
        ({"missingPolicy": "default"}, ["defaults"]),
        ({"missingPolicy": "guess"}, ["missingPolicy"]),
        ({"buttons": [WEB]}, ["buttons"]),
        ({"emphasis": BOLD}, ["emphasis"]),
        ({"channel": "alimtalk", "buttons": [{**WEB, "linkMo": "x"}]}, ["buttons[0].linkMo"]),
        ({"channel": "alimtalk", "emphasis": {"type": "IMAGE"}}, ["emphasis.type"]),
        ({"channel": "alimtalk", "messageType": "AD"}, ["buttons"]),
        ({"folder": "가" * 41}, ["folder"]),
    ],
)
async def test_what_cannot_be_is_refused_where_it_stands(camp, fields, paths):
    body = {"channel": "sms", "name": "인사", "body": "#{이름}님", **fields}
    assert await faults(await camp.staff.post("/api/templates", json=body)) == paths


async def test_a_preview_writes_values_in_their_formats(camp):
    shown = await camp.staff.post(
        "/api/templates/preview",
        json={
            "body": "#{이름}님 #{날짜} #{금액}",
            "values": {"날짜": "2026-11-28", "금액": "30000"},
            "defaults": {"이름": "회원"},
            "formats": {"날짜": "date_weekday", "금액": "won"},
        },
    )
    assert (shown.json()["text"], shown.json()["missing"]) == ("회원님 11월 28일(토) 30,000원", [])


# -- library ----------------------------------------------------------------------------------------


async def test_search_folders_and_archive(camp):
    await create(camp.staff, name="설명회 초대", folder="행사")
    await create(camp.staff, name="감사 인사", body="후원해 주셔서 고맙습니다", folder="후원")
    old = await create(camp.staff, name="지난 행사", folder="행사")
    await create(camp.staff, name="100% 할인", body="글")
    assert await names(camp.staff, "q=고맙") == ["감사 인사"]
    assert await names(camp.staff, "q=행사") == ["지난 행사", "설명회 초대"]
    assert await names(camp.staff, "q=%25") == ["100% 할인"]
    assert await names(camp.staff, "folder=후원") == ["감사 인사"]
    await camp.staff.patch(f"/api/templates/{old['id']}", json={"archived": True})
    assert await names(camp.staff, "folder=행사") == ["설명회 초대"]
    assert await names(camp.staff, "archived=true") == ["지난 행사"]
    folders = (await camp.staff.get("/api/templates/folders")).json()
    assert [(one["name"], one["templates"]) for one in folders] == [("", 1), ("행사", 1), ("후원", 1)]
    moved = await camp.staff.post("/api/templates/folders/rename", json={"old": "행사", "new": "2026 행사"})
    assert moved.json() == {"templates": 2}
    back = await camp.staff.patch(f"/api/templates/{old['id']}", json={"archived": False})
    assert (back.json()["folder"], back.json()["archivedAt"]) == ("2026 행사", None)


async def test_what_a_campaign_uses_is_counted_and_kept(camp):
    used, free = await create(camp.staff, name="쓰는 것"), await create(camp.staff, name="안 쓰는 것")
    step = {"channel": "sms", "templateId": used["id"]}
    made = await camp.staff.post(
        "/api/campaigns",
        json={"name": "발송", "messageClass": "civic", "filter": {}, "steps": [step, step]},
    )
    assert made.status_code == 201, made.text
    shown = (await camp.staff.get(f"/api/templates/{used['id']}")).json()
    assert (shown["uses"], shown["lastUsedAt"] is not None) == (1, True)
    listed = {t["name"]: t["uses"] for t in (await camp.staff.get("/api/templates")).json()["items"]}
    assert listed == {"쓰는 것": 1, "안 쓰는 것": 0}
    refused = await camp.staff.delete(f"/api/templates/{used['id']}")
    assert (refused.status_code, refused.json()["code"], refused.json()["uses"]) == (
        409,
        "template_in_use",
        1,
    )
    assert (await camp.staff.delete(f"/api/templates/{free['id']}")).status_code == 204
    assert (await camp.staff.get(f"/api/templates/{free['id']}")).status_code == 404
    assert (await camp.staff.get(f"/api/templates/{free['id']}/versions")).status_code == 404


async def test_a_copy_is_a_draft_of_its_own(camp):
    made = await create(camp.staff, channel="alimtalk", buttons=[WEB], folder="행사", name="가" * 150)
    await camp.admin.patch(f"/api/templates/{made['id']}", json={"state": "approved", "code": "T1"})
    copy = await camp.staff.post(f"/api/templates/{made['id']}/duplicate", headers={"Idempotency-Key": "k"})
    again = await camp.staff.post(f"/api/templates/{made['id']}/duplicate", headers={"Idempotency-Key": "k"})
    assert copy.status_code == 201, copy.text
    assert copy.json() == again.json()
    body = copy.json()
    assert (body["state"], body["code"], body["version"], body["folder"]) == ("draft", "", 1, "행사")
    assert (body["buttons"], body["name"]) == ([WEB], "가" * 146 + " 복사본")


# -- two people -------------------------------------------------------------------------------------


async def test_a_stale_edit_is_refused_with_who_when_and_what(camp):
    made = await create(camp.staff, body="원래 글")
    path = f"/api/templates/{made['id']}"
    first = (await camp.admin.patch(path, json={"version": 1, "body": "관리자의 글"})).json()
    late = await camp.staff.patch(path, json={"version": 1, "body": "실무자의 글", "missingPolicy": "skip"})
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "stale_edit", 2)
    said = late.json()
    assert said["diff"] == [{"field": "body", "mine": "실무자의 글", "theirs": "관리자의 글"}]
    assert said["changedBy"] == {"id": first["updatedBy"], "name": "admin"}
    assert said["changedAt"] == first["updatedAt"].replace("Z", "+00:00")
    assert (await camp.staff.get(path)).json()["body"] == "관리자의 글"
    mine = await camp.staff.patch(path, json={"version": 2, "body": "실무자의 글"})
    assert mine.json()["version"] == 3


async def test_what_is_no_content_is_never_stale(camp):
    made = await create(camp.staff)
    path = f"/api/templates/{made['id']}"
    await camp.admin.patch(path, json={"body": "새 글"})
    moved = await camp.staff.patch(path, json={"version": 1, "folder": "행사", "name": "새 이름"})
    assert (moved.status_code, moved.json()["folder"], moved.json()["version"]) == (200, "행사", 2)


# -- the carrier ------------------------------------------------------------------------------------


async def test_the_reviewers_words_come_back_and_leave_with_the_next_submission(camp, kit, carrier):
    made = await create(camp.staff, channel="alimtalk", senderId=str(kit.kakao_sender_id), emphasis=BOLD)
    path = f"/api/templates/{made['id']}"
    code = (await camp.admin.post(f"{path}/submit")).json()["code"]
    carrier.control(
        "POST",
        f"/templates/{code}/review",
        {"state": "REJECTED", "comment": "수신 근거를 글에 적어 주세요"},
    )
    assert (await camp.admin.post("/api/templates/sync")).json()["updated"] == 1
    rejected = (await camp.staff.get(path)).json()
    assert (rejected["state"], rejected["comment"]) == ("rejected", "수신 근거를 글에 적어 주세요")
    assert (await camp.admin.post(f"{path}/submit")).json()["comment"] == ""


async def test_what_the_console_made_comes_in_as_it_is(rt, camp, kit, carrier):
    async with tenant_tx(rt, camp.id) as conn:
        account = await account_for_dispatch(conn, kit.account_id)
        profile = await find_sender(conn, kit.kakao_sender_id)
    assert account is not None
    assert profile is not None
    mine = {
        "templateId": "KA01TPCONSOLE",
        "name": "콘솔에서 만든 것",
        "content": "#{상호}입니다",
        "pfId": profile.value,
        "messageType": "BA",
        "emphasizeType": "TEXT",
        "emphasizeTitle": "제목",
        "emphasizeSubTitle": "보조",
        "buttons": [{"buttonType": "BF", "buttonName": "톡에서 예약하기"}],
    }
    carrier.control("PUT", f"/accounts/{account.account.credentials.api_key}", {"templates": [mine]})
    assert (await camp.admin.post("/api/templates/sync")).json()["added"] == 1
    [found] = (await camp.staff.get("/api/templates?q=KA01TPCONSOLE")).json()["items"]
    assert found["emphasis"] == {"type": "TEXT", "title": "제목", "subtitle": "보조"}
    assert found["buttons"] == mine["buttons"]
    # What nobody here could have written stands in nobody's way when only the rules are changed.
    ruled = await camp.staff.patch(f"/api/templates/{found['id']}", json={"missingPolicy": "stop"})
    assert (ruled.status_code, ruled.json()["state"]) == (200, "approved")


async def test_another_approved_text_is_a_version_by_the_carrier(rt, camp, kit, carrier):
    made = await create(camp.staff, channel="alimtalk", body="우리 글", senderId=str(kit.kakao_sender_id))
    path = f"/api/templates/{made['id']}"
    code = (await camp.admin.post(f"{path}/submit")).json()["code"]
    async with tenant_tx(rt, camp.id) as conn:
        account = await account_for_dispatch(conn, kit.account_id)
        profile = await find_sender(conn, kit.kakao_sender_id)
    assert account is not None
    assert profile is not None
    changed = {"templateId": code, "name": "인사", "content": "그쪽 글", "pfId": profile.value}
    carrier.control("PUT", f"/accounts/{account.account.credentials.api_key}", {"templates": [changed]})
    await camp.admin.post("/api/templates/sync")
    kept = (await camp.staff.get(f"{path}/versions")).json()
    assert [(one["version"], one["body"], one["source"]) for one in kept] == [
        (2, "그쪽 글", "carrier"),
        (1, "우리 글", "edit"),
    ]


async def test_the_neighbour_reaches_none_of_it(camp, other_camp):
    made = await create(camp.staff, folder="행사")
    path = f"/api/templates/{made['id']}"
    for method, tail in (
        ("GET", "/versions"),
        ("POST", "/versions/1/restore"),
        ("POST", "/duplicate"),
        ("DELETE", ""),
    ):
        assert (await other_camp.owner.request(method, path + tail)).status_code == 404, tail
    assert (await other_camp.owner.get("/api/templates/folders")).json() == []
    moved = await other_camp.owner.post("/api/templates/folders/rename", json={"old": "행사", "new": "내 것"})
    assert moved.json() == {"templates": 0}
    assert (await camp.staff.get(path)).json()["folder"] == "행사"
    assert (await camp.staff.delete(f"/api/templates/{new_id()}")).status_code == 404


# -- in a campaign ----------------------------------------------------------------------------------


async def test_a_campaign_fills_variables_by_its_templates_rules(rt, camp, carrier, kit):
    await make_book(rt, camp.id)
    template = await create(
        camp.staff,
        body="#{이름}님, #{날짜} #{금액}",
        missingPolicy="default",
        defaults={"날짜": "추후 공지", "금액": "무료"},
    )
    step = {"channel": "sms", "templateId": template["id"]}
    made = await camp.staff.post(
        "/api/campaigns",
        json={
            "name": "발송",
            "messageClass": "civic",
            "filter": {},
            "steps": [{**step, "defaults": {"금액": "만 원"}}],
        },
    )
    path = f"/api/campaigns/{made.json()['id']}"
    before = (await camp.admin.post(f"{path}/check")).json()
    assert before["sendable"] == 3
    # Whoever changes the rules changes what people get: what was checked isn't what would go out.
    await camp.admin.patch(f"/api/templates/{template['id']}", json={"defaults": {"날짜": "12월 1일"}})
    refused = await camp.admin.post(f"{path}/launch", json={"digest": before["digest"]})
    assert refused.json()["code"] == "content_changed"
    digest = (await camp.admin.post(f"{path}/check")).json()["digest"]
    launched = await camp.admin.post(f"{path}/launch", json={"digest": digest})
    assert launched.status_code == 200, launched.text
    async with tenant_tx(rt, camp.id) as conn:
        row = await (await conn.execute("SELECT steps FROM sends")).fetchone()
    assert row is not None
    assert (row[0][0]["missing_policy"], row[0][0]["defaults"]) == (
        "default",
        {"날짜": "12월 1일", "금액": "만 원"},
    )
