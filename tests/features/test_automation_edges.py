"""What ends, moves, stops or tells of an automatic message: nights, deaths of workers, shared handsets, mended reasons, lists."""

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.support.automations import (
    CRON,
    IS_NEW,
    REPEAT,
    add,
    change,
    logs,
    make_link,
    process,
    settled,
    shift,
    until,
)
from tests.support.automations import kit as kit  # noqa: PLC0414  # a fixture
from tests.support.automations import partition as partition  # noqa: PLC0414  # a fixture
from tests.support.campaigns import opt_out
from tests.support.carriers import facing
from tests.support.hub import running_hub

from pabal.automations import run_triggers, triggers
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier, cron_token=CRON)


@pytest.mark.parametrize("how", ["opt_out", "deleted", "phone"])
async def test_a_repeat_ends_when_its_reason_is_gone(rt, camp, kit, partition, carrier, how):
    await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    async with running_hub(rt):
        record = await add(camp, partition, status="신규")
        await settled(rt, camp)
    if how == "opt_out":
        await opt_out(rt, camp.id, record["contactId"])
    elif how == "deleted":
        await camp.staff.delete(f"/api/records/{record['id']}")
    else:
        await change(camp, record, phone="010-9999-0001")
    shift(rt, 25)
    ran = await process(camp)
    assert (ran["sent"], ran["skipped"]) == (0, 1)
    [ended] = (await camp.owner.get("/api/alimtalk/automation/queue?status=cancelled")).json()["items"]
    reasons = {"opt_out": "opted_out", "deleted": "record_deleted", "phone": "phone_changed"}
    assert ended["reason"] == reasons[how]
    assert len(carrier.ledger()) == 1


async def test_an_opt_out_in_the_book_stops_a_trigger_and_the_log_says_so(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_update")
    record = await add(camp, partition, status="신규")
    await opt_out(rt, camp.id, record["contactId"])
    async with running_hub(rt):
        await change(camp, record, status="상담")
        lines = await until(lambda: logs(camp, status="skipped"))
    assert [(line["reason"], line["mayRetry"]) for line in lines] == [("suppressed", False)]
    assert carrier.ledger() == []


async def test_the_night_moves_a_message_and_drops_none(rt, camp, kit, partition, carrier):
    window = {"from": "08:00", "until": "21:00"}
    # The ten hours of the night don't make it late: the hours count from the morning.
    await make_link(camp, kit, partition, triggerType="on_create", sendWindow=window, notAfterHours=3)
    now = rt.clock.now().astimezone(KST)
    shift(rt, (22 - now.hour) % 24)  # 22 o'clock and some minutes
    morning = (rt.clock.now().astimezone(KST) + timedelta(days=1)).replace(
        hour=8, minute=0, second=0, microsecond=0
    )
    async with running_hub(rt):
        await add(camp, partition, status="신규")
        [waiting] = await until(lambda: pending(camp))
        assert datetime.fromisoformat(waiting["nextRunAt"]) == morning
        assert carrier.ledger() == []
        shift(rt, 11)
        await until(lambda: logs(camp, triggerType="auto"))
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1


async def test_a_message_of_the_night_goes_out_in_the_morning_although_a_repeat_was_waiting(
    rt, camp, kit, partition, carrier
):
    window = {"from": "08:00", "until": "21:00"}
    repeat = {**REPEAT, "intervalHours": 72}
    again = {"field": "status", "operator": "changed_to", "value": "신규"}
    link = {
        "triggerType": "on_update",
        "triggerCondition": again,
        "sendWindow": window,
        "repeatConfig": repeat,
    }
    await make_link(camp, kit, partition, **link)
    now = rt.clock.now().astimezone(KST)
    shift(rt, (12 - now.hour) % 24)
    record = await add(camp, partition, status="상담")
    async with running_hub(rt):
        await change(camp, record, status="신규")
        await settled(rt, camp)
        [waits] = await until(lambda: pending(camp))
        assert len(carrier.ledger()) == 1
        shift(rt, 10)  # at night, two days before the repeat
        await change(camp, record, status="상담")
        await change(camp, record, status="신규")
        await settled(rt, camp)
        [moved] = await pending(camp)
        assert moved["id"] != waits["id"]
        shift(rt, 11)

        async def said_again():
            return len(await logs(camp, triggerType="auto")) == 2

        await until(said_again)
        await settled(rt, camp)
        [next_one] = await pending(camp)
    assert len(carrier.ledger()) == 2
    assert next_one["nextRunAt"] > waits["nextRunAt"]  # what was said anew is repeated anew


async def pending(camp):
    return (await camp.owner.get("/api/alimtalk/automation/queue?status=pending")).json()["items"]


@pytest.mark.parametrize("at", ["write_logs", "enqueue", "announce"])
async def test_a_worker_that_dies_half_way_leaves_everything_or_nothing(
    rt, camp, kit, partition, carrier, monkeypatch, at
):
    await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    await add(camp, partition, status="신규")

    async def die(*_, **__):
        raise ConnectionAbortedError(at)

    with monkeypatch.context() as patch:
        patch.setattr(triggers, at, die)
        with pytest.raises(ConnectionAbortedError):
            await run_triggers(rt, camp.id)
    assert len(await logs(camp)) == (1 if at == "announce" else 0)  # only the ring comes after the commit
    async with running_hub(rt):
        await until(lambda: logs(camp))
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1
    assert len(await pending(camp)) == 1


async def test_records_that_share_a_handset_each_get_their_message(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create")
    for _ in range(3):
        await add(camp, partition, status="신규")
    async with running_hub(rt):
        await settled(rt, camp)
    assert [one["to"] for one in carrier.ledger()] == ["01023450001"] * 3


async def test_sending_by_hand_says_who_gets_nothing_and_why(rt, camp, kit, partition, carrier):
    link = await make_link(camp, kit, partition)
    good = await add(camp, partition)
    mute = await add(camp, partition, phone=None)
    body = {"recordIds": [good["id"], mute["id"]]}
    headers = {"Idempotency-Key": "once"}
    address = f"/api/alimtalk/template-links/{link['id']}/send"
    async with running_hub(rt):
        first = await camp.admin.post(address, json=body, headers=headers)
        again = await camp.admin.post(address, json=body, headers=headers)
        await settled(rt, camp)
    assert (
        first.json()
        == again.json()
        == {
            "sent": 1,
            "skipped": [{"recordId": mute["id"], "reason": "no_phone"}],
        }
    )
    assert len(carrier.ledger()) == 1
    assert {line["triggerType"] for line in await logs(camp)} == {"manual"}
    assert (await camp.staff.post(address, json=body)).status_code == 403


async def test_a_stopped_message_can_be_tried_again_once_it_is_mended(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create")
    record = await add(camp, partition, phone=None)
    async with running_hub(rt):
        [line] = await until(lambda: logs(camp))
        assert (line["reason"], line["mayRetry"]) == ("no_phone", True)
        await change(camp, record, phone="010-2345-0001")
        answers = await asyncio.gather(
            *(camp.admin.post(f"/api/alimtalk/logs/{line['id']}/retry") for _ in range(4))
        )
        await settled(rt, camp)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(carrier.ledger()) == 1
    assert len(await logs(camp)) == 1


async def test_a_back_test_says_what_would_have_been_and_sends_nothing(rt, camp, kit, partition, carrier):
    record = await add(camp, partition, status="상담")
    await add(camp, partition, phone=None, status="신규")
    for status in ("신규", "상담", "신규"):
        await change(camp, record, status=status)
    link = await make_link(camp, kit, partition, triggerType="on_update", triggerCondition=IS_NEW)
    answer = await camp.admin.post(f"/api/alimtalk/template-links/{link['id']}/backtest", json={"days": 7})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["sent"], found["records"], found["stopped"]) == (1, 1, {"cooldown": 1})
    assert found["cost"] > 0
    async with running_hub(rt):
        await settled(rt, camp)
    assert carrier.ledger() == []
    async with tenant_tx(rt, camp.id) as conn:
        assert await (await conn.execute("SELECT FROM sends")).fetchone() is None


async def test_E09_no_rule_campaigns_or_says_what_a_person_would_have_to_approve(camp, kit, partition):
    """Saved or switched on: a fallback text is as free as a campaign's and nobody reads it before it goes."""
    campaigning = {"channel": "lms", "body": "기호 1번 한서윤, 한 표 부탁드려요."}
    refused = await make_link(camp, kit, partition, expect=422, fallback=campaigning)
    assert {one["path"] for one in refused["errors"]} == {"fallback.body"}
    gift = {"channel": "sms", "body": "오시면 사은품을 드려요."}
    link = await make_link(camp, kit, partition, fallback={"channel": "sms", "body": "접수했어요"})
    path = f"/api/alimtalk/template-links/{link['id']}"
    assert (await camp.admin.patch(path, json={"fallback": gift})).status_code == 422
    off = await camp.admin.patch(path, json={"fallback": gift, "isActive": False})
    assert off.status_code == 200, off.text
    assert (await camp.admin.patch(path, json={"isActive": True})).status_code == 422


async def test_a_fallback_text_follows_where_kakao_certainly_failed(rt, camp, kit, partition, carrier):
    await make_link(
        camp, kit, partition, triggerType="on_create", fallback={"channel": "sms", "body": "접수했어요"}
    )
    carrier.behave(deliverDelayMs=0, fixedOutcome={"01023450001": "3104"})
    async with running_hub(rt):
        await add(camp, partition)
        await until(lambda: _texts(carrier, 2))
    assert [one["channel"] for one in carrier.ledger()] == ["alimtalk", "sms"]


async def _texts(carrier, n):
    return len(carrier.ledger()) >= n


async def import_list(camp, partition, text, **fields):
    answer = await camp.admin.post(
        "/api/records/import",
        data={"partitionId": partition["id"], **fields},
        files={"file": ("명단.csv", text, "text/csv")},
    )
    return answer.status_code, answer.json()


async def test_an_import_fires_only_if_ticked_after_an_estimate(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW)
    text = "이름,전화,상태,비고\n가,010-7000-0001,신규,x\n나,010-7000-0002,상담,\n다,12,신규,\n라,,신규,\n".encode(
        "cp949"
    )
    status, dry = await import_list(camp, partition, text, dryRun="true")
    assert status == 200, dry
    assert (dry["rows"], dry["valid"], dry["rejected"], dry["created"], dry["messages"]) == (4, 3, 1, 0, 1)
    assert [(one["row"], one["column"]) for one in dry["errors"]] == [(3, "전화")]
    assert dry["errors"][0]["mend"]
    assert dry["ignored"] == ["비고"]
    async with running_hub(rt):
        assert (await import_list(camp, partition, text))[1]["created"] == 3
        await settled(rt, camp)
        assert carrier.ledger() == []
        status, answer = await import_list(camp, partition, text, fireOnCreate="true", messages="7")
        assert (status, answer["code"], answer["messages"]) == (409, "estimate_changed", 1)
        assert (await import_list(camp, partition, text, fireOnCreate="true", messages="1"))[0] == 200
        await settled(rt, camp)
    assert [one["to"] for one in carrier.ledger()] == ["01070000001"]
    assert (await camp.owner.get("/api/records", params={"partitionId": partition["id"]})).json()["total"][
        "value"
    ] == 6


async def test_another_camp_sees_no_link_no_queue_and_no_log(camp, other_camp, kit, partition):
    link = await make_link(camp, kit, partition, triggerType="on_create")
    for method, body in (("GET", None), ("PATCH", {"isActive": False}), ("DELETE", None)):
        answer = await other_camp.owner.request(
            method, f"/api/alimtalk/template-links/{link['id']}", json=body
        )
        assert answer.status_code == 404
    assert (await other_camp.owner.get("/api/alimtalk/template-links")).json()["items"] == []


async def test_the_log_is_exported_without_personal_data(rt, camp, kit, partition):
    await make_link(camp, kit, partition, triggerType="on_create")
    await add(camp, partition)
    async with running_hub(rt):
        await settled(rt, camp)
    answer = await camp.owner.get("/api/alimtalk/logs.csv")
    assert answer.status_code == 200
    assert "도달" in answer.text
    assert "김하늘" not in answer.text
    # What the list shows is what the file holds, and it says it in words.
    await add(camp, partition, phone=None)
    assert await run_triggers(rt, camp.id) == 1
    by_reason = await camp.owner.get("/api/alimtalk/logs.csv", params={"reason": "no_phone"})
    assert "휴대전화 번호 없음" in by_reason.text
    assert "도달" not in by_reason.text
    assert (await camp.staff.get("/api/alimtalk/logs.xlsx")).status_code == 403


async def test_of_many_edits_of_one_version_one_is_taken(camp, kit, partition):
    link = await make_link(camp, kit, partition, triggerType="on_create")
    path = f"/api/alimtalk/template-links/{link['id']}"
    answers = await asyncio.gather(
        *(camp.admin.patch(path, json={"name": f"환영 {n}", "version": link["version"]}) for n in range(8))
    )
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    (taken,) = (one.json() for one in answers if one.status_code == 200)
    kept = (await camp.admin.get(path)).json()
    assert (kept["name"], kept["version"]) == (taken["name"], link["version"] + 1)
