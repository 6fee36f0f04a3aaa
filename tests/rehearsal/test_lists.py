"""The invented lists: repeatable, messy, and readable back from what they say they are."""

import csv
import io
import re

from pabal.rehearsal.labels import auto_groups
from pabal.rehearsal.lists import uploads
from pabal.rehearsal.writing import NameKind


def test_a_seed_gives_the_same_bytes_and_another_seed_others():
    one, two = uploads(5, 400)
    again, _ = uploads(5, 400)
    assert one.body == again.body
    assert one.body != uploads(6, 400)[0].body
    assert one.body.splitlines()[0] != two.body.splitlines()[0]  # the second upload has other headers


def test_a_csv_has_a_line_per_record():
    for upload in uploads(5, 400):
        rows = list(csv.reader(io.StringIO(upload.body.decode("utf-8-sig"))))
        assert len(rows) - 1 == len(upload.records)


def test_the_lists_hold_what_makes_them_hard():
    records = [record for seed in (1, 2) for upload in uploads(seed, 3_000) for record in upload.records]
    cells = "\n".join(cell for record in records for cell in record.cells.values())
    assert {record.says.kind for record in records} == set(NameKind)
    for mess in (
        r"\+82",
        r"０１０",
        r"E\+",
        r"^10\d{8}$",
        r"010-0000-0000",
        r"위원장",
        r"\((?:배우자|아들|딸)\)",
        r"＠",
    ):
        assert re.search(mess, cells, re.MULTILINE), mess
    handsets: dict[str, set[int]] = {}
    for record in records:
        for number in record.says.mobiles:
            handsets.setdefault(number, set()).add(record.person)
    assert any(len(people) > 1 for people in handsets.values())


def test_there_is_something_to_find():
    records = [record for upload in uploads(3, 1_000) for record in upload.records]
    groups = auto_groups(records)
    assert len({groups.find(n) for n in range(len(records))}) < 0.75 * len(records)
