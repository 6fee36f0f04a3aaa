"""`make chaos`: many random kills with printed seeds. `SEED=n,n` repeats runs, `RUNS=n` says how many, `PEOPLE=n` how many
people each is for (a seed draws the same people only from the same number).

Each run is a new tenant on one installation (tests/support/chaos.py says what a seed decides); the simulator's ledger judges.
Then imports: `IMPORTS=n` says how many are killed, `IMPORT_SEED=n,n` repeats some; the book of an undisturbed one judges.
"""

import logging
import os
import secrets
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[2] / "src")]

from tests.support import import_chaos  # noqa: E402  # the path above makes it a script
from tests.support.chaos import PATIENCE, plan_of, run  # noqa: E402
from tests.support.installation import Installation  # noqa: E402

PEOPLE = 10_000
ROWS = 30_000  # of a list that is killed on its way in


def seeds_of(name: str, count: int) -> list[int]:
    given = [int(seed) for seed in os.environ.get(name, "").split(",") if seed]
    return given or [secrets.randbelow(10**6) for _ in range(count)]


def kill_imports(hub: Installation, seeds: list[int]) -> list[int]:
    """Those whose book isn't that of the import nobody killed."""
    body, failed = import_chaos.people(ROWS), []
    if seeds:
        wanted, usual = import_chaos.undisturbed(hub, body)
    for seed in seeds:
        found, kills = import_chaos.disturbed(hub, body, seed, usual)
        print(
            f"import seed {seed}: {', '.join(kills) or 'faster than any kill'}: {'same book' if found == wanted else 'WRONG'}",
            flush=True,
        )
        if found != wanted:
            failed.append(seed)
    return failed


def main() -> None:
    people = int(os.environ.get("PEOPLE", PEOPLE))
    seeds = seeds_of("SEED", int(os.environ.get("RUNS", "30")))
    lists = seeds_of("IMPORT_SEED", int(os.environ.get("IMPORTS", "0" if "SEED" in os.environ else "20")))
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
            wrong_books = kill_imports(hub, lists)
        finally:
            hub.stop()
    if wrong_books:
        raise SystemExit(f"failed: run them again with RUNS=0 IMPORT_SEED={','.join(map(str, wrong_books))}")
    if failed:
        again = ",".join(map(str, failed))
        raise SystemExit(f"failed: run them again with SEED={again} PEOPLE={people}")
    print(
        f"{len(seeds)} runs of {people} people: nobody lost, nobody doubled; {len(lists)} imports: one book"
    )


if __name__ == "__main__":
    main()
