"""The four peers' applications, in the settings their documentation recommends for many small tasks. One is made per run
(PEER names it), because each wants to be a module's attribute.
"""

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from work import send_one, send_one_async  # run as a script by foreign command lines

PEER = os.environ["PEER"]
REDIS = os.environ["PEER_REDIS"]

if PEER == "celery":
    from celery import Celery

    app = Celery("peer", broker=REDIS.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host="))
    app.conf.update(
        worker_prefetch_multiplier=64, task_ignore_result=True, broker_connection_retry_on_startup=True
    )
    task = app.task(name="send_one")(send_one)
elif PEER == "dramatiq":
    import dramatiq
    from dramatiq.brokers.redis import RedisBroker

    dramatiq.set_broker(RedisBroker(url=REDIS))
    task = dramatiq.actor(send_one)
elif PEER == "taskiq":
    from taskiq_redis import RedisStreamBroker

    app = RedisStreamBroker(url=REDIS)
    task = app.task(task_name="send_one")(send_one_async)
elif PEER == "procrastinate":
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["PEER_DSN"]))
    task = app.task(name="send_one")(send_one_async)


def enqueue(count: int) -> None:
    if PEER == "celery":
        with app.producer_pool.acquire(block=True) as producer:
            for number in range(1, count + 1):
                task.apply_async((number,), producer=producer)
    elif PEER == "dramatiq":
        for number in range(1, count + 1):
            task.send(number)
    else:
        asyncio.run(_enqueue(count))


async def _enqueue(count: int) -> None:
    if PEER == "taskiq":
        await app.startup()
        for number in range(1, count + 1):
            await task.kiq(number)
        await app.shutdown()
        return
    async with app.open_async():
        for start in range(1, count + 1, 1000):
            last = min(count, start + 999)
            await task.batch_defer_async(*({"number": number} for number in range(start, last + 1)))


WORKERS = {
    "celery": ["celery", "-A", "apps", "worker", "--pool=prefork", "--concurrency=2", "--loglevel=ERROR",
               "--without-gossip", "--without-mingle", "--without-heartbeat"],
    "dramatiq": ["dramatiq", "apps", "--processes", "2", "--threads", "4"],
    "taskiq": ["taskiq", "worker", "apps:app", "--workers", "2", "--log-level", "ERROR"],
    "procrastinate": ["procrastinate", "--app=apps.app", "worker", "--concurrency=16", "--delete-jobs=always"],
}  # fmt: skip

if __name__ == "__main__":
    match sys.argv[1]:
        case "setup" if PEER == "procrastinate":
            with app.open():
                app.schema_manager.apply_schema()
        case "enqueue":
            enqueue(int(sys.argv[2]))
        case "command":
            print(" ".join(WORKERS[PEER]))
