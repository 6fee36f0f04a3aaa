"""Lists coming in: time from upload to searchable, CPU by part and memory by process, through HTTP on `pabal up`.

`python bench/imports.py [--people 100000] [--runs 5] [--million] [--undo] [--xlsx] [--profile]`. Every run is a new tenant
of one installation, because a list that is already there is another case ("the same file once more"). Times are the
clock's: on a busy machine look at the CPU seconds beside them.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import psutil

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.installation import Installation  # noqa: E402
from tests.support.processes import wait_until  # noqa: E402

from bench.report import Figure, append  # noqa: E402  # the path above makes it a script
from bench.spine import make_csv, person_row, raw_copy_seconds  # noqa: E402
from pabal.kit.tables import stream_workbook  # noqa: E402

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Meter:
    """CPU seconds by part of the installation, and the largest resident set of any import process, while it is open."""

    def __init__(self, hub: Installation) -> None:
        assert hub.process is not None
        self._root = psutil.Process(hub.process.pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.cpu: dict[str, float] = {}
        self.peak = 0  # KiB

    def __enter__(self) -> Self:
        self._before = self._cpu()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.cpu = {part: now - self._before.get(part, 0.0) for part, now in self._cpu().items()}

    def _cpu(self) -> dict[str, float]:
        """A process and those it has waited for: an import's runner counts for its worker, a backend for the postmaster."""
        found: dict[str, float] = defaultdict(float)
        for child in self._root.children(recursive=True):
            try:
                line = " ".join(child.cmdline()[:5])
                times = child.cpu_times()
            except psutil.Error:
                continue
            line = line.replace("pabal.imports", "worker")
            part = next(
                (one for one in ("postgres", "valkey", "api", "worker", "sandbox") if one in line), "other"
            )
            found[part] += times.user + times.system + times.children_user + times.children_system
        return found

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            for child in self._root.children(recursive=True):
                try:
                    if "pabal.imports" in child.cmdline():
                        status = Path(f"/proc/{child.pid}/status").read_text()
                        high = next(line for line in status.splitlines() if line.startswith("VmHWM"))
                        self.peak = max(self.peak, int(high.split()[1]))
                except (psutil.Error, OSError, StopIteration):
                    continue

    def said(self) -> str:
        shown = ("postgres", "worker", "api")
        return f"CPU {', '.join(f'{one} {self.cpu.get(one, 0.0):.1f}' for one in shown)} s; peak {self.peak / 1024:.0f} MB"


def import_file(hub: Installation, body: bytes, name: str, kind: str) -> dict[str, Any]:
    """Upload, start, wait: what a script does that asks five times a second."""
    answer = hub.client.post("/api/imports", files={"file": (name, body, kind)}, timeout=600)
    assert answer.is_success, answer.text
    found = answer.json()
    hub.post(
        f"/api/imports/{found['id']}/start",
        {
            "mapping": found["mapping"],
            "policy": "merge",
            "tags": [],
            "basis": "consent",
            "source": "시험 명단",
        },
    )
    seen: dict[str, Any] = {}

    def over() -> bool:
        seen.update(hub.get(f"/api/imports/{found['id']}"))
        return seen["state"] in {"completed", "failed", "cancelled"}

    wait_until(over, seconds=1800, every=0.2)
    assert seen["state"] == "completed", seen
    return seen


def measured(
    hub: Installation, body: bytes, name: str = "명단.csv", kind: str = "text/csv"
) -> tuple[float, Meter, dict[str, Any]]:
    with Meter(hub) as meter:
        start = time.perf_counter()
        done = import_file(hub, body, name, kind)
        took = time.perf_counter() - start
    return took, meter, done


def make_workbook(count: int) -> bytes:
    header = ["이름", "휴대폰", "이메일", "주소", "태그", "생년", "직업", "비고1", "모임", "소개자", "분류"]

    async def rows() -> AsyncIterator[list[list[str]]]:
        yield [header]
        for start in range(0, count, 5_000):
            yield [person_row(n) for n in range(start, min(count, start + 5_000))]

    async def collect() -> bytes:
        return b"".join([part async for part in stream_workbook(rows(), sheet_name="명단")])

    return asyncio.run(collect())


def compared(
    name: str, times: list[float], meter: Meter, done: dict[str, Any], limit: float, copy: float
) -> Figure:
    took = statistics.median(times)
    each = ", ".join(f"{one:.1f}" for one in times)
    return Figure(
        name,
        f"median {took:.1f} s of {each} ({done['created']:,} people; {meter.said()})",
        f"≤ {limit:.0f} s",
        f"raw COPY of the same bytes {copy:.2f} s",
        f"{took / copy:.0f}×",
        took <= limit,
    )


def undo_figure(hub: Installation, done: dict[str, Any]) -> Figure:
    with Meter(hub) as meter:
        start = time.perf_counter()
        hub.post(f"/api/imports/{done['id']}/undo")
        wait_until(lambda: hub.get(f"/api/imports/{done['id']}")["state"] == "undone", seconds=600, every=0.2)
        took = time.perf_counter() - start
    left = hub.get("/api/contacts?limit=1")["items"]
    return Figure(f"undo of it ({done['created']:,} people)", f"{took:.1f} s ({meter.said()})", ok=not left)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    for name in ("million", "undo", "xlsx", "quiet"):
        parser.add_argument(f"--{name}", action="store_true")
    given = parser.parse_args()
    share = given.people / 100_000
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "2")
        hub.start()
        body = make_csv(given.people)
        hub.tenant()
        copy = raw_copy_seconds(hub, body)
        runs = []
        again = []
        for run in range(given.runs):
            if run:
                hub.tenant(f"시험캠프 {run}")
            runs.append(measured(hub, body))
            again.append(measured(hub, body))
            print(
                f"run {run + 1}: {runs[-1][0]:.1f} s, {runs[-1][1].said()}; again {again[-1][0]:.1f} s",
                flush=True,
            )
        title = f"{given.people:,} rows (11 columns), upload → searchable"
        figures.append(compared(title, [one[0] for one in runs], *runs[-1][1:], limit=8 * share, copy=copy))
        second = statistics.median(one[0] for one in again)
        first = statistics.median(one[0] for one in runs)
        changed = sum(one[2]["created"] + one[2]["updated"] for one in again)
        figures.append(
            Figure(
                "the same file once more",
                f"median {second:.1f} s, {changed} people changed ({again[-1][1].said()})",
                "≤ the first time, no change",
                ok=second <= first and changed == 0,
            )
        )
        if given.undo:
            hub.tenant("되돌리기")
            figures.append(undo_figure(hub, measured(hub, body)[2]))
        if given.xlsx:
            book = make_workbook(given.people)
            times, last = [], None
            for run in range(given.runs):
                hub.tenant(f"엑셀 {run}")
                last = measured(hub, book, "명단.xlsx", WORKBOOK)
                times.append(last[0])
            assert last is not None
            figures.append(
                compared(f"{given.people:,} rows, XLSX", times, *last[1:], limit=12 * share, copy=copy)
            )
        if given.million:
            hub.tenant("백만")
            body = make_csv(1_000_000)
            copy = raw_copy_seconds(hub, body)
            took, meter, done = measured(hub, body)
            figures.append(compared("1,000,000 rows, upload → searchable", [took], meter, done, 90, copy))
            figures.append(
                Figure(
                    "its largest process",
                    f"{meter.peak / 1024:.0f} MB",
                    "≤ 1.5 GB",
                    ok=meter.peak < 1536 * 1024,
                )
            )
        hub.stop()
    if given.quiet:
        print("\n".join(f"{one.name}: {one.measured}" for one in figures))
    else:
        append("Lists coming in", figures)
    print(json.dumps({"ok": all(one.ok for one in figures if one.ok is not None)}))


if __name__ == "__main__":
    main()
