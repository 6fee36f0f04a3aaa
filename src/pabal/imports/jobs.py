"""The import turn: starts the runner in a process of its own and waits for it.

A process, not a thread: a hundred thousand rows are some five seconds of pure Python, which would hold the
interpreter's lock against the leases and calls of a worker's event loop; and the runner switches the
garbage collector off. It dies with the worker (parent-death signal); its lease then runs out and the next
turn resumes. One that dies by itself is tried again a few times (imports/upkeep).
"""

import asyncio
import os
import signal
import sys
from uuid import UUID

from pabal.config import Settings
from pabal.domain.ids import new_id
from pabal.imports.lease import Outcome
from pabal.imports.upkeep import after_crash
from pabal.kit.embedded.spawn import die_with_parent
from pabal.kit.events import try_publish_changed
from pabal.kit.turns import Line, Turn
from pabal.runtime import Runtime

KIND = "import"


def import_turn(tenant_id: UUID, import_id: UUID) -> Turn:
    return Turn(line=Line.IMPORTS, kind=KIND, tenant_id=str(tenant_id), id=str(import_id))


async def serve_import(rt: Runtime, tenant_id: UUID, import_id: UUID) -> bool:
    """Handler of the turn. Never again at once: an import that waits for another one is brought back by the sweeper."""
    await run_in_process(rt, tenant_id, import_id)
    return False


async def run_in_process(rt: Runtime, tenant_id: UUID, import_id: UUID) -> Outcome:
    """Run the import in a child; cancelling this (the worker stops) ends the child between two commits."""
    owner = f"import-{new_id().hex}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pabal.imports",
        str(tenant_id),
        str(import_id),
        owner,
        env={**os.environ, **environment_of(rt.settings)},
        preexec_fn=die_with_parent(signal.SIGKILL),  # the event loop forks on the main thread
    )
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if code not in (0, 75):
        await after_crash(rt, tenant_id, import_id, owner)
        await try_publish_changed(rt, tenant_id, "import", import_id)
        raise RuntimeError(f"import runner ended with {code}")
    return Outcome.DONE if code == 0 else Outcome.BUSY


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as the child reads them; the command line of a process is public, its environment isn't."""
    values = settings.model_dump(mode="json", exclude_none=True)
    return {f"PABAL_{key.upper()}": str(value) for key, value in values.items()}
