"""`pabal backup` and `restore` as commands, on real servers; the hub doesn't run meanwhile."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from pabal.cli.stores import ready_schema
from pabal.config import Settings
from pabal.kit.embedded import PostgresServer, bootstrap_database

SOURCES = os.pathsep.join(str(Path(__file__).parents[2] / part) for part in ("src", "."))
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PABAL_")} | {
    "PYTHONPATH": SOURCES
}


def pabal(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "pabal", *(str(one) for one in arguments)]
    return subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=False)


@pytest.fixture
def data(tmp_path):
    """A data folder with a migrated database, one recognisable row and one kept file."""
    folder = tmp_path / "data"
    server = PostgresServer(folder)
    server.prepare()
    server.start()
    access = bootstrap_database(server.admin_dsn(), server.secrets)
    ready_schema(access, Settings(data_dir=folder))
    with psycopg.connect(access.app_dsn) as connection:
        connection.execute(
            "INSERT INTO app.scheduler_lease VALUES ('marker-row-of-the-test', 'nobody', now())"
        )
    server.stop()
    (folder / "files").mkdir()
    (folder / "files" / "kept").write_bytes(b"kept")
    return folder


def test_a_restore_into_a_fresh_folder_has_the_rows_the_files_the_key_and_frozen_sending(data, tmp_path):
    assert pabal("keys", "export", tmp_path / "key", "--data", data).returncode == 0
    assert pabal("backup", tmp_path / "backup", "--data", data).returncode == 0
    content = (tmp_path / "backup").read_bytes()
    master_key = (data / "secrets" / "master.key").read_text().strip()
    assert b"marker-row-of-the-test" not in content
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    restored = pabal(
        "restore", tmp_path / "backup", "--data", tmp_path / "new", "--recovery-key", tmp_path / "key"
    )
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "new" / "files" / "kept").read_bytes() == b"kept"
    assert (tmp_path / "new" / "secrets" / "master.key").read_text().strip() == master_key
    server = PostgresServer(tmp_path / "new")
    server.prepare()
    server.start()
    try:
        access = bootstrap_database(server.admin_dsn(), server.secrets)
        assert not ready_schema(access, Settings(data_dir=tmp_path / "new"))
        with psycopg.connect(access.app_dsn) as connection:
            names = connection.execute("SELECT name FROM app.scheduler_lease").fetchall()
            assert names == [("marker-row-of-the-test",)]
            assert connection.execute("SELECT sending_frozen FROM app.installation").fetchone() == (True,)
    finally:
        server.stop()


def test_a_restore_is_refused_over_data_and_with_another_key(data, tmp_path):
    assert pabal("backup", tmp_path / "backup", "--data", data).returncode == 0
    assert pabal("keys", "init", "--data", tmp_path / "other").returncode == 0
    assert pabal("keys", "export", tmp_path / "wrong", "--data", tmp_path / "other").returncode == 0
    over = pabal("restore", tmp_path / "backup", "--data", data, "--recovery-key", tmp_path / "wrong")
    assert (over.returncode, "비어 있지 않습니다" in over.stderr) == (1, True)
    wrong = pabal(
        "restore", tmp_path / "backup", "--data", tmp_path / "new", "--recovery-key", tmp_path / "wrong"
    )
    assert (wrong.returncode, "another key" in wrong.stderr) == (1, True)
    assert not (tmp_path / "new").exists()


def test_a_lost_master_key_is_never_replaced_by_a_new_one(data):
    (data / "secrets" / "master.key").unlink()
    up = pabal("up", "--data", data, "--port", "0", "--sandbox-port", "0")
    assert up.returncode == 1
    assert "마스터 키" in up.stderr
    assert not (data / "secrets" / "master.key").exists()
