"""The people behind a check: who gets it, who doesn't and who gets it instead, who got something lately."""

import pytest
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book

from pabal import dispatch
from pabal.kit.db import tenant_tx


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


@pytest.fixture
async def owner(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


async def create(
    browser, body="#{이름}님, 주민 설명회에 초대합니다. 자세한 것은 다시 알려 드릴게요.", **changes
):
    draft = {"name": "설명회", "messageClass": "civic", "filter": {}, "steps": [{"body": body}]} | changes
    answer = await browser.post("/api/campaigns", json=draft)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def people(browser, campaign, **query):
    """All pages, one person each, so that no page boundary goes untried."""
    found, cursor = [], None
    while True:
        params = query | {"limit": 1} | ({} if cursor is None else {"cursor": cursor})
        answer = await browser.get(f"/api/campaigns/{campaign['id']}/check/people", params=params)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["nextCursor"]
        if cursor is None:
            return found


async def test_every_count_of_a_check_has_its_people(book, owner):
    campaign = await create(owner)
    found = await check(owner, campaign)
    for row in found["excluded"]:
        assert len(await people(owner, campaign, reason=row["reason"])) == row["count"], row
    going = await people(owner, campaign)
    assert len(going) == found["sendable"] == 3
    assert {one["channel"] for one in going} == {"sms"}
    assert {one["bytes"] for one in going} == {found["bytes"]["max"]}
    assert (await people(owner, campaign, reason="no_address"))[0]["name"] == "강번호없음"


async def test_a_shared_number_says_who_gets_it_instead(book, owner):
    [left] = await people(owner, await create(owner), reason="same_address")
    assert (left["name"], left["keeper"]["name"]) == ("정나래", "김하늘")
    assert left["keeper"]["contactId"] == str(book.contacts["김하늘"])


@pytest.mark.parametrize(
    ("rule", "left", "sendable"),
    [("first", {"정나래"}, 3), ("newest", {"김하늘"}, 3), ("nobody", {"김하늘", "정나래"}, 2)],
)
async def test_the_author_says_who_of_a_household_gets_it(rt, tenant, book, owner, rule, left, sendable):
    campaign = await create(owner, sharedNumbers=rule)
    found = await check(owner, campaign)
    assert found["sendable"] == sendable
    assert {one["name"] for one in await people(owner, campaign, reason="same_address")} == left
    launched = (await launch(owner, campaign, digest=found["digest"])).json()
    await dispatch.launch_send(rt, tenant, launched["sendId"])
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT contact_id FROM messages WHERE send_id = %s AND reason = 'same_address'",
            (launched["sendId"],),
        )
        skipped = {row[0] for row in await cursor.fetchall()}
    assert skipped == {book.contacts[name] for name in left}


async def test_the_rule_for_households_is_kept_and_is_part_of_what_was_checked(book, owner):
    campaign = await create(owner, sharedNumbers="nobody")
    digest = (await check(owner, campaign))["digest"]
    one = f"/api/campaigns/{campaign['id']}"
    assert (await owner.patch(one, json={"filter": {}})).json()["sharedNumbers"] == "nobody"
    assert (await owner.patch(one, json={"sharedNumbers": "first"})).status_code == 422
    changed = await owner.patch(one, json={"filter": {}, "sharedNumbers": "newest"})
    assert changed.json()["sharedNumbers"] == "newest"
    assert (await launch(owner, campaign, digest=digest)).json()["code"] == "content_changed"


async def test_a_text_that_can_not_be_filled_names_who_it_leaves_out(book, owner):
    campaign = await create(owner, body="#{동네} 소식이에요")
    found = await check(owner, campaign)
    assert {row["reason"]: row["count"] for row in found["excluded"]}["missing_variable"] == 3
    assert len(await people(owner, campaign, reason="missing_variable")) == 3
    assert await people(owner, campaign) == []


async def test_staff_see_masked_people(app, rt, tenant, book, owner):
    campaign = await create(owner)
    async with log_in(app, rt, tenant, "staff") as staff:
        seen = await people(staff, campaign)
    assert all("*" in one["phone"] for one in seen), seen
    assert not {one["name"] for one in seen} & set(book.contacts)


async def test_an_unknown_reason_is_refused(book, owner):
    campaign = await create(owner)
    answer = await owner.get(f"/api/campaigns/{campaign['id']}/check/people?reason=nose")
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "reason")


async def sent(rt, tenant, browser, campaign, **how):
    """Launched, and accepted for everybody whom the gate let pass."""
    launched = (await launch(browser, campaign, **how)).json()
    await dispatch.launch_send(rt, tenant, launched["sendId"])
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE messages SET state = 'accepted' WHERE send_id = %s AND state = 'queued'",
            (launched["sendId"],),
        )


async def test_who_got_something_lately_is_counted_and_listed(rt, tenant, book, owner):
    assert (await check(owner, await create(owner)))["recent"] == {"days": 7, "times": [], "similar": []}
    await sent(rt, tenant, owner, await create(owner, body="통학길 개선안을 정리했어요."))
    two = [str(book.contacts["박노을"]), str(book.contacts["이바다"])]
    await sent(rt, tenant, owner, await create(owner, body="민원 답변이에요.", filter=None, contactIds=two))
    campaign = await create(owner)
    found = await check(owner, campaign)
    assert found["recent"]["times"] == [{"times": 1, "count": 2}, {"times": 2, "count": 1}]
    assert levels(found, "audience.recent") == ["warn"]
    assert [one["name"] for one in await people(owner, campaign, recent=2)] == ["박노을"]
    assert {one["name"] for one in await people(owner, campaign, recent=1)} == {"김하늘", "최가람"}


async def test_the_same_text_to_the_same_people_is_pointed_at(rt, tenant, book, owner):
    first = await create(owner)
    await sent(rt, tenant, owner, first)
    [similar] = (await check(owner, await create(owner)))["recent"]["similar"]
    assert (similar["campaignId"], similar["likeness"], similar["people"]) == (first["id"], 1.0, 3)
    other = await check(owner, await create(owner, body="통학길 개선안을 정리했어요. 자료를 읽어 주세요."))
    assert other["recent"]["similar"] == []
    assert levels(other, "audience.similar") == []


async def test_a_rehearsal_counts_for_nothing(rt, tenant, book, owner):
    await sent(rt, tenant, owner, await create(owner), rehearse=True)
    assert (await check(owner, await create(owner)))["recent"] == {"days": 7, "times": [], "similar": []}
