"""Short links: time until the answer at a fixed rate, each click committed before it.

`python bench/redirect.py [--seconds 60] [--rate 500]`. Starts `pabal up` in a temporary folder, sends a campaign of 2,000
through the simulator and follows the links that stand in its ledger. Requests leave on time whatever the answers do, so that
a slow answer counts with its whole wait.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.installation import Installation, people_csv  # noqa: E402

from bench.report import Figure, append, p95  # noqa: E402  # the path above makes it a script

PEOPLE = 2000
CONNECTIONS = 32
TARGET_MS = 10.0


def send_links(hub: Installation) -> tuple[str, list[str]]:
    """(campaign, paths that stand on the handsets)."""
    hub.tenant()
    hub.import_csv(people_csv(PEOPLE))
    sender = next(s for s in hub.get("/api/senders")["items"] if s["kind"] == "phone")
    step = {"channel": "sms", "senderId": sender["id"], "body": "소식 #{링크}"}
    links = [{"key": "", "url": "https://camp.example/plan"}]
    campaign = hub.campaign(steps=[step], links=links)
    hub.post(f"/api/campaigns/{campaign}/launch", {"rehearse": True})
    hub.until(campaign, lambda p: p["state"] == "finished")
    paths = [line["text"].split()[-1].removeprefix(hub.base) for line in hub.ledger()]
    return campaign, paths


async def follow(host: str, port: int, paths: list[str], rate: int, seconds: int) -> tuple[list[float], int]:
    """(milliseconds of every answer, how many weren't 302)."""
    due: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
    times: list[float] = []
    wrong = 0

    async def visitor() -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection(host, port)
        while True:
            at, path = await due.get()
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n"
                "User-Agent: Mozilla/5.0 (Linux; Android 16) Mobile\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    await reader.readexactly(int(line.split(b":")[1]))
            times.append((time.perf_counter() - at) * 1000)
            wrong += not head.startswith(b"HTTP/1.1 302")
            due.task_done()

    visitors = [asyncio.create_task(visitor()) for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    for number in range(rate * seconds):
        at = begun + number / rate
        wait = at - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        due.put_nowait((at, paths[number % len(paths)]))
    await due.join()
    for one in visitors:
        one.cancel()
    return times, wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--dry", action="store_true", help="print only, for short runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "1")
        hub.start()
        campaign, paths = send_links(hub)
        asyncio.run(
            follow("127.0.0.1", hub.port, paths, 50, 2)
        )  # pools and caches as in a hub that has run a while
        before = hub.get(f"/api/analytics/campaigns/{campaign}")["clicks"]
        times, wrong = asyncio.run(follow("127.0.0.1", hub.port, paths, given.rate, given.seconds))
        after = hub.get(f"/api/analytics/campaigns/{campaign}")["clicks"]
        hub.stop()
    rows = sum(after[kind] - before[kind] for kind in ("human", "bot", "prefetch"))
    figures = [
        Figure(
            f"redirect at {given.rate}/s, {len(times):,} clicks, p95",
            f"{p95(times):.1f} ms",
            f"≤ {TARGET_MS:.0f} ms",
            f"median {statistics.median(times):.1f} ms, worst {max(times):.0f} ms",
            ok=p95(times) <= TARGET_MS,
        ),
        Figure(
            "clicks answered with 302, and rows of them", f"{len(times) - wrong:,} / {rows:,}", "the same",
            ok=len(times) - wrong == rows,
        ),
    ]  # fmt: skip
    if given.dry:
        print(
            "\n".join(f"{figure.name}: {figure.measured} ({figure.beside}) {figure.ok}" for figure in figures)
        )
    else:
        append("Short links", figures)


if __name__ == "__main__":
    main()
