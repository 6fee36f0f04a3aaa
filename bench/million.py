"""A book of a million people, written straight into the tables with real ciphertext, tokens and keys; and the same people as
plaintext with pg_trgm beside it. An import of a million is another bench's business.
"""

import asyncio
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from tests.support.installation import Installation

from bench.spine import mailbox, mobile, name
from pabal.cli.hub import settings_of_hub
from pabal.contacts import Blinder, Card, ensure_tags
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.runtime import open_runtime

BATCH = 20_000
TAGS = ("지지", "관심", "당원", "봉사")  # a quarter of the book each
RARE_TAG = "간담회"  # one in a thousand
DISTRICTS = tuple(
    f"{gu} {dong}동" for gu in ("마포구", "강남구", "성북구", "은평구", "노원구") for dong in range(1, 9)
)
JOBS = tuple(f"직업{n}" for n in range(30))
_BOOK = ("contacts", "identities", "contact_tags")
_TABLES: dict[str, str] = {
    "book_contacts": "id uuid, plain text, tokens integer[], name_key bigint, district text, age_band text",
    "book_identities": "contact_id uuid, kind text, value_key bigint, address_key bigint, position smallint, quality text",
    "book_tags": "contact_id uuid, tag_id uuid",
    "book_plain": "id uuid, name text, phone text, email text, district text, tags text[]",
}


def card(number: int) -> Card:
    return Card(
        name=name(number),
        phones=(mobile(number),),
        emails=(f"{mailbox(number)}@example{number % 40}.kr",) if number % 2 else (),
        attributes={"직업": JOBS[number % 30]},
    )


def tags_of(number: int) -> list[str]:
    return [TAGS[number % 4], *([RARE_TAG] if number % 1000 == 7 else [])]


def district_of(number: int) -> str:
    return DISTRICTS[number * 7 % len(DISTRICTS)]


def owner_dsn(data: Path) -> str:
    sockets = next((data / "run").rglob(".s.PGSQL.*[0-9]")).parent
    passfile = next((data / "secrets").glob("pabal_owner.pgpass"))
    return f"host={sockets} port=5432 user=pabal_owner dbname=pabal passfile={passfile}"


def make_book(hub: Installation, tenant: UUID, people: int) -> None:
    """The token index is built at the end, as after a large import; statistics and visibility as an hour later."""
    with psycopg.connect(owner_dsn(hub.data), autocommit=True) as owner:
        indexes: list[str] = [
            row[0]
            for row in owner.execute(
                "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN ('contacts'::regclass,"
                " 'identities'::regclass, 'contact_tags'::regclass) AND NOT indisprimary AND NOT indisunique"
            )
        ]
        for definition in indexes:
            owner.execute(f"DROP INDEX {definition.split(' INDEX ')[1].split(' ')[0]}".encode())
        owner.execute(
            "CREATE TABLE peer_contacts (seq bigserial PRIMARY KEY, tenant_id uuid, id uuid, name text, phone text,"
            " email text, district text, tags text[])"
        )
        owner.execute(
            "GRANT ALL ON peer_contacts TO pabal_app; GRANT USAGE ON SEQUENCE peer_contacts_seq_seq TO pabal_app"
        )
        asyncio.run(_fill(hub, tenant, people))
        asyncio.run(_live(hub, tenant, people))
        owner.execute("SET maintenance_work_mem = '512MB'")
        for definition in indexes:
            owner.execute(definition.encode())
        owner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        for column in ("name", "phone", "email"):
            owner.execute(f"CREATE INDEX ON peer_contacts USING gin ({column} gin_trgm_ops)".encode())
        for table in (*_BOOK, "consents", "messages", "clicks", "contact_activity", "peer_contacts"):
            owner.execute(f"VACUUM ANALYZE {table}".encode())


async def _fill(hub: Installation, tenant: UUID, people: int) -> None:
    async with open_runtime(settings_of_hub(hub.data), name="pabal bench", pool_size=2) as rt:
        blinder = Blinder(await rt.keys.of(rt.pool, tenant))
        async with tenant_tx(rt, tenant) as conn:
            tag_ids = await ensure_tags(conn, tenant, [*TAGS, RARE_TAG])
        for first in range(0, people, BATCH):
            parts = _parts(tenant, blinder, tag_ids, range(first, min(first + BATCH, people)))
            async with tenant_tx(rt, tenant) as conn:
                for table, columns in _TABLES.items():
                    await conn.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP".encode())
                    async with conn.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)".encode()) as copy:
                        await copy.write(parts[table])
                await _move(conn, tenant)


def _parts(tenant: UUID, blinder: Blinder, tag_ids: dict[str, UUID], numbers: range) -> dict[str, str]:
    out = {table: io.StringIO() for table in _TABLES}
    write = {table: csv.writer(text).writerow for table, text in out.items()}
    for number in numbers:
        one, contact = card(number), new_id()
        derived = blinder.derive(one)
        tokens = "{" + ",".join(map(str, derived.tokens)) + "}"
        plain = one.seal(tenant, contact)
        write["book_contacts"](
            [contact, plain, tokens, derived.name_key, district_of(number), str(number % 7 * 10 + 20)]
        )
        for row in derived.identities:
            write["book_identities"]([contact, *row])
        for tag in tags_of(number):
            write["book_tags"]([contact, tag_ids[tag]])
        tags = "{" + ",".join(tags_of(number)) + "}"
        email = one.emails[0] if one.emails else ""
        write["book_plain"]([contact, one.name, one.phones[0], email, district_of(number), tags])
    return {table: text.getvalue() for table, text in out.items()}


async def _move(conn: Any, tenant: UUID) -> None:
    await conn.execute(
        "INSERT INTO contacts (tenant_id, id, pii, tokens, name_key, district, age_band, basis, source)"
        " SELECT %s, id, app.encrypt(plain), tokens, name_key, district, age_band, '동의', '시험 명단' FROM book_contacts",
        (tenant,),
    )
    await conn.execute(
        "INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position, quality)"
        " SELECT %s, * FROM book_identities",
        (tenant,),
    )
    await conn.execute(
        "INSERT INTO contact_tags (tenant_id, contact_id, tag_id) SELECT %s, * FROM book_tags", (tenant,)
    )
    await conn.execute(
        "INSERT INTO peer_contacts (tenant_id, id, name, phone, email, district, tags) SELECT %s, * FROM book_plain",
        (tenant,),
    )


CAMPAIGN = UUID(int=7)


async def _live(hub: Installation, tenant: UUID, people: int) -> None:
    """A fifth agreed to news, a third received a campaign, one in twenty of those clicked."""
    send, link = new_id(), new_id()
    values = {"tenant": tenant, "send": send, "link": link, "campaign": CAMPAIGN, "received": people // 3}
    async with (
        open_runtime(settings_of_hub(hub.data), name="pabal bench", pool_size=2) as rt,
        tenant_tx(rt, tenant) as conn,
    ):
        for statement in (
            (
                "INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at)"
                " SELECT %(tenant)s, gen_random_uuid(), c.id, 'sms', 'news', 'granted', clock_timestamp() FROM contacts c"
                " WHERE c.age_band IN ('20', '30')"
            ),
            (
                "INSERT INTO campaigns (tenant_id, id, name, message_class, audience, steps, state, send_id)"
                " VALUES (%(tenant)s, %(campaign)s, '안내', 'civic', '{}', '[]', 'launched', %(send)s)"
            ),
            (
                "INSERT INTO sends (tenant_id, id, kind, campaign_id, state, steps, selection, finished_at)"
                " VALUES (%(tenant)s, %(send)s, 'campaign', %(campaign)s, 'finished', '[]', '{}', clock_timestamp())"
            ),
            (
                "INSERT INTO links (tenant_id, id, send_id, key, url, expires_at)"
                " VALUES (%(tenant)s, %(link)s, %(send)s, '', 'https://camp.example', '2030-01-01')"
            ),
            (
                "INSERT INTO messages (tenant_id, send_id, seq, contact_id, state, contacted_at)"
                " SELECT %(tenant)s, %(send)s, row_number() OVER (ORDER BY c.id), c.id, 'delivered', clock_timestamp()"
                " FROM contacts c"
                " ORDER BY c.id LIMIT %(received)s"
            ),
            (
                "INSERT INTO clicks (tenant_id, id, send_id, link_id, seq, class)"
                " SELECT tenant_id, gen_random_uuid(), send_id, %(link)s, seq, 'human' FROM messages WHERE seq %% 20 = 0"
            ),
            (
                "INSERT INTO contact_activity (tenant_id, contact_id, last_clicked)"
                " SELECT tenant_id, contact_id, clock_timestamp() FROM messages WHERE seq %% 20 = 0"
            ),
        ):
            await conn.execute(statement.encode(), values)


def numbers(people: int, step: int) -> Iterator[int]:
    """People all over the book, the same in every run."""
    number = 1
    while True:
        yield number
        number = (number + step) % people
