"""Duplicates against peers: the same labelled lists through Pabal's HTTP API, a plain union-find and Splink, one scorer.

`python bench/dedup.py [--rows 10000] [--seed 7] [--set FOLDER] [--scorer FILE]`. Without a set the rehearsal's own lists are
written down anew. A set is a folder with import1.csv, import2.csv and truth/truth_rows.csv (row_id, person_id, auto_id). A
scorer is a program that takes `--truth FOLDER --pred FILE --review FILE --golden FILE --json FILE`: it also judges questions
and which value stands first, from what the API tells. The peers get Pabal's own normalised values: what is compared is the
deciding, not the reading. Splink takes part if it is installed (`uv run --with splink==5.0.0`).
"""

import argparse
import csv
import gc
import importlib.util
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from tests.support.installation import Installation  # noqa: E402
from tests.support.processes import wait_until  # noqa: E402

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
BY_DEFAULT = 130  # mixed contacts per 100,000 rows


@dataclass
class Labelled:
    name: str
    bodies: list[bytes]
    people: list[Hashable]  # per row, over both uploads
    expected: list[Hashable]  # what an expert would merge without asking
    rows: list[Row]
    ids: list[str] = field(default_factory=list)  # of the rows, as a scorer calls them
    truth: Path | None = None


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
        ids,
        folder / "truth",
    )


def normalised(bodies: Sequence[bytes]) -> list[Row]:
    blinder = Blinder(TenantKeys(dek="A" * 44, index=b"i" * 32, suppression=b"s" * 32))
    rows: list[Row] = []
    for body in bodies:
        header = next(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        records = list(read_all([body], Shape("utf-8-sig", ",", 1, tuple(header))))
        mapping = {one.name: one.target for one in guess_columns(header, records[:200])}
        plan = Plan.of(header, mapping, records[:200], YEAR)
        rows += [read_row(n, cells, plan, blinder) for n, cells in enumerate(records, start=len(rows) + 1)]
    return rows


@dataclass
class Result:
    homes: list[Hashable]
    seconds: float
    questions: int | None = None
    judged: dict[str, Any] = field(default_factory=dict)  # by the scorer


def pabal_over_http(labelled: Labelled, scorer: Path | None = None, *, ask_nameless: bool = False) -> Result:
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = Installation(Path(folder) / "data", "--workers", "1")
        hub.start()
        hub.tenant()
        start = time.perf_counter()
        done = [brought_in(hub, body, ask_nameless=ask_nameless) for body in labelled.bodies]
        took = time.perf_counter() - start
        homes: list[Hashable] = []
        for one in done:
            answer = hub.client.get(f"/api/imports/{one['id']}/rows.csv")
            answer.raise_for_status()
            found = {int(row["row"]): row["contactId"] for row in csv.DictReader(io.StringIO(answer.text))}
            homes += (found[n] or f"refused {one['id']} {n}" for n in sorted(found))
        result = Result(homes, took, sum(one["review"] for one in done))
        if scorer is not None and labelled.truth is not None:
            result.judged = judged(hub, labelled, homes, scorer, Path(folder))
        hub.stop()
    return result


def brought_in(hub: Installation, body: bytes, *, ask_nameless: bool) -> dict[str, Any]:
    answer = hub.client.post("/api/imports", files={"file": ("명단.csv", body, "text/csv")}, timeout=300)
    answer.raise_for_status()
    import_id, mapping = answer.json()["id"], answer.json()["mapping"]
    how = {"mapping": mapping, "policy": "merge", "tags": [], "askNameless": ask_nameless}
    hub.post(f"/api/imports/{import_id}/start", {**how, "basis": "consent", "source": "시험 명단"})
    seen: dict[str, Any] = {}

    def over() -> bool:
        seen.update(hub.get(f"/api/imports/{import_id}"))
        return seen["state"] in {"completed", "failed", "cancelled"}

    wait_until(over, seconds=1200, every=0.2)
    assert seen["state"] == "completed", seen
    return seen


def every(hub: Installation, path: str) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = hub.get(f"{path}?limit=200{cursor}")
        yield from page["items"]
        if page["nextCursor"] is None:
            return
        cursor = f"&cursor={page['nextCursor']}"


def judged(
    hub: Installation, labelled: Labelled, homes: Sequence[Hashable], scorer: Path, folder: Path
) -> dict[str, Any]:
    """What an independent scorer says of clusters, questions and first values, all as the API tells them."""

    def write(name: str, rows: Iterable[Sequence[object]]) -> str:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return str(folder / name)

    first: dict[Hashable, str] = {}
    for one, home in zip(labelled.ids, homes, strict=True):
        first.setdefault(home, one)
    pairs_asked = [(one["a"]["id"], one["b"]["id"]) for one in every(hub, "/api/duplicates")]
    golden = (
        (
            one["id"],
            one["name"],
            next(iter(one["phones"]), ""),
            next(iter(one["emails"]), ""),
            next(iter(one["kakaoIds"]), ""),
            int(one["suppressed"]),
        )
        for one in every(hub, "/api/contacts")
    )
    arguments = {
        "truth": str(labelled.truth),
        "pred": write("pred.csv", [("row_id", "cluster_id"), *zip(labelled.ids, homes, strict=True)]),
        "review": write(
            "review.csv", [("row_id_a", "row_id_b"), *((first[a], first[b]) for a, b in pairs_asked)]
        ),
        "golden": write(
            "golden.csv", [("cluster_id", "name", "mobile", "email", "kakao", "optout"), *golden]
        ),
        "json": str(folder / "score.json"),
    }
    command = [sys.executable, str(scorer)]
    command += [part for name, value in arguments.items() for part in (f"--{name}", value)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return dict(json.loads((folder / "score.json").read_text(encoding="utf-8")))


def deciding_alone(labelled: Labelled) -> tuple[float, float]:
    """Seconds and MB of the step that decides who is who, both uploads as one."""
    good = [row for row in labelled.rows if row.rejected is None]
    gc.collect()
    gc.disable()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    match_rows(good, Book((), (), ()), new_id(), 0, ask_nameless=False)
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
        for value in row.values:
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


def figure_of(name: str, labelled: Labelled, result: Result, mixed: int | None) -> Figure:
    """`mixed`: the limit per 100,000 rows, None for a peer. Who asks about nameless rows has no recall to reach."""
    figure = scored(labelled, result.homes)
    asked = "" if result.questions is None else f", {result.questions} questions"
    by_default = mixed == BY_DEFAULT
    return Figure(
        name,
        f"recall {figure['recall']:.4f}, precision {figure['precision']:.4f}, mixed contacts per 100K rows"
        f" {figure['mixed']:.0f}, largest {figure['largest']:.0f} rows{asked}; {result.seconds:.1f} s",
        ""
        if mixed is None
        else f"{'recall ≥ 0.95, ' if by_default else ''}precision ≥ 0.996, mixed ≤ {mixed}, largest ≤ 10",
        ok=None
        if mixed is None
        else (figure["recall"] >= 0.95 or not by_default)
        and figure["precision"] >= 0.996
        and figure["mixed"] <= mixed
        and figure["largest"] <= 10,
    )


def judged_figure(result: Result) -> Figure:
    """The scorer's word on questions and first values."""
    said = result.judged
    questions = said["review_questions_per_1000_rows"]
    lost = said.get("bad_survivorship", {}).get("optout_lost", 0)
    wrong = said.get("bad_survivorship_per_1000_merged", {}).get("mobile_wrong_or_lost", 0.0)
    return Figure(
        "its questions and first values, by the outside scorer",
        f"{questions:.1f} questions per 1,000 rows, {said['review_precision']:.2f} the same person, review recall"
        f" {said['review_recall']:.2f}; wrong or lost mobiles {wrong:.1f} per 1,000 merged, opt-outs lost {lost}",
        "≤ 30, ≥ 0.8; ≤ 7, 0",
        ok=questions <= 30 and said["review_precision"] >= 0.8 and wrong <= 7 and lost == 0,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--set", type=Path)
    parser.add_argument("--scorer", type=Path)
    given = parser.parse_args()
    labelled = from_folder(given.set) if given.set else own(given.seed, given.rows)
    default = pabal_over_http(labelled, given.scorer)
    figures = [figure_of("Pabal, over HTTP", labelled, default, BY_DEFAULT)]
    if default.judged:
        figures.append(judged_figure(default))
    asking = pabal_over_http(labelled, ask_nameless=True)
    figures.append(figure_of("Pabal, asking about rows without a name", labelled, asking, 40))
    figures.append(figure_of("union-find over normalised values", labelled, union_find(labelled), None))
    if importlib.util.find_spec("splink") is not None:
        figures.append(figure_of("Splink 5, p ≥ 0.98", labelled, splink(labelled), None))
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
