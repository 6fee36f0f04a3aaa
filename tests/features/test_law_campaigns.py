"""Campaign texts of a camp over HTTP: what a candidacy opens, which notices go out, and the count of eight."""

import csv
import io
import zipfile
from uuid import UUID

import pytest
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until
from tests.support.law import attest, candidacy, move_clock

from pabal.campaigns import launch_due
from pabal.channels.outgoing import OutgoingMessage
from pabal.dispatch import FrozenStep
from pabal.domain.law.rules import RULES_VERSION
from pabal.kit.db import tenant_tx

BODY = "#{이름}님, 통학로를 안전하게 만들겠습니다."
CAMPAIGN = {
    "name": "통학로",
    "messageClass": "campaign",
    "filter": {},
    "steps": [{"channel": "sms", "body": BODY}],
}


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def owner(app, rt, tenant):
    await make_book(rt, tenant)
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


async def reported_number(rt, tenant):
    """The number that the camp's simulator account sends from."""
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT value FROM senders WHERE kind = 'phone'")
        return (await cursor.fetchone())[0]


@pytest.fixture
async def standing(owner, rt, tenant):
    """A candidacy that may broadcast, and somebody who signed."""
    await attest(owner)
    return await candidacy(owner, reportedNumber=await reported_number(rt, tenant))


async def made(browser, **changes):
    answer = await browser.post("/api/campaigns", json=CAMPAIGN | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_E02_without_a_candidacy_nothing_of_the_class_goes_out(owner):
    await attest(owner)
    found = await check(owner, await made(owner))
    assert levels(found, "E-02") == ["block"]
    (article,) = [one["article"] for one in found["verdicts"] if one["rule"] == "E-02"]
    assert article == "공직선거법 제59조 2호"
    campaign = await made(owner)
    refused = await launch(owner, campaign)
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")
    logged = (await owner.get("/api/law/verdicts", params={"campaignId": campaign["id"]})).json()["items"]
    assert {(one["rule"], one["level"], one["stage"], one["version"]) for one in logged} == {
        ("E-02", "block", "launch", RULES_VERSION)
    }


async def test_C01_to_C04_everybody_gets_the_notices_and_they_are_weighed(
    owner, rt, tenant, standing, carrier
):
    campaign = await made(owner)
    found = await check(owner, campaign)
    assert not [one for one in found["verdicts"] if one["level"] in {"block", "hold"}]
    for rule in ("C-01", "C-02", "C-03", "C-04", "E-01"):
        assert levels(found, rule) == ["label"], rule
    assert found["perChannel"][0]["channel"] == "lms"  # the notices alone are longer than a short text
    shown = found["steps"][0]["body"]  # what the review shows is what goes out
    assert shown.startswith(f"(선거운동정보) {BODY}")
    assert shown.endswith("080-123-4567")
    answer = await launch(owner, campaign, digest=found["digest"])
    assert answer.status_code == 200, answer.text
    send = answer.json()["sendId"]
    async with running_hub(rt):
        await until(rt, tenant, send, is_over)
    texts = [line["text"] for line in carrier.ledger() if line["text"].endswith("080-123-4567")]
    assert len(texts) >= 3
    for text in texts:
        assert text.startswith("(선거운동정보) ")
        assert "불법수집정보 신고 118" in text
        assert "문의 " in text


async def test_E03_C13_the_ninth_is_refused_and_the_proof_tells_of_eight(owner, rt, tenant, standing):
    for number in range(1, 9):
        found = await check(owner, await made(owner, name=f"{number}번째"))
        assert levels(found, "law.six") == (["warn"] if number >= 6 else [])
        answer = await launch(owner, await made(owner, name=f"{number}번째"), digest=None)
        assert answer.status_code == 200, answer.text
    ninth = await made(owner, name="아홉 번째")
    assert levels(await check(owner, ninth), "E-03") == ["block"]
    refused = await launch(owner, ninth)
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")
    assert "8회를 모두 썼어요" in refused.json()["detail"]
    rehearsed = await launch(owner, ninth, rehearse=True)
    assert rehearsed.status_code == 200, rehearsed.text
    shown = (await owner.get(f"/api/candidacies/{standing['id']}")).json()
    assert (shown["left"], [one["no"] for one in shown["broadcasts"]]) == (0, list(range(1, 9)))
    packed = await owner.get(f"/api/candidacies/{standing['id']}/bundle.zip")
    table = zipfile.ZipFile(io.BytesIO(packed.content)).read("자동동보.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["회차"] for row in rows] == [str(number) for number in range(1, 9)]
    assert {row["수신거부로 뺀 사람"] for row in rows} == {"1"}
    assert all(len(row["글 지문(SHA-256)"]) == 64 and row["신고 접수번호"] == "접수 2026-31" for row in rows)


async def test_C13_where_nobody_opted_out_the_proof_says_none(owner, standing):
    """The one who opted out lives in another district."""
    campaign = await made(owner, filter={"field": "district", "op": "eq", "value": "서대문구"})
    answer = await launch(owner, campaign)
    assert answer.status_code == 200, answer.text
    (taken,) = (await owner.get(f"/api/candidacies/{standing['id']}")).json()["broadcasts"]
    assert (taken["people"], taken["optedOut"]) == (1, 0)


async def test_E03_a_rehearsal_and_a_refused_launch_take_no_count(owner, standing):
    assert (await launch(owner, await made(owner), rehearse=True)).status_code == 200
    stale = await launch(owner, await made(owner), digest="0" * 64 + ".1-0.0")
    assert stale.status_code == 409
    assert (await owner.get(f"/api/candidacies/{standing['id']}")).json()["left"] == 8


async def test_E05_another_number_than_the_reported_one_is_refused(owner, rt, tenant):
    await attest(owner)
    made_here = await candidacy(owner, reportedNumber="02-9999-9999")
    assert levels(await check(owner, await made(owner)), "E-05") == ["block"]
    path = f"/api/candidacies/{made_here['id']}"
    changed = await owner.patch(path, json={"reportedNumber": await reported_number(rt, tenant)})
    assert changed.status_code == 200, changed.text
    assert levels(await check(owner, await made(owner)), "E-05") == []
    assert (await launch(owner, await made(owner))).status_code == 200
    fixed = await owner.patch(path, json={"reportedNumber": "02-9999-9999"})
    assert (fixed.status_code, fixed.json()["code"]) == (409, "reported_number_fixed")


async def test_E08_twenty_by_hand_need_no_candidacy_but_not_one_after_another(owner, rt, tenant):
    await attest(owner)
    people = [row["id"] for row in (await owner.get("/api/contacts")).json()["items"]][:2]
    picked = {"filter": None, "contactIds": people}
    body = {**CAMPAIGN, **picked}
    body.pop("filter")
    first = (await owner.post("/api/campaigns", json=body)).json()
    found = await check(owner, first)
    assert levels(found, "E-08") == ["warn"]
    assert levels(found, "C-01") == []
    assert (await launch(owner, first)).status_code == 200
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(  # as if nineteen had been picked
            "UPDATE campaigns SET audience = jsonb_build_object("
            "'contactIds', (SELECT jsonb_agg(gen_random_uuid()) FROM generate_series(1, 19))) WHERE id = %s",
            (first["id"],),
        )
    again = (await owner.post("/api/campaigns", json=body)).json()
    assert levels(await check(owner, again), "E-08") == ["block"]
    other = {**body, "steps": [{"channel": "sms", "body": "다른 글이에요."}]}
    assert levels(await check(owner, (await owner.post("/api/campaigns", json=other)).json()), "E-08") == [
        "hold"
    ]


async def test_E13_whoever_has_not_signed_cannot_start_one(owner, rt, tenant):
    await candidacy(owner, reportedNumber=await reported_number(rt, tenant))
    assert levels(await check(owner, await made(owner)), "E-13") == ["block"]
    await attest(owner)
    assert levels(await check(owner, await made(owner)), "E-13") == []


async def test_E19_a_schedule_beyond_the_end_of_a_preliminary_candidacy_is_refused(owner, standing):
    late = {"at": "2027-03-19T18:30:00+09:00", "zone": "Asia/Seoul"}
    in_time = {"at": "2027-03-19T17:30:00+09:00", "zone": "Asia/Seoul"}
    assert levels(await check(owner, await made(owner, schedule=late)), "E-19") == ["block"]
    assert levels(await check(owner, await made(owner, schedule=in_time)), "E-19") == []


async def test_a_notice_of_the_author_stays_and_variables_beside_it_hide_nothing(owner, standing):
    whole = "(선거운동정보) 인사드려요. 무료수신거부 080-123-4567#{동호수}"
    found = await check(
        owner,
        await made(
            owner,
            steps=[
                {"channel": "sms", "body": whole, "missingPolicy": "default", "defaults": {"동호수": "1"}}
            ],
        ),
    )
    assert levels(found, "C-04") == ["label"]
    assert not [one for one in found["verdicts"] if one["level"] in {"block", "hold"}]


async def test_P04_who_is_picked_by_a_political_tag_must_have_agreed_to_it(owner, rt, tenant):
    """Five of the book are 당원; a consent of each opens the send."""
    by_tag = {"messageClass": "civic", "filter": {"field": "tag", "op": "has", "value": "당원"}}
    text = {"steps": [{"channel": "sms", "body": "설명회를 열어요."}]}
    campaign = await made(owner, **by_tag, **text)
    found = await check(owner, campaign)
    assert levels(found, "P-04") == ["block"]
    assert levels(await check(owner, campaign, rehearse=True), "P-04") == ["warn"]
    everyone = await made(owner, messageClass="civic", **text)
    assert levels(await check(owner, everyone), "P-04") == []
    members = (await owner.get("/api/contacts", params={"tag": "당원"})).json()["items"]
    for member in members:
        answer = await owner.post(
            f"/api/contacts/{member['id']}/consents",
            json={
                "channel": "sms",
                "purpose": "sensitive",
                "state": "granted",
                "at": "2026-12-20T10:00:00+09:00",
                "evidence": "동의서",
            },
        )
        assert answer.status_code == 201, answer.text
    assert len(members) == 5
    assert levels(await check(owner, campaign), "P-04") == []


async def test_a_rule_that_holds_since_the_approval_is_nothing_that_anybody_approved(
    owner, rt, tenant, standing
):
    """Scheduled with a reason for one rule; by its hour the names of the camp's profile hold it by another."""
    body = {
        "messageClass": "civic",
        "steps": [{"channel": "sms", "body": "여론조사에서 한서윤 사무소를 물었어요."}],
    }
    at = {"at": "2027-01-22T12:00:00+09:00", "zone": "Asia/Seoul"}

    async def scheduled(**changes):
        campaign = await made(owner, **{**body, "schedule": at, **changes})
        found = await check(owner, campaign)
        answer = await launch(
            owner, campaign, digest=found["digest"], approvalReason="선관위에 물어본 글이에요"
        )
        assert answer.status_code == 200, answer.text
        return campaign, {one["rule"] for one in found["verdicts"] if one["level"] == "hold"}

    known, rules = await scheduled(name="그대로")
    assert rules == {"T-07", "T-13"}
    other, _ = await scheduled(
        name="새 규칙", steps=[{"channel": "sms", "body": "여론조사에서 오민재 사무소를 물었어요."}]
    )
    await owner.put("/api/law/profile", json={"names": ["오민재"]})
    move_clock(rt, "2027-01-22T12:00:01+09:00")
    for campaign in (known, other):
        await launch_due(rt, tenant, UUID(campaign["id"]))
    states = [(await owner.get(f"/api/campaigns/{one['id']}")).json() for one in (known, other)]
    assert states[0]["sendId"] is not None
    assert (states[1]["state"], states[1]["holdReason"]) == ("held", "approval_needed")


@pytest.mark.parametrize("channel", ["mms", "brand"])
async def test_C07_a_step_that_could_carry_a_picture_is_refused_so_that_notices_are_always_words(
    owner, channel
):
    """Nor has what goes to a carrier a place for a file."""
    answer = await owner.post(
        "/api/campaigns", json=CAMPAIGN | {"steps": [{"channel": channel, "body": BODY}]}
    )
    assert answer.status_code == 422, answer.text
    assert [one["path"] for one in answer.json()["errors"]] == ["steps[0].channel"]
    names = {name.lower() for shape in (FrozenStep, OutgoingMessage) for name in shape.__annotations__}
    assert not [name for name in names if "image" in name or "file" in name or "attach" in name]
