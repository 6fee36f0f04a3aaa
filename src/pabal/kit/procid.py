"""Names of processes that can't be confused: who holds a lease, and is that process certainly gone?

A name is `machine-boot-pidns:pid:start`: two ids of the place, then the process. A pid alone is given out
again; pid + start time isn't, within one boot and one pid namespace. A process is *absent* only if that can
be judged from here; for other hosts and containers an operator says so (design: "Proven gone").
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from typing_extensions import override

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process, named for ever: machine, boot, pid namespace, pid and start time (clock ticks since
    boot).
    """

    host: str
    boot: str
    pidns: str
    pid: int
    start: int

    @override
    def __str__(self) -> str:
        return f"{self.host}-{self.boot}:{self.pidns}:{self.pid}:{self.start}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the name back; ValueError if it isn't one."""
        place, pidns, pid, start = text.split(":")
        host, separator, boot = place.partition("-")
        if not separator or not host or not boot:
            raise ValueError("not a process name")
        return cls(host, boot, pidns, int(pid), int(start))


def process_id(pid: int | None = None) -> ProcessId:
    """Return the name of this process, or of another one that we can see; ProcessLookupError if it is
    gone.
    """
    number = os.getpid() if pid is None else pid
    start = start_time(number)
    if start is None:
        raise ProcessLookupError(number)
    return ProcessId(_host(), _boot(), _pidns(), number, start)


def owner_name(pid: int | None = None) -> str:
    """Return the owner string that a worker writes into its leases."""
    return str(process_id(pid))


def is_absent(owner: str) -> bool:
    """Tell whether this process certainly doesn't run any more; False whenever that can't be judged from
    here.
    """
    try:
        named = ProcessId.parse(owner)
    except ValueError:
        return False
    if named.boot != _boot():
        # Another boot of this very machine ended everything that ran in it. Containers are never judged this
        # way: two of them on two machines may share image, host name and machine id.
        return named.host == _host() and named.pidns == _pidns() == _FIRST_PIDNS
    if named.pidns != _pidns():
        return False
    return start_time(named.pid) != named.start


def start_time(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; None if there is none, or only its unreaped
    shell.
    """
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The second field is the program's name in brackets, which may itself contain blanks and brackets.
    fields = stat[stat.rindex(b")") + 2 :].split()
    if fields[0] in {b"Z", b"X"}:
        return None
    return int(fields[19])  # field 22 of proc(5)


# Inode of the machine's own pid namespace, fixed by the kernel (PROC_PID_INIT_INO).
_FIRST_PIDNS = str(0xEFFFFFFC)


def _host() -> str:
    """Return a digest of machine id, host name and network cards: cloned machines share the first two at
    most.
    """
    parts = [os.uname().nodename]
    for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with contextlib.suppress(OSError):
            parts.append(Path(place).read_text(encoding="ascii").strip())
    for card in sorted(Path("/sys/class/net").glob("*")):
        if (card / "device").exists():
            with contextlib.suppress(OSError):
                parts.append((card / "address").read_text(encoding="ascii").strip())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _boot() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _pidns() -> str:
    return str((_PROC / "self/ns/pid").stat().st_ino)
