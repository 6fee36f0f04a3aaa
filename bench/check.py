"""How long the check before launch takes for a large book, through the API and a worker's job.

`make bench-check [ARGS="--people 1000000"]`. The book is written straight into the tables: an import of a million is
another bench's business. Everybody has a name of their own, so that no text is weighed for two by luck.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from bench.report import Figure, append  # noqa: E402  # the path above makes it a script
from bench.spine import TaggedInstallation  # noqa: E402
from pabal.cli.hub import settings_of_hub  # noqa: E402
from pabal.kit.db import tenant_tx  # noqa: E402
from pabal.runtime import open_runtime  # noqa: E402

BODY = "#{이름}님, 주민 설명회에 초대해요. 장소와 시간은 다음 안내에서 알려 드릴게요."
PAUSE = 0.05


async def make_book(hub: TaggedInstallation, tenant: UUID, first: int, people: int) -> None:
    async with open_runtime(settings_of_hub(hub.data), name="pabal bench", pool_size=2) as rt:
        await rt.keys.of(rt.pool, tenant)
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute(
                """
                WITH made AS (
                    INSERT INTO contacts (tenant_id, id, pii, basis, source, district)
                    SELECT %(tenant)s, uuidv7(),
                           app.encrypt(jsonb_build_object(
                               'name', chr(44032 + n %% 11172) || chr(44032 + n / 11172 %% 11172) || '서',
                               'phones', jsonb_build_array('010' || lpad(n::text, 8, '0')),
                               'attributes', '{}'::jsonb)::text),
                           '동의', '시험', '마포구'
                    FROM generate_series(%(first)s::int, %(last)s::int) AS n
                    RETURNING id
                )
                INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position)
                SELECT %(tenant)s, id, 'phone', %(first)s + row_number() OVER (), %(first)s + row_number() OVER (), 0
                FROM made
                """,
                {"tenant": tenant, "first": first, "last": people},
            )


def check(hub: TaggedInstallation) -> tuple[float, int]:
    """Seconds, and how many steps of progress a person saw."""
    steps = [{"channel": "sms", "body": BODY}]
    campaign = hub.post(
        "/api/campaigns", {"name": "점검", "messageClass": "civic", "filter": {}, "steps": steps}
    )
    began = time.perf_counter()
    job = hub.post(f"/api/campaigns/{campaign['id']}/check", {})["jobId"]
    seen = set()
    while (now := hub.get(f"/api/jobs/{job}"))["state"] in {"queued", "running"}:
        seen.add(now["progress"])
        time.sleep(PAUSE)
    assert now["state"] == "completed", now
    return time.perf_counter() - began, len(seen)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-bench-") as folder:
        hub = TaggedInstallation(Path(folder) / "data", "--workers", "1")
        hub.start()
        tenant = UUID(hub.tenant(quota=10**9)["tenantId"])
        asyncio.run(make_book(hub, tenant, 1, given.small))
        small = statistics.median(check(hub)[0] for _ in range(3))
        figures = [Figure(f"check of {given.small:,} people", f"{small:.2f} s", "≤ 2 s", ok=small <= 2)]
        if given.people > given.small:
            asyncio.run(make_book(hub, tenant, given.small + 1, given.people))
            seconds, steps = check(hub)
            figures.append(
                Figure(
                    f"check of {given.people:,} people",
                    f"{seconds:.1f} s",
                    "≤ 20 s with progress",
                    f"{steps} steps of progress seen",
                    ok=seconds <= 20 and steps > 3,
                )
            )
        hub.stop()
    append("Check before launch", figures)
    print(json.dumps({"ok": all(figure.ok for figure in figures)}))


if __name__ == "__main__":
    main()
