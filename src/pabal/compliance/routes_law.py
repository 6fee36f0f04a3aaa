"""The calendar, what may be sent on a day, the rules with their switches, what a tenant is in the eyes of the law."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg.rows import class_row

from pabal.compliance import queries
from pabal.compliance.facts import facts_of
from pabal.compliance.profile import ATTESTATION, read_signature, save_profile, sign
from pabal.compliance.queries import ATTESTATION_VERSION, Profile
from pabal.compliance.schemas import (
    AttestationIn,
    AttestationOut,
    CalendarOut,
    ChangeOut,
    KnownElectionOut,
    OfficeOut,
    ProfileModel,
    RuleIn,
    RuleOut,
    RulesOut,
    TodayLineOut,
    TodayOut,
    VerdictLogOut,
    WindowOut,
)
from pabal.compliance.verdicts import change_rule, list_settings
from pabal.domain.law import holidays
from pabal.domain.law.election import (
    KNOWN_ELECTIONS,
    OFFICE_LABELS,
    ElectionCalendar,
    Office,
    Window,
    d_day,
    greeting_around,
    greetings_between,
)
from pabal.domain.law.judge import RULES
from pabal.domain.law.rules import NOT_YET, RULES_VERSION, STATUTE_AS_OF, Rule
from pabal.domain.law.today import what_may_be_sent
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import FORBIDDEN, INVALID, FieldError, Problem
from pabal.kit.http.schemas import Limit, Page
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["law"])

Reads = Annotated[Principal, requires("rules.read")]
OnDay = Annotated[date | None, Query(description="한국 날짜; 없으면 오늘")]
_NOON = time(12)  # of a chosen day: what depends on the hour is judged for a send at noon


@router.get("/election-calendar", name="electionCalendar")
async def calendar(
    rt: Rt,
    who: Reads,
    on: OnDay = None,
    election_day: Annotated[date | None, Query(alias="electionDay")] = None,
    office: Office | None = None,
) -> CalendarOut:
    """Of the camp's own election, or of any day and office."""
    day = _day(rt, on)
    found: ElectionCalendar | None
    if election_day is not None:
        found = ElectionCalendar(election_day, office or Office.ASSEMBLY)
    else:
        async with tenant_tx(rt, who.tenant_id) as conn:
            around = await queries.read_around(conn, who.tenant_id, day)
        found = around.candidacy.calendar if around.candidacy else around.profile.calendar
    return _calendar_out(found, day)


@router.get("/law/today", name="lawToday")
async def today(rt: Rt, who: Reads, on: OnDay = None) -> TodayOut:
    """What may be sent: by the same rules that stand before every launch."""
    day = _day(rt, on)
    starts_at = rt.clock.now() if on is None else datetime.combine(day, _NOON, KST)
    async with tenant_tx(rt, who.tenant_id) as conn:
        around = await queries.read_around(conn, who.tenant_id, day)
        signed = await queries.has_attested(conn, who.user_id)
    lines = what_may_be_sent(facts_of(around, starts_at, attested=signed), around.levels)
    return TodayOut(
        on=day,
        items=[
            TodayLineOut(
                message_class=line.kind.message_class,
                label=line.kind.label,
                how=line.kind.how,
                channel=line.kind.channel,
                origin=line.kind.origin,
                verdict=line.verdict,
                reason=line.reason,
                rule=line.rule,
                article=line.article,
            )
            for line in lines
        ],
    )


@router.get("/rules", name="listRules")
async def rules(rt: Rt, who: Reads) -> RulesOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        settings = await list_settings(conn)
    items = []
    for rule in RULES:
        setting = settings.get(rule.id)
        items.append(
            _rule_out(rule).model_copy(
                update={}
                if setting is None
                else {"level": setting.level, "reason": setting.reason, "changed_at": setting.set_at}
            )
        )
    return RulesOut(version=RULES_VERSION, statute_as_of=STATUTE_AS_OF, items=items)


@router.patch("/rules/{rule_id}", name="changeRule")
async def change(
    rule_id: str, body: RuleIn, rt: Rt, who: Annotated[Principal, requires("rules.change")]
) -> RulesOut:
    """Product rules only (파발 기준): a statute answers 409 `rule_is_law`."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await change_rule(conn, who, rule_id, body.level, body.reason)
    return await rules(rt, who)


@router.get("/law/profile", name="lawProfile")
async def profile(rt: Rt, who: Reads) -> ProfileModel:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return _profile_out(await queries.read_profile(conn))


@router.put("/law/profile", name="saveLawProfile")
async def put_profile(
    body: ProfileModel, rt: Rt, who: Annotated[Principal, requires("candidacies.manage")]
) -> ProfileModel:
    async with tenant_tx(rt, who.tenant_id) as conn:
        values = body.model_dump()
        written = Profile(
            **{**values, "names": tuple(body.names), "rivals": tuple(body.rivals), "areas": tuple(body.areas)}
        )
        await save_profile(conn, who, written, now=rt.clock.now())
        return _profile_out(await queries.read_profile(conn))


@router.get("/law/attestation", name="lawAttestation")
async def attestation(rt: Rt, who: Annotated[Principal, requires("settings.read")]) -> AttestationOut:
    if who.user_id is None:
        raise Problem(FORBIDDEN, detail="사람만 서명할 수 있어요.")
    async with tenant_tx(rt, who.tenant_id) as conn:
        signed = await read_signature(conn, who.user_id)
    return AttestationOut(
        version=ATTESTATION_VERSION,
        text=ATTESTATION,
        signed=signed is not None,
        signed_at=signed[1] if signed else None,
        capacity=signed[0] if signed else None,
    )


@router.post("/law/attestation", name="signLawAttestation")
async def sign_attestation(
    body: AttestationIn, rt: Rt, who: Annotated[Principal, requires("settings.read")]
) -> AttestationOut:
    if who.user_id is None:
        raise Problem(FORBIDDEN, detail="사람만 서명할 수 있어요.")
    if body.version != ATTESTATION_VERSION:
        raise Problem(INVALID, errors=[FieldError("version", "확인서가 바뀌었어요. 다시 읽고 서명해 주세요")])
    async with tenant_tx(rt, who.tenant_id) as conn:
        await sign(conn, who, who.user_id, body.capacity)
    return await attestation(rt, who)


@router.get("/law/verdicts", name="lawVerdicts")
async def verdicts(
    rt: Rt,
    who: Annotated[Principal, requires("audit.read")],
    campaign_id: Annotated[UUID | None, Query(alias="campaignId")] = None,
    limit: Limit = 50,
) -> Page[VerdictLogOut]:
    """What stopped or held a launch, the newest first."""
    async with (
        tenant_tx(rt, who.tenant_id) as conn,
        conn.cursor(row_factory=class_row(VerdictLogOut)) as cursor,
    ):
        await cursor.execute(
            """
            SELECT at, stage, rule, version, level, message, campaign_id, actor_id FROM rule_verdicts
            WHERE %(campaign)s::uuid IS NULL OR campaign_id = %(campaign)s ORDER BY id DESC LIMIT %(limit)s
            """,
            {"campaign": campaign_id, "limit": limit},
        )
        return Page(items=await cursor.fetchall())


def _day(rt: Runtime, on: date | None) -> date:
    day = on or rt.clock.now().astimezone(KST).date()
    if not holidays.FIRST_YEAR <= day.year <= holidays.LAST_YEAR:
        mend = f"{holidays.FIRST_YEAR}년부터 {holidays.LAST_YEAR}년까지 볼 수 있어요."
        raise Problem(INVALID, errors=[FieldError("on", "공휴일을 모르는 해예요", mend)])
    return day


def _calendar_out(found: ElectionCalendar | None, day: date) -> CalendarOut:
    change = found.next_change(day) if found else None
    greeting = greeting_around(day)
    registration = found.registration if found else (None, None)
    return CalendarOut(
        on=day,
        election_day=found.day if found else None,
        d_day=d_day(day, found.day) if found else "",
        opening=found.opening if found else None,
        registration_first=registration[0],
        registration_last=registration[1],
        period_start=found.period_start if found else None,
        windows=[
            WindowOut(
                id=window.id,
                rule=window.rule,
                label=window.label,
                article=window.article,
                first=window.first,
                last=window.last,
                holds=window.holds(day),
            )
            for window in _on_the_strip(found)
        ],
        next_change=ChangeOut(
            on=change[0], d_day=d_day(change[0], found.day), label=change[1].label, opens=change[2] == "opens"
        )
        if found and change
        else None,
        greeting=greeting[1] if greeting else None,
        holidays_as_of=holidays.AS_OF,
        known=[
            KnownElectionOut(
                id=one.id,
                kind=one.election,
                name=one.name,
                day=one.day,
                confidence=one.confidence,
                offices=[
                    OfficeOut(
                        id=office,
                        label=OFFICE_LABELS[office],
                        opening=ElectionCalendar(one.day, office).opening,
                    )
                    for office in one.offices
                ],
            )
            for one in KNOWN_ELECTIONS
            if one.day >= day
        ],
    )


def _on_the_strip(found: ElectionCalendar | None) -> list[Window]:
    """Windows of the election, and the weeks for greetings in the 120 days up to it."""
    if found is None:
        return []
    feasts = greetings_between(found.before(120), found.day)
    return sorted([*found.windows, *feasts], key=lambda window: (window.first, window.id))


def _rule_out(rule: Rule) -> RuleOut:
    return RuleOut(
        id=rule.id,
        does=rule.does,
        article=rule.article,
        confidence=rule.confidence,
        origin=rule.origin,
        level=rule.level,
        own_level=rule.level,
        switchable=rule.switchable,
        not_yet=NOT_YET.get(rule.id, ""),
        stages=list(rule.stages),
    )


def _profile_out(profile: Profile) -> ProfileModel:
    return ProfileModel.model_validate(profile)
