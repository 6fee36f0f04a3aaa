"""Plans that the design rests on: the wall costs one call per statement, a claim reads a range of the primary key, a search
asks the token index, a message's changes of state stay HOT. Plans are compared in shape, never by the clock.
"""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from tests.support.sources import statements

from pabal.contacts.look_up import LOOSE, WHOLE
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

BOOK = 20_000
SEND = 10_000


async def plan_of(conn: Conn, statement: bytes, values: Any = None, *, run: bool = False) -> dict[str, Any]:
    how = b"EXPLAIN (ANALYZE, FORMAT JSON) " if run else b"EXPLAIN (FORMAT JSON) "
    row = await (await conn.execute(how + statement, values)).fetchone()
    assert row is not None
    (plan,) = row[0]
    return dict(plan["Plan"])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def conditions(node: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in node.items() if key != "Plans"})


@pytest.fixture
async def book(rt: Runtime, tenant: UUID, database) -> UUID:
    """20,000 contacts; token 7 is one person's, token 1 is half of the book's."""
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            """
            INSERT INTO contacts (tenant_id, id, tokens, basis, source)
            SELECT %s, gen_random_uuid(), ARRAY[n %% 2, 1000 + n %% 500, CASE WHEN n = 5 THEN 7 ELSE 100000 + n END],
                   'consent', 'test'
            FROM generate_series(1, %s) AS n
            """,
            (tenant, BOOK),
        )
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE contacts")
    return tenant


async def test_the_wall_asks_for_the_tenant_once_per_statement(rt, book):
    """As an InitPlan: as a filter it would be 20,000 calls here, and 0.5 s of a search at a million."""
    async with tenant_tx(rt, book) as conn:
        plan = await plan_of(conn, b"SELECT count(*) FROM contacts WHERE source = 'test'", run=True)
    asked = [node for node in nodes(plan) if str(node.get("Subplan Name", "")).startswith("InitPlan")]
    assert [node["Actual Loops"] for node in asked] == [1]
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "contacts"]
    assert scans
    assert not any("app.tenant_id" in conditions(node) for node in scans), "called for every row"


async def test_no_statement_on_any_tenant_table_calls_it_for_each_row(rt, tenant, database):
    with psycopg.connect(database.admin_dsn) as admin:
        tables = [
            name
            for (name,) in admin.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
                " WHERE p.polname = 'tenant_wall' AND NOT c.relispartition ORDER BY 1"
            )
        ]
    assert len(tables) > 30
    async with tenant_tx(rt, tenant) as conn:
        for table in tables:
            statement = sql.SQL("SELECT FROM {}").format(sql.Identifier(table)).as_bytes()
            for node in nodes(await plan_of(conn, statement)):
                if not str(node.get("Subplan Name", "")).startswith("InitPlan"):
                    assert "app.tenant_id" not in conditions(node), table


@pytest.fixture(params=["statistics know it", "younger than the statistics"])
async def send(rt: Runtime, tenant: UUID, database, request) -> UUID:
    """One send of 10,000 queued people among another of the same size. A real one is over before anybody counts it."""
    mine = new_id()
    async with tenant_tx(rt, tenant) as conn:
        for send_id in (mine, new_id()):
            await conn.execute(
                """
                INSERT INTO messages (tenant_id, send_id, seq, contact_id, address_key, state)
                SELECT %s, %s, n, gen_random_uuid(), n, 'queued' FROM generate_series(1, %s) AS n
                """,
                (tenant, send_id, SEND),
            )
    if request.param == "statistics know it":
        with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE messages")
    return mine


def claiming() -> list[tuple[str, str]]:
    return [
        (statement.place, text)
        for statement in statements()
        if statement.module.path in {"dispatch/accepted.py", "dispatch/intent.py", "dispatch/ledger.py"}
        for text in statement.texts
        if re.search(r"(FROM|JOIN|UPDATE) messages\b", text) and re.search(r"%\((seq_from|low)\)s", text)
        if "%(epoch)s" not in text and "%(request)s" not in text  # those ask by chunk and by request
    ]


async def test_claims_and_outcomes_read_their_range_of_the_primary_key(rt, tenant, send):
    """Every statement of a claim and of what is learned, on messages, run on 500 of 20,000 rows."""
    values = {
        "tenant": tenant,
        "send": send,
        "seq_from": 2001,
        "seq_to": 2500,
        "low": 2001,
        "high": 2500,
        "seqs": list(range(2001, 2501)),
        "members": None,
        "channel": "sms",
        "purposes": ["civic"],
        "consent": "",
        "night": "",
        "consent_since": None,
        "n": 1,
        "state": "skipped",
        "reason": "suppressed",
        "step": 0,
        "reached": True,
    }
    found = claiming()
    assert len(found) >= 5, (
        "the fence, who isn't sent to, all accepted; standing and change of what is learned"
    )
    for place, text in found:
        async with tenant_tx(rt, tenant) as conn, conn.transaction(force_rollback=True):
            plan = await plan_of(conn, text.encode(), values, run=True)
        ours = [node for node in nodes(plan) if str(node.get("Relation Name", "")).startswith("messages_")]
        ran = [node for node in ours if "Scan" in node["Node Type"] and node["Actual Loops"]]
        assert ran, place
        for node in ran:
            shown = f"{place}: {conditions(node)}"
            assert node["Node Type"] == "Index Scan", shown
            assert node["Index Name"].endswith("_pkey"), shown
            assert "seq" in node["Index Cond"], shown
            assert (
                node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0) <= 500
            ), shown
        assert len({node["Relation Name"] for node in ours}) == 1, (
            f"{place}: one month's partition, not all fifteen"
        )


async def test_changes_of_a_messages_state_stay_hot(rt, tenant, send, database):
    """A HOT update writes no index: 100-200K messages a second against 20-50K."""
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE messages SET state = 'sending', attempts = 1, updated_at = clock_timestamp()"
            " WHERE tenant_id = %s AND send_id = %s AND seq BETWEEN 1 AND 500",
            (tenant, send),
        )
        await conn.execute("SELECT pg_stat_force_next_flush()")
    with psycopg.connect(database.admin_dsn) as admin:
        row = admin.execute(
            "SELECT sum(n_tup_upd), sum(n_tup_hot_upd) FROM pg_stat_user_tables WHERE relname LIKE 'messages\\_%'"
        ).fetchone()
    assert row is not None
    assert row[0] == 500
    assert row[1] >= 490


def test_no_index_mentions_what_changes_while_sending(database):
    changing = {"state", "reason", "step", "attempts", "snapshot", "updated_at"}
    with psycopg.connect(database.admin_dsn) as admin:
        rows = admin.execute(
            """
            SELECT c.relname, i.indexrelid::regclass::text, pg_get_expr(i.indpred, i.indrelid), pg_get_expr(i.indexprs, i.indrelid),
                   array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey))
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname ~ '^messages(_|$)'
            """
        ).fetchall()
        fill = admin.execute(
            "SELECT DISTINCT substring(relname FROM '^[a-z]+'), array_to_string(reloptions, ',') FROM pg_class"
            " WHERE relispartition AND relkind = 'r' AND relname ~ '^(messages|attempts)_' ORDER BY 1"
        ).fetchall()
    assert len(rows) > 40
    for _, index, predicate, expressions, columns in rows:
        assert not changing & set(columns), index
        assert (predicate, expressions) in {
            (None, None),
            ("(contact_id IS NOT NULL)", None),
            ("(address_key IS NOT NULL)", None),
        }, index
    assert fill == [("attempts", "fillfactor=45"), ("messages", "fillfactor=33")]


async def scans_of(database, index: str) -> tuple[int, int]:
    """How often an index was asked, and how often its table was read from end to end."""
    with psycopg.connect(database.admin_dsn) as admin:
        row = admin.execute(
            "SELECT i.idx_scan, t.seq_scan FROM pg_stat_user_indexes i JOIN pg_stat_user_tables t USING (relid)"
            " WHERE i.indexrelname = %s",
            (index,),
        ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


SEARCH = b"SELECT * FROM app.search_contacts(%s, NULL, NULL, NULL, NULL, NULL, 51, false)"


async def test_a_search_asks_the_token_index(rt, book, database):
    before = await scans_of(database, "contacts_tokens")
    async with rt.pool.connection() as conn:
        async with conn.transaction():
            await conn.execute("SELECT set_config('app.tenant', %s, true)", (str(book),))
            found = await (await conn.execute(SEARCH, ([7],))).fetchall()
        await conn.execute("SELECT pg_stat_force_next_flush()")
    after = await scans_of(database, "contacts_tokens")
    assert len(found) == 1
    assert (after[0] - before[0], after[1] - before[1]) == (1, 0), "(index scans, sequential scans)"


async def test_a_search_finds_the_newest_and_counts_whichever_way_it_goes(rt, book):
    """Through the index, walking, or as a sample decides: carriers of half the book, of every 500th of it, and of one, who
    are fewer or more than a page, the sample's share and the cap."""
    search = "SELECT id, total FROM app.search_contacts(%s, NULL, NULL, NULL, NULL, %s, %s, %s, %s)"
    carrying = "SELECT id FROM contacts WHERE %s = ANY(tokens) ORDER BY id DESC"
    async with tenant_tx(rt, book) as conn:
        for token in (1, 1007, 7, 8):
            carriers = [row[0] for row in await (await conn.execute(carrying, (token,))).fetchall()]
            for before in (None, *carriers[5:6]):
                wanted = [one for one in carriers if before is None or one < before]
                for page, common, cap in product((10, 60), (True, False, None), (None, 30, 1001)):
                    cursor = await conn.execute(search, ([token], before, page, common, cap))
                    rows = await cursor.fetchall()
                    case = (token, before, page, common, cap)
                    assert [row[0] for row in rows] == wanted[:page], case
                    if cap is None:
                        assert {row[1] for row in rows} <= {None}, case
                    elif before is None and rows:
                        assert {row[1] for row in rows} == {min(len(carriers), cap)}, case


async def test_the_wall_alone_would_forbid_that_index(rt, book):
    """Why there is a definer function: `@>` isn't leakproof, so a policy comes before it. Should this ever fail,
    PostgreSQL has learned something, and app.search_contacts can go.
    """
    async with tenant_tx(rt, book) as conn:
        plan = await plan_of(conn, b"SELECT id FROM contacts WHERE tokens @> ARRAY[7]")
    assert "contacts_tokens" not in {node.get("Index Name") for node in nodes(plan)}


async def test_the_searching_role_is_under_the_wall_too(book, database):
    """FORCE stays on; pabal_search passes by a policy for SELECT of its own, and the function names the tenant."""
    with psycopg.connect(database.admin_dsn) as admin:
        admin.execute("SET ROLE pabal_search")
        row = admin.execute("SELECT count(id) FROM contacts").fetchone()
        assert row == (BOOK,)
        plan = admin.execute(
            "EXPLAIN (FORMAT JSON) SELECT id FROM contacts WHERE tenant_id = %s AND tokens @> ARRAY[7]"
            " AND merged_into IS NULL AND erased_at IS NULL",
            (book,),
        ).fetchone()
        assert plan is not None
        assert "contacts_tokens" in {node.get("Index Name") for node in nodes(plan[0][0]["Plan"])}
        for statement in (
            "SELECT pii FROM contacts",
            "UPDATE contacts SET district = ''",
            "SELECT FROM identities",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), admin.transaction():
                admin.execute(statement.encode())


async def test_a_filter_by_an_attribute_asks_the_token_index(rt, book, database):
    before = await scans_of(database, "contacts_tokens")
    async with rt.pool.connection() as conn:
        async with conn.transaction():
            await conn.execute("SELECT set_config('app.tenant', %s, true)", (str(book),))
            # Two pairs: token 7 with half of the book's, and two that never meet on anybody.
            carriers = b"SELECT * FROM app.contacts_carrying(ARRAY[7, 7], ARRAY[1, 0])"
            found = await (await conn.execute(carriers)).fetchall()
        await conn.execute("SELECT pg_stat_force_next_flush()")
    after = await scans_of(database, "contacts_tokens")
    assert len(found) == 1
    assert (after[0] - before[0], after[1] - before[1]) == (2, 0), "(index scans, sequential scans)"


async def test_hits_are_read_by_key_within_the_wall(rt, book):
    """What a search found is read under the policy: tenant and id are one condition of the primary key, so that a foreign
    id finds no row, and fifty people cost fifty look-ups.
    """
    async with tenant_tx(rt, book) as conn:
        cursor = await conn.execute("SELECT id FROM contacts ORDER BY id LIMIT 50")
        ids = [row[0] for row in await cursor.fetchall()]
        plan = await plan_of(conn, b"SELECT id, pii FROM contacts WHERE id = ANY(%s)", (ids,), run=True)
    (read,) = [node for node in nodes(plan) if node.get("Relation Name") == "contacts"]
    assert read.get("Index Name") == "contacts_pkey", conditions(read)
    assert "tenant_id" in read["Index Cond"]
    assert "id = ANY" in read["Index Cond"]
    assert read["Actual Rows"] == 50
    assert not read.get("Rows Removed by Filter")


@pytest.mark.parametrize("statement", [WHOLE, LOOSE], ids=["whole", "loose"])
async def test_a_look_up_reads_its_hits_by_key_within_the_wall(rt, book, statement):
    """As above, for the statement that finds and reads at once: with the plan that is made once per connection."""
    given = {
        **dict.fromkeys(("any_1", "any_2", "any_3", "any_4", "before")),
        "all_of": [1],
        "page": 50,
        "common": True,
    }
    async with tenant_tx(rt, book) as conn:
        await conn.execute("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
        given |= {"cap": 1001, "run": "12345", "elsewhere": [1]}
        plan = await plan_of(conn, statement.encode(), given, run=True)
    (read,) = [node for node in nodes(plan) if node.get("Relation Name") == "contacts"]
    assert "tenant_id" in read["Index Cond"]
    assert "id = s.id" in read["Index Cond"]
    assert (read["Actual Loops"], read["Actual Rows"]) == (50, 1)


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("c.id DESC", "contacts_living"),
        ("c.updated_at DESC, c.id DESC", "contacts_by_update"),
        ("c.district, c.id", "contacts_by_district"),
    ],
)
async def test_a_page_of_any_order_reads_its_index_and_stops(rt, book, order, index):
    """However large the book: an order without an index would sort it for each page."""
    statement = (
        "SELECT c.id FROM contacts c WHERE c.merged_into IS NULL AND c.erased_at IS NULL ORDER BY " + order
    ) + " LIMIT 51"
    async with tenant_tx(rt, book) as conn:
        plan = await plan_of(conn, statement.encode(), run=True)
    found = list(nodes(plan))
    assert not [node for node in found if "Sort" in node["Node Type"]]
    (read,) = [node for node in found if node.get("Relation Name") == "contacts"]
    assert (read.get("Index Name"), read["Actual Rows"]) == (index, 51)
    assert "tenant_id" in read["Index Cond"]


def counting_of_a_month() -> str:
    (found,) = (
        text
        for statement in statements()
        if statement.module.path == "senders/queries.py"
        for text in statement.texts
        if "sum(size)" in text and "GROUP BY" not in text
    )
    return found


async def test_an_accounts_month_is_a_range_of_its_index(rt, tenant, database):
    """Asked by every claim of a capped account: 5,000 of its requests this month among 60,000."""
    account, send = new_id(), new_id()
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "INSERT INTO sends (tenant_id, id, kind, state, steps, selection)"
            " VALUES (%s, %s, 'campaign', 'finished', '[]', '{}')",
            (tenant, send),
        )
        await conn.execute(
            "INSERT INTO chunks (tenant_id, send_id, no, seq_from, seq_to) VALUES (%s, %s, 900, 1, 500)",
            (tenant, send),
        )
        await conn.execute(
            """
            INSERT INTO requests (tenant_id, send_id, id, chunk_no, epoch, step, channel, account_id, request_key, state,
                                  size, owner, created_at)
            SELECT %(tenant)s, %(send)s, gen_random_uuid(), 900, 1, 0, 'sms',
                   CASE WHEN n %% 2 = 0 THEN %(account)s ELSE gen_random_uuid() END, n::text, 'answered', 1, 'o',
                   '2026-11-30 12:00+09'::timestamptz - make_interval(days => (n %% 12) / 2 * 30)
            FROM generate_series(1, 60000) AS n
            """,
            {"tenant": tenant, "send": send, "account": account},
        )
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE requests")
    counting = counting_of_a_month()
    async with tenant_tx(rt, tenant) as conn:
        plan = await plan_of(conn, counting.encode(), (tenant, account, "2026-11-01 00:00+09"), run=True)
    (read,) = [node for node in nodes(plan) if node.get("Relation Name") == "requests"]
    assert "requests_by_account" in json.dumps(plan)
    assert read["Actual Rows"] == 5000
