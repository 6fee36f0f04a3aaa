"""Opt-outs by every way into one ledger of addresses (C-06, C-07): whoever said no by one is left out of everything after it."""

import pytest
from tests.features.test_inbox_hook import hook_of, reply
from tests.support.campaigns import check
from tests.support.carriers import facing, nhn_account
from tests.support.imports import bring_in, sheet
from tests.support.law import move_clock

from pabal.dispatch import apply_receipts, store_receipt
from pabal.kit.db import tenant_tx
from pabal.templates import ensure_rehearsal_kit

NUMBER = "010-2345-0001"
TEXT = {
    "name": "설명회",
    "messageClass": "civic",
    "filter": {},
    "steps": [{"channel": "sms", "body": "설명회를 열어요."}],
}


async def by_hand(rt, camp, client):
    body = {"kind": "phone", "value": "+82 10 2345 0001", "channels": ["all"], "reason": "전화로 요청"}
    answer = await camp.staff.post("/api/suppressions", json=body)
    assert answer.status_code == 201, answer.text


async def by_reply(rt, camp, client):
    answer = await client.post(await hook_of(rt, camp.id), json=reply("수신거부"))
    assert answer.status_code == 200


async def by_a_reply_that_somebody_read(rt, camp, client):
    await client.post(await hook_of(rt, camp.id), json=reply("그만 보내 주세요"))
    (one,) = (await camp.staff.get("/api/inbox/unclear")).json()["items"]
    answer = await camp.staff.post(f"/api/inbox/unclear/{one['id']}/settle", json={"as": "refusal"})
    assert answer.status_code == 204


async def by_list(rt, camp, client):
    await bring_in(
        rt, camp, sheet(("김하늘", "010.2345.0001", "거부"), header=("이름", "휴대폰", "수신거부"))
    )


async def by_080(rt, camp, client):
    account = await nhn_account(rt, camp.id, "sms", mode="webhook")
    body = (
        '{"event":"UNSUBSCRIBE","hooks":[{"recipientNo":"01023450001","unsubscribeNo":"0801234567",'
        '"createdDateTime":"2026-11-21T09:00:00+09:00"}]}'
    )
    await store_receipt(rt, camp.id, account, body.encode())
    await apply_receipts(rt, camp.id)


WAYS = [by_hand, by_reply, by_a_reply_that_somebody_read, by_list, by_080]


async def sendable(camp, **changes):
    made = await camp.owner.post("/api/campaigns", json=TEXT | changes)
    assert made.status_code == 201, made.text
    found = await check(camp.owner, made.json())
    return found["sendable"], {one["reason"]: one["count"] for one in found["excluded"]}


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def two(rt, camp):
    """김하늘, who will say no, and 이바다, who never did."""
    async with tenant_tx(rt, camp.id) as conn:
        await ensure_rehearsal_kit(conn, rt, camp.id)
    for name, number in (("김하늘", NUMBER), ("이바다", "010-2345-0002")):
        body = {"name": name, "phones": [number], "basis": "동의", "source": "방명록"}
        assert (await camp.owner.post("/api/contacts", json=body)).status_code == 201


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_C06_whoever_refused_by_any_way_is_left_out(rt, camp, client, two, way):
    assert (await sendable(camp))[0] == 2
    await way(rt, camp, client)
    assert await sendable(camp) == (1, {"suppressed": 1})
    move_clock(rt, "2029-01-22T11:00:00+09:00")  # a refusal has no end
    assert await sendable(camp) == (1, {"suppressed": 1})


async def test_C06_whoever_refused_nothing_or_took_it_back_gets_it(rt, camp, client, two):
    await by_hand(rt, camp, client)
    (one,) = (await camp.owner.get("/api/suppressions")).json()["items"]
    assert (await camp.owner.delete(f"/api/suppressions/{one['id']}")).status_code == 204
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    assert await sendable(camp) == (2, {})


@pytest.mark.parametrize("written", ["+82-10-2345-0001", "１０-2345-0001"])
async def test_C07_no_import_in_whatever_spelling_clears_a_refusal(rt, camp, client, two, written):
    await by_reply(rt, camp, client)
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    await bring_in(rt, camp, sheet(("김하늘", written, "동의"), header=("이름", "휴대폰", "수신동의")))
    assert await sendable(camp) == (1, {"suppressed": 1})


async def test_C07_an_import_of_somebody_else_leaves_them_reachable(rt, camp, client, two):
    await by_reply(rt, camp, client)
    await bring_in(rt, camp, sheet(("박노을", "010-2345-0003"), header=("이름", "휴대폰")))
    assert await sendable(camp) == (2, {"suppressed": 1})


async def test_C07_erasing_somebody_and_bringing_them_back_clears_nothing(rt, camp, client, two):
    await by_reply(rt, camp, client)
    (contact,) = [
        one["id"]
        for one in (await camp.owner.get("/api/contacts")).json()["items"]
        if one["name"] == "김하늘"
    ]
    assert (await camp.owner.delete(f"/api/contacts/{contact}")).status_code in {200, 204}
    await bring_in(rt, camp, sheet(("김하늘", NUMBER), header=("이름", "휴대폰")))
    assert await sendable(camp) == (1, {"suppressed": 1})


async def test_P01_a_list_without_basis_or_source_is_refused(rt, camp):
    taken = await camp.admin.post(
        "/api/imports",
        files={"file": ("명단.csv", "이름,휴대폰\n김하늘,010-2345-0001\n".encode(), "text/csv")},
    )
    path = f"/api/imports/{taken.json()['id']}/start"
    for body, field in (
        ({"basis": "", "source": "방명록"}, "basis"),
        ({"basis": "동의", "source": ""}, "source"),
        ({"source": "방명록"}, "basis"),
    ):
        refused = await camp.admin.post(path, json=body)
        assert refused.status_code == 422, refused.text
        assert field in {one["path"].split(".")[-1] for one in refused.json()["errors"]}


async def test_P01_a_list_with_basis_and_source_comes_in_whatever_the_year(rt, camp):
    move_clock(rt, "2028-01-22T11:00:00+09:00")
    state = await bring_in(rt, camp, sheet(("김하늘", NUMBER), header=("이름", "휴대폰")))
    assert (state["created"], state["basis"], state["source"]) == (1, "수집·이용 동의", "가을 간담회")


@pytest.mark.parametrize(("source", "rule"), [("선거인명부", "T-20"), ("여론조사 가상번호", "T-19")])
async def test_T19_T20_a_list_of_that_origin_never_starts(rt, camp, source, rule):
    taken = await camp.admin.post(
        "/api/imports",
        files={"file": ("명단.csv", "이름,휴대폰\n김하늘,010-2345-0001\n".encode(), "text/csv")},
    )
    path = f"/api/imports/{taken.json()['id']}/start"
    for day in ("2027-01-22", "2029-01-22"):  # no window: at all times
        move_clock(rt, f"{day}T11:00:00+09:00")
        refused = await camp.admin.post(path, json={"basis": "동의", "source": source})
        assert refused.status_code == 422, rule
    logged = (await camp.owner.get("/api/law/verdicts")).json()["items"]
    assert [(one["rule"], one["level"], one["stage"]) for one in logged] == [(rule, "block", "list")] * 2
    assert (await camp.admin.post(path, json={"basis": "동의", "source": "방명록"})).status_code == 202


async def test_P08_nobody_is_told_of_somebody_who_is_gone(rt, camp, two):
    (contact, *_) = [one["id"] for one in (await camp.owner.get("/api/contacts")).json()["items"]]
    path = f"/api/contacts/{contact}/source-answer"
    move_clock(rt, "2029-01-22T11:00:00+09:00")
    assert "방명록" in (await camp.staff.get(path)).json()["text"]
    assert (await camp.owner.delete(f"/api/contacts/{contact}")).status_code in {200, 204}
    assert (await camp.staff.get(path)).status_code == 404
