"""How an import runs: killed and resumed, cancelled, beside another, given up in words, its files forgotten."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.features.conftest import Camp
from tests.support.imports import (
    KIM,
    book,
    bring_in,
    counts,
    many,
    rows_of,
    sheet,
    start,
    state_of,
    upload,
)

from pabal.config import Settings
from pabal.imports import apply, compose, forget_old_uploads, jobs, lease, run
from pabal.imports.jobs import run_in_process
from pabal.imports.lease import Outcome
from pabal.imports.run import run_import
from pabal.imports.upkeep import after_crash
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime


async def test_a_killed_runner_is_resumed_without_doubles(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = (await upload(camp.admin, many(50))).json()["id"]
    await start(camp.admin, import_id)
    marks = 0
    mark = lease.mark

    async def dies_in_the_third_chunk(*arguments: Any) -> None:
        nonlocal marks
        marks += 1
        await mark(*arguments)
        if marks == 3:  # everything of the chunk is written, nothing committed
            raise ConnectionError

    monkeypatch.setattr(run, "mark", dies_in_the_third_chunk)
    with pytest.raises(ConnectionError):
        await run_import(rt, camp.id, UUID(import_id), "first", chunk=10)
    monkeypatch.setattr(run, "mark", mark)
    assert (await state_of(camp, import_id))["rowsDone"] == 20
    assert (
        await run_import(rt, camp.id, UUID(import_id), "second", chunk=10) is Outcome.BUSY
    )  # its lease still runs
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE imports SET lease_until = clock_timestamp()")
    assert await run_import(rt, camp.id, UUID(import_id), "second", chunk=10) is Outcome.DONE
    state = await state_of(camp, import_id)
    assert (state["state"], state["rowsDone"], counts(state)) == ("completed", 50, {"created": 50})
    assert len(await book(camp)) == 50
    assert len({row["contactId"] for row in await rows_of(camp, import_id)}) == 50


async def test_a_runner_that_lost_its_lease_writes_nothing_more(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = (await upload(camp.admin, many(30))).json()["id"]
    await start(camp.admin, import_id)
    apply_chunk, calls = apply.apply_chunk, 0

    async def frozen_in_the_second(conn: Any, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        done = await apply_chunk(conn, *arguments)
        if calls == 2:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp() - interval '1 second'")
        return done

    monkeypatch.setattr(run, "apply_chunk", frozen_in_the_second)
    await run_import(rt, camp.id, UUID(import_id), "first", chunk=10)
    assert calls == 2
    state = await state_of(camp, import_id)
    assert (state["state"], state["rowsDone"]) == ("running", 10)
    assert (
        len(await book(camp)) == 10
    )  # the chunk that was written after the lease is gone with its transaction


async def test_imports_of_a_tenant_run_one_after_the_other(rt: Runtime, camp: Camp) -> None:
    body = many(40)
    ids = [(await upload(camp.admin, body)).json()["id"] for _ in range(2)]
    for import_id in ids:
        await start(camp.admin, import_id)
    outcomes = await asyncio.gather(
        *(run_import(rt, camp.id, UUID(one), f"runner-{one}", chunk=10) for one in ids)
    )
    for import_id, outcome in zip(ids, outcomes, strict=True):
        if outcome is Outcome.BUSY:
            assert await run_import(rt, camp.id, UUID(import_id), "again", chunk=10) is Outcome.DONE
    states = [await state_of(camp, import_id) for import_id in ids]
    assert sorted(map(str, map(counts, states))) == ["{'created': 40}", "{'merged': 40}"]
    assert len(await book(camp)) == 40


async def test_two_lists_at_once_are_the_book_of_one_after_the_other(
    rt: Runtime, camp: Camp, other_camp: Camp
) -> None:
    """Lists that concern the same people: households, nameless rows, a merge that only both together show."""
    autumn = sheet(
        KIM, ("이영희", "010-2222-3333"), ("", "010-4444-5555"), ("박민수", "", "park@naver.com"), ("최가람", "", "", "garam_c")
    )  # fmt: skip
    spring = sheet(
        ("김철수", "010 9308 2906", "", "", "", "봉사"), ("이순희", "010-2222-3333"), ("정누리", "010-4444-5555"),
        ("박민수", "010-6666-7777", "park@naver.com"), ("최가람", "010-8888-9999", "", "garam_c"), ("한봄", "1.01E+09"),
    )  # fmt: skip
    ids = []
    for body in (autumn, spring):
        ids.append((await upload(camp.admin, body)).json()["id"])
        await start(camp.admin, ids[-1])
    outcomes = await asyncio.gather(
        *(run_import(rt, camp.id, UUID(one), f"runner-{one}", chunk=2) for one in ids)
    )
    for one, outcome in zip(ids, outcomes, strict=True):
        if outcome is Outcome.BUSY:
            assert await run_import(rt, camp.id, UUID(one), "again", chunk=2) is Outcome.DONE
    bodies = [autumn, spring] if outcomes[0] is Outcome.DONE else [spring, autumn]
    for body in bodies:
        await bring_in(rt, other_camp, body, chunk=2)
    assert len(await book(camp)) == 6
    assert await said(camp) == await said(other_camp)


async def said(camp: Camp) -> list[list[Any]]:
    kept = ("name", "phones", "emails", "kakaoIds", "district", "tags", "memo", "attributes")
    return sorted([one[key] for key in kept] for one in await book(camp))


async def test_cancel_keeps_what_is_in(rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = (await upload(camp.admin, many(30))).json()["id"]
    await start(camp.admin, import_id)
    told = run._tell

    async def cancel_after_the_first(*arguments: Any) -> None:
        await told(*arguments)
        if (await state_of(camp, import_id))["rowsDone"]:
            await camp.admin.post(f"/api/imports/{import_id}/cancel")

    monkeypatch.setattr(run, "_tell", cancel_after_the_first)
    await run_import(rt, camp.id, UUID(import_id), "runner", chunk=10)
    state = await state_of(camp, import_id)
    assert (state["state"], state["rowsDone"], counts(state)) == ("cancelled", 10, {"created": 10})
    assert len(await book(camp)) == 10
    waiting = (await upload(camp.admin, many(3))).json()["id"]
    assert (await camp.admin.post(f"/api/imports/{waiting}/cancel")).json()["state"] == "cancelled"
    assert (await camp.admin.post(f"/api/imports/{waiting}/cancel")).json()["code"] == "import_ended"


async def test_the_runner_process_does_the_whole_job(rt: Runtime, camp: Camp, settings: Settings) -> None:
    import_id = UUID((await upload(camp.admin, many(25))).json()["id"])
    await start(camp.admin, str(import_id))
    assert await run_in_process(rt, camp.id, import_id) is Outcome.DONE
    assert counts(await state_of(camp, str(import_id))) == {"created": 25}
    assert settings.database_url


async def dies_before_anything(*_: Any) -> Any:
    raise RuntimeError


async def test_a_runner_that_keeps_dying_is_given_up_with_words(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = UUID((await upload(camp.admin, many(30))).json()["id"])
    await start(camp.admin, str(import_id))
    apply_chunk, calls = apply.apply_chunk, 0

    async def dies_after_the_first(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        return await (apply_chunk if calls == 1 else dies_before_anything)(*arguments)

    monkeypatch.setattr(run, "apply_chunk", dies_after_the_first)
    for number in range(5):
        assert (await state_of(camp, str(import_id)))["state"] == "running"
        with pytest.raises(RuntimeError):
            await run_import(rt, camp.id, import_id, f"runner-{number}", chunk=10)
        await after_crash(rt, camp.id, import_id, f"runner-{number}")
        if number < 4:
            assert await run_import(rt, camp.id, import_id, "too early", chunk=10) is Outcome.BUSY
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp() WHERE state = 'running'")
    state = await state_of(camp, str(import_id))
    # The first one brought a chunk in: the four after it and one more count.
    assert (state["state"], state["rowsDone"]) == ("running", 10)
    with pytest.raises(RuntimeError):
        await run_import(rt, camp.id, import_id, "last", chunk=10)
    await after_crash(rt, camp.id, import_id, "last")
    state = await state_of(camp, str(import_id))
    assert (state["state"], state["rowsDone"], counts(state)) == ("failed", 10, {"created": 10})
    assert "10번째 줄" in state["problem"]
    assert len(await book(camp)) == 10
    assert await run_import(rt, camp.id, import_id, "after the end") is Outcome.DONE


async def test_runners_that_take_their_workers_along_are_counted_too(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = UUID((await upload(camp.admin, many(3))).json()["id"])
    await start(camp.admin, str(import_id))
    monkeypatch.setattr(run, "apply_chunk", dies_before_anything)
    for number in range(5):
        with pytest.raises(RuntimeError):
            await run_import(rt, camp.id, import_id, f"runner-{number}")
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp()")
    assert await run_import(rt, camp.id, import_id, "sixth") is Outcome.DONE
    state = await state_of(camp, str(import_id))
    assert state["state"] == "failed"
    assert "들어간 줄은 없어요" in state["problem"]


async def test_a_child_that_cannot_start_is_given_up_as_well(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = UUID((await upload(camp.admin, many(3))).json()["id"])
    await start(camp.admin, str(import_id))
    monkeypatch.setattr(jobs, "environment_of", lambda _: {"PABAL_PORT": "no number"})
    for _ in range(5):
        assert (await state_of(camp, str(import_id)))["state"] == "running"
        async with tenant_tx(rt, camp.id) as conn:
            await conn.execute("UPDATE imports SET lease_until = clock_timestamp()")
        with pytest.raises(RuntimeError):
            await run_in_process(rt, camp.id, import_id)
    assert (await state_of(camp, str(import_id)))["state"] == "failed"


STATES = ("uploading", "uploaded", "running", "failed", "cancelled")


async def test_files_nobody_comes_back_for_are_forgotten_after_a_day(rt: Runtime, camp: Camp) -> None:
    ids = {state: UUID((await upload(camp.admin, many(3))).json()["id"]) for state in STATES}
    before: dict[str, int] = {}
    left: dict[str, int] = {}
    for age in ("23 hours", "25 hours"):
        async with tenant_tx(rt, camp.id) as conn:
            for state, one in ids.items():
                await conn.execute(
                    "UPDATE imports SET state = %(state)s, created_at = clock_timestamp() - %(age)s::interval,"
                    " finished_at = clock_timestamp() - %(age)s::interval WHERE id = %(id)s",
                    {"state": state, "age": age, "id": one},
                )
        await forget_old_uploads(rt)
        async with tenant_tx(rt, camp.id) as conn:
            cursor = await conn.execute(
                "SELECT i.state, count(f.part) FROM imports i LEFT JOIN import_files f ON f.import_id = i.id GROUP BY i.id, 1"
            )
            before, left = left, dict(await cursor.fetchall())
    assert before == dict.fromkeys(STATES, 1)
    assert left == {"uploaded": 1, "running": 1, "failed": 0, "cancelled": 0}


async def test_an_edit_between_reading_and_writing_is_taken_in(
    rt: Runtime, camp: Camp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring_in(rt, camp, sheet(("김하늘", "010-2222-3333", ""), header=("이름", "휴대폰", "이메일")))
    (known,) = await book(camp)
    composed, edits = compose.compose, 0

    def composes_beside_an_edit(*arguments: Any) -> Any:
        nonlocal edits
        edits += 1
        return composed(*arguments)

    read_known = apply.read_known

    async def edited_after_the_first_look(*arguments: Any) -> Any:
        found = await read_known(*arguments)
        if edits == 0:
            answer = await camp.admin.patch(f"/api/contacts/{known['id']}", json={"memo": "회의에서 만남"})
            assert answer.status_code == 200, answer.text
        return found

    monkeypatch.setattr(apply, "compose", composes_beside_an_edit)
    monkeypatch.setattr(apply, "read_known", edited_after_the_first_look)
    await bring_in(
        rt, camp, sheet(("김하늘", "010-2222-3333", "haneul@naver.com"), header=("이름", "휴대폰", "이메일"))
    )
    (card,) = await book(camp)
    assert edits == 2
    assert (card["memo"], card["emails"]) == ("회의에서 만남", ["haneul@naver.com"])
