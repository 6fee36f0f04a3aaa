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

from pabal.channels.meaning import code_of
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
    """What the counters of a send say. `answered`: people about whom the carrier has said anything at all, those who went on
    to a later step among them, so that quick refusals aren't held against deliveries that take their time. `in_hand`:
    still at the carrier, or on the way to it."""

    answered: int = 0
    ended: int = 0
    in_hand: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)  # by reason

    @classmethod
    def of(cls, cells: Iterable[tuple[str, str, int]], gone_on: int = 0) -> Self:
        answered, ended, in_hand = gone_on, 0, 0
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
    """The counters as they were. `pardoned`: people who were at the carrier when somebody let a send go on that had stopped
    by itself; as many more failures for the reasons he has seen are an echo. A new reason is news."""

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
    grown = {
        reason: n - mark.failed.get(reason, 0) - (echo if reason in mark.failed else 0)
        for reason, n in now.failed.items()
        if reason
    }
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
        classes = await _classes_of(conn, tenant_id, send_id, reason)
        if classes and classes <= STOPPING:
            return reason
    if asked or _since(mark, now)[0] >= WINDOW:
        await _write(conn, tenant_id, send_id, moved(mark, now))
    return None


async def begin_anew(conn: Conn, tenant_id: UUID, send_id: UUID, held_for: str) -> None:
    """A person lets the send go on: what has failed isn't counted against it again; nor, where that was why it had stopped
    (`held_for`), what comes of those who are at the carrier now."""
    _, now = await _read(conn, tenant_id, send_id)
    pardoned = now.in_hand if held_for.startswith(HOLD) else 0
    await _write(conn, tenant_id, send_id, Mark(now.answered, now.ended, pardoned, now.failed))


async def _read(conn: Conn, tenant_id: UUID, send_id: UUID) -> tuple[Mark, Tally]:
    cursor = await conn.execute(
        """
        SELECT (SELECT mark FROM send_marks WHERE tenant_id = %(tenant)s AND send_id = %(send)s),
               (SELECT coalesce(json_agg(json_build_array(c.state, c.reason, c.n)), '[]')
                FROM (SELECT state, reason, sum(n)::bigint AS n FROM send_counters
                      WHERE tenant_id = %(tenant)s AND send_id = %(send)s GROUP BY 1, 2) AS c),
               (SELECT coalesce(sum(array_length(members, 1)), 0) FROM chunks
                WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND step > 0)
               + (SELECT count(*) FROM retries WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND step > 0)
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    mark, cells, gone_on = row
    return Mark() if mark is None else Mark(**mark), Tally.of(cells, gone_on)


async def _write(conn: Conn, tenant_id: UUID, send_id: UUID, mark: Mark) -> None:
    """In a table of its own: the send's row is locked FOR SHARE by every claim, and this must not wait for them."""
    await conn.execute(
        """
        INSERT INTO send_marks (tenant_id, send_id, mark) VALUES (%s, %s, %s)
        ON CONFLICT (tenant_id, send_id) DO UPDATE SET mark = excluded.mark
        """,
        (tenant_id, send_id, Jsonb(mark.to_json())),
    )


async def _classes_of(conn: Conn, tenant_id: UUID, send_id: UUID, reason: str) -> set[FailureClass]:
    """What the code tables say of a reason at the products that the send's steps go through: the same number may mean another
    thing at each. Asking the tries instead would walk over everybody who was sent to since."""
    if reason in set(FailureClass):
        return {FailureClass(reason)}  # a failure without a code
    cursor = await conn.execute(
        """
        SELECT DISTINCT a.carrier, st.step ->> 'channel'
        FROM sends s
        CROSS JOIN LATERAL jsonb_array_elements(s.steps) AS st (step)
        JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = (st.step ->> 'account_id')::uuid
        WHERE s.tenant_id = %s AND s.id = %s
        """,
        (tenant_id, send_id),
    )
    meanings = [code_of(carrier, channel, reason) for carrier, channel in await cursor.fetchall()]
    return {one.failure_class for one in meanings if one is not None}
