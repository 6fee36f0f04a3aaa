"""`pabal rehearse`: the acceptance run in a terminal, against the seeds' criteria."""

from __future__ import annotations

import json
import signal
import sys
import time
from typing import Annotated

import typer


def rehearse(
    quick: Annotated[bool, typer.Option("--quick", help="작은 명단으로 빠르게")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="기계가 읽는 출력")] = False,
    seed: Annotated[int, typer.Option(help="명단을 만드는 씨앗 값")] = 20261122,
) -> None:
    """Import, dedup, search and send on a hub of its own; exit code 0 only if every criterion is met."""
    from rich.console import Console

    from pabal.rehearsal.hub import RehearsalError
    from pabal.rehearsal.report import all_passed, table
    from pabal.rehearsal.report import as_json as to_json
    from pabal.rehearsal.run import FULL, QUICK
    from pabal.rehearsal.run import rehearse as run

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops as Ctrl-C does: the hub goes too
    began = time.monotonic()
    try:
        criteria = run(QUICK if quick else FULL, seed=seed, console=Console(stderr=True))
    except KeyboardInterrupt:
        sys.stderr.write("예행연습을 멈췄습니다. 남은 것은 없습니다.\n")
        sys.exit(130)
    except RehearsalError as error:
        sys.stderr.write(f"예행연습을 끝내지 못했습니다: {error}\n")
        sys.exit(1)
    seconds = time.monotonic() - began
    if as_json:
        print(
            json.dumps(
                to_json(criteria, seconds=seconds, quick=quick, seed=seed), ensure_ascii=False, indent=1
            )
        )
    else:
        Console().print(table(criteria))
        print(f"{seconds:.0f}초 걸렸습니다. 씨앗 값 {seed}")
    sys.exit(0 if all_passed(criteria) else 1)
