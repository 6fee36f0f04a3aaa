"""The worker: takes turns and serves them. The explicit list of what turns mean is `HANDLERS`.

Nothing here is needed for correctness: every turn names work that the ledger knows, and the sweeper issues it again.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

from pabal import dispatch
from pabal.automations import OWN_BATCH, TRIGGER_BATCH, process_repeats, run_triggers
from pabal.campaigns.jobs import launch_due, run_check_job
from pabal.compliance import purge
from pabal.config import Settings
from pabal.contacts import run_bulk_edit
from pabal.imports import serve_undo
from pabal.imports.jobs import serve_import
from pabal.kit import turns
from pabal.kit.clockshift import following_clock_shift
from pabal.kit.log import configure_logging
from pabal.kit.procid import owner_name
from pabal.kit.turns import Line, Turn
from pabal.operations import Taken, keep_beating
from pabal.runtime import Runtime, open_runtime

log = structlog.get_logger(__name__)

# How many turns of a line one worker process serves at once. Bulk has places of its own and can't take the urgent ones.
CONCURRENCY: Mapping[Line, int] = {
    Line.RECEIPTS: 3,
    Line.URGENT: 2,
    Line.DISPATCH: 6,
    Line.JOBS: 2,
    Line.IMPORTS: 1,
}
STOP_SECONDS = 10.0
# Changes of records, of one tenant, behind the first. A batch costs some 40 ms of CPU whatever it holds; a message is to be
# out within a second, of which some 0.3 s are spent after this.
GATHER_SECONDS = 0.35


class Work(NamedTuple):
    """What a handler gets: the runtime, who we are, the turn."""

    rt: Runtime
    owner: str
    turn: Turn

    @property
    def tenant_id(self) -> UUID:
        return UUID(self.turn.tenant_id)

    @property
    def id(self) -> UUID:
        return UUID(self.turn.id.partition("/")[0])

    @property
    def second_id(self) -> UUID:
        """For work below a send: `<id>/<send id>`."""
        return UUID(self.turn.id.partition("/")[2])


# Seconds until the lane's next turn, 0 for the back of the line; None when nothing is left to do in it for now.
Again = float | None


async def _lane(work: Work) -> Again:
    return await dispatch.serve_lane(work.rt, work.owner, work.tenant_id, work.id)


async def _launch(work: Work) -> Again:
    await dispatch.launch_send(work.rt, work.tenant_id, work.id)
    return None


async def _watch(work: Work) -> Again:
    await dispatch.watch_send(work.rt, work.tenant_id, work.id)
    return None


async def _retry(work: Work) -> Again:
    await dispatch.gather_retries(work.rt, work.tenant_id, work.id)
    return None


async def _receipts(work: Work) -> Again:
    return 0.0 if await dispatch.apply_receipts(work.rt, work.tenant_id) else None


async def _poll(work: Work) -> Again:
    await dispatch.poll_request(work.rt, work.tenant_id, work.second_id, work.id)
    return None


async def _optouts(work: Work) -> Again:
    await dispatch.read_optouts(work.rt, work.tenant_id, work.id)
    return None


async def _import(work: Work) -> Again:
    return 0.0 if await serve_import(work.rt, work.tenant_id, work.id) else None


async def _import_undo(work: Work) -> Again:
    await serve_undo(work.rt, work.tenant_id, work.id)
    return None


async def _job(work: Work) -> Again:
    await run_check_job(work.rt, work.tenant_id, work.id)
    return None


async def _bulk_edit(work: Work) -> Again:
    await run_bulk_edit(work.rt, work.tenant_id, work.id)
    return None


async def _schedule(work: Work) -> Again:
    await launch_due(work.rt, work.tenant_id, work.id)
    return None


async def _retention(work: Work) -> Again:
    return 0.0 if await purge(work.rt, work.tenant_id) else None


async def _triggers(work: Work) -> Again:
    # The first change after a quiet while is served at once; those that follow gather, because fifty changes cost little
    # more than one. A full batch has more behind it.
    taken = await run_triggers(work.rt, work.tenant_id)
    return (GATHER_SECONDS if taken < TRIGGER_BATCH else 0.0) if taken else None


async def _repeats(work: Work) -> Again:
    ran = await process_repeats(work.rt, work.tenant_id, limit=OWN_BATCH, count=False)
    if (
        ran.processed == OWN_BATCH and work.turn.slot == 0
    ):  # a long queue is worked off by two: rows are taken once
        await turns.ring(work.rt.redis, Turn(Line.JOBS, "repeats", work.turn.tenant_id, work.turn.id, 1))
    return 0.0 if ran.processed else None


HANDLERS: Mapping[str, Callable[[Work], Awaitable[Again]]] = {
    "lane": _lane,
    "urgent": _lane,
    "urgent_launch": _launch,
    "launch": _launch,
    "watch": _watch,
    "retry": _retry,
    "receipts": _receipts,
    "poll": _poll,
    "optouts": _optouts,
    "import": _import,
    "import_undo": _import_undo,
    "job": _job,
    "bulk_edit": _bulk_edit,
    "schedule": _schedule,
    "triggers": _triggers,
    "retention": _retention,
    "repeats": _repeats,
}

LINES: Mapping[str, Line] = {
    "lane": Line.DISPATCH,
    "urgent": Line.URGENT,
    "urgent_launch": Line.URGENT,
    "launch": Line.JOBS,
    "watch": Line.RECEIPTS,
    "retry": Line.RECEIPTS,
    "receipts": Line.RECEIPTS,
    "poll": Line.RECEIPTS,
    "optouts": Line.JOBS,
    "import": Line.IMPORTS,
    "import_undo": Line.JOBS,
    "job": Line.JOBS,
    "bulk_edit": Line.JOBS,
    "schedule": Line.JOBS,
    "triggers": Line.URGENT,
    "retention": Line.JOBS,
    "repeats": Line.JOBS,
}


async def serve(rt: Runtime, stop: asyncio.Event, *, owner: str | None = None) -> None:
    """Serve all lines until `stop`; then let running turns end."""
    me = owner or owner_name()
    taken = Taken()
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_beating(rt, me, taken, stop))
        for line, places in CONCURRENCY.items():
            group.create_task(_serve_line(rt, me, line, places, stop, taken))


async def _serve_line(
    rt: Runtime, owner: str, line: Line, places: int, stop: asyncio.Event, count: Taken
) -> None:
    running: set[asyncio.Task[None]] = set()
    parked: set[asyncio.Task[None]] = set()  # turns that wait for tokens hold no place
    errors = 0
    while not stop.is_set():
        if len(running) >= places:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED, timeout=1.0)
            running = {task for task in running if not task.done()}
            continue
        try:
            taken = await turns.take(rt.redis, line, count=places - len(running), block_ms=250)
            errors = 0
        except (RedisError, OSError) as error:
            log.warning("no turns", line=line, error=type(error).__name__)
            await turns.pause_after_error(errors)
            errors += 1
            continue
        for turn in taken:
            task = asyncio.create_task(_serve_turn(Work(rt, owner, turn), parked, stop))
            task.add_done_callback(count.ended)
            count.began(line)
            running.add(task)
        running = {task for task in running if not task.done()}
        parked -= {task for task in parked if task.done()}
    if running:
        await asyncio.wait(running, timeout=STOP_SECONDS)
    if parked:
        await asyncio.wait(parked, timeout=STOP_SECONDS)


async def _serve_turn(work: Work, parked: set[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """One turn to its end. Errors are logged and end here: the ledger still has the work, the sweeper brings it back."""
    warm = asyncio.create_task(_keep_warm(work))
    again: Again = None
    try:
        again = await HANDLERS[work.turn.kind](work)
    except (psycopg.OperationalError, PoolTimeout, RedisError, OSError) as error:
        log.warning("turn interrupted", kind=work.turn.kind, error=type(error).__name__)
    except Exception as error:
        # The type and place only: messages of exceptions may quote row values.
        log.exception("turn failed", kind=work.turn.kind, id=work.turn.id, error=type(error).__name__)
        await asyncio.sleep(1.0)
    finally:
        warm.cancel()
    if again:
        parked.add(asyncio.create_task(_give_back(work, again, stop)))
    else:
        await _give_back(work, again, stop)


async def _give_back(work: Work, again: Again, stop: asyncio.Event) -> None:
    """To the back of the line, perhaps after a while that is far shorter than a slot's life; or the slot is free."""
    if again:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), again)
    try:
        if again is None:
            await turns.finish(work.rt.redis, work.turn)
        else:
            await turns.reissue(work.rt.redis, work.turn)
    except (RedisError, OSError) as error:
        log.warning("turn not given back", kind=work.turn.kind, error=type(error).__name__)


async def _keep_warm(work: Work) -> None:
    while True:
        await asyncio.sleep(3.0)
        with suppress(RedisError, OSError):
            await turns.keep_warm(work.rt.redis, work.turn)


async def run(settings: Settings) -> None:
    """Entry of `pabal worker`."""
    configure_logging(settings.log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_runtime(settings, name="pabal worker", pool_size=16) as rt, following_clock_shift(rt):
        await serve(rt, stop)
