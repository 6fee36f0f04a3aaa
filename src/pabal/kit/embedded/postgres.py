"""One PostgreSQL server in one data folder: created, started as a child, adopted, stopped.

Connections go through a Unix socket in a private folder only (`listen_addresses = ''`), with SCRAM and random
passwords. What is measured (two cores): initdb 0.4 s, first start 0.04 s, start after kill -9 with 300K rows
in the log 0.2 s.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from pabal.kit.embedded.bootstrap import pgpass_file, role_password
from pabal.kit.embedded.files import (
    EmbeddedError,
    data_folder,
    private_folder,
    socket_folder,
    sync_folder,
)
from pabal.kit.embedded.postgres_binaries import PostgresBinaries, carried_binaries, find_binaries
from pabal.kit.embedded.postgres_conf import server_settings
from pabal.kit.embedded.spawn import Identity, choose_identity

SUPERUSER = "postgres"
_PORT = 5432  # only a part of the socket's name: nothing listens on TCP
_OUTSIDE = Path("/var/lib/pabal")
_SOCKET = f".s.PGSQL.{_PORT}"
# What a start right after a kill -9 can run into while the old backends still let go of shared memory.
_PASSING_FAULTS = (
    b"pre-existing shared memory block",
    b"lock file",
    b"could not create any Unix-domain sockets",
)


class PostgresServer:
    """The server of one data folder. `prepare`, then `start` (or `launch` and poll `is_ready`), then `stop`.

    Whoever starts servers holds a lock on the data folder (the supervisor's, or `shared_server`'s): this
    class doesn't.
    """

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self.pgdata = self.data_dir / "postgres"
        if self.pgdata.is_symlink():  # see _move_out
            self.pgdata = self.pgdata.readlink()
        self.secrets = self.data_dir / "secrets"
        self.log = self.data_dir / "logs" / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._extra = dict(settings or {})
        self._binaries: PostgresBinaries | None = None
        self._identity = Identity()
        self._sockets: Path | None = None

    @property
    def binaries(self) -> PostgresBinaries:
        """The executables in use (pg_dump for backups lies beside them)."""
        if self._binaries is None:
            self._binaries = find_binaries(self.data_dir, self._data_major())
        return self._binaries

    @property
    def sockets(self) -> Path:
        if self._sockets is None:
            self._sockets = socket_folder(self.pgdata.parent / "run" / "pg", _SOCKET)
        return self._sockets

    def dsn(self, user: str, dbname: str) -> str:
        """Return a connection string without a secret in it: the password stands in a 0600 file that libpq
        reads.
        """
        return make_conninfo(
            host=str(self.sockets),
            port=_PORT,
            user=user,
            dbname=dbname,
            passfile=str(pgpass_file(self.secrets, user)),
        )

    def admin_dsn(self, dbname: str = "postgres") -> str:
        """Return the superuser's connection string: for bootstrap, backups and cloning test databases
        only.
        """
        return self.dsn(SUPERUSER, dbname)

    def prepare(self) -> None:
        """Unpack the binaries, choose the account, create the cluster if there is none, write its settings.
        Idempotent.
        """
        data_folder(self.data_dir)
        private_folder(self.log.parent)
        try:
            if self._moved:
                self._binaries = carried_binaries(self.pgdata.parent, roots=[_OUTSIDE / "runtime"])
            self._identity = self._choose_identity(self.pgdata.parent)
        except EmbeddedError:
            if os.geteuid() != 0 or self.pgdata.exists():
                raise
            self._move_out()
        os.chown(self.sockets, *self._identity.owner)
        if self._data_major() is None:
            self._initdb()
        self._identity.hand_over(self.pgdata)
        self._write_settings()

    def launch(self, *, death_signal: signal.Signals | None = None) -> subprocess.Popen[bytes]:
        """Start the server process and return at once; the caller polls `is_ready`."""
        with self.log.open("ab") as log:
            log_start = log.tell()
            self.process = self._identity.popen(
                [str(self.binaries.bin / "postgres"), "-D", str(self.pgdata), "-k", str(self.sockets)],
                env=self.binaries.environment(),
                log=log.fileno(),
                death_signal=death_signal,
                cwd=Path("/"),
            )
        self._log_start = log_start
        return self.process

    def start(
        self, *, timeout: float = 60.0, death_signal: signal.Signals | None = None
    ) -> subprocess.Popen[bytes]:
        """Launch the server and wait until it answers a query; a lock left by a kill -9 is retried for ten
        seconds.
        """
        deadline = time.monotonic() + timeout
        patience = time.monotonic() + 10.0
        process = self.launch(death_signal=death_signal)
        while not self.is_ready():
            if process.poll() is not None:
                if self.failed_in_passing() and time.monotonic() < patience:
                    time.sleep(0.1)
                    process = self.launch(death_signal=death_signal)
                    continue
                raise EmbeddedError(f"PostgreSQL didn't start:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"PostgreSQL didn't answer within {timeout:.0f} s:\n{self.log_tail()}")
            time.sleep(0.01)
        return process

    def is_ready(self) -> bool:
        """Tell whether a real query is answered with the stored password."""
        if not (self.sockets / _SOCKET).exists():
            return False
        try:
            with psycopg.connect(self.admin_dsn(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def running_pid(self) -> int | None:
        """Return the pid of a server that runs on this data folder, whoever started it."""
        try:
            lines = (self.pgdata / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid = int(lines[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        # The pid may have been given to another program since a crash: only a server of this folder counts.
        return pid if os.fsencode(self.pgdata) in command.split(b"\0") else None

    def adopt(self) -> bool:
        """Tell whether our own server already runs here and answers; then there is nothing to start."""
        return self.running_pid() is not None and self.is_ready()

    def stop(self, timeout: float = 10.0) -> None:
        """Shut down fast and cleanly (SIGINT); after the time-out at once, leaving recovery to the next start
        (SIGQUIT).
        """
        pid = self.process.pid if self.process is not None else self.running_pid()
        if pid is None:
            return
        for number, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._gone(pid, patience):
                break
        self.process = None

    def failed_in_passing(self) -> bool:
        """Tell whether the last launch ended in a fault that goes away by itself within seconds."""
        said = self._last_words()
        return any(fault in said for fault in _PASSING_FAULTS)

    def log_tail(self) -> str:
        return self._last_words()[-2000:].decode(errors="replace")

    def _last_words(self) -> bytes:
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(getattr(self, "_log_start", 0))
            return log.read(65536)
        return b""

    def _gone(self, pid: int, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while True:
            if self.process is not None:
                if self.process.poll() is not None:
                    return True
            elif self.running_pid() != pid:
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)

    def _data_major(self) -> int | None:
        try:
            return int((self.pgdata / "PG_VERSION").read_text(encoding="utf-8").split(".")[0])
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise EmbeddedError(
                f"{self.pgdata} belongs to another account: start Pabal as the same user as before"
            ) from error

    def _choose_identity(self, folder: Path) -> Identity:
        probe = [str(self.binaries.bin / "postgres"), "--version"]
        return choose_identity(folder, probe, self.binaries.environment())

    def _move_out(self) -> None:
        """Root, a data folder under root's 0700 home, and no user namespaces (Docker's defaults): nobody but
        root gets there. The cluster then lies in a folder of its own that others may enter, with a link to
        it.
        """
        private_folder(_OUTSIDE, 0o755)
        self._binaries = carried_binaries(_OUTSIDE, roots=[_OUTSIDE / "runtime"])
        outside = Path(tempfile.mkdtemp(prefix="data-", dir=_OUTSIDE))
        outside.chmod(0o711)
        self._identity = self._choose_identity(outside)
        self.pgdata = outside / "postgres"
        self._sockets = None
        (self.data_dir / "postgres").symlink_to(self.pgdata)

    @property
    def _moved(self) -> bool:
        return self.pgdata.parent != self.data_dir

    def _initdb(self) -> None:
        """Create the cluster beside its place and rename it: a folder called `postgres` is always a whole
        one.
        """
        password = role_password(self.secrets, SUPERUSER)
        scratch = self.pgdata.with_name("postgres.new")
        word_file = self.sockets / ".initdb"
        if scratch.exists():
            shutil.rmtree(scratch)
        scratch.mkdir(mode=0o700)
        os.chown(scratch, *self._identity.owner)
        try:
            word_file.touch(mode=0o600)
            word_file.write_text(password, encoding="utf-8")
            os.chown(word_file, *self._identity.owner)
            modern = self.binaries.major >= 17
            locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if modern else ["--locale=C.UTF-8"]
            result = self._identity.run(
                [
                    str(self.binaries.bin / "initdb"),
                    *("-D", str(scratch), "-U", SUPERUSER, "--pwfile", str(word_file)),
                    *("-A", "scram-sha-256", "-E", "UTF8", "--data-checksums", *locale),
                    # One syncfs instead of a thousand fsyncs.
                    *(("--sync-method=syncfs",) if modern else ()),
                ],
                env=self.binaries.environment(),
                cwd=Path("/"),
            )
        finally:
            word_file.unlink(missing_ok=True)
        if result.returncode != 0:
            raise EmbeddedError(f"initdb failed:\n{result.stderr.strip()}")
        with (scratch / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(
                "\n# Written by Pabal at every start; your own settings go into local.conf, which wins.\n"
            )
            conf.write("include_if_exists 'pabal.conf'\ninclude_if_exists 'local.conf'\n")
        local = scratch / "local.conf"
        local.write_text("# Your own server settings; they win over pabal.conf.\n", encoding="utf-8")
        os.chown(local, *self._identity.owner)
        sync_folder(scratch)
        scratch.rename(self.pgdata)
        sync_folder(self.pgdata.parent)

    def _write_settings(self) -> None:
        settings = server_settings(self.binaries.major, remembers=self.binaries.remembers) | self._extra
        text = "".join(
            f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in sorted(settings.items())
        )
        conf = self.pgdata / "pabal.conf"
        if conf.exists() and conf.read_text(encoding="utf-8") == text:
            return
        fresh = conf.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        os.chown(fresh, *self._identity.owner)
        fresh.replace(conf)
