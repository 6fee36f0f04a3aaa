"""A send that fails again and again for one and the same reason of ours stops by itself, before everybody has got nothing.

Looked at by the watch (twice a second for each live send), from the send's counters, which the outcome's own transaction
keeps: nothing is added to a claim, an outcome or a receipt. `send_marks` remembers the counters as they were some hundred
results ago, or when a person let the send go on: only what came since is judged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.domain.message import FailureClass
from pabal.kit.db import Conn

# Two hundredths of a list of 1,000 are bad luck, half of the last hundred is a cause. Twenty, because a reason that hits
# everybody shows by then, and a small test list must not stop at its third bad row.
WINDOW = 100
LEAST = 20
SHARE = 0.5
# What somebody on our side can mend: sender number, template, account, text, list. Not `final` (no such number: old lists
# are like that, and going on harms nobody) and not `retryable` (switched off, full, busy: tomorrow it arrives).
STOPPING = frozenset(
    {
        FailureClass.CONFIGURATION,
        FailureClass.CONTENT,
        FailureClass.POLICY,
        FailureClass.DUPLICATE,
    }
)
HOLD = "errors:"  # of `sends.hold_reason`, followed by the code
_ANSWERED = frozenset({"accepted", "delivered", "failed", "uncertain"})


@dataclass(frozen=True, slots=True)
class Tally:
    """What the counters of a send say. `answered`: people about whom the carrier has said anything at all, so that quick
    refusals aren't held against deliveries that take their time. `in_hand`: still at the carrier, or on the way to it."""

    answered: int = 0
    ended: int = 0
    in_hand: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)  # by reason

    @classmethod
    def of(cls, cells: Iterable[tuple[str, str, int]]) -> Self:
        answered = ended = in_hand = 0
        failed: dict[str, int] = {}
        for state, reason, n in cells:
            answered += n if state in _ANSWERED else 0
            ended += n if state in {"delivered", "failed"} else 0
            in_hand += n if state in {"sending", "accepted"} else 0
            if state == "failed":
                failed[reason] = n
        return cls(answered, ended, in_hand, failed)


@dataclass(frozen=True, slots=True)
class Mark:
    """The counters as they were. `pardoned`: people who were at the carrier when somebody let the send go on; as many more
    failures are an echo of what he has already seen."""

    answered: int = 0
    ended: int = 0
    pardoned: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def _since(mark: Mark, now: Tally) -> tuple[int, int]:
    """(results since the mark, how many of them are final). Receipts that were held up come all at once: as many as have
    ended count, even if nobody new was answered."""
    ended = max(0, now.ended - mark.ended)
    return max(ended, now.answered - mark.answered), ended


def suspects(mark: Mark, now: Tally) -> list[str]:
    """Reasons that dominate since the mark, the commonest first. Whether one is ours to mend is for its class to say."""
    results, ended = _since(mark, now)
    echo = min(mark.pardoned, ended)
    grown = {reason: n - mark.failed.get(reason, 0) - echo for reason, n in now.failed.items() if reason}
    found = [reason for reason, n in grown.items() if n >= LEAST and n >= SHARE * results]
    return sorted(found, key=lambda reason: (-grown[reason], reason))


def moved(mark: Mark, now: Tally) -> Mark:
    """From now on."""
    _, ended = _since(mark, now)
    return Mark(now.answered, now.ended, max(0, mark.pardoned - ended), now.failed)


async def find_burst(conn: Conn, tenant_id: UUID, send_id: UUID) -> str | None:
    """The code a running send should be held for. Moves the mark on when there is nothing to hold it for."""
    mark, now = await _read(conn, tenant_id, send_id)
    asked = suspects(mark, now)
    for reason in asked:
        if await _class_of(conn, tenant_id, send_id, reason) in STOPPING:
            return reason
    if asked or _since(mark, now)[0] >= WINDOW:
        await _write(conn, tenant_id, send_id, moved(mark, now))
    return None


async def begin_anew(conn: Conn, tenant_id: UUID, send_id: UUID) -> None:
    """A person lets the send go on: what has failed, and who is at the carrier now, isn't counted against it again."""
    _, now = await _read(conn, tenant_id, send_id)
    await _write(conn, tenant_id, send_id, Mark(now.answered, now.ended, now.in_hand, now.failed))


async def _read(conn: Conn, tenant_id: UUID, send_id: UUID) -> tuple[Mark, Tally]:
    cursor = await conn.execute(
        """
        SELECT (SELECT mark FROM send_marks WHERE tenant_id = %(tenant)s AND send_id = %(send)s),
               (SELECT coalesce(json_agg(json_build_array(c.state, c.reason, c.n)), '[]')
                FROM (SELECT state, reason, sum(n)::bigint AS n FROM send_counters
                      WHERE tenant_id = %(tenant)s AND send_id = %(send)s GROUP BY 1, 2) AS c)
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    mark, cells = row
    return Mark() if mark is None else Mark(**mark), Tally.of(cells)


async def _write(conn: Conn, tenant_id: UUID, send_id: UUID, mark: Mark) -> None:
    """In a table of its own: the send's row is locked FOR SHARE by every claim, and this must not wait for them."""
    await conn.execute(
        """
        INSERT INTO send_marks (tenant_id, send_id, mark) VALUES (%s, %s, %s)
        ON CONFLICT (tenant_id, send_id) DO UPDATE SET mark = excluded.mark
        """,
        (tenant_id, send_id, Jsonb(mark.to_json())),
    )


async def _class_of(conn: Conn, tenant_id: UUID, send_id: UUID, reason: str) -> FailureClass | None:
    """Of the newest try that ended so: twenty of the last hundred did, so the walk back from the end is short."""
    cursor = await conn.execute(
        """
        SELECT failure_class FROM attempts
        WHERE tenant_id = %s AND send_id = %s AND code = %s AND failure_class IS NOT NULL
        ORDER BY seq DESC, n DESC LIMIT 1
        """,
        (tenant_id, send_id, reason),
    )
    row = await cursor.fetchone()
    if row is not None:
        return FailureClass(row[0])
    return FailureClass(reason) if reason in set(FailureClass) else None  # a failure without a code
