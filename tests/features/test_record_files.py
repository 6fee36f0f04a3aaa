"""Records as files: what a spreadsheet holds comes in as it was meant, and what goes out comes back the same."""

import io
import tempfile
import zipfile

import pytest
from tests.support.automations import FIELDS, add, kit, logs, make_link, partition
from tests.support.carriers import facing
from tests.support.workbooks import workbook

from pabal.records.workbook import UnreadableWorkbookError, read_workbook

__all__ = ["kit", "partition"]  # fixtures


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


async def bring(camp, partition, data, name="명단.xlsx", **form):
    return await camp.owner.post(
        "/api/records/import",
        data={"partitionId": partition["id"], **form},
        files={"file": (name, data, "application/octet-stream")},
    )


async def table(camp):
    fields = [*FIELDS, {"key": "day", "label": "방문일", "type": "date"}]
    answer = await camp.owner.post("/api/partitions", json={"name": "방문", "fields": fields})
    return answer.json()


async def test_a_workbook_comes_in_with_its_numbers_and_days(camp):
    partition = await table(camp)
    # As Excel keeps them: a number that lost its zero, an amount, a day as days since 1900.
    rows: list[list[str | int]] = [
        ["이름", "전화", "금액", "방문일"],
        ["김하늘", 1023450001, 12000, 46000],
        ["", "", "", ""],
    ]
    data = workbook({"명단": rows})
    answer = await bring(camp, partition, data)
    assert (answer.status_code, answer.json()["created"], answer.json()["errors"]) == (200, 1, []), (
        answer.text
    )
    listed = (await camp.owner.get("/api/records", params={"partitionId": partition["id"]})).json()["items"]
    assert listed[0]["data"] == {
        "name": "김하늘",
        "phone": "01023450001",
        "amount": 12000,
        "day": "2025-12-09",
    }


async def test_a_workbook_that_isnt_one_or_unpacks_without_end_is_refused(camp, partition):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b" " * 70_000_000)
    entities = io.BytesIO()
    with zipfile.ZipFile(entities, "w") as made:
        made.writestr("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>')
    for data in (b"PK\x03\x04 no zip", bomb.getvalue(), entities.getvalue(), b"\xd0\xcf\x11\xe0 old"):
        answer = await bring(camp, partition, data)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "file")


async def test_a_large_list_is_read_in_memory_and_a_larger_one_refused(camp, partition, monkeypatch):
    """Two megabytes are a usual list; in the clear they never touch a disk. What is too much says how to mend it."""

    def to_disk(*_, **__):
        raise AssertionError("a file in the clear")

    monkeypatch.setattr(tempfile, "TemporaryFile", to_disk)
    rows = "이름,비고\n" + "\n".join(f"김{n},{'x' * 100_000}" for n in range(20))
    answer = await bring(camp, partition, rows.encode(), dryRun="true")
    assert (answer.status_code, answer.json()["valid"]) == (200, 20)
    many = await bring(camp, partition, ("이름\n" + "김\n" * 50_001).encode(), dryRun="true")
    assert many.json()["errors"][0]["mend"] == "파일을 나눠 올려 주세요"
    assert (await bring(camp, partition, b"x" * 5_500_000)).status_code == 413


def _sheet(xml: bytes) -> bytearray:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", xml)
    return bytearray(made.getvalue())


def _patched(data: bytearray, at: int, value: int) -> bytes:
    """One byte of the header changed, and of its copy in the directory, which stands two further on."""
    for head, place in ((b"PK\x03\x04", at), (b"PK\x01\x02", at + 2)):
        data[data.index(head) + place] = value
    return bytes(data)


def _damaged(data: bytearray) -> bytes:
    begin = data.index(b"sheet1.xml") + len(b"sheet1.xml")
    data[begin : begin + 2] = b"\xff\xff"
    return bytes(data)


_NAMED = (
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_patched(_sheet(b"<worksheet/>"), 6, 1), id="locked"),
        pytest.param(_patched(_sheet(b"<worksheet/>"), 8, 99), id="packed in an unknown way"),
        pytest.param(_damaged(_sheet(b"<worksheet/>" * 100)), id="damaged"),
        pytest.param(bytes(_sheet(_NAMED.encode("utf-16"))), id="entities behind another encoding"),
        pytest.param(bytes(_sheet(b"<worksheet>" + b"<c/>" * 3_000_001)), id="millions of empty cells"),
    ],
)
def test_a_hostile_workbook_is_unreadable_and_nothing_else(data):
    with pytest.raises(UnreadableWorkbookError):
        read_workbook(data, 20_001)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_what_is_exported_can_be_imported_again(camp, partition, kind):
    for n in range(3):
        await add(camp, partition, phone=f"010-7200-{n:04}", status="신규", amount=n * 1000)
    params = {"partitionId": partition["id"]}
    path = f"/api/partitions/{partition['id']}/records.{kind}"
    assert (await camp.staff.get(path)).status_code == 403
    file = await camp.owner.get(path)
    assert file.status_code == 200, file.text
    other = await table(camp)
    answer = await bring(camp, other, file.content, name=f"명단.{kind}")
    assert answer.json()["created"] == 3, answer.text
    before = (await camp.owner.get("/api/records", params=params)).json()["items"]
    after = (await camp.owner.get("/api/records", params={"partitionId": other["id"]})).json()["items"]
    assert sorted(str(one["data"]) for one in after) == sorted(str(one["data"]) for one in before)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_only_the_owner_exports_whole_numbers(camp, partition, kind):
    await add(camp, partition, phone="010-7200-9911")
    path = f"/api/partitions/{partition['id']}/records.{kind}"
    files = {}
    for name, who in (("admin", camp.admin), ("owner", camp.owner)):
        answer = await who.get(path)
        assert answer.status_code == 200, answer.text
        content = answer.content
        if kind == "xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = book.read("xl/worksheets/sheet1.xml")
        files[name] = content.decode()
    assert "김하늘" in files["owner"]
    assert "9911" in files["owner"]
    assert "7200" in files["owner"]
    assert "김하늘" not in files["admin"]
    assert "7200" not in files["admin"]


async def test_sending_by_hand_is_previewed_with_texts_reasons_and_cost(camp, kit, partition):
    link = await make_link(camp, kit, partition)
    good = await add(camp, partition)
    bare = await add(camp, partition, phone=None)
    path = f"/api/alimtalk/template-links/{link['id']}/send/preview"
    answer = await camp.admin.post(path, json={"recordIds": [good["id"], bare["id"], link["id"]]})
    found = answer.json()
    assert (found["sendable"], found["skipped"]) == (1, {"no_phone": 1, "record_deleted": 1})
    assert "김하늘" in found["samples"][0]["text"]
    assert await logs(camp) == []
