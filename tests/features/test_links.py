"""Short links from the text on the handset to the row of the click, against a real sandbox process."""

import asyncio
import re
from datetime import timedelta

import pytest
from tests.support.book import fill_book, person
from tests.support.browser import browser
from tests.support.browsers import log_in
from tests.support.carriers import facing, solapi_account
from tests.support.hub import is_over, running_hub, until

from pabal.contacts.actions import erase_contact
from pabal.dispatch import FrozenStep, Selection, announce_launch, create_send, link_send
from pabal.domain.links import TOO_FAST_SECONDS, Visit, read_code, write_code
from pabal.kit.db import tenant_tx
from pabal.links import make_links
from pabal.links.clicks import Click, statements_for
from pabal.links.guard import MISSES, Guard
from pabal.links.redirect import Redirector

BASE = "https://pabal.example/l/"
TARGET = "https://camp.example/plan?from=text"
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"}


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def visitor(app):
    async with browser(app) as someone:
        someone.headers.update(PHONE)
        yield someone


async def send_links(rt, tenant, people, *, body="#{이름}님 #{링크}", rehearse=False):
    """(send, codes by number): everybody has got a text with a link of their own, some time ago."""
    ids = await fill_book(rt, tenant, people)
    account = await solapi_account(rt, tenant)
    step = FrozenStep(channel="sms", body=body, sender_number="0212345678", account_id=account)
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn,
            tenant,
            kind="campaign",
            campaign_id=None,
            steps=[step],
            selection=Selection(filter={}),
            rehearse=rehearse,
        )
        links = await make_links(
            conn, tenant, send, base=BASE, urls={"": TARGET}, variables=["링크", "이름"], now=rt.clock.now()
        )
        await link_send(conn, tenant, send, links)
    await announce_launch(rt, tenant, send)
    async with running_hub(rt):
        done = await until(rt, tenant, send, is_over)
    assert done.counts["delivered"] == len(people)
    await long_ago(rt, tenant, send)
    return send, ids


async def long_ago(rt, tenant, send):
    """As if the texts had gone out an hour before."""
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE requests SET called_at = called_at - interval '1 hour' WHERE send_id = %s", (send,)
        )


def codes_of(carrier):
    """What stands on each handset."""
    return {m["to"]: re.fullmatch(r".*/l/(\w{11})", m["text"])[1] for m in carrier.ledger()}


async def clicks(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT seq, class, why FROM clicks ORDER BY id")
        return await cursor.fetchall()


async def activity(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        return {
            row[0] for row in await (await conn.execute("SELECT contact_id FROM contact_activity")).fetchall()
        }


async def test_everybody_has_an_address_of_their_own_that_leads_there_and_counts(
    rt, tenant, carrier, visitor
):
    people = [person(n) for n in range(3)]
    send, ids = await send_links(rt, tenant, people)
    codes = codes_of(carrier)
    assert len(set(codes.values())) == 3
    answer = await visitor.get(f"/l/{codes[people[1].phones[0]]}")
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    ((seq, kind, why),) = await clicks(rt, tenant)
    assert (kind, why) == ("human", "")
    async with tenant_tx(rt, tenant) as conn:
        row = await (
            await conn.execute("SELECT contact_id FROM messages WHERE send_id = %s AND seq = %s", (send, seq))
        ).fetchone()
    assert row[0] == ids[1]
    assert await activity(rt, tenant) == {ids[1]}


async def test_a_link_weighs_what_the_check_says(rt, tenant, carrier):
    """Base and code are as long for everybody: the attempt's bytes are those of the stand-in."""
    await send_links(rt, tenant, [person(0), person(1)], body="소식 #{링크}")
    async with tenant_tx(rt, tenant) as conn:
        found = {row[0] for row in await (await conn.execute("SELECT bytes FROM attempts")).fetchall()}
    assert found == {len("소식 ".encode("cp949")) + len(BASE) + 11}


async def test_head_leads_on_and_is_nobodys_click(rt, tenant, carrier, visitor):
    await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    assert (await visitor.head(f"/l/{code}")).status_code == 302
    assert await clicks(rt, tenant) == []


async def test_machines_are_told_apart_and_touch_nobodys_activity(rt, tenant, carrier, visitor):
    await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    await visitor.get(f"/l/{code}", headers={"User-Agent": "facebookexternalhit/1.1; kakaotalk-scrap/1.0"})
    await visitor.get(f"/l/{code}", headers={"Sec-Purpose": "prefetch"})
    assert [(kind, why) for _, kind, why in await clicks(rt, tenant)] == [
        ("bot", "scraper"),
        ("prefetch", "purpose"),
    ]
    assert await activity(rt, tenant) == set()


async def test_a_click_right_after_the_carrier_was_called_is_a_machines(rt, tenant, carrier, visitor):
    send, _ = await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE requests SET called_at = %s WHERE send_id = %s", (rt.clock.now(), send))
    await visitor.get(f"/l/{code}")
    async with tenant_tx(rt, tenant) as conn:
        later = rt.clock.now() - timedelta(seconds=TOO_FAST_SECONDS + 1)
        await conn.execute("UPDATE requests SET called_at = %s WHERE send_id = %s", (later, send))
    await visitor.get(f"/l/{code}")
    assert [(kind, why) for _, kind, why in await clicks(rt, tenant)] == [
        ("prefetch", "too_fast"),
        ("human", ""),
    ]


async def test_an_expired_link_says_so_and_counts_nothing(rt, tenant, carrier, visitor):
    await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE links SET expires_at = %s", (rt.clock.now(),))
    answer = await visitor.get(f"/l/{code}")
    assert answer.status_code == 410
    assert "기간이 지난" in answer.text
    assert await clicks(rt, tenant) == []


async def test_what_we_never_wrote_is_a_calm_page(rt, tenant, carrier, visitor):
    await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    number, seq = read_code(rt.keys.link_key, code)
    nobody = write_code(rt.keys.link_key, number, seq + 1)
    no_link = write_code(rt.keys.link_key, number + 1, seq)
    for wrong in ("aaaaaaaaaaa", "x", "가나다", nobody, no_link, code + "0"):
        answer = await visitor.get(f"/l/{wrong}")
        assert answer.status_code == 404, wrong
        assert "찾을 수 없는 주소" in answer.text
        assert "script-src" not in answer.headers["content-security-policy"]
    assert await clicks(rt, tenant) == []


async def test_guessing_is_stopped_for_a_while(rt, tenant, visitor):
    for n in range(MISSES):
        assert (await visitor.get(f"/l/{n:011d}")).status_code == 404
    answer = await visitor.get("/l/00000000000")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61


async def test_whoever_guesses_at_every_process_is_shut_out_of_all(rt):
    guards = [Guard(rt.keys.link_key, rt.redis) for _ in range(3)]
    for n in range(MISSES):
        await guards[n % 3].missed("203.0.113.9")
    await guards[2].missed("203.0.113.9")
    for guard in guards[:2]:
        await guard.missed("203.0.113.9")
    assert all(guard.shut_for("203.0.113.9") > 0 for guard in guards)
    assert guards[0].shut_for("203.0.113.8") == 0


async def test_a_count_of_guesses_that_lost_its_end_gets_one_again(rt):
    await Guard(rt.keys.link_key, rt.redis).missed("203.0.113.9")
    [key] = [key async for key in rt.redis.scan_iter("pabal:links:missed:*")]
    await rt.redis.persist(key)  # as if the process had died between counting and saying until when
    await Guard(rt.keys.link_key, rt.redis).missed("203.0.113.9")
    assert 0 < await rt.redis.ttl(key) <= 60


async def test_whoever_guessed_may_ask_again_after_a_minute():
    guard = Guard(b"key")
    for _ in range(MISSES):
        await guard.missed("203.0.113.7", now=100.0)
    assert guard.shut_for("203.0.113.7", now=130.0) == 30.0
    assert guard.shut_for("203.0.113.8", now=130.0) == 0
    assert guard.shut_for("203.0.113.7", now=160.0) == 0


def test_codes_of_one_browser_are_counted_within_seconds():
    guard = Guard(b"key")
    found = [guard.codes_of("203.0.113.7", "a", f"code{n}", now=n / 10) for n in range(25)]
    assert found == list(range(1, 26))
    assert guard.codes_of("203.0.113.7", "b", "code1", now=2.5) == 1
    assert guard.codes_of("203.0.113.7", "a", "code1", now=60.0) == 1


async def test_an_erased_persons_clicks_are_nobodys_and_still_one_person(rt, tenant, carrier, visitor):
    _, ids = await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    for _ in range(2):
        await visitor.get(f"/l/{code}")
    async with tenant_tx(rt, tenant) as conn:
        await erase_contact(conn, ids[0])
    await visitor.get(f"/l/{code}")
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT seq, ghost FROM clicks ORDER BY id")
        rows = await cursor.fetchall()
    assert [seq for seq, _ in rows] == [None, None, None]
    assert rows[0][1] == rows[1][1] is not None
    assert await activity(rt, tenant) == set()


async def test_a_click_that_is_stored_during_an_erasure_is_nobodys_too(rt, tenant, carrier):
    send, ids = await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    found = await Redirector(rt).find(code)
    assert found is not None
    link, seq = found

    async def erase():
        async with tenant_tx(rt, tenant) as conn:
            await erase_contact(conn, ids[0])

    async def waits():
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return await cursor.fetchone() is not None

    async with tenant_tx(rt, tenant) as conn:
        click = Click(tenant, send, link.id, seq, rt.clock.now(), Visit(PHONE["User-Agent"]))
        for statement, given in statements_for(tenant, send, [click]):
            cursor = await conn.execute(statement, given)
        assert await cursor.fetchall() == [(1,)]
        erasing = asyncio.create_task(erase())
        while not (erasing.done() or await waits()):
            pass
    await erasing
    async with tenant_tx(rt, tenant) as conn:
        assert await (await conn.execute("SELECT seq FROM clicks")).fetchall() == [(None,)]
    assert await activity(rt, tenant) == set()


async def test_a_rehearsals_click_changes_nothing_about_a_person(rt, tenant, carrier, visitor):
    await send_links(rt, tenant, [person(0)], rehearse=True)
    (code,) = codes_of(carrier).values()
    await visitor.get(f"/l/{code}")
    assert len(await clicks(rt, tenant)) == 1
    assert await activity(rt, tenant) == set()


async def test_where_links_may_lead_is_the_owners_to_say(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as owner, log_in(app, rt, tenant, "staff") as staff:
        assert (await staff.get("/api/settings/links")).json() == {"hosts": [], "days": 90, "base": None}
        body = {"hosts": ["Camp.Example", "camp.example", "vote.example"], "days": 30}
        assert (await staff.put("/api/settings/links", json=body)).status_code == 403
        set_to = await owner.put("/api/settings/links", json=body)
        assert set_to.json()["hosts"] == ["camp.example", "vote.example"]
        wrong = await owner.put("/api/settings/links", json={"hosts": ["https://camp.example/"]})
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["path"] == "hosts[0]"


async def test_a_click_is_only_seen_by_its_own_camp(rt, tenant, other_tenant, carrier, visitor):
    await send_links(rt, tenant, [person(0)])
    (code,) = codes_of(carrier).values()
    await visitor.get(f"/l/{code}")
    assert await clicks(rt, other_tenant) == []
