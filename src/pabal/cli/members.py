"""Members from the command line: for the first invitation, and for the day the owner is locked out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from pabal.cli.hub import DataOption, settings_of_hub
from pabal.kit.embedded.files import EmbeddedError

if TYPE_CHECKING:
    from pathlib import Path

    from pabal.runtime import Runtime

app = typer.Typer(help="구성원: 초대, 암호 재설정, 잠금 해제", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(help="로그인 이메일")]


@app.command("invite")
def invite(
    email: EmailArgument,
    tenant: Annotated[UUID, typer.Option("--tenant", help="테넌트 id")],
    role: Annotated[str, typer.Option("--role", help="owner, admin 또는 staff")] = "staff",
    data: DataOption = None,
) -> None:
    """Print an invitation link, to be handed over in person."""
    from pabal import accounts

    typer.echo(_call(data, lambda rt: accounts.invite_member(rt, tenant_id=tenant, email=email, role=role)))


@app.command("reset")
def reset(email: EmailArgument, data: DataOption = None) -> None:
    """Print a link for setting a new password."""
    from pabal import accounts

    typer.echo(_call(data, lambda rt: accounts.reset_password(rt, email=email)))


@app.command("unlock")
def unlock(email: EmailArgument, data: DataOption = None) -> None:
    """Lift the lock after too many wrong passwords."""
    from pabal import accounts

    _call(data, lambda rt: accounts.unlock_member(rt, email=email))
    typer.echo("잠금을 풀었습니다")


def _call(data: Path | None, action: Callable[[Runtime], Awaitable[Any]]) -> Any:
    from pabal.runtime import open_runtime

    settings = settings_of_hub(data)

    async def run() -> Any:
        async with open_runtime(settings, name="pabal members", pool_size=2) as rt:
            return await action(rt)

    try:
        return asyncio.run(run())
    except LookupError as error:
        raise EmbeddedError("이 이메일로 로그인하는 사람이 없습니다") from error
