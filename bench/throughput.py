"""How fast a campaign goes end to end, through HTTP and the simulator on the same machine; and what a million people cost.

`make bench-throughput [ARGS="--people 1000000"]`: 20,000 texts, receipts by the hundred and one by one, then one
to all: its launch, its first 100,000 messages, the lag of a live screen meanwhile, the largest worker.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import psutil

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.installation import people_csv  # noqa: E402

from bench.report import Figure, append  # noqa: E402  # the path above makes it a script
from bench.spine import TaggedInstallation, stamp, watch_screen  # noqa: E402

SMALL = 20_000
PART = 100_000  # of the campaign to everybody


def set_behaviour(hub: TaggedInstallation, **behaviour: object) -> None:
    answer = httpx.put(f"{hub.sandbox}/_sandbox/behaviour", json=behaviour, trust_env=False)
    answer.raise_for_status()


def whole(hub: TaggedInstallation, *, receipt_batch: int, target: int) -> Figure:
    """Launch to the last receipt, personalised, by groups; the median of three."""
    set_behaviour(hub, receiptBatch=receipt_batch)
    rates = []
    for _ in range(3):
        campaign = hub.campaign("둘만")
        began = time.perf_counter()
        hub.post(f"/api/campaigns/{campaign}/launch", {})
        end = hub.until(campaign, lambda p: p["state"] == "finished", seconds=600)
        rates.append(SMALL / (time.perf_counter() - began))
        assert end["counts"]["delivered"] == SMALL, end
    rate = statistics.median(rates)
    how = f"receipts in batches of {receipt_batch}" if receipt_batch > 1 else "receipts one by one"
    return Figure(
        f"{SMALL:,} messages, launch → every receipt shown, {how}",
        f"{rate:,.0f} msg/s",
        f"≥ {target:,}",
        f"runs {min(rates):,.0f}-{max(rates):,.0f}",
        ok=rate >= target,
    )


def exports(hub: TaggedInstallation, campaign: str, people: int) -> list[Figure]:
    """The delivered ones as a file: how long, and by how much the API grows meanwhile."""
    (api,) = (psutil.Process(child.pid) for child in hub.children("api"))
    figures = []
    for form in ("csv", "xlsx"):
        before = most = api.memory_info().rss
        size = 0
        began = time.perf_counter()
        body = {"format": form, "state": "delivered", "purpose": "선거 사무소 결과 보고용"}
        with hub.client.stream("POST", f"/api/campaigns/{campaign}/messages/export", json=body) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                size += len(piece)
                most = max(most, api.memory_info().rss)
        took = time.perf_counter() - began
        figures.append(
            Figure(
                f"export of {people:,} people, {form}",
                f"{took:.1f} s, {size / 2**20:.1f} MiB",
                "the API grows by ≤ 50 MiB",
                f"API {before / 2**20:.0f} → {most / 2**20:.0f} MiB at most",
                ok=most - before <= 50 * 2**20,
            )
        )
    return figures


def everybody(hub: TaggedInstallation, people: int) -> list[Figure]:
    set_behaviour(hub, receiptBatch=100)
    known = len(hub.ledger())
    part = min(PART, people // 2)
    campaign = hub.campaign("모두")
    seen: list[tuple[float, int]] = []
    most = 0
    stop = threading.Event()

    def weigh() -> None:
        nonlocal most
        while not stop.wait(0.25):
            for worker in hub.children("worker"):
                most = max(most, psutil.Process(worker.pid).memory_info().rss)

    threads = [
        threading.Thread(target=watch_screen, args=(hub, campaign, seen, stop), daemon=True),
        threading.Thread(target=weigh, daemon=True),
    ]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    hub.until(campaign, lambda p: p["audience"] >= people, seconds=600)
    launched = time.perf_counter() - began
    sent = hub.until(campaign, lambda p: p["counts"]["queued"] <= people - part, seconds=600)
    rate = (people - sent["counts"]["queued"]) / (time.perf_counter() - began - launched)
    hub.post(f"/api/campaigns/{campaign}/cancel", {})
    in_hand = ("sending", "accepted", "queued")
    hub.until(
        campaign, lambda p: p["state"] == "cancelled" and not any(map(p["counts"].get, in_hand)), seconds=600
    )
    stop.set()
    accepted = sorted(stamp(line["acceptedAt"]) for line in hub.ledger()[known:])
    lags = [
        max(0.0, next(at for at, count in seen if count > k) - accepted[k])
        for k in range(0, len(accepted) - 500, 100)
    ]
    p99 = statistics.quantiles(lags, n=100)[-1]
    return [
        *exports(hub, campaign, part),
        Figure(f"launch of {people:,} people", f"{launched:.1f} s", "≤ 30 s", ok=launched <= 30),
        Figure(
            f"the first {part:,} of {people:,} accepted",
            f"{rate:,.0f} msg/s",
            "≥ 2,500",
            "receipts applied beside it",
            ok=rate >= 2500,
        ),
        Figure("the largest worker", f"{most / 2**20:.0f} MiB", "≤ 250 MB", ok=most <= 250e6),
        Figure(
            "accepted at the carrier → counted on a live screen, meanwhile",
            f"p50 {statistics.median(lags):.2f} / p99 {p99:.2f} s",
            "p99 ≤ 1 s",
            ok=p99 <= 1,
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = TaggedInstallation(Path(folder) / "data", "--workers", "2")
        hub.start()
        hub.tenant(quota=10**9)
        hub.import_csv(people_csv(SMALL), tags=("둘만",), seconds=300, every=0.5)
        figures = [
            whole(hub, receipt_batch=100, target=2500),
            whole(hub, receipt_batch=1, target=800),
        ]
        hub.tenant(quota=10**9)
        began = time.perf_counter()
        hub.import_csv(people_csv(given.people), tags=("모두",), seconds=3600, every=1.0)
        imported = time.perf_counter() - began
        figures += everybody(hub, given.people)
        figures.append(Figure(f"beside: import of {given.people:,} plain rows", f"{imported:.0f} s"))
        hub.stop()
    append("Throughput", figures)
    print(json.dumps({"ok": all(f.ok for f in figures if f.ok is not None)}))


if __name__ == "__main__":
    main()
