"""Real servers, killed. No sleeps: every wait is for a state or for a process to end."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
import pytest

from pabal.kit.embedded import PostgresServer, ValkeyServer, bootstrap_database, shared_server
from pabal.kit.embedded.bootstrap import bootstrap_external
from pabal.kit.embedded.files import SOCKET_PATH_LIMIT, EmbeddedError, FileLock
from pabal.kit.embedded.postgres_binaries import carried_binaries
from pabal.kit.embedded.spawn import Identity, choose_identity

SMALL = {"shared_buffers": "32MB", "max_connections": "20"}


@pytest.fixture
def server(tmp_path):
    one = PostgresServer(tmp_path / "data", settings=SMALL)
    one.prepare()
    yield one
    one.stop()


def test_rows_survive_kill_9_of_the_postmaster(server):
    server.start()
    access = bootstrap_database(server.admin_dsn(), server.secrets)
    with psycopg.connect(access.owner_dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 50000) AS n")
    process = server.process
    process.kill()
    process.wait()
    server.start()
    with psycopg.connect(access.owner_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (50000,)


def test_second_bootstrap_changes_nothing_and_roles_are_as_designed(server):
    server.start()
    access = bootstrap_database(server.admin_dsn(), server.secrets)
    assert bootstrap_database(server.admin_dsn(), server.secrets) == access
    with psycopg.connect(access.app_dsn) as app:
        assert app.execute(
            "SELECT extensions.pgp_sym_decrypt(extensions.pgp_sym_encrypt('파발', 'k'), 'k')"
        ).fetchone() == ("파발",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute("CREATE TABLE public.nope ()")
        roles = {
            name: facts
            for name, *facts in app.execute(
                "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE "
                "rolname LIKE 'pabal%'"
            )
        }
    assert roles == {
        "pabal_owner": [True, False, False, False],
        "pabal_app": [True, False, False, False],
        "pabal_search": [False, False, False, False],
        "pabal_system": [False, False, False, False],
    }
    with psycopg.connect(access.owner_dsn) as owner:
        owner.execute("CREATE SCHEMA app")
        owner.execute("GRANT CREATE ON SCHEMA app TO pabal_search")
        owner.execute("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1")
        owner.execute("ALTER FUNCTION app.f() OWNER TO pabal_search")


def test_connection_strings_carry_no_password_and_secrets_are_private(server):
    server.start()
    access = bootstrap_database(server.admin_dsn(), server.secrets)
    for dsn in (access.app_dsn, access.owner_dsn, server.admin_dsn()):
        assert "password" not in dsn
    assert server.secrets.stat().st_mode & 0o077 == 0
    assert {file.stat().st_mode & 0o777 for file in server.secrets.iterdir()} == {0o600}
    wrong = access.app_dsn.replace("pabal_app.pgpass", "pabal_owner.pgpass")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong)


def test_durability_settings_are_on_and_the_log_is_silent_about_values(server):
    server.start()
    with psycopg.connect(server.admin_dsn(), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute("SELECT current_setting(%s)", (name,)).fetchone() == ("on",), name
        remembers = connection.execute("SHOW shared_preload_libraries").fetchone()
        assert remembers == ("pg_prewarm" if server.binaries.remembers else "",)
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT '010-1234-5678 김철수'::int")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT %s::text::int", ("010-1234-5678 김철수",))
    server.stop()
    assert (server.pgdata / "autoprewarm.blocks").exists() is server.binaries.remembers
    assert "김철수" not in server.log.read_text(encoding="utf-8")


def test_a_long_data_folder_gets_a_short_socket(tmp_path):
    deep = tmp_path.joinpath(*["x" * 40] * 3)
    server = PostgresServer(deep, settings=SMALL)
    try:
        server.prepare()
        server.start()
        assert len(os.fsencode(server.sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
        assert server.sockets.stat().st_mode & 0o077 == 0
        valkey = ValkeyServer(deep)
        valkey.prepare()
        valkey.start()
        assert len(os.fsencode(valkey.socket)) <= SOCKET_PATH_LIMIT
        valkey.stop()
    finally:
        server.stop()


def test_two_users_share_one_server_and_the_last_one_stops_it(tmp_path):
    with shared_server(PostgresServer(tmp_path / "d", settings=SMALL)) as first:
        pid = first.running_pid()
        with shared_server(PostgresServer(tmp_path / "d", settings=SMALL)) as second:
            assert second.process is None
            assert second.running_pid() == pid
        assert first.is_ready()
    assert first.running_pid() is None


def test_a_server_that_outlived_its_starter_is_adopted_and_stopped(tmp_path):
    """The starter is killed before it can clean up; the next user takes over and leaves nothing behind."""
    code = (
        "import sys, os, signal; from pathlib import Path; from pabal.kit.embedded import *\n"
        "with shared_server(PostgresServer(Path(sys.argv[1]))): os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "d"], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    orphan = PostgresServer(tmp_path / "d").running_pid()
    assert orphan is not None
    with shared_server(PostgresServer(tmp_path / "d")) as server:
        assert server.running_pid() == orphan
    assert server.running_pid() is None


def test_a_broken_extraction_is_redone(tmp_path, monkeypatch):
    monkeypatch.setattr("pabal.kit.embedded.postgres_binaries.runtime_roots", lambda data: [data / "runtime"])
    first = carried_binaries(tmp_path)
    (first.bin.parent / ".complete").unlink()
    (first.bin / "postgres").write_bytes(b"half")
    again = carried_binaries(tmp_path)
    assert again.version == first.version
    assert (
        subprocess.run([again.bin / "postgres", "--version"], env=again.environment(), check=False).returncode
        == 0
    )


def test_data_of_another_major_version_is_refused_with_words(server):
    (server.pgdata / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 15"):
        PostgresServer(server.data_dir).prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to be somebody else")
def test_root_runs_the_server_behind_a_user_namespace_in_a_folder_closed_to_others(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(closed / "data", settings=SMALL)
    server.prepare()
    try:
        server.start()
        assert choose_identity(server.data_dir, ["true"], dict(os.environ)) == Identity(namespace=True)
        assert server.pgdata.stat().st_uid == 0
    finally:
        server.stop()
    # The same data after the folder was opened: ownership follows the account.
    for folder in (closed, tmp_path, *tmp_path.parents):
        if folder != Path("/") and folder.stat().st_uid == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    server = PostgresServer(closed / "data", settings=SMALL)
    server.prepare()
    try:
        server.start()
        assert server.pgdata.stat().st_uid != 0
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to be somebody else")
def test_root_in_a_closed_container_keeps_the_cluster_outside_with_a_link(tmp_path, monkeypatch):
    """Docker's defaults: no user namespaces, and the data folder under root's own home."""
    closed, outside = tmp_path / "data", tmp_path / "outside"

    def choose(folder: Path, probe: Sequence[str], environment: Mapping[str, str]) -> Identity:
        if folder == closed or probe[0].startswith(str(closed)):
            raise EmbeddedError("nobody may enter")
        return choose_identity(folder, probe, environment)

    monkeypatch.setattr("pabal.kit.embedded.postgres.choose_identity", choose)
    monkeypatch.setattr("pabal.kit.embedded.postgres._OUTSIDE", outside)
    for _ in range(2):
        server = PostgresServer(closed, settings=SMALL)
        server.prepare()
        server.start()
        bootstrap_database(server.admin_dsn(), server.secrets)
        psycopg.connect(PostgresServer(closed).dsn("pabal_app", "pabal")).close()
        server.stop()
    assert (closed / "postgres").readlink().is_relative_to(outside)


def test_an_admin_url_sets_up_somebody_elses_server_and_a_second_installation_is_refused(server, tmp_path):
    server.start()
    with psycopg.connect(server.admin_dsn(), autocommit=True) as connection:
        connection.execute("CREATE ROLE boss LOGIN CREATEROLE CREATEDB PASSWORD 'b'")
    admin = f"host={server.sockets} user=boss password=b dbname=postgres"
    access = bootstrap_external(admin, None, tmp_path / "mine")
    assert bootstrap_external(admin, None, tmp_path / "mine") == access
    assert "password" not in access.app_dsn
    with psycopg.connect(access.app_dsn) as app:
        assert app.info.user == "pabal_app"
        app.execute("SELECT extensions.gen_random_uuid()")
    with pytest.raises(EmbeddedError, match="another installation"):
        bootstrap_external(admin, None, tmp_path / "other")


def test_an_app_url_needs_the_owners_url_too(server, tmp_path):
    server.start()
    access = bootstrap_database(server.admin_dsn(), server.secrets)
    with pytest.raises(EmbeddedError, match="PABAL_OWNER_DATABASE_URL"):
        bootstrap_external(access.app_dsn, None, tmp_path / "mine")
    assert bootstrap_external(access.app_dsn, access.owner_dsn, tmp_path / "mine") == access


def test_valkey_restarts_over_the_socket_of_a_killed_one_and_forgets(tmp_path):
    server = ValkeyServer(tmp_path)
    server.prepare()
    process = server.start()
    process.kill()
    process.wait()
    server.start()
    try:
        assert server.is_ready()
        assert not [file for file in (tmp_path / "valkey").iterdir() if file.suffix in {".rdb", ".aof"}]
    finally:
        server.stop()
    assert server.running_pid() is None


def test_a_lock_is_held_by_one_and_freed_by_death(tmp_path):
    path = tmp_path / "lock"
    code = "import sys; from pathlib import Path; from pabal.kit.embedded.files import FileLock\nFileLock(Path(sys.argv[1])).acquire(); print(1, flush=True); input()"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    holder = subprocess.Popen(
        [sys.executable, "-c", code, path], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    assert not FileLock(path, blocking=False).acquire()
    holder.kill()
    holder.communicate()
    lock = FileLock(path, blocking=False)
    assert lock.acquire()
    lock.release()
