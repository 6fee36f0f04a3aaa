"""A tenant's own prices: lines that hold from a day on. Reads give the book of a day, writes are an owner's."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from pabal.accounts import Actor, audit
from pabal.domain.prices import PriceBook
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem


@dataclass(frozen=True, slots=True)
class PriceLine:
    """`won` None: from that day on the example counts again."""

    channel: str
    effective_on: date
    won: int | None
    set_at: datetime


async def read_price_book(conn: Conn, at: datetime) -> PriceBook:
    """The prices of the Korean day of an instant."""
    cursor = await conn.execute(
        """
        SELECT DISTINCT ON (channel) channel, won FROM prices WHERE effective_on <= %s
        ORDER BY channel, effective_on DESC
        """,
        (at.astimezone(KST).date(),),
    )
    return PriceBook({channel: won for channel, won in await cursor.fetchall() if won is not None})


async def list_prices(conn: Conn) -> list[PriceLine]:
    """Every line, the latest first within a channel: typed by hand, so there are few."""
    async with conn.cursor(row_factory=class_row(PriceLine)) as cursor:
        await cursor.execute(
            "SELECT channel, effective_on, won, set_at FROM prices ORDER BY channel, effective_on DESC LIMIT 500"
        )
        return await cursor.fetchall()


async def set_price(conn: Conn, who: Actor, tenant_id: UUID, line: PriceLine) -> None:
    """A second line for the same day takes the first one's place."""
    cursor = await conn.execute(
        "SELECT won FROM prices WHERE channel = %s AND effective_on = %s FOR UPDATE",
        (line.channel, line.effective_on),
    )
    before = await cursor.fetchone()
    await conn.execute(
        """
        INSERT INTO prices (tenant_id, channel, effective_on, won, set_by, set_at) VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (tenant_id, channel, effective_on) DO UPDATE
        SET won = excluded.won, set_by = excluded.set_by, set_at = excluded.set_at
        """,
        (tenant_id, line.channel, line.effective_on, line.won, who.actor_id, line.set_at),
    )
    detail: dict[str, Any] = {"from": line.effective_on.isoformat(), "won": line.won}
    if before is not None:
        detail["before"] = {"won": before[0]}
    await audit(conn, who, "price.change", "price", line.channel, detail=detail)


async def remove_price(conn: Conn, who: Actor, channel: str, effective_on: date) -> None:
    cursor = await conn.execute(
        "DELETE FROM prices WHERE channel = %s AND effective_on = %s RETURNING won", (channel, effective_on)
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    detail = {"from": effective_on.isoformat(), "before": {"won": row[0]}}
    await audit(conn, who, "price.remove", "price", channel, detail=detail)
