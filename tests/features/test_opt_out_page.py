"""The camp's own address for refusals: whoever types their number gets nothing more; nobody else learns anything from it."""

import pytest
from tests.features.test_law_opt_outs import TEXT, sendable
from tests.support.law import BY_ELECTION, move_clock

from pabal.accounts import SystemActor, set_public_url
from pabal.domain.ids import TenantId
from pabal.inbox import routes_opt_out as opt_out_page
from pabal.kit.db import tenant_tx
from pabal.templates import ensure_rehearsal_kit


@pytest.fixture
async def path(rt, camp):
    async with tenant_tx(rt, camp.id) as conn:
        await ensure_rehearsal_kit(conn, rt, camp.id)
        await set_public_url(conn, SystemActor(TenantId(camp.id)), "https://camp.example.kr")
    for name, number in (("김하늘", "010-2345-0001"), ("이바다", "010-2345-0002")):
        body = {"name": name, "phones": [number], "basis": "동의", "source": "방명록"}
        assert (await camp.owner.post("/api/contacts", json=body)).status_code == 201
    url = (await camp.owner.get("/api/law/opt-out-page")).json()["url"]
    assert url == (await camp.admin.get("/api/law/opt-out-page")).json()["url"]  # one for all texts
    assert url.startswith("https://camp.example.kr/l/stop/")
    return url.removeprefix("https://camp.example.kr")


async def test_C05_C06_whoever_types_their_number_is_left_out_from_then_on(rt, camp, client, path):
    shown = await client.get(path)
    assert (shown.status_code, "blue 수신거부" in shown.text) == (200, True)
    answer = await client.post(path, data={"phone": "+82 10-2345-0001"})
    assert (answer.status_code, "수신을 거부했어요" in answer.text) == (200, True)
    (one,) = (await camp.owner.get("/api/suppressions")).json()["items"]
    assert (one["source"], one["channel"]) == ("link", "all")
    assert await sendable(camp) == (1, {"suppressed": 1})
    assert TEXT["messageClass"] == "civic"


async def test_C06_somebody_of_nobodys_book_gets_the_same_answer(rt, camp, client, path):
    """The page doesn't tell who is in a camp's list."""
    known = await client.post(path, data={"phone": "01023450001"})
    unknown = await client.post(path, data={"phone": "01099990001"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)


@pytest.mark.parametrize("typed", ["", "123", "<script>", "가나다"])
async def test_what_is_no_number_takes_nobody_out(rt, camp, client, path, typed):
    answer = await client.post(path, data={"phone": typed})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert (await camp.owner.get("/api/suppressions")).json()["items"] == []


async def test_an_address_of_nobody_says_so_and_a_list_is_slowed_down(rt, camp, client, path, monkeypatch):
    monkeypatch.setattr(opt_out_page, "_PER_HOUR", 3)
    assert (await client.get("/l/stop/aaaaaaaaaa")).status_code == 404
    assert (await client.post("/l/stop/x", data={"phone": "01023450001"})).status_code == 404
    for _ in range(4):  # slips of the thumb cost nothing
        assert (await client.post(path, data={"phone": "010"})).status_code == 422
    statuses = [
        (await client.post(path, data={"phone": f"0109999{n:04}"})).status_code
        for n in range(opt_out_page._PER_HOUR + 2)
    ]
    assert statuses[-1] == 429
    assert len((await camp.owner.get("/api/suppressions")).json()["items"]) == opt_out_page._PER_HOUR
    (key,) = [one async for one in rt.redis.scan_iter("pabal:optout:*")]
    assert 0 < await rt.redis.ttl(key) <= 3600
    assert b"127.0.0.1" not in (key if isinstance(key, bytes) else key.encode())


async def test_C05_its_address_is_a_free_way_to_refuse_for_a_candidacy(rt, camp, client, path):
    body = BY_ELECTION | {"refusal": "https://camp.example.kr" + path, "registeredAt": "2026-12-08"}
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    answer = await camp.owner.post("/api/candidacies", json=body)
    assert answer.status_code == 201, answer.text
