"""Every SQL text in the source: it fits the migrated schema and pabal_app's privileges, and its package may write it.

Texts are read from the syntax trees, so that a statement nobody calls in a test is checked all the same. Those that are
put together at run time are listed by hand with what runs them.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.support.sources import SOURCE, Statement, modules, statements, texts_of

from pabal.kit.db import tenant_tx

OWNERS = tomllib.loads(Path(__file__).with_name("table_owners.toml").read_text(encoding="utf-8"))

# Not pabal_app's, or not PostgreSQL's.
OTHER_DATABASES = {
    "sandbox/": "the simulator's own SQLite ledger",
    "kit/embedded/": "an administrator's login, before the schema exists; every start of the tests runs it",
    "kit/db/migrate.py": "pabal_owner's login; tests/migrations runs it",
    "cli/backup.py": "a superuser's login; tests/platform runs it",
}
# psycopg.sql: put together from fixed parts and quoted values. What runs them for real:
COMPOSED = {
    "campaigns/chosen.py:_count": "features/test_law_made_up",
    "campaigns/digest.py:_joined": "features/test_campaign_approval",
    "campaigns/digest.py:keep_people": "features/test_campaign_approval",
    "campaigns/planned.py:planned_for": "features/test_timeline",
    "timeline/held.py:read_held": "one of the constants of its module; features/test_timeline",
    "timeline/tell.py:_texts": "one of the constants of its module; features/test_timeline",
    "timeline/tell.py:_titles": "one of the constants of its module; features/test_timeline",
    "campaigns/queries.py:count_selected": "features/test_campaigns",
    "campaigns/recent.py:_times": "features/test_check_people",
    "campaigns/recent.py:page_of_recent": "features/test_check_people",
    "dispatch/foresee.py:_page": "features/test_check_people",
    "contacts/queries.py:_recheck": "features/test_contacts",
    "contacts/queries.py:count_where": "features/test_contacts",
    "contacts/queries.py:page_of_contacts": "features/test_contacts",
    "contacts/ways.py:_counted": "features/test_contact_filters",
    "contacts/ways.py:_stretch": "features/test_contact_filters",
    "contacts/ways.py:_more_within": "features/test_contact_filters",
    "contacts/ways.py:_of_district": "features/test_contact_filters",
    "contacts/ways.py:_of_everybody": "features/test_contact_filters",
    "contacts/ways.py:_newest": "features/test_contact_filters",
    "contacts/ways.py:_near": "features/test_contact_filters",
    "contacts/ways.py:_page": "features/test_contact_filters",
    "contacts/last_contact.py:_few": "features/test_last_contact",
    "contacts/last_contact.py:_meant": "features/test_last_contact",
    "contacts/why.py:conditions_met": "features/test_segments",
    "contacts/why.py:on_a_shared_number": "features/test_segments",
    "contacts/bulk.py:_freeze_where": "features/test_bulk_edits",
    "dispatch/measure.py:_refusals": "features/test_campaign_steps",
    "dispatch/measure.py:measure": "features/test_check_property",
    "dispatch/measure.py:_count": "features/test_check_property",
    "dispatch/plan.py:_freeze_audience": "features/test_dispatch",
    "dispatch/plan.py:bind_people": "features/test_campaign_approval",
    "dispatch/plan.py:fingerprint": "features/test_check_property",
    "dispatch/plan.py:forecast": "features/test_campaigns",
    "kit/db/tx.py:tenant_at_once": "features/test_links",
    "kit/db/tx.py:tenant_tx_after": "two constants of records, given by their callers; features/test_records",
    "kit/db/tx.py:system_at_once": "features/test_accounts_login",
    "records/queries.py:count_records": "features/test_records",
    "records/queries.py:page_of_records": "features/test_records",
    "accounts/sessions.py:_check": "one of two constants of its module, given by its two callers; features/test_accounts_login",
}
# psycopg sends these with a type; a bare $1 would leave the server guessing.
TYPED = {
    "accounts/sessions.py:open_sessions_of": {"2": "interval"},
    "dispatch/plan.py:_cut_chunks": {"size": "integer", "queued": "integer"},
    "dispatch/receipts.py:apply_receipts": {"1": "interval"},
}
# Where pgcrypto's own functions are spelled, and why app.encrypt / app.decrypt won't do.
INSTALLATION_KEY = "people who log in belong to no tenant: the installation's key is given explicitly"
PGCRYPTO = {"accounts/people.py": INSTALLATION_KEY, "accounts/members.py": INSTALLATION_KEY}
WRITES = re.compile(
    r"\b(?:INSERT INTO|DELETE FROM|MERGE INTO|TRUNCATE|COPY)\s+(?:ONLY\s+)?(?P<one>[a-z_.]+)"
    r"|\bUPDATE\s+(?:ONLY\s+)?(?P<two>[a-z_.]+)(?:\s+(?:AS\s+)?[a-z_]+)?\s+SET\b"
)
EXPLAINABLE = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES)\b")
TEMPORARY = re.compile(r"CREATE TEMP(?:ORARY)? TABLE (?:IF NOT EXISTS )?([a-z_]+)")


def ours() -> list[Statement]:
    return [s for s in statements() if not s.module.path.startswith(tuple(OTHER_DATABASES))]


def numbered(text: str, types: dict[str, str]) -> str:
    """psycopg's placeholders as the server's: %s and %(name)s become $1, $2 ..."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        name = match[1] or str(len(names) + 1)
        place = f"${names.setdefault(name, len(names) + 1)}"
        return f"{place}::{types[name]}" if name in types else place

    return re.sub(r"%%|%(?:\((\w+)\))?[sbt]", number, text)


def as_insert(copy: str) -> str | None:
    """`COPY t (a, b) FROM STDIN` can't be explained; an INSERT into the same columns can."""
    match = re.match(r"\s*COPY\s+([a-z_.]+)\s*\(([^)]*)\)\s+FROM STDIN", copy)
    return match and f"INSERT INTO {match[1]} ({match[2]}) SELECT {match[2]} FROM {match[1]}"


async def test_every_statement_fits_the_schema_and_the_applications_privileges(rt, tenant):
    """EXPLAIN (GENERIC_PLAN) parses, types and plans a statement and checks privileges, without running it."""
    checked, wrong = 0, []
    for source in modules():
        own = [s for s in ours() if s.module is source]
        texts = [(s, text) for s in own for text in s.texts]
        async with tenant_tx(rt, tenant) as conn:
            for _, text in texts:
                if TEMPORARY.search(text):
                    await conn.execute(text.encode())
            for statement, text in texts:
                plain = as_insert(text) or text
                if not EXPLAINABLE.match(plain):
                    continue
                checked += 1
                types = TYPED.get(statement.place, {})
                try:
                    async with conn.transaction(force_rollback=True):
                        await conn.execute(b"EXPLAIN (GENERIC_PLAN) " + numbered(plain, types).encode())
                except psycopg.Error as error:
                    wrong.append(f"{statement.place}:{statement.line}: {str(error).splitlines()[0]}")
    assert not wrong, "\n".join(wrong)
    assert checked > 250, "the collector has gone blind"


def test_statements_put_together_at_run_time_are_on_the_list():
    composed = {s.place for s in ours() if not s.texts}
    assert composed == set(COMPOSED)


def test_sql_is_put_together_by_psycopg_alone():
    """No f-string, no %, no .format() of anything but constants inside execute(...)."""
    import ast

    wrong = []
    for source in modules():
        if source.path.startswith("sandbox/"):
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                glued = (
                    isinstance(first, ast.JoinedStr)
                    or (isinstance(first, ast.BinOp) and isinstance(first.op, ast.Mod))
                    or (
                        isinstance(first, ast.Call)
                        and isinstance(first.func, ast.Attribute)
                        and first.func.attr == "format"
                        and isinstance(first.func.value, ast.Constant)
                    )
                )
                if node.func.attr in {"execute", "executemany", "copy"} and glued:
                    known = [s for s in statements() if s.module is source and s.line == node.lineno]
                    if not all(s.texts for s in known) or not known:
                        wrong.append(f"{source.path}:{node.lineno}")
    assert not wrong


def writes(text: str) -> Iterator[str]:
    for match in WRITES.finditer(text):
        yield (match["one"] or match["two"]).removeprefix("public.")


def test_each_table_is_written_by_its_owner_alone():
    wrong = []
    written = defaultdict(set)
    for source in modules():
        if source.package == "sandbox":
            continue
        temporary = {name for _, text in texts_of(source) for name in TEMPORARY.findall(text)}
        may_also = OWNERS["also"].get(source.package, {"tables": []})["tables"]
        for line, text in texts_of(source):
            for table in set(writes(text)) - temporary:
                written[source.package].add(table)
                owner = OWNERS["tables"].get(table)
                if owner is None:
                    wrong.append(f"{source.path}:{line}: {table} is not in table_owners.toml")
                elif owner != source.package and table not in may_also:
                    wrong.append(f"{source.path}:{line}: {table} belongs to {owner}")
    for package, exception in OWNERS["also"].items():
        unused = set(exception["tables"]) - written[package]
        assert not unused, f"{package} doesn't write {unused} any more: take them off the list"
    assert not wrong, "\n".join(wrong)


def test_every_table_has_an_owner(database):
    with psycopg.connect(database.admin_dsn) as conn:
        tables = {
            name.removeprefix("public.")
            for (name,) in conn.execute(
                "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('public', 'app')"
            )
        }
    assert tables == set(OWNERS["tables"])
    packages = {source.package for source in modules()}
    assert set(OWNERS["tables"].values()) <= packages


def test_functions_in_the_database_write_what_the_list_says(database):
    with psycopg.connect(database.admin_dsn) as conn:
        found = {
            name: sorted(set(writes(body)))
            for name, body in conn.execute(
                "SELECT n.nspname || '.' || p.proname, pg_get_functiondef(p.oid)"
                " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('public', 'app')"
            )
        }
    assert {name: tables for name, tables in found.items() if tables} == OWNERS["functions"]


def test_ciphertext_is_made_by_the_databases_own_functions():
    """app.encrypt carries s2k-mode=1 and the transaction's key: nobody spells pgcrypto's call again without a reason."""
    found = [(source, text) for source in modules() for _, text in texts_of(source) if "pgp_" in text]
    assert {source.path for source, _ in found} == set(PGCRYPTO)
    encrypting = [text for _, text in found if "encrypt" in text]
    assert encrypting
    for text in encrypting:
        assert text.count("encrypt(") == text.count("s2k-mode=1"), (
            "the default costs 194 us a value, for nothing"
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UPDATE chunks c SET x = 1", ["chunks"]),
        ("SELECT 1 FROM sends FOR UPDATE", []),
        ("INSERT INTO a (b) VALUES (1) ON CONFLICT DO UPDATE SET b = 2", ["a"]),
        (
            "WITH x AS (DELETE FROM public.retries RETURNING 1) UPDATE messages SET y = 1",
            ["retries", "messages"],
        ),
        ("COPY stage (a) FROM STDIN", ["stage"]),
        ("SELECT FOR NO KEY UPDATE SKIP LOCKED", []),
    ],
)
def test_the_reader_of_writes_reads(text, expected):
    assert list(writes(text)) == expected


def test_the_source_is_where_we_look():
    assert (SOURCE / "kit" / "db" / "tx.py").exists()
