"""Test sends: a campaign on a few handsets first, with a chosen person's values; the real gate, none of the figures."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from tests.support.browser import browser
from tests.support.campaigns import check, launch, make_book, opt_out
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until
from tests.support.imports import bring_in, sheet
from tests.support.law import attest

from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.senders import register_tenant_at_sandbox

MINE = "010-9999-0001"


@pytest.fixture
def settings(settings, carrier, running):
    """The hub's own simulator is this test's process."""
    return facing(settings, carrier).model_copy(
        update={"sandbox_port": urlsplit(running.url).port, "public_url": "https://pabal.example"}
    )


@pytest.fixture
async def book(rt, camp, carrier):
    made = await make_book(rt, camp.id)
    assert await register_tenant_at_sandbox(rt, camp.id)
    return made


async def draft(camp, **changes):
    body = {
        "name": "설명회",
        "messageClass": "civic",
        "filter": {},
        "steps": [{"channel": "sms", "body": "#{이름}님, 설명회에 초대합니다."}],
    }
    made = await camp.staff.post("/api/campaigns", json=body | changes)
    assert made.status_code == 201, made.text
    return made.json()


async def start(browser, campaign, **body):
    return await browser.post(f"/api/campaigns/{campaign['id']}/test", json=body)


async def started(browser, campaign, **body):
    answer = await start(browser, campaign, **body)
    assert answer.status_code == 201, answer.text
    return answer.json()["test"]


async def listed(browser, campaign):
    return (await browser.get(f"/api/campaigns/{campaign['id']}/tests")).json()


async def over(rt, camp, test):
    async with running_hub(rt):
        await until(rt, camp.id, test["sendId"], is_over)


def texts(carrier):
    return {line["to"]: line["text"] for line in carrier.ledger()}


async def test_a_seed_contact_and_ones_own_phone_get_a_chosen_persons_text(rt, camp, book, carrier):
    campaign = await draft(camp)
    test = await started(
        camp.admin,
        campaign,
        contactIds=[str(book.contacts["최가람"])],
        phones=[MINE],
        valuesOf=str(book.contacts["박노을"]),
    )
    await over(rt, camp, test)
    text = "박노을님, 설명회에 초대합니다."
    assert texts(carrier) == {"01023450004": text, "01099990001": text}
    [seen] = await listed(camp.admin, campaign)
    assert [(p["name"], p["phone"], p["state"], p["channel"]) for p in seen["people"]] == [
        ("최가람", "010-2345-0004", "delivered", "sms"),
        ("", MINE, "delivered", "sms"),
    ]
    [masked] = await listed(camp.staff, campaign)
    assert [p["phone"] for p in masked["people"]] != [p["phone"] for p in seen["people"]]
    assert "최가람" not in str(masked)


async def test_without_a_chosen_person_everybody_reads_their_own_name(rt, camp, book, carrier):
    campaign = await draft(camp)
    test = await started(
        camp.staff, campaign, contactIds=[str(book.contacts["최가람"])], phones=[MINE], rehearse=True
    )
    await over(rt, camp, test)
    assert texts(carrier) == {"01023450004": "최가람님, 설명회에 초대합니다."}
    [seen] = await listed(camp.admin, campaign)
    assert [(p["state"], p["reason"]) for p in seen["people"]] == [
        ("delivered", None),
        ("skipped", "missing_variable"),
    ]


async def test_each_is_told_why_not(rt, camp, book, carrier):
    campaign = await draft(camp)
    test = await started(
        camp.admin,
        campaign,
        contactIds=[
            str(book.contacts[name]) for name in ("이바다", "강번호없음", "김하늘", "정나래", "박노을")
        ],
        phones=["01023450002", "01023450003"],
    )
    assert Counter((p["state"], p["reason"], p["reasonLabel"]) for p in test["people"]) == {
        ("queued", None, ""): 2,
        ("skipped", "suppressed", "수신 거부"): 2,
        ("skipped", "no_address", "번호 없음"): 1,
        ("skipped", "same_address", "중복 번호"): 2,
    }
    await over(rt, camp, test)
    assert sorted(texts(carrier)) == ["01023450001", "01023450003"]


async def test_an_opt_out_before_the_claim_is_seen(rt, camp, book, carrier):
    campaign = await draft(camp)
    test = await started(camp.admin, campaign, contactIds=[str(book.contacts["최가람"])])
    await opt_out(rt, camp.id, book.contacts["최가람"])
    await over(rt, camp, test)
    assert texts(carrier) == {}
    [seen] = await listed(camp.admin, campaign)
    assert seen["people"][0]["reason"] == "suppressed"


async def test_it_counts_for_the_limit_and_for_nothing_else(rt, camp, book, carrier):
    campaign = await draft(camp)
    test = await started(camp.admin, campaign, phones=[MINE], valuesOf=str(book.contacts["박노을"]))
    await over(rt, camp, test)
    assert (await camp.admin.get("/api/quota")).json()["used"] == 1
    kept = (await camp.admin.get(f"/api/campaigns/{campaign['id']}")).json()
    assert (kept["state"], kept["version"], kept["counts"]) == ("draft", 1, None)
    progress = (await camp.admin.get(f"/api/campaigns/{campaign['id']}/progress")).json()
    assert (progress["audience"], sum(progress["counts"].values())) == (0, 0)
    found = await check(camp.admin, campaign)
    answer = await launch(camp.admin, campaign, digest=found["digest"])
    assert answer.status_code == 200, answer.text
    async with running_hub(rt):
        ended = await until(rt, camp.id, answer.json()["sendId"], is_over)
    assert (ended.audience, ended.counts["delivered"]) == (6, 3)
    assert (await camp.admin.get("/api/quota")).json()["used"] == 4
    late = await start(camp.admin, campaign, phones=[MINE])
    assert (late.status_code, late.json()["code"]) == (409, "campaign_state")


async def test_a_limit_that_is_used_up_holds_it_and_says_so(rt, camp, book, carrier):
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE quota_limits SET monthly_limit = 0")
    campaign = await draft(camp)
    test = await started(camp.admin, campaign, phones=[MINE], valuesOf=str(book.contacts["박노을"]))
    async with running_hub(rt):
        await until(rt, camp.id, test["sendId"], lambda p: p.state == "held")
    [seen] = await listed(camp.admin, campaign)
    assert (seen["state"], seen["holdReason"]) == ("held", "quota")
    assert texts(carrier) == {}


async def test_steps_go_as_written(rt, camp, book, carrier):
    carrier.behave(fixedOutcome={"01099990001": "3104"})
    kit = (await camp.admin.get("/api/templates?channel=alimtalk")).json()["items"][0]
    campaign = await draft(
        camp,
        steps=[
            {"channel": "alimtalk", "templateId": kit["id"]},
            {"channel": "sms", "body": "#{이름}님께"},
        ],
    )
    test = await started(camp.admin, campaign, phones=[MINE], valuesOf=str(book.contacts["박노을"]))
    await over(rt, camp, test)
    assert [line["channel"] for line in carrier.ledger()] == ["alimtalk", "sms"]


async def test_a_buttons_variables_go_to_the_carrier_too(rt, camp, book, carrier):
    kit = (await camp.admin.get("/api/templates?channel=alimtalk")).json()["items"][0]
    button = {"buttonType": "WL", "buttonName": "보기", "linkMo": "https://a.kr/#{코드}"}
    changed = await camp.admin.patch(
        f"/api/templates/{kit['id']}", json={"body": "예약이 접수되었습니다.", "buttons": [button]}
    )
    assert changed.json()["variables"] == ["코드"]
    approved = await camp.admin.patch(f"/api/templates/{kit['id']}", json={"state": "approved"})
    assert approved.status_code == 200, approved.text
    campaign = await draft(
        camp,
        steps=[
            {
                "channel": "alimtalk",
                "templateId": kit["id"],
                "missingPolicy": "default",
                "defaults": {"코드": "a1"},
            }
        ],
    )
    assert (await check(camp.admin, campaign))["sendable"] == 3
    test = await started(camp.admin, campaign, phones=[MINE])
    await over(rt, camp, test)
    async with tenant_tx(rt, camp.id) as conn:
        row = await (await conn.execute("SELECT steps FROM sends")).fetchone()
    assert row is not None
    assert row[0][0]["around"] == "https://a.kr/#{코드}"
    [seen] = await listed(camp.admin, campaign)
    assert [(p["state"], p["channel"]) for p in seen["people"]] == [("delivered", "alimtalk")]
    # Without a value half an address would go out: nobody gets that.
    bare = await draft(camp, steps=[{"channel": "alimtalk", "templateId": kit["id"]}])
    found = await check(camp.admin, bare)
    assert (found["sendable"], [e["reason"] for e in found["excluded"] if e["count"] == 3]) == (
        0,
        ["missing_variable"],
    )


async def test_whoevers_values_were_used_leaves_no_copy_when_erased(rt, camp, book):
    campaign = await draft(camp)
    person = str(book.contacts["박노을"])
    await started(camp.admin, campaign, phones=[MINE], valuesOf=person)
    assert (await camp.admin.delete(f"/api/contacts/{person}")).status_code == 204
    async with tenant_tx(rt, camp.id) as conn:
        row = await (await conn.execute("SELECT count(snapshot), count(*) FROM messages")).fetchone()
    assert row == (0, 1)


async def test_the_same_when_the_list_they_came_by_is_taken_back(rt, camp, book):
    """Nobody wrote to them, so the import's own undo erases them in one go: the copies go too."""
    listed_by = (await bring_in(rt, camp, sheet(("한여름", "010-8888-0001"), header=("이름", "휴대폰"))))[
        "id"
    ]
    [person] = (await camp.owner.get("/api/contacts", params={"q": "한여름"})).json()["items"]
    await started(camp.admin, await draft(camp), phones=[MINE], valuesOf=person["id"])
    undone = await camp.admin.post(f"/api/imports/{listed_by}/undo")
    assert undone.status_code == 200, undone.text
    async with tenant_tx(rt, camp.id) as conn:
        row = await (await conn.execute("SELECT count(snapshot), count(*) FROM messages")).fetchone()
    assert row == (0, 1)


async def test_a_link_of_a_test_leads_there_and_is_nobodys_activity(rt, app, camp, book, carrier):
    campaign = await draft(
        camp,
        steps=[{"channel": "sms", "body": "#{이름}님 #{링크}"}],
        links=[{"key": "", "url": "https://camp.example/plan"}],
    )
    test = await started(camp.admin, campaign, contactIds=[str(book.contacts["최가람"])])
    await over(rt, camp, test)
    [text] = texts(carrier).values()
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE requests SET called_at = called_at - interval '1 hour'")
    async with browser(app) as visitor:
        handset = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Chrome/156.0 Mobile Safari/537.36"}
        opened = await visitor.get(urlsplit(text.split()[-1]).path, headers=handset)
    assert (opened.status_code, opened.headers["location"]) == (302, "https://camp.example/plan")
    async with tenant_tx(rt, camp.id) as conn:
        clicks = await (await conn.execute("SELECT class FROM clicks")).fetchall()
        active = await (await conn.execute("SELECT contact_id FROM contact_activity")).fetchall()
    assert (clicks, active) == ([("human",)], [])


async def test_class_campaign_reaches_a_few_hand_picked_only(camp, book):
    campaign = await draft(camp, messageClass="campaign", steps=[{"channel": "sms", "body": "지지해 주세요"}])
    unsigned = await start(camp.admin, campaign, contactIds=[str(book.contacts["최가람"])])
    assert (unsigned.status_code, unsigned.json()["errors"][0]["path"]) == (409, "E-13")
    await attest(camp.admin)
    few = await start(camp.admin, campaign, contactIds=[str(book.contacts["최가람"])])
    assert few.status_code == 201, few.text
    assert [v["rule"] for v in few.json()["verdicts"] if v["rule"].startswith("E-")] != []
    many = await start(camp.admin, campaign, phones=[f"010-9999-{n:04}" for n in range(21)])
    assert many.status_code == 422


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, [""]),
        ({"contactIds": [str(new_id())]}, ["contactIds[0]"]),
        ({"phones": [MINE, "02-123-4567"]}, ["phones[1]"]),
        ({"phones": ["누구"]}, ["phones[0]"]),
        ({"phones": [MINE], "valuesOf": str(new_id())}, ["valuesOf"]),
        ({"phones": [MINE], "variant": "b"}, ["variant"]),
    ],
)
async def test_what_cannot_be_meant_is_refused_where_it_stands(camp, book, body, paths):
    answer = await start(camp.admin, await draft(camp), **body)
    assert answer.status_code == 422, answer.text
    assert [error["path"] for error in answer.json()["errors"]] == paths


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("02-123-4567", "휴대폰 번호가 아니에요"),
        ("010-1234-5678", "견본 번호"),
        ("010-12", "자릿수가 모자라요"),
    ],
)
async def test_a_number_that_gets_no_test_is_named_with_its_mend(camp, book, typed, words):
    answer = await start(camp.admin, await draft(camp), phones=[MINE, typed])
    (error,) = answer.json()["errors"]
    assert error["message"].startswith("2번째 번호: ")
    assert words in error["message"]


async def test_what_blocks_a_launch_blocks_a_test(camp, book):
    answer = await start(camp.admin, await draft(camp, steps=[]), phones=[MINE])
    assert (answer.status_code, answer.json()["code"]) == (409, "rules_blocked")


async def test_a_test_repeated_until_everybody_has_it_is_no_test(camp, book):
    campaign = await draft(camp, steps=[{"channel": "sms", "body": "안내"}])
    for round_ in range(5):
        await started(camp.admin, campaign, phones=[f"010-9{round_}99-{n:04}" for n in range(20)])
    over_it = await start(camp.admin, campaign, phones=[MINE])
    assert (over_it.status_code, over_it.json()["code"]) == (409, "test_limit")
    assert over_it.json()["used"] == 100


async def test_copies_of_a_draft_are_no_way_around_it(camp, book):
    """Whoever may test need not be one who may launch."""
    steps = [{"channel": "sms", "body": "안내"}]
    for round_ in range(5):
        phones = [f"010-9{round_}99-{n:04}" for n in range(20)]
        await started(camp.staff, await draft(camp, steps=steps), phones=phones)
    over_it = await start(camp.staff, await draft(camp, steps=steps), phones=[MINE])
    assert (over_it.status_code, over_it.json()["code"]) == (409, "test_limit")
    assert over_it.json()["used"] == 100
    await started(camp.admin, await draft(camp, steps=steps), phones=[MINE])


async def test_a_repeated_request_is_one_test(camp, book):
    campaign = await draft(camp, steps=[{"channel": "sms", "body": "안내"}])
    path = f"/api/campaigns/{campaign['id']}/test"
    answers = [
        await camp.staff.post(path, json={"phones": [MINE]}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(await listed(camp.staff, campaign)) == 1


async def test_the_neighbour_sees_and_starts_none(camp, other_camp, book):
    campaign = await draft(camp)
    await started(camp.admin, campaign, contactIds=[str(book.contacts["최가람"])])
    assert (await start(other_camp.owner, campaign, phones=[MINE])).status_code == 404
    path = f"/api/campaigns/{campaign['id']}/tests"
    assert (await other_camp.owner.get(path)).status_code == 404
