"""Candidacies, the election calendar, what may be sent, rules and their switches."""

from datetime import datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pabal.accounts import list_members
from pabal.compliance import candidacies, queries
from pabal.compliance.broadcasts import list_broadcasts
from pabal.compliance.bundle import bundle
from pabal.compliance.queries import CandidacyRow
from pabal.compliance.schemas import BroadcastOut, CandidacyIn, CandidacyOut, CandidacyPatch
from pabal.domain.law.election import (
    ELECTION_LABELS,
    MAX_BROADCASTS,
    OFFICE_LABELS,
    Election,
    Office,
    d_day,
    report_deadline,
)
from pabal.domain.law.facts import Status
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem
from pabal.kit.http.schemas import Page
from pabal.runtime import Runtime

router = APIRouter(prefix="/api/candidacies", tags=["law"])

_FILE = {"type": "string", "format": "binary"}

Reads = Annotated[Principal, requires("rules.read")]
Manages = Annotated[Principal, requires("candidacies.manage")]


@router.get("", name="listCandidacies")
async def list_all(rt: Rt, who: Reads) -> Page[CandidacyOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await queries.list_candidacies(conn)
        return Page(items=[await _shown(conn, rt, row) for row in rows])


@router.post("", name="createCandidacy", status_code=201)
async def create(body: CandidacyIn, rt: Rt, who: Manages) -> CandidacyOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        row = await candidacies.create_candidacy(conn, who, _draft(body), now=rt.clock.now())
        return await _shown(conn, rt, row)


@router.get("/{candidacy_id}", name="getCandidacy")
async def get_one(candidacy_id: UUID, rt: Rt, who: Reads) -> CandidacyOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await _shown(conn, rt, await _found(conn, candidacy_id))


@router.patch("/{candidacy_id}", name="changeCandidacy")
async def change(candidacy_id: UUID, body: CandidacyPatch, rt: Rt, who: Manages) -> CandidacyOut:
    given = body.model_dump(exclude_unset=True, exclude={"version"})
    async with tenant_tx(rt, who.tenant_id) as conn:
        before = await _found(conn, candidacy_id)
        kept = {
            "office": before.office,
            "district": before.district,
            "name": before.name,
            "status": before.status,
            "registered_at": before.registered_on,
            "proof": before.proof,
            "reported_number": before.reported_number,
            "reported_at": before.reported_at,
            "receipt": before.receipt,
            "refusal": before.refusal,
        }
        empty = {name for name, value in given.items() if value is None and name != "reported_at"}
        written = CandidacyIn.model_validate(
            {
                **kept,
                **{name: value for name, value in given.items() if name not in empty},
                "election_day": before.election_day,
                "election_kind": before.election,
            }
        )
        row = await candidacies.change_candidacy(
            conn, who, candidacy_id, _draft(written), version=body.version, now=rt.clock.now()
        )
        return await _shown(conn, rt, row)


@router.put(
    "/{candidacy_id}/proof",
    name="uploadCandidacyProof",
    max_body_size=candidacies.PROOF_BYTES,
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _FILE}}}
    },
)
async def upload_proof(candidacy_id: UUID, request: Request, rt: Rt, who: Manages) -> CandidacyOut:
    """The certificate of registration as the whole body: PDF, PNG or JPEG. It never lies on a disk in plain."""
    body = await request.body()
    async with tenant_tx(rt, who.tenant_id) as conn:
        row = await candidacies.keep_proof(conn, who, candidacy_id, body)
        return await _shown(conn, rt, row)


@router.get("/{candidacy_id}/proof", name="candidacyProof", response_class=Response)
async def download_proof(candidacy_id: UUID, rt: Rt, who: Manages) -> Response:
    async with tenant_tx(rt, who.tenant_id) as conn:
        _, kind, body = await candidacies.read_proof(conn, candidacy_id)
    headers = {"Content-Disposition": "attachment; filename=proof", "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type=kind, headers=headers)


@router.get("/{candidacy_id}/bundle.zip", name="candidacyBundle", response_class=Response)
async def download_bundle(candidacy_id: UUID, rt: Rt, who: Manages) -> Response:
    """증빙 묶음: table of broadcasts, the candidacy, its certificate."""
    now = rt.clock.now()
    async with tenant_tx(rt, who.tenant_id) as conn:
        row = await _found(conn, candidacy_id)
        taken = await list_broadcasts(conn, candidacy_id)
        proof = await candidacies.read_proof(conn, candidacy_id) if row.proof_name else None
        names: dict[UUID, str] = {member.user_id: member.name for member in await list_members(conn, rt)}
    name = f"pabal-broadcasts-{now.astimezone(KST):%Y%m%d}.zip"
    return Response(
        bundle(row, taken, names, proof, now),
        media_type="application/zip",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _draft(body: CandidacyIn) -> candidacies.Draft:
    kind, day = body.election_kind, body.election_day
    if body.election is not None:
        known = candidacies.known_election(body.election)
        if known is None:
            mend = "선거를 고르거나 선거일과 종류를 적어 주세요."
            raise Problem(INVALID, errors=[FieldError("election", "모르는 선거예요", mend)])
        kind, day = known.election, known.day
        if body.office not in known.offices:
            raise Problem(INVALID, errors=[FieldError("office", "이 선거에서 뽑지 않는 자리예요")])
    if kind is None or day is None:
        raise Problem(INVALID, errors=[FieldError("election", "어느 선거인지 골라 주세요")])
    return candidacies.Draft(
        election=kind,
        election_day=day,
        office=body.office,
        district=body.district,
        name=body.name,
        status=body.status,
        registered_on=body.registered_at,
        proof=body.proof,
        reported_number=body.reported_number,
        reported_at=body.reported_at,
        receipt=body.receipt,
        refusal=body.refusal,
    )


async def _found(conn: Conn, candidacy_id: UUID) -> CandidacyRow:
    row = await queries.find_candidacy(conn, candidacy_id)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


async def _shown(conn: Conn, rt: Runtime, row: CandidacyRow) -> CandidacyOut:
    now = rt.clock.now()
    today = now.astimezone(KST).date()
    taken = await list_broadcasts(conn, row.id)
    facts = row.as_facts()
    return CandidacyOut(
        id=row.id,
        election=row.election,
        election_label=ELECTION_LABELS[Election(row.election)],
        election_day=row.election_day,
        d_day=d_day(today, row.election_day),
        office=row.office,
        office_label=OFFICE_LABELS[Office(row.office)],
        district=row.district,
        name=row.name,
        status=row.status,
        registered_at=row.registered_on,
        proof=row.proof,
        proof_name=row.proof_name,
        proven=row.proven,
        valid=facts.valid_at(now),
        valid_until=_ends(row),
        reported_number=row.reported_number,
        reported_at=row.reported_at,
        receipt=row.receipt,
        report_deadline=report_deadline(today + timedelta(days=1)),
        refusal=row.refusal,
        broadcasts=[BroadcastOut.model_validate(one) for one in taken],
        left=max(0, MAX_BROADCASTS - len(taken)),
        version=row.version,
    )


def _ends(row: CandidacyRow) -> datetime | None:
    if row.status == Status.PRELIMINARY:
        return row.calendar.preliminary_ends
    if row.status == Status.CANDIDATE:
        return datetime.combine(row.election_day + timedelta(days=1), time(), KST)
    return None
