"""The big list: how long its import takes, and how fast the book answers afterwards."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from pabal.rehearsal.hangul import split
from pabal.rehearsal.hub import Api
from pabal.rehearsal.lists import to_csv, uploads
from pabal.rehearsal.report import Criterion
from pabal.rehearsal.writing import NameKind, Record

Tell = Callable[[float], None]
IMPORT_SECONDS = 600
SEARCH_MS = 150
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


@dataclass(frozen=True)
class BigList:
    records: Sequence[Record]
    body: bytes


def big_list(seed: int, rows: int) -> BigList:
    """One upload of exactly so many rows, as messy as the others."""
    first, second = uploads(seed, int(rows * 1.1))
    found = [*first.records, *second.records][:rows]
    return BigList(found, to_csv(found))


def measure_import(api: Api, big: BigList, tell: Tell) -> Criterion:
    """Upload to searchable, as a person at the screen waits for it."""
    began = time.monotonic()
    done = api.import_csv(big.body, lambda now, all_: tell(now / max(all_, len(big.records))))
    took = time.monotonic() - began
    complete = done["rowsDone"] == len(big.records)
    kept = done["created"] + done["updated"] + done["merged"]
    return Criterion(
        f"{len(big.records):,}행 CSV 업로드",
        "10분 이내",
        f"{took:.1f}초 (연락처 {done['created']:,}, 합침 {kept - done['created']:,}, 거절 {done['rejected']:,})",
        complete and took <= IMPORT_SECONDS,
    )


def questions(records: Sequence[Record], seed: int, count: int) -> list[str]:
    """What people type into a search box: names, initials, parts of numbers, starts of addresses; misses too."""
    dice = Random(seed)
    named = [one.says for one in records if one.says.kind is NameKind.FULL and one.says.mobiles]
    mailed = [one.says.email for one in records if one.says.email]
    asked: list[str] = []
    for number in range(count):
        says = dice.choice(named)
        digits = min(says.mobiles)
        name, kind = says.name, number % 10
        asked.append(
            (
                name, _initials(name), name[:1] + _initials(name[1:]), name[1:], name[:1],
                digits[-4:], digits[3:7], f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}",
                dice.choice(mailed)[:5], f"없는{number}",
            )[kind]
        )  # fmt: skip
    return asked


def _initials(name: str) -> str:
    return "".join(_INITIALS[parts[0]] if (parts := split(char)) else char for char in name)


def measure_search(api: Api, asked: Sequence[str], tell: Tell) -> Criterion:
    for query in asked[
        :10
    ]:  # one of each kind before the clock runs: connections and caches as in a working day
        api.get("/api/contacts", q=query, limit=50)
    times: list[float] = []
    for number, query in enumerate(asked):
        began = time.perf_counter()
        api.get("/api/contacts", q=query, limit=50)
        times.append((time.perf_counter() - began) * 1000)
        tell((number + 1) / len(asked))
    p50, p95 = quantile(times, 0.5), quantile(times, 0.95)
    return Criterion(
        f"검색 p95 ({len(asked)}회)", f"{SEARCH_MS} ms 미만", f"{p95:.1f} ms (p50 {p50:.1f})", p95 < SEARCH_MS
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]
