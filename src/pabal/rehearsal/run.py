"""The steps in order, each with its bar, and the verdict at the end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from pabal.rehearsal import book, dedup, send
from pabal.rehearsal.hub import Api, Hub
from pabal.rehearsal.report import Criterion
from pabal.rehearsal.score import Score

RECALL, PRECISION = 0.95, 0.996
_DEMO_OWNER, _DEMO_PASSWORD = "owner@demo.camp", "pabal-demo"  # public on purpose: the README


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    big_list: int
    dedup_rows: int
    dedup_lists: int
    searches: int
    messages: int


FULL = Size(big_list=100_000, dedup_rows=10_000, dedup_lists=2, searches=300, messages=10_000)
# Fewer rows of duplicates than this and one unlucky cluster moves the recall by a percent.
QUICK = Size(big_list=1_500, dedup_rows=3_000, dedup_lists=1, searches=30, messages=300)

Tell = Callable[[float], None]


class Bars:
    """One bar per step, on stderr: stdout belongs to the table or the JSON."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
        )

    @contextmanager
    def shown(self) -> Iterator["Bars"]:
        with self._progress:
            yield self

    @contextmanager
    def step(self, title: str) -> Iterator[Tell]:
        task = self._progress.add_task(title, total=1.0)
        yield lambda share: self._progress.update(task, completed=min(1.0, share))
        self._progress.update(task, completed=1.0)


def rehearse(size: Size, *, seed: int, console: Console) -> list[Criterion]:
    """Everything, on a hub that is gone afterwards."""
    with Bars(console).shown() as bars, ExitStack() as stack:
        with bars.step("파발 시작"):
            hub = stack.enter_context(Hub())
        return _measure(hub, size, seed, bars)


def _measure(hub: Hub, size: Size, seed: int, bars: Bars) -> list[Criterion]:
    criteria: list[Criterion] = []
    with bars.step("지저분한 명단 만들기"):
        big = book.big_list(seed, size.big_list)
    with hub.tenant("예행연습 · 큰 명단") as api:
        with bars.step(f"명단 {size.big_list:,}행 가져오기") as tell:
            criteria.append(book.measure_import(api, big, tell))
        with bars.step("검색") as tell:
            criteria.append(book.measure_search(api, book.questions(big.records, seed, size.searches), tell))
    criteria += _duplicates(hub, size, seed, bars)
    with hub.tenant("예행연습 · 발송") as api, bars.step(f"문자 {size.messages:,}건 보내기") as tell:
        criteria += send.judge(send.send(hub, api, size.messages, tell))
    return criteria


def _duplicates(hub: Hub, size: Size, seed: int, bars: Bars) -> list[Criterion]:
    total: Score | None = None
    for number in range(size.dedup_lists):
        with hub.tenant(f"예행연습 · 중복 {number + 1}") as api, bars.step(f"중복 찾기 {number + 1}") as tell:
            found = dedup.two_uploads(api, seed + 1 + number, size.dedup_rows, tell)
            total = found if total is None else total + found
    demo = Api(hub.base, _DEMO_OWNER, _DEMO_PASSWORD)
    with closing(demo.http), bars.step("중복 찾기 · 데모 데이터") as tell:
        of_demo = dedup.demo_book(demo, seed, tell)
    assert total is not None
    return [
        duplicates("중복 제거 (두 번에 나눈 명단)", total),
        duplicates("중복 제거 (데모 데이터)", of_demo),
    ]


def duplicates(title: str, found: Score) -> Criterion:
    """Recall is what the seeds ask for; merging strangers to get there would be worse than doing nothing."""
    return Criterion(
        title,
        f"자동 병합 재현율 95 % 이상, 정밀도 {PRECISION:.1%} 이상",
        f"재현율 {found.recall:.2%}, 정밀도 {found.precision:.2%} (행 {found.records:,}, 찾을 쌍 {found.pairs:,}, "
        f"잘못된 쌍 {found.wrong}, 섞인 연락처 {found.mixed})",
        found.recall >= RECALL and found.precision >= PRECISION,
    )
