"""One server for several processes (test workers, two test runs at once): the first starts it, the last stops
it.

Users hold a shared flock; whoever can turn it into an exclusive one on leaving is the last. A user that was
killed holds nothing, so a server is never kept alive by a ghost.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from pabal.kit.embedded.files import FileLock, data_folder


class _Server(Protocol):
    @property
    def data_dir(self) -> Path: ...

    process: subprocess.Popen[bytes] | None

    def prepare(self) -> None: ...
    def adopt(self) -> bool: ...
    def start(self) -> subprocess.Popen[bytes]: ...
    def stop(self) -> None: ...


S = TypeVar("S", bound=_Server)


@contextmanager
def shared_server(server: S) -> Iterator[S]:
    """Start the server of a data folder, or adopt it if it runs; stop it when the last user leaves."""
    folder = data_folder(server.data_dir)
    kind = type(server).__name__
    turnstile = FileLock(folder / f".{kind}.start")
    user = FileLock(folder / f".{kind}.users", shared=True)
    with turnstile:
        server.prepare()
        if not server.adopt():
            server.stop()  # there, but not answering: left half dead
            server.start()
        user.acquire()
    try:
        yield server
    finally:
        with turnstile:
            user.release()
            last = FileLock(folder / f".{kind}.users", blocking=False)
            if last.acquire():
                server.stop()
                last.release()
            elif server.process is not None:
                server.process.returncode = (
                    0  # others still use it: not ours to wait for (Popen warns of that)
                )
