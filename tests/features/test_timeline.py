"""One person's line of time, notes, and their own requests: to see, to correct, to erase."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from psycopg.types.json import Jsonb
from tests.features.conftest import Camp

from pabal.contacts import Blinder
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime
from pabal.senders import sandbox_account
from pabal.templates import ensure_rehearsal_kit

NUMBER = "01093082906"
KIM: dict[str, Any] = {
    "name": "김철수",
    "phones": [NUMBER],
    "district": "서교동",
    "attributes": {"직업": "교사"},
    "basis": "동의",
    "source": "간담회",
}


async def make(camp: Camp, **more: Any) -> str:
    answer = await camp.owner.post("/api/contacts", json=KIM | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def line(camp: Camp, contact: str, **params: Any) -> dict[str, Any]:
    answer = await camp.owner.get(f"/api/contacts/{contact}/timeline", params=params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def send_to(rt: Runtime, camp: Camp, contact: str, *, state: str = "delivered") -> UUID:
    """A finished send with one message, two attempts and a click, as the engine leaves them; a queued one has none."""
    send, campaign = new_id(), new_id()
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute(
            "INSERT INTO campaigns (tenant_id, id, name, message_class, audience, steps, state, send_id)"
            " VALUES (%s, %s, '간담회 안내', 'civic', '{}', '[]', 'launched', %s)",
            (camp.id, campaign, send),
        )
        await conn.execute(
            "INSERT INTO sends (tenant_id, id, kind, campaign_id, state, steps, selection, finished_at)"
            " VALUES (%s, %s, 'campaign', %s, %s, %s, '{}', CASE WHEN %s THEN clock_timestamp() END)",
            (
                camp.id,
                send,
                campaign,
                "finished" if state != "queued" else "running",
                Jsonb([{"channel": "alimtalk"}]),
                state != "queued",
            ),
        )
        await conn.execute(
            "INSERT INTO messages (tenant_id, send_id, seq, contact_id, state, attempts, snapshot)"
            " VALUES (%s, %s, 1, %s, %s, 2, app.encrypt('{}'))",
            (camp.id, send, contact, state),
        )
        if state == "queued":
            return send
        for n, channel, result in ((1, "alimtalk", "failed"), (2, "sms", "delivered")):
            await conn.execute(
                "INSERT INTO attempts (tenant_id, send_id, seq, n, request_id, channel, state)"
                " VALUES (%s, %s, 1, %s, %s, %s, %s)",
                (camp.id, send, n, new_id(), channel, result),
            )
        link = new_id()
        await conn.execute(
            "INSERT INTO links (tenant_id, id, send_id, key, url, expires_at)"
            " VALUES (%s, %s, %s, '', 'https://camp.example', now() + interval '1 day')",
            (camp.id, link, send),
        )
        await conn.execute(
            "INSERT INTO clicks (tenant_id, id, send_id, link_id, seq, class) VALUES (%s, %s, %s, %s, 1, 'human')",
            (camp.id, new_id(), send, link),
        )
    return send


async def reply_from(rt: Runtime, camp: Camp, text: str) -> UUID:
    message = new_id()
    blinder = Blinder(await rt.keys.of(rt.pool, camp.id))
    async with tenant_tx(rt, camp.id) as conn:
        await ensure_rehearsal_kit(conn, rt, camp.id)
        account = await sandbox_account(conn)
        await conn.execute(
            "INSERT INTO inbound_messages (tenant_id, id, account_id, channel, provider_id, from_key, pii, said_at, opt_out,"
            " rehearsal) VALUES (%s, %s, %s, 'sms', 'p1', %s, app.encrypt(%s), now(), false, false)",
            (camp.id, message, account, blinder.value_key("phone", NUMBER), json.dumps({"text": text})),
        )
    return message


async def test_everything_that_happened_stands_on_one_line_newest_first(camp: Camp, rt: Runtime) -> None:
    contact = await make(camp)
    send = await send_to(rt, camp, contact)
    await reply_from(rt, camp, "몇 시까지 하나요?")
    await camp.admin.patch(f"/api/contacts/{contact}", json={"district": "망원1동", "memo": "전화 선호"})
    assert (await camp.staff.patch(f"/api/contacts/{contact}", json={"tags": ["봉사"]})).json()["tags"] == [
        "봉사"
    ]
    told = {"channel": "sms", "purpose": "선거 정보", "state": "granted", "at": datetime.now(UTC).isoformat()}
    await camp.staff.post(f"/api/contacts/{contact}/consents", json=told | {"evidence": "현장 동의서"})
    await camp.staff.post(
        "/api/suppressions", json={"kind": "phone", "value": NUMBER, "reason": "전화로 거부"}
    )
    await camp.staff.post(f"/api/contacts/{contact}/notes", json={"body": "봉사 문의"})
    found = await line(camp, contact)
    items = {one["kind"]: one for one in found["items"]}
    assert [one["kind"] for one in found["items"]] == [
        *("note", "opt_out", "consent", "tags", "edit", "reply"),
        *sorted(("click", "message"), key=lambda kind: items[kind]["at"], reverse=True),
        "created",
    ]
    assert items["message"]["title"] == "간담회 안내"
    assert items["message"]["messageId"] == f"{send}.1"
    assert [(one["channel"], one["state"]) for one in items["message"]["attempts"]] == [
        ("alimtalk", "failed"),
        ("sms", "delivered"),
    ]
    assert items["click"]["detail"]["class"] == "human"
    assert items["reply"]["text"] == "몇 시까지 하나요?"
    assert sorted(items["edit"]["fields"]) == ["district", "memo"]
    assert (items["edit"]["before"], items["edit"]["after"]) == (
        {"district": "서교동"},
        {"district": "망원1동"},
    )
    assert items["edit"]["by"]["name"] == "admin"
    assert items["tags"]["detail"]["added"] == ["봉사"]
    assert items["consent"]["text"] == "현장 동의서"
    assert items["note"]["text"] == "봉사 문의"
    assert items["note"]["by"]["name"] == "staff"


async def test_pages_meet_without_gap_or_double_and_kinds_filter(camp: Camp, rt: Runtime) -> None:
    contact = await make(camp)
    for at in range(7):
        await camp.staff.post(f"/api/contacts/{contact}/notes", json={"body": f"{at}"})
        await send_to(rt, camp, contact)
    whole = [one["id"] + one["kind"] for one in (await line(camp, contact))["items"]]
    assert len(whole) == 7 + 7 + 7 + 1
    paged: list[str] = []
    cursor: str | None = None
    while True:
        page = await line(camp, contact, limit=3, **({"cursor": cursor} if cursor else {}))
        paged += [one["id"] + one["kind"] for one in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert paged == whole
    assert {one["kind"] for one in (await line(camp, contact, kinds="note"))["items"]} == {"note"}
    messages = (await line(camp, contact, kinds="message"))["items"]
    assert {one["kind"] for one in messages} == {"message", "click"}
    unknown = await camp.owner.get(f"/api/contacts/{contact}/timeline", params={"kinds": "nothing"})
    assert unknown.status_code == 422


async def test_what_is_ahead_comes_with_the_first_page(camp: Camp, rt: Runtime) -> None:
    contact = await make(camp)
    send = await send_to(rt, camp, contact, state="queued")
    later = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    async with tenant_tx(rt, camp.id) as conn:
        for name, audience in (
            ("모두에게", {"filter": {}}),
            ("남에게", {"filter": {"field": "district", "op": "eq", "value": "없는동"}}),
        ):
            await conn.execute(
                "INSERT INTO campaigns (tenant_id, id, name, message_class, audience, steps, state, due_at)"
                " VALUES (%s, %s, %s, 'civic', %s, %s, 'scheduled', %s)",
                (camp.id, new_id(), name, Jsonb(audience), Jsonb([{"channel": "sms"}]), later),
            )
    found = await line(camp, contact)
    assert [(one["kind"], one["title"], one["state"]) for one in found["scheduled"]] == [
        ("campaign", "모두에게", "scheduled"),
        ("message", "간담회 안내", "running"),
    ]
    assert found["scheduled"][1]["id"] == str(send)
    assert "message" not in {one["kind"] for one in found["items"]}


async def test_merged_people_share_a_line_that_the_neighbour_cannot_read(
    camp: Camp, other_camp: Camp, rt: Runtime
) -> None:
    one, two = await make(camp), await make(camp, phones=["01093082907"])
    await camp.staff.post(f"/api/contacts/{two}/notes", json={"body": "두 번째"})
    merge = {"contactIds": [one, two], "survivorId": one, "fields": {}}
    merged = (await camp.owner.post("/api/contacts/merge", json=merge)).json()
    found = await line(camp, two)
    assert found["contactId"] == one
    assert {"merge", "note"} <= {each["kind"] for each in found["items"]}
    assert found["names"][two] == "김철수"
    await camp.owner.post(f"/api/merges/{merged['mergeId']}/undo")
    assert "merge_undone" in {each["kind"] for each in (await line(camp, one))["items"]}
    assert (await other_camp.owner.get(f"/api/contacts/{one}/timeline")).status_code == 404


async def test_notes_are_changed_by_version_and_hold_no_resident_number(camp: Camp) -> None:
    contact = await make(camp)
    made = (await camp.staff.post(f"/api/contacts/{contact}/notes", json={"body": "처음"})).json()
    changed = await camp.admin.patch(f"/api/notes/{made['id']}", json={"body": "고침", "version": 1})
    assert changed.json()["version"] == 2
    late = await camp.staff.patch(f"/api/notes/{made['id']}", json={"body": "늦음", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "note_changed")
    refused = await camp.staff.post(f"/api/contacts/{contact}/notes", json={"body": "800101-1234567"})
    assert refused.status_code == 422
    assert (await camp.staff.delete(f"/api/notes/{made['id']}")).status_code == 204
    assert (await camp.staff.get(f"/api/contacts/{contact}/notes")).json()["items"] == []


async def test_a_request_to_see_gets_a_file_with_everything_and_is_closed_by_it(
    camp: Camp, rt: Runtime
) -> None:
    contact = await make(camp)
    await send_to(rt, camp, contact)
    await reply_from(rt, camp, "<b>답장</b>")
    await camp.staff.post(f"/api/contacts/{contact}/notes", json={"body": "봉사 문의"})
    await camp.staff.patch(f"/api/contacts/{contact}", json={"memo": "밤에 전화", "district": "합정동"})
    await camp.staff.patch(f"/api/contacts/{contact}", json={"memo": ""})
    async with tenant_tx(
        rt, camp.id
    ) as conn:  # a record that somebody took out of its table is held until its purge
        await conn.execute(
            "WITH p AS (INSERT INTO partitions (tenant_id, id, name, fields) VALUES (%(t)s, uuidv7(), '신청', '[]')"
            " RETURNING id) INSERT INTO records (tenant_id, id, partition_id, data, contact_id, deleted_at)"
            ' SELECT %(t)s, uuidv7(), id, \'{"자리": "앞줄"}\', %(c)s, clock_timestamp() FROM p',
            {"t": camp.id, "c": contact},
        )
    asked = await camp.staff.post(
        f"/api/contacts/{contact}/requests", json={"kind": "access", "via": "visit", "note": "신분증 확인"}
    )
    request = asked.json()
    assert asked.status_code == 201
    assert request["state"] == "open"
    wish = {"requestId": request["id"], "format": "json"}
    path = f"/api/contacts/{contact}/data-file"
    assert (await camp.staff.post(path, json=wish)).status_code == 403
    file = await camp.admin.post(path, json=wish)
    assert file.status_code == 200
    held = file.json()
    assert held["연락처와 정보"][0]["내용"]["전화번호"] == ["010-9308-2906"]
    assert held["메모"][0]["내용"] == "봉사 문의"
    assert [(one.get("지역"), one["내용"].get("메모 칸")) for one in held["이전에 적혀 있던 내용"]] == [
        ("서교동", None),
        ("합정동", "밤에 전화"),
    ]
    (gone,) = held["신청·상담 기록"]
    assert gone["내용"] == {"자리": "앞줄"}
    assert "지운 때" in gone
    assert held["보낸 메시지"][0]["발송"] == "간담회 안내"
    page = (await camp.admin.post(path, json=wish | {"format": "html"})).text
    assert "010-9308-2906" in page
    assert "&lt;b&gt;답장" in page
    closed = (await camp.owner.get("/api/data-requests", params={"contact_id": contact})).json()["items"][0]
    assert (closed["state"], closed["doneByName"]) == ("done", "admin")
    trail = (await camp.owner.get("/api/audit")).json()["items"]
    assert {"contact.data_file", "data_request.open"} <= {one["action"] for one in trail}


async def test_open_requests_come_by_their_day_with_whose_they_are_and_a_refusal_says_why(
    camp: Camp, rt: Runtime
) -> None:
    late, early = await make(camp), await make(camp, name="이영희", phones=["010-9308-2907"])
    week_ago = (datetime.now(UTC) - timedelta(days=7)).isoformat()
    await camp.staff.post(f"/api/contacts/{late}/requests", json={"kind": "erase"})
    await camp.staff.post(f"/api/contacts/{early}/requests", json={"kind": "access", "receivedAt": week_ago})
    async with tenant_tx(rt, camp.id) as conn:  # whoever was merged since is called as they are now
        await conn.execute("UPDATE contacts SET merged_into = %s WHERE id = %s", (late, early))

    async def listed(client: httpx.AsyncClient, **given: bool) -> list[tuple[str, str]]:
        answer = await client.get("/api/data-requests", params=given)
        return [(one["contactName"], one["kind"]) for one in answer.json()["items"]]

    assert await listed(camp.admin, open_only=True) == [("김철수", "access"), ("김철수", "erase")]
    assert await listed(camp.staff) == [("김*수", "access"), ("김*수", "erase")]
    first = (await camp.owner.get("/api/data-requests")).json()["items"][0]["id"]
    path = f"/api/data-requests/{first}/close"
    assert (await camp.admin.post(path, json={"state": "refused"})).status_code == 422
    closed = (await camp.admin.post(path, json={"state": "refused", "why": "identity"})).json()
    assert (closed["state"], closed["outcome"]) == ("refused", {"why": "identity"})
    assert await listed(camp.owner, open_only=True) == [("김철수", "erase")]


async def test_a_request_to_see_data_isnt_done_without_the_file_or_a_word_how_it_was_answered(
    camp: Camp,
) -> None:
    contact = await make(camp)
    asked = (await camp.staff.post(f"/api/contacts/{contact}/requests", json={"kind": "access"})).json()
    close = f"/api/data-requests/{asked['id']}/close"
    refused = await camp.admin.post(close, json={"state": "done"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "how")
    assert (await camp.owner.get("/api/data-requests")).json()["items"][0]["state"] == "open"
    closed = (await camp.staff.post(close, json={"state": "done", "how": "shown"})).json()
    assert (closed["state"], closed["outcome"]) == ("done", {"how": "shown"})


async def test_an_erasure_on_request_reaches_words_and_says_what_stays(camp: Camp, rt: Runtime) -> None:
    contact = await make(camp)
    await send_to(rt, camp, contact)
    reply = await reply_from(rt, camp, "제 이름은 김철수예요")
    await camp.staff.post(f"/api/contacts/{contact}/notes", json={"body": "봉사 문의"})
    await camp.staff.post("/api/contacts/bulk", json={"ids": [contact], "addTags": ["봉사"]})
    await camp.staff.post("/api/suppressions", json={"kind": "phone", "value": NUMBER, "reason": "거부"})
    asked = {"kind": "erase", "note": "본인 요청"}
    request = (await camp.staff.post(f"/api/contacts/{contact}/requests", json=asked)).json()
    close = f"/api/data-requests/{request['id']}/close"
    assert (await camp.staff.post(close, json={})).status_code == 403
    done = (await camp.admin.post(close, json={})).json()
    assert done["outcome"] == {"refusalsKept": 1, "messagesKept": 1}
    assert done["note"] == ""
    assert (await camp.admin.post(close, json={})).status_code in {404, 409}
    assert (await camp.owner.get(f"/api/contacts/{contact}/timeline")).status_code == 404
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute(
            """
            SELECT (SELECT pii IS NULL AND from_key IS NULL FROM inbound_messages WHERE id = %s),
                   (SELECT count(*) FROM contact_notes), (SELECT count(*) FROM bulk_edit_rows),
                   (SELECT bool_and(seq IS NULL AND contact_id IS NULL) FROM clicks), (SELECT count(*) FROM suppressions)
            """,
            (reply,),
        )
        assert await cursor.fetchone() == (True, 0, 0, True, 1)


async def test_a_request_to_stop_refuses_every_address_and_no_undo_lifts_it(camp: Camp, rt: Runtime) -> None:
    contact = await make(camp)
    refusal = {
        "ids": [contact],
        "changes": {"optOut": {"channels": ["all"]}},
        "reason": "명단을 정리하며 거부 등록",
    }
    edit = (await camp.admin.post("/api/bulk-edits", json=refusal)).json()
    request = (await camp.staff.post(f"/api/contacts/{contact}/requests", json={"kind": "stop"})).json()
    done = await camp.staff.post(f"/api/data-requests/{request['id']}/close", json={})
    assert done.json()["outcome"]["addressesRefused"] >= 1
    assert (await camp.admin.post(f"/api/bulk-edits/{edit['id']}/undo")).status_code in {200, 202}
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT channel, source FROM suppressions WHERE kind = 'phone'")
        assert await cursor.fetchall() == [("all", "manual")]


async def test_a_reply_from_a_number_that_others_share_stays_with_them(camp: Camp, rt: Runtime) -> None:
    contact = await make(camp)
    await make(camp, name="이영희")
    reply = await reply_from(rt, camp, "우리 집이에요")
    await camp.owner.delete(f"/api/contacts/{contact}")
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT pii IS NOT NULL FROM inbound_messages WHERE id = %s", (reply,))
        assert await cursor.fetchone() == (True,)


@pytest.mark.parametrize("kinds", ["", "message", "change", "consent"])
async def test_a_page_of_many_events_reads_one_page(camp: Camp, rt: Runtime, kinds: str) -> None:
    """By what the plan touches, not by the clock: 3,000 messages, and a page reads a few hundred buffers at most."""
    contact = await make(camp)
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute(
            "INSERT INTO sends (tenant_id, id, kind, state, steps, selection, finished_at)"
            " SELECT %s, uuidv7(make_interval(secs => -n)), 'campaign', 'finished', '[]', '{}', now()"
            " FROM generate_series(1, 3000) n",
            (camp.id,),
        )
        await conn.execute(
            "INSERT INTO messages (tenant_id, send_id, seq, contact_id, state)"
            " SELECT tenant_id, id, 1, %s, 'delivered' FROM sends",
            (contact,),
        )
        await conn.execute(
            "INSERT INTO merges (tenant_id, id, survivor_id, merged_ids, reason, created_at)"
            " SELECT %s, gen_random_uuid(), %s, '{}', '{\"kind\": \"edit\"}', now() - make_interval(secs => n)"
            " FROM generate_series(1, 3000) n",
            (camp.id, contact),
        )
        await conn.execute(
            "INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at)"
            " SELECT %s, gen_random_uuid(), %s, (ARRAY['call', 'email', 'sms'])[1 + n %% 3],"
            "        (ARRAY['ads', 'news'])[1 + n %% 2], 'granted', now() - make_interval(secs => n / 2)"
            " FROM generate_series(1, 3000) n",
            (camp.id, contact),
        )
    from pabal.timeline import reads
    from pabal.timeline.model import GROUPS, KINDS

    async with tenant_tx(rt, camp.id) as conn:
        person = await reads.read_person(conn, UUID(contact))
        assert person is not None
        at = datetime.now(UTC) + timedelta(days=1)
        cursor = await conn.execute(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + reads._PAST,
            {
                "tenant": camp.id,
                "kinds": list(GROUPS.get(kinds, KINDS)),
                "parts": list(person.parts),
                "values": list(person.value_keys),
                "addresses": list(person.address_keys),
                "at": at,
                "id": UUID(int=(1 << 128) - 1),
                "bound": UUID(int=(int(at.timestamp() * 1000) << 80) | ((1 << 80) - 1)),
                "most": 51,
            },
        )
        row = await cursor.fetchone()
    assert row is not None
    plan = row[0][0]["Plan"]
    assert plan["Actual Rows"] == 51
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 1_500
    if (
        kinds == "consent"
    ):  # six pairs of channel and purpose, two of them at each instant: in their true order
        async with tenant_tx(rt, camp.id) as conn:
            cursor = await conn.execute("SELECT id::text FROM consents ORDER BY at DESC, id DESC LIMIT 150")
            true = [row[0] for row in await cursor.fetchall()]
        first = await line(camp, contact, kinds="consent", limit=100)
        second = await line(camp, contact, kinds="consent", limit=50, cursor=first["nextCursor"])
        assert [event["id"] for event in first["items"] + second["items"]] == true
