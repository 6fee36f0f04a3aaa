"""The master key: without it nobody can read a backup, so a copy belongs outside this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from pabal.cli.hub import DataOption
from pabal.kit.embedded.files import EmbeddedError, write_private
from pabal.kit.recovery import HEAD, fingerprint, recovery_key_text

app = typer.Typer(help="마스터 키: 만들기, 복구 키 파일로 내보내기, 되돌리기", no_args_is_help=True)


@app.command("init")
def init(data: DataOption = None) -> None:
    """Create the master key (pabal up does it by itself on the first start)."""
    from pabal.kit.db.pii import create_master_key

    path = _path(data)
    if path.exists():
        raise EmbeddedError(f"{path} 가 이미 있습니다")
    create_master_key(path)
    typer.echo(f"{path}")


@app.command("export")
def export(
    to: Annotated[Path, typer.Argument(help="복구 키 파일 (USB처럼 이 컴퓨터 밖에 보관)")],
    data: DataOption = None,
) -> None:
    """Write the recovery key file: everything that is needed, beside a backup, to read the data again."""
    text = recovery_key_text(_path(data))
    # Not through a rename: a USB stick's file system may know neither modes nor links.
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    typer.echo(f"{to} (지문 {text.splitlines()[2]})")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="복구 키 파일")],
    data: DataOption = None,
) -> None:
    """Put a recovery key back as the master key of a data folder; never over another key."""
    install_recovery_key(file, _path(data))
    typer.echo(f"{_path(data)}")


def read_recovery_key(file: Path) -> str:
    """Return the key's text; a typing error in a file copied by hand shows in the fingerprint."""
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    if len(lines) < 3 or lines[0] != HEAD:
        raise EmbeddedError(f"{file} 는 파발의 복구 키 파일이 아닙니다")
    if fingerprint(lines[1]) != lines[2]:
        raise EmbeddedError(f"{file} 의 내용이 손상되었습니다 (지문이 맞지 않음)")
    return lines[1]


def install_recovery_key(file: Path, path: Path) -> None:
    word = read_recovery_key(file)
    if path.exists():
        if path.read_text(encoding="ascii").strip() == word:
            return
        raise EmbeddedError(f"{path} 에 다른 마스터 키가 있습니다: 덮어쓰지 않습니다")
    write_private(path, word + "\n")


def _path(data: Path | None) -> Path:
    from pabal.config import load_settings

    return load_settings(data_dir=data.absolute() if data else None).master_key_path
