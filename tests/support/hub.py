"""A hub inside the test: worker and scheduler as tasks on the test's own runtime, a real sandbox process beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from pabal import scheduler, worker
from pabal.dispatch import FrozenStep, Progress, Selection, announce_launch, create_send, read_progress
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime


@asynccontextmanager
async def running_hub(rt: Runtime, *, owner: str = "test-worker") -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.serve(rt, stop, owner=owner))
        group.create_task(scheduler.serve(rt, stop, owner=f"{owner}-scheduler"))
        try:
            yield
        finally:
            stop.set()


async def launch(
    rt: Runtime, tenant_id: UUID, account_id: UUID, selection: Selection, **options: object
) -> UUID:
    """Create a send of one step (SMS unless `channel` says otherwise) and announce it."""
    step = FrozenStep(
        channel=str(options.pop("channel", "sms")),
        body=str(options.pop("body", "#{이름}님, 안녕하세요")),
        sender_number="0212345678",
        account_id=account_id,
        **options.pop("step", {}),  # type: ignore[arg-type]  # test options
    )
    kind = str(options.pop("kind", "campaign"))
    async with tenant_tx(rt, tenant_id) as conn:
        send_id = await create_send(
            conn,
            tenant_id,
            kind=kind,
            campaign_id=None,
            steps=[step],
            selection=selection,
            **options,  # type: ignore[arg-type]
        )
    await announce_launch(rt, tenant_id, send_id, kind=kind)
    return send_id


async def progress_of(rt: Runtime, tenant_id: UUID, send_id: UUID) -> Progress:
    async with tenant_tx(rt, tenant_id) as conn:
        progress = await read_progress(conn, tenant_id, send_id)
    assert progress is not None
    return progress


async def until(
    rt: Runtime, tenant_id: UUID, send_id: UUID, met: Callable[[Progress], bool], *, seconds: float = 60
) -> Progress:
    """Poll the progress until a condition is met; every snapshot's counts must sum to the audience."""
    async with asyncio.timeout(seconds):
        while True:
            progress = await progress_of(rt, tenant_id, send_id)
            assert sum(progress.counts.values()) == progress.audience
            if met(progress):
                return progress
            await asyncio.sleep(0.05)


def is_over(progress: Progress) -> bool:
    return progress.state in {"finished", "cancelled"} and not any(
        progress.counts[state] for state in ("queued", "sending", "accepted")
    )
