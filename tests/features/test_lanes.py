"""Lanes over HTTP: what each running send has due, in hand, later and in doubt, and what its account does."""

from tests.support.book import fill_book, person
from tests.support.carriers import solapi_account
from tests.support.hub import launch

from pabal.dispatch import Selection, breaker, cancel_send, fence, launch_send
from pabal.dispatch.claim import claim_chunk
from pabal.kit.db import tenant_tx

PEOPLE = 6


async def lanes(who):
    answer = await who.get("/api/lanes")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_lane_says_who_is_due_in_hand_and_in_doubt_and_that_its_carrier_rests(rt, camp):
    account = await solapi_account(rt, camp.id)
    await fill_book(rt, camp.id, [person(n) for n in range(PEOPLE)])
    assert await lanes(camp.admin) == []
    first = await launch(rt, camp.id, account, Selection(filter={}))
    second = await launch(rt, camp.id, account, Selection(filter={}))
    await launch_send(rt, camp.id, first)
    await launch_send(rt, camp.id, second)
    claimed = await claim_chunk(rt, camp.id, first, "worker")
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE sends SET state = 'paused' WHERE id = %s", (second,))

    of_first, of_second = await lanes(camp.admin)
    assert (of_first["sendId"], of_second["sendId"]) == (str(first), str(second))
    (step,) = of_first["steps"]
    assert (step["due"], step["inHand"], step["later"], step["asking"]) == (0, PEOPLE, 0, 0)
    assert (step["channel"], step["accountId"], step["restingSeconds"]) == ("sms", str(account), 0)
    (step,) = of_second["steps"]
    assert (of_second["state"], step["due"], step["inHand"]) == ("paused", PEOPLE, 0)

    # Its call ended without an answer: asked about later; and nobody answers this account for now.
    request = claimed.planned[0].request_id
    async with tenant_tx(rt, camp.id) as conn:
        hold = await fence.mark_calling(conn, claimed.hold, request, "send", lease=30)
        await fence.ask_later(conn, hold, request, seconds=60, note="http_503", ended=True)
    for _ in range(breaker.TROUBLES):
        await breaker.note(rt.redis, account, trouble=True)
    of_first, _ = await lanes(camp.admin)
    (step,) = of_first["steps"]
    assert (step["due"], step["inHand"], step["later"], step["asking"]) == (0, 0, PEOPLE, 1)
    assert step["nextAt"] is not None
    assert step["restingSeconds"] > 0


async def test_nobody_is_due_or_later_in_a_send_that_was_cancelled(rt, camp):
    """Its chunks stay open until the carrier has said what became of those in its hands."""
    account = await solapi_account(rt, camp.id)
    await fill_book(rt, camp.id, [person(n) for n in range(PEOPLE)])
    send = await launch(rt, camp.id, account, Selection(filter={}))
    await launch_send(rt, camp.id, send)
    async with tenant_tx(rt, camp.id) as conn:
        await cancel_send(conn, camp.id, send)
    (lane,) = await lanes(camp.admin)
    (step,) = lane["steps"]
    assert (lane["state"], step["due"], step["inHand"], step["later"]) == ("cancelled", 0, 0, 0)


async def test_lanes_are_for_those_who_run_the_camp(camp):
    assert (await camp.staff.get("/api/lanes")).status_code == 403
