"""Word of changes, after their commit: to whoever evaluates automations, and to the tenant's open screens.

Forms come by hundreds a second, and each told both by itself: four trips to Redis, a seventh of a request's CPU. Now the
first change of a tenant tells at once, and those of the next moment together, under the tenant's id if they are several
(as when many are deleted at once; screens fetch what they show). Nothing depends on it: changes stand in the
outbox, and the sweeper looks for those that nobody told of.
"""

import asyncio
from uuid import UUID
from weakref import WeakKeyDictionary

from redis.asyncio import Redis

from pabal.kit.events import try_publish_changed
from pabal.kit.turns import Line, Turn, ring
from pabal.runtime import Runtime

TOGETHER_SECONDS = 0.05

# What has changed since a tenant was told of last; absent while nothing has for a moment.
_later: WeakKeyDictionary[Redis, dict[UUID, set[UUID]]] = WeakKeyDictionary()
_telling: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly


async def tell(rt: Runtime, tenant_id: UUID, object_id: UUID) -> None:
    """Best effort: a change behind another one of its tenant is told of up to 50 ms later."""
    later = _later.setdefault(rt.redis, {})
    if (waiting := later.get(tenant_id)) is not None:
        waiting.add(object_id)
        return
    later[tenant_id] = set()
    asyncio.get_running_loop().call_later(TOGETHER_SECONDS, _tell_of_the_rest, rt, tenant_id)
    await _tell(rt, tenant_id, object_id)


def _tell_of_the_rest(rt: Runtime, tenant_id: UUID) -> None:
    waiting = _later.get(rt.redis, {}).pop(tenant_id, None)
    if waiting:
        about = waiting.pop() if len(waiting) == 1 else tenant_id
        task = asyncio.get_running_loop().create_task(_tell(rt, tenant_id, about))
        _telling.add(task)
        task.add_done_callback(_telling.discard)


async def _tell(rt: Runtime, tenant_id: UUID, object_id: UUID) -> None:
    await ring(rt.redis, Turn(Line.URGENT, "triggers", str(tenant_id), str(tenant_id)))
    await try_publish_changed(rt, tenant_id, "record", object_id)
