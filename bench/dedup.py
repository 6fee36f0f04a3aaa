"""Duplicates against peers: the same labelled lists through Pabal's HTTP API, a plain union-find and Splink, one scorer.

`python bench/dedup.py [--rows 10000] [--seed 7] [--set FOLDER]`. Without a set the rehearsal's own lists are written down
anew. A set is a folder with import1.csv, import2.csv and truth/truth_rows.csv (row_id, person_id, auto_id). The peers get
Pabal's own normalised values: what is compared is the deciding, not the reading. Splink takes part if it is installed
(`uv run --with splink==5.0.0`).
"""

import argparse
import csv
import gc
import importlib.util
import io
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.installation import Installation  # noqa: E402

from bench.report import Figure, append  # noqa: E402  # the path above makes it a script
from pabal.contacts import Blinder  # noqa: E402
from pabal.domain.ids import new_id  # noqa: E402
from pabal.imports.guess import guess_columns  # noqa: E402
from pabal.imports.lookup import Book  # noqa: E402
from pabal.imports.plan import match_rows  # noqa: E402
from pabal.imports.read import Shape, read_all  # noqa: E402
from pabal.imports.stage import Plan, Row, read_row  # noqa: E402
from pabal.kit.db import TenantKeys  # noqa: E402
from pabal.rehearsal.labels import auto_groups  # noqa: E402
from pabal.rehearsal.lists import uploads  # noqa: E402

YEAR = 2026


@dataclass
class Labelled:
    name: str
    bodies: list[bytes]
    people: list[Hashable]  # per row, over both uploads
    expected: list[Hashable]  # what an expert would merge without asking
    rows: list[Row]


def own(seed: int, count: int) -> Labelled:
    lists = uploads(seed, count)
    records = [record for one in lists for record in one.records]
    groups = auto_groups(records)
    bodies = [one.body for one in lists]
    return Labelled(
        f"own list, seed {seed}, {count:,} rows",
        bodies,
        [record.person for record in records],
        [groups.find(number) for number in range(len(records))],
        normalised(bodies),
    )


def from_folder(folder: Path) -> Labelled:
    bodies = [(folder / f"import{n}.csv").read_bytes() for n in (1, 2)]
    with (folder / "truth" / "truth_rows.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = {row["row_id"]: row for row in csv.DictReader(file)}
    ids = sorted(truth, key=lambda one: tuple(map(int, one.split("-"))))
    return Labelled(
        f"set {folder.name}, {len(ids):,} rows",
        bodies,
        [truth[one]["person_id"] for one in ids],
        [truth[one]["auto_id"] for one in ids],
        normalised(bodies),
    )


def normalised(bodies: Sequence[bytes]) -> list[Row]:
    blinder = Blinder(TenantKeys(dek="A" * 44, index=b"i" * 32, suppression=b"s" * 32))
    rows: list[Row] = []
    for body in bodies:
        header = next(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        records = list(read_all([body], Shape("utf-8-sig", ",", 1, tuple(header))))
        mapping = {one.name: one.target for one in guess_columns(header, records[:200])}
        plan = Plan.of(header, mapping, records[:200], YEAR)
        rows += (read_row(len(rows) + n, cells, plan, blinder) for n, cells in enumerate(records, start=1))
    return rows


@dataclass
class Result:
    homes: list[Hashable]
    seconds: float
    questions: int | None = None


def pabal_over_http(labelled: Labelled) -> Result:
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "1")
        hub.start()
        hub.tenant()
        start = time.perf_counter()
        done = [hub.import_csv(body, seconds=1200) for body in labelled.bodies]
        took = time.perf_counter() - start
        homes: list[Hashable] = []
        for one in done:
            answer = hub.client.get(f"/api/imports/{one['id']}/rows.csv")
            answer.raise_for_status()
            found = {int(row["row"]): row["contactId"] for row in csv.DictReader(io.StringIO(answer.text))}
            homes += (found[n] or f"refused {one['id']} {n}" for n in sorted(found))
        hub.stop()
    return Result(homes, took, sum(one["review"] for one in done))


def deciding_alone(labelled: Labelled) -> tuple[float, float]:
    """Seconds and MB of the step that decides who is who, both uploads as one."""
    good = [row for row in labelled.rows if row.rejected is None]
    gc.collect()
    gc.disable()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    match_rows(good, Book({}, ()), YEAR, new_id(), 0, ask_nameless=False)
    took = time.perf_counter() - start
    gc.enable()
    return took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def union_find(labelled: Labelled) -> Result:
    """The usual first version: normalised values, stand-ins left out, whoever shares one is one person."""
    start = time.perf_counter()
    parent = list(range(len(labelled.rows)))

    def find(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    first: dict[int, int] = {}
    for number, row in enumerate(labelled.rows):
        for value in row.value_keys:
            parent[find(number)] = find(first.setdefault(value, number))
    return Result([find(number) for number in range(len(parent))], time.perf_counter() - start)


def splink(labelled: Labelled) -> Result:
    """Splink 5 on DuckDB: blocked on each value and on name with birth year, expectation maximisation, p >= 0.98."""
    import pyarrow as pa  # type: ignore[import-not-found,unused-ignore]
    import splink.comparison_library as cl  # type: ignore[import-not-found,unused-ignore]
    from splink import (  # type: ignore[import-not-found,unused-ignore]
        DuckDBAPI,
        Linker,
        SettingsCreator,
        block_on,
    )

    def value_of(row: Row, kind: str) -> str | None:
        return next((one.value for one in row.identities if one.kind == kind and one.usable), None)

    table = pa.Table.from_pylist(
        [
            {
                "unique_id": number,
                "name": row.name.key or None,
                "phone": value_of(row, "phone"),
                "email": value_of(row, "email"),
                "kakao": value_of(row, "kakao"),
                "born": str(row.born) if row.born else None,
                "dong": row.district.rpartition(" ")[2] or None,
            }
            for number, row in enumerate(labelled.rows)
        ]
    )
    database = DuckDBAPI()
    start = time.perf_counter()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.85]),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.ExactMatch("email"),
            cl.ExactMatch("kakao"),
            cl.ExactMatch("born"),
            cl.ExactMatch("dong"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("phone"),
            block_on("email"),
            block_on("kakao"),
            block_on("name", "born"),
            block_on("name", "substr(phone, 8, 4)"),
        ],
    )
    linker: Any = Linker(database.register(table), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    for rule in (block_on("phone"), block_on("name", "born")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.9)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.98)
    homes = {row["unique_id"]: row["cluster_id"] for row in clusters.as_record_list()}
    return Result([homes[number] for number in range(len(labelled.rows))], time.perf_counter() - start)


def pairs(keys: Sequence[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(keys).values())


def scored(labelled: Labelled, homes: Sequence[Hashable]) -> dict[str, float]:
    made = pairs(homes)
    right = pairs(list(zip(homes, labelled.people, strict=True)))
    people: dict[Hashable, set[Hashable]] = defaultdict(set)
    for home, person in zip(homes, labelled.people, strict=True):
        people[home].add(person)
    return {
        "recall": pairs(list(zip(homes, labelled.expected, strict=True))) / pairs(labelled.expected),
        "precision": right / made if made else 1.0,
        "mixed": sum(len(found) > 1 for found in people.values()) * 100_000 / len(homes),
        "largest": max(Counter(homes).values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--set", type=Path)
    given = parser.parse_args()
    labelled = from_folder(given.set) if given.set else own(given.seed, given.rows)
    peers: dict[str, Callable[[Labelled], Result]] = {
        "Pabal, over HTTP": pabal_over_http,
        "union-find over normalised values": union_find,
    }
    if importlib.util.find_spec("splink") is not None:
        peers["Splink 5, p ≥ 0.98"] = splink
    figures = []
    for name, run in peers.items():
        result = run(labelled)
        figure = scored(labelled, result.homes)
        asked = "" if result.questions is None else f", {result.questions} questions"
        mine = run is pabal_over_http
        figures.append(
            Figure(
                name,
                f"recall {figure['recall']:.4f}, precision {figure['precision']:.4f}, mixed contacts per 100K rows"
                f" {figure['mixed']:.0f}, largest {figure['largest']:.0f} rows{asked}; {result.seconds:.1f} s",
                "recall ≥ 0.95, precision ≥ 0.996, mixed ≤ 130, largest ≤ 10" if mine else "",
                ok=(
                    figure["recall"] >= 0.95
                    and figure["precision"] >= 0.996
                    and figure["mixed"] <= 130
                    and figure["largest"] <= 10
                )
                if mine
                else None,
            )
        )
    seconds, megabytes = deciding_alone(labelled)
    figures.append(
        Figure(
            "deciding who is who, alone",
            f"{seconds:.2f} s, {megabytes:.0f} MB more",
            "≤ 5 s and ≤ 1 GB for 100,000 rows",
            ok=seconds <= 5 * max(1, len(labelled.rows) / 100_000) and megabytes <= 1024,
        )
    )
    append(f"Duplicates, {labelled.name}", figures)


if __name__ == "__main__":
    main()
