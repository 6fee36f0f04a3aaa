"""How well a send keeps its pace, and how soon pause and cancel take hold: judged by the simulator's ledger alone.

`make bench-pace`. 50 messages a second over 60 s (the issue's ± 2 %), per window of 10 s beside it; then, at three rates, the
time between the answer to pause or cancel and the last message that the carrier accepted.
"""

import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.installation import people_csv  # noqa: E402

from bench.report import Figure, append  # noqa: E402  # the path above makes it a script
from bench.spine import TaggedInstallation, stamp  # noqa: E402

RATE = 50
SECONDS = 60
LEAD_IN = 5.0  # the bucket begins full: its burst is over by then
PEOPLE = 10_000


def accepted_since(hub: TaggedInstallation, known: int) -> list[float]:
    return sorted(stamp(line["acceptedAt"]) for line in hub.ledger()[known:])


def pace_figures(hub: TaggedInstallation) -> list[Figure]:
    known = len(hub.ledger())
    campaign = hub.campaign("만명", ratePerSecond=RATE)
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    enough = PEOPLE - RATE * (SECONDS + LEAD_IN + 5)
    hub.until(campaign, lambda p: p["audience"] and p["counts"]["queued"] <= enough, seconds=200)
    hub.post(f"/api/campaigns/{campaign}/cancel", {})
    times = accepted_since(hub, known)
    begin = times[0] + LEAD_IN
    inside = [at for at in times if begin <= at < begin + SECONDS]
    rate = len(inside) / SECONDS
    tens = Counter(int((at - begin) // 10) for at in inside)
    off = 100 * (rate / RATE - 1)
    return [
        Figure(
            f"{RATE} messages a second, {SECONDS} s at the carrier",
            f"{rate:.2f} msg/s ({off:+.1f} %)",
            "± 2 %",
            f"windows of 10 s: {min(tens.values()) / 10:.1f}-{max(tens.values()) / 10:.1f}",
            ok=abs(off) <= 2,
        )
    ]


def stop_figures(hub: TaggedInstallation) -> list[Figure]:
    figures = []
    for action, rate in itertools.product(("pause", "cancel"), (50, 500, None)):
        known = len(hub.ledger())
        fields: dict[str, Any] = {} if rate is None else {"ratePerSecond": rate}
        campaign = hub.campaign("만명", **fields)
        hub.post(f"/api/campaigns/{campaign}/launch", {})
        hub.until(campaign, lambda p: p["audience"] and p["counts"]["queued"] < PEOPLE - 100, seconds=60)
        asked = time.time()
        hub.post(f"/api/campaigns/{campaign}/{action}", {})
        hub.until(campaign, lambda p: p["counts"]["sending"] == 0, seconds=60)
        last = accepted_since(hub, known)[-1]
        took = max(0.0, last - asked)
        figures.append(
            Figure(
                f"{action} at {rate or 'full speed'}{' msg/s' if rate else ''}: last message accepted after",
                f"{took:.2f} s",
                "≤ 2 s",
                ok=took <= 2,
            )
        )
        if action == "pause":
            hub.post(f"/api/campaigns/{campaign}/cancel", {})
    return figures


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = TaggedInstallation(Path(folder) / "data", "--workers", "2")
        hub.start()
        hub.tenant()
        hub.import_csv(people_csv(PEOPLE), tags=("만명",))
        figures = pace_figures(hub) + stop_figures(hub)
        hub.stop()
    append("Pace and control", figures)
    print(json.dumps({"ok": all(f.ok for f in figures if f.ok is not None)}))


if __name__ == "__main__":
    main()
