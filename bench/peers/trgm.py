"""The peer of search: the same people as plaintext with pg_trgm, no wall, behind an HTTP server of the same make.

`PEER_DSN=... uvicorn bench.peers.trgm:app`. It knows no 초성: those kinds are ours alone.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

COUNT_CAP = 1_000


def where(q: str) -> tuple[str, dict[str, str]]:
    digits = re.sub(r"\D", "", q)
    if len(digits) >= 4 and len(digits) == len(q.replace("-", "")):
        return "phone LIKE %(part)s", {"part": f"%{digits}%"}
    if q.isascii():
        return "email ILIKE %(part)s", {"part": f"{q}%"}
    return "name LIKE %(part)s", {"part": f"%{q}%"}


async def search(request: Request) -> JSONResponse:
    condition, values = where(request.query_params["q"])
    pool: AsyncConnectionPool[Any] = request.app.state.pool
    async with pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT id::text, name, phone, email, district, tags FROM peer_contacts"
            f" WHERE {condition} ORDER BY seq DESC LIMIT 50".encode(),
            values,
        )
        items = await cursor.fetchall()
        total = len(items)
        if total == 50:  # a page that isn't full is the whole answer
            await cursor.execute(
                f"SELECT count(*) AS n FROM (SELECT FROM peer_contacts WHERE {condition} LIMIT {COUNT_CAP + 1}) few".encode(),
                values,
            )
            row = await cursor.fetchone()
            total = 0 if row is None else row["n"]
    return JSONResponse({"items": items, "total": total})


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with AsyncConnectionPool(os.environ["PEER_DSN"], min_size=4, max_size=8) as pool:
        app.state.pool = pool
        yield


app = Starlette(routes=[Route("/search", search)], lifespan=lifespan)
