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
    """Make an operator, or give one a new password, which ends the sessions of the old one."""
    from pydantic import TypeAdapter, ValidationError

    from pabal import accounts
    from pabal.runtime import open_runtime

    try:
        TypeAdapter(accounts.NewPassword).validate_python(password)
    except ValidationError:
        raise typer.BadParameter(
            "암호는 8자에서 200자까지로 정해 주세요"
        ) from None  # whose text quotes the password
    settings = settings_of_hub(data)

    async def run() -> bool:
        async with open_runtime(settings, name="pabal operators", pool_size=2) as rt:
            return await accounts.create_operator(rt, email=email, password=password)

    if asyncio.run(run()):
        typer.echo("운영자를 만들었습니다. /operator 에서 로그인하세요.")
    else:
        typer.echo(
            "새 암호로 바꿨습니다. 열려 있던 로그인은 모두 끝났습니다. /operator 에서 다시 로그인하세요."
        )
