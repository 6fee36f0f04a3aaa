"""`make chaos`: many random kills with printed seeds. `SEED=n,n` repeats runs, `RUNS=n` says how many, `PEOPLE=n` how many
people each is for (a seed draws the same people only from the same number).

Each run is a new tenant on one installation (tests/support/chaos.py says what a seed decides); the simulator's ledger judges.
"""

import logging
import os
import secrets
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[2] / "src")]

from tests.support.chaos import PATIENCE, plan_of, run  # noqa: E402  # the path above makes it a script
from tests.support.installation import Installation  # noqa: E402

PEOPLE = 10_000


def main() -> None:
    people = int(os.environ.get("PEOPLE", PEOPLE))
    seeds = [int(seed) for seed in os.environ.get("SEED", "").split(",") if seed]
    if not seeds:
        seeds = [secrets.randbelow(10**6) for _ in range(int(os.environ.get("RUNS", "30")))]
    failed = []
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # servers are away all the time
    with tempfile.TemporaryDirectory(prefix="pabal-chaos-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "2", **PATIENCE)
        hub.start()
        try:
            for number, seed in enumerate(seeds):
                plan = plan_of(seed, people=people, start=number * people)
                print(plan.describe(), flush=True)
                verdict = run(hub, plan)
                print(verdict.describe(), flush=True)
                if verdict.wrong:
                    failed.append(seed)
        finally:
            hub.stop()
    if failed:
        again = ",".join(map(str, failed))
        raise SystemExit(f"failed: run them again with SEED={again} PEOPLE={people}")
    print(f"{len(seeds)} runs of {people} people: nobody lost, nobody doubled")


if __name__ == "__main__":
    main()
