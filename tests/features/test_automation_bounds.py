"""What keeps rules from saying what isn't true any more, what nobody may say, or more than anybody meant."""

import asyncio

import pytest
from tests.support.automations import (
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
from tests.support.carriers import facing
from tests.support.hub import running_hub

from pabal.automations import run_triggers, switching
from pabal.dispatch.lane import serve_lane
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx

TEMPLATES = "/api/alimtalk/template-links"


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


async def say(rt, camp, kit, body):
    """The template as Kakao has it from now on."""
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE templates SET body = %s WHERE id = %s", (body, kit.template_id))


async def waiting(rt, camp):
    """Messages that are made and that no carrier has heard of: no worker runs."""
    while await run_triggers(rt, camp.id):
        pass
    return {line["reason"] for line in await logs(camp) if line["status"] == "pending"}


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("condition", "condition_changed"),
        ("phone", "phone_changed"),
        ("deleted", "record_deleted"),
        ("off", "link_off"),
        ("removed", "link_deleted"),
    ],
)
async def test_a_message_that_waits_is_taken_back_when_it_is_true_no_more(
    rt, camp, kit, partition, carrier, how, reason
):
    link = await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW)
    record = await add(camp, partition, status="신규")
    assert await waiting(rt, camp) == {""}
    if how == "condition":
        await change(camp, record, status="완료")
    elif how == "phone":
        await change(camp, record, phone="010-2345-0009")
    elif how == "deleted":
        await camp.staff.delete(f"/api/records/{record['id']}")
    elif how == "off":
        await camp.admin.patch(f"{TEMPLATES}/{link['id']}", json={"isActive": False})
    else:
        await camp.admin.delete(f"{TEMPLATES}/{link['id']}")
    await run_triggers(rt, camp.id)
    async with running_hub(rt):
        await settled(rt, camp)
    assert carrier.ledger() == []
    assert [(line["status"], line["reason"]) for line in await logs(camp)] == [("skipped", reason)]


async def test_fr10_a_message_that_was_taken_back_has_used_up_no_cooldown_and_starts_no_repeat(
    rt, camp, kit, partition, carrier
):
    await make_link(
        camp, kit, partition, triggerType="on_update", triggerCondition=IS_NEW, repeatConfig=REPEAT
    )
    record = await add(camp, partition, status="상담")
    await change(camp, record, status="신규")
    assert await waiting(rt, camp) == {""}
    await change(camp, record, status="상담")
    assert await waiting(rt, camp) == set()  # taken back
    queue = (await camp.owner.get("/api/alimtalk/automation/queue")).json()["items"]
    assert [(one["status"], one["reason"]) for one in queue] == [("cancelled", "condition_changed")]
    # True again, and saved a few times: one message, and its cooldown holds.
    async with running_hub(rt):
        for n in range(4):
            await change(camp, record, status="신규", amount=n)
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1
    assert {(line["reason"], line["tries"]) for line in await logs(camp)} == {
        ("condition_changed", 1),
        ("", 1),
        ("cooldown", 3),
    }


async def test_fr10_what_nobody_got_gives_the_cooldown_back_to_one_of_many(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_update", triggerCondition=IS_NEW)
    record = await add(camp, partition, status="상담")
    for status in ("신규", "상담"):
        await change(camp, record, status=status)
        await waiting(rt, camp)
    async with running_hub(rt), running_hub(rt, owner="another-host"):
        await asyncio.gather(*(change(camp, record, status="신규", amount=n) for n in range(30)))
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1


async def test_a_number_that_is_corrected_while_the_message_waits_can_be_sent_to(
    rt, camp, kit, partition, carrier
):
    await make_link(camp, kit, partition, triggerType="on_create")
    record = await add(camp, partition, phone="010-2345-0001")
    assert await waiting(rt, camp) == {""}
    await change(camp, record, phone="010-2345-0009")
    await waiting(rt, camp)
    [line] = await logs(camp)
    assert (line["reason"], line["mayRetry"]) == ("phone_changed", True)
    async with running_hub(rt):
        assert (await camp.admin.post(f"/api/alimtalk/logs/{line['id']}/retry")).status_code == 200
        await settled(rt, camp)
    assert [one["to"] for one in carrier.ledger()] == ["01023450009"]


async def test_a_record_without_a_variables_value_uses_up_no_cooldown(rt, camp, kit, partition, carrier):
    await make_link(
        camp,
        kit,
        partition,
        triggerType="on_update",
        variableMappings={"이름": {"field": "amount"}},
    )
    record = await add(camp, partition)
    async with running_hub(rt):
        for status in ("상담", "신규"):
            await change(camp, record, status=status)
        await settled(rt, camp)
        assert [(one["reason"], one["tries"]) for one in await logs(camp)] == [("missing_variable", 2)]
        await change(camp, record, amount=7)
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1


async def lanes_once(rt, camp):
    """Every link send gets one turn of a lane."""
    async with tenant_tx(rt, camp.id) as conn:
        sends = await (await conn.execute("SELECT id FROM sends WHERE kind = 'link'")).fetchall()
    for (send_id,) in sends:
        await serve_lane(rt, "test", camp.id, send_id)


async def test_no_claim_takes_a_message_whose_record_has_changed_since_somebody_looked(
    rt, camp, kit, partition, carrier
):
    """The race between a claim and a change that makes the condition false: whichever commits first decides."""
    await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW)
    changed = await add(camp, partition, status="신규")
    await add(camp, partition, phone="010-2345-0002", status="신규")
    assert await waiting(rt, camp) == {""}
    await change(camp, changed, status="완료")  # committed, and nobody has looked yet
    await lanes_once(rt, camp)
    assert [one["to"] for one in carrier.ledger()] == ["01023450002"]
    async with running_hub(rt):
        await settled(rt, camp)
    assert [one["to"] for one in carrier.ledger()] == ["01023450002"]
    assert {(line["status"], line["reason"]) for line in await logs(camp)} == {
        ("delivered", ""),
        ("skipped", "condition_changed"),
    }


async def test_what_a_person_sends_by_hand_waits_for_nobodys_look(rt, camp, kit, partition, carrier):
    link = await make_link(camp, kit, partition)
    record = await add(camp, partition)  # its change is unseen: no worker runs
    sent = await camp.admin.post(f"{TEMPLATES}/{link['id']}/send", json={"recordIds": [record["id"]]})
    assert sent.json()["sent"] == 1
    await lanes_once(rt, camp)
    assert len(carrier.ledger()) == 1


async def test_a_message_that_is_too_late_lapses_and_gives_its_cooldown_back(
    rt, camp, kit, partition, carrier
):
    link = await make_link(camp, kit, partition, triggerType="on_update", cooldownHours=100, notAfterHours=2)
    assert link["notAfterHours"] == 2
    record = await add(camp, partition)
    carrier.behave(deliverDelayMs=0, outage=True)
    async with running_hub(rt):
        await change(camp, record, amount=1)
        await until(lambda: logs(camp, status="pending"))
        shift(rt, 3)
        [line] = await until(lambda: logs(camp, status="failed"))
        assert (line["reason"], line["mayRetry"]) == ("not_after", True)
        carrier.behave(deliverDelayMs=0)
        await change(camp, record, amount=2)
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1


async def test_a_first_message_that_lapses_is_not_repeated(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create", notAfterHours=2, repeatConfig=REPEAT)
    carrier.behave(deliverDelayMs=0, outage=True)
    async with running_hub(rt):
        await add(camp, partition)
        await until(lambda: logs(camp, status="pending"))
        shift(rt, 3)
        await until(lambda: logs(camp, status="failed"))
        carrier.behave(deliverDelayMs=0)
    shift(rt, 48)
    await process(camp)
    queue = (await camp.owner.get("/api/alimtalk/automation/queue")).json()["items"]
    assert [(one["status"], one["reason"]) for one in queue] == [("cancelled", "not_after")]


async def test_a_repeat_of_what_somebody_got_outlives_a_later_message_that_was_taken_back(
    rt, camp, kit, partition, carrier
):
    await make_link(
        camp,
        kit,
        partition,
        triggerType="on_update",
        triggerCondition=IS_NEW,
        repeatConfig=REPEAT,
        cooldownHours=0,
    )
    record = await add(camp, partition, status="상담")
    async with running_hub(rt):
        await change(camp, record, status="신규")
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1
    await change(camp, record, status="신규", amount=2)
    assert await waiting(rt, camp) == {""}
    await change(camp, record, status="상담")
    assert await waiting(rt, camp) == set()
    queue = (await camp.owner.get("/api/alimtalk/automation/queue")).json()["items"]
    assert [one["status"] for one in queue] == ["pending"]


async def test_what_the_night_moved_is_too_late_hours_after_the_morning(rt, camp, kit, partition):
    """Nobody looked at the queue until the evening (the hub, or the rule, was off)."""
    window = {"from": "08:00", "until": "21:00"}
    await make_link(
        camp, kit, partition, triggerType="on_update", sendWindow=window, notAfterHours=3, cooldownHours=100
    )
    record = await add(camp, partition)
    shift(rt, (22 - rt.clock.now().astimezone(KST).hour) % 24)
    await change(camp, record, amount=1)
    assert await waiting(rt, camp) == set()
    shift(rt, 20)
    await process(camp)
    queue = (await camp.owner.get("/api/alimtalk/automation/queue")).json()["items"]
    assert [(one["status"], one["reason"]) for one in queue] == [("cancelled", "too_late")]
    await change(camp, record, amount=2)  # its cooldown was given back
    assert await waiting(rt, camp) == {""}


async def test_a_change_that_nobody_looked_at_in_time_is_logged_and_not_sent(rt, camp, kit, partition):
    await make_link(camp, kit, partition, triggerType="on_create", notAfterHours=1e-7)  # 0.4 ms
    await add(camp, partition)
    await run_triggers(rt, camp.id)
    assert [(line["reason"], line["mayRetry"]) for line in await logs(camp)] == [("too_late", True)]


async def test_a_change_that_leaves_it_true_takes_nothing_back(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW)
    record = await add(camp, partition, status="신규")
    assert await waiting(rt, camp) == {""}
    await change(camp, record, amount=5)
    async with running_hub(rt):
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1


async def test_a_template_that_begins_to_campaign_is_judged_when_it_fires(rt, camp, kit, partition, carrier):
    """It was lawful when the rule was saved; Kakao's copy has changed since."""
    link = await make_link(camp, kit, partition, triggerType="on_create")
    await say(rt, camp, kit, "기호 1번 한서윤, 한 표 부탁드려요. #{이름}님")
    shown = (await camp.owner.get(TEMPLATES)).json()["items"][0]
    assert (shown["id"], shown["trouble"]) == (link["id"], "unlawful")
    await add(camp, partition)
    async with running_hub(rt):
        await settled(rt, camp)
        by_hand = await camp.admin.post(
            f"{TEMPLATES}/{link['id']}/send", json={"recordIds": [(await logs(camp))[0]["recordId"]]}
        )
    assert [one["reason"] for one in by_hand.json()["skipped"]] == ["unlawful"]
    assert {line["reason"] for line in await logs(camp)} == {"unlawful"}
    assert carrier.ledger() == []


async def test_advertising_words_in_a_repeated_template_wait_for_another_person(
    rt, camp, kit, partition, carrier
):
    await say(rt, camp, kit, "#{이름}님, 이번 주 혜택을 확인해 보세요.")
    once = await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW)
    assert once["trouble"] == ""
    link = await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    assert link["trouble"] == "needs_approval"
    assert "‘혜택’" in link["troubleText"]
    await add(camp, partition, status="상담")
    path = f"{TEMPLATES}/{link['id']}"
    async with running_hub(rt):
        await settled(rt, camp)
        line = (await logs(camp, linkId=link["id"]))[0]
        assert (line["reason"], line["mayRetry"]) == ("needs_approval", True)
        own = await camp.admin.post(f"{path}/approve")
        assert (own.status_code, own.json()["code"]) == (409, "own_approval")
        assert (await camp.staff.post(f"{path}/approve")).status_code == 403
        assert (await camp.owner.post(f"{path}/approve")).json()["trouble"] == ""
        assert (await camp.owner.post(f"/api/alimtalk/logs/{line['id']}/retry")).status_code == 200
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1
    # Another text is another question.
    await say(rt, camp, kit, "#{이름}님, 선착순이에요.")
    assert (await camp.owner.get(path)).json()["trouble"] == "needs_approval"


async def test_advertising_words_in_a_default_are_read_too_and_what_was_read_is_what_is_approved(
    camp, kit, partition
):
    plain = {"이름": {"field": "name", "default": "고객"}}
    link = await make_link(
        camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT, variableMappings=plain
    )
    assert link["trouble"] == ""
    path = f"{TEMPLATES}/{link['id']}"
    worded = {"이름": {"field": "name", "default": "혜택"}}
    answer = await camp.owner.patch(path, json={"variableMappings": worded})
    changed = answer.json()
    assert answer.status_code == 200, answer.text
    assert changed["trouble"] == "needs_approval"
    late = await camp.admin.post(f"{path}/approve", params={"version": link["version"]})
    assert (late.status_code, late.json()["code"]) == (409, "nothing_to_approve")
    own = await camp.owner.post(f"{path}/approve", params={"version": changed["version"]})
    assert (own.status_code, own.json()["code"]) == (409, "own_approval")
    done = await camp.admin.post(f"{path}/approve", params={"version": changed["version"]})
    assert (done.status_code, done.json()["trouble"]) == (200, "")


async def test_switching_on_says_first_what_goes_out_at_once(rt, camp, kit, partition, carrier, monkeypatch):
    monkeypatch.setattr(switching, "SEEN_ABOVE", 2)
    link = await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    path = f"{TEMPLATES}/{link['id']}"
    for n in range(3):
        await add(camp, partition, phone=f"010-7100-{n:04}", status="신규")
    async with running_hub(rt):
        await settled(rt, camp)
    await camp.admin.patch(path, json={"isActive": False})
    shift(rt, 25)
    found = (await camp.admin.get(f"{path}/estimate")).json()
    assert (found["messages"], found["waiting"], found["busiestDay"]) == (3, 3, 3)
    blind = await camp.admin.patch(path, json={"isActive": True})
    assert (blind.status_code, blind.json()["code"], blind.json()["messages"]) == (409, "estimate_changed", 3)
    assert (await process(camp))["processed"] == 0
    seen = await camp.admin.patch(path, json={"isActive": True, "messages": 3})
    assert seen.status_code == 200, seen.text
    assert (await process(camp))["sent"] == 3


async def test_what_is_stopped_each_time_is_one_line_a_day(rt, camp, kit, partition):
    await make_link(camp, kit, partition, triggerType="on_update")
    record = await add(camp, partition, phone=None)
    for n in range(20):
        await change(camp, record, amount=n)
    while await run_triggers(rt, camp.id):
        pass
    assert [(line["reason"], line["tries"]) for line in await logs(camp)] == [("no_phone", 20)]
    assert (await camp.owner.get(TEMPLATES)).json()["items"][0]["figures"]["stopped"] == 20
    dashboard = (await camp.owner.get("/api/alimtalk/automation/dashboard")).json()
    assert dashboard["stoppedToday"] == [{"reason": "no_phone", "count": 20}]
    # Mended, and sent from the line; what is stopped later that day doesn't take the line back.
    await change(camp, record, phone="010-2345-0001")
    line = next(one for one in await logs(camp) if one["reason"] == "no_phone")
    async with running_hub(rt):
        retried = await camp.admin.post(f"/api/alimtalk/logs/{line['id']}/retry")
        assert retried.status_code == 200, retried.text
        await until(lambda: settled_line(camp, line["id"]))
        await change(camp, record, phone=None)
        await settled(rt, camp)
    found = next(one for one in await logs(camp, limit=100) if one["id"] == line["id"])
    assert found["status"] == "delivered"


async def settled_line(camp, line_id):
    found = next(one for one in await logs(camp, limit=100) if one["id"] == line_id)
    return found["status"] == "delivered"
