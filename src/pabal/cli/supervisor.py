"""Keeps child processes alive: starts them, notices their end at once (pidfd), restarts with back-off, stops
in order.

Children are started from the main thread, so that the parent-death signal belongs to the thread that lives as
long as we do. What the children are is `up`'s business.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from pabal.kit.procid import owner_name

# First restart at once, then slower; a child that lived this long starts from the beginning again.
_BACKOFF = (0.1, 0.2, 0.5, 1.0, 1.5, 3.0, 6.0, 10.0)
_LIVED_WELL = 20.0
_LOG_LIMIT = 20 * 1024 * 1024
_LOG_KEPT = 3


def say(text: str) -> None:
    """Tell the person at the terminal; stdout belongs to the ready line."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Child:
    """One supervised process and what is known about it."""

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 12.0
    # Called with the owner name of a process that was reaped.
    reaped: Callable[[str], None] | None = None
    # A fault that passes by itself (a lock of the killed predecessor) is retried quickly and counts as no
    # crash.
    passing_fault: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    owner: str = ""
    failures: int = 0
    started: float = 0.0
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Supervisor:
    """A set of children, restarted until `stop`."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False
        self._restarts: dict[str, asyncio.TimerHandle] = {}

    def start(self, child: Child) -> Child:
        """Launch a child and keep it alive from now on."""
        self.children.append(child)
        self._launch(child)
        return child

    def by_owner(self, owner: str) -> Child | None:
        return next((child for child in self.children if child.owner == owner), None)

    def kill(self, child: Child) -> None:
        """SIGKILL, which works on a stopped process too; the restart follows from its end."""
        if child.process is not None and child.process.poll() is None:
            child.process.kill()

    async def stop(self, groups: list[list[str]]) -> None:
        """Stop children group by group (matched by the name before the dash), each within its time-out."""
        self.stopping = True
        for timer in self._restarts.values():
            timer.cancel()
        for group in groups:
            members = [child for child in self.children if child.name.split("-")[0] in group]
            await asyncio.gather(*(self._stop(child) for child in members))

    def kill_all(self) -> None:
        """Last resort of an impatient person: everything except the database goes at once."""
        for child in self.children:
            if child.stop_signal is not signal.SIGINT:
                self.kill(child)

    def rotate_logs(self) -> None:
        """Copy and truncate logs that grew too long; children append, so they need not be told."""
        for log in {child.log for child in self.children}:
            with contextlib.suppress(OSError):
                if log.stat().st_size > _LOG_LIMIT:
                    for number in range(_LOG_KEPT, 1, -1):
                        older = log.with_name(f"{log.name}.{number - 1}")
                        if older.exists():
                            older.replace(log.with_name(f"{log.name}.{number}"))
                    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
                    os.truncate(log, 0)

    def _launch(self, child: Child) -> None:
        self._restarts.pop(child.name, None)
        if self.stopping:
            return
        child.started = time.monotonic()
        child.ended = asyncio.Event()
        try:
            child.process = child.launch()
            child.owner = owner_name(child.process.pid)
            watch = os.pidfd_open(child.process.pid)
        except ProcessLookupError:  # gone before we could look
            self._after_end(child)
            return
        except OSError as error:  # out of processes or memory: as good as a crash
            say(f"{child.name}: {error}")
            child.process = None
            self._after_end(child)
            return
        asyncio.get_running_loop().add_reader(watch, self._on_end, child, watch)

    def _on_end(self, child: Child, watch: int) -> None:
        asyncio.get_running_loop().remove_reader(watch)
        os.close(watch)
        self._after_end(child)

    def _after_end(self, child: Child) -> None:
        code = child.process.wait() if child.process is not None else None
        child.process = None
        child.ended.set()
        if child.reaped is not None and child.owner:
            child.reaped(child.owner)
        if self.stopping:
            return
        if child.passing_fault is not None and child.passing_fault():
            delay = 0.1
        else:
            lived_well = time.monotonic() - child.started > _LIVED_WELL
            child.failures = 0 if lived_well else child.failures + 1
            delay = _BACKOFF[min(max(child.failures - 1, 0), len(_BACKOFF) - 1)]
            reason = f"signal {-code}" if code is not None and code < 0 else f"exit {code}"
            say(f"{child.name} ended ({reason}), starting it again in {delay:.1f} s; log: {child.log}")
        self._restarts[child.name] = asyncio.get_running_loop().call_later(delay, self._launch, child)

    async def _stop(self, child: Child) -> None:
        process = child.process
        if process is None:
            return
        for number, patience in ((child.stop_signal, child.stop_timeout), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)  # a stopped process can't act on anything but SIGKILL
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.ended.wait(), patience)
                return


async def until(condition: Callable[[], Awaitable[bool]], *, timeout: float, interval: float = 0.05) -> bool:
    """Poll until the condition holds; False when the time is over."""
    deadline = time.monotonic() + timeout
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(interval)
    return True
