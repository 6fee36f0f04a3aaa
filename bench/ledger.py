"""The ledger without a carrier: how many messages a second pass gate, intent, `calling` and outcome, and how far one task per
message comes with the queues people use otherwise, on the same PostgreSQL and Redis in the same run.

`make bench-ledger [ARGS="--people 100000 --peers 5000"]`. The peers are installed into .cache/bench-peers by their own lock.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

import psutil
import psycopg
import uvloop

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.carriers import own_account  # noqa: E402
from tests.support.installation import people_csv  # noqa: E402

from bench.peers.work import SETUP  # noqa: E402
from bench.report import Figure, append  # noqa: E402  # the path above makes it a script
from bench.spine import TaggedInstallation  # noqa: E402
from pabal.cli.hub import settings_of_hub  # noqa: E402
from pabal.dispatch import FrozenStep, Selection, create_send, launch_send  # noqa: E402
from pabal.dispatch.claim import claim_chunk  # noqa: E402
from pabal.dispatch.fence import commit_calling  # noqa: E402
from pabal.dispatch.outcome import commit_outcome  # noqa: E402
from pabal.domain.ids import parse_attempt_id  # noqa: E402
from pabal.domain.message import AttemptState  # noqa: E402
from pabal.domain.news import News  # noqa: E402
from pabal.kit.db import tenant_tx  # noqa: E402
from pabal.runtime import Runtime, open_runtime  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".cache" / "bench-peers"
# Worker processes, and chunks that each has in hand. Without a carrier to wait for, a third in hand only means more processes
# than cores (PostgreSQL 53 → 45 µs a message); workers, which wait for HTTP most of the time, take six.
PROCESSES, PLACES = 2, 2
NAMES = ("celery", "dramatiq", "taskiq", "procrastinate")
LEASE = 12.0


@contextmanager
def alone(hub: TaggedInstallation) -> Iterator[None]:
    """Only the servers run: what sends, sweeps and answers otherwise is stopped meanwhile."""
    assert hub.process is not None
    stopped = [psutil.Process(hub.process.pid)]
    stopped += [child for part in ("worker", "scheduler", "sandbox", "api") for child in hub.children(part)]
    for process in stopped:
        process.suspend()
    try:
        yield
    finally:
        for process in stopped:
            process.resume()


def runtime(data: Path) -> AbstractAsyncContextManager[Runtime]:
    return open_runtime(settings_of_hub(data), name="pabal bench", pool_size=PLACES + 1)


async def make_account(data: Path, tenant: UUID) -> UUID:
    async with runtime(data) as rt:
        return await own_account(rt, tenant, "solapi", "sms", "lms")


async def launch(data: Path, tenant: UUID, account: UUID) -> tuple[UUID, float]:
    step = FrozenStep(
        channel="sms",
        body="#{이름}님, 주민 설명회에 초대해요.",
        sender_number="0212345678",
        account_id=account,
    )
    async with runtime(data) as rt:
        async with tenant_tx(rt, tenant) as conn:
            send = await create_send(
                conn,
                tenant,
                kind="campaign",
                campaign_id=None,
                steps=[step],
                selection=Selection(filter={}),
                rate_per_second=None,
            )
        began = time.perf_counter()
        await launch_send(rt, tenant, send)
        return send, time.perf_counter() - began


def drain(data: Path, tenant: UUID, send: UUID, ready: Barrier, number: int) -> None:
    """One worker process: chunk after chunk through the three commits, the carrier's yes taken for granted."""

    async def work() -> None:
        async with runtime(data) as rt:
            await rt.keys.of(rt.pool, tenant)
            await asyncio.to_thread(ready.wait)
            await asyncio.gather(*(_place(rt, tenant, send, f"bench.{number}.{at}") for at in range(PLACES)))
            await asyncio.to_thread(ready.wait)
            await asyncio.to_thread(ready.wait)  # our connections' CPU time is read meanwhile

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # the workers' loop
        runner.run(work())


async def _place(rt: Runtime, tenant: UUID, send: UUID, owner: str) -> None:
    while (claimed := await claim_chunk(rt, tenant, send, owner)) is not None:
        for planned in claimed.planned:
            hold = await commit_calling(rt, claimed.hold, planned.request_id, "submit", lease=LEASE)
            news = []
            for message in planned.messages:
                parsed = parse_attempt_id(message.attempt_id)
                assert parsed is not None
                _, seq, n = parsed
                news.append(News(seq, n, AttemptState.ACCEPTED, provider_id=f"M4V20261122{seq:012d}"))
            await commit_outcome(rt, hold, planned.request_id, planned.step.account_id, news)


@dataclass(frozen=True, slots=True)
class Run:
    rate: float  # messages a second, by the clock
    launched: float  # seconds
    python: float  # µs of CPU a message, of the two worker processes
    postgres: float  # ... and of everything that PostgreSQL runs


def seconds_of(processes: Iterable[psutil.Process]) -> float:
    """CPU time so far; who has ended meanwhile counts nothing."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def ours(hub: TaggedInstallation, tenant: UUID, account: UUID, people: int) -> Run:
    """One send through all three commits."""
    send, launched = asyncio.run(launch(hub.data, tenant, account))
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(PROCESSES + 1)
    workers = [
        fork.Process(target=drain, args=(hub.data, tenant, send, ready, number))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    pythons = [psutil.Process(worker.pid) for worker in workers if worker.pid is not None]
    ready.wait()
    (server,) = hub.children("postgres")
    began = time.perf_counter()
    python, postgres = seconds_of(pythons), seconds_of(server.children())
    ready.wait()
    took = time.perf_counter() - began
    python, postgres = seconds_of(pythons) - python, seconds_of(server.children()) - postgres
    ready.wait()
    for worker in workers:
        worker.join()
    with owner(hub) as conn:
        conn.execute("SELECT set_config('app.tenant', %s, false)", (str(tenant),))
        row = conn.execute(
            "SELECT count(*) FROM messages WHERE send_id = %s AND state = 'accepted'", (send,)
        ).fetchone()
    assert row == (people,), row
    return Run(people / took, launched, python / people * 1e6, postgres / people * 1e6)


def owner_dsn(hub: TaggedInstallation) -> str:
    sockets = next((hub.data / "run").rglob(".s.PGSQL.*[0-9]")).parent
    passfile = next((hub.data / "secrets").glob("pabal_owner.pgpass"))
    return f"host={sockets} port=5432 user=pabal_owner dbname=pabal passfile={passfile}"


def owner(hub: TaggedInstallation) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(owner_dsn(hub), autocommit=True)


def install_peers() -> Path:
    """A folder of their own: none of them belongs to the product."""
    lock = ROOT / "bench" / "peers" / "requirements.lock"
    python = PEERS / "bin" / "python"
    stamp = PEERS / "lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)], check=True
        )
        stamp.write_bytes(lock.read_bytes())
    return python


def peer(hub: TaggedInstallation, name: str, count: int) -> float:
    """Messages a second that a peer drained: by the database's clock, its workers' start left out."""
    python = install_peers()
    redis = settings_of_hub(hub.data).redis_url
    assert redis is not None
    environment = {
        **os.environ,
        "PEER": name,
        "PEER_DSN": owner_dsn(hub) + " options=-csearch_path=peer,public",
        "PEER_REDIS": redis,
        "PATH": f"{PEERS / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "bench" / "peers"),
    }
    folder = ROOT / "bench" / "peers"

    def run(*words: str) -> str:
        command = [str(python), "apps.py", *words]
        return subprocess.run(
            command, cwd=folder, env=environment, check=True, capture_output=True, text=True
        ).stdout

    with owner(hub) as conn:
        conn.execute(SETUP)
        conn.execute(
            "INSERT INTO peer.messages SELECT n, 'queued' FROM generate_series(1, %s) AS n", (count,)
        )
        run("setup")
        run("enqueue", str(count))
        command = run("command").split()
        quiet = subprocess.DEVNULL
        worker = subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)
        try:
            while True:
                row = conn.execute("SELECT count(*) FROM peer.attempts WHERE state = 'accepted'").fetchone()
                assert worker.poll() is None, f"{name} stopped"
                if row == (count,):
                    break
                time.sleep(0.2)
        finally:
            family = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
            for process in family:  # some wait for a second signal; nothing is left to be done
                process.kill()
            worker.wait(30)
        row = conn.execute(
            "SELECT extract(epoch FROM max(updated_at) - min(updated_at)) FROM peer.attempts"
        ).fetchone()
    assert row is not None
    return count / float(row[0])  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--peers", type=int, default=5_000, help="messages for each peer; 0: none")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = TaggedInstallation(Path(folder) / "data", "--workers", "1")
        hub.start()
        tenant = UUID(hub.tenant(quota=10**9)["tenantId"])
        hub.import_csv(people_csv(given.people), seconds=900)
        account = asyncio.run(make_account(hub.data, tenant))
        with alone(hub):
            runs = [ours(hub, tenant, account, given.people) for _ in range(3)]
            peers = {name: peer(hub, name, given.peers) for name in NAMES} if given.peers else {}
        hub.stop()
    rate = statistics.median(run.rate for run in runs)
    launched = statistics.median(run.launched for run in runs)
    python = statistics.median(run.python for run in runs)
    postgres = statistics.median(run.postgres for run in runs)
    best = max(peers, key=peers.__getitem__) if peers else ""
    figures = [
        Figure(
            f"ledger of {given.people:,} messages: gate, quota, attempts, counters, RLS, three commits",
            f"{rate:,.0f} msg/s",
            "≥ 25,000, ≥ 8× the best peer",
            f"{best} {peers[best]:,.0f} msg/s" if best else "",
            f"{rate / peers[best]:.0f}×" if best else "",
            ok=rate >= 25_000 and (not best or rate >= 8 * peers[best]),
        ),
        Figure(
            "CPU a message, workers + PostgreSQL",
            f"{python:.1f} + {postgres:.1f} µs",
            "",
            f"two cores' limit: {2e6 / (python + postgres):,.0f} msg/s",
        ),
        Figure(f"launch of {given.people:,} people", f"{launched:.2f} s"),
        *(
            Figure(f"{name}, one task per message, {given.peers:,} messages", f"{value:,.0f} msg/s")
            for name, value in sorted(peers.items(), key=lambda item: -item[1])
        ),
    ]
    append("Ledger", figures)
    print(json.dumps({"ok": all(f.ok for f in figures if f.ok is not None)}))


if __name__ == "__main__":
    main()
