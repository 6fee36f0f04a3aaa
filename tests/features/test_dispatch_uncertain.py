"""People of whom nobody knows whether it went out: listed with what was asked, decided by a person, counted to the unit."""

import asyncio
from collections import Counter
from uuid import uuid4

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import facing, nhn_account
from tests.support.hub import is_over, launch, progress_of, running_hub, until

from pabal.channels.base import Submitted
from pabal.channels.registry import unfenced_carrier
from pabal.dispatch import Selection, fence, launch_send
from pabal.dispatch.accounts import carrier_account
from pabal.dispatch.claim import claim_chunk
from pabal.kit.db import tenant_tx

PEOPLE = 3
ELSEWHERE = "elsewhere-boot:1:1:1"  # a caller on a host that nobody can judge from here


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier, question_pace=0.002)


class Doubt:
    """A send whose one request was claimed and marked as called by somebody who was never seen again."""

    def __init__(self, rt, tenant, account):
        self.rt, self.tenant, self.account = rt, tenant, account

    async def arise(self, **options):
        await fill_book(self.rt, self.tenant, [person(n) for n in range(PEOPLE)])
        self.send = await launch(
            self.rt, self.tenant, self.account, Selection(filter={}), body="설명회에 초대합니다.", **options
        )
        await launch_send(self.rt, self.tenant, self.send)
        all_claimed = []
        while (claimed := await claim_chunk(self.rt, self.tenant, self.send, ELSEWHERE)) is not None:
            all_claimed.append(claimed)
        for claimed in all_claimed:
            self.planned = claimed.planned[0]
            async with tenant_tx(self.rt, self.tenant) as conn:
                await fence.mark_calling(conn, claimed.hold, self.planned.request_id, "submit", lease=0.01)
        self.path = f"/api/uncertain/{self.send}/{self.planned.request_id}"
        assert (await self.over()).counts["uncertain"] == PEOPLE
        return self

    async def over(self):
        async with running_hub(self.rt):
            return await until(self.rt, self.tenant, self.send, is_over)

    async def it_went_out_after_all(self):
        """The caller's write was on its way: the carrier takes it now."""
        adapter = unfenced_carrier("nhn", "sms", self.rt.http)
        account = await carrier_account(self.rt, self.tenant, self.account)
        answer = await adapter.submit(account, self.planned.request_key, self.planned.messages)
        assert isinstance(answer, Submitted)

    async def incidents(self, count):
        """Until that many are written."""
        async with asyncio.timeout(30):
            while True:
                async with tenant_tx(self.rt, self.tenant) as conn:
                    row = await (await conn.execute("SELECT count(*) FROM incidents")).fetchone()
                if row[0] >= count:
                    return
                await asyncio.sleep(0.1)

    async def quota(self):
        async with tenant_tx(self.rt, self.tenant) as conn:
            cursor = await conn.execute("SELECT used, reserved FROM quota_months")
            return await cursor.fetchone()

    async def decisions(self):
        async with tenant_tx(self.rt, self.tenant) as conn:
            cursor = await conn.execute(
                "SELECT object_kind, detail FROM audit_log WHERE action = 'message.resolve' ORDER BY at, id"
            )
            return await cursor.fetchall()


@pytest.fixture
async def doubt(rt, camp, carrier):
    return await Doubt(rt, camp.id, await nhn_account(rt, camp.id, "sms", "lms")).arise()


async def test_they_are_listed_with_what_was_asked_and_units_are_kept(doubt, camp):
    (send,) = (await camp.staff.get("/api/uncertain")).json()["items"]
    assert (send["sendId"], send["people"], send["mayResend"]) == (str(doubt.send), PEOPLE, True)
    (group,) = send["groups"]
    assert (group["people"], group["channel"], group["carrier"]) == (PEOPLE, "sms", "nhn")
    assert [one["reason"] for one in group["reasons"]] == ["caller_not_gone"]
    assert [one["note"] for one in group["questions"]] == ["taken over", "not known there"]
    assert all(one["label"] != one["note"] for one in group["questions"])
    people = (await camp.staff.get(f"{doubt.path}/messages?limit=2")).json()
    assert [one["state"] for one in people["items"]] == ["uncertain"] * 2
    assert "*" in people["items"][0]["phone"] or "•" in people["items"][0]["phone"]
    rest = await camp.staff.get(f"{doubt.path}/messages?cursor={people['nextCursor']}")
    assert len(rest.json()["items"]) == 1
    assert await doubt.quota() == (0, PEOPLE)


async def test_adopted_they_are_like_anybody_who_was_accepted(doubt, camp, carrier):
    await doubt.it_went_out_after_all()
    answer = await camp.admin.post(f"{doubt.path}/resolve", json={"decision": "adopt"})
    assert answer.json() == {"resolved": PEOPLE}
    assert await doubt.quota() == (PEOPLE, 0)
    assert (await doubt.over()).counts["delivered"] == PEOPLE
    assert Counter(line["to"] for line in carrier.ledger()).most_common(1)[0][1] == 1
    assert (await camp.admin.get("/api/uncertain")).json()["items"] == []


async def test_one_is_sent_to_again_with_a_reason_for_another_unit(doubt, camp, carrier):
    path = f"/api/messages/{doubt.send}.2/resolve"
    assert (await camp.admin.post(path, json={"decision": "resend", "reason": " "})).status_code == 422
    body = {"decision": "resend", "reason": "발송사 화면에서 못 찾음"}
    answer = (await camp.admin.post(path, json=body)).json()
    assert (answer["state"], answer["attempts"][0]["state"]) == ("queued", "uncertain")
    assert (await progress_of(doubt.rt, doubt.tenant, doubt.send)).state == "running"
    done = await doubt.over()
    assert (done.state, done.counts["delivered"], done.counts["uncertain"]) == ("finished", 1, PEOPLE - 1)
    assert len(carrier.ledger()) == 1
    assert await doubt.quota() == (2, PEOPLE - 1)  # the first try's unit, the second's; two are kept
    shown = (await camp.admin.get(f"/api/messages/{doubt.send}.2")).json()
    assert [(one["n"], one["state"]) for one in shown["attempts"]] == [(1, "uncertain"), (2, "delivered")]
    ((kind, detail),) = await doubt.decisions()
    assert (kind, detail["decision"], detail["reason"]) == ("message", "resend", body["reason"])


async def test_closed_they_count_as_failed_until_a_receipt_says_otherwise(doubt, camp):
    answer = await camp.admin.post(f"{doubt.path}/resolve", json={"decision": "close"})
    assert answer.json() == {"resolved": PEOPLE}
    shown = await progress_of(doubt.rt, doubt.tenant, doubt.send)
    assert (shown.state, shown.by_reason) == ("finished", [("failed", "closed_by_person", PEOPLE)])
    assert await doubt.quota() == (PEOPLE, 0)
    await doubt.it_went_out_after_all()
    async with running_hub(doubt.rt):
        await until(doubt.rt, doubt.tenant, doubt.send, lambda p: p.counts["delivered"] == PEOPLE)
    assert await doubt.quota() == (PEOPLE, 0)


async def test_a_repeated_decision_is_answered_the_same_and_done_once(doubt, camp):
    path, body = f"/api/messages/{doubt.send}.1/resolve", {"decision": "close"}
    headers = {"Idempotency-Key": "k1"}
    first, second = [await camp.admin.post(path, json=body, headers=headers) for _ in range(2)]
    assert first.status_code == 200
    assert first.json() == second.json()
    refused = await camp.admin.post(path, json={"decision": "adopt"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_uncertain")
    assert refused.json()["state"] == "failed"
    assert len(await doubt.decisions()) == 1


async def test_of_two_decisions_at_once_one_holds(doubt, camp):
    answers = await asyncio.gather(
        camp.admin.post(f"{doubt.path}/resolve", json={"decision": "adopt"}),
        camp.owner.post(f"{doubt.path}/resolve", json={"decision": "close"}),
    )
    assert sorted(answer.json()["resolved"] for answer in answers) == [0, PEOPLE]
    assert len(await doubt.decisions()) == 1
    assert await doubt.quota() == (PEOPLE, 0)


@pytest.mark.parametrize("over", ["state = 'cancelled'", "not_after = clock_timestamp() - interval '1 hour'"])
async def test_nobody_is_sent_to_again_in_a_send_that_is_over(over, doubt, camp):
    async with tenant_tx(doubt.rt, doubt.tenant) as conn:
        await conn.execute(f"UPDATE sends SET {over} WHERE id = %s", (doubt.send,))
    assert (await camp.admin.get("/api/uncertain")).json()["items"][0]["mayResend"] is False
    answer = await camp.admin.post(f"{doubt.path}/resolve", json={"decision": "resend", "reason": "다시"})
    assert (answer.status_code, answer.json()["code"]) == (409, "send_over")
    answer = await camp.admin.post(f"{doubt.path}/resolve", json={"decision": "adopt"})
    assert answer.json() == {"resolved": PEOPLE}


async def test_staff_look_and_do_not_decide(doubt, camp):
    assert (await camp.staff.post(f"{doubt.path}/resolve", json={"decision": "close"})).status_code == 403
    path = f"/api/messages/{doubt.send}.1/resolve"
    assert (await camp.staff.post(path, json={"decision": "close"})).status_code == 403
    assert await doubt.decisions() == []


async def test_all_requests_of_a_send_are_decided_about_at_once(rt, camp, other_camp, carrier):
    account = await nhn_account(rt, camp.id, "sms", "lms")
    several = await Doubt(rt, camp.id, account).arise(rate_per_second=2)
    (send,) = (await camp.staff.get("/api/uncertain")).json()["items"]
    assert (len(send["groups"]), send["people"]) == (2, PEOPLE)
    path, body = f"/api/uncertain/{several.send}/resolve", {"decision": "close"}
    assert (await camp.staff.post(path, json=body)).status_code == 403
    assert (await other_camp.owner.post(path, json=body)).status_code == 404
    assert (await camp.admin.post(path, json={"decision": "resend"})).status_code == 422
    assert (await camp.admin.post(path, json=body)).json() == {"resolved": PEOPLE}
    assert (await camp.admin.post(path, json=body)).json() == {"resolved": 0}
    assert (await progress_of(rt, camp.id, several.send)).counts["failed"] == PEOPLE
    assert await several.quota() == (PEOPLE, 0)
    ((kind, detail),) = await several.decisions()
    assert (kind, detail["decision"], detail["people"]) == ("send", "close", PEOPLE)


async def test_another_camp_sees_and_decides_nothing(doubt, camp, other_camp):
    assert (await other_camp.owner.get("/api/uncertain")).json()["items"] == []
    assert (await other_camp.owner.get(f"{doubt.path}/messages")).status_code == 404
    for path in (doubt.path, f"/api/messages/{doubt.send}.1"):
        answer = await other_camp.owner.post(f"{path}/resolve", json={"decision": "close"})
        assert answer.status_code == 404
    assert (await progress_of(doubt.rt, doubt.tenant, doubt.send)).counts["uncertain"] == PEOPLE


async def test_of_many_questions_the_first_and_the_newest_are_kept(rt, tenant, carrier):
    account = await nhn_account(rt, tenant, "sms", "lms")
    await fill_book(rt, tenant, [person(0)])
    send = await launch(rt, tenant, account, Selection(filter={}))
    await launch_send(rt, tenant, send)
    claimed = await claim_chunk(rt, tenant, send, ELSEWHERE)
    request = claimed.planned[0].request_id
    async with tenant_tx(rt, tenant) as conn:
        await fence.mark_calling(conn, claimed.hold, request, "submit", lease=10)
        for n in range(30):
            await fence.ask_at(conn, claimed.hold, request, seconds=1, note=f"question {n}")
        cursor = await conn.execute("SELECT asked, questions FROM requests WHERE id = %s", (request,))
        asked, questions = await cursor.fetchone()
    assert asked == 30
    assert [one["note"] for one in questions] == ["question 0", *(f"question {n}" for n in range(11, 30))]


async def test_what_is_left_is_counted_and_listed_by_campaign_with_the_units_kept(doubt, camp, other_camp):
    counts = (await camp.staff.get("/api/uncertain/counts")).json()
    assert counts == {"people": PEOPLE, "sends": 1, "incidents": 0}
    assert (await other_camp.owner.get("/api/uncertain/counts")).json()["people"] == 0
    campaign = str(uuid4())
    async with tenant_tx(doubt.rt, doubt.tenant) as conn:
        await conn.execute("UPDATE sends SET campaign_id = %s WHERE id = %s", (campaign, doubt.send))
    assert (await camp.staff.get(f"/api/uncertain?campaignId={uuid4()}")).json()["items"] == []
    (send,) = (await camp.staff.get(f"/api/uncertain?campaignId={campaign}")).json()["items"]
    assert (send["campaignId"], send["groups"][0]["units"]) == (campaign, PEOPLE)
    await camp.admin.post(f"/api/messages/{doubt.send}.1/resolve", json={"decision": "close"})
    (send,) = (await camp.staff.get("/api/uncertain")).json()["items"]
    assert send["groups"][0]["units"] == PEOPLE - 1
    await camp.admin.post(f"{doubt.path}/resolve", json={"decision": "close"})
    counts = (await camp.staff.get("/api/uncertain/counts")).json()
    assert (counts["people"], counts["sends"]) == (0, 0)


async def test_whoever_got_both_is_an_incident_with_name_and_try(doubt, camp, other_camp):
    body = {"decision": "resend", "reason": "발송사 화면에서 못 찾음"}
    await camp.admin.post(f"{doubt.path}/resolve", json=body)
    assert (await doubt.over()).counts["delivered"] == PEOPLE
    await doubt.it_went_out_after_all()
    async with running_hub(doubt.rt):
        await doubt.incidents(PEOPLE)
    assert (await camp.staff.get("/api/uncertain/counts")).json()["incidents"] == PEOPLE
    first = (await camp.staff.get("/api/incidents?limit=2")).json()
    rest = (await camp.staff.get(f"/api/incidents?limit=2&cursor={first['nextCursor']}")).json()
    found = [*first["items"], *rest["items"]]
    assert rest["nextCursor"] is None
    assert {one["message"]["id"] for one in found} == {f"{doubt.send}.{seq}" for seq in (1, 2, 3)}
    assert {(one["kind"], one["attempt"], one["news"]) for one in found} == {("overlap", 1, "delivered")}
    assert all(one["label"] and one["channel"] == "sms" and one["accountName"] for one in found)
    assert "*" in found[0]["message"]["phone"] or "•" in found[0]["message"]["phone"]
    assert (await camp.staff.get(f"/api/incidents?campaignId={uuid4()}")).json()["items"] == []
    assert (await other_camp.owner.get("/api/incidents")).json()["items"] == []


async def test_incidents_are_worked_off_and_stay_on_record_with_who_looked(doubt, camp, other_camp):
    await camp.admin.post(
        f"{doubt.path}/resolve", json={"decision": "resend", "reason": "발송사 화면에서 못 찾음"}
    )
    assert (await doubt.over()).counts["delivered"] == PEOPLE
    await doubt.it_went_out_after_all()
    async with running_hub(doubt.rt):
        await doubt.incidents(PEOPLE)
    found = (await camp.admin.get("/api/incidents")).json()["items"]
    ids = [one["id"] for one in found]
    assert {one["seenAt"] for one in found} == {None}
    assert (await camp.staff.post("/api/incidents/seen", json={"ids": ids})).status_code == 403
    assert (await other_camp.owner.post("/api/incidents/seen", json={"ids": ids})).json() == {"changed": 0}

    async def mark(who, *some, seen=True):
        return (await who.post("/api/incidents/seen", json={"ids": some, "seen": seen})).json()["changed"]

    assert await mark(camp.admin, ids[0], ids[1]) == 2
    assert await mark(camp.owner, ids[0]) == 0  # whoever looked first stays the one who did
    assert (await camp.staff.get("/api/uncertain/counts")).json()["incidents"] == PEOPLE - 2
    (left,) = (await camp.admin.get("/api/incidents?seen=false")).json()["items"]
    done = (await camp.admin.get("/api/incidents?seen=true")).json()["items"]
    assert left["id"] == ids[2]
    assert {(one["id"], one["seenBy"]) for one in done} == {(ids[0], "admin"), (ids[1], "admin")}
    assert len((await camp.admin.get("/api/incidents")).json()["items"]) == PEOPLE
    assert await mark(camp.owner, ids[0], seen=False) == 1
    assert (await camp.staff.get("/api/uncertain/counts")).json()["incidents"] == PEOPLE - 1
    async with tenant_tx(doubt.rt, doubt.tenant) as conn:
        cursor = await conn.execute("SELECT detail ->> 'seen' FROM audit_log WHERE action = 'incident.seen'")
        assert sorted(row[0] for row in await cursor.fetchall()) == ["false", "true"]
