"""Hours of a campaign ("보내는 시간대"): drafted, checked, frozen at launch, kept on the air."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.support.book import fill_book, person
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, make_book
from tests.support.carriers import facing, solapi_account
from tests.support.hub import is_over, progress_of, running_hub, until
from tests.support.hub import launch as launch_send_of

from pabal.dispatch import Selection, launch_send, watch_send
from pabal.domain.window import KST, SendWindow

HOURS = {"from": "09:00", "until": "20:00"}
NOON = datetime(2031, 3, 3, 12, 0, tzinfo=KST)
NIGHT = NOON.replace(hour=22)
MORNING = NOON.replace(day=4, hour=9)


def go_to(rt, moment):
    """The rule clock goes on from there; whatever is compared to it is compared by the minute."""
    rt.clock.offset = moment - datetime.now(UTC)


def minute(text):
    return datetime.fromisoformat(text).astimezone(KST).replace(second=0, microsecond=0)


def draft(**changes):
    return {
        "name": "주민 설명회",
        "messageClass": "civic",
        "filter": {},
        "steps": [{"channel": "sms", "body": "설명회에 초대합니다."}],
        "sendWindow": HOURS,
    } | changes


async def create(browser, **changes):
    answer = await browser.post("/api/campaigns", json=draft(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def about_time(found):
    return {v["rule"]: v["level"] for v in found["verdicts"] if v["rule"].startswith("time.")}


class TestDraft:
    @pytest.fixture
    async def owner(self, app, rt, tenant):
        await make_book(rt, tenant)
        go_to(rt, NOON)
        async with log_in(app, rt, tenant, "owner") as browser:
            yield browser

    async def test_it_is_kept_changed_and_taken_away(self, owner):
        made = await create(owner)
        assert made["sendWindow"] == HOURS
        one = f"/api/campaigns/{made['id']}"
        renamed = (await owner.patch(one, json={"name": "새 이름"})).json()
        assert renamed["sendWindow"] == HOURS  # what isn't named stays
        moved = {"from": "08:30", "until": "21:05"}
        assert (await owner.patch(one, json={"sendWindow": moved})).json()["sendWindow"] == moved
        assert (await owner.patch(one, json={"sendWindow": None})).json()["sendWindow"] is None
        assert (await owner.get("/api/campaigns")).json()["items"][0]["sendWindow"] is None

    async def test_without_a_word_about_it_there_is_none(self, owner):
        body = draft()
        del body["sendWindow"]
        assert (await owner.post("/api/campaigns", json=body)).json()["sendWindow"] is None

    @pytest.mark.parametrize(
        ("window", "path", "mend"),
        [
            ({"from": "9시", "until": "20:00"}, "sendWindow.from", "09:00처럼"),
            ({"from": "09:00", "until": "24:00"}, "sendWindow.until", "23:59"),
            ({"from": "09:00:30", "until": "20:00"}, "sendWindow.from", "시와 분"),
            ({"from": "20:00", "until": "09:00"}, "sendWindow", "시작(from)이 끝(until)보다"),
            ({"from": "09:00", "until": "09:00"}, "sendWindow", "시작(from)이 끝(until)보다"),
            ({"from": "09:00"}, "sendWindow.until", ""),
        ],
    )
    @pytest.mark.parametrize("change", [False, True], ids=["create", "change"])
    async def test_what_is_no_time_of_day_is_refused_where_it_stands(self, owner, window, path, mend, change):
        if change:
            made = await create(owner)
            answer = await owner.patch(f"/api/campaigns/{made['id']}", json={"sendWindow": window})
        else:
            answer = await owner.post("/api/campaigns", json=draft(sendWindow=window))
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert error["path"] == path
        assert mend in error["message"]

    async def test_the_check_counts_only_its_hours(self, rt, owner):
        made = await create(owner, ratePerSecond=1)
        go_to(rt, NOON.replace(hour=22))
        found = await check(owner, made)
        assert (minute(found["startsAt"]), minute(found["finishAt"])) == (MORNING, MORNING)
        assert found["finishAt"] > found["startsAt"]
        assert about_time(found) == {"time.window": "warn"}
        (said,) = [v["message"] for v in found["verdicts"] if v["rule"] == "time.window"]
        assert said == "보내는 시간대(09:00~20:00)가 아니라서 3월 4일 (화) 09:00에 보내기 시작해요."
        go_to(rt, NOON)
        found = await check(owner, made)
        assert (minute(found["startsAt"]), about_time(found)) == (NOON, {})

    async def test_a_schedule_outside_its_hours_is_told_so(self, owner):
        at = NOON.replace(hour=21)
        made = await create(owner, schedule={"at": at.isoformat()})
        found = await check(owner, made)
        assert (minute(found["startsAt"]), about_time(found)) == (MORNING, {"time.window": "warn"})
        answer = await launch(owner, made, digest=found["digest"])
        assert (answer.status_code, answer.json()["state"]) == (200, "scheduled")
        assert minute(answer.json()["dueAt"]) == at  # it starts then, and waits for the morning

    async def test_over_before_its_hours_begin_it_cannot_be_started(self, rt, owner):
        go_to(rt, NIGHT)
        made = await create(owner, schedule={"notAfter": (MORNING - timedelta(hours=1)).isoformat()})
        assert about_time(await check(owner, made)) == {"time.window": "block", "time.not_after": "warn"}
        answer = await launch(owner, made)
        assert (answer.status_code, answer.json()["code"]) == (409, "rules_blocked")
        assert "마칠 때를 늦추거나 시간대를 바꿔 주세요" in answer.json()["detail"]

    async def test_other_hours_ask_for_a_new_check(self, owner):
        made = await create(owner)
        digest = (await check(owner, made))["digest"]
        await owner.patch(f"/api/campaigns/{made['id']}", json={"sendWindow": HOURS | {"until": "20:01"}})
        answer = await launch(owner, made, digest=digest)
        assert (answer.status_code, answer.json()["code"]) == (409, "content_changed")
        await owner.patch(f"/api/campaigns/{made['id']}", json={"sendWindow": HOURS})
        assert (await launch(owner, made, digest=digest)).status_code == 200

    async def test_launched_at_night_it_waits_says_until_when_and_no_hand_can_hurry_it(
        self, rt, tenant, owner
    ):
        made = await create(owner)
        go_to(rt, NIGHT)
        send = (await launch(owner, made)).json()["sendId"]
        await launch_send(rt, tenant, send)
        await watch_send(rt, tenant, send)
        one = f"/api/campaigns/{made['id']}"
        progress = (await owner.get(f"{one}/progress")).json()
        assert (progress["state"], progress["holdReason"]) == ("held", "window")
        waits = "보내는 시간대(09:00~20:00)가 아니라서 기다려요. 3월 4일 (화) 09:00에 이어서 보내요."
        assert (progress["holdText"], minute(progress["holdUntil"])) == (waits, MORNING)
        refused = await owner.post(f"{one}/resume")
        assert (refused.status_code, refused.json()["detail"]) == (409, waits)
        assert (await owner.post(f"{one}/pause")).json()["state"] == "paused"
        assert (await owner.post(f"{one}/resume")).json()["state"] == "held"
        go_to(rt, MORNING)
        await watch_send(rt, tenant, send)
        progress = (await owner.get(f"{one}/progress")).json()
        assert (progress["state"], progress["holdText"], progress["holdUntil"]) == ("running", "", None)


class TestOnTheAir:
    @pytest.fixture
    def settings(self, settings, carrier):
        carrier.behave()
        return facing(settings, carrier)

    async def test_it_stops_in_the_evening_and_goes_on_in_the_morning_by_itself(self, rt, tenant, carrier):
        await fill_book(rt, tenant, [person(n) for n in range(40)])
        account = await solapi_account(rt, tenant)
        window = SendWindow(time(9), time(20))
        go_to(rt, NOON)
        async with running_hub(rt):
            send = await launch_send_of(
                rt, tenant, account, Selection(filter={}), rate_per_second=10, window=window
            )
            await until(rt, tenant, send, lambda p: 0 < p.counts["queued"] < 40)
            go_to(rt, NIGHT)
            held = await until(
                rt,
                tenant,
                send,
                lambda p: p.state == "held" and p.counts["sending"] == p.counts["accepted"] == 0,
            )
            assert held.hold_reason == "window"
            assert len(carrier.ledger()) == held.counts["delivered"] < 40
            go_to(rt, MORNING - timedelta(minutes=5))
            await watch_send(rt, tenant, send)
            assert (await progress_of(rt, tenant, send)).counts == held.counts
            go_to(rt, MORNING)
            done = await until(rt, tenant, send, is_over)
        assert done.counts["delivered"] == 40
        assert Counter(m["to"] for m in carrier.ledger()).most_common(1)[0][1] == 1
