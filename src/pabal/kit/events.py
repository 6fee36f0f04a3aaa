"""The live channel: "something changed" per tenant over Redis pub/sub. Ids only, no personal data, and no
truth: a lost message costs a late refetch, never a fact.
"""

import json
from typing import Protocol
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PREFIX = "pabal:changed:"


class HasRedis(Protocol):
    @property
    def redis(self) -> Redis: ...


def channel_of(tenant_id: UUID) -> str:
    return f"{PREFIX}{tenant_id}"


async def publish_changed(hub: HasRedis, tenant_id: UUID, topic: str, object_id: object) -> None:
    """Tell the tenant's open screens that an object changed (topics: campaign import inbox record quota job
    ...).

    After the commit, never inside the transaction: whoever hears it reads at once. Raises what redis-py
    raises when Redis is away; callers that must not fail for it use `try_publish_changed`.
    """
    await hub.redis.publish(channel_of(tenant_id), json.dumps({"topic": topic, "id": str(object_id)}))


async def try_publish_changed(hub: HasRedis, tenant_id: UUID, topic: str, object_id: object) -> None:
    """`publish_changed` for those who must not fail when Redis is away: screens refetch on their own too."""
    try:
        await publish_changed(hub, tenant_id, topic, object_id)
    except (RedisError, OSError) as error:
        log.info("change not announced", topic=topic, error=type(error).__name__)
