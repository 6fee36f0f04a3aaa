"""Candidacies, the calendar, what may be sent and rules with switches, over HTTP."""

import io
import zipfile

import pytest
from tests.support.browsers import log_in
from tests.support.law import BY_ELECTION, attest, candidacy, move_clock

JANUARY = "2027-01-22T11:00:00+09:00"


@pytest.fixture
async def owner(app, rt, tenant):
    move_clock(rt, JANUARY)
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


async def lines(browser, **query):
    answer = await browser.get("/api/law/today", params=query)
    assert answer.status_code == 200, answer.text
    return {(line["messageClass"], line["origin"], line["channel"]): line for line in answer.json()["items"]}


CAMPAIGN = ("campaign", "selection", "lms")


async def test_a_candidacy_opens_campaign_texts(owner):
    await attest(owner)
    before = (await lines(owner))[CAMPAIGN]
    assert (before["verdict"], before["rule"]) == ("closed", "E-02")
    made = await candidacy(owner)
    assert (made["valid"], made["left"], made["dDay"], made["officeLabel"]) == (
        True,
        8,
        "D-75",
        "국회의원 (지역구)",
    )
    assert made["validUntil"] == "2027-03-19T18:00:00+09:00"
    after = (await lines(owner))[CAMPAIGN]
    assert (after["verdict"], after["rule"], after["article"]) == ("open", "E-02", "공직선거법 제59조 2호")
    assert "8회 남음" in after["reason"]


async def test_any_day_is_judged_by_the_same_rules(owner):
    await attest(owner)
    await candidacy(owner)
    for day, verdict, rule in [
        ("2026-12-07", "closed", "E-02"),
        ("2026-12-11", "closed", "E-06"),
        ("2026-12-12", "open", "E-02"),
        ("2027-03-19", "open", "E-02"),
        ("2027-03-20", "closed", "E-19"),
        ("2027-04-08", "closed", "E-02"),
    ]:
        line = (await lines(owner, on=day))[CAMPAIGN]
        assert (day, line["verdict"], line["rule"]) == (day, verdict, rule)
    greeting = ("greeting", "selection", "lms")
    assert (await lines(owner, on="2027-02-07"))[greeting]["verdict"] == "open"
    assert (await lines(owner, on="2027-01-22"))[greeting]["verdict"] == "conditional"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"election": "by-1999"}, "election"),
        ({"election": None}, "election"),
        ({"office": "president"}, "office"),
        ({"registeredAt": "2026-12-07"}, "registeredAt"),
        ({"registeredAt": "2027-01-23"}, "registeredAt"),
        ({"reportedNumber": "12"}, "reportedNumber"),
        ({"reportedAt": "2027-01-22T12:00:00+09:00"}, "reportedAt"),
        ({"refusal": "010-1234-5678"}, "refusal"),
        ({"election": "general-2028", "office": "proportional"}, "status"),
    ],
)
async def test_what_cannot_be_true_names_its_field(owner, changes, field):
    answer = await owner.post("/api/candidacies", json=BY_ELECTION | changes)
    assert answer.status_code == 422, answer.text
    assert field in {error["path"] for error in answer.json()["errors"]}


async def test_a_second_one_for_the_same_election_would_count_anew(owner):
    await candidacy(owner)
    answer = await owner.post("/api/candidacies", json=BY_ELECTION | {"name": "다른이"})
    assert (answer.status_code, answer.json()["code"]) == (409, "candidacy_exists")


async def test_a_change_keeps_what_it_does_not_name_and_refuses_a_stale_one(owner):
    made = await candidacy(owner)
    path = f"/api/candidacies/{made['id']}"
    changed = await owner.patch(path, json={"status": "candidate", "version": made["version"]})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["status"], changed.json()["name"], changed.json()["reportedNumber"]) == (
        "candidate",
        "한서윤",
        "0212345678",
    )
    stale = await owner.patch(path, json={"status": "withdrawn", "version": made["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_edit")


async def test_the_certificate_is_kept_sealed_and_comes_back_with_the_bundle(owner, rt, tenant):
    made = await candidacy(owner, proof="")
    assert made["proven"] is False
    path = f"/api/candidacies/{made['id']}"
    refused = await owner.put(f"{path}/proof", content=b"MZ not a paper")
    assert refused.status_code == 422
    paper = b"%PDF-1.7 certificate"
    kept = await owner.put(f"{path}/proof", content=paper)
    assert (kept.json()["proven"], kept.json()["proofName"]) == (True, "등록증.pdf")
    back = await owner.get(f"{path}/proof")
    assert (back.content, back.headers["content-type"]) == (paper, "application/pdf")
    packed = await owner.get(f"{path}/bundle.zip")
    folder = zipfile.ZipFile(io.BytesIO(packed.content))
    assert sorted(folder.namelist()) == ["등록증/등록증.pdf", "자동동보.csv", "후보자정보.txt"]
    assert folder.read("등록증/등록증.pdf") == paper
    assert "한서윤" in folder.read("후보자정보.txt").decode()


async def test_the_calendar_is_of_the_camps_own_election_or_of_any(owner):
    none = (await owner.get("/api/election-calendar")).json()
    assert (none["electionDay"], none["windows"], none["dDay"]) == (None, [], "")
    assert none["known"][0]["id"] == "by-2027-04"
    await candidacy(owner)
    own = (await owner.get("/api/election-calendar")).json()
    assert (own["electionDay"], own["dDay"], own["nextChange"]["on"]) == ("2027-04-07", "D-75", "2027-02-06")
    assert {window["id"] for window in own["windows"] if window["holds"]} >= {
        "preliminary",
        "documents",
        "deepfake",
    }
    (feast,) = [one for one in own["windows"] if one["rule"] == "T-05" and "설날" in one["label"]]
    assert (feast["first"], feast["last"]) == ("2027-01-31", "2027-02-14")
    other = (
        await owner.get("/api/election-calendar", params={"electionDay": "2028-04-12", "office": "assembly"})
    ).json()
    assert (other["opening"], other["periodStart"]) == ("2027-12-14", "2028-03-30")
    unknown = await owner.get("/api/election-calendar", params={"on": "2060-01-01"})
    assert unknown.status_code == 422


async def test_statutes_have_no_switch_and_product_rules_want_a_reason(owner, app, rt, tenant):
    found = (await owner.get("/api/rules")).json()
    assert {rule["id"] for rule in found["items"] if rule["switchable"]} == {"E-10", "T-05", "law.six"}
    statute = await owner.patch("/api/rules/E-03", json={"level": "warn", "reason": "더 보내고 싶어서"})
    assert (statute.status_code, statute.json()["code"]) == (409, "rule_is_law")
    assert (await owner.patch("/api/rules/T-05", json={"level": "ok", "reason": ""})).status_code == 422
    changed = await owner.patch("/api/rules/T-05", json={"level": "ok", "reason": "인사말을 자주 보내요"})
    (rule,) = [rule for rule in changed.json()["items"] if rule["id"] == "T-05"]
    assert (rule["level"], rule["ownLevel"], rule["reason"]) == ("ok", "warn", "인사말을 자주 보내요")
    assert (await lines(owner))[("greeting", "selection", "lms")]["verdict"] == "open"
    audit = (await owner.get("/api/audit")).json()["items"]
    assert audit[0]["action"] == "rule.change"
    async with log_in(app, rt, tenant, "admin") as admin:
        assert (
            await admin.patch("/api/rules/T-05", json={"level": "warn", "reason": "되돌려요"})
        ).status_code == 403


async def test_who_has_not_signed_sends_no_campaign_text(owner):
    await candidacy(owner)
    assert (await lines(owner))[CAMPAIGN]["rule"] == "E-13"
    wrong = await owner.post("/api/law/attestation", json={"capacity": "voter", "version": 99})
    assert wrong.status_code == 422
    await attest(owner)
    assert (await owner.get("/api/law/attestation")).json()["signed"] is True
    assert (await lines(owner))[CAMPAIGN]["verdict"] == "open"


async def test_a_profile_opens_what_only_members_of_parliament_and_parties_send(owner):
    report, party = ("council_report", "selection", "lms"), ("party_notice", "selection", "lms")
    before = await lines(owner)
    assert {before[report]["verdict"], before[party]["verdict"]} == {"not_applicable"}
    profile = {
        "sitting": True,
        "party": True,
        "names": ["한서윤"],
        "rivals": ["오민재"],
        "advertRefusal": "080-1234-5678",
    }
    saved = await owner.put("/api/law/profile", json=profile)
    assert saved.status_code == 200, saved.text
    assert (saved.json()["names"], saved.json()["advertRefusal"]) == (["한서윤"], "08012345678")
    after = await lines(owner)
    assert {after[report]["verdict"], after[party]["verdict"]} == {"open"}
    paid = await owner.put("/api/law/profile", json={"advertRefusal": "010-1234-5678"})
    assert [error["path"] for error in paid.json()["errors"]] == ["advertRefusal"]


async def test_P08_how_a_number_is_known_is_answered_from_what_is_on_record(owner):
    made = await owner.post(
        "/api/contacts",
        json={"name": "김하늘", "phones": ["010-2345-0001"], "basis": "동의", "source": "주민 설명회 방명록"},
    )
    contact = made.json()["id"]
    answer = (await owner.get(f"/api/contacts/{contact}/source-answer")).json()
    assert answer["source"] == "주민 설명회 방명록"
    assert "‘주민 설명회 방명록’에서" in answer["text"]
    assert "수신거부" in answer["text"]
    assert "김하늘" not in answer["text"]
    assert "2345" not in answer["text"]
    assert "목적은 ‘안내’" in answer["text"]  # nobody has written down what for
    await owner.patch(f"/api/contacts/{contact}", json={"purposes": ["civic", "report"]})
    answer = (await owner.get(f"/api/contacts/{contact}/source-answer")).json()
    assert "목적은 ‘공지·일정 안내, 의정활동 보고’" in answer["text"]
    await owner.delete(f"/api/contacts/{contact}")
    assert (await owner.get(f"/api/contacts/{contact}/source-answer")).status_code == 404
