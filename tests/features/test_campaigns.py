"""Campaigns over HTTP: drafting, the check, launch, steering, what became of whom."""

from datetime import timedelta
from uuid import UUID

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from tests.support.browsers import log_in
from tests.support.campaigns import add_contact, check, launch, levels, make_book, opt_out
from tests.support.law import move_clock

from pabal import dispatch, quota
from pabal.campaigns import launch_due, seal_old_conditions
from pabal.contacts import SegmentRule, save_segment
from pabal.dispatch.claim import claim_chunk
from pabal.domain.ids import new_id
from pabal.kit.db import system_tx, tenant_tx

EXPORT = {"purpose": "선거 사무소 결과 보고용"}


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


@pytest.fixture
async def owner(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


def draft(**changes):
    return {
        "name": "주민 설명회",
        "messageClass": "civic",
        "filter": {},
        "steps": [{"channel": "sms", "body": "#{이름}님, 설명회에 초대합니다."}],
    } | changes


async def create(browser, **changes):
    answer = await browser.post("/api/campaigns", json=draft(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_draft_round_trips_and_changes_by_version(book, owner):
    made = await create(owner, ratePerSecond=50)
    assert (made["state"], made["version"], made["ratePerSecond"], made["filter"]) == ("draft", 1, 50, {})
    one = f"/api/campaigns/{made['id']}"
    changed = await owner.patch(one, json={"version": 1, "name": "설명회", "ratePerSecond": None})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["ratePerSecond"], changed.json()["version"]) == (
        "설명회",
        None,
        2,
    )
    stale = await owner.patch(one, json={"version": 1, "name": "늦은 사람"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_edit")
    assert (await owner.get(one)).json()["name"] == "설명회"
    assert (await owner.delete(one)).status_code == 204
    assert (await owner.get(one)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"steps": [{"channel": "brand", "body": "가"}]}, "steps[0].channel"),
        ({"variants": [{"key": "가", "share": 100}]}, "variants"),
        ({"messageClass": "spam"}, "messageClass"),
        ({"filter": {"field": "nose", "op": "eq", "value": "long"}}, "filter.field"),
        ({"filter": None}, ""),
        ({"contactIds": [str(new_id())]}, ""),
        ({"filter": None, "segmentId": str(new_id())}, "segmentId"),
        ({"steps": [{"channel": "sms", "templateId": str(new_id())}]}, "steps[0].templateId"),
        ({"steps": [{"channel": "sms", "senderId": str(new_id())}]}, "steps[0].senderId"),
        ({"name": ""}, "name"),
        ({"schedule": {"at": "2026-12-01T09:00:00"}}, "schedule.at"),
    ],
)
async def test_what_cannot_be_sent_is_refused_where_it_stands(book, owner, changes, path):
    answer = await owner.post("/api/campaigns", json=draft(**changes))
    assert answer.status_code == 422, answer.text
    assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_list_is_newest_first_in_pages(book, owner):
    made = [(await create(owner, name=f"발송 {n}"))["id"] for n in range(3)]
    first = (await owner.get("/api/campaigns?limit=2")).json()
    assert [item["id"] for item in first["items"]] == [made[2], made[1]]
    rest = (await owner.get(f"/api/campaigns?limit=2&cursor={first['nextCursor']}")).json()
    assert ([item["id"] for item in rest["items"]], rest["nextCursor"]) == ([made[0]], None)
    assert (await owner.get("/api/campaigns?state=running")).json()["items"] == []


async def test_the_check_adds_up(rt, tenant, book, owner):
    """Six people: one opted out, one without number, two on one handset: three get it."""
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
    found = await check(owner, await create(owner, ratePerSecond=1))
    assert found["audience"] == 6
    assert {row["reason"]: row["count"] for row in found["excluded"]} == {
        "no_address": 1,
        "suppressed": 1,
        "same_address": 1,
    }
    assert found["sendable"] == 3
    assert found["perChannel"] == [{"channel": "sms", "count": 3, "unitPrice": 18}]
    assert found["cost"] == {"min": 54, "max": 54}
    assert found["bytes"] == {"min": 30, "max": 30}
    assert (found["quotaAfter"], found["quotaShort"]) == (97, 0)
    assert levels(found, "sender.sandbox") == ["warn"]
    assert not [v for v in found["verdicts"] if v["level"] in {"block", "hold"}]
    assert found["digest"]


async def test_bytes_decide_who_gets_an_lms(book, owner):
    """88 bytes and a name of 6: three letters more than fit."""
    body = "#{이름}" + "가" * 42  # 84 + 6 = 90; 강번호없음 would be longer, and has no number
    assert (await check(owner, await create(owner, steps=[{"body": body}])))["perChannel"][0][
        "channel"
    ] == "sms"
    body += "나"
    found = await check(owner, await create(owner, steps=[{"body": body}]))
    assert [(row["channel"], row["count"]) for row in found["perChannel"]] == [("lms", 3)]
    assert found["bytes"] == {"min": 92, "max": 92}


async def test_people_without_a_value_are_left_out_and_counted(book, owner):
    found = await check(owner, await create(owner, steps=[{"body": "#{이름}님 동호수 #{동호수}"}]))
    assert {row["reason"]: row["count"] for row in found["excluded"]}["missing_variable"] == 3
    assert found["sendable"] == 0
    assert levels(found, "audience.empty") == ["block"]
    stop = [{"body": "#{동호수}", "missingPolicy": "stop"}]
    assert levels(await check(owner, await create(owner, steps=stop)), "text.missing_values") == ["block"]
    given = [{"body": "#{동호수}", "missingPolicy": "default", "defaults": {"동호수": "댁"}}]
    assert (await check(owner, await create(owner, steps=given)))["sendable"] == 3


async def test_quota_that_is_too_small_is_said_before(rt, tenant, book, owner):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 2)
    found = await check(owner, await create(owner))
    assert (found["quotaAfter"], found["quotaShort"]) == (0, 1)
    assert levels(found, "quota.short") == ["warn"]
    rehearsed = await check(owner, await create(owner), rehearse=True)
    assert (rehearsed["quotaAfter"], rehearsed["quotaShort"]) == (2, 0)


async def test_over_the_end_of_a_month_the_check_says_whose_quota_and_that_is_what_is_taken(
    rt, tenant, book, owner
):
    """Three people, one a second, two seconds before the year is over."""
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 100)
        await conn.execute("UPDATE carrier_accounts SET monthly_cap = 2")
    move_clock(rt, "2026-12-31T23:59:50+09:00")
    made = await create(owner, ratePerSecond=1, schedule={"at": "2026-12-31T23:59:58+09:00"})
    found = await check(owner, made)
    assert [(one["month"], one["units"]) for one in found["quotaMonths"]] == [("2026-12", 2), ("2027-01", 1)]
    assert found["quotaAfter"] == 99  # of the month in which it ends
    (message,) = [v["message"] for v in found["verdicts"] if v["rule"] == "quota.months"]
    assert message.startswith("1월 1일 0시를 넘겨 나가요.")
    # The carrier counts by the same months: two a month are enough for three people.
    (cap,) = [(v["level"], v["message"]) for v in found["verdicts"] if v["rule"] == "account.cap"]
    assert cap[0] == "ok"
    assert "많아야 12월에 2건, 1월에 1건을 보내요." in cap[1]

    started = (await launch(owner, made, digest=found["digest"])).json()
    assert started["state"] == "scheduled"
    move_clock(rt, "2026-12-31T23:59:58+09:00")
    await launch_due(rt, tenant, UUID(made["id"]))
    send = UUID((await owner.get(f"/api/campaigns/{made['id']}")).json()["sendId"])
    await dispatch.launch_send(rt, tenant, send)
    for claims, end in ((2, "2027-01-01T00:00:00+09:00"), (1, "2027-01-01T00:00:01+09:00")):
        for _ in range(claims):
            assert await claim_chunk(rt, tenant, send, "nobody") is not None
        move_clock(rt, end)
    assert await claim_chunk(rt, tenant, send, "nobody") is None
    async with tenant_tx(rt, tenant) as conn:
        taken = {
            month: (await quota.overview(conn, tenant, month)).reserved for month in ("2026-12", "2027-01")
        }
    assert taken == {one["month"]: one["units"] for one in found["quotaMonths"]}


async def test_campaign_texts_need_a_candidacy_but_can_be_rehearsed(book, owner):
    made = await create(owner, messageClass="campaign")
    found = await check(owner, made)
    assert levels(found, "E-02") == levels(found, "D-09") == ["block"]
    refused = await launch(owner, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")
    assert {v["rule"] for v in refused.json()["verdicts"]} >= {"E-02", "D-09"}
    rehearsed = await launch(owner, made, rehearse=True)
    assert rehearsed.status_code == 200, rehearsed.text
    assert rehearsed.json()["rehearse"] is True


async def test_words_of_a_campaign_in_another_class_need_a_reason(rt, tenant, book, owner):
    made = await create(owner, steps=[{"body": "꼭 당선되겠습니다."}])
    refused = await launch(owner, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "approval_needed")
    approved = await launch(owner, made, approvalReason="인용한 주민의 말이에요")
    assert approved.status_code == 200, approved.text
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT detail FROM audit_log WHERE action = 'campaign.launch'")
        row = await cursor.fetchone()
    assert row is not None
    detail = row[0]
    assert detail["approvedRules"] == ["T-04"]
    assert detail["approval"] == "인용한 주민의 말이에요"


async def test_launch_freezes_and_the_counts_sum(rt, tenant, book, owner):
    made = await create(owner)
    found = await check(owner, made)
    launched = await launch(owner, made, digest=found["digest"])
    assert launched.status_code == 200, launched.text
    body = launched.json()
    assert body["state"] == "launching"
    await dispatch.launch_send(rt, tenant, UUID(body["sendId"]))

    progress = (await owner.get(f"/api/campaigns/{made['id']}/progress")).json()
    assert (progress["state"], progress["audience"]) == ("running", 6)
    assert (progress["counts"]["queued"], progress["counts"]["skipped"]) == (3, 3)
    assert sum(progress["counts"].values()) == 6
    assert {row["reason"]: row["count"] for row in progress["byReason"]} == {
        "no_address": 1,
        "same_address": 1,
        "suppressed": 1,
    }
    listed = (await owner.get("/api/campaigns")).json()["items"][0]
    assert (listed["state"], listed["counts"]["queued"]) == ("running", 3)
    again = await launch(owner, made)
    assert (again.status_code, again.json()["code"]) == (409, "campaign_state")
    assert (await owner.patch(f"/api/campaigns/{made['id']}", json={"name": "x"})).status_code == 409
    assert (await owner.delete(f"/api/campaigns/{made['id']}")).status_code == 409


async def test_an_audience_that_grew_since_the_check_is_refused_with_the_number(rt, tenant, book, owner):
    made = await create(owner)
    digest = (await check(owner, made))["digest"]
    await add_contact(rt, tenant, "새사람", "010-2345-0099")
    refused = await launch(owner, made, digest=digest)
    assert (refused.status_code, refused.json()["code"]) == (409, "audience_changed")
    assert (refused.json()["before"], refused.json()["audience"]) == (6, 7)
    fresh = (await check(owner, made))["digest"]
    await owner.patch(f"/api/campaigns/{made['id']}", json={"steps": [{"body": "다른 글"}]})
    refused = await launch(owner, made, digest=fresh)
    assert (refused.status_code, refused.json()["code"]) == (409, "content_changed")
    launched = await launch(owner, made, digest=(await check(owner, made))["digest"])
    assert launched.status_code == 200, launched.text


async def test_an_opt_out_after_the_check_does_not_void_it(rt, tenant, book, owner):
    made = await create(owner)
    digest = (await check(owner, made))["digest"]
    await opt_out(rt, tenant, book.contacts["최가람"])
    assert (await launch(owner, made, digest=digest)).status_code == 200


async def test_nobody_selected_is_no_launch(book, owner):
    nobody = await create(owner, filter={"field": "tag", "op": "has", "value": "없는태그"})
    refused = await launch(owner, nobody)
    assert (refused.status_code, refused.json()["code"]) == (409, "empty_audience")


async def test_an_idempotency_key_launches_once(rt, tenant, book, owner):
    made = await create(owner)
    path, headers = f"/api/campaigns/{made['id']}/launch", {"Idempotency-Key": "once"}
    first = await owner.post(path, json={}, headers=headers)
    second = await owner.post(path, json={}, headers=headers)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT count(*) FROM sends")
        assert await cursor.fetchone() == (1,)


async def test_messages_are_masked_by_role_and_explained(app, rt, tenant, book, owner):
    made = await create(owner)
    launched = (await launch(owner, made)).json()
    await dispatch.launch_send(rt, tenant, UUID(launched["sendId"]))
    path = f"/api/campaigns/{made['id']}"

    lines = (await owner.get(f"{path}/messages?limit=4")).json()
    more = (await owner.get(f"{path}/messages?limit=4&cursor={lines['nextCursor']}")).json()
    assert len(lines["items"]) == 4
    assert (len(more["items"]), more["nextCursor"]) == (2, None)
    queued = (await owner.get(f"{path}/messages?state=queued")).json()["items"]
    assert {line["phone"] for line in queued} == {"010-2345-0001", "010-2345-0003", "010-2345-0004"}
    suppressed = (await owner.get(f"{path}/messages?reason=suppressed")).json()["items"]
    assert [line["contactId"] for line in suppressed] == [str(book.contacts["이바다"])]

    detail = (await owner.get(f"/api/messages/{queued[0]['id']}")).json()
    assert detail["text"] == f"{queued[0]['name']}님, 설명회에 초대합니다."
    assert detail["campaignId"] == made["id"]
    async with log_in(app, rt, tenant, "staff") as staff:
        seen = (await staff.get(f"/api/messages/{queued[0]['id']}")).json()
        assert "****" in seen["phone"]
        assert queued[0]["name"] not in seen["text"]
        assert (await staff.post(f"{path}/launch", json={})).status_code == 403
        assert (await staff.post(f"{path}/messages/export", json=EXPORT)).status_code == 403

    why = (await owner.get(f"{path}/explain?contactId={book.contacts['이바다']}")).json()
    assert (why["outcome"], why["reason"]) == ("skipped", "suppressed")
    results = {one["check"]: one["result"] for one in why["checks"]}
    assert (results["erased"], results["suppressed"], results["too_long"]) == (
        "passed",
        "stopped",
        "not_reached",
    )
    assert (await owner.get(f"{path}/explain?contactId={new_id()}")).status_code == 404


async def test_csv_has_everybody_and_nothing_that_excel_would_run(rt, tenant, book, owner):
    await add_contact(rt, tenant, "=1+1", "010-2345-0077")
    made = await create(owner)
    launched = (await launch(owner, made)).json()
    await dispatch.launch_send(rt, tenant, UUID(launched["sendId"]))
    table = (await owner.post(f"/api/campaigns/{made['id']}/messages/export", json=EXPORT)).text
    assert table.startswith("\ufeff번호,이름,전화번호")
    assert len(table.strip().splitlines()) == 8
    assert not [cell for line in table.splitlines() for cell in line.split(",") if cell.startswith("=")]


async def test_pause_resume_cancel(rt, tenant, book, owner):
    made = await create(owner)
    launched = (await launch(owner, made)).json()
    await dispatch.launch_send(rt, tenant, UUID(launched["sendId"]))
    path = f"/api/campaigns/{made['id']}"
    assert (await owner.post(f"{path}/pause")).json() == {"state": "paused", "inFlight": 0}
    twice = await owner.post(f"{path}/pause")
    assert (twice.status_code, twice.json()["code"], twice.json()["state"]) == (
        409,
        "campaign_state",
        "paused",
    )
    assert (await owner.post(f"{path}/resume")).json()["state"] == "running"
    assert (await owner.post(f"{path}/cancel")).json() == {"state": "cancelled", "inFlight": 0}
    progress = (await owner.get(f"{path}/progress")).json()
    assert (progress["counts"]["cancelled"], progress["counts"]["skipped"]) == (3, 3)


def later(rt, **delta):
    return (rt.clock.now() + timedelta(**delta)).isoformat()


async def due(rt, at):
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT kind, id FROM app.due_work(%s)", (at,))
        return [row[1] for row in await cursor.fetchall() if row[0] == "schedule"]


async def make_due(rt, tenant, campaign):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE campaigns SET due_at = clock_timestamp() - interval '1 second' WHERE id = %s",
            (campaign["id"],),
        )


async def test_a_schedule_launches_when_due_and_only_once(rt, tenant, book, owner):
    made = await create(owner, schedule={"at": later(rt, hours=1)})
    scheduled = await launch(owner, made)
    assert (scheduled.status_code, scheduled.json()["state"]) == (200, "scheduled")
    assert await due(rt, rt.clock.now()) == []
    assert await due(rt, rt.clock.now() + timedelta(hours=2)) == [UUID(made["id"])]
    await launch_due(rt, tenant, UUID(made["id"]))
    assert (await owner.get(f"/api/campaigns/{made['id']}")).json()["state"] == "scheduled"
    await make_due(rt, tenant, made)
    await launch_due(rt, tenant, UUID(made["id"]))
    await launch_due(rt, tenant, UUID(made["id"]))
    assert (await owner.get(f"/api/campaigns/{made['id']}")).json()["state"] == "launching"
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT count(*) FROM sends")
        assert await cursor.fetchone() == (1,)


async def test_a_schedule_whose_audience_grew_is_held_for_a_person(rt, tenant, book, owner):
    made = await create(owner, schedule={"at": later(rt, hours=1)})
    assert (await launch(owner, made)).json()["state"] == "scheduled"
    await add_contact(rt, tenant, "새사람", "010-2345-0099")
    await make_due(rt, tenant, made)
    await launch_due(rt, tenant, UUID(made["id"]))
    held = (await owner.get(f"/api/campaigns/{made['id']}")).json()
    assert (held["state"], held["holdReason"], held["sendId"]) == ("held", "audience_changed", None)
    assert (await owner.post(f"/api/campaigns/{made['id']}/resume")).status_code == 409
    confirmed = await launch(owner, made, digest=(await check(owner, made))["digest"])
    assert confirmed.status_code == 200, confirmed.text


async def test_a_schedule_can_be_paused_changed_or_cancelled(rt, book, owner):
    made = await create(owner, schedule={"at": later(rt, hours=1)})
    path = f"/api/campaigns/{made['id']}"
    await launch(owner, made)
    assert (await owner.patch(path, json={"name": "x"})).status_code == 409
    assert (await owner.post(f"{path}/pause")).json()["state"] == "held"
    assert (await owner.post(f"{path}/resume")).json()["state"] == "scheduled"
    await owner.post(f"{path}/pause")
    changed = await owner.patch(path, json={"name": "고친 이름"})
    assert (changed.json()["state"], changed.json()["dueAt"]) == ("draft", None)
    await launch(owner, made)
    assert (await owner.post(f"{path}/cancel")).json()["state"] == "cancelled"
    assert await due(rt, rt.clock.now() + timedelta(hours=2)) == []


async def test_another_tenant_sees_nothing(app, rt, tenant, other_tenant, book, owner):
    made = await create(owner)
    launched = (await launch(owner, made)).json()
    await dispatch.launch_send(rt, tenant, UUID(launched["sendId"]))
    path = f"/api/campaigns/{made['id']}"
    async with log_in(app, rt, other_tenant, "owner") as stranger:
        assert (await stranger.get("/api/campaigns")).json()["items"] == []
        for method, url in [
            ("GET", path),
            ("PATCH", path),
            ("DELETE", path),
            ("POST", f"{path}/check"),
            ("POST", f"{path}/launch"),
            ("POST", f"{path}/pause"),
            ("POST", f"{path}/resume"),
            ("POST", f"{path}/cancel"),
            ("GET", f"{path}/progress"),
            ("GET", f"{path}/messages"),
            ("POST", f"{path}/messages/export"),
            ("GET", f"{path}/explain?contactId={book.contacts['김하늘']}"),
            ("GET", f"/api/messages/{launched['sendId']}.1"),
        ]:
            answer = await stranger.request(
                method,
                url,
                json=EXPORT if url.endswith("export") else {} if method in {"POST", "PATCH"} else None,
            )
            assert answer.status_code == 404, (method, url, answer.text)


async def test_a_segment_is_its_filter_at_launch_and_its_loss_is_said(rt, tenant, book, owner):
    async with tenant_tx(rt, tenant) as conn:
        segment = await save_segment(
            conn,
            tenant,
            name="당원",
            rule=SegmentRule({"field": "tag", "op": "has", "value": "당원"}),
            created_by=None,
        )
    made = await create(owner, filter=None, segmentId=str(segment.id))
    assert (made["segmentId"], made["filter"]) == (str(segment.id), None)
    assert (await check(owner, made))["audience"] == 5
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("DELETE FROM segments")
    for action in ("check", "launch"):
        refused = await owner.post(f"/api/campaigns/{made['id']}/{action}", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "segment_gone")


async def test_staff_draft_and_check_but_do_not_launch(app, rt, tenant, book):
    async with log_in(app, rt, tenant, "staff") as staff:
        made = await create(staff)
        assert (await check(staff, made))["sendable"] == 3
        for action in ("launch", "pause", "resume", "cancel"):
            refused = await staff.post(f"/api/campaigns/{made['id']}/{action}", json={})
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_rehearsal_says_so_and_goes_through_the_simulator(rt, tenant, book, owner):
    made = await create(owner)
    launched = await launch(owner, made, digest=(await check(owner, made))["digest"], rehearse=True)
    assert launched.status_code == 200, launched.text  # a text checked for real may be rehearsed first
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT s.rehearse, a.sandbox FROM sends s"
            " JOIN carrier_accounts a ON a.id = (s.steps -> 0 ->> 'account_id')::uuid"
        )
        assert await cursor.fetchone() == (True, True)
    assert (await owner.get(f"/api/campaigns/{made['id']}/progress")).json()["rehearse"] is True


async def test_a_number_in_the_conditions_is_read_by_nobody_who_has_the_database_alone(
    rt, tenant, book, owner
):
    number = {"field": "phone", "op": "eq", "value": "010-2345-0001"}
    made = await create(owner, filter={"all": [number]})
    assert made["filter"] == {"all": [number]}
    found = await check(owner, made)
    assert found["audience"] == 2  # two people on one handset
    started = await launch(owner, made, digest=found["digest"], rehearse=True)

    async def kept() -> str:
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute(
                "SELECT (SELECT string_agg(to_jsonb(c)::text, '') FROM campaigns c)"
                " || (SELECT string_agg(to_jsonb(s)::text, '') FROM sends s), (SELECT bool_or(filter IS NOT NULL) FROM sends)"
            )
            text, still = await cursor.fetchone()
            assert "2345-0001" not in text
            assert "23450001" not in text
            return "sealed" if still else "gone"

    assert await kept() == "sealed"
    await dispatch.launch_send(rt, tenant, UUID(started.json()["sendId"]))
    assert await kept() == "gone"  # the people are frozen: nobody asks for the conditions again
    again = (await owner.get(f"/api/campaigns/{made['id']}")).json()
    assert (again["filter"], again["audience"]) == ({"all": [number]}, 2)


async def test_conditions_from_before_they_were_ciphertext_are_sealed_in_batches(rt, tenant, book, owner):
    """And mean what they meant: the check's digest, which is what was approved, stays."""
    number = {"all": [{"field": "phone", "op": "eq", "value": "010-2345-0001"}]}
    made = [await create(owner, filter=number) for _ in range(3)]
    everybody = await create(owner)
    segment = (await owner.post("/api/segments", json={"name": "한 번호", "filter": number})).json()
    found = await check(owner, made[0])
    waiting, going = [
        (await launch(owner, one, digest=(await check(owner, one))["digest"], rehearse=True)).json()["sendId"]
        for one in made[1:]
    ]
    await dispatch.launch_send(rt, tenant, UUID(going))
    rows = "SELECT (SELECT string_agg(to_jsonb(t)::text, '') FROM {} t)"

    async def readable() -> set[str]:
        seen = set()
        async with tenant_tx(rt, tenant) as conn:
            for table in ("campaigns", "sends", "segments"):
                cursor = await conn.execute(sql.SQL(rows).format(sql.Identifier(table)))
                if "2345-0001" in str(await cursor.fetchone()):
                    seen.add(table)
        return seen

    async with tenant_tx(rt, tenant) as conn:  # as they were kept then
        plain = {"f": Jsonb(number)}
        await conn.execute(
            "UPDATE campaigns SET filter = NULL, audience = audience || jsonb_build_object('filter', %(f)s)"
            " WHERE filter IS NOT NULL",
            plain,
        )
        await conn.execute(
            "UPDATE sends SET filter = NULL, selection = selection || jsonb_build_object('filter', %(f)s)",
            plain,
        )
        await conn.execute("UPDATE segments SET definition = NULL, filter = %(f)s", plain)
    assert await readable() == {"campaigns", "sends", "segments"}
    assert await seal_old_conditions(rt, batch=2) == 6
    assert await readable() == set()
    assert await seal_old_conditions(rt) == 0
    assert (await check(owner, made[0]))["digest"] == found["digest"]
    assert (await owner.get(f"/api/segments/{segment['id']}")).json()["filter"] == number
    kept = (await owner.get(f"/api/campaigns/{everybody['id']}")).json()
    assert (kept["filter"], kept["version"]) == ({}, 1)
    await dispatch.launch_send(rt, tenant, UUID(waiting))
    progress = await owner.get(f"/api/campaigns/{made[1]['id']}/progress")
    assert progress.json()["audience"] == 2  # whom the number names


async def test_an_erasure_takes_the_persons_number_out_of_conditions(rt, tenant, book, owner):
    number = {"field": "phone", "op": "in", "value": ["010-2345-0003", "010-2345-0004"]}
    made = await create(owner, filter={"any": [number, {"field": "district", "op": "eq", "value": "마포구"}]})
    everybody = await create(owner)
    gone = await owner.delete(f"/api/contacts/{book.contacts['박노을']}")
    assert gone.is_success, gone.text
    one = (await owner.get(f"/api/campaigns/{made['id']}")).json()
    assert one["filter"]["any"][0] == number | {"value": ["010-2345-0004"]}
    assert one["version"] == made["version"] + 1  # whoever has it open is told
    assert (await owner.get(f"/api/campaigns/{everybody['id']}")).json()["version"] == 1
