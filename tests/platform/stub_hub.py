"""`pabal up` with stand-ins for its children, so that supervision is tested apart from what the children do.

As a program: `stub_hub.py up …` is the supervisor, `stub_hub.py api --fd N` and the like are the children. A
worker writes its owner name into the table `leases` when it starts; `app.stale_workers()` and
`app.reap_worker()` work on that table.
"""

import os
import signal
import socket
import sys
import threading
from pathlib import Path

import psycopg

from pabal.cli import up
from pabal.kit.procid import owner_name


def serve(number: int) -> None:
    listening = socket.socket(fileno=number)
    while True:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def lease() -> None:
    with psycopg.connect(os.environ["PABAL_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("INSERT INTO stub.leases VALUES (%s)", (owner_name(),))


def child(command: str, arguments: list[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if arguments:
        threading.Thread(target=serve, args=(int(arguments[1]),), daemon=True).start()
    if command == "worker":
        lease()
    while True:
        signal.pause()


def schema(access: object, settings: object) -> bool:
    """Instead of the migrations: the two functions that supervision calls."""
    with psycopg.connect(access.owner_dsn) as connection:  # type: ignore[attr-defined]
        connection.execute(
            """
            CREATE SCHEMA IF NOT EXISTS app;
            CREATE SCHEMA IF NOT EXISTS stub;
            CREATE TABLE IF NOT EXISTS stub.leases (owner text PRIMARY KEY, stale boolean NOT NULL DEFAULT
            false, gone boolean NOT NULL DEFAULT false); CREATE OR REPLACE FUNCTION app.stale_workers()
            RETURNS TABLE (owner text) LANGUAGE sql     AS 'SELECT l.owner FROM stub.leases l WHERE stale AND
            NOT gone'; CREATE OR REPLACE FUNCTION app.reap_worker(name text) RETURNS integer LANGUAGE sql
                AS 'UPDATE stub.leases SET gone = true WHERE owner = name RETURNING 1';
            GRANT USAGE ON SCHEMA app, stub TO pabal_app;
            GRANT SELECT, INSERT, UPDATE ON stub.leases TO pabal_app;
            """
        )
    return False


if __name__ == "__main__":
    if sys.argv[1] == "up":
        from pabal.__main__ import main

        up.pabal_command = lambda: [sys.executable, str(Path(__file__))]
        up._has = lambda module: module != "pabal.demo"
        vars(up)["ready_schema"] = schema
        main()
    else:
        child(sys.argv[1], sys.argv[2:])
