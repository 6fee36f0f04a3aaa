"""How many will come to a further step, going by the camp's own sends: the check's "at most" beside what is likely.

Counters of sends with one channel alone, since in those "failed" means that this channel failed: a handful of rows each.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pabal.kit.db import Conn

HISTORY_DAYS: Final = 90
ENOUGH: Final = 100  # people with a known end; of fewer a share says nothing
SENDS: Final = 50  # the newest; lists change, and old ones tell about lists of then


async def likely_failures(conn: Conn, tenant_id: UUID, now: datetime) -> Mapping[str, float]:
    """Of 100 that got a known end, how many failed, as a share by channel (`sms` for all texts)."""
    cursor = await conn.execute(
        """
        WITH lately AS (
            SELECT id,
                   CASE WHEN steps -> 0 ->> 'channel' IN ('lms', 'mms') THEN 'sms'
                        ELSE steps -> 0 ->> 'channel' END AS channel
            FROM sends
            WHERE tenant_id = %(tenant)s AND kind = 'campaign' AND NOT rehearse AND launched_at >= %(since)s
              AND jsonb_array_length(steps) = 1
            ORDER BY launched_at DESC LIMIT %(sends)s
        )
        SELECT l.channel, sum(k.n) FILTER (WHERE k.state = 'failed')::float8 / sum(k.n)
        FROM lately l JOIN send_counters k ON k.tenant_id = %(tenant)s AND k.send_id = l.id
        WHERE k.state IN ('failed', 'delivered')
        GROUP BY l.channel HAVING sum(k.n) >= %(enough)s
        """,
        {
            "tenant": tenant_id,
            "since": now - timedelta(days=HISTORY_DAYS),
            "sends": SENDS,
            "enough": ENOUGH,
        },
    )
    return {channel: share or 0.0 for channel, share in await cursor.fetchall()}


def likely_at(
    channels: Sequence[str], people: Sequence[int], failures: Mapping[str, float]
) -> list[int | None]:
    """Per step how many will likely come to it; None from the first step on whose channel there is no history. `people[i]`
    may come to it at worst: nobody beyond them does."""
    found: list[int | None] = [people[0] if people else 0]
    for channel, most in zip(channels, people[1:], strict=False):
        before = found[-1]
        share = failures.get("sms" if channel in {"sms", "lms", "mms"} else channel)
        found.append(None if before is None or share is None else min(most, round(before * share)))
    return found
