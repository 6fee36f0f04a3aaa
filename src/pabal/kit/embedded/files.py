"""Folders, secrets and locks of the data folder. Every secret is a 0600 file in a 0700 folder, written whole
or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

# sun_path is 108 bytes including the closing NUL (unix(7)).
SOCKET_PATH_LIMIT = 107


class EmbeddedError(RuntimeError):
    """A server that we bring along can't be prepared or started; the text is for the person at the
    terminal.
    """


def private_folder(path: Path, mode: int = 0o700) -> Path:
    """Create a folder that only we can read; an existing one is left as it is (it may be the server
    account's).
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True)
        path.chmod(mode)
    return path


def data_folder(path: Path) -> Path:
    """Create the data folder; an existing one keeps its mode (somebody may point us at their home).

    Root's gets 0711: the database server then runs under another account and has to pass through; everything
    inside that matters is 0700 on its own.
    """
    path = path.absolute()
    if not path.exists():
        private_folder(path, 0o711 if os.geteuid() == 0 else 0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a 0600 file so that a crash leaves the old content or the new one, never half of it."""
    private_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stored_secret(path: Path) -> str:
    """Return the secret in this file, making up 192 random bits the first time."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()


def socket_folder(preferred: Path, socket_name: str) -> Path:
    """Return a private folder whose socket path fits into 107 bytes: the preferred one, or a short one in the
    temp folder.
    """
    if len(os.fsencode(preferred / socket_name)) <= SOCKET_PATH_LIMIT:
        return private_folder(preferred)
    digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"pabal-{os.geteuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    # The temp folder is shared: somebody else could have put a folder or a link of this name there first.
    facts = short.lstat()
    if not stat.S_ISDIR(facts.st_mode) or (os.geteuid() != 0 and facts.st_uid != os.geteuid()):
        raise EmbeddedError(f"{short} belongs to somebody else; remove it or choose a shorter data folder")
    if facts.st_uid == os.geteuid():
        short.chmod(0o700)
    if len(os.fsencode(short / socket_name)) > SOCKET_PATH_LIMIT:
        raise EmbeddedError(f"no folder short enough for a socket: {short} (set TMPDIR to a shorter path)")
    return short


class FileLock:
    """An flock on a file: the kernel drops it when the process dies, so there is no stale lock to clean
    up.
    """

    def __init__(self, path: Path, *, shared: bool = False, blocking: bool = True) -> None:
        self._path = path
        self._flags = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if blocking else fcntl.LOCK_NB)
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock; False if it is held elsewhere and we were asked not to wait."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, self._flags)
        except BlockingIOError:
            os.close(handle)
            return False
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return True

    def note(self, text: str) -> None:
        """Write who holds the lock, for the message that the next one shows."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, text.encode(), 0)

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
