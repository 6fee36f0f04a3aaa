"""Campaigns of several steps over HTTP: what may be written, what the check says at worst, what launch freezes, what is
shown of each step afterwards."""

from collections import Counter
from uuid import UUID

import pytest
from tests.support.book import fill_book, person
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book
from tests.support.carriers import behave, facing
from tests.support.hub import is_over, running_hub, until

from pabal import quota
from pabal.contacts import Blinder, suppress
from pabal.dispatch import launch_send
from pabal.dispatch.counters import add_deltas
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.domain.ids import new_id
from pabal.domain.message import AttemptState
from pabal.domain.news import News
from pabal.kit.db import tenant_tx
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit

TEXT = {"channel": "sms", "body": "#{이름}님, 접수되었습니다."}


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


@pytest.fixture
async def kit(rt, tenant, book):
    async with tenant_tx(rt, tenant) as conn:
        return await ensure_rehearsal_kit(conn, rt, tenant)


@pytest.fixture
async def owner(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


def kakao(kit, **changes):
    return {"channel": "alimtalk", "templateId": str(kit.template_id)} | changes


async def create(browser, *steps, **changes):
    body = {"name": "접수 안내", "messageClass": "civic", "filter": {}, "steps": list(steps)} | changes
    return await browser.post("/api/campaigns", json=body)


async def made(browser, *steps, **changes):
    answer = await create(browser, *steps, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def set_row(rt, tenant, statement, *values):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(statement, values)


async def frozen(rt, tenant, send_id):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT steps FROM sends WHERE id = %s", (send_id,))
        return (await cursor.fetchone())[0]


async def test_steps_round_trip_in_any_order(kit, owner):
    later = TEXT | {"fallbackOn": ["final", "retryable"], "afterSeconds": 600}
    one = await made(owner, kakao(kit), later, mayOverlap=True)
    assert [step["channel"] for step in one["steps"]] == ["alimtalk", "sms"]
    assert one["steps"][1]["fallbackOn"] == ["final", "retryable"]
    assert (one["steps"][1]["afterSeconds"], one["mayOverlap"]) == (600, True)
    turned = await owner.patch(
        f"/api/campaigns/{one['id']}", json={"steps": [TEXT, kakao(kit), TEXT], "mayOverlap": False}
    )
    assert turned.status_code == 200, turned.text
    assert [step["channel"] for step in turned.json()["steps"]] == ["sms", "alimtalk", "sms"]
    assert turned.json()["mayOverlap"] is False


async def test_a_draft_may_still_lack_its_template(book, owner):
    assert (await made(owner, TEXT, {"channel": "alimtalk"}))["steps"][1]["templateId"] is None


@pytest.mark.parametrize(
    ("steps", "changes", "path"),
    [
        ([TEXT, TEXT, TEXT, TEXT], {}, "steps"),
        ([TEXT, TEXT | {"fallbackOn": ["policy"]}], {}, "steps[1].fallbackOn"),
        ([TEXT, TEXT | {"fallbackOn": ["duplicate"]}], {}, "steps[1].fallbackOn"),
        ([TEXT, TEXT | {"fallbackOn": []}], {}, "steps[1].fallbackOn"),
        ([TEXT, TEXT | {"afterSeconds": -1}], {}, "steps[1].afterSeconds"),
        ([TEXT, {"channel": "mms", "body": "가"}], {}, "steps[1].channel"),
        ([TEXT, {"channel": "alimtalk", "body": "가"}], {}, "steps[1].body"),
        ([TEXT, {"channel": "alimtalk", "templateId": str(new_id())}], {}, "steps[1].templateId"),
        ([TEXT, {"channel": "alimtalk", "senderId": "phone"}], {}, "steps[1].senderId"),
        ([{"channel": "sms", "senderId": "kakao"}, TEXT], {}, "steps[0].senderId"),
        ([{"channel": "lms", "templateId": "kakao"}, TEXT], {}, "steps[0].templateId"),
        ([TEXT], {"mayOverlap": True}, "mayOverlap"),
    ],
)
async def test_what_cannot_be_sent_is_refused_where_it_stands(kit, owner, steps, changes, path):
    known = {
        ("senderId", "phone"): str(kit.phone_sender_id),
        ("senderId", "kakao"): str(kit.kakao_sender_id),
        ("templateId", "kakao"): str(kit.template_id),
    }
    steps = [
        {
            key: known.get((key, value), value) if isinstance(value, str) else value
            for key, value in one.items()
        }
        for one in steps
    ]
    answer = await create(owner, *steps, **changes)
    assert answer.status_code == 422, answer.text
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert all(any("가" <= char <= "힣" for char in error["message"]) for error in answer.json()["errors"])


async def test_the_check_counts_every_step_at_its_worst(rt, tenant, kit, owner):
    """Three of six can be reached. At worst Kakao fails for all of them, and each takes a second unit."""
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 5)
    found = await check(owner, await made(owner, kakao(kit), TEXT))
    assert (found["audience"], found["sendable"]) == (6, 3)
    first, second = found["steps"]
    assert (first["channel"], first["people"], second["channel"], second["people"]) == (
        "alimtalk",
        3,
        "sms",
        3,
    )
    assert second["perChannel"] == [{"channel": "sms", "count": 3, "unitPrice": 18}]
    assert second["bytes"] == {"min": 25, "max": 25}
    assert found["units"] == {"min": 3, "max": 6}
    assert found["cost"] == {"min": 3 * 13, "max": 3 * 13 + 3 * 18}
    assert (found["quotaAfter"], found["quotaShort"]) == (0, 1)
    assert levels(found, "quota.short") == ["warn"]
    assert levels(found, "fallback.certain") == ["ok"]
    rehearsed = await check(owner, await made(owner, kakao(kit), TEXT), rehearse=True)
    assert (rehearsed["units"], rehearsed["quotaAfter"]) == ({"min": 0, "max": 0}, 5)


@pytest.mark.parametrize(
    ("cap", "level", "said"),
    [(6, "ok", "6건이 남아 넉넉해요"), (5, "warn", "1건이 모자라요"), (2, "warn", "1건이 모자라요")],
    ids=["enough", "not for every step", "not for the first"],
)
async def test_what_the_carrier_takes_in_a_month_is_part_of_every_check(
    rt, tenant, kit, owner, cap, level, said
):
    """Three people, and at worst two messages each through the one account that carries both steps."""
    assert levels(await check(owner, await made(owner, kakao(kit), TEXT)), "account.cap") == []
    await set_row(rt, tenant, "UPDATE carrier_accounts SET monthly_cap = %s", cap)
    for rehearse in (False, True):
        found = await check(owner, await made(owner, kakao(kit), TEXT), rehearse=rehearse)
        ((found_level, message),) = [
            (one["level"], one["message"]) for one in found["verdicts"] if one["rule"] == "account.cap"
        ]
        assert found_level == level
        assert said in message


async def test_who_cannot_get_the_second_step_is_counted_there_alone(rt, tenant, kit, owner):
    """박노을 refuses texts but not Kakao, and nobody has the value that the text needs."""
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    async with tenant_tx(rt, tenant) as conn:
        await suppress(
            conn,
            tenant,
            kind="phone",
            address_keys=[blinder.address_key("phone", "01023450003")],
            channels=("sms",),
            reason="문자 거부",
            source="manual",
        )
    found = await check(owner, await made(owner, kakao(kit), TEXT))
    assert found["sendable"] == 3
    assert found["steps"][1]["people"] == 2
    assert [(one["reason"], one["count"]) for one in found["steps"][1]["excluded"]] == [("suppressed", 1)]
    assert found["units"] == {"min": 3, "max": 5}

    plain = {"channel": "sms", "body": "접수되었습니다."}  # no variable anywhere: counted, not rendered
    found = await check(owner, await made(owner, plain, plain))
    assert (found["sendable"], found["units"]) == (2, {"min": 2, "max": 4})

    valued = await check(owner, await made(owner, kakao(kit), {"body": "#{동호수}호 안내"}))
    assert {one["reason"]: one["count"] for one in valued["steps"][1]["excluded"]} == {
        "suppressed": 1,
        "missing_variable": 2,
    }
    assert [v["message"][:4] for v in valued["verdicts"] if v["rule"] == "text.missing_values"] == ["2단계:"]


UNREADY = {
    "profile": "UPDATE senders SET state = 'pending' WHERE kind = 'kakao'",
    "template": "UPDATE templates SET state = 'submitted'",
    "account": "UPDATE carrier_accounts SET channels = '{sms,lms}'",
}


@pytest.mark.parametrize("what", UNREADY)
async def test_kakao_that_is_not_ready_is_left_out_and_nothing_waits(rt, tenant, kit, owner, what):
    await set_row(rt, tenant, UNREADY[what])
    campaign = await made(owner, kakao(kit), TEXT)
    found = await check(owner, campaign)
    assert levels(found, "kakao.left_out") == ["warn"]
    assert not [v for v in found["verdicts"] if v["level"] in {"block", "hold"}]
    assert [step["leftOut"] for step in found["steps"]] == [True, False]
    assert (found["sendable"], found["units"]) == (3, {"min": 3, "max": 3})
    assert found["perChannel"][0]["channel"] == "sms"
    launched = await launch(owner, campaign, digest=found["digest"])
    assert launched.status_code == 200, launched.text
    assert [step["channel"] for step in await frozen(rt, tenant, launched.json()["sendId"])] == ["sms"]


async def test_a_camp_without_any_kakao_profile_runs_on_texts(rt, tenant, kit, owner):
    await set_row(rt, tenant, "UPDATE senders SET state = 'pending' WHERE kind = 'kakao'")
    found = await check(owner, await made(owner, TEXT, {"channel": "alimtalk"}))
    assert levels(found, "kakao.left_out") == ["warn"]
    alone = await check(owner, await made(owner, {"channel": "alimtalk"}))
    assert levels(alone, "fallback.nothing_left") == ["block"]


async def test_each_step_has_its_own_blockers(kit, owner):
    """No template chosen, though there are some; a class that Kakao doesn't take; words that make it an advert."""
    found = await check(owner, await made(owner, TEXT, {"channel": "alimtalk"}))
    assert [v["rule"] for v in found["steps"][1]["verdicts"] if v["level"] == "block"] == ["kakao.template"]
    assert not [v for v in found["steps"][0]["verdicts"] if v["level"] == "block"]
    refused = await launch(owner, await made(owner, TEXT, {"channel": "alimtalk"}))
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")
    assert "2단계" in refused.json()["detail"]
    campaign = await check(owner, await made(owner, TEXT, kakao(kit), messageClass="campaign"))
    assert "K-07" in {v["rule"] for v in campaign["steps"][1]["verdicts"]}
    assert "K-07" not in {v["rule"] for v in campaign["steps"][0]["verdicts"]}


async def test_launch_freezes_every_step_with_its_rules(rt, tenant, kit, owner):
    campaign = await made(owner, TEXT, kakao(kit, fallbackOn=["final"], afterSeconds=60), mayOverlap=True)
    found = await check(owner, campaign)
    assert levels(found, "fallback.overlap") == ["warn"]
    launched = await launch(owner, campaign, digest=found["digest"])
    assert launched.status_code == 200, launched.text
    first, second = await frozen(rt, tenant, launched.json()["sendId"])
    assert (first["channel"], first["body"], first["fallback_on"]) == ("sms", TEXT["body"], None)
    assert (second["channel"], second["fallback_on"], second["after_seconds"]) == ("alimtalk", ["final"], 60)
    assert second["template_code"]
    assert second["pf_id"].startswith("KA01PF")
    assert "접수되었습니다" in second["body"]
    assert first["may_overlap"] is second["may_overlap"] is True
    assert first["advert"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"steps": [TEXT, TEXT | {"body": "다른 글"}]},
        {"steps": [TEXT]},
        {"steps": [TEXT | {"body": "둘째 글"}, TEXT]},
        {"steps": [TEXT, TEXT | {"body": "둘째 글", "afterSeconds": 60}]},
        {"steps": [TEXT, TEXT | {"body": "둘째 글", "fallbackOn": ["final"]}]},
        {"mayOverlap": True},
    ],
)
async def test_the_digest_covers_every_step_and_what_leads_to_it(book, owner, change):
    campaign = await made(owner, TEXT, TEXT | {"body": "둘째 글"})
    digest = (await check(owner, campaign))["digest"]
    changed = await owner.patch(f"/api/campaigns/{campaign['id']}", json=change)
    assert changed.status_code == 200, changed.text
    refused = await launch(owner, campaign, digest=digest)
    assert (refused.status_code, refused.json()["code"]) == (409, "content_changed")


class TestOnTheAir:
    """A hub and the simulator."""

    PEOPLE = 4

    @pytest.fixture
    def settings(self, settings, carrier):
        return facing(settings, carrier, question_pace=0.002)

    @pytest.fixture
    async def cards(self, rt, tenant):
        found = [person(n) for n in range(self.PEOPLE)]
        await fill_book(rt, tenant, found)
        return found

    @pytest.fixture
    async def kit(self, rt, tenant, cards):
        async with tenant_tx(rt, tenant) as conn:
            kit = await ensure_rehearsal_kit(conn, rt, tenant)
        assert await register_tenant_at_sandbox(rt, tenant)
        return kit

    async def go(self, rt, tenant, owner, *steps, **changes):
        campaign = await made(owner, *steps, **changes)
        send_id = (await launch(owner, campaign)).json()["sendId"]
        async with running_hub(rt):
            await until(rt, tenant, send_id, is_over, seconds=60)
        return campaign, send_id

    async def test_who_is_not_at_kakao_gets_the_text_and_both_are_shown(
        self, rt, tenant, carrier, cards, kit, owner
    ):
        absent = cards[1].phones[0]
        behave(carrier, channelOutcome={"alimtalk": {absent: "3104"}})
        campaign, _ = await self.go(rt, tenant, owner, kakao(kit), TEXT)
        path = f"/api/campaigns/{campaign['id']}"
        progress = (await owner.get(f"{path}/progress")).json()
        assert progress["counts"]["delivered"] == self.PEOPLE
        assert progress["steps"] == [
            {"channel": "alimtalk", "tries": self.PEOPLE},
            {"channel": "sms", "tries": 1},
        ]
        assert progress["overlaps"] == 0
        people = (await owner.get(f"{path}/messages")).json()["items"]
        (fallen,) = [one for one in people if one["step"] == 1]
        story = (await owner.get(f"/api/messages/{fallen['id']}")).json()
        assert [(a["step"], a["channel"], a["state"]) for a in story["attempts"]] == [
            (0, "alimtalk", "failed"),
            (1, "sms", "delivered"),
        ]
        why = (await owner.get(f"{path}/explain?contactId={fallen['contactId']}")).json()
        assert [a["step"] for a in why["attempts"]] == [0, 1]
        got = [line["channel"] for line in carrier.ledger() if line["to"] == absent]
        assert got == ["alimtalk", "sms"]

    async def test_a_first_step_that_arrives_late_is_an_overlap(self, rt, tenant, carrier, cards, kit, owner):
        silent = cards[1].phones[0]
        behave(carrier, channelOutcome={"sms": {silent: "3040"}})
        campaign, send_id = await self.go(rt, tenant, owner, TEXT, kakao(kit), mayOverlap=True)
        path = f"/api/campaigns/{campaign['id']}"
        people = (await owner.get(f"{path}/messages")).json()["items"]
        (fallen,) = [one for one in people if one["step"] == 1]
        async with tenant_tx(rt, tenant) as conn:
            send = await lock_send(conn, tenant, send_id)
            assert send is not None
            late = News(int(fallen["id"].rpartition(".")[2]), 1, AttemptState.DELIVERED)
            await apply_news(conn, send, [late])
        assert (await owner.get(f"{path}/progress")).json()["overlaps"] == 1
        story = (await owner.get(f"/api/messages/{fallen['id']}")).json()
        assert [a["state"] for a in story["attempts"]] == ["delivered", "delivered"]
        assert story["incidents"] == ["overlap"]


async def test_the_check_says_how_many_will_likely_come_to_a_further_step(rt, tenant, kit, owner):
    """Three people; of the last hundred texts of the camp sixty failed."""
    draft = {"name": "안내", "messageClass": "civic", "filter": {}}
    alone = [{"channel": "sms", "body": "안내예요"}]
    steps = [*alone, {"channel": "alimtalk", "templateId": str(kit.template_id)}]
    several = (await owner.post("/api/campaigns", json=draft | {"steps": steps})).json()
    assert [step["likely"] for step in (await check(owner, several))["steps"]] == [3, None]

    before = (await owner.post("/api/campaigns", json=draft | {"steps": alone})).json()
    send = UUID((await launch(owner, before)).json()["sendId"])
    await launch_send(rt, tenant, send)
    for known, likely in ((39, None), (40, 2)):
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute("DELETE FROM send_counters WHERE send_id = %s", (send,))
            await add_deltas(conn, tenant, send, Counter({("failed", "x"): 60, ("delivered", ""): known}))
        found = await check(owner, several)
        assert [step["likely"] for step in found["steps"]] == [3, likely]
        assert found["steps"][1]["people"] == 3  # at worst
