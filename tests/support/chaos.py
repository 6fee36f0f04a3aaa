"""One run of chaos: a campaign on an installation of real processes, a carrier that misbehaves, kill -9 at random moments.

A seed decides everything: channels and carriers, who can't be reached where, what the carrier does wrong, which parts die
when. Afterwards the simulator's ledger is held against what had to happen to each person and against the hub's books, to the
unit. People of whom nobody can say whether they were reached (`uncertain`) are named with the reason.
"""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import httpx
import psycopg
from psycopg_pool import PoolTimeout
from tests.support.book import person
from tests.support.carriers import TEMPLATE, nhn_account, own_account
from tests.support.installation import Installation, people_csv
from tests.support.processes import wait_until

from pabal.cli.hub import settings_of_hub
from pabal.dispatch import (
    Books,
    FrozenStep,
    Progress,
    Selection,
    announce_launch,
    create_send,
    read_progress,
    reconcile,
)
from pabal.domain.ids import attempt_id
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime, open_runtime

T = TypeVar("T")

# Waits before questions scaled down (settle of NHN SMS 300 s → 6 s, of AlimTalk 60 s → 1.2 s), shorter leases and polls.
PATIENCE = {
    "PABAL_QUESTION_PACE": 0.02,
    "PABAL_LEASE_SECONDS": 5,
    "PABAL_HTTP_TIMEOUT_SECONDS": 3,
    "PABAL_FIRST_POLL_SECONDS": 1,
}
PARTS = ("worker", "worker", "api", "scheduler", "valkey-server", "postgres", "sandbox", "supervisor")
KINDS = (
    ("solapi", "sms"),
    ("nhn", "sms"),
    ("nhn", "alimtalk", "sms"),
    ("nhn", "sms", "alimtalk"),
    ("solapi", "alimtalk", "sms"),
    ("solapi", "sms", "alimtalk"),
)
# Why the first channel doesn't reach somebody: for certain, without a word, or because they or the rules don't want it.
CODES = {
    ("nhn", "sms"): {"certain": "3001", "silent": "2000", "refused": "3006"},
    ("nhn", "alimtalk"): {"certain": "3019", "refused": "3022"},  # its silence, 3005, is open for 72 hours
    ("solapi", "sms"): {"certain": "3032", "silent": "3040", "refused": "3047"},
    ("solapi", "alimtalk"): {"certain": "3104", "silent": "3040", "refused": "3108"},
}
SHARES = {"certain": 0.15, "silent": 0.03, "refused": 0.03}
ERRORS = ("errorRate", "http503Rate", "htmlErrorRate", "resetAfterAcceptRate", "acceptThen503Rate")
RECEIPTS = ("receiptLossRate", "receiptDuplicateRate", "receiptOutOfOrder")


@dataclass(frozen=True)
class Plan:
    """What a seed means."""

    seed: int
    carrier: str
    channels: tuple[str, ...]
    people: int
    start: int  # number of the first person: runs on one installation share a ledger
    rate: int
    overlap: bool
    mode: str  # how receipts come: webhook or polling
    faults: dict[str, float]
    fates: dict[str, str]  # phone → why the first channel fails
    kills: tuple[tuple[float, str], ...]

    @property
    def phones(self) -> list[str]:
        return [person(n).phones[0] for n in range(self.start, self.start + self.people)]

    @property
    def over_http(self) -> bool:
        """As people do it, where the account that every tenant rehearses with will do."""
        return (self.carrier, self.channels) == ("solapi", ("sms",))

    @property
    def behaviour(self) -> dict[str, Any]:
        codes = CODES[self.carrier, self.channels[0]]
        outcomes = {phone: codes[fate] for phone, fate in self.fates.items()}
        return {**self.faults, "seed": self.seed, "channelOutcome": {self.channels[0]: outcomes}}

    def wanted(self, phone: str) -> list[str]:
        """The channels that had to be tried."""
        fate = self.fates.get(phone)
        second = fate == "certain" or (fate == "silent" and self.overlap)
        return list(self.channels[: 2 if second else 1])

    def describe(self) -> str:
        what = f"{self.carrier} {' → '.join(self.channels)}{' (both allowed)' if self.overlap else ''}"
        faults = " ".join(f"{name}={share}" for name, share in self.faults.items()) or "no faults"
        kills = " ".join(f"{part}@{moment:.2f}" for moment, part in self.kills)
        return (
            f"seed {self.seed}: {what}, {self.people} people, {self.rate}/s, {self.mode}; {faults}; {kills}"
        )


def plan_of(seed: int, *, people: int, start: int = 0) -> Plan:
    dice = random.Random(seed)  # repeatable on purpose
    carrier, *channels = dice.choice(KINDS)
    errors = {name: round(dice.random() * 0.04, 3) for name in dice.sample(ERRORS, dice.randint(0, 3))}
    receipts = {name: round(dice.random() * 0.3, 3) for name in dice.sample(RECEIPTS, dice.randint(0, 3))}
    moments = sorted(dice.random() * 0.95 for _ in range(dice.randint(3, 6)))
    kills = tuple((moment, dice.choice(PARTS)) for moment in moments)
    rate, overlap = dice.choice((300, 500, 1000)), dice.random() < 0.25
    mode = dice.choice(("webhook", "polling"))
    possible = {fate: SHARES[fate] for fate in CODES[carrier, channels[0]]}
    weights = [1 - sum(possible.values()), *possible.values()]
    drawn = dice.choices(["", *possible], weights, k=people)
    return Plan(
        seed=seed,
        carrier=carrier,
        channels=tuple(channels),
        people=people,
        start=start,
        rate=rate,
        overlap=overlap and len(channels) > 1,
        mode=mode,
        faults=errors | receipts,
        fates={person(start + number).phones[0]: fate for number, fate in enumerate(drawn) if fate},
        kills=kills,
    )


@dataclass
class Verdict:
    """What a run came to. `wrong` is empty when every promise was kept."""

    plan: Plan
    seconds: float
    delivered: int
    tried: int
    lost: int
    doubled: int
    open_rows: dict[str, int]
    wrong: list[str] = field(default_factory=list)

    def describe(self) -> str:
        waiting = ", ".join(f"{n} {why}" for why, n in self.open_rows.items()) or "none"
        numbers = f"tried {self.tried}, delivered {self.delivered}, lost {self.lost}, doubled {self.doubled}"
        wrong = f"; WRONG: {'; '.join(self.wrong)}" if self.wrong else ""
        return f"  {numbers}, open rows: {waiting}, {self.seconds:.0f} s{wrong}"


def run(hub: Installation, plan: Plan) -> Verdict:
    """A tenant of its own, the list imported, the campaign sent through the kills; then judged."""
    began = time.monotonic()
    tenant = UUID(hub.tenant(f"혼돈 {plan.seed}")["tenantId"])
    imported = hub.import_csv(people_csv(plan.people, start=plan.start), seconds=300)
    assert imported["created"] == plan.people, imported
    behaviour = httpx.put(f"{hub.sandbox}/_sandbox/behaviour", json=plan.behaviour, trust_env=False)
    behaviour.raise_for_status()
    send = _launch_over_http(hub, tenant, plan) if plan.over_http else _launch_inside(hub, tenant, plan)
    for number, (moment, victim) in enumerate(plan.kills):
        # By turns when a share has gone out, and when a share is over: the later steps are hit too.
        if number % 2:
            _until(hub, tenant, send, lambda p, m=moment: _over(p) >= m)
        else:
            _until(hub, tenant, send, lambda p, m=moment: p.audience and _gone_out(p) >= m)
        if victim == "supervisor":
            hub.kill_supervisor()
            hub.start()
        else:
            hub.kill(victim)
    end = _until(hub, tenant, send, lambda p: p.state == "finished" and _over(p) == 1)
    return _judge(hub, tenant, send, plan, end, time.monotonic() - began)


def inside(hub: Installation, act: Callable[[Runtime], Awaitable[T]]) -> T:
    """Act in the installation's database, as one of its commands would; again if a part is just being killed."""

    async def once() -> T:
        async with open_runtime(settings_of_hub(hub.data), name="pabal chaos", pool_size=2) as rt:
            return await act(rt)

    done: list[T] = []

    def succeeds() -> bool:
        with suppress(psycopg.OperationalError, PoolTimeout, OSError):
            done.append(asyncio.run(once()))
        return bool(done)

    wait_until(succeeds, every=0.5)
    return done[0]


def _launch_over_http(hub: Installation, tenant: UUID, plan: Plan) -> UUID:
    campaign = hub.campaign(ratePerSecond=plan.rate)
    hub.post(f"/api/campaigns/{campaign}/launch", {})

    async def find(rt: Runtime) -> UUID:
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute("SELECT id FROM sends WHERE campaign_id = %s", (campaign,))
            ((send,),) = await cursor.fetchall()
            return UUID(str(send))

    return inside(hub, find)


def _launch_inside(hub: Installation, tenant: UUID, plan: Plan) -> UUID:
    return inside(hub, lambda rt: _launch(rt, tenant, plan))


async def _launch(rt: Runtime, tenant: UUID, plan: Plan) -> UUID:
    """Through dispatch's own door: a campaign of several steps, through accounts made for it."""
    if plan.carrier == "nhn":
        accounts = {
            "sms": await nhn_account(rt, tenant, "sms", "lms", mode=plan.mode),
            "alimtalk": await nhn_account(rt, tenant, "alimtalk", mode=plan.mode),
        }
    else:
        accounts = dict.fromkeys(
            ("sms", "alimtalk"),
            await own_account(rt, tenant, "solapi", "sms", "lms", "alimtalk", mode=plan.mode),
        )
    steps = {
        "sms": FrozenStep(
            channel="sms",
            body="#{이름}님, 주민 설명회에 초대해요.",
            sender_number="0212345678",
            account_id=accounts["sms"],
            may_overlap=plan.overlap,
        ),
        "alimtalk": FrozenStep(
            channel="alimtalk",
            body=TEMPLATE["content"],
            sender_number="0212345678",
            account_id=accounts["alimtalk"],
            template_code=TEMPLATE["templateId"],
            pf_id=TEMPLATE["pfId"],
            may_overlap=plan.overlap,
        ),
    }
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn,
            tenant,
            kind="campaign",
            campaign_id=None,
            steps=[steps[channel] for channel in plan.channels],
            selection=Selection(filter={}),
            rate_per_second=plan.rate,
        )
    await announce_launch(rt, tenant, send)
    return send


def _gone_out(progress: Progress) -> float:
    return 1 - progress.counts["queued"] / progress.audience


def _over(progress: Progress) -> float:
    still = sum(progress.counts[state] for state in ("queued", "sending", "accepted"))
    return 1 - still / progress.audience if progress.audience else 0.0


def _until(
    hub: Installation, tenant: UUID, send: UUID, met: Callable[[Progress], object], *, seconds: float = 300
) -> Progress:
    """Poll the progress; every snapshot's counts sum to the audience. A send that is over meets everything."""

    async def read(rt: Runtime) -> Progress:
        async with tenant_tx(rt, tenant) as conn:
            progress = await read_progress(conn, tenant, send)
        assert progress is not None
        assert sum(progress.counts.values()) == progress.audience, progress
        return progress

    seen: list[Progress] = []

    def is_met() -> bool:
        seen[:] = [inside(hub, read)]
        return bool(met(seen[0]))

    wait_until(is_met, seconds=seconds, every=0.3)
    return seen[0]


async def _books(rt: Runtime, tenant: UUID, send: UUID) -> dict[str, Any]:
    async with tenant_tx(rt, tenant) as conn:

        async def rows(query: LiteralString) -> list[Any]:
            return await (await conn.execute(query)).fetchall()

        attempts = await rows("SELECT seq, n, channel, state FROM attempts")
        return {
            "attempts": {attempt_id(send, seq, n): (channel, state) for seq, n, channel, state in attempts},
            "quota": await rows("SELECT sum(used)::bigint, sum(reserved)::bigint FROM quota_months"),
            "entries": dict(await rows("SELECT kind, sum(units)::bigint FROM quota_entries GROUP BY 1")),
            "open": await rows(
                "SELECT state, coalesce(reason, ''), count(*) FROM messages"
                " WHERE state NOT IN ('delivered', 'failed') GROUP BY 1, 2"
            ),
            "incidents": dict(await rows("SELECT kind, count(*) FROM incidents GROUP BY 1")),
        }


async def _reconciled(rt: Runtime, tenant: UUID, send: UUID) -> Books:
    async with tenant_tx(rt, tenant) as conn:
        (books,) = await reconcile(conn, tenant, [send])
        return books


def _judge(hub: Installation, tenant: UUID, send: UUID, plan: Plan, end: Progress, seconds: float) -> Verdict:
    books = inside(hub, lambda rt: _books(rt, tenant, send))
    reconciled = inside(hub, lambda rt: _reconciled(rt, tenant, send))
    mine = set(plan.phones)
    lines = [line for line in hub.ledger() if line["to"] in mine]
    got: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        got[line["to"]].append(line["channel"])
    wanted = {phone: Counter(plan.wanted(phone)) for phone in mine}
    lost = sum(sum((wanted[phone] - Counter(got[phone])).values()) for phone in mine)
    doubled = sum(sum((Counter(got[phone]) - wanted[phone]).values()) for phone in mine)
    known = {k: channel for k, (channel, s) in books["attempts"].items() if s in _AT_CARRIER}
    uncertain = [k for k, (_, s) in books["attempts"].items() if s == "uncertain"]
    judged = {line["recipientKey"]: line["channel"] for line in lines}
    waiting = sum(n for _, _, n in books["open"])
    ((used, reserved),) = books["quota"]
    arrived = {line["to"] for line in lines if line["finalState"] == "delivered"}
    verdict = Verdict(
        plan=plan,
        seconds=seconds,
        delivered=end.counts["delivered"],
        tried=len(lines),
        lost=lost,
        doubled=doubled,
        open_rows={f"{state}:{reason}": n for state, reason, n in books["open"]},
    )
    promises = {
        "nobody is tried twice": doubled == 0,
        "nobody is lost but who waits for a person": lost <= waiting and (waiting > 0 or lost == 0),
        "open rows wait for a person": all(state == "uncertain" for state, _, _ in books["open"]),
        "each attempt is one line of the ledger": len(judged) == len(lines),
        "ledger and attempts agree": known.items() <= judged.items()
        and judged.keys() - known.keys() <= set(uncertain),
        "delivered is what arrived": len(arrived) - waiting <= end.counts["delivered"] <= len(arrived),
        "quota is what was taken": (used, reserved) == (len(known), len(uncertain)),
        "entries add up": books["entries"].get("reserve", 0)
        == used + reserved + books["entries"].get("release", 0),
        "reconciliation closes, but for who waits for a person": not reconciled.differences
        and all(row.waits_for == "person" for row in reconciled.open)
        and reconciled.open_people == waiting,
        "no incident": set(books["incidents"]) <= ({"overlap"} if plan.overlap else set()),
    }
    verdict.wrong += [name for name, kept in promises.items() if not kept]
    if verdict.wrong:
        verdict.wrong.append(
            f"used {used}, reserved {reserved}, incidents {books['incidents']}, {end.by_reason}, books:"
            f" {reconciled.describe()}"
        )
    return verdict


_AT_CARRIER = frozenset({"accepted", "delivered", "failed"})
