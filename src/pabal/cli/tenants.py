"""Tenants (camps, sales companies) from the command line."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pabal.cli.hub import DataOption, settings_of_hub

if TYPE_CHECKING:
    from pabal.config import Settings

app = typer.Typer(help="테넌트(캠프·회사)", no_args_is_help=True)


class Kind(StrEnum):
    CAMP = "camp"
    SALES = "sales"


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="캠프나 회사의 이름")],
    owner_email: Annotated[str, typer.Option("--owner-email", help="책임자의 로그인 이메일")],
    owner_password: Annotated[
        str,
        typer.Option(
            "--owner-password",
            help="책임자의 암호 (생략하면 물어봄)",
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar="PABAL_OWNER_PASSWORD",
        ),
    ],
    kind: Annotated[Kind, typer.Option("--kind")] = Kind.CAMP,
    quota: Annotated[int | None, typer.Option(help="책임자의 월 한도 (건)", min=0)] = None,
    ceiling: Annotated[int | None, typer.Option(help="운영자의 월 상한 (기본: 없음)", min=0)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="기계가 읽는 출력")] = False,
    data: DataOption = None,
) -> None:
    """Create a tenant with its owner on a running hub."""
    settings = settings_of_hub(data)
    facts: dict[str, Any] = {
        "name": name,
        "kind": kind.value,
        "owner_email": owner_email,
        "owner_password": owner_password,
        "quota": quota,
        "ceiling": ceiling,
    }
    tenant_id, user_id = asyncio.run(_create(settings, facts))
    if as_json:
        answer = {"tenantId": tenant_id, "ownerUserId": user_id, "name": name, "kind": kind.value}
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        typer.echo(f"{name}: {tenant_id}")


async def _create(settings: Settings, facts: dict[str, Any]) -> tuple[str, str]:
    from pabal.provision import create_tenant
    from pabal.runtime import open_runtime

    async with open_runtime(settings, name="pabal tenants", pool_size=2) as rt:
        created = await create_tenant(rt, **facts)
    return str(created.tenant_id), str(created.owner_user_id)
