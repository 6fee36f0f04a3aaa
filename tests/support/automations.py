"""A table of records, a template, and what members do with rules; the two fixtures are imported by their tests."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from pabal.kit.db import tenant_tx
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit

FIELDS: list[dict[str, Any]] = [
    {"key": "name", "label": "이름", "type": "text"},
    {"key": "phone", "label": "전화", "type": "phone", "isPhone": True},
    {"key": "status", "label": "상태", "type": "select", "options": ["신규", "상담", "완료"]},
    {"key": "amount", "label": "금액", "type": "number"},
]
STOP = {"field": "status", "operator": "eq", "value": "완료"}
REPEAT = {"intervalHours": 24, "maxRepeat": 2, "stopCondition": STOP}
IS_NEW = {"field": "status", "operator": "eq", "value": "신규"}
CRON = "a-cron-token-of-the-server"


@pytest.fixture
async def kit(rt, camp):
    async with tenant_tx(rt, camp.id) as conn:
        kit = await ensure_rehearsal_kit(conn, rt, camp.id)
    assert await register_tenant_at_sandbox(rt, camp.id)
    return kit


@pytest.fixture
async def partition(camp):
    answer = await camp.owner.post("/api/partitions", json={"name": "상담 신청", "fields": FIELDS})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_link(camp, kit, partition, expect=201, **body):
    answer = await camp.admin.post(
        "/api/alimtalk/template-links",
        json={"partitionId": partition["id"], "templateId": str(kit.template_id), "name": "환영", **body},
    )
    assert answer.status_code == expect, answer.text
    return answer.json()


async def add(camp, partition, phone="010-2345-0001", **data):
    body = {"partitionId": partition["id"], "data": {"name": "김하늘", "phone": phone, **data}}
    answer = await camp.staff.post("/api/records", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(camp, record, **data):
    answer = await camp.staff.patch(f"/api/records/{record['id']}", json={"data": data})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def logs(camp, **params):
    answer = await camp.owner.get("/api/alimtalk/logs", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def until(met, seconds=30):
    async with asyncio.timeout(seconds):
        while True:
            if found := await met():
                return found
            await asyncio.sleep(0.05)


async def settled(rt, camp):
    """Every change has been looked at and every message is at its end."""

    async def nothing_open():
        async with tenant_tx(rt, camp.id) as conn:
            cursor = await conn.execute("SELECT count(*) FROM record_outbox")
            waiting = (await cursor.fetchone())[0]
        lines = await logs(camp, limit=500)
        return not waiting and all(line["status"] in {"delivered", "failed", "skipped"} for line in lines)

    await until(nothing_open)


async def process(camp):
    answer = await camp.owner.post("/api/alimtalk/automation/process-repeats")
    assert answer.status_code == 200, answer.text
    return answer.json()


def shift(rt, hours):
    rt.clock.offset += timedelta(hours=hours)
