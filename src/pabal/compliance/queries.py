"""What the rules look at, read from the tables of this package."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg.rows import class_row, dict_row

from pabal.domain.campaign import Level
from pabal.domain.law.election import Election, ElectionCalendar, Office
from pabal.domain.law.facts import Candidacy, Status
from pabal.domain.law.labels import AdvertNotice
from pabal.kit.db import Conn

ATTESTATION_VERSION = 1  # of the text that people sign (E-13)


@dataclass(frozen=True, slots=True, repr=False)
class CandidacyRow:
    """A candidacy as it is kept; `name` in plain text."""

    id: UUID
    election: str
    election_day: date
    office: str
    district: str
    name: str
    status: str
    registered_on: date
    proof: str
    proof_name: str
    proof_kind: str
    reported_number: str
    reported_at: datetime | None
    receipt: str
    refusal: str
    refusal_tested_at: datetime | None
    version: int
    updated_at: datetime
    broadcasts: int

    @property
    def calendar(self) -> ElectionCalendar:
        return ElectionCalendar(self.election_day, Office(self.office), Election(self.election))

    @property
    def proven(self) -> bool:
        return bool(self.proof or self.proof_name)

    def as_facts(self) -> Candidacy:
        return Candidacy(
            name=self.name,
            calendar=self.calendar,
            status=Status(self.status),
            registered_on=self.registered_on,
            proven=self.proven,
            reported_number=self.reported_number,
            reported_at=self.reported_at,
            receipt=self.receipt,
            refusal=self.refusal,
            refusal_tested_at=self.refusal_tested_at,
            broadcasts=self.broadcasts,
        )


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """What a tenant says of itself; an empty one where nothing was written yet."""

    sitting: bool = False
    party: bool = False
    election_day: date | None = None
    office: str | None = None
    names: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    advert_sender: str = ""
    advert_contact: str = ""
    advert_refusal: str = ""
    certificate: str = ""
    certificate_until: date | None = None
    kakao_approval: str = ""
    areas: tuple[str, ...] = ()  # 시군구 or 읍면동 of the constituency (T-03)

    @property
    def calendar(self) -> ElectionCalendar | None:
        if self.election_day is None:
            return None
        return ElectionCalendar(self.election_day, Office(self.office or Office.ASSEMBLY))

    @property
    def advert(self) -> AdvertNotice | None:
        if not (self.advert_sender and self.advert_contact and self.advert_refusal):
            return None
        return AdvertNotice(self.advert_sender, self.advert_contact, self.advert_refusal)


@dataclass(frozen=True, slots=True, repr=False)
class Around:
    """Everything about a tenant that the rules look at on one day."""

    kind: str
    candidacy: CandidacyRow | None
    profile: Profile
    levels: Mapping[str, Level]  # of product rules, where an owner changed them

    @property
    def names(self) -> frozenset[str]:
        own = [self.candidacy.name] if self.candidacy else []
        return frozenset({*own, *self.profile.names, *self.profile.rivals})


_CANDIDACY = """
    SELECT c.id, c.election, c.election_day, c.office, c.district, app.decrypt(c.name) AS name, c.status,
           c.registered_on, c.proof, c.proof_name, c.proof_kind, c.reported_number, c.reported_at, c.receipt,
           c.refusal, c.refusal_tested_at, c.version, c.updated_at,
           (SELECT count(*) FROM broadcast_counts b
            WHERE b.tenant_id = c.tenant_id AND b.candidacy_id = c.id)::integer AS broadcasts
    FROM candidacies c
"""


async def list_candidacies(conn: Conn) -> list[CandidacyRow]:
    """The newest election first."""
    async with conn.cursor(row_factory=class_row(CandidacyRow)) as cursor:
        await cursor.execute(_CANDIDACY + " ORDER BY c.election_day DESC")
        return await cursor.fetchall()


async def find_candidacy(conn: Conn, candidacy_id: UUID) -> CandidacyRow | None:
    async with conn.cursor(row_factory=class_row(CandidacyRow)) as cursor:
        await cursor.execute(_CANDIDACY + " WHERE c.id = %s", (candidacy_id,))
        return await cursor.fetchone()


async def read_profile(conn: Conn) -> Profile:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            """
            SELECT sitting, party, election_day, office, app.decrypt(people) AS people, advert_sender, advert_contact,
                   advert_refusal, certificate, certificate_until, kakao_approval, areas
            FROM law_profiles
            """
        )
        row = await cursor.fetchone()
    if row is None:
        return Profile()
    people = json.loads(row.pop("people") or "{}")
    row["areas"] = tuple(row["areas"])
    return Profile(**row, names=tuple(people.get("names", ())), rivals=tuple(people.get("rivals", ())))


async def read_levels(conn: Conn) -> dict[str, Level]:
    cursor = await conn.execute("SELECT rule, level FROM rule_settings")
    return dict(await cursor.fetchall())


async def read_around(conn: Conn, tenant_id: UUID, day: date) -> Around:
    """`day`: of the send, in Korea. The candidacy is the one of the next election that isn't over by then."""
    cursor = await conn.execute("SELECT kind FROM tenants WHERE tenant_id = %s", (tenant_id,))
    row = await cursor.fetchone()
    assert row is not None
    return Around(
        kind=row[0],
        candidacy=pick(await list_candidacies(conn), day),
        profile=await read_profile(conn),
        levels=await read_levels(conn),
    )


def pick(rows: Sequence[CandidacyRow], day: date) -> CandidacyRow | None:
    """Of several, the one whose election comes next; after all of them the last one (its lists have to go, P-09)."""
    ahead = [row for row in rows if row.election_day >= day]
    return min(ahead, key=lambda row: row.election_day) if ahead else (rows[0] if rows else None)


async def has_attested(conn: Conn, user_id: UUID | None) -> bool:
    """None: no person acts (an API key, a command); then somebody of the tenant must have signed."""
    cursor = await conn.execute(
        """
        SELECT EXISTS (SELECT FROM attestations
                       WHERE version = %(version)s AND (%(user)s::uuid IS NULL OR user_id = %(user)s))
        """,
        {"user": user_id, "version": ATTESTATION_VERSION},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])
