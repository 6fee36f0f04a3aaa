"""Figures of one run: medians, the target beside them, appended to docs/benchmarks.md with machine and date."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# Read as the script starts: at the end it would be the run's own.
LOAD_BEFORE = os.getloadavg()[0]
PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Figure:
    """One line of the table; `target` is the issue's, `beside` the limit or peer measured in the same run."""

    name: str
    measured: str
    target: str = ""
    beside: str = ""
    ratio: str = ""
    ok: bool | None = None


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Python {platform.python_version()}"


def append(title: str, figures: Sequence[Figure], notes: Sequence[str] = ()) -> None:
    """Print the table and add it to the page."""
    lines = [
        f"## {title}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        f"Machine: {machine()}. Load before the run: {LOAD_BEFORE:.1f}.",
        "",
        "| what | measured | target | beside it, same run | ratio | met |",
        "|---|---|---|---|---|---|",
        *(
            f"| {f.name} | {f.measured} | {f.target} | {f.beside} | {f.ratio} |"
            f" {'' if f.ok is None else 'yes' if f.ok else '**no**'} |"
            for f in figures
        ),
        *([""] if notes else []),
        *(f"- {note}" for note in notes),
        "",
    ]
    text = "\n".join(lines)
    print(text)
    with PAGE.open("a", encoding="utf-8") as page:
        page.write("\n" + text)
