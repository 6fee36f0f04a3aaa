"""Operators: who looks after the installation. They belong to no camp and see nobody's data."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from pabal.cli.hub import DataOption, settings_of_hub

app = typer.Typer(help="운영자: /operator 에 로그인할 계정", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """A group although it has one command yet."""


@app.command("create")
def create(
    email: Annotated[str, typer.Argument(help="로그인 이메일")],
    password: Annotated[
        str, typer.Option("--password", prompt=True, confirmation_prompt=True, hide_input=True, help="암호")
    ],
    data: DataOption = None,
) -> None:
    """Make an operator, or give one a new password."""
    from pabal import accounts
    from pabal.runtime import open_runtime

    settings = settings_of_hub(data)

    async def run() -> None:
        async with open_runtime(settings, name="pabal operators", pool_size=2) as rt:
            await accounts.create_operator(rt, email=email, password=password)

    asyncio.run(run())
    typer.echo("운영자를 만들었습니다. /operator 에서 로그인하세요.")
