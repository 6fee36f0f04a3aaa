"""The face's figures in a real browser: first paint, rows ready, typing, a table of 100,000 people scrolled to its end.

`python bench/face.py [--people 100000]`. Starts `pabal up` in a temporary folder; needs the built web UI.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from tests.support.chromium import FLAGS, find_chromium  # noqa: E402
from tests.support.installation import Installation  # noqa: E402

from bench.report import Figure, append, p95  # noqa: E402  # the path above makes it a script
from bench.spine import make_csv  # noqa: E402

PAGES = {
    "overview": "/",
    "contacts": "/contacts",
    "new campaign": "/campaigns/new",
    "imports": "/contacts/imports",
}
REPEAT = 7

# From the key's own time stamp to the frame after the one that shows it.
_WATCH_KEYS = """() => {
  window.keyTimes = [];
  document.addEventListener("keydown", (event) => {
    const at = event.timeStamp;
    requestAnimationFrame(() => { setTimeout(() => window.keyTimes.push(performance.now() - at)); });
  }, true);
}"""
_FIRST_PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1"""
# From the start of the navigation, as the first paint is: the frame after the one in which the first row stands.
_WATCH_ROWS = """new MutationObserver((_, watch) => {
  if (!document.querySelector("[role=row][aria-rowindex='2']")) return;
  watch.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.rowsShown = performance.now(); }));
}).observe(document, { childList: true, subtree: true });"""
_WATCH_FRAMES = """() => {
  window.frameTimes = []; let last = performance.now();
  const tick = (now) => { window.frameTimes.push(now - last); last = now; window.framesOn = requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
# One look at the table: loaded height, what is in view, and whether the rows in view touch each other.
_LOOK = """() => {
  const table = document.querySelector("[role=table]");
  const box = table.getBoundingClientRect();
  const rows = [...table.querySelectorAll("[role=row][aria-rowindex]")]
    .filter((row) => Number(row.getAttribute("aria-rowindex")) > 1)
    .map((row) => ({ at: Number(row.getAttribute("aria-rowindex")) - 2, top: row.getBoundingClientRect().top,
                     bottom: row.getBoundingClientRect().bottom, text: row.textContent.trim().length }))
    .filter((row) => row.bottom > box.top + 34 && row.top < box.bottom).sort((a, b) => a.at - b.at);
  const whole = rows.length > 0 && rows.every((row, i) => row.text > 5 && (i === 0 || row.at === rows[i - 1].at + 1));
  return { loaded: Math.round(table.scrollHeight / 38), first: rows[0]?.at ?? -1, last: rows.at(-1)?.at ?? -1, whole,
           total: Number(table.getAttribute("aria-rowcount")) - 1 };
}"""
_DOWN = """(pixels) => new Promise((done) => {
  const table = document.querySelector("[role=table]");
  table.scrollBy(0, pixels);
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""


def open_page(browser: Browser, hub: Installation) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ko-KR")
    for cookie in hub.client.cookies.jar:
        context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": hub.base}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def paint_figures(browser: Browser, hub: Installation) -> list[Figure]:
    """A fresh profile each time: nothing cached but what the server's own memory holds."""
    figures = []
    for name, path in PAGES.items():
        paints, ready = [], []
        for _ in range(REPEAT):
            page = open_page(browser, hub)
            page.add_init_script(_WATCH_ROWS)
            page.goto(hub.base + path, wait_until="commit")
            if name == "contacts":
                page.locator("[role=row][aria-rowindex='2']").wait_for()
                while (shown := float(page.evaluate("() => window.rowsShown ?? -1"))) < 0:
                    page.wait_for_timeout(20)
                ready.append(shown / 1000)
            while (paint := float(page.evaluate(_FIRST_PAINT))) < 0:
                page.wait_for_timeout(20)
            paints.append(paint / 1000)
            page.context.close()
        median = statistics.median(paints)
        figures.append(
            Figure(f"{name}: first contentful paint", f"{median:.2f} s", "≤ 0.6 s", ok=median <= 0.6)
        )
        if ready:
            took = statistics.median(ready)
            figures.append(
                Figure(f"{name}: rows of 100,000 ready", f"{took:.2f} s", "≤ 1.2 s", ok=took <= 1.2)
            )
    return figures


def typing_figures(browser: Browser, hub: Installation) -> Figure:
    page = open_page(browser, hub)
    page.goto(f"{hub.base}/campaigns/new")
    page.get_by_role("radio", name="민원·일정 안내").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.get_by_label("메시지", exact=True).focus()
    page.evaluate(_WATCH_KEYS)
    text = "annyeong haseyo jumin gandamhoe annae, 11-28 14:00 gonghoedang. " * 3
    page.keyboard.type(text, delay=30)
    while len(times := [float(one) for one in page.evaluate("() => window.keyTimes")]) < len(text):
        page.wait_for_timeout(20)
    page.context.close()
    return Figure(
        f"typing in the composer, {len(times)} keys",
        f"p50 {statistics.median(times):.0f} / p95 {p95(times):.0f} / max {max(times):.0f} ms",
        "≤ 50 ms a key",
        ok=p95(times) <= 50,
    )


def scroll_figures(browser: Browser, hub: Installation) -> list[Figure]:
    """Down to the last person as fast as pages come, then back through them by screens."""
    page = open_page(browser, hub)
    page.goto(f"{hub.base}/contacts")
    page.locator("[role=row][aria-rowindex='2']").wait_for()
    start = time.perf_counter()
    look: dict[str, Any] = page.evaluate(_LOOK)
    total, broken, looks = int(look["total"]), 0, 0
    while look["last"] < total - 1 and time.perf_counter() - start < 900:
        page.evaluate(_DOWN, 10_000_000)
        look = page.evaluate(_LOOK)
        looks += 1
        broken += not look["whole"]
    took = time.perf_counter() - start
    page.evaluate(_WATCH_FRAMES)
    for _ in range(300):
        page.evaluate(_DOWN, -760)
        broken += not page.evaluate(_LOOK)["whole"]
        looks += 1
    frames = [float(one) for one in page.evaluate("() => window.frameTimes")]
    page.context.close()
    return [
        Figure(
            f"table of {total:,} people to its last row",
            f"row {int(look['last']) + 1:,} after {took:.0f} s ({total / took:,.0f} rows/s);"
            f" {broken} of {looks} looks with a gap",
            "no row missing",
            ok=look["last"] == total - 1 and broken == 0,
        ),
        Figure(
            "frames while scrolling back 300 screens",
            f"p50 {statistics.median(frames):.0f} / p95 {p95(frames):.0f} ms",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder,
        sync_playwright() as playwright,
    ):
        hub = Installation(Path(folder) / "data", "--workers", "1")
        hub.start()
        hub.tenant()
        hub.import_csv(make_csv(given.people), seconds=600)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        figures = [*paint_figures(browser, hub), typing_figures(browser, hub), *scroll_figures(browser, hub)]
        browser.close()
        hub.stop()
    append("The face", figures)


if __name__ == "__main__":
    main()
