"""P-07: nobody is written to about something else than their data was collected for; and what a card keeps of that."""

from datetime import datetime
from uuid import UUID

import pytest
from tests.features.test_bulk_edits import edit, undo
from tests.features.test_law_campaigns import made
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until
from tests.support.imports import bring_in, sheet
from tests.support.law import move_clock

from pabal.dispatch import launch_send
from pabal.domain.campaign import MessageClass
from pabal.domain.law.lists import COLLECTED_FOR, PURPOSES, other_purpose
from pabal.kit.db import tenant_tx

TEXT = {"messageClass": "civic", "steps": [{"channel": "sms", "body": "설명회를 열어요."}]}
DAYS = ("2026-11-25T11:00:00+09:00", "2027-01-22T11:00:00+09:00", "2028-04-20T11:00:00+09:00")


@pytest.mark.parametrize("message_class", MessageClass)
def test_P07_a_class_goes_to_whoever_was_told_one_of_its_purposes_or_nothing(message_class):
    wanted = COLLECTED_FOR[message_class]
    assert not other_purpose((), message_class)
    for one in PURPOSES:
        assert other_purpose((one,), message_class) == (bool(wanted) and one not in wanted)
        assert not other_purpose((one, *wanted), message_class)
    assert (
        COLLECTED_FOR[MessageClass.COUNCIL_REPORT] != COLLECTED_FOR[MessageClass.CAMPAIGN]
    )  # open question 7


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


@pytest.fixture
async def owner(app, rt, tenant, book):
    move_clock(rt, DAYS[1])
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


async def tell(browser, contact_id, *purposes):
    answer = await browser.patch(f"/api/contacts/{contact_id}", json={"purposes": list(purposes)})
    assert answer.is_success, answer.text
    assert answer.json()["purposes"] == sorted(purposes)


def left_out(found):
    return {one["reason"]: one["count"] for one in found["excluded"]}.get("other_purpose", 0)


async def test_P07_whoever_was_told_something_else_is_left_out_at_check_launch_and_claim(
    owner, rt, tenant, book, carrier
):
    """One told so before the check, one between launch and claim: a list handed over for reports isn't asked to meetings."""
    await tell(owner, book.contacts["박노을"], "report", "party")
    found = await check(owner, campaign := await made(owner, **TEXT))
    assert left_out(found) == 1
    answer = await launch(owner, campaign, digest=found["digest"])
    assert answer.status_code == 200, answer.text
    await launch_send(rt, tenant, UUID(answer.json()["sendId"]))
    await tell(owner, book.contacts["최가람"], "campaign")
    async with running_hub(rt):
        progress = await until(rt, tenant, answer.json()["sendId"], is_over)
    assert ("skipped", "other_purpose", 2) in progress.by_reason
    assert [line["to"] for line in carrier.ledger()] == ["01023450001"]
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE contacts SET purposes = '{marketing}'")
    for day in DAYS:
        rt.clock.offset += datetime.fromisoformat(day) - rt.clock.now()
        assert left_out(await check(owner, await made(owner, **TEXT))) == 4


async def test_P07_whoever_was_told_it_or_nothing_gets_it_whatever_the_day(owner, rt, tenant, book):
    """Of whom nobody has told anything the check says how many there are; that stops nothing."""
    await tell(owner, book.contacts["박노을"], "campaign", "civic")
    await tell(owner, book.contacts["최가람"], "civic")
    campaign = await made(owner, **TEXT)
    for day in DAYS:
        rt.clock.offset += datetime.fromisoformat(day) - rt.clock.now()
        found = await check(owner, campaign)
        assert (left_out(found), found["sendable"], levels(found, "P-07")) == (0, 3, ["warn"])
    (message,) = [one["message"] for one in found["verdicts"] if one["rule"] == "P-07"]
    assert message.startswith("4명은")
    named = {**TEXT, "steps": [{"channel": "sms", "body": "#{이름}님, 설명회를 열어요."}]}
    (again,) = [
        one["message"]
        for one in (await check(owner, await made(owner, **named)))["verdicts"]
        if one["rule"] == "P-07"
    ]
    assert again == message
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE contacts SET purposes = '{civic}'")
    assert levels(await check(owner, campaign), "P-07") == []
    empty = {"field": "purpose", "op": "is_empty"}
    assert (await owner.get("/api/contacts")).json()["items"][0]["purposes"] == ["civic"]
    assert (await check(owner, await made(owner, **TEXT, filter=empty)))["audience"] == 0


async def told_to(camp):
    """Name → purposes of everybody who stands in the book."""
    found = (await camp.owner.get("/api/contacts", params={"limit": 100})).json()["items"]
    return {one["name"]: one["purposes"] for one in found}


KIM, LEE = ("김철수", "01093082906"), ("이영희", "01093082907")


def listed(*rows):
    return sheet(*rows, header=("이름", "휴대폰"))


async def test_P07_a_second_list_adds_its_purpose_and_its_undo_takes_it_away(rt, camp):
    """Who is on both lists is unchanged by the second but for that; who was told by hand since keeps what was told."""
    first = await bring_in(rt, camp, listed(KIM, LEE), purposes=["report"])
    assert first["purposes"] == ["report"]
    second = await bring_in(rt, camp, listed(KIM), purposes=["campaign"])
    assert (second["created"], second["updated"], second["merged"]) == (0, 0, 1)
    assert await told_to(camp) == {"김철수": ["campaign", "report"], "이영희": ["report"]}
    third = await bring_in(rt, camp, listed(KIM, LEE), purposes=["civic"])
    people = {one["name"]: one["id"] for one in (await camp.owner.get("/api/contacts")).json()["items"]}
    await tell(camp.owner, people["이영희"], "civic", "report", "party")
    await camp.admin.post(f"/api/imports/{second['id']}/undo")
    assert await told_to(camp) == {"김철수": ["civic", "report"], "이영희": ["civic", "party", "report"]}
    await camp.admin.post(f"/api/imports/{third['id']}/undo")
    assert await told_to(camp) == {"김철수": ["report"], "이영희": ["party", "report"]}


async def test_P07_a_merge_joins_purposes_and_comes_apart_with_them(rt, camp):
    await bring_in(rt, camp, listed(KIM), purposes=["report"])
    await bring_in(rt, camp, listed(LEE), purposes=["campaign"])
    people = {one["name"]: one["id"] for one in (await camp.owner.get("/api/contacts")).json()["items"]}
    merge = {"contactIds": list(people.values()), "survivorId": people["김철수"]}
    merged = await camp.owner.post("/api/contacts/merge", json=merge)
    assert merged.status_code == 200, merged.text
    assert (await camp.owner.get(f"/api/contacts/{people['김철수']}")).json()["purposes"] == [
        "campaign",
        "report",
    ]
    await tell(camp.owner, people["김철수"], "campaign", "report", "civic")
    undone = await camp.owner.post(f"/api/merges/{merged.json()['mergeId']}/undo")
    assert undone.is_success, undone.text
    assert await told_to(camp) == {"김철수": ["civic", "report"], "이영희": ["campaign"]}


async def test_P07_an_import_that_joins_two_people_joins_their_purposes(rt, camp):
    phone, mail = ("김철수", "01093082906", ""), ("김철수", "", "kms@naver.com")
    both = ("김철수", "01093082906", "kms@naver.com")
    columns = ("이름", "휴대폰", "이메일")
    await bring_in(rt, camp, sheet(phone, header=columns), purposes=["report"])
    await bring_in(rt, camp, sheet(mail, header=columns), purposes=["party"])
    third = await bring_in(rt, camp, sheet(both, header=columns), purposes=["civic"])
    found = (await camp.owner.get("/api/contacts")).json()["items"]
    assert [one["purposes"] for one in found] == [["civic", "party", "report"]]
    await camp.admin.post(f"/api/imports/{third['id']}/undo")
    found = (await camp.owner.get("/api/contacts", params={"sort": "createdAt"})).json()["items"]
    assert [one["purposes"] for one in found] == [["report"], ["party"]]


async def test_P07_a_bulk_edit_tells_many_at_once_and_its_undo_untells_them(rt, camp):
    await bring_in(rt, camp, listed(KIM, LEE))
    people = {one["name"]: one["id"] for one in (await camp.owner.get("/api/contacts")).json()["items"]}
    await tell(camp.owner, people["김철수"], "civic")
    done = await edit(camp.admin, {"addPurposes": ["civic"]}, reason="")
    assert (done["kinds"], done["changed"], done["result"]["purposes"]) == (["purposes"], 1, 1)
    mixed = await edit(
        camp.admin, {"addPurposes": ["party"], "removePurposes": ["civic"], "attributes": {"직업": "교사"}}
    )
    assert mixed["result"]["purposes"] == 2
    assert await told_to(camp) == {"김철수": ["party"], "이영희": ["party"]}
    assert (await undo(camp.admin, mixed["id"]))["state"] == "undone"
    assert await told_to(camp) == {"김철수": ["civic"], "이영희": ["civic"]}
    assert (await undo(camp.admin, done["id"]))["state"] == "undone"
    assert await told_to(camp) == {"김철수": ["civic"], "이영희": []}
