"""Rules about who was chosen (P-04, T-03): counted over the people of a selection, not over the book."""

import pytest
from tests.features.test_law_campaigns import made
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book
from tests.support.carriers import facing
from tests.support.law import move_clock

from pabal.kit.db import tenant_tx

TEXT = {"messageClass": "civic", "steps": [{"channel": "sms", "body": "설명회를 열어요."}]}
REPORT = {"messageClass": "council_report", "steps": [{"channel": "sms", "body": "의정활동을 보고드려요."}]}
MEMBERS = {"field": "tag", "op": "has", "value": "당원"}


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def owner(app, rt, tenant):
    await make_book(rt, tenant)
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


async def agree(browser, contact_id):
    body = {"channel": "sms", "purpose": "sensitive", "state": "granted", "evidence": "동의서"}
    answer = await browser.post(
        f"/api/contacts/{contact_id}/consents", json={**body, "at": "2026-12-20T10:00:00+09:00"}
    )
    assert answer.status_code == 201, answer.text


async def members_of(browser):
    return (await browser.get("/api/contacts", params={"tag": "당원"})).json()["items"]


async def test_P04_somebody_outside_the_selection_who_has_not_agreed_stops_nothing(owner, rt, tenant):
    moved = (await members_of(owner))[-1]
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE contacts SET district = '서대문구' WHERE id = %s", (moved["id"],))
    members = await members_of(owner)
    district = members[0]["district"]
    inside = [one for one in members if one["district"] == district]
    assert 0 < len(inside) < len(members)
    for one in inside:
        await agree(owner, one["id"])
    both = {"all": [MEMBERS, {"field": "district", "op": "eq", "value": district}]}
    assert levels(await check(owner, await made(owner, **TEXT, filter=both)), "P-04") == []
    everyone = await check(owner, await made(owner, **TEXT, filter=MEMBERS))
    assert levels(everyone, "P-04") == ["block"]
    (message,) = [one["message"] for one in everyone["verdicts"] if one["rule"] == "P-04"]
    assert f"{len(members) - len(inside)}명은" in message


async def test_T03_a_report_asks_who_the_constituents_are(owner):
    await owner.put("/api/law/profile", json={"sitting": True})
    found = await check(owner, await made(owner, **REPORT))
    assert levels(found, "T-03") == ["hold"]
    assert "동네 이름을 적어 주세요" in next(
        one["message"] for one in found["verdicts"] if one["rule"] == "T-03"
    )


async def test_T03_whoever_lives_elsewhere_holds_a_report_and_constituents_alone_dont(owner):
    await owner.put("/api/law/profile", json={"sitting": True, "areas": ["서대문구"]})
    campaign = await made(owner, **REPORT)
    assert levels(await check(owner, campaign), "T-03") == ["hold"]
    refused = await launch(owner, campaign)
    assert (refused.status_code, refused.json()["code"]) == (409, "approval_needed")
    here = {"field": "district", "op": "eq", "value": "서대문구"}
    ours = await made(owner, **REPORT, filter=here)
    assert levels(await check(owner, ours), "T-03") == []
    assert (await launch(owner, ours)).status_code == 200
    assert levels(await check(owner, await made(owner, **TEXT)), "T-03") == []  # no report, no constituents


async def test_T03_a_town_whose_name_ends_in_that_of_ours_is_another(owner, rt, tenant):
    await owner.put("/api/law/profile", json={"sitting": True, "areas": ["동구"]})
    campaign = await made(owner, **REPORT)
    for district, said in (("인천 남동구", ["hold"]), ("대구 동구 신암동", []), ("동구", [])):
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute("UPDATE contacts SET district = %s", (district,))
        assert levels(await check(owner, campaign), "T-03") == said, district


async def test_T03_a_percent_sign_in_a_filter_is_only_a_character(owner):
    await owner.put("/api/law/profile", json={"sitting": True, "areas": ["서대문구"]})
    filter_ = {"field": "district", "op": "eq", "value": "서대문구 50%s"}
    assert levels(await check(owner, await made(owner, **REPORT, filter=filter_)), "T-03") == []
