"""How far a tenant is: the steps as it left them, the facts behind them, and what still keeps a real message back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from psycopg.rows import class_row

from pabal import quota
from pabal.compliance import read_around
from pabal.kit.clock import KST
from pabal.kit.db import Conn

Step = Literal["recovery_key", "address", "carrier", "sender", "candidacy"]
StepState = Literal["todo", "done", "skipped"]
STEPS: tuple[Step, ...] = get_args(Step)
CandidacyState = Literal["none", "not_entitled", "unreported", "ready"]


@dataclass(frozen=True, slots=True)
class Facts:
    kind: str
    public_url: str | None
    live_account: bool
    registered_sender: bool  # at a real carrier
    pending_sender: bool
    sending_frozen: bool
    candidacy: CandidacyState = "none"  # of the election that comes next

    def proves(self, step: Step) -> bool:
        """Done whatever was clicked."""
        return {
            "address": self.public_url is not None,
            "carrier": self.live_account,
            "sender": self.registered_sender,
            "candidacy": self.candidacy != "none",
        }.get(step, False)


# What a click alone can't finish: "done" without the fact is "later".
NEED_FACTS: frozenset[Step] = frozenset({"carrier", "sender", "candidacy"})


@dataclass(frozen=True, slots=True)
class Blocker:
    code: str
    message: str


_CANDIDACY: Mapping[CandidacyState, Blocker] = {
    "none": Blocker(
        "candidacy",
        "후보자 정보를 넣지 않아 선거운동 문자는 보낼 수 없어요. 다른 안내 문자는 보낼 수 있어요.",
    ),
    "not_entitled": Blocker(
        "candidacy_invalid",
        "후보자 자격이 지금 유효하지 않아 선거운동 문자는 보낼 수 없어요. 선거법 화면에서 확인해 주세요.",
    ),
    "unreported": Blocker(
        "candidacy_number",
        "선거운동 문자를 보내려면 신고한 번호와 접수 번호, 무료수신거부 방법이 있어야 해요.",
    ),
}


async def read_facts(conn: Conn, tenant_id: UUID, now: datetime) -> Facts:
    async with conn.cursor(row_factory=class_row(Facts)) as cursor:
        await cursor.execute(
            """
            WITH live AS (SELECT id FROM carrier_accounts WHERE NOT sandbox AND state = 'active'),
                 numbers AS (SELECT s.state FROM senders s JOIN live ON live.id = s.account_id)
            SELECT t.kind, t.public_url, EXISTS (SELECT FROM live) AS live_account,
                   EXISTS (SELECT FROM numbers WHERE state = 'registered') AS registered_sender,
                   EXISTS (SELECT FROM numbers WHERE state = 'pending') AS pending_sender, i.sending_frozen
            FROM tenants t CROSS JOIN app.installation i
            """
        )
        facts = await cursor.fetchone()
    assert facts is not None
    if facts.kind != "camp":
        return facts
    return replace(facts, candidacy=await _candidacy(conn, tenant_id, now))


async def _candidacy(conn: Conn, tenant_id: UUID, now: datetime) -> CandidacyState:
    around = await read_around(conn, tenant_id, now.astimezone(KST).date())
    if around.candidacy is None:
        return "none"
    facts = around.candidacy.as_facts()
    if not facts.valid_at(now):
        return "not_entitled"
    return "ready" if facts.reported_number and facts.receipt and facts.refusal else "unreported"


async def read_steps(conn: Conn, facts: Facts) -> Mapping[Step, StepState]:
    """In order; only camps stand for election."""
    cursor = await conn.execute("SELECT step, state FROM setup_steps")
    stored: dict[Step, StepState] = dict(await cursor.fetchall())
    return {
        step: "done" if facts.proves(step) else stored.get(step, "todo")
        for step in STEPS
        if step != "candidacy" or facts.kind == "camp"
    }


async def blockers(conn: Conn, tenant_id: UUID, facts: Facts, *, month: str) -> Sequence[Blocker]:
    found = []
    if facts.sending_frozen:
        found.append(
            Blocker(
                "frozen", "백업에서 되돌린 뒤라 발송이 멈춰 있어요. 서버를 맡은 사람이 확인하고 풀어야 해요."
            )
        )
    if not facts.live_account:
        found.append(
            Blocker("carrier", "실제로 보낼 발송사 계정을 연결해야 해요. 연습용 계정으로는 나가지 않아요.")
        )
    if not facts.registered_sender:
        found.append(
            Blocker(
                "sender_pending",
                "발신번호의 등록이 아직 끝나지 않았어요. 발송사에서 승인되면 '등록됨'으로 바꿔 주세요.",
            )
            if facts.pending_sender
            else Blocker("sender", "발송사에 등록한 발신번호가 있어야 해요.")
        )
    if await quota.remaining(conn, tenant_id, month) <= 0:
        found.append(
            Blocker("quota", "이번 달 발송 한도가 남아 있지 않아요. 소유자가 한도를 정할 수 있어요.")
        )
    if facts.kind == "camp" and facts.candidacy in _CANDIDACY:
        found.append(_CANDIDACY[facts.candidacy])
    return found
