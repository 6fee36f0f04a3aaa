"""How a child process is started: it dies with its parent, and a server that refuses root runs as somebody
else.

PostgreSQL refuses uid 0. Two ways around, measured to work: another account (needs folders that it may
enter), or a user namespace that shows uid 65534 while files stay root's (works under root's own 0700 home,
the usual case in containers).
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pabal.kit.embedded.files import EmbeddedError

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """Return a hook for the child, run between fork and exec: the kernel sends it this signal when we die.

    The signal belongs to the *thread* that forks, so children are started from the main thread.
    """
    parent = os.getpid()

    def hook() -> None:
        if _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
            os._exit(126)
        if os.getppid() != parent:  # the parent died between fork and prctl: the signal will never come
            os._exit(126)

    return hook


@dataclass(frozen=True, slots=True)
class Identity:
    """Under which account a server runs: ours, another one (uid/gid), or ours behind a user namespace."""

    uid: int | None = None
    gid: int | None = None
    namespace: bool = False

    @property
    def owner(self) -> tuple[int, int]:
        """Who has to own the server's files."""
        return (
            self.uid if self.uid is not None else os.geteuid(),
            self.gid if self.gid is not None else os.getegid(),
        )

    def command(self, arguments: Sequence[str]) -> list[str]:
        if not self.namespace:
            return list(arguments)
        return ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--", *arguments]

    def popen(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        log: IO[bytes] | int,
        death_signal: signal.Signals | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a long-running child in a session of its own (a Ctrl-C in the terminal is the supervisor's to
        handle).
        """
        options: dict[str, Any] = {}
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        if death_signal is not None:
            options["preexec_fn"] = die_with_parent(death_signal)
        return subprocess.Popen(
            self.command(arguments),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=cwd,
            pass_fds=pass_fds,
            **options,
        )

    def run(
        self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a short command under this identity and return what it said."""
        options: dict[str, Any] = {}
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(
            self.command(arguments),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            **options,
        )

    def hand_over(self, folder: Path) -> None:
        """Give a folder and all in it to this identity, if it isn't already (the way may have changed between
        starts).
        """
        uid, gid = self.owner
        if os.geteuid() != 0 or folder.stat().st_uid == uid:
            return
        os.chown(folder, uid, gid)
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(place) / name, uid, gid, follow_symlinks=False)


def choose_identity(data_dir: Path, probe: Sequence[str], env: Mapping[str, str]) -> Identity:
    """Find an identity that can enter the data folder and run the probe command.

    Not root: ourselves. Root: the `postgres` account, else `nobody`, else a user namespace.
    """
    if os.geteuid() != 0:
        return Identity()
    candidates: list[Identity] = []
    for account in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(account)
        except KeyError:
            continue
        candidates.append(Identity(uid=entry.pw_uid, gid=entry.pw_gid))
        break
    if shutil.which("unshare"):
        candidates.append(Identity(namespace=True))
    for candidate in candidates:
        try:
            result = candidate.run(
                ["sh", "-c", 'cd "$0" && exec "$@"', str(data_dir), *probe], env=env, cwd=Path("/")
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if result.returncode == 0:
            return candidate
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root, and no other account may enter {data_dir} or run {probe[0]}: "
        "choose a data folder that others may pass through (chmod o+x its parents), or start Pabal as a "
        "normal user"
    )
