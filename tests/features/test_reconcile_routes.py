"""The books over HTTP: closed when all is over, each open row named with why and what comes next, faults found and placed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import facing, solapi_account
from tests.support.hub import is_over, launch, running_hub, until

from pabal.dispatch import Selection, fence, launch_send, reconcile, store_receipt
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.domain.fallback import hold_seconds
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import tenant_tx

PEOPLE = 6


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier, question_pace=0.002)


class Sent:
    """A send whose people were claimed in one request; nobody has called a carrier."""

    def __init__(self, rt, camp):
        self.rt, self.camp, self.tenant = rt, camp, camp.id

    async def begin(self, **options):
        self.account = await solapi_account(self.rt, self.tenant)
        await fill_book(self.rt, self.tenant, [person(n) for n in range(PEOPLE)])
        self.send = await launch(self.rt, self.tenant, self.account, Selection(filter={}), **options)
        await launch_send(self.rt, self.tenant, self.send)
        return self

    async def claim(self):
        claimed = await claim_chunk(self.rt, self.tenant, self.send, "worker")
        self.request = claimed.planned[0].request_id
        async with tenant_tx(self.rt, self.tenant) as conn:
            await fence.mark_calling(conn, claimed.hold, self.request, "send", lease=30)
        return self

    async def hear(self, *states, **said):
        """About the first people, in turn."""
        async with tenant_tx(self.rt, self.tenant) as conn:
            send = await lock_send(conn, self.tenant, self.send)
            assert send is not None
            await apply_news(conn, send, [News(seq, 1, state, **said) for seq, state in enumerate(states, 1)])

    async def change(self, statement, *values):
        async with tenant_tx(self.rt, self.tenant) as conn:
            await conn.execute(statement, values)

    async def books(self, who=None):
        answer = await (who or self.camp.admin).get(f"/api/sends/{self.send}/reconciliation")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def sent(rt, camp):
    return await Sent(rt, camp).begin()


def figures(books, which):
    return {one["key"]: one["count"] for one in books[which] if one["count"]}


async def test_a_send_that_is_over_closes_to_zero(sent, camp, carrier):
    async with running_hub(sent.rt):
        await until(sent.rt, sent.tenant, sent.send, is_over)
    books = await sent.books()
    assert (books["closed"], books["differences"], books["openPeople"], books["open"]) == (True, 0, 0, [])
    assert figures(books, "people") == {"delivered": PEOPLE}
    assert figures(books, "tries") == {"delivered": PEOPLE}
    assert books["units"] == {"reserved": PEOPLE, "settled": PEOPLE, "released": 0, "kept": 0}
    assert all(one["equal"] and one["left"] == one["right"] for one in books["checks"])
    assert all(one["label"] and one["leftLabel"] and one["rightLabel"] for one in books["checks"])
    every = (await camp.admin.get("/api/reconciliation")).json()
    assert (every["open"], every["unmatched"]) == ([], [])
    ((send,), month) = (every["sends"]["items"], every["month"])
    assert (send["sendId"], send["books"]["closed"]) == (str(sent.send), True)
    assert (month["used"], month["enteredUsed"], month["reserved"], month["equal"]) == (
        PEOPLE,
        PEOPLE,
        0,
        True,
    )


async def test_everybody_who_is_open_is_named_with_why_and_what_comes_next(sent, camp):
    waiting = (await sent.books())["open"]
    assert [(one["bucket"], one["waitsFor"], one["people"]) for one in waiting] == [
        ("waiting", "turn", PEOPLE)
    ]
    assert waiting[0]["nextAt"]
    await sent.claim()
    await sent.hear(AttemptState.ACCEPTED, AttemptState.ACCEPTED)
    await sent.change("UPDATE requests SET poll_after = clock_timestamp() + interval '10 seconds'")
    await sent.hear(AttemptState.DELIVERED)
    async with tenant_tx(sent.rt, sent.tenant) as conn:
        send = await lock_send(conn, sent.tenant, sent.send)
        assert send is not None
        await apply_news(
            conn,
            send,
            [
                News(3, 1, AttemptState.UNKNOWN),
                News(3, 1, AttemptState.UNCERTAIN, code="carrier_silent"),
                News(4, 1, AttemptState.ERRORED, code="busy", failure_class=FailureClass.RETRYABLE),
            ],
        )
    books = await sent.books()
    rows = {one["bucket"]: one for one in books["open"]}
    said = {where: (one["waitsFor"], one["people"], one["units"]) for where, one in rows.items()}
    assert said == {
        "no_receipt": ("poll", 1, 0),
        "uncertain": ("person", 1, 1),
        "waiting": ("retry", 1, 0),
        "on_the_way": ("answer", 2, 2),
    }
    assert books["units"] == {"reserved": PEOPLE, "settled": 2, "released": 1, "kept": 3}
    assert (books["openPeople"], books["closed"], books["differences"]) == (5, False, 0)
    assert rows["uncertain"]["whyLabel"] == "발송사가 한 시간 넘게 답하지 않음"
    now = datetime.now(UTC)
    assert datetime.fromisoformat(rows["waiting"]["nextAt"]) > now
    assert datetime.fromisoformat(rows["no_receipt"]["nextAt"]) > now
    presumed = datetime.fromisoformat(rows["no_receipt"]["presumedAt"]) - now
    assert abs(presumed - timedelta(seconds=hold_seconds("sms") + 3600)) < timedelta(minutes=5)
    assert all(one["waitsLabel"] and one["bucketLabel"] for one in books["open"])
    every = (await camp.admin.get("/api/reconciliation")).json()
    assert sum(one["people"] for one in every["open"]) == 5


async def test_what_a_held_send_waits_for_is_said_in_words(sent):
    await sent.change("UPDATE sends SET state = 'held', hold_reason = 'errors:3054'")
    (row,) = (await sent.books())["open"]
    assert (row["waitsFor"], row["why"], row["whyLabel"]) == (
        "hold",
        "errors:3054",
        "스팸으로 걸러졌어요 (3054)",
    )


async def test_open_rows_are_aged_by_when_they_last_moved_oldest_first(sent, camp):
    await sent.claim()
    await sent.hear(*[AttemptState.ACCEPTED] * 4)
    for seq, hours in ((1, 2), (2, 30), (3, 30), (4, 100)):
        await sent.change(
            "UPDATE messages SET updated_at = clock_timestamp() - make_interval(hours => %s) WHERE seq = %s",
            hours,
            seq,
        )
    first, second = (await camp.admin.get("/api/reconciliation")).json()["open"]
    assert (first["bucket"], first["ages"]) == (
        "no_receipt",
        {"hour": 0, "day": 1, "threeDays": 2, "older": 1},
    )
    assert (second["bucket"], second["ages"]["hour"]) == ("on_the_way", 2)
    oldest = datetime.now(UTC) - datetime.fromisoformat(first["oldest"])
    assert timedelta(hours=99) < oldest < timedelta(hours=101)


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("UPDATE sends SET audience = audience + 1", "everybody"),
        ("UPDATE send_counters SET n = n + 1 WHERE state = 'delivered'", "counters"),
        ("UPDATE messages SET state = 'failed', reason = NULL WHERE seq = 1", "newest_try"),
        ("UPDATE messages SET attempts = 2 WHERE seq = 1", "tries"),
        ("UPDATE requests SET size = size - 1", "handed_over"),
        ("UPDATE attempts SET state = 'unknown' WHERE seq = 1", "answered"),
        ("DELETE FROM quota_entries WHERE kind = 'reserve'", "reserved"),
        ("UPDATE quota_entries SET units = units - 1 WHERE kind = 'settle'", "settled"),
        ("UPDATE attempts SET quota_state = 'released' WHERE seq = 1", "released"),
        ("UPDATE attempts SET quota_state = 'reserved' WHERE seq = 1", "kept"),
    ],
)
async def test_a_book_that_was_tampered_with_is_found_and_placed(fault, check, sent):
    await sent.claim()
    await sent.hear(*[AttemptState.DELIVERED] * PEOPLE)
    await sent.change("UPDATE requests SET state = 'answered'")
    assert (await sent.books())["closed"] is True
    await sent.change(fault)
    books = await sent.books()
    assert books["closed"] is False
    wrong = {one["check"]: one for one in books["checks"] if not one["equal"]}
    assert check in wrong
    assert wrong[check]["wrong"] >= 1
    if check in {"handed_over", "answered", "settled", "released", "kept", "newest_try"}:
        assert wrong[check]["requests"] == [str(sent.request)]
    async with tenant_tx(sent.rt, sent.tenant) as conn:
        (found,) = await reconcile(conn, sent.tenant, [sent.send])
    assert check in found.describe()


async def test_held_and_paused_sends_say_that_they_wait_for_somebody(sent):
    await sent.change("UPDATE sends SET state = 'held', hold_reason = 'quota'")
    (row,) = (await sent.books())["open"]
    assert (row["waitsFor"], row["why"], row["nextAt"]) == ("hold", "quota", None)
    await sent.change("UPDATE sends SET state = 'paused', hold_reason = ''")
    (row,) = (await sent.books())["open"]
    assert row["waitsFor"] == "resume"


async def test_news_that_nobody_can_place_is_counted_by_account(sent, camp):
    await asyncio.gather(*[store_receipt(sent.rt, sent.tenant, sent.account, b"[]") for _ in range(2)])
    (row,) = (await camp.admin.get("/api/reconciliation")).json()["unmatched"]
    assert (row["accountId"], row["bodies"]) == (str(sent.account), 2)
    keep = datetime.fromisoformat(row["givenUpAt"]) - datetime.fromisoformat(row["oldest"])
    assert keep == timedelta(days=7)


async def test_the_sends_of_a_month_come_in_pages_and_other_months_are_empty(sent, camp):
    await launch(sent.rt, sent.tenant, sent.account, Selection(filter={}))
    first = (await camp.admin.get("/api/reconciliation?limit=1")).json()["sends"]
    rest = (await camp.admin.get(f"/api/reconciliation?limit=1&cursor={first['nextCursor']}")).json()["sends"]
    assert rest["items"][0]["sendId"] == str(sent.send)
    assert (len(first["items"]), len(rest["items"]), rest["nextCursor"]) == (1, 1, None)
    assert (await camp.admin.get("/api/reconciliation?month=2025-12")).json()["sends"]["items"] == []
    assert (await camp.admin.get("/api/reconciliation?month=2025-13")).status_code == 422


async def test_a_send_too_large_for_the_list_is_listed_and_counted_when_opened(sent, camp, monkeypatch):
    monkeypatch.setattr("pabal.campaigns.routes_reconcile.COUNTED", PEOPLE - 1)
    await sent.change("UPDATE sends SET state = 'finished', finished_at = clock_timestamp()")
    ((send,),) = [(await camp.admin.get("/api/reconciliation")).json()["sends"]["items"]]
    assert (send["audience"], send["books"]) == (PEOPLE, None)
    assert (await sent.books())["openPeople"] == PEOPLE


async def test_what_was_not_counted_is_said_for_open_sends_too(sent, camp, monkeypatch):
    monkeypatch.setattr("pabal.campaigns.routes_reconcile.COUNTED", PEOPLE)
    young = await launch(sent.rt, sent.tenant, sent.account, Selection(filter={}))
    await launch_send(sent.rt, sent.tenant, young)
    every = (await camp.admin.get("/api/reconciliation")).json()
    assert {one["sendId"] for one in every["open"]} == {str(sent.send)}, "who waits longest is counted first"
    assert every["uncounted"] == [str(young)]
    assert {one["sendId"]: one["books"] is not None for one in every["sends"]["items"]} == {
        str(sent.send): True,
        str(young): False,
    }
    monkeypatch.setattr("pabal.campaigns.routes_reconcile.COUNTED", 2 * PEOPLE)
    assert (await camp.admin.get("/api/reconciliation")).json()["uncounted"] == []


async def test_a_difference_in_an_open_send_of_another_month_is_told(sent, camp):
    assert (await camp.admin.get("/api/reconciliation?month=2025-12")).json()["differences"] == []
    await sent.change("UPDATE sends SET audience = audience + 1")
    every = (await camp.admin.get("/api/reconciliation?month=2025-12")).json()
    assert every["sends"]["items"] == []
    (wrong,) = every["differences"]
    assert (wrong["sendId"], wrong["differences"]) == (str(sent.send), (await sent.books())["differences"])
    assert wrong["differences"] >= 1


async def test_a_further_page_counts_its_own_sends_alone(sent, camp):
    await launch(sent.rt, sent.tenant, sent.account, Selection(filter={}))
    first = (await camp.admin.get("/api/reconciliation?limit=1")).json()
    assert first["open"]
    await sent.change("UPDATE sends SET audience = audience + 1")
    cursor = first["sends"]["nextCursor"]
    rest = (await camp.admin.get(f"/api/reconciliation?limit=1&cursor={cursor}")).json()
    assert [one["sendId"] for one in rest["differences"]] == [str(sent.send)]
    assert (rest["open"], rest["uncounted"]) == ([], [])


async def test_a_rehearsal_takes_no_units_and_closes_all_the_same(rt, camp):
    sent = await (await Sent(rt, camp).begin(rehearse=True)).claim()
    await sent.hear(*[AttemptState.DELIVERED] * PEOPLE)
    await sent.change("UPDATE requests SET state = 'answered'")
    books = await sent.books()
    assert (books["closed"], books["rehearse"]) == (True, True)
    assert books["units"] == {"reserved": 0, "settled": 0, "released": 0, "kept": 0}


async def test_another_camp_and_staff_see_no_books(sent, camp, other_camp):
    path = f"/api/sends/{sent.send}/reconciliation"
    assert (await other_camp.owner.get(path)).status_code == 404
    assert (await other_camp.owner.get("/api/reconciliation")).json()["open"] == []
    assert (await camp.staff.get(path)).status_code == 403
