"""People of a campaign as a file: the same rows in both forms, masked by role, filtered, inert, in pages, on record."""

import csv
import io
import zipfile
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from tests.support.book import fill_book
from tests.support.campaigns import PEOPLE, launch, make_book

from pabal import dispatch
from pabal.contacts import Card
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import tenant_tx
from pabal.kit.tables import stream_csv

HEAD = ["번호", "이름", "전화번호", "상태", "채널", "사유", "발송사 코드", "시도"]
PURPOSE = "선거 사무소 결과 보고용"


@pytest.fixture
async def campaign(rt, camp):
    """Seven people, one of them named like a formula; the first two were claimed: one arrived, one failed."""
    book = await make_book(rt, camp.id)
    await fill_book(
        rt, camp.id, [Card(name="=1+1", phones=("01023450077",))]
    )  # as an older version took them
    made = (
        await camp.admin.post(
            "/api/campaigns",
            json={
                "name": "설명회 안내",
                "messageClass": "civic",
                "filter": {},
                "steps": [
                    {
                        "channel": "sms",
                        "senderId": str(book.sender_id),
                        "body": "#{이름}님, 설명회에 초대합니다.",
                    }
                ],
            },
        )
    ).json()
    launched = await launch(camp.admin, made)
    assert launched.status_code < 300, launched.text
    send = UUID(launched.json()["sendId"])
    await dispatch.launch_send(rt, camp.id, send)
    assert await claim_chunk(rt, camp.id, send, "worker") is not None
    async with tenant_tx(rt, camp.id) as conn:
        locked = await lock_send(conn, camp.id, send)
        assert locked is not None
        failed = News(2, 1, AttemptState.FAILED, code="3047", failure_class=FailureClass.POLICY)
        await apply_news(conn, locked, [News(1, 1, AttemptState.DELIVERED), failed])
    return f"/api/campaigns/{made['id']}"


def of_csv(answer):
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def of_workbook(answer):
    """Cell by cell, as text; a formula would be an <f>."""
    assert answer.status_code == 200, answer.text
    sheet = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    tree = ET.fromstring(sheet)  # our own bytes
    assert tree.findall(".//m:f", space) == []
    return [[cell.findtext(".//m:t", "", space) for cell in row] for row in tree.findall(".//m:row", space)]


async def export(who, campaign, **body):
    return await who.post(f"{campaign}/messages/export", json={"purpose": PURPOSE, **body})


async def test_both_forms_say_the_same_and_nothing_is_a_formula(camp, campaign):
    head, *rows = of_csv(await export(camp.owner, campaign))
    assert head[:8] == HEAD
    assert len(rows) == len(PEOPLE) + 1
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert "'=1+1" in {row[1] for row in rows}
    book_head, *book_rows = of_workbook(await export(camp.owner, campaign, format="xlsx"))
    assert book_head == head
    plain = [[cell.removeprefix("'") for cell in row] for row in rows]
    assert book_rows == plain


async def test_a_row_says_what_became_of_somebody_in_words_with_the_carriers_code(camp, campaign):
    _, *rows = of_csv(await export(camp.owner, campaign))
    by_state = {row[3]: dict(zip(HEAD, row, strict=False)) for row in rows}
    assert by_state["도달"]["채널"] == "단문(SMS)"
    assert (by_state["실패"]["발송사 코드"], by_state["실패"]["시도"]) == ("3047", "1")
    assert by_state["실패"]["사유"] == "수신을 거절했어요 (3047)"
    assert by_state["뺌"]["사유"] not in {"", "suppressed", "no_address", "same_address"}
    assert all(len(row) == 10 and row[9] for row in rows)


async def test_screens_say_the_carriers_code_in_words_with_the_mend(camp, campaign):
    words = "수신을 거절했어요 (3047)"
    progress = (await camp.admin.get(f"{campaign}/progress")).json()
    (row,) = [one for one in progress["byReason"] if one["state"] == "failed"]
    assert (row["reason"], row["label"]) == ("3047", words)
    assert row["mend"]
    assert [one["mend"] for one in progress["byReason"] if one["state"] == "skipped"] == ["", "", ""]
    (person,) = (await camp.admin.get(f"{campaign}/messages?state=failed")).json()["items"]
    assert person["reasonLabel"] == words
    (attempt,) = (await camp.admin.get(f"/api/messages/{person['id']}")).json()["attempts"]
    assert (attempt["code"], attempt["codeLabel"], attempt["mend"]) == ("3047", words, row["mend"])
    explained = await camp.admin.get(f"{campaign}/explain?contactId={person['contactId']}")
    assert explained.json()["reasonLabel"] == words


async def test_numbers_are_whole_for_the_owner_and_masked_for_an_admin(camp, campaign):
    _, *whole = of_csv(await export(camp.owner, campaign))
    _, *masked = of_csv(await export(camp.admin, campaign))
    assert "010-2345-0003" in {row[2] for row in whole}
    assert not {row[2] for row in masked if row[2]} & {row[2] for row in whole}
    assert not {row[1] for row in masked} & {name for name, *_ in PEOPLE}
    assert (await export(camp.staff, campaign)).status_code == 403


async def test_state_and_reason_filter_as_in_the_list(camp, campaign):
    _, *failed = of_csv(await export(camp.owner, campaign, state="failed"))
    assert [row[3] for row in failed] == ["실패"]
    _, *none = of_csv(await export(camp.owner, campaign, state="skipped", reason="suppressed"))
    assert len(none) == 1
    _, *book = of_workbook(await export(camp.owner, campaign, format="xlsx", state="failed"))
    assert book == failed
    assert (await export(camp.owner, campaign, reason="x" * 101)).status_code == 422


async def test_no_way_out_without_saying_what_for(camp, campaign):
    for kind in ("csv", "xlsx"):
        assert (await camp.owner.get(f"{campaign}/messages.{kind}")).status_code == 404
    for body in (
        {},
        {"purpose": "  보고  "},
        {"purpose": f"{PURPOSE}\0"},
        {"purpose": PURPOSE, "reason": "\0"},
    ):
        assert (await camp.owner.post(f"{campaign}/messages/export", json=body)).status_code == 422


async def test_everybody_comes_once_however_many_pages_it_takes(camp, campaign, monkeypatch):
    whole = of_csv(await export(camp.owner, campaign))
    monkeypatch.setattr("pabal.campaigns.routes_export.EXPORT_PAGE", 2)
    assert of_csv(await export(camp.owner, campaign)) == whole


async def test_it_is_on_record_who_took_what_and_what_for(rt, camp, campaign):
    assert (await camp.owner.post(f"{campaign}/messages/export", json={"purpose": "보고"})).status_code == 422
    await export(camp.admin, campaign, format="xlsx", state="failed")
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT detail FROM audit_log WHERE action = 'campaign.export'")
        ((detail,),) = await cursor.fetchall()
    assert detail == {
        "format": "xlsx",
        "unmasked": False,
        "state": "failed",
        "reason": None,
        "purpose": PURPOSE,
    }


@pytest.mark.parametrize(
    "cell", ["=1+1", "+82", "-1", "@SUM(A1)", "＝1", " =1", "\t=1", "\r=1", "\n=1", "\ufeff=1"]
)
async def test_whatever_a_spreadsheet_would_run_stays_text(cell):
    async def rows():
        yield [["이름"], [cell], ["010-2345-0077"]]

    written = b"".join([part async for part in stream_csv(rows())]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["이름"], [f"'{cell}"], ["010-2345-0077"]]


async def test_another_camp_takes_nothing(camp, other_camp, campaign):
    assert (await export(other_camp.owner, campaign)).status_code == 404
