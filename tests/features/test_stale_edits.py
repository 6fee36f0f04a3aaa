"""Two people edit one campaign: nothing of either is written over in silence."""

import pytest
from tests.support.campaigns import make_book


@pytest.fixture
async def path(rt, camp):
    await make_book(rt, camp.id)
    made = await camp.staff.post(
        "/api/campaigns",
        json={
            "name": "설명회",
            "messageClass": "civic",
            "filter": {},
            "steps": [{"channel": "sms", "body": "원래 글"}],
        },
    )
    assert made.status_code == 201, made.text
    return f"/api/campaigns/{made.json()['id']}"


async def test_whoever_is_late_is_told_who_was_first_when_and_what_differs(camp, path):
    hours = {"from": "09:00", "until": "20:00"}
    first = await camp.admin.patch(path, json={"version": 1, "name": "주민 설명회", "sendWindow": hours})
    assert first.status_code == 200, first.text
    late = await camp.staff.patch(
        path, json={"version": 1, "name": "설명회 안내", "sendWindow": None, "messageClass": "civic"}
    )
    said = late.json()
    assert (late.status_code, said["code"], said["version"]) == (409, "stale_edit", 2)
    assert said["diff"] == [
        {"field": "name", "mine": "설명회 안내", "theirs": "주민 설명회"},
        {"field": "sendWindow", "mine": None, "theirs": hours},
    ]
    assert said["changedBy"] == {"id": first.json()["updatedBy"], "name": "admin"}
    assert said["changedAt"] == first.json()["updatedAt"].replace("Z", "+00:00")
    kept = (await camp.staff.get(path)).json()
    assert (kept["name"], kept["version"]) == ("주민 설명회", 2)


async def test_whoever_keeps_theirs_says_so_by_the_new_version(camp, path):
    await camp.admin.patch(path, json={"version": 1, "name": "주민 설명회"})
    mine = await camp.staff.patch(path, json={"version": 2, "name": "설명회 안내"})
    assert (mine.status_code, mine.json()["name"], mine.json()["version"]) == (200, "설명회 안내", 3)


async def test_two_who_say_the_same_are_no_conflict(camp, path):
    for browser in (camp.admin, camp.staff):
        answer = await browser.patch(path, json={"version": 1, "name": "주민 설명회"})
        assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_an_audience_differs_as_it_is_kept(camp, path):
    near = {"field": "district", "op": "eq", "value": "마포구"}
    await camp.admin.patch(path, json={"version": 1, "filter": near})
    late = await camp.staff.patch(path, json={"version": 1, "filter": {}})
    assert late.json()["diff"] == [{"field": "audience", "mine": {"filter": {}}, "theirs": {"filter": near}}]


async def test_a_draft_that_saves_itself_is_told_once_and_each_kind_of_change_is(camp, path):
    async def told() -> list[list[str]]:
        trail = (await camp.admin.get("/api/audit?action=campaign.change")).json()["items"]
        return [one["detail"]["fields"] for one in reversed(trail)]

    for version, letter in enumerate("가나다", start=1):
        steps = [{"channel": "sms", "body": f"글 {letter}"}]
        answer = await camp.staff.patch(path, json={"version": version, "name": "설명회", "steps": steps})
        assert answer.json()["version"] == version + 1
    assert await told() == [["steps"]]
    again = await camp.staff.patch(path, json={"version": 4, "name": "설명회", "steps": steps})
    assert again.json()["version"] == 4  # as it is: no later version for the other browsers
    await camp.staff.patch(path, json={"name": "주민 설명회"})
    await camp.admin.patch(path, json={"steps": [{"channel": "sms", "body": "다른 사람의 글"}]})
    assert await told() == [["steps"], ["name"], ["steps"]]
