"""What was required, what was measured; as a table for people, as JSON for scripts."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.table import Table


@dataclass(frozen=True)
class Criterion:
    """One line of the table."""

    criterion: str
    required: str
    measured: str
    passed: bool


def all_passed(criteria: Iterable[Criterion]) -> bool:
    """Nothing measured is nothing passed."""
    found = list(criteria)
    return bool(found) and all(one.passed for one in found)


def table(criteria: Iterable[Criterion]) -> Table:
    out = Table(title="수용 기준", title_justify="left")
    for title in ("기준", "요구", "측정"):
        out.add_column(title, overflow="fold")
    out.add_column("통과", justify="center")
    for one in criteria:
        out.add_row(
            one.criterion, one.required, one.measured, "[green]예[/]" if one.passed else "[bold red]아니오[/]"
        )
    return out


def as_json(criteria: Sequence[Criterion], *, seconds: float, quick: bool, seed: int) -> dict[str, object]:
    lines = [asdict(one) for one in criteria]
    for line in lines:
        line["pass"] = line.pop("passed")
    return {
        "pass": all_passed(criteria),
        "criteria": lines,
        "seconds": round(seconds, 1),
        "quick": quick,
        "seed": seed,
    }
