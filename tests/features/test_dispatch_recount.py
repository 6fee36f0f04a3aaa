"""Whatever happens to the people of a send, in whatever order: what screens show is what a recount of the rows says, in every
snapshot, and the three books agree on every sum.

Histories are random; each step of them goes through the doors that the engine itself uses, on a real database. The recount
knows nothing of counters, buckets or balances: it walks rows.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.book import fill_book, person
from tests.support.carriers import solapi_account

from pabal.dispatch import (
    FrozenStep,
    Selection,
    count_uncertain,
    create_send,
    fence,
    gather_retries,
    launch_send,
    list_uncertain,
    read_progress,
    reconcile,
    resolve_group,
    resolve_one,
)
from pabal.dispatch.chunks import void_request
from pabal.dispatch.claim import Claimed, claim_chunk
from pabal.dispatch.control import end_queued
from pabal.dispatch.fence import LostLeaseError
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.model import Hold
from pabal.dispatch.outcome import commit_outcome
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.domain.resolve import Decision
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

PEOPLE = 5
CHUNK = 3
SAID = [
    (AttemptState.ACCEPTED, False),
    (AttemptState.DELIVERED, False),
    (AttemptState.FAILED, False),
    (AttemptState.FAILED, True),
    (AttemptState.ERRORED, False),
    (AttemptState.UNKNOWN, False),
    (AttemptState.UNCERTAIN, False),
    (AttemptState.UNCERTAIN, False),
]
ANSWERED = [one for one in SAID if one[0] is not AttemptState.UNKNOWN]
CLASSES = [FailureClass.RETRYABLE, FailureClass.FINAL, FailureClass.POLICY, FailureClass.DUPLICATE]
DAYS = [
    *["claim"] * 4,
    *["call"] * 2,
    *["outcome"] * 3,
    *["news"] * 6,
    "void",
    *["gather"] * 3,
    *["decide"] * 2,
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*DAYS, "decide_all", "end"]),
        st.lists(st.integers(0, 59), min_size=4, max_size=4),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class World:
    rt: Runtime
    tenant: UUID
    send: UUID
    held: list[tuple[Claimed, Hold, UUID]] = field(
        default_factory=list
    )  # requests, under the hold that made them

    async def take(self, step: str, dice: list[int]) -> None:
        await getattr(self, step)(*dice)

    async def _rows(self, conn: Conn, query: Any) -> list[Any]:
        return await (await conn.execute(query)).fetchall()

    async def claim(self, which: int, *_: int) -> None:
        """Time passes first: leases run out, what waits is due."""
        async with tenant_tx(self.rt, self.tenant) as conn:
            await conn.execute(
                "UPDATE chunks SET due_at = clock_timestamp(), lease_until = NULL WHERE state = 'open'"
            )
        claimed = await claim_chunk(self.rt, self.tenant, self.send, f"worker-{which}")
        if claimed is not None:
            self.held += [(claimed, claimed.hold, one.request_id) for one in claimed.planned]

    async def call(self, which: int, *_: int) -> None:
        if not self.held:
            return
        claimed, hold, request = self.held[which % len(self.held)]
        try:
            async with tenant_tx(self.rt, self.tenant) as conn:
                await fence.mark_calling(conn, hold, request, "send", lease=30)
        except LostLeaseError:
            self.held.remove((claimed, hold, request))

    async def outcome(self, which: int, *dice: int) -> None:
        """A caller comes back with an answer about everybody of a request, in time or long after somebody took over."""
        if not self.held:
            return
        claimed, hold, request = self.held[which % len(self.held)]
        async with tenant_tx(self.rt, self.tenant) as conn:
            cursor = await conn.execute(
                "SELECT seq, n FROM attempts a JOIN requests r ON r.id = a.request_id AND r.send_id = a.send_id"
                " WHERE request_id = %s AND r.state = 'calling' ORDER BY seq",
                (request,),
            )
            keys = await cursor.fetchall()
        news = [self._said(ANSWERED, key, dice[at % 3] + at) for at, key in enumerate(keys)]
        if news:
            planned = claimed.planned[0]
            await commit_outcome(self.rt, hold, request, planned.step.account_id, news, settled=True)
        self.held.remove((claimed, hold, request))

    async def news(self, *dice: int) -> None:
        """Receipts and polled lists, also about tries that are long replaced, and two of one try in a batch."""
        async with tenant_tx(self.rt, self.tenant) as conn:
            tries = await self._rows(conn, "SELECT seq, n FROM attempts ORDER BY seq, n")
            send = await lock_send(conn, self.tenant, self.send)
            assert send is not None
            if tries:
                batch = [self._said(SAID, tries[one % len(tries)], one) for one in dice[: 1 + dice[0] % 4]]
                await apply_news(conn, send, batch)

    def _said(self, choice: list[tuple[AttemptState, bool]], key: tuple[int, int], dice: int) -> News:
        state, presumed = choice[dice % len(choice)]
        failed = state in {AttemptState.FAILED, AttemptState.ERRORED}
        return News(
            *key,
            state,
            presumed=presumed,
            code=f"c{dice % 3}" if failed else "",
            failure_class=CLASSES[dice // 7 % len(CLASSES)] if failed else None,
        )

    async def void(self, which: int, *_: int) -> None:
        if not self.held:
            return
        _claimed, hold, request = self.held.pop(which % len(self.held))
        async with tenant_tx(self.rt, self.tenant) as conn:
            send = await lock_send(conn, self.tenant, self.send)
            assert send is not None
            if await fence.hold_chunk(conn, hold):
                await void_request(conn, send, hold, request, note="never arrived")

    async def gather(self, *_: int) -> None:
        async with tenant_tx(self.rt, self.tenant) as conn:
            await conn.execute("UPDATE retries SET due_at = clock_timestamp()")
        await gather_retries(self.rt, self.tenant, self.send)

    async def decide(self, which: int, what: int, *_: int) -> None:
        async with tenant_tx(self.rt, self.tenant) as conn:
            open_people = await self._rows(
                conn, "SELECT seq FROM messages WHERE state = 'uncertain' ORDER BY seq"
            )
            if open_people:
                (seq,) = open_people[which % len(open_people)]
                decision = list(Decision)[what % 3]
                await resolve_one(conn, self.tenant, self.send, seq, decision, now=self.rt.clock.now())

    async def decide_all(self, which: int, what: int, *_: int) -> None:
        async with tenant_tx(self.rt, self.tenant) as conn:
            groups = [group for send in await list_uncertain(conn, self.tenant) for group in send.groups]
            if groups:
                request, decision = groups[which % len(groups)].request_id, list(Decision)[what % 3]
                await resolve_group(conn, self.tenant, self.send, request, decision, now=self.rt.clock.now())

    async def end(self, *_: int) -> None:
        """notAfter has passed for whoever still waits."""
        async with tenant_tx(self.rt, self.tenant) as conn:
            await conn.execute("SELECT FROM sends FOR NO KEY UPDATE")
            await end_queued(conn, self.tenant, self.send, "expired", "not_after")

    async def check(self, after: str) -> None:
        async with tenant_tx(self.rt, self.tenant) as conn:
            people = await self._rows(conn, "SELECT seq, state, coalesce(reason, '') FROM messages")
            tries = await self._rows(
                conn,
                "SELECT a.seq, a.n, a.state, a.quota_state, r.state, r.step FROM attempts a"
                " JOIN requests r ON r.send_id = a.send_id AND r.id = a.request_id",
            )
            incidents = await self._rows(conn, "SELECT seq, kind FROM incidents")
            month = await self._rows(
                conn, "SELECT coalesce(sum(used), 0)::int, coalesce(sum(reserved), 0)::int FROM quota_months"
            )
            progress = await read_progress(conn, self.tenant, self.send)
            uncertain = await count_uncertain(conn, self.tenant)
            groups = await list_uncertain(conn, self.tenant)
            (books,) = await reconcile(conn, self.tenant, [self.send])
        assert progress is not None
        states = Counter(state for _, state, _ in people)
        # The live view.
        assert sum(states.values()) == progress.audience == PEOPLE, after
        assert {state: n for state, n in progress.counts.items() if n} == states, after
        reasons = Counter((state, reason) for _, state, reason in people if reason)
        assert {(state, reason): n for state, reason, n in progress.by_reason} == reasons, after
        called = Counter(step for *_, request, step in tries if request in {"calling", "answered"})
        assert [one.tries for one in progress.steps] == [called[0], called[1]], after
        assert progress.overlaps == len({seq for seq, kind in incidents if kind == "overlap"}), after
        # The workbench.
        assert uncertain == (states["uncertain"], int(states["uncertain"] > 0)), after
        assert sum(group.people for send in groups for group in send.groups) == states["uncertain"], after
        # The books.
        assert books.differences == (), (after, books.describe())
        assert sum(books.people.values()) == PEOPLE, after
        still_open = sum(states[state] for state in ("queued", "sending", "accepted", "uncertain"))
        assert books.open_people == still_open, after
        assert books.closed == (still_open == 0), after
        assert {state: n for state, n in books.tries.items() if n} == Counter(one[2] for one in tries), after
        quotas = Counter(one[3] for one in tries)
        assert month == [(quotas["settled"], quotas["reserved"])], after
        assert books.units == {
            "reserved": len(tries),
            "settled": quotas["settled"],
            "released": quotas["released"],
        }, after
        newest = {seq: quota for seq, _, _, quota, *_ in sorted(tries)}
        kept = sum(1 for seq, state, _ in people if state != "queued" and newest.get(seq) == "reserved")
        assert sum(one.units for one in books.open) == kept, after


async def make_world(rt: Runtime, tenant: UUID, *, overlap: bool) -> World:
    """Two channel steps, so that failures hand over, and a cap of three people per request."""
    account = await solapi_account(rt, tenant)
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("DELETE FROM messages")
        for table in (
            "attempts",
            "requests",
            "chunks",
            "retries",
            "incidents",
            "send_counters",
            "quota_entries",
            "quota_months",
        ):
            await conn.execute(f"DELETE FROM {table}")
        await conn.execute("DELETE FROM sends")
        await conn.execute(
            "INSERT INTO quota_limits (tenant_id, monthly_limit) VALUES (%s, 100000) ON CONFLICT DO NOTHING",
            (tenant,),
        )
        steps = [
            FrozenStep(
                channel="sms", body=body, sender_number="0212345678", account_id=account, may_overlap=overlap
            )
            for body in ("설명회 안내", "설명회 다시 안내")
        ]
        send = await create_send(
            conn, tenant, kind="campaign", campaign_id=None, steps=steps, selection=Selection(filter={})
        )
        await conn.execute("UPDATE sends SET chunk_size = %s", (CHUNK,))
    await launch_send(rt, tenant, send)
    return World(rt, tenant, send)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(overlap=st.booleans(), steps=STEPS)
async def test_what_is_shown_is_what_a_recount_says_in_every_snapshot(
    rt: Runtime, tenant: UUID, overlap: bool, steps: list[tuple[str, list[int]]]
) -> None:
    async with tenant_tx(rt, tenant) as conn:
        filled = await (await conn.execute("SELECT count(*) FROM contacts")).fetchone()
    if filled == (0,):
        await fill_book(rt, tenant, [person(n) for n in range(PEOPLE)])
    world = await make_world(rt, tenant, overlap=overlap)
    await world.check("launch")
    for step, dice in [("claim", [0, 0, 0, 0]), *steps]:
        await world.take(step, dice)
        await world.check(f"{step} {dice}")
