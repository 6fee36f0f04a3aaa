"""Migrations: replaying them all gives schema.sql, twice changes nothing, two callers at once don't collide."""

import difflib
import re
import secrets
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql
from tests.support.schema import SCHEMA_FILE, carried, dump_schema

from pabal.kit.db.migrate import database_revision, migrate, migrations_folder, newest_revision
from pabal.kit.embedded import bootstrap_database

FILES = sorted((migrations_folder() / "sql").glob("*.sql"))


@pytest.fixture
def empty(services):
    """Names of the owner's and the superuser's way into a database before the first migration."""
    postgres = services.postgres
    name = f"test_{secrets.token_hex(6)}"
    access = bootstrap_database(postgres.admin_dsn(), postgres.secrets, database=name)
    yield access.owner_dsn, postgres.admin_dsn(name)
    with psycopg.connect(postgres.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_replaying_all_migrations_gives_the_committed_schema(database, tmp_path):
    binaries = carried(tmp_path)
    with psycopg.connect(database.admin_dsn) as conn:
        major = conn.info.server_version // 10000
    if major != binaries.major:
        pytest.skip(f"schema.sql is in the words of PostgreSQL {binaries.major}, this server is {major}")
    committed = SCHEMA_FILE.read_text(encoding="utf-8").splitlines()
    replayed = dump_schema(binaries, database.admin_dsn).splitlines()
    difference = list(
        difflib.unified_diff(committed, replayed, "migrations/schema.sql", "replayed", lineterm="")
    )
    assert not difference, "run `make schema` and commit the result:\n" + "\n".join(difference[:200])


def test_a_second_run_finds_nothing_to_do(empty, tmp_path):
    owner, admin = empty
    assert database_revision(owner) is None
    migrate(owner)
    assert database_revision(owner) == newest_revision()
    first = dump_schema(carried(tmp_path), admin)
    migrate(owner)
    assert dump_schema(carried(tmp_path), admin) == first


def test_two_callers_at_once_take_turns(empty):
    """Two hubs that start together on one database: the second waits, and finds the work done."""
    owner, _ = empty
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(migrate, owner) for _ in range(2)]:
            done.result()
    assert database_revision(owner) == newest_revision()


def test_a_migration_that_fails_leaves_nothing_behind(empty):
    """Each revision is one transaction: a table that is in the way undoes all of it."""
    owner, _ = empty
    with psycopg.connect(owner, autocommit=True) as conn:
        conn.execute("CREATE TABLE public.audit_log ()")
        with pytest.raises(psycopg.errors.DuplicateTable):
            migrate(owner)
        assert conn.execute("SELECT to_regclass('public.tenants'), to_regnamespace('app')").fetchone() == (
            None,
            None,
        )
        conn.execute("DROP TABLE public.audit_log")
    migrate(owner)
    assert database_revision(owner) == newest_revision()


def test_revisions_and_files_are_one_chain():
    versions = migrations_folder() / "versions"
    parents = {}
    for file in sorted(versions.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        (name,) = re.findall(r'^revision = "(.+)"', text, re.MULTILINE)
        parents[name] = re.findall(r'^down_revision = "(.+)"', text, re.MULTILINE)
        assert name == file.stem
        assert "lock_timeout" in text, f"{name} could wait for a lock for ever, and everybody behind it"
    names = list(parents)
    assert names == [file.stem for file in FILES], "a revision without its SQL file, or the other way round"
    assert [parents[name] for name in names] == [[], *([name] for name in names[:-1])]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_ciphertext_is_made_in_one_place_with_a_cheap_key_schedule(file):
    """pgcrypto's default (s2k-mode=3) burns 194 us per value; our keys are random, so it would buy nothing."""
    text = re.sub(r"--.*", "", file.read_text(encoding="utf-8"))
    calls = re.findall(r"pgp_sym_encrypt\([^;]*", text)
    assert all("s2k-mode=1" in call for call in calls)
    assert len(calls) == (1 if file.stem == "0001_accounts" else 0)
