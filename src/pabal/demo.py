"""Demo data: a camp and a sales company with logins, invented people and a draft that can be launched and watched.

Nobody in it exists: names and numbers come from a seeded generator, everything goes through the simulator.
Refused in production mode. Repeatable: what a killed process left out is made up for; once a tenant was filled,
nothing comes back that people have deleted since (the audit trail remembers).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pabal.accounts import SystemActor, TenantKind, add_person, audit, find_user, memberships_of
from pabal.campaigns import create_campaign
from pabal.config import Mode
from pabal.contacts import Blinder, Draft, SegmentRule, create_contact, save_segment, suppress
from pabal.domain.ids import TenantId
from pabal.domain.roles import Role
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.provision import create_tenant, make_ready
from pabal.runtime import Runtime

PASSWORD = "pabal-demo"  # noqa: S105  public on purpose: README, api.md
QUOTA = 10_000
BASIS = "가상 인물"
SOURCE = "데모 데이터"

_SURNAMES = "김이박최정강조윤장임한오서신권황안송류홍"
_GIVEN = (
    "가온나래다솜라온마루바다새봄아라이든지우찬솔하늘한별해솔푸름"
    "노을누리도담보람슬기소담여울윤슬은하초롱예슬단비미르벼리솔찬"
)  # two syllables each


@dataclass(frozen=True)
class DemoTenant:
    """What one of the two tenants looks like."""

    name: str
    kind: TenantKind
    people: Sequence[tuple[str, Role, str]]  # e-mail, role, name; the owner first
    contacts: int
    seed: int
    districts: Sequence[str]
    tags: Sequence[str]
    segment: tuple[str, str]  # name, tag
    message_class: str
    campaign: str
    body: str


CAMP = DemoTenant(
    name="한강을 캠프 (데모)",
    kind="camp",
    people=(
        ("owner@demo.camp", Role.OWNER, "캠프 책임자"),
        ("admin@demo.camp", Role.ADMIN, "캠프 관리자"),
        ("staff@demo.camp", Role.STAFF, "캠프 실무자"),
    ),
    contacts=360,
    seed=20261121,
    districts=("망원1동", "합정동", "서교동", "연남동", "성산2동", "상암동"),
    tags=("정책간담회", "자원봉사", "학부모", "상인회", "청년"),
    segment=("간담회 신청자", "정책간담회"),
    message_class="civic",
    campaign="주민 간담회 안내",
    body="#{이름}님, 신청하신 주민 간담회가 토요일 10시 주민센터 2층에서 열립니다.",
)
SALES = DemoTenant(
    name="푸른상사 (데모)",
    kind="sales",
    people=(("owner@demo.sales", Role.OWNER, "영업조직 책임자"),),
    contacts=80,
    seed=20261122,
    districts=("서울", "경기", "인천"),
    tags=("상담 예약", "거래처", "신규"),
    segment=("상담 예약 고객", "상담 예약"),
    message_class="transactional",
    campaign="상담 예약 안내",
    body="#{이름}님, 예약하신 상담이 내일 14시로 확정되었습니다. 푸른상사",
)


async def ensure_demo(rt: Runtime) -> None:
    """Make both demo tenants, or what is missing of them."""
    if rt.settings.mode is Mode.PRODUCTION:
        raise ValueError("demo data is refused in production mode")
    for demo in (CAMP, SALES):
        async with system_tx(rt) as conn:
            # Two hubs starting on one database: the second waits and finds everything there.
            await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('pabal demo', 0))")
            tenant_id = await _ensure_tenant(rt, demo)
            async with tenant_tx(rt, tenant_id) as tenant_conn:
                await _fill_once(tenant_conn, rt, tenant_id, demo)


async def _tenants_of(rt: Runtime, email: str) -> dict[str, TenantId]:
    async with system_tx(rt) as conn:
        found = await find_user(conn, rt, email)
        return (
            {}
            if found is None
            else {m.tenant_name: m.tenant_id for m in await memberships_of(conn, found[0])}
        )


async def _ensure_tenant(rt: Runtime, demo: DemoTenant) -> TenantId:
    (owner_email, _, owner_name), *others = demo.people
    tenant_id = (await _tenants_of(rt, owner_email)).get(demo.name)
    if tenant_id is None:
        created = await create_tenant(
            rt,
            name=demo.name,
            kind=demo.kind,
            owner_email=owner_email,
            owner_password=PASSWORD,
            owner_name=owner_name,
            quota=QUOTA,
        )
        tenant_id = created.tenant_id
    else:
        await make_ready(rt, tenant_id, limit=QUOTA)
    for email, role, name in others:
        if demo.name not in await _tenants_of(rt, email):
            await add_person(rt, tenant_id, email=email, password=PASSWORD, role=role, name=name)
    return tenant_id


async def _fill_once(conn: Conn, rt: Runtime, tenant_id: TenantId, demo: DemoTenant) -> None:
    """People, a segment and a draft, in one transaction with the mark that they were made."""
    who = SystemActor(tenant_id)
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM audit_log WHERE action = 'demo.fill')")
    if await cursor.fetchone() == (True,):
        return
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    opted_out: list[UUID] = []
    for number, draft in enumerate(_people(demo)):
        contact = await create_contact(conn, tenant_id, blinder, draft)
        if number % 45 == 44:
            opted_out.append(contact.id)
    await _opt_out(conn, tenant_id, opted_out)
    name, tag = demo.segment
    segment = await save_segment(
        conn,
        tenant_id,
        name=name,
        rule=SegmentRule({"field": "tag", "op": "has", "value": tag}),
        created_by=None,
    )
    step: dict[str, Any] = {"channel": "sms", "body": demo.body}
    await create_campaign(
        conn,
        who,
        name=demo.campaign,
        message_class=demo.message_class,
        audience={"segmentId": str(segment.id)},
        steps=[step],
        rate_per_second=20,  # slow enough to watch
    )
    await audit(conn, who, "demo.fill", "tenant", tenant_id, detail={"contacts": demo.contacts})


def _people(demo: DemoTenant) -> Iterator[Draft]:
    """Invented people, the same each time: distinct names, some households, some without a number."""
    dice = random.Random(demo.seed)  # noqa: S311  # invents people, guards nothing
    given_names = [_GIVEN[at : at + 2] for at in range(0, len(_GIVEN), 2)]
    names = [surname + given for surname in _SURNAMES for given in given_names]
    dice.shuffle(names)
    phone = ""
    for number, name in enumerate(names[: demo.contacts]):
        if number % 30 != 29:  # every thirtieth shares the number of the one before: one household
            phone = f"010-{dice.randrange(2000, 10_000)}-{dice.randrange(1, 10_000):04d}"
        reachable = number % 50 != 49
        yield Draft(
            name=name,
            phones=[phone] if reachable else [],
            emails=[] if reachable else [f"demo{number}@example.com"],
            tags=sorted({"데모", dice.choice(demo.tags), dice.choice(demo.tags)}),
            district=dice.choice(demo.districts),
            basis=BASIS,
            source=SOURCE,
        )


async def _opt_out(conn: Conn, tenant_id: UUID, contacts: list[UUID]) -> None:
    cursor = await conn.execute(
        "SELECT address_key FROM identities WHERE contact_id = ANY(%s) AND kind = 'phone'", (contacts,)
    )
    keys = [row[0] for row in await cursor.fetchall()]
    await suppress(
        conn, tenant_id, kind="phone", address_keys=keys, channels=["all"], reason="데모", source="manual"
    )
