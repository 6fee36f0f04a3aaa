"""Encrypted backups of the embedded installation, and the way back into a fresh data folder.

A backup holds the database and the kept files, never the keys: whoever finds it needs the recovery key as
well. After a restore sending is frozen, because people may have been messaged since the backup was taken.
"""

from __future__ import annotations

import base64
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from pabal.cli.hub import DataOption
from pabal.kit.embedded.files import EmbeddedError, FileLock, data_folder, sync_folder

if TYPE_CHECKING:
    from pabal.kit.embedded import PostgresServer

_CHUNK = 1024 * 1024
# Made anew at every start, or secret, or not consistent while it runs (the sandbox's own ledger is a
# rehearsal's).
_LEFT_OUT = {"postgres", "postgres.new", "valkey", "runtime", "run", "logs", "secrets", "sandbox"}

PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="복구 키 대신 이 파일의 암호문으로 잠금")
]


def backup(
    to: Annotated[Path, typer.Argument(help="백업 파일")],
    data: DataOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Write an encrypted backup; the hub may be running meanwhile."""
    from pabal.config import load_settings
    from pabal.kit.db.pii import read_master_key
    from pabal.kit.embedded import PostgresServer
    from pabal.kit.sealing import SealedWriter

    settings = load_settings(data_dir=data.absolute() if data else None)
    if settings.database_url:
        raise EmbeddedError(
            "PABAL_DATABASE_URL 의 서버는 그 서버의 백업(pgBackRest 등)을 쓰십시오: docs/operations.md"
        )
    folder = settings.data_dir.absolute()
    server = PostgresServer(folder)
    if not server.pgdata.exists():
        raise EmbeddedError(f"{folder} 에 데이터베이스가 없습니다")
    secret = _passphrase(passphrase_file) if passphrase_file else read_master_key(settings.master_key_path)
    began = time.monotonic()
    partial = to.with_name(f"{to.name}.part")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    lock = FileLock(folder / ".lock", blocking=False)
    started = lock.acquire()  # nobody runs: we start the server for the time of the dump
    try:
        if started:
            server.prepare()
            server.start()
        with os.fdopen(handle, "wb") as file:
            writer = SealedWriter(file, secret, passphrase=passphrase_file is not None)
            writer.entry("database.dump", _dump(server))
            for path in sorted(_kept_files(folder)):
                writer.entry(f"files/{path.relative_to(folder)}", _file_chunks(path))
            writer.close()
        partial.replace(to)
        sync_folder(to.absolute().parent)
    finally:
        if started:
            server.stop()
        lock.release()
        partial.unlink(missing_ok=True)
    typer.echo(f"{to}: {to.stat().st_size / 1e6:.1f} MB, {time.monotonic() - began:.1f} s")


def restore(
    source: Annotated[Path, typer.Argument(help="백업 파일")],
    data: Annotated[Path, typer.Option("--data", help="새 데이터 폴더 (비어 있어야 함)")],
    recovery_key: Annotated[Path, typer.Option("--recovery-key", help="복구 키 파일 (pabal keys export)")],
    passphrase_file: PassphraseOption = None,
) -> None:
    """Restore a backup into a fresh data folder. Sending stays frozen until somebody lifts it."""
    from pabal.cli.keys import install_recovery_key, read_recovery_key
    from pabal.kit.embedded import PostgresServer
    from pabal.kit.sealing import SealedReader, SealError, needs_passphrase

    folder = data.absolute()
    if folder.exists() and any(folder.iterdir()):
        raise EmbeddedError(f"{folder} 이(가) 비어 있지 않습니다: 새 폴더를 지정하십시오")
    with source.open("rb") as file:
        try:
            if needs_passphrase(file):
                if passphrase_file is None:
                    raise EmbeddedError("이 백업은 암호문으로 잠겨 있습니다: --passphrase-file 이 필요합니다")
                secret = _passphrase(passphrase_file)
            else:
                secret = base64.b64decode(read_recovery_key(recovery_key))
            entries = SealedReader(file, secret).entries()
            name, chunks = next(entries)  # the first frame proves the key before anything is created
        except SealError as error:
            raise EmbeddedError(f"{source}: {error}") from error
        data_folder(folder)
        with FileLock(folder / ".lock"):
            install_recovery_key(recovery_key, folder / "secrets" / "master.key")
            server = PostgresServer(folder)
            server.prepare()
            server.start()
            try:
                if name != "database.dump":
                    raise EmbeddedError(f"{source}: unknown content {name}")
                _load(server, chunks)
                for name, chunks in entries:
                    _put_back(folder, name, chunks)
            except SealError as error:
                raise EmbeddedError(f"{source}: {error}; {folder} is incomplete, remove it") from error
            finally:
                server.stop()
    typer.echo(
        f"{folder} 에 되돌렸습니다. 백업 뒤에 나간 메시지를 알 수 없으므로 발송은 멈춰 있습니다: "
        "통신사 기록을 맞춘 뒤 운영자가 풉니다 (docs/runbook/restore.md)"
    )


def _dump(server: PostgresServer) -> Iterator[bytes]:
    """Run pg_dump as superuser, which passes row level security; its errors end the backup."""
    from pabal.kit.embedded.bootstrap import DATABASE

    with subprocess.Popen(
        [
            server.binaries.bin / "pg_dump",
            *("--format=custom", "--compress=zstd:3", "--lock-wait-timeout=60s"),
            f"--dbname={server.admin_dsn(DATABASE)}",
        ],
        env=server.binaries.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while chunk := process.stdout.read(_CHUNK):
            yield chunk
        said = process.stderr.read().decode(errors="replace").strip()
        if process.wait() != 0:
            raise EmbeddedError(f"pg_dump failed: {said}")


def _load(server: PostgresServer, chunks: Iterator[bytes]) -> None:
    """Roles, an empty database, the dump, the freeze: in this order, and all before anybody can connect."""
    import psycopg

    from pabal.kit.embedded.bootstrap import DATABASE, bootstrap_database

    bootstrap_database(server.admin_dsn(), server.secrets, extension=False)
    with subprocess.Popen(
        [
            server.binaries.bin / "pg_restore",
            *("--exit-on-error", "--single-transaction"),
            f"--dbname={server.admin_dsn(DATABASE)}",
        ],
        env=server.binaries.environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        try:
            for chunk in chunks:
                process.stdin.write(chunk)
            process.stdin.close()
            process.stdin = None
        except BrokenPipeError:
            for _ in chunks:
                pass
        except BaseException:
            process.kill()
            raise
        said = process.communicate()[1].decode(errors="replace").strip()
        if process.returncode != 0:
            raise EmbeddedError(f"pg_restore failed: {said}")
    bootstrap_database(server.admin_dsn(), server.secrets)
    with psycopg.connect(server.admin_dsn(DATABASE)) as connection:
        connection.execute("UPDATE app.installation SET sending_frozen = true, frozen_reason = 'restore'")
        connection.execute("ANALYZE")


def _kept_files(folder: Path) -> Iterator[Path]:
    for top in folder.iterdir():
        if top.name in _LEFT_OUT or top.name.startswith("."):
            continue
        yield from (path for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file())


def _file_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _put_back(folder: Path, name: str, chunks: Iterator[bytes]) -> None:
    target = (folder / name.removeprefix("files/")).resolve()
    if not name.startswith("files/") or not target.is_relative_to(folder.resolve()):
        raise EmbeddedError(f"unknown content in the backup: {name}")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _private_file(target) as file:
        for chunk in chunks:
            file.write(chunk)


def _private_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _passphrase(file: Path) -> bytes:
    word = file.read_bytes().strip()
    if len(word) < 12:
        raise EmbeddedError("암호문은 12바이트 이상이어야 합니다")
    return word
