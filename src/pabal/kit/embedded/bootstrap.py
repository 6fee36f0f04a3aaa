"""Roles, database and the pgcrypto extension: what has to exist before the first migration. Idempotent.

`pabal_owner` migrates, `pabal_app` serves (no BYPASSRLS, no DDL, owns nothing), `pabal_search` and
`pabal_system` own the audited definer functions and can't log in. None is a superuser, because superusers
skip FORCE ROW LEVEL SECURITY.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pabal.kit.embedded.files import EmbeddedError, data_folder, stored_secret, write_private

DATABASE = "pabal"
OWNER = "pabal_owner"
APP = "pabal_app"
SEARCH = "pabal_search"
SYSTEM = "pabal_system"
EXTENSIONS = "extensions"
_LOCK = 0x7061_6261_6C00_0001  # "pabal": two starters on one external server take turns
_MINIMUM_VERSION = 160000


@dataclass(frozen=True, slots=True)
class DatabaseAccess:
    """Connection strings, without passwords in them, for the two login roles."""

    app_dsn: str
    owner_dsn: str


def pgpass_file(secrets: Path, role: str) -> Path:
    """Where a role's password lies, in the form that libpq's `passfile` reads; one file per role."""
    return secrets / f"{role}.pgpass"


def role_password(secrets: Path, role: str) -> str:
    """Return a role's password, making one up the first time."""
    path = pgpass_file(secrets, role)
    if not path.exists():
        word = stored_secret(secrets / f".{role}.new")
        write_private(path, f"*:*:*:{role}:{word}\n")
        (secrets / f".{role}.new").unlink()
    return path.read_text(encoding="utf-8").strip().rsplit(":", 1)[1]


def bootstrap_database(
    admin_dsn: str,
    secrets: Path,
    *,
    database: str = DATABASE,
    own_server: bool = True,
    extension: bool = True,
) -> DatabaseAccess:
    """Create roles, database and extension through an administrator's login; return how the two roles log in.

    On our own server a role whose password file was lost gets a new password; on somebody else's server
    (`own_server` false) another installation may be using it, so that is refused. Without `extension` the
    database stays empty: a dump brings its own.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        if connection.info.server_version < _MINIMUM_VERSION:
            raise EmbeddedError(
                f"PostgreSQL 16 or newer is needed, this is {connection.info.server_version // 10000}"
            )
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        superuser = _is_superuser(connection)
        for role in (OWNER, APP):
            _ensure_login(connection, role, secrets, own_server=own_server)
        for role in (SEARCH, SYSTEM):
            _ensure_function_role(connection, role)
        if not superuser:
            # CREATEROLE may grant what it made to itself; needed to hand the database over.
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
        _ensure_database(connection, database)
        if extension:
            with psycopg.connect(make_conninfo(admin_dsn, dbname=database), autocommit=True) as inside:
                _ensure_extension(inside, superuser=superuser)
        # The advisory lock goes with the connection.
    return DatabaseAccess(
        app_dsn=_role_dsn(admin_dsn, secrets, APP, database),
        owner_dsn=_role_dsn(admin_dsn, secrets, OWNER, database),
    )


def bootstrap_external(url: str, owner_url: str | None, data_dir: Path) -> DatabaseAccess:
    """Make a server that somebody else runs usable: its URL is either an administrator's or already
    `pabal_app`'s.
    """
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            user = connection.info.user
            row = connection.execute(
                "SELECT rolsuper OR rolcreaterole, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = "
                "current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise EmbeddedError(
            f"PABAL_DATABASE_URL: no connection ({str(error).strip().splitlines()[-1]})"
        ) from None
    may_create, bypasses = row if row is not None else (False, False)
    if may_create:
        secrets = data_folder(data_dir) / "secrets"
        given = conninfo_to_dict(url).get("dbname")
        named = str(given) if given and given not in {"postgres", "template1", user} else DATABASE
        return bootstrap_database(url, secrets, database=named, own_server=False)
    if bypasses:
        raise EmbeddedError(
            f"PABAL_DATABASE_URL logs in as {user}, which may bypass row level security: use {APP}"
        )
    if owner_url is None:
        raise EmbeddedError(
            f"PABAL_DATABASE_URL logs in as {user}, which may not create roles: either give the URL of a "
            f"login that may "
            f"(CREATEROLE and CREATEDB; it is used once per start to set things up), or create {OWNER}, "
            f"{APP}, {SEARCH} and {SYSTEM} "
            f"yourself (docs/operations.md) and give {OWNER}'s URL in PABAL_OWNER_DATABASE_URL as well"
        )
    return DatabaseAccess(app_dsn=url, owner_dsn=owner_url)


def _role_dsn(admin_dsn: str, secrets: Path, role: str, database: str) -> str:
    parts = {
        key: value
        for key, value in conninfo_to_dict(admin_dsn).items()
        if key not in {"password", "passfile"}
    }
    return make_conninfo(
        "", **(parts | {"user": role, "dbname": database, "passfile": str(pgpass_file(secrets, role))})
    )


def _is_superuser(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def _exists(connection: psycopg.Connection, role: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None


def _ensure_login(connection: psycopg.Connection, role: str, secrets: Path, *, own_server: bool) -> None:
    known = pgpass_file(secrets, role).exists()
    exists = _exists(connection, role)
    if exists and known:
        return
    if exists and not own_server:
        raise EmbeddedError(
            f"the role {role} exists on this server, but its password is not in {secrets}: another "
            f"installation made it. "
            f"Copy its secrets folder, or set PABAL_DATABASE_URL to {APP}'s own URL and "
            f"PABAL_OWNER_DATABASE_URL to {OWNER}'s"
        )
    # Hashed here, so that the password itself never reaches the server's log or pg_stat_activity.
    verifier = connection.pgconn.encrypt_password(
        role_password(secrets, role).encode(), role.encode(), b"scram-sha-256"
    ).decode()
    verb = sql.SQL("ALTER") if exists else sql.SQL("CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            verb, sql.Identifier(role), sql.Literal(verifier)
        )
    )


def _ensure_function_role(connection: psycopg.Connection, role: str) -> None:
    """A role that can't log in and only owns audited SECURITY DEFINER functions (docs/tenancy.md)."""
    if not _exists(connection, role):
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    member = connection.execute(
        "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = "
        "m.member"
        " WHERE r.rolname = %s AND u.rolname = %s AND m.set_option",
        (role, OWNER),
    ).fetchone()
    if member is None:
        # The owner may hand functions to such a role (SET), but sees nothing through it (no INHERIT).
        connection.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                sql.Identifier(role), sql.Identifier(OWNER)
            )
        )


def _ensure_database(connection: psycopg.Connection, database: str) -> None:
    row = connection.execute(
        "SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = %s",
        (database,),
    ).fetchone()
    if row is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(database), sql.Identifier(OWNER)
            )
        )
    elif row[0] != OWNER:
        connection.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(database), sql.Identifier(OWNER))
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            sql.Identifier(database), sql.Identifier(APP)
        )
    )


def _ensure_extension(inside: psycopg.Connection, *, superuser: bool) -> None:
    """Put pgcrypto into its own schema. It is a trusted extension, so that the database's owner may create it
    too.
    """
    row = inside.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname "
        "= 'pgcrypto'"
    ).fetchone()
    if row is not None:
        if row[0] != EXTENSIONS:
            raise EmbeddedError(
                f"pgcrypto is already installed in schema {row[0]}: move it with ALTER EXTENSION pgcrypto "
                f"SET SCHEMA"
            )
        return
    if not superuser:
        inside.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
    with inside.transaction():
        inside.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(EXTENSIONS)))
        inside.execute(
            sql.SQL("GRANT USAGE ON SCHEMA {} TO PUBLIC, {}, {}, {}, {}").format(
                *(sql.Identifier(name) for name in (EXTENSIONS, OWNER, APP, SEARCH, SYSTEM))
            )
        )
        inside.execute(sql.SQL("CREATE EXTENSION pgcrypto SCHEMA {}").format(sql.Identifier(EXTENSIONS)))
        inside.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
