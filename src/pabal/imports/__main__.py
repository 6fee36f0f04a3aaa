"""`python -m pabal.imports TENANT IMPORT OWNER`: the runner's own process; exit code 0 done, 75 busy (EX_TEMPFAIL).

The file is read and matched once; then the process forks, and every copy writes its share of the chunks on a
connection of its own. Nothing is sent between them: rows, plan and keyed hashes are shared memory.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Sequence
from uuid import UUID

from pabal.config import Settings, load_settings
from pabal.imports.lease import Outcome
from pabal.imports.run import Prepared, finish, prepare, write_chunks
from pabal.kit.embedded.spawn import die_with_parent
from pabal.kit.log import configure_logging
from pabal.runtime import open_runtime

WRITERS = 2  # of 100,000 rows' 11 s of work, half is PostgreSQL's: two keep two cores busy, more would queue
_WORTH_A_FORK = 3  # chunks


async def _prepare(settings: Settings, tenant: str, import_id: str, owner: str) -> Prepared | Outcome:
    async with open_runtime(settings, name="pabal import", pool_size=3) as rt:
        return await prepare(rt, UUID(tenant), UUID(import_id), owner, helped=True)


async def _write(settings: Settings, prepared: Prepared, share: int, of: int) -> None:
    async with open_runtime(settings, name="pabal import", pool_size=1) as rt:
        await write_chunks(rt, prepared, prepared.chunks[share::of])


async def _finish(settings: Settings, prepared: Prepared) -> None:
    async with open_runtime(settings, name="pabal import", pool_size=1) as rt:
        await finish(rt, prepared)


def _fork(settings: Settings, prepared: Prepared) -> list[int]:
    """Exit codes of the writers."""
    bind_to_parent = die_with_parent(signal.SIGKILL)
    writers = []
    for share in range(WRITERS):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                bind_to_parent()
                asyncio.run(_write(settings, prepared, share, WRITERS))
                code = 0
            finally:
                os._exit(code)  # nothing of the parent's is closed or flushed twice
        writers.append(pid)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in writers]


def main(arguments: Sequence[str]) -> int:
    settings = load_settings()
    configure_logging(settings.log_level)
    prepared = asyncio.run(_prepare(settings, *arguments))
    if isinstance(prepared, Outcome):
        return 0 if prepared is Outcome.DONE else 75
    if len(prepared.chunks) < _WORTH_A_FORK:
        asyncio.run(_write(settings, prepared, 0, 1))
    elif any(_fork(settings, prepared)):
        return 1
    asyncio.run(_finish(settings, prepared))
    return 0


# Millions of small tuples trigger full collections that find nothing: 1.7-3x on parsing (measured).
gc.freeze()
gc.disable()
code = main(sys.argv[1:])
sys.stdout.flush()
os._exit(code)  # taking 100,000 rows apart one by one costs 0.4 s, and the memory goes anyway
