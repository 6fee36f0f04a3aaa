"""How far a tenant is: the steps as it left them, the facts behind them, and what still keeps a real message back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from psycopg.rows import class_row

from pabal import quota
from pabal.kit.db import Conn

Step = Literal["recovery_key", "address", "carrier", "sender", "candidacy"]
StepState = Literal["todo", "done", "skipped"]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True, slots=True)
class Facts:
    kind: str
    public_url: str | None
    live_account: bool
    registered_sender: bool  # at a real carrier
    pending_sender: bool
    sending_frozen: bool

    def proves(self, step: Step) -> bool:
        """Done whatever was clicked."""
        return {
            "address": self.public_url is not None,
            "carrier": self.live_account,
            "sender": self.registered_sender,
        }.get(step, False)


# What a click alone can't finish: "done" without the fact is "later".
NEED_FACTS: frozenset[Step] = frozenset({"carrier", "sender", "candidacy"})


@dataclass(frozen=True, slots=True)
class Blocker:
    code: str
    message: str


async def read_facts(conn: Conn) -> Facts:
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
    return facts


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
    if facts.kind == "camp":
        found.append(
            Blocker(
                "candidacy",
                "후보자 정보를 아직 넣을 수 없어 선거운동 문자는 보낼 수 없어요. 다른 안내 문자는 보낼 수 있어요.",
            )
        )
    return found
