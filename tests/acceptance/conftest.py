"""A hub of real processes against a real sandbox process; the sandbox's ledger is the judge."""

from collections import Counter

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import facing, solapi_account
from tests.support.processes import HubProcess, environment

from pabal.domain.ids import attempt_id
from pabal.kit.db import tenant_tx


@pytest.fixture
def settings(settings, carrier):
    carrier.behave()  # with the usual delays
    patience = {"first_poll_seconds": 0.3, "http_timeout_seconds": 1.5, "lease_seconds": 3.0}
    return facing(settings, carrier, **patience)


@pytest.fixture
def start(settings, tmp_path):
    """Start a process of the hub; all are stopped at the end."""
    children: list[HubProcess] = []

    def run(name: str, **extra: object) -> HubProcess:
        child = HubProcess(name, environment(settings, **extra), tmp_path / f"{name}-{len(children)}.log")
        children.append(child)
        return child

    yield run
    for child in children:
        child.stop()


@pytest.fixture
async def account(rt, tenant):
    return await solapi_account(rt, tenant)


@pytest.fixture
async def people(rt, tenant):
    cards = [person(n) for n in range(900)]
    await fill_book(rt, tenant, cards)
    return cards


@pytest.fixture
def judge(carrier, rt, tenant):
    """Everybody exactly once at the carrier, and the hub's books agree with it to the unit."""

    async def compare(send_id, people, *, then=()) -> None:
        """`then`: who was tried on the next channel too, for another unit each."""
        ledger = carrier.ledger()
        sent = Counter(line["to"] for line in ledger)
        wanted = Counter(card.phones[0] for card in [*people, *then])
        assert sent == wanted, f"lost {len(wanted - sent)}, doubled {len(sent - wanted)}"
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute(
                "SELECT seq, n, channel FROM attempts WHERE state IN ('accepted', 'delivered', 'failed')"
            )
            attempts = {(attempt_id(send_id, seq, n), channel) for seq, n, channel in await cursor.fetchall()}
            assert attempts == {(line["recipientKey"], line["channel"]) for line in ledger}
            cursor = await conn.execute(
                "SELECT used, reserved FROM quota_months WHERE tenant_id = %s", (tenant,)
            )
            assert await cursor.fetchall() == [(len(people) + len(then), 0)]
            cursor = await conn.execute(
                "SELECT kind, sum(units) FROM quota_entries WHERE send_id = %s GROUP BY 1", (send_id,)
            )
            entries = dict(await cursor.fetchall())
            assert entries["settle"] == len(people) + len(then)
            assert entries["reserve"] == entries["settle"] + entries.get("release", 0)
            cursor = await conn.execute("SELECT count(*) FROM incidents")
            assert (await cursor.fetchone())[0] == 0

    return compare
