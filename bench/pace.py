"""How well a send keeps its pace, and how soon pause and cancel take hold: judged by the simulator's ledger alone.

`make bench-pace`. 50 messages a second over 60 s (the issue's ± 2 %), per window of 10 s beside it: by one send's own rate,
then by the rate of an account that three sends share; then, at three rates, the time between the answer to pause or cancel
and the last message that the carrier accepted; and the time between an opt-out and the last message to whoever refused.
`--seconds` and `--only` are for a quick try.
"""

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.book import person  # noqa: E402
from tests.support.installation import people_csv  # noqa: E402

from bench.report import Figure, append  # noqa: E402  # the path above makes it a script
from bench.spine import TaggedInstallation, stamp  # noqa: E402

RATE = 50
SECONDS = 60
LEAD_IN = 5.5  # the start is over by then; between two chunks, so that no lateness moves one over the edge
PEOPLE = 10_000
OPT_OUT_RATE = 100  # slow enough that the ledger is read between two refusals
REFUSALS = 12
OPT_OUT_SECONDS = 10.0  # ours: what a claim in hand (500 at 100 a second) and a slow carrier may take


def accepted_since(hub: TaggedInstallation, known: int) -> list[float]:
    return sorted(stamp(line["acceptedAt"]) for line in hub.ledger()[known:])


def rate_figure(times: list[float], seconds: int, name: str, note: str = "") -> Figure:
    begin = times[0] + LEAD_IN
    inside = [at for at in times if begin <= at < begin + seconds]
    rate = len(inside) / seconds
    tens = Counter(int((at - begin) // 10) for at in inside)
    off = 100 * (rate / RATE - 1)
    return Figure(
        f"{name}, {seconds} s at the carrier",
        f"{rate:.2f} msg/s ({off:+.1f} %)",
        "± 2 %",
        f"windows of 10 s: {min(tens.values()) / 10:.1f}-{max(tens.values()) / 10:.1f}{note}",
        ok=abs(off) <= 2,
    )


def pace_figures(hub: TaggedInstallation, seconds: int = SECONDS) -> list[Figure]:
    known = len(hub.ledger())
    campaign = hub.campaign("만명", ratePerSecond=RATE)
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    enough = PEOPLE - RATE * (seconds + LEAD_IN + 5)
    hub.until(campaign, lambda p: p["audience"] and p["counts"]["queued"] <= enough, seconds=200)
    hub.post(f"/api/campaigns/{campaign}/cancel", {})
    return [rate_figure(accepted_since(hub, known), seconds, f"{RATE} messages a second")]


def shared_figures(hub: TaggedInstallation, seconds: int = SECONDS) -> list[Figure]:
    """Three sends without a rate of their own, one account with one: together they keep it, and each gets its third."""
    (account,) = hub.get("/api/carrier-accounts")["items"]
    path = f"/api/carrier-accounts/{account['id']}"
    hub.client.patch(path, json={"ratePerSecond": RATE}).raise_for_status()
    known = len(hub.ledger())
    campaigns = [hub.campaign("만명") for _ in range(3)]
    for campaign in campaigns:
        hub.post(f"/api/campaigns/{campaign}/launch", {})
    enough = PEOPLE - RATE * (seconds + LEAD_IN + 5) / len(campaigns)
    hub.until(campaigns[-1], lambda p: p["audience"] and p["counts"]["queued"] <= enough, seconds=200)
    gone = [PEOPLE - hub.progress(campaign)["counts"]["queued"] for campaign in campaigns]
    for campaign in campaigns:
        hub.post(f"/api/campaigns/{campaign}/cancel", {})
    hub.client.patch(path, json={"ratePerSecond": None}).raise_for_status()
    note = f"; each send {min(gone)}-{max(gone)} people"
    return [
        rate_figure(accepted_since(hub, known), seconds, f"three sends through one account of {RATE}", note)
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


def opt_out_figures(hub: TaggedInstallation) -> list[Figure]:
    """Some people refuse while 10,000 are being sent to: by the simulator's ledger, the last text to each of them."""
    known = len(hub.ledger())
    campaign = hub.campaign("만명", ratePerSecond=OPT_OUT_RATE)
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    refused: dict[str, float] = {}
    numbers = ["".join(filter(str.isdigit, person(number).phones[0])) for number in range(PEOPLE)]
    for at in range(REFUSALS):  # from among those whose turn is near, who are the ones in danger
        gone = PEOPLE * (at + 1) // (REFUSALS + 4)
        hub.until(
            campaign,
            lambda p, gone=gone: p["audience"] and PEOPLE - p["counts"]["queued"] >= gone,
            seconds=200,
        )
        sent = {line["to"] for line in hub.ledger()[known:]}
        number = next(one for one in numbers if one not in sent and one not in refused)
        body = {"kind": "phone", "value": number, "channels": ["all"], "reason": "시험"}
        hub.post("/api/suppressions", body)
        refused[number] = time.time()  # the answer is here: it is committed
    hub.until(campaign, lambda p: p["state"] == "finished", seconds=600)
    got = {line["to"] for line in hub.ledger()[known:]}
    late = [
        max(0.0, stamp(line["acceptedAt"]) - refused[line["to"]])
        for line in hub.ledger()[known:]
        if line["to"] in refused and stamp(line["acceptedAt"]) > refused[line["to"]]
    ]
    told = hub.get(f"/api/campaigns/{campaign}/refusals")
    return [
        Figure(
            f"an opt-out committed during a {PEOPLE:,}-message send: last send to them after it",
            f"{max(late, default=0.0):.2f} s",
            "0 from the next claim on",
            f"{len(refused)} refused, {told['stopped']} left out, {len(late)} were claimed before it;"
            f" the report says {told['longestSeconds'] or 0:.2f} s",
            ok=len(set(refused) - got) == told["stopped"] and max(late, default=0.0) <= OPT_OUT_SECONDS,
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--only", choices=("one", "shared", "optout"), help="a try: nothing is written down")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = TaggedInstallation(Path(folder) / "data", "--workers", "2")
        hub.start()
        hub.tenant()
        hub.import_csv(people_csv(PEOPLE), tags=("만명",))
        figures = pace_figures(hub, given.seconds) if given.only in {None, "one"} else []
        figures += shared_figures(hub, given.seconds) if given.only in {None, "shared"} else []
        figures += opt_out_figures(hub) if given.only in {None, "optout"} else []
        figures += [] if given.only else stop_figures(hub)
        hub.stop()
    if given.only:
        print(*figures, sep="\n")
    else:
        append("Pace and control", figures)
    print(json.dumps({"ok": all(f.ok for f in figures if f.ok is not None)}))


if __name__ == "__main__":
    main()
