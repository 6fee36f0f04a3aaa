"""Try a campaign on a few handsets first: seed contacts or one's own phones, with the values of a person who would get it.

Everything but the audience is the campaign's: its steps with their fallback, texts, senders, links, and the rules that block
a launch. Hours, schedule and approval are about everybody and don't bind a test; the audience's own gate does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from pabal import dispatch
from pabal.accounts import Actor, audit, person_of
from pabal.campaigns.content import bodies_of, launch_links
from pabal.campaigns.launch import CAMPAIGN_STATE, RULES_BLOCKED, STATE_WORDS, refuse
from pabal.campaigns.plan import Plan, make_plan, resolve_selection
from pabal.campaigns.queries import lock_campaign
from pabal.contacts import Blinder, is_mobile
from pabal.dispatch import FrozenStep, Selection
from pabal.domain.campaign import Verdict
from pabal.domain.phone import Phone, PhoneProblem, parse_phone
from pabal.domain.window import waiting
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare
from pabal.runtime import Runtime

MAX_PEOPLE = 20  # more than that at once is a broadcast by law (E-01), whatever it is called
# Of one campaign, and of one person over all campaigns (who may copy a draft as often as they like, and needn't be one who
# may launch): a test repeated until everybody has it is no test.
MAX_A_DAY = 100
TEST_LIMIT = declare("test_limit", 409, "이 발송의 오늘 시험 발송을 다 썼어요")
TESTABLE = frozenset({"draft", "held", "awaiting_approval", "approved", "scheduled"})


@dataclass(frozen=True, slots=True)
class Tried:
    send_id: UUID
    verdicts: Sequence[Verdict]


async def start_test(
    conn: Conn,
    rt: Runtime,
    who: Actor,
    campaign_id: UUID,
    *,
    contacts: Sequence[UUID],
    phones: Sequence[str],
    values_of: UUID | None,
    variant: str | None,
    rehearse: bool,
) -> Tried:
    """After the commit: `dispatch.announce_trial`. A launch at the same time waits for this one, or is seen by it."""
    await dispatch.enter_trial(conn, who.tenant_id)
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.own_state not in TESTABLE:
        raise Problem(CAMPAIGN_STATE, detail=STATE_WORDS[campaign.own_state], extra={"state": campaign.state})
    people = await _people(conn, rt, who, contacts, phones, values_of)
    now = rt.clock.now()
    await dispatch.count_tests(conn, who.tenant_id)
    since = now - timedelta(days=1)
    here, mine = await dispatch.tried_since(conn, who.tenant_id, campaign_id, who.actor_id, since)
    before = max(here, mine)
    if before + len(people) > MAX_A_DAY:
        where = "내 시험 발송은 모두 합해 " if mine > here else ""
        raise Problem(
            TEST_LIMIT,
            detail=f"{where}하루에 {MAX_A_DAY}명까지예요. 지난 하루 {before}명에게 보냈어요.",
            extra={"used": before, "limit": MAX_A_DAY},
        )
    named = [str(person.contact_id) for person in people if person.contact_id is not None]
    # Judged as what it is: so many people, picked by hand, now.
    meant: dict[str, Any] = {
        "contactIds": [*named, *(str(campaign_id) for _ in range(len(people) - len(named)))]
    }
    if campaign.audience_json.get("night"):
        meant["night"] = True
    plan = await make_plan(
        conn,
        rt,
        who.tenant_id,
        replace(campaign, audience_json=meant, schedule=None, send_from=None, send_until=None),
        rehearse=rehearse,
        operator=person_of(who),
        program=who.actor_kind == "api_key",
        worded_for=await resolve_selection(conn, campaign.audience_json),
    )
    refuse(plan.verdicts, approved=True)
    if named and plan.window is not None and not plan.window.is_open(now) and not rehearse:
        # Of its hours only the law's are left here: people of the book get no advert at night.
        raise Problem(RULES_BLOCKED, detail=waiting(plan.window, now).replace("이어서 ", ""))
    steps, bodies = _words(plan, variant)
    send_id = await dispatch.create_send(
        conn,
        who.tenant_id,
        kind="test",
        campaign_id=campaign_id,
        steps=steps,
        selection=Selection(contact_ids=tuple(UUID(one) for one in named)),
        rehearse=rehearse,
        rate_per_second=campaign.rate_per_second,
        created_by=who.actor_id,
    )
    await launch_links(conn, rt, who.tenant_id, send_id, campaign, bodies, rehearse=rehearse)
    await dispatch.start_trial(
        conn, who.tenant_id, send_id, people, channel=steps[0].channel, values_of=values_of
    )
    await audit(
        conn,
        who,
        "campaign.test",
        "campaign",
        campaign_id,
        detail={
            "send": str(send_id),
            "people": len(people),
            "contacts": named,
            "valuesOf": None if values_of is None else str(values_of),
            "rehearse": rehearse,
        },
    )
    return Tried(send_id, [verdict for verdict in plan.verdicts if verdict.level != "ok"])


def _words(plan: Plan, variant: str | None) -> tuple[Sequence[FrozenStep], list[str]]:
    """The steps of one text, as they would go out, and its bodies. Of several texts the first, unless one is named."""
    if not plan.variants:
        if variant:
            raise Problem(INVALID, errors=[FieldError("variant", "없는 문안이에요")])
        return plan.frozen, bodies_of(plan.steps, ())
    chosen = next((one for one in plan.variants if variant in {None, one.key}), None)
    if chosen is None:
        raise Problem(INVALID, errors=[FieldError("variant", "없는 문안이에요")])
    return chosen.frozen, bodies_of(chosen.steps, ())


async def _people(
    conn: Conn,
    rt: Runtime,
    who: Actor,
    contacts: Sequence[UUID],
    phones: Sequence[str],
    values_of: UUID | None,
) -> list[dispatch.TrialPerson]:
    """Contacts by their first phone that a text can reach, then numbers; refused by field where one can't be meant."""
    wanted = list(dict.fromkeys(contacts))
    cards = await _cards(conn, [*wanted, *([] if values_of is None else [values_of])])
    errors = [
        FieldError(f"contactIds[{at}]", "없는 연락처예요")
        for at, contact in enumerate(wanted)
        if contact not in cards
    ]
    if values_of is not None and values_of not in cards:
        errors.append(FieldError("valuesOf", "없는 연락처예요"))
    numbers: list[str] = []
    for at, text in enumerate(phones):
        phone = parse_phone(text)
        if isinstance(phone, Phone) and is_mobile(phone.digits):
            numbers.append(phone.digits)
        else:
            errors.append(FieldError(f"phones[{at}]", f"{at + 1}번째 번호: {_why_not(phone)}"))
    if errors:
        raise Problem(INVALID, errors=errors)
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    values = None if values_of is None else cards[values_of]
    people = []
    for contact in wanted:
        own = cards[contact]
        number = next((str(one) for one in own.get("phones") or () if is_mobile(str(one))), "")
        people.append(_person(blinder, contact, number, values or own))
    people += [_person(blinder, None, number, values or {}) for number in dict.fromkeys(numbers)]
    return people


def _person(
    blinder: Blinder, contact: UUID | None, number: str, values: dict[str, Any]
) -> dispatch.TrialPerson:
    card = {
        "name": values.get("name") or "",
        "district": values.get("district") or "",
        "attributes": values.get("attributes") or {},
    }
    return dispatch.TrialPerson(
        contact,
        blinder.address_key("phone", number) if number else None,
        json.dumps({**card, "phones": [number] if number else []}, ensure_ascii=False),
    )


async def _cards(conn: Conn, contacts: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Opened cards of living contacts."""
    cursor = await conn.execute(
        """
        SELECT id, app.decrypt(pii), district FROM contacts
        WHERE id = ANY(%s) AND erased_at IS NULL AND merged_into IS NULL
        """,
        (list(contacts),),
    )
    return {row[0]: {**json.loads(row[1]), "district": row[2]} for row in await cursor.fetchall()}


def _why_not(phone: Phone | PhoneProblem | None) -> str:
    """Why a typed number gets no test, and the mend."""
    if isinstance(phone, PhoneProblem):
        return f"{phone.message}. {phone.mend}"
    if phone is None:
        return "비었거나 010-1234-5678 같은 견본 번호예요. 실제로 쓰는 휴대폰 번호를 적어 주세요"
    return "휴대폰 번호가 아니에요. 010으로 시작하는 번호를 적어 주세요"
