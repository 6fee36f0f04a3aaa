"""Sessions: logging in and out, who is behind a cookie or key, which tenant a session looks at.

Times are the database's: the hub's clock can be shifted for rehearsals, and a shift must not log people out.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg_pool import PoolTimeout

from pabal.accounts.audit import audit
from pabal.accounts.lockout import (
    EMAIL_FAILURES,
    NETWORK_FAILURES,
    forget_failures,
    network_key,
    record_failure,
    seconds_locked,
)
from pabal.accounts.passwords import hash_password, needs_rehash, verify_password
from pabal.accounts.people import normal_email, read_person
from pabal.domain.ids import TenantId, UserId, new_id
from pabal.domain.roles import Role
from pabal.kit.db import Conn, Database, system_at_once, system_tx, tenant_tx
from pabal.kit.http.errors import NOT_FOUND, Problem, declare
from pabal.kit.http.who import OperatorSession, Principal, Session, new_token, token_hash

LOGIN_FAILED = declare("login_failed", 401, "이메일이나 비밀번호가 맞지 않아요")
LOGIN_LOCKED = declare("login_locked", 429, "로그인에 여러 번 실패해서 잠시 막았어요")

SESSION_LASTS = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=30)  # P-17: an unattended screen logs itself out
_RECENT_SECONDS = 1.0  # forms: a lookup for each would be a tenth of what they cost
_REMEMBERED = 1000
_TOUCH_AFTER = timedelta(minutes=1)  # one write a minute per session instead of one per request


@dataclass(frozen=True, slots=True)
class Membership:
    tenant_id: TenantId
    tenant_name: str
    tenant_kind: str
    role: Role


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A device that is logged in, as its owner sees it."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str


class _OneGuessAtATime:
    """Per e-mail, per process: parallel guesses can't all read the failure count before any of them is
    counted.
    """

    def __init__(self) -> None:
        self._locks: dict[bytes, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def __call__(self, key: bytes) -> AsyncIterator[None]:
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, users - 1)


_one_guess = _OneGuessAtATime()


@dataclass(frozen=True, slots=True)
class LoggedIn:
    token: str
    id: UUID
    tenant_id: TenantId | None = None
    lasts: timedelta = SESSION_LASTS


async def check_password(db: Database, *, email: str, password: str, address: str) -> UserId:
    """Who has this address and password. Raises LOGIN_FAILED or LOGIN_LOCKED and counts failures."""
    user_id = await _check(db, _USER_HASH, normal_email(email), password, address)
    return UserId(user_id)


async def confirm_password(db: Database, user_id: UserId, *, password: str, address: str) -> None:
    """Somebody logged in proves again who they are, before something that a left-open screen must not do."""
    async with system_tx(db) as conn:
        person = await read_person(conn, db, user_id)
    await check_password(db, email=person.email, password=password, address=address)


async def log_in(
    db: Database,
    *,
    email: str,
    password: str,
    address: str,
    user_agent: str,
    tenant_id: TenantId | None = None,
) -> LoggedIn:
    """Check the password and open a session, at the tenant joined first unless another is asked for.

    Raises LOGIN_FAILED or LOGIN_LOCKED.
    """
    user_id = await check_password(db, email=email, password=password, address=address)
    logged_in = await open_session(db, user_id, tenant_id=tenant_id, user_agent=user_agent)
    if logged_in.tenant_id is not None:
        async with tenant_tx(db, logged_in.tenant_id) as conn:
            who = Principal(tenant_id=logged_in.tenant_id, kind="member", actor_id=user_id, address=address)
            await audit(conn, who, "session.login", "session", logged_in.id)
    return logged_in


async def open_session(
    db: Database, user_id: UserId, *, tenant_id: TenantId | None = None, user_agent: str = ""
) -> LoggedIn:
    """A session for somebody who has proved who they are; dead ones of theirs are cleared away."""
    token, session_id = new_token(), new_id()
    async with system_tx(db) as conn:
        memberships = [m.tenant_id for m in await memberships_of(conn, user_id)]
        if tenant_id not in memberships:
            tenant_id = memberships[0] if memberships else None
        await conn.execute(
            """
            INSERT INTO sessions (token_hash, id, user_id, tenant_id, expires_at, user_agent)
            VALUES (%s, %s, %s, %s, clock_timestamp() + %s, %s)
            """,
            (token_hash(token), session_id, user_id, tenant_id, SESSION_LASTS, user_agent[:200]),
        )
        await conn.execute(
            """
            DELETE FROM sessions
            WHERE user_id = %s
              AND (expires_at < clock_timestamp() OR last_seen_at < clock_timestamp() - %s::interval)
            """,
            (user_id, SESSION_IDLE),
        )
    return LoggedIn(token, session_id, tenant_id)


async def log_in_operator(
    db: Database, *, email: str, password: str, address: str, user_agent: str
) -> LoggedIn:
    operator_id = await _check(db, _OPERATOR_HASH, operator_address(email), password, address)
    token, session_id = new_token(), new_id()
    async with system_tx(db) as conn:
        await conn.execute(
            """
            INSERT INTO sessions (token_hash, id, operator_id, expires_at, user_agent)
            VALUES (%s, %s, %s, clock_timestamp() + %s, %s)
            """,
            (token_hash(token), session_id, operator_id, SESSION_LASTS, user_agent[:200]),
        )
    return LoggedIn(token, session_id)


def operator_address(email: str) -> str:
    """Operators have a key space of their own: the same person may be a member, too."""
    return "operator\0" + normal_email(email)


_USER_HASH: LiteralString = "SELECT id, password_hash FROM users WHERE email_key = %s"
_OPERATOR_HASH: LiteralString = "SELECT id, password_hash FROM operators WHERE email_key = %s"


async def _check(db: Database, hash_of: LiteralString, account: str, password: str, address: str) -> UUID:
    key = db.keys.email_key(account)
    network = network_key(db.keys.installation_index, address)
    async with _one_guess(key):
        async with system_tx(db) as conn:
            await _refuse_locked(conn, key, network)
            row = await (await conn.execute(hash_of, (key,))).fetchone()
        found, stored = row if row is not None else (None, None)
        fits = await verify_password(stored, password)  # 50 ms of CPU hold no connection
        async with system_tx(db) as conn:
            if fits:
                await forget_failures(conn, key)
            else:
                await record_failure(conn, key, EMAIL_FAILURES)
                await record_failure(conn, network, NETWORK_FAILURES)
    if not fits or found is None:
        raise Problem(LOGIN_FAILED)
    if hash_of is _USER_HASH and needs_rehash(stored):
        fresh = await hash_password(password)
        async with system_tx(db) as conn:
            await conn.execute("UPDATE users SET password_hash = %s WHERE id = %s", (fresh, found))
    return UUID(str(found))


async def _refuse_locked(conn: Conn, *keys: bytes) -> None:
    seconds = await seconds_locked(conn, *keys)
    if seconds:
        minutes = -(-seconds // 60)
        raise Problem(
            LOGIN_LOCKED,
            detail=f"{minutes}분 뒤에 다시 해 주세요. 급하면 소유자나 운영자가 풀어 줄 수 있어요.",
            retry_after=seconds,
        )


@dataclass(frozen=True, slots=True)
class DatabaseAuthenticator:
    """What `kit.http.auth` asks: the session behind a cookie, the principal behind a key."""

    db: Database
    _recent: dict[bytes, tuple[float, Session | OperatorSession | Principal]] = field(default_factory=dict)

    async def session(self, token: str, *, recent: bool = False) -> Session | OperatorSession | None:
        if recent and not isinstance(known := self._known(token), Principal | None):
            return known
        if not recent:  # may be about to log out, or to look at another tenant
            self._recent.pop(token_hash(token), None)
        found = await self._session(token, touch=True)
        if recent:
            self._remember(token, found)
        return found

    def _known(self, token: str) -> Session | OperatorSession | Principal | None:
        until, known = self._recent.get(token_hash(token), (0.0, None))
        return known if monotonic() < until else None

    def _remember(self, token: str, found: Session | OperatorSession | Principal | None) -> None:
        """Only who was found; whoever was sent off is noticed within a second, on the few routes that ask for `recent`."""
        if len(self._recent) >= _REMEMBERED:
            self._recent.clear()
        if found is not None:
            self._recent[token_hash(token)] = (monotonic() + _RECENT_SECONDS, found)

    async def still_there(self, token: str, tenant_id: TenantId, *, is_key: bool) -> bool:
        """Whether cookie or key still opens this tenant, without counting as activity: for streams that
        stay open.

        While the database is away nobody is sent off.
        """
        try:
            if is_key:
                key = await self.api_key(token)
                return key is not None and key.tenant_id == tenant_id
            session = await self._session(token, touch=False)
        except (psycopg.OperationalError, PoolTimeout):
            return True
        return isinstance(session, Session) and session.tenant_id == tenant_id

    async def _session(self, token: str, *, touch: bool) -> Session | OperatorSession | None:
        hashed = token_hash(token)
        found = await system_at_once(
            self.db,
            "SELECT id, user_id, operator_id, tenant_id, role, expires_at, seen_ago"
            " FROM app.session_by_hash(%s, %s)",
            (hashed, SESSION_IDLE),
        )
        if not found:
            return None
        session_id, user_id, operator_id, tenant_id, role, expires_at, seen_ago = found[0]
        if touch and seen_ago > _TOUCH_AFTER:
            async with system_tx(self.db) as conn:
                await conn.execute(
                    "UPDATE sessions SET last_seen_at = clock_timestamp() WHERE token_hash = %s", (hashed,)
                )
        if operator_id is not None:
            return OperatorSession(session_id, operator_id, expires_at)
        return Session(session_id, UserId(user_id), tenant_id, Role(role) if role else None, expires_at)

    async def api_key(self, token: str, *, recent: bool = False) -> Principal | None:
        if recent and isinstance(known := self._known(token), Principal):
            return known
        found = await self._api_key(token)
        if recent:
            self._remember(token, found)
        return found

    async def _api_key(self, token: str) -> Principal | None:
        found = await system_at_once(
            self.db,
            "SELECT tenant_id, id, scopes, used_ago FROM app.api_key_by_hash(%s)",
            (token_hash(token),),
        )
        if not found:
            return None
        tenant_id, key_id, scopes, used_ago = found[0]
        if used_ago is None or used_ago > _TOUCH_AFTER:
            async with tenant_tx(self.db, tenant_id) as conn:
                await conn.execute(
                    "UPDATE api_keys SET last_used_at = clock_timestamp() WHERE id = %s", (key_id,)
                )
        return Principal(tenant_id=tenant_id, kind="api_key", actor_id=key_id, scopes=frozenset(scopes))


async def memberships_of(conn: Conn, user_id: UserId) -> list[Membership]:
    cursor = await conn.execute(
        "SELECT tenant_id, tenant_name, tenant_kind, role FROM app.memberships_of(%s)", (user_id,)
    )
    return [
        Membership(tenant, name, kind, Role(role)) for tenant, name, kind, role in await cursor.fetchall()
    ]


async def switch_tenant(conn: Conn, session: Session, tenant_id: UUID) -> None:
    """Look at another tenant. One that the person doesn't belong to doesn't exist for them."""
    if tenant_id not in {m.tenant_id for m in await memberships_of(conn, session.user_id)}:
        raise Problem(NOT_FOUND)
    await conn.execute("UPDATE sessions SET tenant_id = %s WHERE id = %s", (tenant_id, session.id))


async def end_session(conn: Conn, session_id: UUID) -> None:
    await conn.execute("DELETE FROM sessions WHERE id = %s", (session_id,))


async def end_sessions_of(conn: Conn, user_id: UserId, *, but: UUID | None = None) -> None:
    await conn.execute("DELETE FROM sessions WHERE user_id = %s AND id IS DISTINCT FROM %s", (user_id, but))


async def end_own_session(conn: Conn, user_id: UserId, session_id: UUID) -> None:
    cursor = await conn.execute("DELETE FROM sessions WHERE user_id = %s AND id = %s", (user_id, session_id))
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)


async def open_sessions_of(conn: Conn, user_id: UserId) -> list[OpenSession]:
    async with conn.cursor(row_factory=class_row(OpenSession)) as cursor:
        await cursor.execute(
            """
            SELECT id, created_at, last_seen_at, expires_at, user_agent FROM sessions
            WHERE user_id = %s AND expires_at > clock_timestamp() AND last_seen_at > clock_timestamp() - %s
            ORDER BY last_seen_at DESC
            """,
            (user_id, SESSION_IDLE),
        )
        return await cursor.fetchall()
