"""Freeze and unfreeze sending for the whole installation: a restore freezes, a person unfreezes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from pabal.cli.hub import DataOption, settings_of_hub

if TYPE_CHECKING:
    from pabal.config import Settings

app = typer.Typer(help="발송: 얼리기, 다시 풀기 (복원한 뒤)", no_args_is_help=True)


@app.command("freeze")
def freeze(
    reason: Annotated[str, typer.Option("--reason", help="왜 얼리는지")] = "operator",
    data: DataOption = None,
) -> None:
    """Stop every send of this installation before its next claim."""
    _set(settings_of_hub(data), frozen=True, reason=reason)
    typer.echo("발송을 얼렸습니다. 이미 통신사에 넘긴 건은 멈출 수 없습니다")


@app.command("unfreeze")
def unfreeze(
    confirmed: Annotated[
        bool, typer.Option("--carriers-checked", help="복원 시점 뒤의 통신사 발송 기록을 확인했음")
    ] = False,
    data: DataOption = None,
) -> None:
    """Let sends go on. After a restore the carriers' logs since the backup must have been looked at."""
    if not confirmed:
        typer.echo(
            "복원한 시점 뒤에 나간 문자는 이 장부에 없습니다. 통신사의 발송 기록과 080 수신거부 목록을 확인한 뒤"
            " --carriers-checked 를 붙여 다시 실행해 주세요",
            err=True,
        )
        raise typer.Exit(1)
    _set(settings_of_hub(data), frozen=False, reason="")
    typer.echo("발송을 풀었습니다")


def _set(settings: Settings, *, frozen: bool, reason: str) -> None:
    from pabal.kit.db import system_tx
    from pabal.runtime import open_runtime

    async def run() -> None:
        async with open_runtime(settings, name="pabal sending", pool_size=1) as rt, system_tx(rt) as conn:
            await conn.execute(
                "UPDATE app.installation SET sending_frozen = %s, frozen_reason = %s", (frozen, reason)
            )

    asyncio.run(run())
