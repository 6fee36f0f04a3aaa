"""`migrations/schema.sql`: what all migrations together make of an empty database, as pg_dump writes it.

Owners and privileges stay in, because they are the wall. Left out is what changes without a change of schema: versions,
pg_dump's random \\restrict key, and all partitions but the first month's. `python -m tests.support.schema` rewrites it.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from pabal.kit.db.migrate import migrate, migrations_folder
from pabal.kit.embedded import PostgresServer, bootstrap_database
from pabal.kit.embedded.postgres_binaries import PostgresBinaries, carried_binaries

SCHEMA_FILE = migrations_folder() / "schema.sql"
_OTHER_MONTHS = ("2026_1[12]", "2027_*", "2028_*")
_HEAD = "-- Written by `make schema` from the migrations; not run by anything. A test compares.\n"


def carried(folder: Path) -> PostgresBinaries:
    """The embedded server's programs; schema.sql is in its pg_dump's words."""
    return carried_binaries(folder)


def dump_schema(binaries: PostgresBinaries, dsn: str) -> str:
    """The schema of a migrated database in its committed form."""
    without = [
        f"--exclude-table={table}_{months}" for table in ("messages", "attempts") for months in _OTHER_MONTHS
    ]
    done = subprocess.run(
        [binaries.bin / "pg_dump", "--schema-only", *without, f"--dbname={dsn}"],
        env=binaries.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [
        line
        for line in done.stdout.splitlines()
        if not re.match(
            r"-- Dumped (from|by) |\\(un)?restrict |-- Name: .*; Type: |-- PostgreSQL database dump|--$", line
        )
    ]
    return _HEAD + re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main() -> None:
    """Migrate an empty database on a throw-away server and write the file."""
    with tempfile.TemporaryDirectory() as scratch:
        server = PostgresServer(Path(scratch))
        server.prepare()
        server.start()
        try:
            access = bootstrap_database(server.admin_dsn(), server.secrets)
            migrate(access.owner_dsn)
            SCHEMA_FILE.write_text(dump_schema(server.binaries, server.admin_dsn("pabal")), encoding="utf-8")
        finally:
            server.stop()
    sys.stdout.write(f"{SCHEMA_FILE}\n")


if __name__ == "__main__":
    main()
