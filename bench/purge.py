"""What clearing a camp's book after the election costs (P-09): people in, one text to everybody, plan, approval, empty book.

`make bench-purge [ARGS="--people 100000"]`. A tenth of the way in the worker is killed with -9: what is counted includes
finding its turn again. With `--no-kill` CPU is told too, of the worker and of PostgreSQL together.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psutil
import psycopg

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.installation import Installation  # noqa: E402  # the path above makes it a script

from bench.million import owner_dsn  # noqa: E402
from bench.report import Figure, append  # noqa: E402
from bench.spine import make_csv  # noqa: E402

KST = timezone(timedelta(hours=9))
LEFT = """
    SELECT (SELECT count(*) FROM contacts WHERE pii IS NOT NULL), (SELECT count(*) FROM identities),
           (SELECT count(*) FROM messages WHERE snapshot IS NOT NULL),
           (SELECT count(*) FROM import_rows WHERE cells IS NOT NULL)
"""


def cpu_seconds(hub: Installation) -> float:
    """Of the workers and of the servers, their children too."""
    return cpu_of([*hub.children("worker"), *hub.children("postgres")])


def cpu_of(processes: list[psutil.Process]) -> float:
    total = 0.0
    for child in processes:
        for process in [child, *child.children(recursive=True)]:
            try:
                used = process.cpu_times()
            except psutil.Error:
                continue
            total += used.user + used.system
    return total


def largest_worker(hub: Installation) -> int:
    return max((child.memory_info().rss for child in hub.children("worker")), default=0)


def fill(hub: Installation, people: int) -> str:
    """A book of that many rows, everybody of which got one text; the tenant."""
    made = hub.tenant()
    hub.import_csv(make_csv(people), seconds=1200, every=0.5)
    campaign = hub.campaign()
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    hub.until(campaign, lambda p: p["state"] == "finished", seconds=1200)
    return str(made.get("id") or made["tenantId"])


def purge(hub: Installation, *, kill: bool) -> list[Figure]:
    election = datetime.now(UTC).astimezone(KST).date()
    answer = hub.client.put(
        "/api/law/profile", json={"electionDay": election.isoformat(), "office": "assembly"}
    )
    answer.raise_for_status()
    later = f"{(election + timedelta(days=2)).isoformat()}T09:00:00+09:00"
    hub.client.put("/api/operator/clock", json={"at": later}).raise_for_status()
    began = time.perf_counter()
    (plan,) = hub.get("/api/law/retention")["items"]
    shown = time.perf_counter() - began
    cpu, begun, largest = cpu_seconds(hub), time.perf_counter(), 0
    hub.post(
        f"/api/law/retention/{election}/purge",
        {"reason": "선거가 끝났어요", "keep": [], "people": plan["people"]},
    )
    seen, asked = [0], []
    killed = not kill
    while True:
        one = time.perf_counter()
        (now,) = hub.get("/api/law/retention")["items"]
        asked.append(time.perf_counter() - one)
        largest = max(largest, largest_worker(hub))
        if now["purged"] != seen[-1]:
            seen.append(now["purged"])
        if now["state"] == "done":
            break
        if not killed and now["purged"] > plan["people"] / 10:
            hub.kill("worker")
            killed = True
        time.sleep(0.2)
    took, cpu = time.perf_counter() - begun, cpu_seconds(hub) - cpu
    people = plan["people"]
    return [
        Figure(f"plan of {people:,} people by basis", f"{shown:.2f} s", "≤ 1 s", ok=shown <= 1),
        Figure(
            f"{people:,} people erased, approval → done{', a worker killed on the way' if kill else ''}",
            f"{took:.1f} s" + ("" if kill else f", CPU {cpu:.1f} s ({1e6 * cpu / people:.0f} µs a person)"),
            "",
            f"{len(seen)} steps of progress seen; the screen meanwhile {statistics.median(asked):.2f} s",
        ),
        Figure(
            "largest worker meanwhile", f"{largest / 2**20:.0f} MiB", "≤ 250 MiB", ok=largest <= 250 * 2**20
        ),
    ]


def left_over(hub: Installation, tenant: str) -> Figure:
    with psycopg.connect(owner_dsn(hub.data)) as conn:
        conn.execute("SELECT set_config('app.tenant', %s, false)", (tenant,))
        left = conn.execute(LEFT).fetchone()
    assert left is not None
    names = ("cards", "addresses", "copies in sends", "cells of the list")
    said = ", ".join(f"{count} {name}" for name, count in zip(names, left, strict=True))
    return Figure("left readable afterwards", said, "nothing", ok=not any(left))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--people", type=int, default=100_000, help="rows of the list; six in seven are new people"
    )
    parser.add_argument("--no-kill", action="store_true")
    parser.add_argument("--try", dest="is_try", action="store_true", help="nothing is written down")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "1")
        hub.start()
        tenant = fill(hub, given.people)
        figures = [*purge(hub, kill=not given.no_kill), left_over(hub, tenant)]
        hub.stop()
    if given.is_try:
        print(*figures, sep="\n")
    else:
        append("Clearing a book after the election", figures)
    print(json.dumps({"ok": all(f.ok for f in figures if f.ok is not None)}))


if __name__ == "__main__":
    main()
