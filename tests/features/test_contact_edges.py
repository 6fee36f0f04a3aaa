"""Contacts at their edges: what nobody types, two people at once, the same moment twice."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import psycopg
from tests.features.conftest import Camp

from pabal.contacts import notes, requests, segments
from pabal.contacts.actions import erase_contact
from pabal.contacts.bulk_jobs import run_bulk_edit
from pabal.contacts.segment_rule import SegmentRule
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

HALF = "\ud800"  # half a pair: JSON can name it, UTF-8 can't
RESIDENT = "900101-1234567"


async def make(camp: Camp, name: str = "김철수", phone: str = "01093082901", **more: Any) -> str:
    body = {"name": name, "phones": [phone], "basis": "동의", "source": "웹폼", **more}
    answer = await camp.owner.post("/api/contacts", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def has_to_wait(rt: Runtime, camp: Camp, work: Callable[[Conn], Awaitable[Any]]) -> bool:
    """Does somebody else, working at the same time, wait for what is open?"""
    async with tenant_tx(rt, camp.id) as other:
        await other.execute("SET LOCAL lock_timeout = '50ms'")
        try:
            async with other.transaction():
                await work(other)
        except psycopg.errors.LockNotAvailable:
            return True
    return False


def cursor(*position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


async def test_a_value_that_no_database_keeps_is_named(camp: Camp) -> None:
    for field, op, value in (
        ("createdAt", "after", "9999-12-31"),
        ("lastContact", "between", ["0001-01-01", "9999-12-31"]),
        ("district", "eq", HALF),
        ("tag", "has", HALF),
        ("name", "in", [HALF]),
        (f"attribute:{HALF}", "eq", "x"),
        ("attribute:직업", "eq", HALF),
        ("name", HALF, "x"),
    ):
        where = json.dumps({"field": field, "op": op, "value": value})
        answer = await camp.owner.get("/api/contacts", params={"filter": where})
        assert answer.status_code == 422, where


async def test_a_filter_nested_past_reading_is_refused(camp: Camp) -> None:
    assert (await camp.owner.get("/api/contacts", params={"filter": "[" * 15_000})).status_code == 422


async def test_a_cursor_that_somebody_made_up_is_refused(camp: Camp) -> None:
    line = f"/api/contacts/{await make(camp)}/timeline"
    nobody = str(UUID(int=1))
    for path, sort, position in (
        ("/api/contacts", {"sort": "-createdAt"}, [None]),
        ("/api/contacts", {"sort": "updatedAt"}, ["updatedAt", None, nobody]),
        ("/api/contacts", {"sort": "district"}, ["district", "\0", nobody]),
        ("/api/contacts", {"sort": "district"}, ["district", HALF, nobody]),
        ("/api/contacts", {"sort": "district"}, ["district", "가", None]),
        (line, {}, ["0001-01-01T00:00:00", nobody]),
        (line, {}, ["1960-01-01T00:00:00+00:00", nobody]),
        (line, {}, [None, None]),
    ):
        answer = await camp.owner.get(path, params={**sort, "cursor": cursor(*position)})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), position


async def test_no_resident_number_stands_anywhere_of_a_person(camp: Camp) -> None:
    one = await make(camp)
    consent = {"channel": "sms", "purpose": "홍보", "state": "granted", "evidence": RESIDENT}
    for path, body, where in (
        (f"/api/contacts/{one}/requests", {"kind": "access", "note": f"확인: {RESIDENT}"}, "note"),
        ("/api/bulk-edits", {"filter": {}, "changes": {"district": RESIDENT}}, "district"),
        ("/api/bulk-edits", {"filter": {}, "changes": {"attributes": {RESIDENT: "a"}}}, "attributes"),
        (
            "/api/bulk-edits",
            {"filter": {}, "changes": {"consent": consent}, "reason": "서면 동의서를 받았어요"},
            "changes.consent.evidence",
        ),
        ("/api/contacts", {"name": "이영희", "phones": ["01093082902"], "source": RESIDENT}, "source"),
    ):
        answer = await camp.owner.post(path, json=body)
        assert answer.status_code == 422, (path, body)
        assert answer.json()["errors"][0]["path"] == where


async def test_a_consent_of_days_to_come_would_outlast_a_withdrawal(camp: Camp) -> None:
    one = await make(camp)
    consent = {"channel": "sms", "purpose": "홍보", "state": "granted", "at": "2099-01-01T00:00:00Z"}
    answer = await camp.owner.post(f"/api/contacts/{one}/consents", json=consent)
    assert answer.status_code == 422
    body = {"filter": {}, "changes": {"consent": consent}, "reason": "서면 동의서를 받았어요"}
    assert (await camp.owner.post("/api/bulk-edits", json=body)).status_code == 422


async def test_an_erasure_waits_for_what_is_being_written_about_the_person(camp: Camp, rt: Runtime) -> None:
    one = UUID(await make(camp))

    async with tenant_tx(rt, camp.id) as conn:
        await notes.write_note(conn, camp.id, one, "봉사 문의", created_by=None)
        assert await has_to_wait(rt, camp, lambda other: erase_contact(other, one))
    async with tenant_tx(rt, camp.id) as conn:
        await requests.open_request(
            conn, camp.id, one, kind="access", requester="self", via="phone", note="본인", received_at=rt.clock.now(),
            created_by=None,
        )  # fmt: skip
        assert await has_to_wait(rt, camp, lambda other: erase_contact(other, one))


async def test_two_segments_that_leave_out_each_other_are_not_saved_at_once(camp: Camp, rt: Runtime) -> None:
    made = []
    for name in ("하나", "둘"):
        answer = await camp.owner.post("/api/segments", json={"name": name, "filter": {}})
        made.append(UUID(answer.json()["id"]))

    def without(other: UUID) -> dict[str, Any]:
        rule = SegmentRule(exclude_segment_ids=(other,))
        return {"name": None, "description": None, "rule": rule, "version": None}

    async with tenant_tx(rt, camp.id) as conn:
        await segments.change_segment(conn, made[0], **without(made[1]))
        assert await has_to_wait(
            rt, camp, lambda other: segments.change_segment(other, made[1], **without(made[0]))
        )
    assert (await camp.owner.get("/api/segments")).status_code == 200


async def test_an_erasure_means_who_was_meant_when_it_was_asked(
    camp: Camp, rt: Runtime, database: Any
) -> None:
    await make(camp, tags=["지울 사람"])
    where = {"field": "tag", "op": "has", "value": "지울 사람"}
    body = {"filter": where, "changes": {"erase": True}, "reason": "본인들이 지워 달라고 했어요"}
    asked = (await camp.admin.post("/api/bulk-edits", json=body)).json()
    assert (asked["state"], asked["total"]) == ("queued", 1)
    late = await make(camp, "이영희", "01093082902", tags=["지울 사람"])
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        admin.execute("UPDATE bulk_edits SET starts_at = clock_timestamp() WHERE id = %s", (asked["id"],))
    await run_bulk_edit(rt, camp.id, UUID(asked["id"]))
    done = (await camp.owner.get(f"/api/bulk-edits/{asked['id']}")).json()
    assert (done["state"], done["result"]["erased"]) == ("completed", 1)
    assert (await camp.owner.get(f"/api/contacts/{late}")).status_code == 200


async def test_a_request_to_erase_somebody_erased_already_is_carried_out(camp: Camp) -> None:
    one = await make(camp)
    asked = (await camp.staff.post(f"/api/contacts/{one}/requests", json={"kind": "erase"})).json()
    assert (await camp.owner.delete(f"/api/contacts/{one}")).status_code == 204
    done = await camp.admin.post(f"/api/data-requests/{asked['id']}/close", json={})
    assert (done.status_code, done.json()["state"]) == (200, "done")


async def test_one_edit_of_two_who_were_merged_stands_on_their_line_twice(camp: Camp, rt: Runtime) -> None:
    one, two = await make(camp), await make(camp, "김철수", "01093082903")
    merged = await camp.owner.post("/api/contacts/merge", json={"survivorId": one, "contactIds": [one, two]})
    assert merged.status_code == 200, merged.text
    async with tenant_tx(rt, camp.id) as conn:
        edit = new_id()
        await conn.execute(
            "INSERT INTO bulk_edits (tenant_id, id, kinds, request, state) VALUES (%s, %s, '{tags}', app.encrypt('{}'),"
            " 'completed')",
            (camp.id, edit),
        )
        for part in (one, two):
            await conn.execute(
                "INSERT INTO bulk_edit_rows (tenant_id, edit_id, contact_id, tags_added) VALUES (%s, %s, %s, '[]')",
                (camp.id, edit, part),
            )

    seen, params = 0, {"kinds": "tags", "limit": "1"}
    while True:
        page = (await camp.owner.get(f"/api/contacts/{one}/timeline", params=params)).json()
        seen += len(page["items"])
        if page["nextCursor"] is None:
            break
        params["cursor"] = page["nextCursor"]
    assert seen == 2
