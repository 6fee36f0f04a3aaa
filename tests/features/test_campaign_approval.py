"""Four eyes over HTTP: above the threshold a second member approves the digest; any change voids it, leaving doesn't."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from tests.support.browsers import log_in
from tests.support.campaigns import add_contact, check, launch, make_book, opt_out

from pabal.campaigns import launch_due
from pabal.dispatch.plan import launch_send
from pabal.kit.db import tenant_tx


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


@pytest.fixture
async def owner(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


@pytest.fixture
async def admin(app, rt, tenant):
    async with log_in(app, rt, tenant, "admin") as browser:
        yield browser


@pytest.fixture
async def four_eyes(book, owner, admin):
    """More than two people need a second pair of eyes."""
    answer = await owner.patch("/api/settings/approval", json={"threshold": 2})
    assert answer.status_code == 200, answer.text
    return answer.json()


STEPS = [{"channel": "sms", "body": "#{이름}님, 설명회에 초대합니다."}]


async def create(browser, **changes):
    body = {"name": "주민 설명회", "messageClass": "civic", "filter": {}, "steps": STEPS} | changes
    answer = await browser.post("/api/campaigns", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ask(browser, campaign, note=""):
    found = await check(browser, campaign)
    answer = await browser.post(
        f"/api/campaigns/{campaign['id']}/request-approval", json={"digest": found["digest"], "note": note}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def approve(browser, campaign):
    return await browser.post(
        f"/api/campaigns/{campaign['id']}/approve", json={"digest": campaign["approval"]["digest"]}
    )


async def now(browser, campaign):
    return (await browser.get(f"/api/campaigns/{campaign['id']}")).json()


async def make_due(rt, tenant, campaign):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE campaigns SET due_at = clock_timestamp() - interval '1 second' WHERE id = %s",
            (campaign["id"],),
        )


async def test_it_is_off_until_an_owner_sets_a_number(app, rt, tenant, book, owner):
    assert (await owner.get("/api/settings/approval")).json()["threshold"] is None
    alone = await owner.patch("/api/settings/approval", json={"threshold": 100})
    assert (alone.status_code, alone.json()["code"]) == (409, "nobody_to_approve")
    async with log_in(app, rt, tenant, "admin") as admin:
        refused = await admin.patch("/api/settings/approval", json={"threshold": 100})
        assert refused.status_code == 403
        set_to = await owner.patch("/api/settings/approval", json={"threshold": 100})
        assert set_to.json() == {"threshold": 100, "approvers": 2}
    # A hundred and fewer go out by one hand.
    assert (await launch(owner, await create(owner))).status_code == 200


async def test_above_the_threshold_one_person_can_not_launch(four_eyes, owner, admin):
    campaign = await create(owner)
    refused = await launch(owner, campaign, digest=(await check(owner, campaign))["digest"])
    assert (refused.status_code, refused.json()["code"]) == (409, "approval_required")
    assert refused.json()["threshold"] == 2
    asked = await ask(owner, campaign, note="링크를 확인했어요")
    assert (asked["state"], asked["approval"]["state"]) == ("awaiting_approval", "pending")
    assert (asked["approval"]["note"], asked["approval"]["audience"]) == ("링크를 확인했어요", 6)
    waiting = (await admin.get("/api/campaigns?state=awaiting_approval")).json()["items"]
    assert [one["id"] for one in waiting] == [campaign["id"]]
    own = await approve(owner, asked)
    assert (own.status_code, own.json()["code"]) == (409, "own_approval")
    assert (await launch(admin, asked)).json()["code"] == "campaign_state"
    done = await approve(admin, asked)
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert done.json()["approval"]["decidedBy"] != done.json()["approval"]["requestedBy"]
    launched = await launch(owner, campaign)
    assert (launched.status_code, launched.json()["state"]) == (200, "launching"), launched.text


async def test_a_rehearsal_and_a_small_send_need_nobody(four_eyes, book, owner):
    assert (await launch(owner, await create(owner), rehearse=True)).status_code == 200
    two = [str(book.contacts["김하늘"]), str(book.contacts["최가람"])]
    assert (await launch(owner, await create(owner, filter=None, contactIds=two))).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"steps": [{"channel": "sms", "body": "고친 글"}]},
        {"filter": {"field": "district", "op": "eq", "value": "마포구"}},
        {"schedule": {"at": "2099-01-01T09:00:00+09:00"}},
    ],
)
@pytest.mark.parametrize("approved", [False, True])
async def test_any_edit_voids_it(four_eyes, owner, admin, change, approved):
    asked = await ask(owner, await create(owner))
    if approved:
        assert (await approve(admin, asked)).status_code == 200
    same = await owner.patch(f"/api/campaigns/{asked['id']}", json={"steps": asked["steps"]})
    assert same.json()["approval"]["state"] == ("approved" if approved else "pending")  # nothing changed
    edited = await owner.patch(f"/api/campaigns/{asked['id']}", json=change)
    assert (edited.json()["state"], edited.json()["approval"]["state"]) == ("draft", "voided")
    late = await approve(admin, asked)
    assert (late.status_code, late.json()["code"]) == (409, "campaign_state")
    assert (await launch(owner, asked)).json()["code"] == "approval_required"


async def test_people_leaving_void_nothing_people_joining_do(rt, tenant, four_eyes, book, owner, admin):
    elsewhere = {"not": {"field": "district", "op": "eq", "value": "서대문구"}}
    asked = await ask(owner, await create(owner, filter=elsewhere))
    assert asked["approval"]["audience"] == 5
    await opt_out(rt, tenant, book.contacts["최가람"])
    assert (await owner.delete(f"/api/contacts/{book.contacts['정나래']}")).status_code < 300
    assert (await approve(admin, asked)).status_code == 200
    await add_contact(rt, tenant, "새사람", "010-2345-0099")
    refused = await launch(owner, asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "audience_changed")
    assert refused.json()["joined"] == 1
    after = await now(owner, asked)
    assert (after["state"], after["approval"]["state"], after["approval"]["reason"]) == (
        "draft",
        "voided",
        "audience",
    )


async def test_leaving_alone_lets_the_launch_pass(rt, tenant, four_eyes, book, owner, admin):
    asked = await ask(owner, await create(owner))
    assert (await approve(admin, asked)).status_code == 200
    assert (await owner.delete(f"/api/contacts/{book.contacts['정나래']}")).status_code < 300
    assert (await launch(owner, asked)).status_code == 200


async def receivers(rt, tenant, campaign):
    """Who is frozen, once the worker has done it."""
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT send_id FROM campaigns WHERE id = %s", (campaign["id"],))
        (send,) = await cursor.fetchone()
    await launch_send(rt, tenant, send)
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT contact_id FROM messages WHERE send_id = %s", (send,))
        frozen = {contact for (contact,) in await cursor.fetchall()}
        cursor = await conn.execute("SELECT state, audience, people FROM sends WHERE id = %s", (send,))
        assert await cursor.fetchone() == ("running", len(frozen), None)
        return frozen


async def test_who_joins_between_launch_and_freeze_escapes_nobodys_eyes(
    rt, tenant, four_eyes, book, owner, admin
):
    asked = await ask(owner, await create(owner))
    assert (await approve(admin, asked)).status_code == 200
    assert (await launch(owner, asked)).status_code == 200
    await add_contact(rt, tenant, "새사람", "010-2345-0099")
    frozen = await receivers(rt, tenant, asked)
    assert len(frozen) == asked["approval"]["audience"]
    assert frozen <= set(book.contacts.values())


async def test_a_small_send_does_not_grow_past_the_threshold_before_its_freeze(
    rt, tenant, four_eyes, book, owner
):
    mapo = {"field": "name", "op": "eq", "value": "김하늘"}
    campaign = await create(owner, filter=mapo)
    assert (await launch(owner, campaign)).status_code == 200
    for n in range(3):
        await add_contact(rt, tenant, "김하늘", f"010-2345-009{n}")
    assert await receivers(rt, tenant, campaign) == {book.contacts["김하늘"]}


async def test_another_number_than_the_approved_one_voids_it(rt, tenant, four_eyes, book, owner, admin):
    asked = await ask(owner, await create(owner))
    assert (await approve(admin, asked)).status_code == 200
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE senders SET value = '0299990000' WHERE kind = 'phone'")
    refused = await launch(owner, asked)
    assert (refused.status_code, refused.json()["changed"]) == (409, "sender")
    after = await now(owner, asked)
    assert (after["state"], after["approval"]["state"], after["approval"]["reason"]) == (
        "draft",
        "voided",
        "sender",
    )


async def test_another_price_voids_it(four_eyes, owner, admin):
    asked = await ask(owner, await create(owner))
    assert (await owner.patch("/api/prices/sms", json={"won": 77})).status_code == 200
    refused = await approve(admin, asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "content_changed")
    after = await now(owner, asked)
    assert (after["state"], after["approval"]["reason"]) == ("draft", "prices")


async def test_a_rejection_goes_back_with_its_reason(four_eyes, owner, admin):
    asked = await ask(owner, await create(owner))
    answer = await admin.post(f"/api/campaigns/{asked['id']}/reject", json={"reason": "지도가 잘려요"})
    assert (answer.json()["state"], answer.json()["approval"]["reason"]) == ("draft", "지도가 잘려요")
    again = await ask(owner, asked)
    assert (again["state"], again["approval"]["state"]) == ("awaiting_approval", "pending")
    trail = (await owner.get("/api/audit?limit=50")).json()["items"]
    actions = [one["action"] for one in trail if one["objectId"] == asked["id"]]
    assert actions[:3] == ["campaign.request_approval", "campaign.reject", "campaign.request_approval"]


async def test_staff_may_ask_and_not_approve(app, rt, tenant, four_eyes, owner):
    async with log_in(app, rt, tenant, "staff") as staff:
        asked = await ask(staff, await create(staff))
        assert (await approve(staff, asked)).status_code == 403
        assert (await approve(owner, asked)).status_code == 200


async def test_an_approved_time_starts_by_itself(rt, tenant, four_eyes, owner, admin):
    at = rt.clock.now() + timedelta(hours=1)
    asked = await ask(owner, await create(owner, schedule={"at": at.isoformat()}))
    approved = await approve(admin, asked)
    assert approved.json()["state"] == "scheduled"
    await make_due(rt, tenant, asked)
    await launch_due(rt, tenant, UUID(asked["id"]))
    assert (await now(owner, asked))["state"] == "launching"


async def test_a_schedule_is_held_when_people_join(rt, tenant, four_eyes, owner, admin):
    at = rt.clock.now() + timedelta(hours=1)
    asked = await ask(owner, await create(owner, schedule={"at": at.isoformat()}))
    assert (await approve(admin, asked)).json()["state"] == "scheduled"
    await add_contact(rt, tenant, "새사람", "010-2345-0099")
    await make_due(rt, tenant, asked)
    await launch_due(rt, tenant, UUID(asked["id"]))
    after = await now(owner, asked)
    assert (after["state"], after["holdReason"]) == ("held", "audience_changed")
    assert after["approval"]["state"] == "voided"


async def test_a_rule_that_wants_a_reason_wants_it_with_the_request(four_eyes, owner):
    steps = [{"channel": "sms", "body": "여론조사 결과를 알려 드려요"}]
    campaign = await create(owner, steps=steps)
    digest = (await check(owner, campaign))["digest"]
    one = f"/api/campaigns/{campaign['id']}/request-approval"
    refused = await owner.post(one, json={"digest": digest, "note": "짧음"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "note")
    assert (
        await owner.post(one, json={"digest": digest, "note": "구청의 생활 만족도 조사예요"})
    ).status_code == 200


async def test_the_database_itself_refuses_ones_own_approval(rt, tenant, four_eyes, owner):
    await ask(owner, await create(owner))
    with pytest.raises(psycopg.errors.CheckViolation, match="approvals_other_eyes"):
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute("UPDATE approvals SET state = 'approved', decided_by = requested_by")


NEW_TEXT = {"action": "add", "variant": {"key": "b", "share": 50, "steps": [{"body": "아무도 보지 않은 글"}]}}


async def test_no_text_joins_a_large_send_because_its_filter_chooses_fewer_by_now(
    rt, tenant, four_eyes, book, owner, admin
):
    asked = await ask(owner, await create(owner))
    assert (await approve(admin, asked)).status_code == 200
    await launch_send(rt, tenant, UUID((await launch(owner, asked)).json()["sendId"]))
    for contact in list(book.contacts.values())[1:]:
        await owner.delete(f"/api/contacts/{contact}")
    refused = await owner.post(f"/api/campaigns/{asked['id']}/variants", json=NEW_TEXT)
    assert (refused.status_code, refused.json()["code"]) == (409, "text_needs_approval")


async def test_no_text_joins_what_was_approved_though_nothing_asked_for_it(rt, tenant, book, owner, admin):
    asked = await ask(owner, await create(owner))
    assert (await approve(admin, asked)).status_code == 200
    await launch_send(rt, tenant, UUID((await launch(owner, asked)).json()["sendId"]))
    refused = await owner.post(f"/api/campaigns/{asked['id']}/variants", json=NEW_TEXT)
    assert (refused.status_code, refused.json()["code"]) == (409, "text_needs_approval")
