"""Writes to carrier accounts and senders. Secrets are sealed in the same statement that stores them."""

import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pydantic.alias_generators import to_camel

from pabal.accounts import Actor, audit, read_public_url
from pabal.channels.base import AccountCheck, CarrierAccount
from pabal.config import Mode, Settings
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.kit.http.who import new_token, token_hash

CARRIER_NOT_READY = declare("carrier_not_ready", 409, "아직 연결할 수 없는 발송사예요")
ACCOUNT_MOVES = declare("carrier_account_moves", 409, "연습용과 실제 발송사 사이로 주소를 바꿀 수 없어요")
NO_PUBLIC_URL = declare("public_url_missing", 409, "발송사가 알려 올 공개 주소가 없어요")
SENDER_EXISTS = declare("sender_exists", 409, "이미 등록한 발신번호나 채널이에요")

# By carrier and channel: NHN's products have app keys and addresses of their own.
DEFAULT_URLS = {
    ("solapi", "sms"): "https://api.solapi.com",
    ("solapi", "lms"): "https://api.solapi.com",
    ("solapi", "alimtalk"): "https://api.solapi.com",
    ("nhn", "sms"): "https://sms.api.nhncloudservice.com",
    ("nhn", "lms"): "https://sms.api.nhncloudservice.com",
    ("nhn", "alimtalk"): "https://kakaotalk-bizmessage.api.nhncloudservice.com",
}
# 대표번호 15/16/18YY-XXXX, 0N0, area codes and mobiles: 8 to 11 digits (carriers' registration rules).
_SENDER_NUMBER = re.compile(r"1[568]\d{6}|0\d{7,10}")
_MAY_BE_NONE = frozenset({"rate_per_second", "monthly_cap"})  # "no limit"
_PROFILE_ID = re.compile(r"[A-Za-z0-9@_\-가-힣]{2,64}")


@dataclass(frozen=True, slots=True, repr=False)
class NewAccount:
    carrier: str
    name: str
    base_url: str | None
    api_key: str
    api_secret: str
    webhook_secret: str
    channels: Sequence[str]
    rate_per_second: int | None = None
    monthly_cap: int | None = None
    duplicate_filter_minutes: int = 0
    mode: str = "polling"


async def create_account(conn: Conn, settings: Settings, who: Actor, new: NewAccount) -> UUID:
    """Store an account; its webhook address gets a secret part of its own."""
    known = default_url(new.carrier, new.channels)
    base_url = checked_url(settings, new.base_url or known)
    if new.mode == "webhook" and not is_sandbox(settings, base_url):
        await _must_be_reachable(conn, settings)
    account_id = new_id()
    hook_token = new_token()
    sealed = {
        "apiKey": new.api_key,
        "apiSecret": new.api_secret,
        "webhookSecret": new.webhook_secret,
        "hookToken": hook_token,
    }
    await conn.execute(
        """
        INSERT INTO carrier_accounts
            (tenant_id, id, carrier, name, base_url, credentials, hook_token_hash, channels, rate_per_second,
             monthly_cap, duplicate_filter_minutes, mode, sandbox)
        VALUES (%(tenant_id)s, %(id)s, %(carrier)s, %(name)s, %(base_url)s, app.encrypt(%(sealed)s), %(hook)s,
                %(channels)s, %(rate)s, %(cap)s, %(filter)s, %(mode)s, %(sandbox)s)
        """,
        {
            "tenant_id": who.tenant_id,
            "id": account_id,
            "carrier": new.carrier,
            "name": new.name,
            "base_url": base_url,
            "sealed": json.dumps(sealed),
            "hook": token_hash(hook_token),
            "channels": list(new.channels),
            "rate": new.rate_per_second,
            "cap": new.monthly_cap,
            "filter": new.duplicate_filter_minutes,
            "mode": new.mode,
            "sandbox": is_sandbox(settings, base_url),
        },
    )
    detail = {
        "carrier": new.carrier,
        "name": new.name,
        "baseUrl": base_url,
        "channels": list(new.channels),
        "ratePerSecond": new.rate_per_second,
        "monthlyCap": new.monthly_cap,
        "duplicateFilterMinutes": new.duplicate_filter_minutes,
        "mode": new.mode,
    }
    await audit(conn, who, "carrier_account.create", "carrier_account", account_id, detail=detail)
    return account_id


def default_url(carrier: str, channels: Sequence[str]) -> str:
    """The one address behind all of an account's channels; a channel that we can't speak to yet is refused."""
    urls = {DEFAULT_URLS.get((carrier, channel)) for channel in channels}
    if None in urls:
        raise Problem(CARRIER_NOT_READY, detail="이 발송사에서는 아직 쓸 수 없는 채널이 있어요.")
    if len(urls) > 1:
        mend = "NHN Cloud의 문자와 알림톡은 앱 키가 서로 달라요. 계정을 따로 만들어 주세요."
        raise Problem(INVALID, errors=[FieldError("channels", "한 계정으로 묶을 수 없는 채널이에요", mend)])
    return str(urls.pop())


async def change_account(
    conn: Conn,
    settings: Settings,
    who: Actor,
    account_id: UUID,
    *,
    changes: Mapping[str, Any],
    credentials: Mapping[str, str],
) -> None:
    """Change the given columns and the given secrets; everything else stays. What is given as it was is no change: the
    audit trail names what differs, with before and after where that is no secret.

    An address may not move between the simulator and a real carrier: messages on their way are asked after
    by id, and the rules for rehearsals and for real sends differ.
    """
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            """
            SELECT name, base_url, channels, rate_per_second, monthly_cap, duplicate_filter_minutes, mode, state, sandbox,
                   app.decrypt(credentials) AS secrets
            FROM carrier_accounts WHERE id = %s FOR UPDATE
            """,
            (account_id,),
        )
        before = await cursor.fetchone()
    if before is None:
        raise Problem(NOT_FOUND)
    given = {name: value for name, value in changes.items() if value is not None or name in _MAY_BE_NONE}
    if "base_url" in given:
        given["base_url"] = checked_url(settings, given["base_url"])
        if is_sandbox(settings, given["base_url"]) is not before["sandbox"]:
            raise Problem(ACCOUNT_MOVES, detail="새 계정을 만들어 주세요.")
    secrets = json.loads(before["secrets"])
    other = {name: value for name, value in given.items() if before[name] != value}
    other_secrets = {name: value for name, value in credentials.items() if secrets.get(name, "") != value}
    if not other and not other_secrets:
        return
    if other.get("mode") == "webhook" and not before["sandbox"]:
        await _must_be_reachable(conn, settings)
    await conn.execute(
        """
        UPDATE carrier_accounts SET
            name = %(name)s, base_url = %(base_url)s, credentials = app.encrypt(%(sealed)s), channels = %(channels)s,
            rate_per_second = %(rate_per_second)s, monthly_cap = %(monthly_cap)s,
            duplicate_filter_minutes = %(duplicate_filter_minutes)s, mode = %(mode)s, state = %(state)s,
            last_check = CASE WHEN %(other_line)s THEN NULL ELSE last_check END
        WHERE id = %(id)s
        """,
        before
        | other
        | {
            "id": account_id,
            "sealed": json.dumps(secrets | other_secrets),
            # What the last test found was about another key or address.
            "other_line": bool(other_secrets) or not other.keys().isdisjoint({"base_url", "channels"}),
        },
    )
    # Which secrets were changed is worth a line; what they are is not.
    detail = {
        "before": {to_camel(name): before[name] for name in other},
        "after": {to_camel(name): value for name, value in other.items()},
        "secrets": sorted(other_secrets),
    }
    await audit(conn, who, "carrier_account.change", "carrier_account", account_id, detail=detail)


async def _must_be_reachable(conn: Conn, settings: Settings) -> None:
    """A carrier can only call an address that it can reach: without one, results are asked for."""
    if settings.public_url is None and await read_public_url(conn) is None:
        mend = "첫 설정에서 공개 주소를 정하거나, '물어봐서 알아내기'를 쓰세요."
        raise Problem(NO_PUBLIC_URL, detail=f"발송사가 알려 올 공개 주소가 없어요. {mend}")


async def store_check(
    conn: Conn, who: Actor, tested: CarrierAccount, check: AccountCheck, *, at: datetime
) -> bool:
    """Keep what the account test found: whether it answers, and whether a deleted group stays deleted (None: not learned).

    A test takes seconds: where key or address were changed meanwhile it was about another account, and nothing is kept.
    """
    found = {
        "at": at.isoformat(),
        "ok": check.ok,
        "code": check.code,
        "message": check.message_ko,
        "balance": check.balance_won,
    }
    keys = {"apiKey": tested.credentials.api_key, "apiSecret": tested.credentials.api_secret}
    cursor = await conn.execute(
        """
        UPDATE carrier_accounts SET last_check = %s, fenced = coalesce(%s, fenced)
        WHERE id = %s AND base_url = %s AND app.decrypt(credentials)::jsonb @> %s
        """,
        (Jsonb(found), check.fenced, tested.id, tested.base_url, Jsonb(keys)),
    )
    kept = cursor.rowcount == 1
    detail = {"ok": check.ok, "fenced": check.fenced, "kept": kept}
    await audit(conn, who, "carrier_account.test", "carrier_account", tested.id, detail=detail)
    return kept


async def create_sender(
    conn: Conn, who: Actor, *, kind: str, value: str, name: str, account_id: UUID, attested: bool
) -> UUID:
    """Add a sender number or Kakao profile.

    Registration happens at the carrier (documents, ARS) and there is no API for it: at a real carrier the
    sender is `pending` until somebody attests it; at the simulator it counts at once.
    """
    cursor = await conn.execute("SELECT sandbox FROM carrier_accounts WHERE id = %s", (account_id,))
    row = await cursor.fetchone()
    if row is None:
        raise Problem(INVALID, errors=[FieldError("accountId", "없는 발송사 계정이에요")])
    sender_id = new_id()
    try:
        await conn.execute(
            """
            INSERT INTO senders (tenant_id, id, kind, value, name, account_id, state)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            """,
            (
                who.tenant_id,
                sender_id,
                kind,
                checked_value(kind, value),
                name,
                account_id,
                "registered" if row[0] or attested else "pending",
            ),
        )
    except UniqueViolation:
        raise Problem(SENDER_EXISTS) from None
    except ForeignKeyViolation:  # the account went away between the two statements
        raise Problem(INVALID, errors=[FieldError("accountId", "없는 발송사 계정이에요")]) from None
    await audit(conn, who, "sender.create", "sender", sender_id, detail={"kind": kind, "attested": attested})
    return sender_id


async def change_sender(
    conn: Conn, who: Actor, sender_id: UUID, *, name: str | None, state: str | None
) -> None:
    """Rename, or attest / stop a sender. The number itself never changes: make a new one."""
    cursor = await conn.execute(
        "UPDATE senders SET name = coalesce(%s, name), state = coalesce(%s, state) WHERE id = %s",
        (name, state, sender_id),
    )
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)
    await audit(conn, who, "sender.change", "sender", sender_id, detail={"state": state} if state else {})


def checked_value(kind: str, value: str) -> str:
    """Digits of a number that may be a sender, or a profile id."""
    if kind == "phone":
        digits = re.sub(r"[\s\-.()]", "", value)
        if not (digits.isascii() and _SENDER_NUMBER.fullmatch(digits)):
            mend = "02-123-4567, 010-1234-5678, 1588-0000처럼 써 주세요."
            raise Problem(INVALID, errors=[FieldError("value", "발신번호로 쓸 수 없는 번호예요", mend)])
        return digits
    if not _PROFILE_ID.fullmatch(value):
        raise Problem(INVALID, errors=[FieldError("value", "카카오 채널의 연동 아이디가 아니에요")])
    return value


def checked_url(settings: Settings, url: str) -> str:
    """A carrier's base address: http(s), no credentials, no query; https at real carriers in production."""
    try:
        parts = urlsplit(url.strip().rstrip("/"))
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain_allowed = settings.mode is not Mode.PRODUCTION or is_sandbox(settings, url)
    good = (
        parts.scheme in ({"http", "https"} if plain_allowed else {"https"})
        and parts.hostname
        and port != 0
        and not (parts.username or parts.password or parts.query or parts.fragment)
    )
    if not good:
        mend = "https://api.solapi.com처럼 써 주세요."
        raise Problem(INVALID, errors=[FieldError("baseUrl", "발송사 주소로 쓸 수 없어요", mend)])
    return parts.geturl()


def is_sandbox(settings: Settings, url: str) -> bool:
    """Does this address lead to our own simulator? Loopback names are one and the same."""
    try:
        parts, own = urlsplit(url.strip()), urlsplit(settings.sandbox_url)
        same_host = parts.hostname == own.hostname or (_loopback(parts.hostname) and _loopback(own.hostname))
        return parts.scheme == own.scheme and bool(same_host) and parts.port == own.port
    except ValueError:
        return False


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return host is not None and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
