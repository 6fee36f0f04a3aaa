"""What the four roles may do, exactly: read from the catalogue of a migrated database, compared with what we meant."""

import psycopg
import pytest

# ACL letters: a insert, r select, w update, d delete. Everything else (truncate, references, trigger, maintain) is DDL.
EVERYTHING = "arwd"
LESS = {
    "public.audit_log": "ar",  # append-only
    # what the law was told, and what it said, can be added to and read: no count is given back
    "public.attestations": "ar",
    "public.broadcast_counts": "ar",
    "public.rule_verdicts": "ar",
    "public.consent_notices": "ar",
    "public.opt_out_pages": "ar",  # its address stands in texts that are out
    "public.retention_plans": "arw",
    "public.candidacies": "arw",
    "public.alembic_version": "r",
    "app.installation": "rw",  # one row, made by the migration
    "app.gone_workers": "ard",
}
SYSTEM_WRITES = {
    "public.imports": {"lease_until"},
    "public.chunks": {"lease_until", "due_at"},
}
PERSONAL = {
    "pii",
    "tokens",
    "name_key",
    "snapshot",
    "cells",
    "body",
    "credentials",
    "evidence",
    "before",
    "file_name",
}
PERSONAL |= {
    "answer",
    "address",
    "password_hash",
    "dek_wrapped",
    "index_key_wrapped",
    "suppression_key_wrapped",
}


@pytest.fixture
def catalogue(database):
    with psycopg.connect(database.admin_dsn) as conn:
        yield conn


def test_no_role_of_ours_can_step_over_the_wall(catalogue):
    rows = catalogue.execute(
        "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
        " FROM pg_roles WHERE rolname LIKE 'pabal%' ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("pabal_app", True, False),
        ("pabal_owner", True, False),
        ("pabal_search", False, False),
        ("pabal_system", False, False),
    ]


def test_only_the_owner_may_become_another_role_and_sees_nothing_through_it(catalogue):
    rows = catalogue.execute(
        "SELECT roleid::regrole::text, member::regrole::text, admin_option, inherit_option FROM pg_auth_members"
        " WHERE member::regrole::text LIKE 'pabal%' ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("pabal_search", "pabal_owner", False, False),
        ("pabal_system", "pabal_owner", False, False),
    ]


def test_the_application_owns_nothing_and_creates_nothing(catalogue):
    owned = catalogue.execute(
        "SELECT relname FROM pg_class WHERE relowner = 'pabal_app'::regrole"
        " UNION ALL SELECT proname FROM pg_proc WHERE proowner = 'pabal_app'::regrole"
        " UNION ALL SELECT typname FROM pg_type WHERE typowner = 'pabal_app'::regrole"
        " UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = 'pabal_app'::regrole"
    ).fetchall()
    creates = catalogue.execute(
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege('pabal_app', oid, 'CREATE')"
        " UNION ALL SELECT datname FROM pg_database"
        "           WHERE datname = current_database() AND has_database_privilege('pabal_app', oid, 'CREATE')"
    ).fetchall()
    assert (owned, creates) == ([], [])


FORBIDDEN = [
    "CREATE TABLE public.mine ()",
    "CREATE TABLE app.mine ()",
    "CREATE SCHEMA mine",
    "ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE contacts DISABLE ROW LEVEL SECURITY",
    "DROP POLICY tenant_wall ON contacts",
    "CREATE POLICY open ON contacts USING (true)",
    "TRUNCATE contacts",
    "TRUNCATE audit_log",
    "DROP TABLE contacts",
    "CREATE OR REPLACE FUNCTION app.tenant_id() RETURNS uuid LANGUAGE sql RETURN gen_random_uuid()",
    "CREATE INDEX ON contacts (district)",
    "CREATE TRIGGER t AFTER INSERT ON contacts EXECUTE FUNCTION app.forget_copies()",
    "SELECT app.protect('contacts')",
    "SET ROLE pabal_owner",
    "SET ROLE pabal_system",
    "SET SESSION AUTHORIZATION pabal_owner",
    "SET session_replication_role = replica",
    "ALTER ROLE pabal_app BYPASSRLS",
    "COPY contacts TO PROGRAM 'cat'",
    "UPDATE audit_log SET action = 'nothing'",
    "DELETE FROM audit_log",
    "SELECT FROM messages_2026_10",
    "DELETE FROM attempts_2026_10",
    "DELETE FROM app.installation",
    "SELECT pg_read_file('pabal.conf')",
]


def test_the_application_may_neither_define_nor_reach_around(database):
    allowed = []
    with psycopg.connect(database.app_dsn, autocommit=True) as conn:
        for statement in FORBIDDEN:
            try:
                conn.execute(statement.encode())
                allowed.append(statement)
            except psycopg.errors.InsufficientPrivilege:
                pass
    assert allowed == []


def test_privileges_of_the_application_are_exactly_these(catalogue):
    rows = catalogue.execute(
        """
        SELECT n.nspname || '.' || c.relname, c.relispartition,
               concat(CASE WHEN has_table_privilege('pabal_app', c.oid, 'INSERT') THEN 'a' END,
                      CASE WHEN has_table_privilege('pabal_app', c.oid, 'SELECT') THEN 'r' END,
                      CASE WHEN has_table_privilege('pabal_app', c.oid, 'UPDATE') THEN 'w' END,
                      CASE WHEN has_table_privilege('pabal_app', c.oid, 'DELETE') THEN 'd' END,
                      CASE WHEN has_table_privilege('pabal_app', c.oid, 'TRUNCATE, REFERENCES, TRIGGER') THEN '!' END)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname IN ('public', 'app')
        """
    ).fetchall()
    assert sum(1 for _, partition, _ in rows if partition) >= 30
    wrong = {
        name: may for name, partition, may in rows if may != ("" if partition else LESS.get(name, EVERYTHING))
    }
    assert wrong == {}


def test_there_are_no_views_or_rules_to_leak_through_and_one_sequence(catalogue):
    """A view runs with its owner's rights unless it says security_invoker; ids come from the application."""
    found = catalogue.execute(
        "SELECT c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('public', 'app') AND c.relkind IN ('v', 'm', 'S', 'f')"
        " UNION ALL SELECT rulename, 'R' FROM pg_rules WHERE schemaname IN ('public', 'app')"
    ).fetchall()
    # Numbers of short links are the installation's: a code names its tenant by them, behind a keyed permutation (ADR 25).
    assert found == [("link_numbers", "S")]


def test_every_partition_has_its_own_wall_although_nobody_may_reach_it(catalogue):
    naked = catalogue.execute(
        """
        SELECT c.relname FROM pg_class c
        WHERE c.relispartition AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity
              AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant_wall'))
        """
    ).fetchall()
    assert naked == []


def test_policies_are_the_helpers_alone(catalogue):
    """app.protect's wall, open_to_system's two, and the search's: nothing hand-made beside them."""
    rows = catalogue.execute(
        "SELECT DISTINCT polname, polcmd, polpermissive, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),"
        "       pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY 1"
    ).fetchall()
    wall = "(tenant_id = ( SELECT app.tenant_id() AS tenant_id))"
    assert rows == [
        ("search_reads", "r", True, "{pabal_search}", "true", None),
        ("system_reads", "r", True, "{pabal_system}", "true", None),
        ("system_writes", "w", True, "{pabal_system}", "true", None),
        ("tenant_wall", "*", True, "{pabal_app,pabal_owner}", wall, wall),
    ]


def test_the_function_roles_see_keys_and_states_never_personal_data(catalogue):
    rows = catalogue.execute(
        """
        SELECT r.rolname, n.nspname || '.' || c.relname, a.attname,
               has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE')
        FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_attribute a
        WHERE r.rolname IN ('pabal_search', 'pabal_system') AND c.relkind IN ('r', 'p')
          AND n.nspname IN ('public', 'app') AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT, INSERT, UPDATE')
        """
    ).fetchall()
    seen = {(role, table, column) for role, table, column, _ in rows}
    search = {(table, column) for role, table, column in seen if role == "pabal_search"}
    assert search == {
        ("public.contacts", c) for c in ("tenant_id", "id", "tokens", "merged_into", "erased_at")
    }
    assert {(t, c) for role, t, c in seen if role == "pabal_system" and c in PERSONAL} == set()
    writes: dict[str, set[str]] = {}
    for role, table, column, may_write in rows:
        if may_write:
            assert role == "pabal_system"
            writes.setdefault(table, set()).add(column)
    assert writes == SYSTEM_WRITES


def test_only_our_roles_may_connect(services, catalogue):
    """Asked of the template: a clone starts without its privileges."""
    may = catalogue.execute(
        "SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END"
        " FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = %s AND a.privilege_type = 'CONNECT'",
        (services.template,),
    ).fetchall()
    assert {name for (name,) in may} == {"pabal_owner", "pabal_app"}
