"""A runner's forked copy takes a share of reading and matching: what comes out is what one process alone would say."""

import os
from random import Random
from uuid import UUID

import psutil
import pytest
from tests.features.conftest import Camp
from tests.features.test_import_matching import caller
from tests.support.imports import sheet, start, upload

from pabal.imports import match, plan
from pabal.imports import upload as uploads
from pabal.imports.beside import Beside, beside
from pabal.imports.run import Prepared, prepare
from pabal.runtime import Runtime


def test_a_copy_hands_over_what_it_found_in_order():
    with beside(lambda: iter(range(5)), wanted=True) as copy:
        assert copy is not None
        assert list(copy.results() or ()) == [0, 1, 2, 3, 4]


def test_a_copy_that_dies_says_so_and_leaves_no_process():
    with beside(lambda: map(os._exit, [3]), wanted=True) as copy:
        assert copy is not None
        pid = copy._pid
        assert copy.results() is None
    assert not psutil.pid_exists(pid)


def test_a_copy_nobody_waits_for_ends_with_its_block():
    copy: Beside[int] | None
    with beside(lambda: iter(lambda: 1, 2), wanted=True) as copy:  # never comes to its end
        assert copy is not None
        pid = copy._pid
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)


def test_near_values_compared_beside_are_the_same(monkeypatch):
    monkeypatch.setattr(match, "WORTH_A_COPY", 1)
    random = Random(4)
    numbers = random.sample(range(20_000_000, 99_999_999), 395)
    numbers += [number ^ 1 for number in numbers[:5]]  # a slip of the last digit: rare, as in a real list
    names = ("김민수", "이영희", "박철수")
    members = [caller(names[n % 395 % 3], f"010{number}") for n, number in enumerate(numbers)]
    alone, helped = match.match(members), match.match(members, helped=True)
    assert helped.doubts == alone.doubts
    groups = list(match.groups_of(alone.people, len(members), []))
    assert any("near_phone_same_name" in group.reasons for group in groups)
    assert list(match.groups_of(helped.people, len(members), [])) == groups


@pytest.mark.parametrize("dies", [False, True])
async def test_rows_read_beside_are_the_same(rt: Runtime, camp: Camp, monkeypatch, *, dies: bool):
    """Also when the copy dies on the way: the whole is then read by this process."""
    monkeypatch.setattr(uploads, "PART_BYTES", 4_000)
    body = sheet(
        *((f"김민{'가나다라'[n % 4]}", f"010-2345-{n:04}" if n % 7 else "1.01E+09", "", "", "", "지지", "1970", "한 줄\n두 줄", "")
          for n in range(500)),
    )  # fmt: skip
    first = (await upload(camp.admin, body)).json()["id"]
    await start(camp.admin, first)
    alone = await prepare(rt, camp.id, UUID(first), "runner")
    monkeypatch.setattr(plan, "_BLOCK", 7)
    if dies:
        packed = plan._packed
        monkeypatch.setattr(plan, "_packed", lambda rows: packed(rows) if rows[0].no < 100 else os._exit(1))
    helped = await prepare(rt, camp.id, UUID(first), "runner", helped=True)
    assert isinstance(alone, Prepared)
    assert isinstance(helped, Prepared)
    assert len(alone.good) > 400
    assert helped.good == alone.good
    assert [chunk.rejected for chunk in helped.chunks] == [chunk.rejected for chunk in alone.chunks]
