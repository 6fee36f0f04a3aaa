"""P-09: after the election the scheduler warns, an owner approves, and a worker erases; nobody goes without the approval."""

import pytest
from tests.features.test_inbox_hook import hook_of, reply
from tests.support.browsers import log_in
from tests.support.campaigns import make_book
from tests.support.law import candidacy, move_clock

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
    assert batches == before // 3
    assert await people(rt, tenant) == 0
    (plan,) = await plans(owner)
    assert (plan["state"], plan["people"]) == ("done", 0)
    assert plan["purged"] >= before
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


async def test_P09_only_an_owner_approves(owner, app, rt, tenant):
    move_clock(rt, "2027-04-08T09:00:00+09:00")
    async with log_in(app, rt, tenant, "admin") as admin:
        assert (await admin.get(PLANS)).status_code == 200
        refused = await admin.post(f"{PLANS}/{DAY}/purge", json={**REASON, "people": 0})
    assert refused.status_code == 403


def test_P09_a_worker_serves_it():
    assert "retention" in HANDLERS
