"""A send that keeps failing for one reason stops by itself, says which, and goes on when somebody lets it."""

from collections import Counter

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import ALIMTALK, behave, facing, nhn_account, solapi_account
from tests.support.hub import is_over, launch, progress_of, running_hub, until

from pabal.channels.nhn import alimtalk_codes, sms_codes
from pabal.dispatch import Selection, resume_send, watch_send
from pabal.dispatch.burst import LEAST, WINDOW, Mark, Tally, moved, suspects
from pabal.dispatch.counters import add_deltas
from pabal.kit.db import tenant_tx

EVERYONE = Selection(filter={})
SPAM, NOBODY, SWITCHED_OFF = "3054", "3032", "3043"


def tally(delivered=0, accepted=0, **failed):
    cells = [("delivered", "", delivered), ("accepted", "", accepted)]
    return Tally.of(cells + [("failed", code.removeprefix("c"), n) for code, n in failed.items()])


class TestJudging:
    def test_half_of_what_came_and_twenty_at_least(self):
        assert suspects(Mark(), tally(delivered=20, c3054=20)) == ["3054"]
        assert suspects(Mark(), tally(delivered=21, c3054=20)) == []
        assert suspects(Mark(), tally(c3054=LEAST - 1)) == []

    def test_quick_refusals_are_held_against_all_who_were_answered(self):
        assert suspects(Mark(), tally(accepted=200, c3054=50)) == []

    def test_receipts_that_were_held_up_are_held_against_what_came_with_them(self):
        before = tally(accepted=5000)
        after = tally(delivered=4000, accepted=25, c3047=1000)
        assert suspects(moved(Mark(), before), after) == []

    def test_only_what_came_since_the_mark_counts(self):
        healthy = tally(delivered=9000)
        assert suspects(moved(Mark(), healthy), tally(delivered=9010, c3054=60)) == ["3054"]
        failed = tally(c3054=500)
        assert suspects(moved(Mark(), failed), tally(c3054=515)) == []

    def test_who_was_at_the_carrier_when_somebody_let_it_go_on_is_not_counted_again(self):
        mark = Mark(answered=300, ended=100, pardoned=200, failed={"3054": 100})
        assert suspects(mark, tally(c3054=300)) == []
        assert suspects(mark, tally(c3054=319)) == []
        assert suspects(mark, tally(c3054=500)) == ["3054"]
        assert moved(mark, tally(c3054=250)).pardoned == 50

    def test_a_reason_nobody_has_seen_is_news_although_many_are_at_the_carrier(self):
        mark = Mark(answered=300, ended=100, pardoned=10_000, failed={"3054": 100})
        assert suspects(mark, tally(delivered=10, c3054=100, c1062=30)) == ["1062"]

    def test_who_went_on_to_the_next_channel_was_answered_too(self):
        """Nine tenths aren't on Kakao and wait for a text; five of a hundred refuse at once, deliveries take their time."""
        cells = [("queued", "", 450), ("accepted", "", 20), ("failed", "3108", 25)]
        assert suspects(Mark(), Tally.of(cells, gone_on=450)) == []
        assert suspects(Mark(), Tally.of(cells)) == ["3108"]

    def test_a_late_success_takes_a_failure_back(self):
        mark = moved(Mark(), tally(c3054=30))
        assert suspects(mark, tally(delivered=30, c3054=0)) == []


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def account(rt, tenant):
    return await solapi_account(rt, tenant)


@pytest.fixture
async def cards(rt, tenant):
    found = [person(n) for n in range(200)]
    await fill_book(rt, tenant, found)
    return found


async def test_spam_for_everybody_stops_the_send_and_the_rest_stay_queued(
    rt, tenant, carrier, cards, account
):
    behave(carrier, failCodes={SPAM: 1})
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE, rate_per_second=20)
        held = await until(rt, tenant, send, lambda p: p.state == "held")
        assert held.hold_reason == f"errors:{SPAM}"
        assert held.counts["queued"] >= 50
        behave(carrier)
        still = await until(rt, tenant, send, lambda p: p.counts["sending"] == p.counts["accepted"] == 0)
        assert still.state == "held"
        # Somebody has mended it. What had failed before doesn't stop it again.
        async with tenant_tx(rt, tenant) as conn:
            await resume_send(conn, tenant, send)
            await conn.execute("UPDATE sends SET rate_per_second = 200 WHERE id = %s", (send,))
        done = await until(rt, tenant, send, is_over)
    assert done.state == "finished"
    assert done.counts["delivered"] == still.counts["queued"]
    assert done.counts["failed"] == still.counts["failed"]


async def test_let_go_on_without_being_mended_it_stops_again(rt, tenant, carrier, cards, account):
    behave(carrier, failCodes={SPAM: 1})
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE, rate_per_second=10)
        first = await until(rt, tenant, send, lambda p: p.state == "held")
        async with tenant_tx(rt, tenant) as conn:
            await resume_send(conn, tenant, send)
        again = await until(rt, tenant, send, lambda p: p.state == "held")
    assert again.counts["failed"] >= first.counts["failed"] + LEAST


@pytest.mark.parametrize("code", [NOBODY, SWITCHED_OFF])
async def test_an_old_list_goes_through_to_its_end(rt, tenant, carrier, cards, account, code):
    behave(carrier, failCodes={code: 1})
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE, rate_per_second=60)
        done = await until(rt, tenant, send, lambda p: p.state == "held" or is_over(p))
    assert (done.state, done.counts["failed"]) == ("finished", len(cards))


async def test_looking_costs_nothing_but_a_read_while_all_is_well(rt, tenant, carrier, cards, account):
    """And a mark each hundred results: it isn't written twice a second."""
    send = await launch(rt, tenant, account, EVERYONE)
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE sends SET state = 'running' WHERE id = %s", (send,))
        await add_deltas(conn, tenant, send, Counter({("queued", ""): 500, ("delivered", ""): WINDOW - 1}))
    await watch_send(rt, tenant, send)
    assert await marks(rt, tenant) == []
    async with tenant_tx(rt, tenant) as conn:
        await add_deltas(conn, tenant, send, Counter({("delivered", ""): 1}))
    await watch_send(rt, tenant, send)
    assert [mark["answered"] for (mark,) in await marks(rt, tenant)] == [WINDOW]
    assert (await progress_of(rt, tenant, send)).state == "running"


async def marks(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        return await (await conn.execute("SELECT mark FROM send_marks")).fetchall()


async def held_for(rt, tenant, send, reason):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE sends SET state = 'held', hold_reason = %s WHERE id = %s", (reason, send))
    return (await progress_of(rt, tenant, send)).hold_text


async def test_the_cause_is_said_in_words_with_what_to_do(rt, tenant, carrier, cards, account):
    send = await launch(rt, tenant, account, EVERYONE)
    spam = await held_for(rt, tenant, send, f"errors:{SPAM}")
    assert spam.startswith(
        "같은 까닭의 실패가 이어져 저절로 멈췄어요: 스팸으로 걸러졌어요 (코드 3054). 문구를 고쳐"
    )
    assert "등록되지 않은 발신번호" in await held_for(rt, tenant, send, "carrier:2062")
    assert "9z9z" in await held_for(rt, tenant, send, "errors:9z9z")
    assert "한도" in await held_for(rt, tenant, send, "account_cap")
    assert await held_for(rt, tenant, send, "quota") == ""


async def test_the_same_number_is_explained_by_the_products_the_send_goes_through(rt, tenant, carrier, cards):
    texts, kakao = await nhn_account(rt, tenant, "sms"), await nhn_account(rt, tenant, "alimtalk")
    through_sms = await launch(rt, tenant, texts, EVERYONE)
    through_kakao = await launch(rt, tenant, kakao, EVERYONE, **ALIMTALK)
    code = next(iter(set(sms_codes.CODES) & set(alimtalk_codes.CODES)))
    assert sms_codes.CODES[code].meaning_ko in await held_for(rt, tenant, through_sms, f"errors:{code}")
    assert alimtalk_codes.CODES[code].meaning_ko in await held_for(
        rt, tenant, through_kakao, f"errors:{code}"
    )
