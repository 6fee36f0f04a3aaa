"""A text still being typed: its bytes over the real audience, the same as the check will say; nothing is kept."""

import pytest
from tests.support.browsers import log_in
from tests.support.campaigns import add_contact, check, make_book

from pabal.campaigns import unsaved

BODY = "#{이름}님, 설명회에 초대해요."


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


@pytest.fixture
async def owner(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


def draft(book, **changes):
    step = {"channel": "sms", "senderId": str(book.sender_id), "body": BODY}
    return {"name": "설명회", "messageClass": "civic", "filter": {}, "steps": [step]} | changes


async def weigh(owner, body):
    answer = await owner.post("/api/campaigns/weigh", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["steps"]


async def test_a_draft_weighs_what_its_check_will_say_and_nothing_is_kept(book, owner):
    [weighed] = await weigh(owner, draft(book))
    assert (await owner.get("/api/campaigns")).json()["items"] == []
    created = (await owner.post("/api/campaigns", json=draft(book))).json()
    found = await check(owner, created)
    [step] = found["steps"]
    assert weighed["bytes"] == step["bytes"]
    assert weighed["people"] == step["people"]
    assert weighed["people"] == 3
    whole = (await owner.post("/api/campaigns/weigh", json=draft(book, ratePerSecond=2))).json()
    assert whole["cost"] == found["cost"]
    assert whole["seconds"] == 2  # three people at two a second


async def test_the_range_is_that_of_who_was_chosen(rt, tenant, book, owner):
    await add_contact(rt, tenant, "남궁서연", "010-2345-0009")
    wide = (await weigh(owner, draft(book)))[0]["bytes"]
    assert wide["max"] - wide["min"] == 2  # one syllable more than the others' names: two bytes of CP949
    alone = draft(book, contactIds=[str(book.contacts["최가람"])])
    del alone["filter"]
    [one] = await weigh(owner, alone)
    assert one == {"people": 1, "bytes": {"min": wide["min"], "max": wide["min"]}}


async def test_the_text_comes_with_the_notices_that_people_will_get(book, owner, monkeypatch):
    profile = {"advertSender": "푸른상사", "advertContact": "02-1234-5678", "advertRefusal": "080-123-4567"}
    assert (await owner.put("/api/law/profile", json=profile)).is_success
    advert = draft(book, messageClass="commercial_ad")
    created = (await owner.post("/api/campaigns", json=advert)).json()
    [step] = (await check(owner, created))["steps"]
    answer = (await owner.post("/api/campaigns/weigh", json=advert)).json()
    assert answer["dressed"] == [{"body": step["body"], "subject": step["subject"]}]
    assert answer["dressed"][0]["body"].startswith("(광고)")
    monkeypatch.setattr(unsaved, "CHECK_AT_ONCE", 2)  # a large audience is dressed all the same
    large = (await owner.post("/api/campaigns/weigh", json=advert)).json()
    assert (large["steps"], large["dressed"]) == ([], answer["dressed"])


async def test_a_step_without_words_weighs_nothing(book, owner):
    wordless = draft(book, steps=[{"channel": "sms", "body": ""}])
    answer = (await owner.post("/api/campaigns/weigh", json=wordless)).json()
    assert (answer["steps"], answer["cost"], answer["seconds"]) == ([], None, None)


async def test_a_filter_that_is_none_is_refused(book, owner):
    answer = await owner.post("/api/campaigns/weigh", json=draft(book, filter={"nonsense": 1}))
    assert answer.status_code == 422


async def test_an_audience_whose_check_is_a_job_is_not_weighed_at_every_pause(book, owner, monkeypatch):
    monkeypatch.setattr(unsaved, "CHECK_AT_ONCE", 5)  # of six people
    assert await weigh(owner, draft(book)) == []


async def test_a_step_takes_a_templates_format_away_by_saying_as_it_is(book, owner):
    contact = {"name": "정날짜", "phones": ["010-2345-0010"], "attributes": {"행사일": "2026-11-28"}}
    told = {"basis": "consent", "source": "방명록", "obtainedOn": "2026-11-01"}
    made = await owner.post("/api/contacts", json=contact | told)
    assert made.status_code == 201, made.text
    template = await owner.post(
        "/api/templates",
        json={"name": "행사", "channel": "sms", "body": "#{행사일}", "formats": {"행사일": "date_long"}},
    )
    step = {"channel": "sms", "senderId": str(book.sender_id), "templateId": template.json()["id"]}
    alone = {key: value for key, value in draft(book).items() if key != "filter"}
    alone["contactIds"] = [made.json()["id"]]
    bytes_of = []
    for formats in (None, {"행사일": "date"}, {"행사일": ""}):
        said = step if formats is None else step | {"formats": formats}
        [one] = await weigh(owner, alone | {"steps": [said]})
        bytes_of.append(one["bytes"]["max"])
    assert bytes_of == [len(text.encode("cp949")) for text in ("2026년 11월 28일", "11월 28일", "2026-11-28")]
