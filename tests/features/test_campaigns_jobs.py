"""Checks that are too large for a request: a job, its lease, its answer."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.support.browsers import log_in
from tests.support.campaigns import make_book

from pabal.campaigns import jobs, routes, run_check_job
from pabal.kit.db import system_tx, tenant_tx


@pytest.fixture
async def job(rt, tenant, app, monkeypatch):
    """A campaign whose check became a job, because six people are too many for this hub; and its owner."""
    await make_book(rt, tenant)
    monkeypatch.setattr(routes, "CHECK_AT_ONCE", 5)
    async with log_in(app, rt, tenant, "owner") as owner:
        made = await owner.post(
            "/api/campaigns",
            json={
                "name": "설명회",
                "messageClass": "civic",
                "filter": {},
                "steps": [{"channel": "sms", "body": "#{이름}님"}],
            },
        )
        answer = await owner.post(f"/api/campaigns/{made.json()['id']}/check", json={})
        assert answer.status_code == 202, answer.text
        yield owner, UUID(answer.json()["jobId"]), made.json()["id"]


async def _due_jobs(rt):
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT kind, id FROM app.due_work(clock_timestamp())")
        return [row[1] for row in await cursor.fetchall() if row[0] == "job"]


async def test_the_answer_is_the_one_a_small_check_gives(rt, tenant, job, monkeypatch):
    owner, job_id, campaign_id = job
    assert (await owner.get(f"/api/jobs/{job_id}")).json()["state"] == "queued"
    assert await _due_jobs(rt) == [job_id]
    await run_check_job(rt, tenant, job_id)
    done = (await owner.get(f"/api/jobs/{job_id}")).json()
    assert (done["state"], done["progress"], done["problem"]) == ("completed", 100, None)
    monkeypatch.setattr(routes, "CHECK_AT_ONCE", 20_000)
    small = (await owner.post(f"/api/campaigns/{campaign_id}/check", json={})).json()
    for key in ("audience", "sendable", "excluded", "perChannel", "bytes", "cost", "digest"):
        assert done["result"][key] == small[key]
    assert await _due_jobs(rt) == []


async def test_a_running_job_is_left_alone_until_its_lease_is_over(rt, tenant, job):
    _, job_id, _ = job
    claimed = await jobs._claim(rt, tenant, job_id)
    assert claimed is not None
    assert await _due_jobs(rt) == []
    await run_check_job(rt, tenant, job_id)
    assert await _state(rt, tenant, job_id) == ("running", 1)
    await _expire(rt, tenant, job_id)
    assert await _due_jobs(rt) == [job_id]
    await run_check_job(rt, tenant, job_id)
    assert await _state(rt, tenant, job_id) == ("completed", 2)
    await jobs._finish(rt, tenant, job_id, 1, problem="늦게 온 첫 작업자")
    assert await _state(rt, tenant, job_id) == ("completed", 2)


async def test_a_job_that_takes_every_worker_with_it_is_given_up(rt, tenant, job):
    owner, job_id, _ = job
    for _ in range(jobs.MAX_TRIES):
        assert await jobs._claim(rt, tenant, job_id) is not None
        await _expire(rt, tenant, job_id)
    await run_check_job(rt, tenant, job_id)
    assert (await owner.get(f"/api/jobs/{job_id}")).json()["state"] == "failed"
    assert await _due_jobs(rt) == []


async def test_a_check_of_a_deleted_campaign_says_so(rt, tenant, job):
    owner, job_id, campaign_id = job
    assert (await owner.delete(f"/api/campaigns/{campaign_id}")).status_code == 204
    await run_check_job(rt, tenant, job_id)
    assert (await owner.get(f"/api/jobs/{job_id}")).json()["state"] == "failed"


async def test_another_tenant_sees_no_job(app, rt, other_tenant, job):
    _, job_id, _ = job
    async with log_in(app, rt, other_tenant, "owner") as stranger:
        assert (await stranger.get(f"/api/jobs/{job_id}")).status_code == 404


async def _state(rt, tenant, job_id):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT state, tries FROM jobs WHERE id = %s", (job_id,))
        return await cursor.fetchone()


async def _expire(rt, tenant, job_id):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE jobs SET lease_until = clock_timestamp() - %s WHERE id = %s",
            (timedelta(seconds=1), job_id),
        )
