"""The list in the order of who was last contacted: the same people as a scan of the book gives, page by page."""

from uuid import UUID

import pytest
from tests.features.conftest import Camp
from tests.support.random_activity import CAMPAIGNS, REHEARSED
from tests.support.random_book import Book, write_random_book

from pabal.contacts import last_contact
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime


def in_order(book: Book, gone: dict[UUID, UUID]) -> tuple[list[UUID], list[UUID]]:
    """(who was contacted, newest send first; who never was, newest first)."""
    seqs = {one.id: seq for seq, one in enumerate(book, start=1)}
    newest: dict[UUID, tuple[int, int]] = {}
    for one in book:
        reached = [CAMPAIGNS.index(campaign) for campaign in one.passed.received if campaign != REHEARSED]
        if reached:
            whose = gone.get(one.id, one.id)
            newest[whose] = max(newest.get(whose, (-1, 0)), (max(reached), seqs[one.id]))
    living = [one.id for one in book if one.id not in gone]
    never = sorted((one for one in living if one not in newest), reverse=True)
    return sorted(newest, key=lambda one: newest[one], reverse=True), never


async def walked(camp: Camp, limit: int, **params: str) -> list[UUID]:
    found: list[UUID] = []
    cursor: str | None = None
    while True:
        given: dict[str, str | int] = {"sort": "-lastContact", "limit": limit, **params}
        if cursor:
            given["cursor"] = cursor
        page = (await camp.owner.get("/api/contacts", params=given)).json()
        assert ("total" in page and page["total"] is not None) is (cursor is None)
        found += [UUID(one["id"]) for one in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("steps", ["one after the other", "few are asked one by one"])
async def test_a_list_by_last_contact_is_what_a_scan_gives(
    camp: Camp, rt: Runtime, monkeypatch: pytest.MonkeyPatch, steps: str
) -> None:
    monkeypatch.setattr(last_contact, "_WALK", 1)
    if steps == "few are asked one by one":
        monkeypatch.setattr(last_contact, "_FAR", 5)
    book = await write_random_book(rt, camp.id, seed=7)
    some = in_order(book, {})
    # Somebody whom nobody had contacted takes in the one who was contacted last.
    gone = {some[0][0]: some[1][0]}
    async with tenant_tx(rt, camp.id) as conn:
        for one, survivor in gone.items():
            await conn.execute("UPDATE contacts SET merged_into = %s WHERE id = %s", (survivor, one))
    contacted, never = in_order(book, gone)
    assert contacted[0] == some[1][0]
    assert min(len(contacted), len(never)) > 7
    for limit in (7, len(contacted), 100):
        assert await walked(camp, limit) == [*contacted, *never]
    tagged = {one.id for one in book if "청년" in one.tags}
    assert await walked(camp, 3, tag="청년") == [one for one in [*contacted, *never] if one in tagged]

    asked = [str(one) for one in (*contacted[:3], never[0])]
    answer = await camp.owner.post("/api/contacts/last-contacts", json={"ids": asked})
    assert {one["id"] for one in answer.json()["items"]} == set(asked[:3])


async def test_a_position_of_another_order_is_refused(camp: Camp) -> None:
    await camp.owner.post("/api/contacts", json={"name": "가", "phones": ["010-2345-6701"]})
    await camp.owner.post("/api/contacts", json={"name": "나", "phones": ["010-2345-6702"]})
    page = await camp.owner.get("/api/contacts", params={"limit": 1})
    wrong = {"sort": "-lastContact", "cursor": page.json()["nextCursor"]}
    assert (await camp.owner.get("/api/contacts", params=wrong)).status_code == 400
