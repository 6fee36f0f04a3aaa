"""C-08: a list whose numbers stand in rows is made up until an owner says where it is from."""

import pytest
from tests.support.campaigns import check, levels
from tests.support.imports import bring_in, sheet, upload

from pabal.kit.db import tenant_tx
from pabal.templates import ensure_rehearsal_kit

LISTS = "/api/imports/made-up"
TEXT = {
    "name": "설명회",
    "messageClass": "civic",
    "filter": {},
    "steps": [{"channel": "sms", "body": "설명회를 열어요."}],
}


def rows(numbers):
    return sheet(*[(f"김하늘{n}", number) for n, number in enumerate(numbers)], header=("이름", "휴대폰"))


@pytest.fixture
async def live(rt, camp):
    """The camp's account counts as one that reaches people; nothing is sent here."""
    async with tenant_tx(rt, camp.id) as conn:
        await ensure_rehearsal_kit(conn, rt, camp.id)
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE carrier_accounts SET sandbox = false")


async def checked(camp):
    made = await camp.owner.post("/api/campaigns", json=TEXT)
    assert made.status_code == 201, made.text
    return await check(camp.owner, made.json())


async def test_C08_numbers_in_rows_stop_a_send_until_an_owner_stands_for_the_list(rt, camp, live):
    uploaded = (await upload(camp.owner, rows([f"0102345{n:04}" for n in range(1000, 1120)]))).json()
    told = (await camp.owner.post(f"/api/imports/{uploaded['id']}/dry-run", json={})).json()
    assert told["madeUp"] == 120  # before anything is written
    done = await bring_in(rt, camp, rows([f"0102345{n:04}" for n in range(1000, 1120)]))
    assert (done["madeUp"], done["madeUpOpen"]) == (120, True)
    found = await checked(camp)
    assert levels(found, "C-08") == ["block"]
    assert "120명은" in next(one["message"] for one in found["verdicts"] if one["rule"] == "C-08")
    (listed,) = (await camp.admin.get(LISTS)).json()["items"]
    assert (listed["madeUp"], listed["rows"], listed["source"]) == (120, 120, "가을 간담회")
    reason = {"reason": "아파트 단지에 나눠 준 회선이에요"}
    assert (await camp.admin.post(f"/api/imports/{listed['id']}/made-up", json=reason)).status_code == 403
    answer = await camp.owner.post(f"/api/imports/{listed['id']}/made-up", json=reason)
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert levels(await checked(camp), "C-08") == []
    seen = (await camp.owner.get(f"/api/imports/{listed['id']}")).json()
    assert (seen["madeUp"], seen["madeUpOpen"]) == (120, False)
    log = (await camp.owner.get("/api/audit")).json()["items"]
    assert "import.confirm_numbers" in {line["action"] for line in log}


async def test_C08_an_ordinary_list_stops_nothing(rt, camp, live):
    await bring_in(rt, camp, rows([f"010{20_000_000 + n * 61_003:08}" for n in range(120)]))
    assert (await camp.owner.get(LISTS)).json()["items"] == []
    assert levels(await checked(camp), "C-08") == []


async def test_C08_through_the_simulator_it_is_a_word_of_warning(rt, camp):
    async with tenant_tx(rt, camp.id) as conn:
        await ensure_rehearsal_kit(conn, rt, camp.id)
    await bring_in(rt, camp, rows([f"0102345{n:04}" for n in range(1000, 1120)]))
    assert levels(await checked(camp), "C-08") == ["warn"]
