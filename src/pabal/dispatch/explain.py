"""Why did, or didn't, this person get it? From the first reason, the policy version and the tries; passes are derived.

A person is looked at twice: at launch (the gate, then same address), and in each claim (the gate again, then rendering).
What hasn't been looked at yet isn't said to have passed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.dispatch.reads import MessageDetail, read_message
from pabal.domain.message import MessageState
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    check: str
    result: str  # passed, stopped, not_reached
    value: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Explanation:
    outcome: str
    reason: str | None
    checks: list[Check]
    detail: MessageDetail


# At launch and in every claim (`gate.FIRST_REASON`).
GATE = (
    "erased",
    "merged",
    "no_address",
    "suppressed",
    "no_basis",
    "other_purpose",
    "no_consent",
    "no_night_consent",
)
LAUNCH = ("same_address",)  # among those who pass the gate at launch, the first keeps the address
CLAIM = ("missing_variable", "not_encodable", "too_long", "notice_missing")  # `render.finish`
ORDER = GATE + LAUNCH + CLAIM


@dataclass(frozen=True, slots=True)
class Facts:
    state: MessageState
    reason: str | None
    tried: bool
    chunked: bool  # passed everything at launch
    policy: int
    launched_at: datetime | None
    gate_at: datetime | None  # of the last claim of the person's chunk, or the person's own newest try
    decided_at: datetime  # when the person's state last changed
    send_state: str
    hold_reason: str


def checks_of(facts: Facts) -> list[Check]:
    """In order of evaluation. Pure."""
    policy = f"policy {facts.policy}"
    stopped = facts.reason if facts.state is MessageState.SKIPPED else None
    order = ORDER if stopped is None or stopped in ORDER else (*ORDER, stopped)
    last_gate = facts.gate_at or facts.launched_at
    checks: list[Check] = []
    reached = True
    for name in order:
        looked_at = reached and (name not in CLAIM or facts.tried or stopped in CLAIM)
        if name == stopped:
            at = facts.decided_at if facts.chunked else facts.launched_at or facts.decided_at
            checks.append(Check(name, "stopped", policy, at))
            reached = False
        elif looked_at or (name in LAUNCH and facts.chunked):
            checks.append(Check(name, "passed", policy, facts.launched_at if name in LAUNCH else last_gate))
        else:
            checks.append(Check(name, "not_reached", policy, None))
    if stopped is None:
        checks.append(_of_send(facts))
    return checks


def _of_send(facts: Facts) -> Check:
    """What keeps, or kept, the whole send from going on for somebody who passes."""
    if facts.state in {MessageState.CANCELLED, MessageState.EXPIRED}:
        return Check("send", "stopped", facts.reason or facts.state.value, facts.decided_at)
    if facts.state is MessageState.QUEUED and facts.send_state in {"paused", "held", "stopped"}:
        return Check("send", "stopped", facts.hold_reason or facts.send_state, None)
    return Check("send", "passed" if facts.tried else "not_reached", "", None)


async def explain(conn: Conn, tenant_id: UUID, send_id: UUID, contact_id: UUID) -> Explanation | None:
    """None: wasn't selected. The chunk is the one that was claimed last with this person in it: of retries, too."""
    cursor = await conn.execute(
        """
        SELECT m.seq, c.no IS NOT NULL, coalesce(c.policy_version, s.policy_version), c.gate_at, s.launched_at, s.state,
               s.hold_reason
        FROM messages m
        JOIN sends s ON s.tenant_id = m.tenant_id AND s.id = m.send_id
        LEFT JOIN LATERAL (
            SELECT k.no, k.policy_version, k.gate_at FROM chunks k
            WHERE k.tenant_id = m.tenant_id AND k.send_id = m.send_id AND m.seq BETWEEN k.seq_from AND k.seq_to
              AND (k.members IS NULL OR m.seq = ANY(k.members))
            ORDER BY k.gate_at DESC NULLS LAST, k.no DESC LIMIT 1) AS c ON true
        WHERE m.tenant_id = %s AND m.send_id = %s AND m.contact_id = %s
        """,
        (tenant_id, send_id, contact_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    seq, chunked, policy, gate_at, launched_at, send_state, hold_reason = row
    detail = await read_message(conn, tenant_id, send_id, seq)
    if detail is None:
        return None
    line, newest = detail.line, detail.attempts[-1] if detail.attempts else None
    facts = Facts(
        state=MessageState(line.state),
        reason=line.reason,
        tried=newest is not None,
        chunked=chunked,
        policy=policy,
        launched_at=launched_at,
        gate_at=newest.created_at if newest is not None else gate_at,
        decided_at=line.updated_at,
        send_state=send_state,
        hold_reason=hold_reason,
    )
    return Explanation(line.state, line.reason, checks_of(facts), detail)
