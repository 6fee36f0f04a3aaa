"""Bulk edits of a whole list through HTTP: a tag, a district, an attribute on everybody, each with its undo; the list by last
contact; the file of everybody. Seconds from asking to the edit being over.

    make bench-bulk ARGS="--people 100000"
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support.installation import Installation
from tests.support.processes import wait_until

from bench.million import make_book
from bench.report import Figure, append, p95

EDITS: dict[str, dict[str, Any]] = {
    "a tag": {"addTags": ["한꺼번에"]},
    "a district": {"district": "한꺼번에동"},
    "an attribute": {"attributes": {"한꺼번에": "예"}},
}
_RUNS = 20
_PATIENCE = 1_800


def over(hub: Installation, edit: str, state: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def is_over() -> bool:
        found.update(hub.get(f"/api/bulk-edits/{edit}"))
        assert found["state"] != "failed", found["problem"]
        return bool(found["state"] == state)

    wait_until(is_over, seconds=_PATIENCE)
    return found


def took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def edit_figures(hub: Installation, people: int) -> list[Figure]:
    figures = []
    for name, changes in EDITS.items():
        made: dict[str, Any] = {}

        def ask(changes: dict[str, Any] = changes, made: dict[str, Any] = made) -> None:
            made.update(hub.post("/api/bulk-edits", {"filter": {}, "changes": changes, "reason": ""}))
            assert over(hub, made["id"], "completed")["changed"] == people

        def undo(made: dict[str, Any] = made) -> None:
            hub.post(f"/api/bulk-edits/{made['id']}/undo")
            over(hub, made["id"], "undone")

        there = took(ask)
        back = took(undo)
        figures.append(
            Figure(
                f"{name} on {people:,} people", f"{there:.1f} s ({people / there:,.0f}/s), undo {back:.1f} s"
            )
        )
    return figures


def list_figures(hub: Installation, people: int) -> list[Figure]:
    def page() -> None:
        hub.get("/api/contacts?sort=-lastContact&limit=100")

    page()
    times = [took(page) * 1000 for _ in range(_RUNS)]
    size = 0

    def file() -> None:
        nonlocal size
        made = hub.post("/api/exports", {"reason": "대량 작업을 재는 자리예요"})
        with hub.client.stream("GET", f"/api/exports/{made['id']}", timeout=_PATIENCE) as answer:
            size = sum(map(len, answer.iter_bytes()))

    seconds = took(file)
    return [
        Figure("first page by last contact", f"p95 {p95(times):.1f} ms"),
        Figure(f"CSV of {people:,} people", f"{seconds:.1f} s, {size / 2**20:.0f} MiB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--dry", action="store_true", help="print, don't add to docs/benchmarks.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "1")
        hub.start()
        tenant = UUID(hub.tenant()["tenantId"])
        email = hub.get("/api/me")["user"]["email"]
        make_book(hub, tenant, given.people)
        hub.stop_keep_client()
        hub.start()
        hub.login(email)
        figures = [*list_figures(hub, given.people), *edit_figures(hub, given.people)]
        hub.stop()
    for one in figures:
        print(f"{one.name} | {one.measured}", flush=True)
    if not given.dry:
        append(f"Bulk edits, {given.people:,} people", figures)


if __name__ == "__main__":
    main()
