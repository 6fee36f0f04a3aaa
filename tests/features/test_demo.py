"""The demo tenants: complete, repeatable, launchable, refused in production."""

from uuid import UUID

import pytest

from pabal import dispatch
from pabal.config import Mode
from pabal.demo import CAMP, PASSWORD, SALES, ensure_demo
from pabal.kit.db import system_tx, tenant_tx
from pabal.runtime import open_runtime


async def log_in(client, email):
    answer = await client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
    return answer.json()


async def test_the_logins_work_and_the_draft_can_be_launched_and_watched(rt, client):
    await ensure_demo(rt)
    for email, role, _ in (*CAMP.people, *SALES.people):
        assert (await log_in(client, email))["role"] == role
    me = await log_in(client, "owner@demo.camp")
    (campaign,) = (await client.get("/api/campaigns")).json()["items"]
    path = f"/api/campaigns/{campaign['id']}"
    found = (await client.post(f"{path}/check", json={})).json()
    assert not [v for v in found["verdicts"] if v["level"] in {"block", "hold"}]
    assert found["sendable"] > 50
    assert [row["channel"] for row in found["perChannel"]] == ["sms"]
    launched = await client.post(f"{path}/launch", json={"digest": found["digest"]})
    assert launched.status_code == 200, launched.text
    await dispatch.launch_send(rt, UUID(me["tenantId"]), UUID(launched.json()["sendId"]))
    progress = (await client.get(f"{path}/progress")).json()
    assert (progress["audience"], sum(progress["counts"].values())) == (found["audience"], found["audience"])
    quota = (await client.get("/api/quota")).json()
    assert quota["limit"] > progress["counts"]["queued"]


async def test_again_changes_nothing_and_deleted_things_stay_deleted(rt, client):
    await ensure_demo(rt)
    me = await log_in(client, "owner@demo.camp")
    (campaign,) = (await client.get("/api/campaigns")).json()["items"]
    assert (await client.delete(f"/api/campaigns/{campaign['id']}")).status_code == 204
    assert (await client.patch("/api/quota", json={"limit": 777})).status_code == 200
    await ensure_demo(rt)
    assert (await client.get("/api/campaigns")).json()["items"] == []
    assert (await client.get("/api/quota")).json()["limit"] == 777
    async with tenant_tx(rt, UUID(me["tenantId"])) as conn:
        cursor = await conn.execute("SELECT (SELECT count(*) FROM contacts), (SELECT count(*) FROM members)")
        assert await cursor.fetchone() == (CAMP.contacts, len(CAMP.people))
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT count(*) FROM app.list_tenants()")
        assert await cursor.fetchone() == (2,)


async def test_production_refuses_it(rt, settings):
    production = settings.model_copy(update={"mode": Mode.PRODUCTION})
    async with open_runtime(production, name="tests") as live:
        with pytest.raises(ValueError, match="production"):
            await ensure_demo(live)
