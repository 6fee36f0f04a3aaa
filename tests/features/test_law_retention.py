"""P-09: after the election the scheduler warns, an owner approves, and a worker erases; nobody goes without the approval."""

import random
import subprocess
import sys

import pytest
from tests.features.test_inbox_hook import hook_of, reply
from tests.support.browsers import log_in
from tests.support.campaigns import make_book
from tests.support.law import candidacy, move_clock
from tests.support.processes import environment

from pabal.compliance import retention
from pabal.kit.db import tenant_tx
from pabal.worker import HANDLERS

PLANS = "/api/law/retention"
DAY = "2027-04-07"
REASON = {"reason": "선거가 끝나 목적이 없어졌어요"}


@pytest.fixture
async def owner(app, rt, tenant):
    await make_book(rt, tenant)
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    async with log_in(app, rt, tenant, "owner") as browser:
        await candidacy(browser)
        yield browser


async def plans(browser):
    answer = await browser.get(PLANS)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def people(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT count(*) FROM contacts WHERE erased_at IS NULL AND merged_into IS NULL"
        )
        return (await cursor.fetchone())[0]


async def approved(browser, **changes):
    (plan,) = await plans(browser)
    return await browser.post(f"{PLANS}/{DAY}/purge", json={**REASON, "people": plan["people"], **changes})


async def test_P09_before_the_election_there_is_a_plan_and_nothing_to_approve(owner, rt, tenant):
    (plan,) = await plans(owner)
    assert (plan["stage"], plan["state"], plan["dueOn"]) == ("ahead", "ahead", "2027-05-07")
    assert plan["people"] == await people(rt, tenant) > 5
    assert (await approved(owner)).status_code == 404


async def test_P09_on_the_day_after_the_scheduler_warns_once_and_erases_nobody(owner, rt, tenant):
    before = await people(rt, tenant)
    move_clock(rt, "2027-04-07T23:00:00+09:00")
    assert await retention.keep_retention(rt) == []
    assert (await plans(owner))[0]["stage"] == "ahead"
    move_clock(rt, "2027-04-08T00:30:00+09:00")
    for _ in range(2):
        assert await retention.keep_retention(rt) == []
    assert [(one["stage"], one["state"]) for one in await plans(owner)] == [("due", "due")]
    log = (await owner.get("/api/audit")).json()["items"]
    assert [line["action"] for line in log].count("retention.warn") == 1
    move_clock(rt, "2027-05-08T09:00:00+09:00")
    assert (await plans(owner))[0]["stage"] == "late"
    assert await people(rt, tenant) == before


async def test_P09_approved_everybody_goes_batch_by_batch_and_opt_outs_stay(owner, rt, tenant, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    assert (await approved(owner, people=1)).json()["code"] == "purge_changed"
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT count(*) FROM suppressions")
        (opted_out,) = await cursor.fetchone()
    assert opted_out
    before = await people(rt, tenant)
    answer = await approved(owner)
    assert answer.status_code == 200, answer.text
    assert await retention.keep_retention(rt) == [tenant]  # a scheduler finds it, whoever rang
    batches = 0
    while await retention.purge(rt, tenant):
        batches += 1
    assert batches == -(-before // 3)  # and a last one that finds nobody
    assert await people(rt, tenant) == 0
    (plan,) = await plans(owner)
    assert (plan["state"], plan["people"]) == ("done", 0)
    assert plan["purged"] == plan["approvedPeople"] == before
    assert sum(one["people"] for one in plan["erased"]["bases"]) == before
    assert plan["approvedAt"] <= plan["begunAt"] <= plan["lastAt"]
    assert (await approved(owner)).status_code == 409
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM suppressions), (SELECT count(*) FROM identities),"
            " (SELECT count(*) FROM contacts WHERE pii IS NOT NULL)"
        )
        assert await cursor.fetchone() == (opted_out, 0, 0)


async def test_P09_whoever_is_kept_for_another_basis_or_came_later_stays(owner, rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE contacts SET basis = '후원회 법정 보관' WHERE id IN (SELECT id FROM contacts ORDER BY id LIMIT 2)"
        )
        await conn.execute(
            "UPDATE contacts SET created_at = '2027-04-08T00:00:00+09:00'"
            " WHERE id = (SELECT id FROM contacts ORDER BY id DESC LIMIT 1)"
        )
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    (plan,) = await plans(owner)
    kept = {one["basis"]: one["people"] for one in plan["bases"]}["후원회 법정 보관"]
    answer = await approved(owner, keep=["후원회 법정 보관"], people=plan["people"] - kept)
    assert answer.status_code == 200, answer.text
    while await retention.purge(rt, tenant):
        pass
    assert await people(rt, tenant) == kept + 1


async def test_P09_who_agreed_anew_or_stood_in_a_later_list_belongs_to_the_next_election(
    owner, app, rt, tenant
):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT id FROM contacts WHERE pii IS NOT NULL ORDER BY id LIMIT 4")
        agreed, regretted, listed, taken_back = [row[0] for row in await cursor.fetchall()]
        for contact, state, at in (
            (agreed, "granted", "2027-04-20"),
            (regretted, "granted", "2027-04-20"),
            (regretted, "withdrawn", "2027-04-21"),
            (taken_back, "granted", "2027-04-01"),
        ):
            await conn.execute(
                "INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at)"
                " VALUES (%s, uuidv7(), %s, 'all', 'campaign', %s, %s)",
                (tenant, contact, state, f"{at}T12:00:00+09:00"),
            )
        for contact, undone in ((listed, None), (taken_back, "2027-04-23T12:00:00+09:00")):
            cursor = await conn.execute(
                "INSERT INTO imports (tenant_id, id, file_name, byte_size, shape, state, created_at, undone_at)"
                " VALUES (%s, uuidv7(), '', 1, '{}', 'completed', '2027-04-22T12:00:00+09:00', %s) RETURNING id",
                (tenant, undone),
            )
            (import_id,) = await cursor.fetchone()
            await conn.execute(
                "INSERT INTO import_rows (tenant_id, import_id, row_no, outcome, contact_id) VALUES (%s, %s, 1, 'updated', %s)",
                (tenant, import_id, contact),
            )
    before = await people(rt, tenant)
    move_clock(rt, "2027-04-25T09:00:00+09:00")
    (plan,) = await plans(owner)
    assert plan["people"] == before - 2
    assert (await approved(owner)).status_code == 200
    while await retention.purge(rt, tenant):
        pass
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT id FROM contacts WHERE erased_at IS NULL ORDER BY id")
        assert [row[0] for row in await cursor.fetchall()] == [agreed, listed]


async def test_P09_what_belongs_to_nobody_goes_too_and_what_belongs_to_the_kept_stays(
    owner, client, rt, tenant
):
    path = await hook_of(rt, tenant)
    await client.post(path, json=reply("누구세요?") | {"from": "01099998888"})
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "UPDATE contacts SET basis = '보관' WHERE id = (SELECT id FROM contacts ORDER BY id LIMIT 1) RETURNING id"
        )
        (kept,) = await cursor.fetchone()
        cursor = await conn.execute(
            "INSERT INTO imports (tenant_id, id, file_name, byte_size, shape, state)"
            " VALUES (%s, uuidv7(), '', 1, '{}', 'completed') RETURNING id",
            (tenant,),
        )
        (import_id,) = await cursor.fetchone()
        for row, outcome, contact in ((1, "rejected", None), (2, "created", kept)):
            await conn.execute(
                "INSERT INTO import_rows (tenant_id, import_id, row_no, cells, outcome, contact_id)"
                " VALUES (%s, %s, %s, app.encrypt('[]'), %s, %s)",
                (tenant, import_id, row, outcome, contact),
            )
        await conn.execute("UPDATE imports SET created_at = '2027-03-01T12:00:00+09:00'")
        await conn.execute("UPDATE inbound_messages SET received_at = '2027-03-01T12:00:00+09:00'")
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    (plan,) = await plans(owner)
    assert (await approved(owner, keep=["보관"], people=plan["people"] - 1)).status_code == 200
    while await retention.purge(rt, tenant):
        pass
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT row_no FROM import_rows WHERE cells IS NOT NULL")
        assert await cursor.fetchall() == [(2,)]
        cursor = await conn.execute("SELECT pii IS NULL AND from_key IS NULL FROM inbound_messages")
        assert await cursor.fetchall() == [(True,)]


async def test_P09_a_reply_that_may_be_a_refusal_is_read_before_its_writer_is_erased(
    owner, client, rt, tenant
):
    await client.post(await hook_of(rt, tenant), json=reply("이제 그만 보내세요"))
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    refused = await approved(owner)
    assert (refused.status_code, "답장 1건" in refused.json()["detail"]) == (409, True)
    (one,) = (await owner.get("/api/inbox/unclear")).json()["items"]
    settled = await owner.post(f"/api/inbox/unclear/{one['id']}/settle", json={"as": "refusal"})
    assert settled.status_code == 204
    assert (await approved(owner)).status_code == 200


async def test_P09_whoever_writes_while_it_runs_waits_until_the_reply_is_read(owner, client, rt, tenant):
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    assert (await approved(owner)).status_code == 200
    body = reply("이제 그만 보내세요", at="2027-04-08T09:00:00+09:00")
    await client.post(await hook_of(rt, tenant), json=body)
    while await retention.purge(rt, tenant):
        pass
    (plan,) = await plans(owner)
    assert (plan["state"], plan["people"], await people(rt, tenant)) == ("approved", 2, 2)  # who share it
    (one,) = (await owner.get("/api/inbox/unclear")).json()["items"]
    settled = await owner.post(f"/api/inbox/unclear/{one['id']}/settle", json={"as": "refusal"})
    assert settled.status_code == 204
    while await retention.purge(rt, tenant):
        pass
    assert ((await plans(owner))[0]["state"], await people(rt, tenant)) == ("done", 0)
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT EXISTS (SELECT FROM suppressions WHERE source = 'reply')")
        assert await cursor.fetchone() == (True,)


async def profile(browser, day):
    answer = await browser.put("/api/law/profile", json={"electionDay": day, "office": "assembly"})
    assert answer.status_code == 200, answer.text


async def actions(browser):
    return [line["action"] for line in (await browser.get("/api/audit")).json()["items"]]


async def test_P09_a_day_that_was_over_when_it_was_entered_is_typed_once_more(owner, rt, tenant):
    """A slip of the hand (2026 for 2027) must not empty the book of a camp in the midst of its campaign."""
    await profile(owner, "2026-04-07")
    assert await retention.keep_retention(rt) == []
    plan = next(one for one in await plans(owner) if one["electionDay"] == "2026-04-07")
    assert plan["enteredLate"].startswith("2027-01-22")
    path = f"{PLANS}/2026-04-07/purge"
    asked = {**REASON, "people": plan["people"]}
    for typed in ({}, {"typedDay": "2027-04-07"}):
        refused = await owner.post(path, json=asked | typed)
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "typedDay")
    approved = await owner.post(path, json=asked | {"typedDay": "2026-04-07"})
    assert approved.status_code == 200, approved.text
    said = next(
        line["detail"]
        for line in (await owner.get("/api/audit")).json()["items"]
        if line["action"] == "retention.approve"
    )
    assert said["typedDay"] == "2026-04-07"


async def test_P09_correcting_the_day_stops_a_purge_and_its_plan_can_be_dismissed(
    owner, rt, tenant, monkeypatch
):
    monkeypatch.setattr(retention, "BATCH", 2)
    await profile(owner, "2026-04-07")
    assert (await owner.get("/api/audit")).json()["items"][0]["detail"]["electionDay"] == [None, "2026-04-07"]
    plan = next(one for one in await plans(owner) if one["electionDay"] == "2026-04-07")
    path = f"{PLANS}/2026-04-07"
    asked = {**REASON, "people": plan["people"], "typedDay": "2026-04-07"}
    assert (await owner.post(f"{path}/dismiss", json=REASON)).status_code == 409  # still named
    assert (await owner.post(f"{path}/purge", json=asked)).status_code == 200
    before = await people(rt, tenant)
    await profile(owner, "2027-04-07")
    while await retention.purge(rt, tenant):
        pass
    assert await people(rt, tenant) == before
    assert "retention.stop" in await actions(owner)
    plan = next(one for one in await plans(owner) if one["electionDay"] == "2026-04-07")
    assert (plan["state"], plan["named"]) == ("due", False)
    assert (await owner.post(f"{path}/purge", json=asked | {"typedDay": None})).status_code == 422
    assert (await owner.post(f"{path}/dismiss", json=REASON)).status_code == 200
    assert [one["electionDay"] for one in await plans(owner)] == [DAY]
    assert (await owner.post(f"{path}/dismiss", json=REASON)).status_code == 404


async def test_P09_a_purge_of_a_mistyped_day_that_has_begun_can_be_dismissed_and_tells_whom_it_took(
    owner, rt, tenant, monkeypatch
):
    monkeypatch.setattr(retention, "BATCH", 2)
    wrong = f"{PLANS}/2026-04-07"
    await profile(owner, "2026-04-07")
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    plan = next(one for one in await plans(owner) if one["electionDay"] == "2026-04-07")
    async with tenant_tx(rt, tenant) as conn:  # of before that day, or nobody would go
        await conn.execute("UPDATE contacts SET created_at = '2026-04-01'")
    plan = next(one for one in await plans(owner) if one["electionDay"] == "2026-04-07")
    asked = {**REASON, "people": plan["people"], "typedDay": "2026-04-07"}
    assert (await owner.post(f"{wrong}/purge", json=asked)).status_code == 200
    before = await people(rt, tenant)
    assert await retention.purge(rt, tenant)
    await profile(owner, "2028-04-12")
    assert (await owner.post(f"{wrong}/dismiss", json=REASON)).status_code == 404  # it still runs
    assert (await owner.post(f"{wrong}/stop")).status_code == 200
    assert (await owner.post(f"{wrong}/dismiss", json=REASON)).status_code == 200
    assert not await retention.purge(rt, tenant)
    plan = next(one for one in await plans(owner) if one["electionDay"] == "2026-04-07")
    assert (plan["state"], plan["purged"], await people(rt, tenant)) == ("void", 2, before - 2)
    assert (await owner.post(f"{wrong}/purge", json=asked)).status_code in {404, 409}


async def test_P09_an_owner_stops_it_between_two_batches(owner, rt, tenant, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    before = await people(rt, tenant)
    assert (await approved(owner)).status_code == 200
    assert await retention.purge(rt, tenant)
    stopped = await owner.post(f"{PLANS}/{DAY}/stop")
    assert stopped.status_code == 200, stopped.text
    assert not await retention.purge(rt, tenant)
    assert await people(rt, tenant) == before - 2
    assert (await owner.post(f"{PLANS}/{DAY}/stop")).status_code == 409
    assert (await approved(owner)).status_code == 200
    while await retention.purge(rt, tenant):
        pass
    (plan,) = await plans(owner)
    assert (plan["state"], plan["purged"], await people(rt, tenant)) == ("done", before, 0)


async def test_P09_only_an_owner_approves(owner, app, rt, tenant):
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    async with log_in(app, rt, tenant, "admin") as admin:
        assert (await admin.get(PLANS)).status_code == 200
        refused = await admin.post(f"{PLANS}/{DAY}/purge", json={**REASON, "people": 0})
    assert refused.status_code == 403


def test_P09_a_worker_serves_it():
    assert "retention" in HANDLERS


PURGER = """
import asyncio, sys
from datetime import timedelta
from uuid import UUID
from pabal.compliance import retention
from pabal.config import load_settings
from pabal.runtime import open_runtime

async def main(tenant, seconds):
    retention.BATCH = 100
    async with open_runtime(load_settings(), name="purger", pool_size=2) as rt:
        rt.clock.offset = timedelta(seconds=float(seconds))
        while await retention.purge(rt, UUID(tenant)):
            print("batch", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def purger(rt, tenant):
    command = [sys.executable, "-c", PURGER, str(tenant), str(rt.clock.offset.total_seconds())]
    return subprocess.Popen(command, env=environment(rt.settings), stdout=subprocess.PIPE, text=True)


async def standing(conn):
    """(readable cards, addresses, cells of the list, whom the plan says gone)."""
    cursor = await conn.execute(
        "SELECT (SELECT count(*) FROM contacts WHERE pii IS NOT NULL AND erased_at IS NULL),"
        " (SELECT count(DISTINCT contact_id) FROM identities), (SELECT count(*) FROM import_rows WHERE cells IS NOT NULL),"
        " (SELECT purged FROM retention_plans)"
    )
    return await cursor.fetchone()


async def test_P09_a_killed_purge_leaves_nobody_half_erased_and_goes_on_to_the_same_end(owner, rt, tenant):
    before = await people(rt, tenant)
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("DELETE FROM identities")
        await conn.execute("UPDATE contacts SET basis = '보관'")
        await conn.execute(
            """
            WITH list AS (INSERT INTO imports (tenant_id, id, file_name, byte_size, shape, state)
                          VALUES (%(tenant)s, uuidv7(), '', 1, '{}', 'completed') RETURNING id),
                 made AS (INSERT INTO contacts (tenant_id, id, pii, basis, source)
                          SELECT %(tenant)s, uuidv7(), app.encrypt('{}'), '동의', '방명록' FROM generate_series(1, 600)
                          RETURNING id),
                 held AS (INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position, quality)
                          SELECT %(tenant)s, id, 'phone', row_number() OVER (), row_number() OVER (), 0, 'ok' FROM made)
            INSERT INTO import_rows (tenant_id, import_id, row_no, cells, outcome, contact_id)
            SELECT %(tenant)s, list.id, row_number() OVER (), app.encrypt('[]'), 'created', made.id FROM list, made
            """,
            {"tenant": tenant},
        )
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    assert (await approved(owner, keep=["보관"], people=600)).status_code == 200
    killed = purger(rt, tenant)
    try:
        for _ in range(random.Random(9).randint(1, 4)):
            assert killed.stdout.readline() == "batch\n"
    finally:
        killed.kill()
        killed.communicate()
    async with tenant_tx(rt, tenant) as conn:
        cards, addresses, cells, purged = await standing(conn)
        assert 0 < cards - before < 600
        assert cards - before == addresses == cells == 600 - purged
    going_on = purger(rt, tenant)
    out, _ = going_on.communicate(timeout=60)
    assert (going_on.returncode, out.count("batch")) == (0, (cards - before) // 100)
    async with tenant_tx(rt, tenant) as conn:
        assert await standing(conn) == (before, 0, 0, 600)
    (plan,) = await plans(owner)
    assert (plan["state"], plan["erased"]["bases"]) == ("done", [{"basis": "동의", "people": 600}])
