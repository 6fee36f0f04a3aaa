"""Automation: record POST and PATCH with 50 active links at a fixed rate, trigger → accepted by the carrier, due
repeats drained.

Two forms, the same targets. The usual one: one change in ten fits a link and becomes a message, as a camp's table has it,
where most changes are notes and corrections. The worst one: every change does, 200 messages a second besides the changes.

`make bench-automation [ARGS="--rate 200 --seconds 30 --repeats 100000"]`. Starts `pabal up` in a temporary folder. Requests
leave on time whatever the answers do, so that a slow answer counts with its whole wait. Beside each figure stand the CPU
seconds of the hub's processes, which say the same on a busy machine.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.chaos import inside  # noqa: E402
from tests.support.installation import Installation  # noqa: E402

from bench.report import Figure, append, p95  # noqa: E402  # the path above makes it a script
from pabal.accounts.audit import SystemActor  # noqa: E402
from pabal.contacts import Blinder  # noqa: E402
from pabal.domain.ids import TenantId, attempt_id  # noqa: E402
from pabal.kit.db import tenant_tx  # noqa: E402
from pabal.records import create_records, partition_of  # noqa: E402
from pabal.runtime import Runtime  # noqa: E402

LINKS = 50
CONNECTIONS = 24
TARGET_MS, TARGET_SECONDS, TARGET_DRAIN = 15.0, 1.0, 2000
KINDS = [f"유형{n:02}" for n in range(LINKS // 2)]
QUIET = "기타"  # no link waits for it
FIELDS = [
    {"key": "name", "label": "이름", "type": "text"},
    {"key": "phone", "label": "전화", "type": "phone", "isPhone": True},
    {"key": "kind", "label": "유형", "type": "select", "options": [*KINDS, QUIET]},
    {"key": "memo", "label": "메모", "type": "text"},
]
API = "/api/alimtalk/template-links"


def phone(n: int) -> str:
    return f"010{30_000_000 + n:08}"


def prepare(hub: Installation) -> tuple[UUID, str]:
    """(tenant, table) with 25 links for new records and 25 for changes; each change fits one of them."""
    tenant = UUID(hub.tenant("자동화 벤치", quota=10_000_000)["tenantId"])
    table = str(hub.post("/api/partitions", {"name": "명단", "fields": FIELDS})["id"])
    template = hub.get("/api/templates?channel=alimtalk")["items"][0]["id"]
    for kind in KINDS:
        for trigger, operator in (("on_create", "eq"), ("on_update", "changed_to")):
            condition = {"field": "kind", "operator": operator, "value": kind}
            body = {"partitionId": table, "templateId": template, "triggerType": trigger, "cooldownHours": 0}
            hub.post(API, {**body, "triggerCondition": condition})
    return tenant, table


class Caller:
    """One keep-alive connection that says what httpx would: at 200/s httpx itself would need a tenth of a core."""

    def __init__(self, hub: Installation) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in hub.client.cookies.items())
        self.head = f"Host: 127.0.0.1:{hub.port}\r\nCookie: {cookies}\r\nX-CSRF-Token: {hub.csrf}\r\n"
        self.port = hub.port

    async def open(self) -> "Caller":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def call(self, method: str, path: str, body: object) -> tuple[int, dict[str, object]]:
        data = json.dumps(body, ensure_ascii=False).encode()
        kind = "Content-Type: application/json\r\n"
        line = f"{method} {path} HTTP/1.1\r\n{self.head}{kind}Content-Length: {len(data)}\r\n\r\n"
        self.writer.write(line.encode() + data)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(one.split(b":")[1])
            for one in head.split(b"\r\n")
            if one.lower().startswith(b"content-length:")
        )
        return int(head.split(b" ")[1]), json.loads(await self.reader.readexactly(length))


async def drive(
    hub: Installation, table: str, rate: int, seconds: int, start: int, *, one_in: int = 1
) -> dict[str, list[float]]:
    """POST and PATCH by turns, each PATCH of a record made before; milliseconds from when it was due. One change in `one_in`
    fits a link."""
    due: asyncio.Queue[tuple[float, int]] = asyncio.Queue()
    times: dict[str, list[float]] = {"POST": [], "PATCH": []}
    ready: list[str] = []
    wrong: list[int] = []

    async def form() -> None:
        caller = await Caller(hub).open()
        while True:
            at, n = await due.get()
            fits = n // 2 % one_in == 0
            if n % 2 and len(ready) > 2 * rate:  # made two seconds ago: its first message is out
                method, path = "PATCH", f"/api/records/{ready.pop(0)}"
                said = {"kind": KINDS[(n + 7) % len(KINDS)]} if fits else {"memo": f"통화 {n}"}
                body: dict[str, object] = {"data": said}
            else:
                method, path = "POST", "/api/records"
                data = {
                    "name": f"손님{n}",
                    "phone": phone(start + n),
                    "kind": KINDS[n % len(KINDS)] if fits else QUIET,
                }
                body = {"partitionId": table, "data": data}
            code, answer = await caller.call(method, path, body)
            times[method].append((time.perf_counter() - at) * 1000)
            if code not in {200, 201}:
                wrong.append(code)
            elif method == "POST":
                ready.append(str(answer["id"]))
            due.task_done()

    forms = [asyncio.create_task(form()) for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    for n in range(rate * seconds):
        wait = begun + n / rate - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        due.put_nowait((begun + n / rate, n))
    await due.join()
    for one in forms:
        one.cancel()
    assert not wrong, wrong[:5]
    return times


def cpu(hub: Installation) -> dict[str, float]:
    """User and system seconds so far, by part."""
    found: dict[str, float] = {}
    for part in ("api", "worker", "scheduler", "postgres", "valkey-server", "sandbox"):
        for process in hub.children(part):
            for one in [process, *process.children(recursive=True)]:
                spent = one.cpu_times()
                used = spent.user + spent.system + getattr(spent, "children_user", 0.0)
                found[part] = found.get(part, 0.0) + used
    return found


def spent(before: dict[str, float], after: dict[str, float], per: int) -> str:
    parts = {part: 1000 * (after[part] - before.get(part, 0)) / per for part in after}
    return ", ".join(f"{part} {ms:.2f}" for part, ms in parts.items() if ms >= 0.005) + " ms of CPU each"


def to_accepted(hub: Installation, tenant: UUID) -> list[float]:
    """Seconds from a change's commit to its line in the carrier's ledger, of every message that a change made."""
    taken = {line["recipientKey"]: datetime.fromisoformat(line["acceptedAt"]) for line in hub.ledger()}

    async def ask(rt: Runtime) -> list[float]:
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute(
                """
                SELECT l.send_id, l.seq, c.at FROM automation_logs l
                JOIN record_changes c ON c.tenant_id = l.tenant_id AND l.occasion = 'auto:' || c.id::text
                WHERE l.send_id IS NOT NULL
                """
            )
            made = {attempt_id(send_id, seq, 1): at for send_id, seq, at in await cursor.fetchall()}
            return [(taken[key] - at).total_seconds() for key, at in made.items() if key in taken]

    return inside(hub, ask)


def fill_queue(hub: Installation, tenant: UUID, count: int) -> str:
    """A table of `count` records and a rule that is off, with a repeat due for each; its id."""
    table = str(hub.post("/api/partitions", {"name": "반복", "fields": FIELDS})["id"])
    template = hub.get("/api/templates?channel=alimtalk")["items"][0]["id"]
    stop = {"field": "kind", "operator": "eq", "value": KINDS[0]}
    repeat = {"intervalHours": 24, "maxRepeat": 3, "stopCondition": stop}
    body = {"partitionId": table, "templateId": template, "triggerType": "on_create", "repeatConfig": repeat}
    link = str(hub.post(API, {**body, "isActive": False})["id"])

    async def fill(rt: Runtime) -> None:
        blinder = Blinder(await rt.keys.of(rt.pool, tenant))
        for at in range(0, count, 1000):
            rows = [
                {"name": f"단골{n}", "phone": phone(10_000_000 + n)} for n in range(at, min(at + 1000, count))
            ]
            async with tenant_tx(rt, tenant) as conn:
                partition = await partition_of(conn, UUID(table))
                await create_records(
                    conn, SystemActor(TenantId(tenant)), blinder, partition, rows, fires=False
                )
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute(
                """
                INSERT INTO automation_queue (tenant_id, id, template_link_id, record_id, kind, address_key, next_run_at)
                SELECT tenant_id, uuidv7(), %s, id, 'repeat', address_key, clock_timestamp()
                FROM records WHERE partition_id = %s
                """,
                (link, table),
            )

    inside(hub, fill)
    return link


def drain(hub: Installation, tenant: UUID, link: str, count: int) -> tuple[float, float]:
    """(seconds until every repeat has become a message, until the carrier has them all)."""

    async def ask(rt: Runtime) -> tuple[int, int]:
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute(
                """
                SELECT (SELECT count(*) FROM automation_queue WHERE template_link_id = %(link)s AND repeat_count = 0
                          AND status = 'pending'),
                       (SELECT coalesce(sum(c.n), 0)::bigint FROM send_counters c
                        JOIN sends s ON s.tenant_id = c.tenant_id AND s.id = c.send_id
                        WHERE s.kind = 'link' AND c.state IN ('queued', 'sending'))
                """,
                {"link": link},
            )
            row = await cursor.fetchone()
            assert row is not None
            return int(row[0]), int(row[1])

    async def watch(rt: Runtime) -> tuple[float, float]:
        begun, drained = time.perf_counter(), 0.0
        while True:
            left, queued = await ask(rt)
            if not left and not drained:
                drained = time.perf_counter() - begun
            if not left and not queued:
                return drained, time.perf_counter() - begun
            await asyncio.sleep(0.5)

    answer = hub.client.patch(f"{API}/{link}", json={"isActive": True, "messages": count})
    assert answer.is_success, answer.text
    return inside(hub, watch)


def changes_of(
    hub: Installation, name: str, rate: int, seconds: int, one_in: int
) -> tuple[UUID, list[Figure]]:
    """(the tenant, figures) of one form, in a camp of its own."""
    tenant, table = prepare(hub)
    asyncio.run(drive(hub, table, 20, 2, 9_000_000))  # pools and plans as in a hub that has run a while
    before, known = cpu(hub), len(to_accepted(hub, tenant))
    times = asyncio.run(drive(hub, table, rate, seconds, 0, one_in=one_in))
    changes = sum(map(len, times.values()))
    cost = spent(before, cpu(hub), changes)
    expected = known + changes / one_in * 0.97  # some changes leave the kind as it was
    waits: list[float] = []
    for _ in range(60):
        waits = to_accepted(hub, tenant)
        if len(waits) >= expected:
            break
        time.sleep(1)
    return tenant, [
        Figure(
            f"{method} of a record, {LINKS} active links, {rate} changes/s, {name}, p95",
            f"{p95(values):.1f} ms",
            f"≤ {TARGET_MS:.0f} ms",
            f"median {statistics.median(values):.1f} ms, worst {max(values):.0f} ms; {cost}",
            ok=p95(values) <= TARGET_MS,
        )
        for method, values in times.items()
    ] + [
        Figure(
            f"change → accepted by the carrier, {name}, {len(waits):,} messages, p95",
            f"{p95(waits):.2f} s",
            f"≤ {TARGET_SECONDS:.0f} s",
            f"median {statistics.median(waits):.2f} s, worst {max(waits):.1f} s",
            ok=p95(waits) <= TARGET_SECONDS and len(waits) >= expected,
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=100_000)
    parser.add_argument("--dry", action="store_true", help="print only, for short runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "1")
        hub.start()
        _, usual = changes_of(hub, "one in ten fires", given.rate, given.seconds, 10)
        tenant, worst = changes_of(hub, "each one fires", given.rate, given.seconds, 1)
        link = fill_queue(hub, tenant, given.repeats)
        before = cpu(hub)
        drained, sent = drain(hub, tenant, link, given.repeats)
        of_repeats = spent(before, cpu(hub), given.repeats)
        hub.stop()
    figures = [
        *usual,
        *worst,
        Figure(
            f"{given.repeats:,} due repeats drained (sent meanwhile)",
            f"{given.repeats / drained:,.0f}/s",
            f"≥ {TARGET_DRAIN:,}/s",
            f"all at the carrier after {sent:.0f} s; {of_repeats}",
            ok=given.repeats / drained >= TARGET_DRAIN,
        ),
    ]
    if given.dry:
        print("\n".join(f"{one.name}: {one.measured} ({one.beside}) {one.ok}" for one in figures))
    else:
        append("Automation", figures)


if __name__ == "__main__":
    main()
