"""Demo data: two tenants with logins that the README names. Refused in production mode."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from pabal.cli.hub import DataOption, settings_of_hub

if TYPE_CHECKING:
    from pabal.config import Settings

LOGINS = (
    ("owner@demo.camp", "캠프 책임자"),
    ("admin@demo.camp", "캠프 관리자"),
    ("staff@demo.camp", "캠프 실무자"),
    ("owner@demo.sales", "영업조직 책임자"),
)
PASSWORD = "pabal-demo"  # noqa: S105  public on purpose: README, api.md


def demo(data: DataOption = None) -> None:
    """Create the demo tenants; nothing happens if they exist."""
    from pabal.config import Mode

    settings = settings_of_hub(data)
    if settings.mode is Mode.PRODUCTION:
        raise typer.BadParameter("운영 모드에서는 데모 데이터를 만들지 않습니다")
    asyncio.run(_ensure(settings))


async def _ensure(settings: Settings) -> None:
    from pabal.demo import ensure_demo
    from pabal.runtime import open_runtime

    async with open_runtime(settings, name="pabal demo", pool_size=2) as rt:
        await ensure_demo(rt)
