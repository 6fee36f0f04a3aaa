"""How the other commands find the hub: by the environment, or by the data folder of a running `pabal up`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pabal.kit.embedded.files import EmbeddedError, write_private

if TYPE_CHECKING:
    from pabal.config import Settings

DataOption = Annotated[
    Path | None, typer.Option("--data", help="데이터 폴더 (기본: .data 또는 PABAL_DATA_DIR)")
]


def note_path(data_dir: Path) -> Path:
    return data_dir / ".hub.json"


def leave_note(data_dir: Path, environment: dict[str, str]) -> None:
    """Leave the addresses of the running services for other commands, in a 0600 file."""
    facts = {
        name.removeprefix("PABAL_").lower(): value
        for name, value in environment.items()
        if name in {"PABAL_DATABASE_URL", "PABAL_REDIS_URL", "PABAL_PORT", "PABAL_SANDBOX_PORT"}
    }
    write_private(note_path(data_dir), json.dumps(facts))


def settings_of_hub(data: Path | None) -> Settings:
    """Return settings that reach the hub's database and Redis; a clear error if it doesn't run."""
    from pabal.config import load_settings

    settings = load_settings(data_dir=data.absolute() if data else None)
    note = note_path(settings.data_dir)
    if note.exists():
        facts = json.loads(note.read_text(encoding="utf-8"))
        # The note wins over PABAL_DATABASE_URL, which may be an administrator's login.
        return load_settings(data_dir=settings.data_dir.absolute(), **facts)
    if settings.database_url and settings.redis_url:
        return settings
    raise EmbeddedError(
        f"{settings.data_dir.absolute()} 에서 실행 중인 파발을 찾지 못했습니다: `pabal up --data …` 으로 "
        f"먼저 시작하거나 "
        "--data 로 폴더를 지정하십시오"
    )
