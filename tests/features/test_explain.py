"""Why somebody got it or didn't: for each first reason a person who ran into it the way people do, and who passed what when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.support.book import fill_book
from tests.support.carriers import solapi_account
from tests.support.hub import launch

from pabal.contacts import Blinder, Card, suppress
from pabal.contacts.actions import erase_contact
from pabal.contacts.consents import record_consent
from pabal.contacts.merging import merge_contacts
from pabal.dispatch import ADVERTS, AT_NIGHT, Selection, explain, gather_retries, launch_send, pause_send
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.control import end_queued
from pabal.dispatch.explain import CLAIM, ORDER, Facts, checks_of
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.domain.law.labels import AdvertNotice
from pabal.domain.message import AttemptState, FailureClass, MessageState, SkipReason
from pabal.domain.news import News
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

# The notices of a campaign text, with a title glued to the number: whose title is a digit gets another number to read.
BODY = "(광고) 파발전자\n#{이름}님, 안내입니다.\n문의 02-1234-5678#{직함}\n무료수신거부 080-123-4567"
NOTICE = AdvertNotice(sender="파발전자", contact="0212345678", refusal="0801234567")
CARDS = {
    "passes": Card(name="김하늘", phones=("01023450001",), attributes={"직함": "회원"}),
    "same_address": Card(name="정나래", phones=("01023450001",), attributes={"직함": "회원"}),
    "no_address": Card(name="강번호", attributes={"직함": "회원"}),
    "suppressed": Card(name="이바다", phones=("01023450002",), attributes={"직함": "회원"}),
    "no_basis": Card(name="문근거", phones=("01023450010",), attributes={"직함": "회원"}),
    "other_purpose": Card(name="목다른", phones=("01023450012",), attributes={"직함": "회원"}),
    "no_consent": Card(name="고동의", phones=("01023450009",), attributes={"직함": "회원"}),
    "no_night_consent": Card(name="배밤새", phones=("01023450011",), attributes={"직함": "회원"}),
    "missing_variable": Card(name="박노을", phones=("01023450003",)),
    "not_encodable": Card(name="최😀람", phones=("01023450004",), attributes={"직함": "회원"}),
    "too_long": Card(name="긴" * 1200, phones=("01023450005",), attributes={"직함": "회원"}),
    "notice_missing": Card(name="한서윤", phones=("01023450008",), attributes={"직함": "9"}),
    "erased": Card(name="윤보람", phones=("01023450006",), attributes={"직함": "회원"}),
    "merged": Card(name="조마루", phones=("01023450007",), attributes={"직함": "회원"}),
}
LAUNCHED = {
    "same_address",
    "no_address",
    "suppressed",
    "no_basis",
    "other_purpose",
    "no_consent",
    "no_night_consent",
}  # who is left out before any claim


@dataclass
class World:
    rt: Runtime
    tenant: UUID
    send: UUID
    people: dict[str, UUID]

    async def why(self, who):
        async with tenant_tx(self.rt, self.tenant) as conn:
            found = await explain(conn, self.tenant, self.send, self.people[who])
        assert found is not None
        return found

    async def change(self, statement, *values):
        async with tenant_tx(self.rt, self.tenant) as conn:
            await conn.execute(statement, values)

    async def opt_out(self, who):
        blinder = Blinder(await self.rt.keys.of(self.rt.pool, self.tenant))
        keys = [blinder.address_key("phone", phone) for phone in CARDS[who].phones]
        async with tenant_tx(self.rt, self.tenant) as conn:
            await suppress(
                conn,
                self.tenant,
                kind="phone",
                address_keys=keys,
                channels=(),
                reason="요청",
                source="manual",
            )

    async def claim(self):
        """Once somebody has been erased and somebody merged since the launch."""
        blinder = Blinder(await self.rt.keys.of(self.rt.pool, self.tenant))
        async with tenant_tx(self.rt, self.tenant) as conn:
            await erase_contact(conn, self.people["erased"])
        async with tenant_tx(self.rt, self.tenant) as conn:
            await merge_contacts(
                conn,
                self.tenant,
                blinder,
                contact_ids=[self.people["passes"], self.people["merged"]],
                survivor_id=self.people["passes"],
                fields={},
                this_year=2026,
                created_by=None,
            )
        assert await claim_chunk(self.rt, self.tenant, self.send, "worker") is not None
        return self


async def agree(rt, tenant, contact, purpose=ADVERTS):
    async with tenant_tx(rt, tenant) as conn:
        await record_consent(
            conn,
            tenant,
            contact,
            channel="sms",
            purpose=purpose,
            state="granted",
            at=rt.clock.now(),
            evidence="동의서",
            created_by=None,
        )


@pytest.fixture
async def world(rt, tenant):
    account = await solapi_account(rt, tenant)
    people = dict(zip(CARDS, await fill_book(rt, tenant, list(CARDS.values())), strict=True))
    made = World(rt, tenant, UUID(int=0), people)
    await made.opt_out("suppressed")
    await made.change("UPDATE contacts SET basis = '동의 철회' WHERE id = %s", people["no_basis"])
    await made.change("UPDATE contacts SET purposes = '{report}' WHERE id = %s", people["other_purpose"])
    for who in people.keys() - {"no_consent"}:
        await agree(rt, tenant, people[who])
    for who in people.keys() - {"no_night_consent"}:
        await agree(rt, tenant, people[who], AT_NIGHT)
    made.send = await launch(
        rt,
        tenant,
        account,
        Selection(filter={}, purposes=("civic",), consent=ADVERTS, night=AT_NIGHT),
        body=BODY,
        step={"notice": NOTICE, "advert": True, "night": True, "purposes": ("civic",)},
    )
    await launch_send(rt, tenant, made.send)
    return made


def results(why):
    return {one.check: one.result for one in why.checks}


def test_every_first_reason_has_its_place_and_its_person_here():
    assert set(ORDER) == set(SkipReason)
    assert set(CARDS) - {"passes"} == set(SkipReason)


@pytest.mark.parametrize("reason", [reason.value for reason in SkipReason])
async def test_the_first_reason_is_where_it_stops(reason, world):
    started = datetime.now(UTC)
    await world.claim()
    why = await world.why(reason)
    assert (why.outcome, why.reason) == ("skipped", reason)
    assert [check for check, result in results(why).items() if result == "stopped"] == [reason]
    place = ORDER.index(reason)
    assert all(results(why)[check] == "passed" for check in ORDER[:place])
    later = {results(why)[check] for check in ORDER[place + 1 :]}
    (stopped,) = [one for one in why.checks if one.result == "stopped"]
    assert stopped.value == "policy 1"
    assert stopped.at is not None
    assert (stopped.at < started) == (reason in LAUNCHED)
    if reason in {"erased", "merged"}:  # since the launch, where the address was still their own
        assert results(why)["same_address"] == "passed"
        later = {results(why)[check] for check in ORDER[place + 1 :] if check != "same_address"}
    assert later <= {"not_reached"}
    assert why.detail.attempts == []


async def test_whoever_refuses_between_launch_and_claim_is_stopped_at_the_claim(world):
    started = datetime.now(UTC)
    await world.opt_out("passes")
    await world.claim()
    why = await world.why("passes")
    assert (why.outcome, why.reason) == ("skipped", "suppressed")
    (stopped,) = [one for one in why.checks if one.result == "stopped"]
    assert stopped.at > started


async def test_what_nobody_has_looked_at_yet_is_not_said_to_have_passed(world):
    found = results(await world.why("passes"))
    assert {found[check] for check in ("erased", "suppressed", "same_address")} == {"passed"}
    assert {found[check] for check in (*CLAIM, "send")} == {"not_reached"}
    await world.claim()
    why = await world.why("passes")
    assert set(results(why).values()) == {"passed"}
    (attempt,) = why.detail.attempts
    assert {one.at for one in why.checks if one.check == "suppressed"} == {attempt.created_at}


async def test_a_retry_is_judged_by_its_own_chunk_and_shows_both_tries(world):
    await world.claim()
    seq = (await world.why("passes")).detail.line.seq
    async with tenant_tx(world.rt, world.tenant) as conn:
        send = await lock_send(conn, world.tenant, world.send)
        assert send is not None
        busy = News(seq, 1, AttemptState.ERRORED, code="busy", failure_class=FailureClass.RETRYABLE)
        await apply_news(conn, send, [busy])
        await conn.execute("UPDATE retries SET due_at = clock_timestamp()")
    await gather_retries(world.rt, world.tenant, world.send)
    await world.change("UPDATE chunks SET policy_version = 7 WHERE members IS NULL")
    await world.change("UPDATE chunks SET state = 'done' WHERE members IS NULL")
    assert await claim_chunk(world.rt, world.tenant, world.send, "worker") is not None
    why = await world.why("passes")
    assert [(one.n, one.state) for one in why.detail.attempts] == [(1, "errored"), (2, "intent")]
    assert {one.value for one in why.checks if one.check in ORDER} == {"policy 1"}


async def test_a_send_that_waits_or_is_over_is_the_reason_for_whoever_passed(world):
    async with tenant_tx(world.rt, world.tenant) as conn:
        await pause_send(conn, world.tenant, world.send)
    (send,) = [one for one in (await world.why("passes")).checks if one.check == "send"]
    assert (send.result, send.value) == ("stopped", "paused")
    await world.change("UPDATE sends SET state = 'held', hold_reason = 'quota'")
    (send,) = [one for one in (await world.why("passes")).checks if one.check == "send"]
    assert (send.result, send.value) == ("stopped", "quota")
    async with tenant_tx(world.rt, world.tenant) as conn:
        await end_queued(conn, world.tenant, world.send, "expired", "not_after")
    why = await world.why("passes")
    assert (why.outcome, results(why)["send"], results(why)["suppressed"]) == ("expired", "stopped", "passed")


async def test_whoever_was_not_selected_has_no_story(world):
    async with tenant_tx(world.rt, world.tenant) as conn:
        assert await explain(conn, world.tenant, world.send, UUID(int=1)) is None


def test_a_reason_that_this_version_does_not_know_is_shown_all_the_same():
    now = datetime.now(UTC)
    facts = Facts(
        state=MessageState.SKIPPED,
        reason="frequency_cap",
        tried=False,
        chunked=True,
        policy=2,
        launched_at=now,
        gate_at=now,
        decided_at=now,
        send_state="running",
        hold_reason="",
    )
    assert [(one.check, one.result) for one in checks_of(facts)][-1] == ("frequency_cap", "stopped")
