"""`make chaos`: many random kills with printed seeds. `SEED=n` repeats one run, `RUNS=n` says how many.

Each run: a new tenant, 3,000 people, one campaign, three to six kill -9 of random parts of the hub at random moments. The
sandbox's ledger and the quota must agree with the list to the unit.
"""

import os
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[2] / "src")]

from tests.support.book import person  # noqa: E402  # the path above makes it a script
from tests.support.installation import Installation, people_csv  # noqa: E402

PARTS = ("worker", "worker", "api", "scheduler", "valkey-server", "postgres", "sandbox")
PEOPLE = 3000


def run(hub: Installation, seed: int, start: int) -> None:
    dice = random.Random(seed)  # repeatable on purpose
    moments = sorted(dice.random() * 0.9 for _ in range(dice.randint(3, 6)))
    victims = [dice.choice(PARTS) for _ in moments]
    began = time.monotonic()
    hub.tenant(f"혼돈 {seed}")
    hub.import_csv(people_csv(PEOPLE, start=start), seconds=300)
    campaign = hub.campaign(ratePerSecond=300)
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    for moment, victim in zip(moments, victims, strict=True):
        hub.until(
            campaign,
            lambda p, moment=moment: p["audience"] and p["counts"]["queued"] <= PEOPLE * (1 - moment),
            seconds=300,
        )
        hub.kill(victim)
    end = hub.until(campaign, lambda p: p["state"] == "finished", seconds=600)
    wanted = Counter(person(n).phones[0] for n in range(start, start + PEOPLE))
    sent = Counter(line["to"] for line in hub.ledger() if line["to"] in wanted)
    quota = hub.get("/api/quota")
    lost, doubled = sum((wanted - sent).values()), sum((sent - wanted).values())
    print(
        f"seed {seed}: {'+'.join(victims)}: delivered {end['counts']['delivered']}, lost {lost}, doubled {doubled},"
        f" quota {quota['used']}+{quota['reserved']}, {time.monotonic() - began:.0f} s",
        flush=True,
    )
    if (
        lost
        or doubled
        or quota["used"] != PEOPLE
        or quota["reserved"]
        or end["counts"]["delivered"] != PEOPLE
    ):
        raise SystemExit(f"seed {seed} failed: run it again with SEED={seed}")


def main() -> None:
    given = os.environ.get("SEED")
    runs = 1 if given else int(os.environ.get("RUNS", "30"))
    seeds = [int(given)] if given else [secrets.randbelow(10**6) for _ in range(runs)]
    with tempfile.TemporaryDirectory(prefix="pabal-chaos-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "2")
        hub.start()
        try:
            for number, seed in enumerate(seeds):
                run(hub, seed, start=number * PEOPLE)
        finally:
            hub.stop()
    print(f"{len(seeds)} runs, nobody lost, nobody doubled")


if __name__ == "__main__":
    main()
