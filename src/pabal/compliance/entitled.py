"""May the camp still broadcast? Asked again wherever a send goes on that began earlier: at a resume, and in every claim."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pabal.compliance.facts import facts_of
from pabal.compliance.queries import read_around
from pabal.domain.campaign import MessageClass
from pabal.domain.law.facts import Origin
from pabal.domain.law.judge import LawVerdict, judge
from pabal.kit.clock import KST
from pabal.kit.db import Conn

_ENTITLED = frozenset({"E-02", "E-18", "E-19", "D-09"})


async def entitled_now(conn: Conn, tenant_id: UUID, now: datetime) -> tuple[LawVerdict, ...]:
    """What stops a broadcast from going on: the candidacy may have ended, been given up or been annulled."""
    around = await read_around(conn, tenant_id, now.astimezone(KST).date())
    facts = replace(facts_of(around, now), message_class=MessageClass.CAMPAIGN, origin=Origin.SELECTION)
    return tuple(one for one in judge(facts, around.levels) if one.rule in _ENTITLED and one.level == "block")
