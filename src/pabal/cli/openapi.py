"""Dump of the API description, for clients and for the generated TypeScript types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def openapi(to: Annotated[Path | None, typer.Option("--to", help="파일 (기본: 표준 출력)")] = None) -> None:
    """Print the OpenAPI document as JSON."""
    from pabal.api import create_app
    from pabal.config import load_settings

    text = (
        json.dumps(create_app(load_settings()).openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
