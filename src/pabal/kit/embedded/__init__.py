"""Servers that Pabal brings along: PostgreSQL and Valkey in one data folder, no Docker, no root needed.

Nothing here knows about tables or features; the supervisor (`pabal.cli.up`) and the tests are the callers.
"""

from pabal.kit.embedded.bootstrap import DatabaseAccess, bootstrap_database, bootstrap_external
from pabal.kit.embedded.postgres import PostgresServer
from pabal.kit.embedded.sharing import shared_server
from pabal.kit.embedded.valkey import ValkeyServer

__all__ = [
    "DatabaseAccess",
    "PostgresServer",
    "ValkeyServer",
    "bootstrap_database",
    "bootstrap_external",
    "shared_server",
]
