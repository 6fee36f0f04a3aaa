"""Replies that a person has to read: listed, settled once, and a refusal among them stops the next message."""

import pytest
from tests.features.test_inbox_hook import PHONE, hook_of, live_account, reply, stored, suppressions
from tests.support.campaigns import add_contact

QUEUE = "/api/inbox/unclear"


async def waiting(camp):
    answer = await camp.owner.get(QUEUE)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def settle(camp, reply_id, **body):
    return await camp.owner.post(f"{QUEUE}/{reply_id}/settle", json=body)


async def test_what_sounds_like_a_refusal_waits_and_stops_nobody_until_it_is_read(rt, camp, client):
    contact = await add_contact(rt, camp.id, "김하늘", PHONE)
    hook = await hook_of(rt, camp.id)
    for number, text in enumerate(
        ["이제 그만 보내세요", "제 번호는 어떻게 아셨나요?", "감사합니다", "수신거부"]
    ):
        await client.post(hook, json=reply(text, number))
    assert await suppressions(rt, camp.id) == [("phone", "all", "reply")]  # of the word alone
    found = await waiting(camp)
    assert [(one["text"], one["why"]) for one in found] == [
        ("제 번호는 어떻게 아셨나요?", "source"),
        ("이제 그만 보내세요", "refusal"),
    ]
    assert {(one["contactId"], one["name"], one["from"]) for one in found} == {
        (str(contact), "김하늘", PHONE)
    }
    assert (await camp.owner.get(QUEUE)).json()["count"] == 2


@pytest.mark.parametrize(("channels", "kept"), [(None, "all"), (["sms"], "sms")])
async def test_settled_as_a_refusal_it_is_one_for_the_channels_that_were_asked(
    rt, camp, client, channels, kept
):
    await client.post(await hook_of(rt, camp.id), json=reply("문자 보내지 마세요"))
    (one,) = await waiting(camp)
    body = {"as": "refusal"} if channels is None else {"as": "refusal", "channels": channels}
    assert (await settle(camp, one["id"], **body)).status_code == 204
    assert await suppressions(rt, camp.id) == [("phone", kept, "reply")]
    assert await waiting(camp) == []
    again = await settle(camp, one["id"], **{"as": "other"})
    assert again.status_code == 409
    log = (await camp.owner.get("/api/audit")).json()["items"]
    assert "reply.settle" in {line["action"] for line in log}


async def test_settled_as_something_else_nobody_is_taken_out(rt, camp, client):
    await client.post(await hook_of(rt, camp.id), json=reply("설명회 삭제됐나요?"))
    (one,) = await waiting(camp)
    assert (await settle(camp, one["id"], **{"as": "other"})).status_code == 204
    assert (await suppressions(rt, camp.id), await waiting(camp)) == ([], [])


async def test_a_refusal_without_a_readable_number_waits_too(rt, camp, client):
    await client.post(await hook_of(rt, camp.id), json=reply("수신거부") | {"from": "알 수 없음"})
    (one,) = await waiting(camp)
    assert (one["readable"], one["from"]) == (False, "")
    refused = await settle(camp, one["id"], **{"as": "refusal"})
    assert (refused.status_code, refused.json()["code"]) == (409, "reply_without_address")
    assert len(await waiting(camp)) == 1  # nothing was settled by it
    assert (await settle(camp, one["id"], **{"as": "other"})).status_code == 204


async def test_beside_a_live_account_replies_of_the_simulator_wait_for_nobody(rt, camp, client):
    sandbox, live = await hook_of(rt, camp.id), await live_account(rt, camp.id)
    await client.post(sandbox, json=reply("그만 보내세요"))
    assert await waiting(camp) == []
    await client.post(live, json=reply("그만 보내세요"))
    assert len(await waiting(camp)) == 1


async def test_nobody_settles_what_is_not_theirs(rt, camp, client):
    await client.post(await hook_of(rt, camp.id), json=reply("감사합니다"))
    unknown = await settle(camp, "01a2048b-8a0e-71ce-ab90-202ef77e5e4e", **{"as": "refusal"})
    assert unknown.status_code == 404


async def test_P05_a_resident_number_in_a_reply_is_blotted_before_it_is_kept(rt, camp, client):
    await client.post(await hook_of(rt, camp.id), json=reply("900101-1231231 인데 삭제해 주세요"))
    await client.post(await hook_of(rt, camp.id), json=reply("2026-11-21에 삭제해 주세요", 2))
    found = await waiting(camp)
    assert "1231231" not in str(await stored(rt, camp.id))
    assert "1231231" not in str(found)
    assert found[0]["text"] == "2026-11-21에 삭제해 주세요"  # other figures stay


KAKAO = {"channel": "kakao", "from": "haneul_kim"}


@pytest.mark.parametrize(("text", "queued"), [("수신거부", 0), ("이제 그만 보내세요", 1)])
async def test_C06_a_refusal_from_a_kakao_id_stops_the_numbers_of_whoever_holds_it(
    rt, camp, client, text, queued
):
    body = {
        "name": "김하늘",
        "phones": [PHONE],
        "kakaoIds": ["haneul_kim"],
        "basis": "동의",
        "source": "방명록",
    }
    made = await camp.owner.post("/api/contacts", json=body)
    assert made.status_code == 201, made.text
    await client.post(await hook_of(rt, camp.id), json=reply(text) | KAKAO)
    found = await waiting(camp)
    assert len(found) == queued
    for one in found:
        assert (await settle(camp, one["id"], **{"as": "refusal"})).status_code == 204
    assert await suppressions(rt, camp.id) == [("kakao", "all", "reply"), ("phone", "all", "reply")]


async def test_C06_a_refusal_from_a_kakao_id_that_nobody_holds_waits_for_a_person(rt, camp, client):
    await client.post(await hook_of(rt, camp.id), json=reply("수신거부") | KAKAO)
    (one,) = await waiting(camp)
    refused = await settle(camp, one["id"], **{"as": "refusal"})
    assert (refused.status_code, refused.json()["code"]) == (409, "reply_without_address")
    assert (await settle(camp, one["id"], **{"as": "other"})).status_code == 204
