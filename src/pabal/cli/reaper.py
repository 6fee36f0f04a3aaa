"""Tells the ledger about workers that are gone, and ends those whose lease ran out.

A worker that hangs, or was stopped and would wake up later, is killed as soon as its lease is over: only then
is it *proven gone*, and only then may somebody else send what it claimed (design: dispatch, "Taking over and
asking").
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import psycopg

from pabal.cli.supervisor import say
from pabal.kit.procid import is_absent

_INTERVAL = 1.0


class Reaper:
    """One connection as pabal_app, one look a second; the database being away delays news, never loses it."""

    def __init__(self, dsn: str, kill_owner: Callable[[str], bool]) -> None:
        self._dsn = dsn
        self._kill_owner = kill_owner
        self._gone: list[str] = []
        self._wake = asyncio.Event()
        self._warned = False

    def report(self, owner: str) -> None:
        """Note a reaped process; the ledger hears of it at once."""
        self._gone.append(owner)
        self._wake.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(psycopg.OperationalError, TimeoutError):
                await self._serve()
            await asyncio.sleep(0.2)

    async def _serve(self) -> None:
        connection = await asyncio.wait_for(
            psycopg.AsyncConnection.connect(
                self._dsn,
                autocommit=True,
                connect_timeout=3,
                application_name="pabal supervisor",
                options="-c statement_timeout=3000",
            ),
            5,
        )
        async with connection:
            while True:
                try:
                    await asyncio.wait_for(self._look(connection), 5)
                except (psycopg.errors.UndefinedFunction, psycopg.errors.InsufficientPrivilege) as error:
                    if not self._warned:
                        self._warned = True
                        say(
                            f"reaper: {type(error).__name__}: leases of dead workers will run out by "
                            f"themselves"
                        )
                    self._gone.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _INTERVAL)

    async def _look(self, connection: psycopg.AsyncConnection) -> None:
        self._wake.clear()
        while self._gone:
            await connection.execute("SELECT app.reap_worker(%s)", (self._gone[0],))
            self._gone.pop(0)
        stale = await (await connection.execute("SELECT owner FROM app.stale_workers()")).fetchall()
        for (owner,) in stale:
            if self._kill_owner(owner):
                say("a worker's lease ran out: killed, its work goes to the others")
            elif is_absent(owner):
                # A worker of an earlier run of ours, or of this machine's earlier boot.
                await connection.execute("SELECT app.reap_worker(%s)", (owner,))
