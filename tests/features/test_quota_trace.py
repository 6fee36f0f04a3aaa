"""Every unit of a month is traceable: page by page, send by send and as CSV the movements add up to the bar."""

import asyncio
import csv
import io
import random
from collections import Counter

import pytest
from tests.support.book import fill_book, person
from tests.support.browsers import log_in
from tests.support.carriers import behave, facing, solapi_account
from tests.support.hub import is_over, launch, running_hub, until

from pabal import quota
from pabal.dispatch import Selection
from pabal.domain.ids import new_id
from pabal.domain.quota import next_month
from pabal.kit.db import tenant_tx

OLD = "2026-01"


@pytest.fixture
def settings(settings, carrier):
    behave(carrier)
    return facing(settings, carrier)


@pytest.fixture
async def browser(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as owner:
        yield owner


async def everything(browser, path, **query):
    """All pages of a list, three at a time; none comes twice."""
    items, cursor = [], None
    while True:
        params = {**query, "limit": 3} | ({"cursor": cursor} if cursor else {})
        answer = await browser.get(path, params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return items


async def month_of(browser, month=None):
    answer = await browser.get("/api/quota/month", params={"month": month} if month else {})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def campaign(rt, tenant, name):
    """A campaign and its send, as far as a movement looks at them."""
    campaign_id, send_id = new_id(), new_id()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            """
            INSERT INTO campaigns (tenant_id, id, name, message_class, audience, steps, state, send_id)
            VALUES (%s, %s, %s, 'notice', '{}', '[]', 'launched', %s)
            """,
            (tenant, campaign_id, name, send_id),
        )
        await conn.execute(
            """
            INSERT INTO sends (tenant_id, id, kind, campaign_id, state, steps, selection)
            VALUES (%s, %s, 'campaign', %s, 'running', '[]', '{}')
            """,
            (tenant, send_id, campaign_id),
        )
    return campaign_id, send_id


@pytest.mark.parametrize("seed", range(6))
async def test_of_any_history_the_movements_add_up_to_the_bar(rt, tenant, browser, seed):
    """Sends side by side in two months, units settled and given back in any order, later months included."""
    dice = random.Random(seed)
    now = rt.clock.month_kst()
    sends = [(await campaign(rt, tenant, f"발송 {n}"))[1] for n in range(5)]
    reserved: Counter[tuple[str, object]] = Counter()
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 400)
        for _ in range(60):
            key = (dice.choice([OLD, now]), dice.choice(sends))
            move = dice.choice(["reserve", "reserve", "settle", "release"])
            if move == "reserve":
                reserved[key] += await quota.reserve(
                    conn, tenant, key[0], dice.randint(0, 40), send_id=key[1], request_id=new_id()
                )
            else:
                units = dice.randint(0, reserved[key])
                act = quota.settle if move == "settle" else quota.release
                await act(conn, tenant, key[0], units, send_id=key[1], request_id=None)
                reserved[key] -= units
    for month in (OLD, now):
        bar = await month_of(browser, month)
        assert bar["agrees"] is True
        entries = await everything(browser, "/api/quota/entries", month=month)
        sums: Counter[str] = Counter()
        for entry in entries:
            sums[entry["kind"]] += entry["units"]
        assert (bar["used"], bar["reserved"]) == (
            sums["settle"],
            sums["reserve"] - sums["settle"] - sums["release"],
        )
        assert (bar["entriesReserved"], bar["entriesSettled"], bar["entriesReleased"]) == (
            sums["reserve"],
            sums["settle"],
            sums["release"],
        )
        assert [entry["id"] for entry in entries] == sorted((e["id"] for e in entries), reverse=True)
        assert len({entry["id"] for entry in entries}) == len(entries)
        groups = await everything(browser, "/api/quota/sends", month=month)
        assert len({group["sendId"] for group in groups}) == len(groups)
        assert sum(group["settled"] for group in groups) == bar["used"]
        assert sum(group["open"] for group in groups) == bar["reserved"]
        assert sum(group["movements"] for group in groups) == len(entries)
        for group in groups:
            own = await everything(browser, "/api/quota/entries", month=month, sendId=group["sendId"])
            assert [e["id"] for e in own] == [e["id"] for e in entries if e["sendId"] == group["sendId"]]


async def test_a_unit_without_its_movement_is_told(rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.reserve(conn, tenant, rt.clock.month_kst(), 5, send_id=new_id(), request_id=None)
        await conn.execute("UPDATE quota_months SET used = used + 1")
    assert (await month_of(browser))["agrees"] is False


async def test_a_campaigns_movements_are_found_by_it_and_carry_its_name(rt, tenant, browser, other_tenant):
    wanted, send = await campaign(rt, tenant, "설명회 안내")
    _, other = await campaign(rt, tenant, "투표 안내")
    month = rt.clock.month_kst()
    async with tenant_tx(rt, tenant) as conn:
        for one in (send, other, send):
            await quota.reserve(conn, tenant, month, 2, send_id=one, request_id=new_id())
    async with tenant_tx(rt, other_tenant) as conn:
        await quota.reserve(conn, other_tenant, month, 9, send_id=new_id(), request_id=None)
    found = await everything(browser, "/api/quota/entries", campaignId=str(wanted))
    assert [(e["name"], e["units"], e["campaignId"]) for e in found] == [("설명회 안내", 2, str(wanted))] * 2
    assert sum(e["units"] for e in await everything(browser, "/api/quota/entries")) == 6


async def test_a_movement_says_what_kind_of_send_it_belongs_to(rt, tenant, browser):
    _, send = await campaign(rt, tenant, "설명회 안내")
    trial, gone = new_id(), new_id()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "INSERT INTO sends (tenant_id, id, kind, state, steps, selection) VALUES (%s, %s, 'test', 'running', '[]', '{}')",
            (tenant, trial),
        )
        for one in (send, trial, gone):
            month = rt.clock.month_kst()
            await quota.reserve(conn, tenant, month, 1, send_id=one, request_id=None)
    found = {e["sendId"]: e["sendKind"] for e in await everything(browser, "/api/quota/entries")}
    assert found == {str(send): "campaign", str(trial): "test", str(gone): None}


async def test_a_key_for_figures_alone_reads_no_names(rt, tenant, browser):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 10)
        await quota.reserve(conn, tenant, rt.clock.month_kst(), 8, send_id=new_id(), request_id=None)
    assert (await browser.post("/api/quota/notices/seen", json={"percent": 70})).status_code == 200
    assert [one["percent"] for one in (await month_of(browser))["noticesSeen"]] == [70]
    made = await browser.post("/api/api-keys", json={"name": "그래프", "scopes": ["quota:read"]})
    assert made.status_code == 201, made.text
    browser.cookies.clear()
    browser.headers["Authorization"] = f"Bearer {made.json()['key']}"
    shown = await month_of(browser)
    assert (shown["reserved"], shown["noticesSeen"]) == (8, [])


async def test_the_export_holds_every_movement_and_runs_no_formula(rt, tenant, browser):
    names = ['=HYPERLINK("http://x","열기")', "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1", "보통 이름"]
    month = rt.clock.month_kst()
    for name in names:
        _, send = await campaign(rt, tenant, name)
        async with tenant_tx(rt, tenant) as conn:
            await quota.reserve(conn, tenant, month, 3, send_id=send, request_id=new_id())
    answer = await browser.get("/api/quota/entries.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row["캠페인"] for row in rows] == ["보통 이름", *(f"'{name}" for name in names[-2::-1])]
    assert {(row["움직임"], row["건수"], row["달"]) for row in rows} == {("잡아 둠", "3", month)}


async def test_an_export_of_more_than_one_page_repeats_and_drops_nothing(rt, tenant, browser):
    month = rt.clock.month_kst()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            """
            INSERT INTO quota_entries (tenant_id, id, month, kind, units, send_id)
            SELECT %s, gen_random_uuid(), %s, 'reserve', 1, gen_random_uuid() FROM generate_series(1, 2001)
            """,
            (tenant, month),
        )
    rows = (await browser.get("/api/quota/entries.csv")).text.splitlines()[1:]
    assert len(rows) == len(set(rows)) == 2001


async def test_after_a_real_send_that_met_its_limit_the_bar_is_its_ledger(rt, tenant, browser, carrier):
    account = await solapi_account(rt, tenant)
    await fill_book(rt, tenant, [person(n) for n in range(30)])
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 12)
    async with running_hub(rt):
        send = await launch(rt, tenant, account, Selection(filter={}))
        await until(rt, tenant, send, lambda p: p.state == "held" and p.counts["delivered"] == 12)
        held = await month_of(browser)
        assert (held["used"], held["reserved"], held["remaining"]) == (12, 0, 0)
        assert held["waitingPeople"] == 18
        assert [(one["sendId"], one["kind"], one["people"]) for one in held["waiting"]] == [
            (str(send), "campaign", 18)
        ]
        assert (await browser.get("/api/quota")).json()["waitingPeople"] == 18
        assert (await browser.patch("/api/quota", json={"limit": 100})).status_code == 200
        over = asyncio.create_task(until(rt, tenant, send, is_over))
        while not over.done():  # every look on the way, not only the last
            assert (await month_of(browser))["agrees"] is True
        await over
    done = await month_of(browser)
    assert (done["used"], done["reserved"], done["remaining"]) == (30, 0, 70)
    assert (done["agrees"], done["waiting"], done["uncertain"]) == (True, [], 0)
    assert len(carrier.ledger()) == 30
    (group,) = await everything(browser, "/api/quota/sends")
    assert (group["settled"], group["open"], group["kind"]) == (30, 0, "campaign")
    assert (await browser.get("/api/quota")).json()["waitingPeople"] == 0


async def test_months_before_are_listed_and_one_that_never_was_is_not_found(rt, tenant, browser):
    now = rt.clock.month_kst()
    empty = await month_of(browser)
    assert (empty["used"], empty["agrees"], empty["current"]) == (0, True, True)
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 10)
        for month in (OLD, now):
            await quota.reserve(conn, tenant, month, 4, send_id=new_id(), request_id=None)
    listed = (await browser.get("/api/quota/months")).json()["items"]
    assert [(one["month"], one["limit"], one["reserved"]) for one in listed] == [(now, 10, 4), (OLD, 10, 4)]
    old = await month_of(browser, OLD)
    assert (old["current"], old["waiting"]) == (False, [])
    assert old["resetsAt"] == "2026-02-01T00:00:00+09:00"
    assert (await browser.get("/api/quota/month", params={"month": "2025-12"})).status_code == 404
    assert (await browser.get("/api/quota/month", params={"month": "2026-13"})).status_code == 422
    assert next_month("2026-12") == (2027, 1)


async def test_units_of_people_whose_result_nobody_knows_are_told_apart(rt, tenant, browser):
    """Kept reserved until a person decides; units merely on their way and those of other months don't count."""
    month = rt.clock.month_kst()
    _, send = await campaign(rt, tenant, "설명회 안내")
    kept = [("uncertain", "reserved", month)] * 3
    others = [
        ("accepted", "reserved", month),
        ("uncertain", "settled", month),
        ("uncertain", "reserved", OLD),
    ]
    async with tenant_tx(rt, tenant) as conn:
        await quota.reserve(conn, tenant, month, 5, send_id=send, request_id=None)
        for seq, (state, units, of) in enumerate([*kept, *others]):
            await conn.execute(
                """
                INSERT INTO attempts (tenant_id, send_id, seq, n, request_id, channel, state, quota_state, quota_month)
                VALUES (%s, %s, %s, 1, %s, 'sms', %s, %s, %s)
                """,
                (tenant, send, seq, new_id(), state, units, of),
            )
        await conn.execute(
            "INSERT INTO send_counters (tenant_id, send_id, shard, state, n) VALUES (%s, %s, 0, 'uncertain', 5)",
            (tenant, send),
        )
    found = await month_of(browser)
    assert (found["reserved"], found["uncertain"]) == (5, 3)
