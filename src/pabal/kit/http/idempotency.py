"""Idempotency-Key: the first answer is replayed for 24 hours.

    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            tag = await actions.create_tag(conn, name=body.name)
            return await call.answer(conn, TagOut.of(tag), status=201)

`answer` stores the answer in the transaction of the effect: either both are committed or neither, so that a
process killed anywhere between leaves nothing half. A key whose call died is taken over after a minute;
should the old call still be alive, its UPDATE finds another owner and its transaction fails. Refusals are
not stored: nothing happened, the same key may be tried again. Answers hold personal data, so they are
ciphertext.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from pabal.domain.ids import new_id
from pabal.kit.db import Conn, Database, tenant_tx
from pabal.kit.http.auth import Principal
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare

IN_PROGRESS = declare("idempotency_in_progress", 409, "같은 요청을 처리하고 있어요")
KEY_REUSED = declare("idempotency_key_reused", 409, "이 Idempotency-Key는 다른 요청에 쓰였어요")
TAKEN_OVER = declare("idempotency_taken_over", 409, "같은 요청이 다시 와서 이 요청은 그만뒀어요")

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_WAIT_SECONDS = 5.0


@dataclass(slots=True)
class IdempotentCall:
    """One request: either there is an answer to replay, or this request may act and must `answer`."""

    tenant_id: UUID
    key: str | None
    owner: UUID = field(default_factory=new_id)
    replay: Response | None = None

    async def answer(self, conn: Conn, content: Any, *, status: int = 200) -> Response:
        """The response, remembered under the key in the caller's transaction."""
        # Pydantic writes its own models out at once: the encoder walks over each value in Python, 0.1 ms of each record.
        body = (
            content.model_dump_json(by_alias=True)
            if isinstance(content, BaseModel)
            else json.dumps(jsonable_encoder(content), ensure_ascii=False)
        )
        if self.key is not None:
            cursor = await conn.execute(
                """
                UPDATE idempotency_keys SET status = %(status)s, answer = app.encrypt(%(answer)s)
                WHERE key = %(key)s AND owner = %(owner)s AND status IS NULL
                RETURNING key
                """,
                {"status": status, "answer": body, "key": self.key, "owner": self.owner},
            )
            if (
                await cursor.fetchone() is None
            ):  # in a pipeline nothing is known before somebody asks, the count neither
                raise Problem(TAKEN_OVER)
        return _response(body, status)


@asynccontextmanager
async def idempotent(
    db: Database, who: Principal, request: Request, *, body_digest: bytes | None = None
) -> AsyncIterator[IdempotentCall]:
    """Claim the request's key, or find the answer to replay. Without the header everything passes through.

    `body_digest` stands in for the body of uploads, which are streamed and can't be read twice.
    """
    key = request.headers.get(HEADER)
    call = IdempotentCall(who.tenant_id, key)
    if key is None:
        yield call
        return
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise Problem(INVALID, errors=[FieldError(HEADER, "영문·숫자·기호 255자 이내여야 해요")])
    route = f"{request.method} {request.url.path}"
    body = body_digest if body_digest is not None else await request.body()
    body_hash = hashlib.sha256(who.actor_id.bytes + body).digest()
    call.replay = await _claim_or_wait(db, call, key, route, body_hash)
    try:
        yield call
    finally:
        if call.replay is None:
            await _let_go(db, call)


async def _claim_or_wait(
    db: Database, call: IdempotentCall, key: str, route: str, body_hash: bytes
) -> Response | None:
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    pause = 0.05
    while True:
        found = await _claim(db, call, key, route, body_hash)
        if found is None:
            return None
        known_route, known_hash, status, answer = found
        if (known_route, known_hash) != (route, body_hash):
            raise Problem(KEY_REUSED)
        if status is not None:
            return _response(answer, status, replayed=True)
        if asyncio.get_running_loop().time() + pause > deadline:
            raise Problem(IN_PROGRESS, retry_after=1)
        await asyncio.sleep(pause)  # no connection is held meanwhile
        pause = min(pause * 2, 0.5)


async def _claim(
    db: Database, call: IdempotentCall, key: str, route: str, body_hash: bytes
) -> tuple[str, bytes, int | None, str] | None:
    """None when the key is ours now, else what is known about it."""
    async with tenant_tx(db, call.tenant_id) as conn:
        cursor = await conn.execute(
            """
            INSERT INTO idempotency_keys AS k (tenant_id, key, route, body_hash, owner)
            VALUES (%(tenant_id)s, %(key)s, %(route)s, %(body_hash)s, %(owner)s)
            ON CONFLICT (tenant_id, key) DO UPDATE
            SET route = excluded.route, body_hash = excluded.body_hash, owner = excluded.owner, status = NULL,
                answer = NULL, taken_at = clock_timestamp(),
                created_at = CASE WHEN k.created_at < clock_timestamp() - interval '1 day'
                                  THEN clock_timestamp() ELSE k.created_at END
            WHERE k.created_at < clock_timestamp() - interval '1 day'
               OR (k.status IS NULL AND k.taken_at < clock_timestamp() - interval '1 minute'
                   AND k.route = excluded.route AND k.body_hash = excluded.body_hash)
            """,
            {
                "tenant_id": call.tenant_id,
                "key": key,
                "route": route,
                "body_hash": body_hash,
                "owner": call.owner,
            },
        )
        if cursor.rowcount == 1:
            return None
        cursor = await conn.execute(
            """
            SELECT route, body_hash, status, CASE WHEN answer IS NOT NULL THEN app.decrypt(answer) ELSE '' END
            FROM idempotency_keys WHERE key = %s
            """,
            (key,),
        )
        row = await cursor.fetchone()
    if row is None:  # let go of between the two statements: the next round claims it
        return route, body_hash, None, ""
    return row[0], bytes(row[1]), row[2], row[3]


async def _let_go(db: Database, call: IdempotentCall) -> None:
    """A refusal frees the key. Also right when the commit's fate is unknown: an answered key has a status."""
    async with tenant_tx(db, call.tenant_id) as conn:
        await conn.execute(
            "DELETE FROM idempotency_keys WHERE key = %s AND owner = %s AND status IS NULL",
            (call.key, call.owner),
        )


def _response(body: str, status: int, *, replayed: bool = False) -> Response:
    headers = {REPLAYED: "true"} if replayed else {}
    return Response(body, status, headers, media_type=JSONResponse.media_type)
