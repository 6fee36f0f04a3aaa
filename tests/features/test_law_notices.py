"""A-06: whoever agreed to adverts, took it back or refused is told so within 14 days; from the tenth day on it is urgent."""

from datetime import timedelta

import pytest
from tests.features import test_law_adverts as adverts

company, owner, settings = adverts.company, adverts.owner, adverts.settings

OWED = "/api/law/notices"


@pytest.fixture
async def listed(owner):
    answer = await owner.get(OWED)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_A06_the_outcome_is_owed_and_its_text_says_who_what_and_when(listed):
    """Words of 30 and 3 days ago; the one of two years ago was owed before the hub could count."""
    assert [(one["name"], one["state"], one["urgency"]) for one in listed["items"]] == [
        ("동의", "granted", "late"),
        ("철회", "granted", "late"),
        ("다시", "withdrawn", "late"),
        ("철회", "withdrawn", "open"),
        ("다시", "granted", "open"),
    ]
    assert (listed["owed"], listed["soon"], listed["late"]) == (5, 3, 3)
    withdrawn = listed["items"][3]
    assert withdrawn["text"] == (
        "푸른상사입니다. 2026년 11월 28일에 광고성 정보 수신 동의를 철회하셨고, 철회로 처리했어요."
    )
    assert withdrawn["dueOn"] == "2026-12-12"


@pytest.mark.parametrize(("days", "urgency"), [(9, "open"), (10, "soon"), (14, "soon"), (15, "late")])
async def test_A06_urgent_from_the_tenth_day_and_late_after_the_fourteenth(owner, rt, days, urgency):
    """The word of 2026-11-28."""
    rt.clock.offset += timedelta(days=days - 3)
    found = (await owner.get(OWED)).json()
    (one,) = [
        line for line in found["items"] if line["at"].startswith("2026-11-28") and line["name"] == "철회"
    ]
    assert one["urgency"] == urgency
    assert found["soon"] == sum(line["urgency"] != "open" for line in found["items"])
    assert found["late"] == sum(line["urgency"] == "late" for line in found["items"])


async def test_A06_whoever_was_told_is_owed_nothing_and_the_log_says_how(owner, listed):
    facts = [{"kind": one["kind"], "id": one["id"]} for one in listed["items"][:2]]
    answer = await owner.post(f"{OWED}/told", json={"facts": facts, "how": "문자로 알림"})
    assert answer.status_code == 200, answer.text
    left = answer.json()
    assert (left["owed"], [one["id"] for one in left["items"]]) == (
        3,
        [one["id"] for one in listed["items"][2:]],
    )
    strangers = [{"kind": "consent", "id": "01a2048b-8a0e-71ce-ab90-202ef77e5e4e"}]
    assert (await owner.post(f"{OWED}/told", json={"facts": strangers, "how": "문자"})).json()["owed"] == 3
    log = (await owner.get("/api/audit")).json()["items"]
    (told,) = [line for line in log if line["action"] == "notice.told"]
    assert told["detail"] == {"people": 2, "how": "문자로 알림"}


async def test_A06_an_opt_out_of_somebody_in_the_book_is_owed_an_answer_too(owner):
    body = {"kind": "phone", "channels": ["all"], "reason": "전화로 요청"}
    for number in ("010-2345-0000", "010-9999-0000"):  # of the second nobody knows whom to tell
        answer = await owner.post("/api/suppressions", json={**body, "value": number})
        assert answer.status_code == 201, answer.text
    found = [one for one in (await owner.get(OWED)).json()["items"] if one["kind"] == "refusal"]
    assert [(one["name"], one["state"]) for one in found] == [("동의", "refused")]


async def test_A06_of_whom_was_merged_each_word_is_owed_once(owner, listed):
    """Under the survivor's name; what the merge carried over, and its own strictest word, is nobody's statement."""
    people = {one["name"]: one["contactId"] for one in listed["items"]}
    merge = {"contactIds": [people["동의"], people["철회"]], "survivorId": people["철회"]}
    assert (await owner.post("/api/contacts/merge", json=merge)).status_code == 200
    found = (await owner.get(OWED)).json()
    assert found["owed"] == len(found["items"]) == listed["owed"]
    assert {one["id"] for one in found["items"]} == {one["id"] for one in listed["items"]}
    assert {one["contactId"] for one in found["items"]} == {people["철회"], people["다시"]}


async def test_A06_a_word_about_the_night_is_owed_and_asked_for_again_apart(owner, rt, listed):
    person = listed["items"][0]["contactId"]
    word = {"channel": "sms", "purpose": "marketing_night", "state": "granted", "evidence": "동의서"}
    word["at"] = (rt.clock.now() - timedelta(days=20)).isoformat()
    assert (await owner.post(f"/api/contacts/{person}/consents", json=word)).status_code == 201
    (one,) = [one for one in (await owner.get(OWED)).json()["items"] if one["night"]]
    assert "야간(밤 9시~아침 8시) 광고성 정보 수신에 동의하셨고" in one["text"]
    rt.clock.offset += timedelta(days=720)
    due = [
        one for one in (await owner.get("/api/law/reconfirm")).json()["items"] if one["contactId"] == person
    ]
    assert [(one["night"], "야간" in one["text"]) for one in due] == [(False, False), (True, True)]


async def test_A06_a_camp_owes_no_notice_to_whoever_refused_its_messages(camp):
    body = {"name": "김하늘", "phones": ["010-2345-0001"], "basis": "동의", "source": "방명록"}
    assert (await camp.owner.post("/api/contacts", json=body)).status_code == 201
    refusal = {"kind": "phone", "value": "010-2345-0001", "channels": ["all"], "reason": "전화로 요청"}
    assert (await camp.owner.post("/api/suppressions", json=refusal)).status_code == 201
    found = (await camp.owner.get(OWED)).json()
    assert (found["owed"], found["items"]) == (0, [])


async def test_A07_a_consent_is_seen_thirty_days_before_its_two_years_are_over(owner, rt):
    """The word of 2026-11-28 is due on 2028-11-27; the one of more than two years ago is overdue all along."""
    path = "/api/law/reconfirm"
    before = (await owner.get(path)).json()
    assert before["people"] == before["overdue"] == len(before["items"])
    rt.clock.offset += timedelta(days=730 - 31 - 3)
    assert "2026-11-28" not in {one["at"][:10] for one in (await owner.get(path)).json()["items"]}
    rt.clock.offset += timedelta(days=2)
    found = (await owner.get(path)).json()
    (one,) = [line for line in found["items"] if line["at"].startswith("2026-11-28")]
    assert (one["overdue"], one["dueOn"], one["name"]) == (False, "2028-11-27", "다시")
    assert "2026년 11월 28일에 광고성 정보 수신에 동의하셨어요" in one["text"]
    rt.clock.offset += timedelta(days=31)
    found = (await owner.get(path)).json()
    assert found["overdue"] == found["people"] == len(found["items"])


async def test_A07_whoever_refused_took_all_back_or_was_merged_away_is_not_asked_again(owner, rt):
    path = "/api/law/reconfirm"
    rt.clock.offset += timedelta(days=730)
    before = (await owner.get(path)).json()
    asked = {one["name"]: one["contactId"] for one in before["items"]}
    assert {"동의", "다시"} <= asked.keys()
    refusal = {"kind": "phone", "value": "010-2345-0000", "channels": ["all"], "reason": "전화로 요청"}
    assert (await owner.post("/api/suppressions", json=refusal)).status_code == 201
    word = {"channel": "all", "purpose": "marketing", "state": "withdrawn", "at": rt.clock.now().isoformat()}
    answer = await owner.post(f"/api/contacts/{asked['다시']}/consents", json=word)
    assert answer.status_code == 201, answer.text
    left = (await owner.get(path)).json()
    assert left["people"] == before["people"] - 2
    assert not {"동의", "다시"} & {one["name"] for one in left["items"]}
    merge = {"contactIds": [asked["오래"], asked["동의"]], "survivorId": asked["동의"]}
    assert (await owner.post("/api/contacts/merge", json=merge)).status_code == 200
    assert (await owner.get(path)).json()["people"] == left["people"] - 1  # of the survivor's refusal, too
