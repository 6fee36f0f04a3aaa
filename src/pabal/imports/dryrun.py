"""`python -m pabal.imports.dryrun TENANT IMPORT KEY POLICY ask|join`: counts what an import would do, in its own process.

As much work as the run without its writing. The figures go to the upload if the question (KEY) is still asked.
"""

import asyncio
import gc
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.config import load_settings
from pabal.imports.cells import NOTES_OF_MENDING
from pabal.imports.draft import read_choices
from pabal.imports.forecast import Expected, forecast
from pabal.imports.forecasting import BEAT_SECONDS, keep_counting
from pabal.imports.merge import Policy
from pabal.imports.report import in_words
from pabal.kit.db import tenant_tx
from pabal.kit.log import configure_logging
from pabal.runtime import Runtime, open_runtime


async def count(
    rt: Runtime,
    tenant_id: UUID,
    import_id: UUID,
    key: str,
    policy: Policy,
    *,
    ask_nameless: bool = False,
    helped: bool = False,
) -> None:
    beat = asyncio.create_task(_stay_alive(rt, tenant_id, import_id, key))
    began = time.monotonic()
    try:
        async with tenant_tx(rt, tenant_id) as conn:
            shape, mapping = await read_choices(conn, import_id)
        found = await forecast(
            rt,
            tenant_id,
            import_id,
            shape=shape,
            mapping=mapping,
            policy=policy,
            year=rt.clock.now().year,
            ask_nameless=ask_nameless,
            helped=helped,
        )
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError):
            await beat
    await _keep(rt, tenant_id, import_id, key, told(found, time.monotonic() - began))


def told(found: Expected, seconds: float) -> dict[str, Any]:
    """As `ForecastOut` reads it. A row that adds something to somebody known is merged; one that adds nothing isn't."""
    return {
        "rows": found.rows,
        "people": found.people,
        "new": found.created,
        "merged": found.merged + found.updated,
        "unchanged": found.unchanged,
        "skipped": found.skipped,
        "review": found.questions,
        "rejected": found.rejected,
        "warned": found.warned,
        "refusals": found.refusals,
        "made_up": found.made_up,
        "seconds": round(seconds, 1),
        "problems": [asdict(one) for one in in_words(found.problems)],
        "fixes": _notes(found),
    }


def _notes(found: Expected) -> list[dict[str, Any]]:
    """Rows by what was mended or understood in them, under the notes of the mapping screen's cells."""
    counts = Counter({"refusal": found.refusals, "two_digit_year": found.two_digits})
    for words, count in found.mended.items():
        counts[NOTES_OF_MENDING.get(words, "tidied")] += count
    return [{"note": note, "count": count} for note, count in counts.most_common() if count]


async def _keep(rt: Runtime, tenant_id: UUID, import_id: UUID, key: str, result: dict[str, Any]) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE imports SET forecast = %(result)s, forecast_percent = 100, forecast_until = clock_timestamp()
            WHERE id = %(id)s AND forecast_key = %(key)s AND forecast IS NULL
            """,
            {"id": import_id, "key": key, "result": Jsonb(result)},
        )


async def _stay_alive(rt: Runtime, tenant_id: UUID, import_id: UUID, key: str) -> None:
    """Extends the lease; ends the process when the question is no longer asked."""
    while True:
        if not await keep_counting(rt, tenant_id, import_id, key, 0):
            sys.exit(0)
        await asyncio.sleep(BEAT_SECONDS)


async def _main(tenant: str, import_id: str, key: str, policy: str, nameless: str) -> None:
    settings = load_settings()
    configure_logging(settings.log_level)
    async with open_runtime(settings, name="pabal dry run", pool_size=3) as rt:
        await count(
            rt,
            UUID(tenant),
            UUID(import_id),
            key,
            Policy(policy),
            ask_nameless=nameless == "ask",
            helped=True,
        )


if __name__ == "__main__":
    gc.freeze()
    gc.disable()  # as the run does: millions of small tuples
    asyncio.run(_main(*sys.argv[1:]))
