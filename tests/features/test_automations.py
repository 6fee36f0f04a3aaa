"""The automation seed's requirements and success criteria, each by name, through HTTP against a running hub and a real
simulator, whose ledger is the judge."""

import asyncio
from collections import Counter

import pytest
from tests.support.automations import (
    CRON,
    FIELDS,
    IS_NEW,
    REPEAT,
    STOP,
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
from tests.support.browser import browser
from tests.support.carriers import facing
from tests.support.hub import running_hub

from pabal.accounts.api_keys import create_api_key
from pabal.accounts.audit import SystemActor
from pabal.automations import run_triggers
from pabal.domain.roles import Role
from pabal.kit.db import tenant_tx


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier, cron_token=CRON)


# FR-01


async def test_fr01_a_link_is_manual_on_create_or_on_update(camp, kit, partition):
    made = await make_link(camp, kit, partition)
    assert (made["triggerType"], made["cooldownHours"], made["isActive"]) == ("manual", 1, True)
    for kind in ("on_create", "on_update", "manual"):
        answer = await camp.admin.patch(
            f"/api/alimtalk/template-links/{made['id']}", json={"triggerType": kind}
        )
        assert answer.json()["triggerType"] == kind
    await make_link(camp, kit, partition, expect=422, triggerType="sometimes")
    await make_link(camp, kit, partition, expect=422, messageClass="campaign")


# FR-02


async def test_fr02_a_condition_is_field_operator_value_and_faults_are_named(camp, kit, partition):
    made = await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW)
    assert made["triggerCondition"] == IS_NEW
    nested = {"any": [IS_NEW, {"all": [{"field": "amount", "operator": "gt", "value": "1,000"}, STOP]}]}
    made = await make_link(camp, kit, partition, triggerType="on_update", triggerCondition=nested)
    assert made["triggerCondition"]["any"][1]["all"][0]["value"] == 1000
    for condition, path in (
        ({"field": "없음", "operator": "eq", "value": "1"}, "triggerCondition.field"),
        ({"field": "status", "operator": "gt", "value": "신규"}, "triggerCondition.operator"),
        ({"field": "status", "operator": "eq", "value": "모름"}, "triggerCondition.value"),
        ({"any": []}, "triggerCondition.any"),
    ):
        answer = await make_link(
            camp, kit, partition, expect=422, triggerType="on_create", triggerCondition=condition
        )
        assert answer["errors"][0]["path"] == path


async def test_fr02_the_operators_of_the_seed_are_its_own_words(camp, kit, partition):
    """eq, ne and contains as the seed spells them, and every further one of the field's kind, is taken and given back."""
    fields = {one["key"]: one for one in partition["fields"]}
    assert {"eq", "ne", "contains"} <= set(fields["status"]["triggerOps"])
    for key, value in (("status", "신규"), ("amount", 5)):
        for operator in fields[key]["triggerOps"]:
            condition = {"field": key, "operator": operator}
            if operator in {"in", "changed_from_to"}:
                condition["value"] = [value, value]
            elif operator not in {"is_empty", "is_not_empty"}:
                condition["value"] = value
            made = await make_link(
                camp, kit, partition, triggerType="on_update", triggerCondition=condition, isActive=False
            )
            assert made["triggerCondition"] == condition


async def test_a_members_field_is_no_text_of_a_message(camp, kit):
    """It holds an id, which says nothing to whoever reads it."""
    fields = [*FIELDS, {"key": "이름", "label": "이름", "type": "user"}]
    answer = await camp.owner.post("/api/partitions", json={"name": "담당", "fields": fields})
    table = answer.json()
    refused = await make_link(camp, kit, table, expect=422, variableMappings={"이름": "이름"})
    assert refused["errors"][0]["path"] == "variableMappings.이름"
    made = await make_link(camp, kit, table)
    assert made["variableMappings"]["이름"]["field"] == "name"


# FR-03, FR-07, success criterion 1


async def test_fr03_a_new_record_that_fits_gets_its_message_at_once(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW)
    async with running_hub(rt):
        fits = await add(camp, partition, status="신규")
        await add(camp, partition, phone="010-2345-0002", status="상담")
        await settled(rt, camp)
    [message] = carrier.ledger()
    assert (message["to"], message["channel"]) == ("01023450001", "alimtalk")
    assert "김하늘" in message["text"]
    [line] = await logs(camp)
    assert (line["recordId"], line["triggerType"], line["status"]) == (fits["id"], "auto", "delivered")


async def test_rules_that_say_the_same_share_a_send_and_keep_their_own_lines(rt, camp, kit, partition):
    for status in ("신규", "상담"):
        condition = {"field": "status", "operator": "eq", "value": status}
        await make_link(camp, kit, partition, triggerType="on_create", triggerCondition=condition)
    await add(camp, partition, status="신규")
    await add(camp, partition, phone="010-2345-0002", status="상담")
    assert await run_triggers(rt, camp.id) == 2
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            """SELECT count(DISTINCT template_link_id), count(DISTINCT send_id), count(DISTINCT (send_id, seq)),
                      (SELECT count(*) FROM sends WHERE kind = 'link') FROM automation_logs"""
        )
        assert await cursor.fetchone() == (2, 1, 2, 1)


# FR-04, success criterion 2


async def test_fr04_a_changed_record_gets_its_message_when_the_condition_holds(
    rt, camp, kit, partition, carrier
):
    to_done = {"field": "status", "operator": "changed_to", "value": "완료"}
    await make_link(camp, kit, partition, triggerType="on_update", triggerCondition=to_done, cooldownHours=0)
    async with running_hub(rt):
        record = await add(camp, partition, status="신규")
        for status in ("상담", "완료", "완료", "상담"):
            await change(camp, record, status=status)
            await settled(rt, camp)
    assert len(carrier.ledger()) == 1
    assert [line["status"] for line in await logs(camp, triggerType="auto")] == ["delivered"]


async def test_a_page_of_records_says_what_each_was_sent_last_and_what_is_due(
    rt, camp, other_camp, kit, partition
):
    await make_link(
        camp, kit, partition, triggerType="on_create", triggerCondition=IS_NEW, repeatConfig=REPEAT
    )
    sent = await add(camp, partition, status="신규")
    mute = await add(camp, partition, phone=None, status="신규")
    quiet = await add(camp, partition, phone="010-2345-0003", status="완료")
    async with running_hub(rt):
        await settled(rt, camp)
    ids = {"recordIds": [sent["id"], mute["id"], quiet["id"]]}
    answer = await camp.staff.post("/api/alimtalk/automation/standings", json=ids)
    found = {one["recordId"]: one for one in answer.json()["items"]}
    assert found.keys() == {sent["id"], mute["id"]}
    one = found[sent["id"]]
    assert (one["status"], one["linkName"], one["repeatCount"], one["maxRepeat"]) == (
        "delivered",
        "환영",
        0,
        2,
    )
    assert one["nextRunAt"]
    assert (found[mute["id"]]["status"], found[mute["id"]]["reason"]) == ("skipped", "no_phone")
    theirs = await other_camp.owner.post("/api/alimtalk/automation/standings", json=ids)
    assert theirs.json()["items"] == []
    for status, is_due in (("완료", False), ("상담", True)):  # moved on the board, and moved back
        await change(camp, sent, status=status)
        answer = await camp.staff.post("/api/alimtalk/automation/standings", json=ids)
        [one] = [one for one in answer.json()["items"] if one["recordId"] == sent["id"]]
        assert (one["status"], one["nextRunAt"] is not None) == ("delivered", is_due)


# FR-05


async def test_fr05_a_repeat_needs_its_end(camp, kit, partition):
    for repeat, path in (
        ({"intervalHours": 1, "maxRepeat": 3}, "repeatConfig.stopCondition"),
        ({"intervalHours": 1, "maxRepeat": 11, "stopCondition": STOP}, "repeatConfig.maxRepeat"),
        ({"intervalHours": 1, "maxRepeat": 0, "stopCondition": STOP}, "repeatConfig.maxRepeat"),
        ({"intervalHours": 0, "maxRepeat": 3, "stopCondition": STOP}, "repeatConfig.intervalHours"),
        ({"intervalHours": 1, "maxRepeat": 3, "stopCondition": {}}, "repeatConfig.stopCondition"),
    ):
        answer = await make_link(
            camp, kit, partition, expect=422, triggerType="on_create", repeatConfig=repeat
        )
        assert path in {one["path"] for one in answer["errors"]}


# FR-06, success criterion 3


async def test_fr06_repeats_go_on_until_the_stop_condition_or_the_most(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    async with running_hub(rt):
        await add(camp, partition, status="신규")
        done = await add(camp, partition, phone="010-2345-0002", status="신규")
        await settled(rt, camp)
    assert (await process(camp))["due"] == 0
    await change(camp, done, status="완료")
    for hours, expected in (
        (25, {"due": 2, "processed": 2, "sent": 1, "completed": 1, "skipped": 0, "failed": 0}),
        (25, {"due": 1, "processed": 1, "sent": 1, "completed": 1, "skipped": 0, "failed": 0}),
        (250, {"due": 0, "processed": 0, "sent": 0, "completed": 0, "skipped": 0, "failed": 0}),
    ):
        shift(rt, hours)
        assert await process(camp) == expected
    async with running_hub(rt):
        await settled(rt, camp)
    assert Counter(one["to"] for one in carrier.ledger()) == {"01023450001": 3, "01023450002": 1}
    queue = (await camp.owner.get("/api/alimtalk/automation/queue")).json()["items"]
    assert {(one["status"], one["reason"], one["repeatCount"]) for one in queue} == {
        ("completed", "max_repeat", 2),
        ("completed", "stop_condition", 0),
    }
    assert {one["orgId"] for one in queue} == {str(camp.id)}
    assert Counter(line["triggerType"] for line in await logs(camp)) == {"auto": 2, "repeat": 2}


async def test_fr06_the_hubs_own_scheduler_does_the_same(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    async with running_hub(rt):
        await add(camp, partition, status="신규")
        await settled(rt, camp)
        shift(rt, 25)
        await until(lambda: logs(camp, triggerType="repeat"))
        await settled(rt, camp)
    assert len(carrier.ledger()) == 2


async def test_fr06_who_may_run_repeats(rt, camp, kit, partition):
    async with tenant_tx(rt, camp.id) as conn:
        _, good = await create_api_key(conn, SystemActor(camp.id), name="cron", scopes=["automation:run"])
        _, bad = await create_api_key(conn, SystemActor(camp.id), name="form", scopes=["records:write"])
    address = "/api/alimtalk/automation/process-repeats"
    async with browser(camp.owner._transport.app) as nobody:
        for token, status in ((good, 200), (CRON, 200), (bad, 403), ("x", 401)):
            for method in ("GET", "POST"):
                headers = {"Authorization": f"Bearer {token}"}
                assert (await nobody.request(method, address, headers=headers)).status_code == status
        assert (await nobody.post(address)).status_code == 401
    for role, status in ((Role.OWNER, 200), (Role.ADMIN, 200), (Role.STAFF, 403)):
        assert (await camp.of(role).post(address)).status_code == status


async def test_fr06_at_most_100_a_call(rt, camp, kit, partition):
    await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    async with running_hub(rt):
        for n in range(0, 120, 20):
            await asyncio.gather(*(add(camp, partition, phone=f"010-7000-{n + i:04}") for i in range(20)))
        await settled(rt, camp)
    shift(rt, 25)
    first, second, third = [await process(camp) for _ in range(3)]
    assert (first["due"], first["processed"], first["sent"]) == (120, 100, 100)
    assert (second["due"], second["processed"]) == (20, 20)
    assert third["processed"] == 0


# FR-08: the dialog is web/src/features/automations; here what it asks.


async def test_fr08_the_dialog_sees_who_fits_and_what_they_would_get(camp, kit, partition):
    await add(camp, partition, status="신규")
    await add(camp, partition, phone="010-2345-0002", status="완료")
    body = {
        "partitionId": partition["id"],
        "templateId": str(kit.template_id),
        "triggerType": "on_create",
        "triggerCondition": IS_NEW,
    }
    answer = await camp.admin.post("/api/alimtalk/template-links/preview", json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["matching"], found["ready"], found["missing"]) == (1, True, "")
    assert "김하늘" in found["text"]


# FR-07, success criterion 5


async def test_fr07_the_log_says_whether_it_was_by_hand_a_trigger_or_a_repeat(
    rt, camp, kit, partition, carrier
):
    link = await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    async with running_hub(rt):
        record = await add(camp, partition, status="신규")
        await settled(rt, camp)
        shift(rt, 25)
        await process(camp)
        await settled(rt, camp)
        path = f"/api/alimtalk/template-links/{link['id']}/send"
        assert (await camp.admin.post(path, json={"recordIds": [record["id"]]})).status_code == 200
        await settled(rt, camp)
    lines = await logs(camp)
    assert [(line["triggerType"], line["repeatNo"], line["status"]) for line in lines] == [
        ("manual", 0, "delivered"),
        ("repeat", 1, "delivered"),
        ("auto", 0, "delivered"),
    ]
    for kind in ("manual", "repeat", "auto"):
        assert [line["triggerType"] for line in await logs(camp, triggerType=kind)] == [kind]
    assert len(carrier.ledger()) == 3


# FR-09


async def test_fr09_a_link_that_is_off_sends_nothing_and_holds_its_queue(rt, camp, kit, partition, carrier):
    link = await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    address = f"/api/alimtalk/template-links/{link['id']}"
    async with running_hub(rt):
        await add(camp, partition, status="신규")
        await settled(rt, camp)
        assert (await camp.admin.patch(address, json={"isActive": False})).json()["isActive"] is False
        await add(camp, partition, phone="010-2345-0002", status="신규")
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1
    shift(rt, 25)
    assert (await process(camp))["processed"] == 0
    [held] = (await camp.owner.get("/api/alimtalk/automation/queue?status=pending")).json()["items"]
    assert held["isHeld"]
    await camp.admin.patch(address, json={"isActive": True})
    assert (await process(camp))["sent"] == 1
    await camp.admin.delete(address)
    [ended] = (await camp.owner.get("/api/alimtalk/automation/queue")).json()["items"]
    assert (ended["status"], ended["reason"]) == ("cancelled", "link_deleted")


# FR-10


async def test_fr10_fifty_changes_at_once_are_one_message(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_update", triggerCondition=IS_NEW)
    record = await add(camp, partition, status="상담")
    async with running_hub(rt), running_hub(rt, owner="another-host"):
        await asyncio.gather(*(change(camp, record, status="신규", amount=n) for n in range(50)))
        await settled(rt, camp)
    assert len(carrier.ledger()) == 1
    # What the cooldown stops is one line a day that counts, not a line each.
    assert {(line["status"], line["reason"]): line["tries"] for line in await logs(camp)} == {
        ("delivered", ""): 1,
        ("skipped", "cooldown"): 49,
    }


async def test_fr10_after_the_cooldown_the_next_change_sends_again(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_update", triggerCondition=IS_NEW, cooldownHours=2)
    record = await add(camp, partition, status="신규")
    async with running_hub(rt):
        for hours, sent in ((0, 1), (1, 1), (1.1, 2)):
            shift(rt, hours)
            await change(camp, record, amount=hours)
            await settled(rt, camp)
            assert len(carrier.ledger()) == sent


# Success criterion: a carrier's outage costs the record API nothing and loses nothing.


async def test_an_outage_of_the_carrier_costs_no_record_and_no_message(rt, camp, kit, partition, carrier):
    await make_link(camp, kit, partition, triggerType="on_create")
    carrier.behave(deliverDelayMs=0, outage=True)
    async with running_hub(rt):
        made = [await add(camp, partition, phone=f"010-7000-{n:04}") for n in range(5)]
        lines = await until(lambda: logs(camp))
        assert {line["status"] for line in lines} == {"pending"}
        carrier.behave(deliverDelayMs=0)
        await settled(rt, camp)
    assert Counter(one["to"] for one in carrier.ledger()) == {f"0107000{n:04}": 1 for n in range(5)}
    assert {line["recordId"] for line in await logs(camp)} == {one["id"] for one in made}


# Risks of the seed


async def test_two_schedulers_and_an_outside_cron_at_once_send_nothing_twice(
    rt, camp, kit, partition, carrier
):
    await make_link(camp, kit, partition, triggerType="on_create", repeatConfig=REPEAT)
    async with running_hub(rt):
        for n in range(30):
            await add(camp, partition, phone=f"010-7000-{n:04}")
        await settled(rt, camp)
    shift(rt, 25)
    async with running_hub(rt, owner="one"), running_hub(rt, owner="two"):
        await asyncio.gather(*(process(camp) for _ in range(6)))
        await until(lambda: _all_repeated(camp, 30))
        await settled(rt, camp)
    assert Counter(Counter(one["to"] for one in carrier.ledger()).values()) == {2: 30}


async def _all_repeated(camp, n):
    return len(await logs(camp, triggerType="repeat", limit=500)) == n
