"""Links of a send, made when it is launched; where a tenant lets them lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pabal.accounts import Actor, audit
from pabal.domain.ids import new_id
from pabal.domain.links import DEFAULT_DAYS, SendLinks, key_of
from pabal.kit.db import Conn

PATH = "/l/"


@dataclass(frozen=True, slots=True)
class LinkSettings:
    hosts: tuple[str, ...] = ()
    days: int = DEFAULT_DAYS


async def read_link_settings(conn: Conn) -> LinkSettings:
    row = await (await conn.execute("SELECT hosts, days FROM link_settings")).fetchone()
    return LinkSettings() if row is None else LinkSettings(tuple(row[0]), row[1])


async def set_link_settings(conn: Conn, who: Actor, *, hosts: Sequence[str], days: int) -> LinkSettings:
    before = await read_link_settings(conn)
    await conn.execute(
        """
        INSERT INTO link_settings (tenant_id, hosts, days) VALUES (%(tenant)s, %(hosts)s, %(days)s)
        ON CONFLICT (tenant_id) DO UPDATE SET hosts = excluded.hosts, days = excluded.days
        """,
        {"tenant": who.tenant_id, "hosts": list(hosts), "days": days},
    )
    await audit(
        conn,
        who,
        "links.settings",
        "tenant",
        who.tenant_id,
        detail={"before": list(before.hosts), "after": list(hosts), "days": days},
    )
    return LinkSettings(tuple(hosts), days)


def base_of(public_url: str | None) -> str | None:
    """What every short link begins with; None where people on the street can't reach this hub."""
    return None if public_url is None else public_url.rstrip("/") + PATH


async def make_links(
    conn: Conn,
    tenant_id: UUID,
    send_id: UUID,
    *,
    base: str,
    urls: dict[str, str],
    variables: Sequence[str],
    now: datetime,
) -> SendLinks:
    """Rows of a new send's links (`urls` by key); which number each variable in its texts stands for."""
    settings = await read_link_settings(conn)
    ids = [new_id() for _ in urls]
    cursor = await conn.execute(
        """
        INSERT INTO links (tenant_id, id, send_id, key, url, expires_at)
        SELECT %(tenant)s, v.id, %(send)s, v.key, v.url, %(expires)s
        FROM unnest(%(ids)s::uuid[], %(keys)s::text[], %(urls)s::text[]) AS v (id, key, url)
        RETURNING key, no
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "expires": now + timedelta(days=settings.days),
            "ids": ids,
            "keys": list(urls),
            "urls": list(urls.values()),
        },
    )
    numbers: dict[str, int] = dict(await cursor.fetchall())
    named = {name: numbers[key] for name in variables if (key := key_of(name)) in numbers and key is not None}
    return SendLinks(base, named)
