"""Running an import: take it, read and match the whole file, bring the plan into the book in chunks, resume where a
killed runner stopped.

A chunk commits its rows and its number in `imports.chunks_done` together, and the plan is kept with the import: a
resumed run does the chunks that are missing, and nothing is done twice (imports/lease). The worker starts this in a
process of its own (imports/jobs, imports/__main__): a hundred thousand rows are seconds of pure Python, and leases of
messages must not wait for them.
"""

import asyncio
import csv
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from pabal.contacts import Blinder, Filing, ensure_tags, suppress
from pabal.domain.law.lists import made_up
from pabal.imports.apply import Chunk, apply_chunk
from pabal.imports.compose import Job
from pabal.imports.lease import (
    LostError,
    Outcome,
    Taken,
    complete,
    end_if_cancelled,
    fail,
    kept_alive,
    mark,
    may_go_on,
    take,
    why_not,
)
from pabal.imports.match import Groups
from pabal.imports.merge import Syllables, syllables_of
from pabal.imports.plan import MergePlan, Question, Staged, make_plan, read_file
from pabal.imports.stage import Row
from pabal.imports.vault import Vault
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import publish_changed
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

CHUNK = 5_000
_PLAN_PART = 2**31 - 1  # the plan is sealed like a part of the file that no file has


@dataclass(frozen=True, repr=False)
class Prepared:
    """Everything a writer needs, decided: the same in every process that shares the work.

    No repr, like everything here that holds a list: tracebacks would print people, and `asyncio.run` writes out the result
    of its coroutine on the way (`signal.getsignal` asks an Enum, whose refusal names the value): 3.4 s for 100,000 rows.
    """

    job: Job
    owner: str
    blinder: Blinder
    good: Sequence[Row]
    chunks: Sequence[Chunk]
    chunks_total: int  # with those that an earlier runner brought in
    questions: Sequence[Question]
    tags: dict[str, UUID]
    syllables: Syllables
    planned_at: float  # monotonic


async def run_import(
    rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str, *, chunk: int = CHUNK
) -> Outcome:
    """Run one import to its end in this process, or find out that somebody else does."""
    prepared = await prepare(rt, tenant_id, import_id, owner, chunk=chunk)
    if isinstance(prepared, Outcome):
        return prepared
    await write_chunks(rt, prepared, prepared.chunks)
    await finish(rt, prepared)
    return Outcome.DONE


async def prepare(
    rt: Runtime, tenant_id: UUID, import_id: UUID, owner: str, *, chunk: int = CHUNK, helped: bool = False
) -> Prepared | Outcome:
    """Take the import, read the file, decide who is who, suppress who refuses. An Outcome: there is nothing to write.

    `helped`: this process is the runner's own and may be copied (imports/beside).
    """
    taken = await take(rt, tenant_id, import_id, owner)
    if taken is None:
        return await why_not(rt, tenant_id, import_id)
    try:
        async with kept_alive(rt, taken.job, owner):
            prepared = await _prepare(rt, taken, owner, chunk, helped=helped)
    except LostError:
        await end_if_cancelled(rt, tenant_id, import_id, owner)
    except csv.Error:
        await fail(
            rt,
            tenant_id,
            import_id,
            owner,
            "표로 읽을 수 없는 줄이 있어 멈췄어요. 큰따옴표가 닫혔는지 봐 주세요",
        )
    else:
        return prepared
    await _tell(rt, tenant_id, import_id)
    return Outcome.DONE


async def write_chunks(rt: Runtime, prepared: Prepared, chunks: Iterable[Chunk]) -> None:
    """Bring chunks into the book, one transaction each. Ends early, without a word, when the import isn't ours any
    more: what is in stays.
    """
    job, filing = prepared.job, Filing(prepared.blinder)
    try:
        for chunk in chunks:
            async with tenant_tx(rt, job.tenant_id) as conn:
                # A chunk and its number are one commit: if the machine loses both, a resumed run writes both again.
                # The completion is waited for, and everything before it with it.
                await conn.execute("SET LOCAL synchronous_commit = off")
                await may_go_on(conn, job.import_id, prepared.owner)
                counts = await apply_chunk(
                    conn,
                    job,
                    prepared.blinder,
                    chunk,
                    prepared.good,
                    prepared.tags,
                    prepared.syllables,
                    filing,
                )
                await mark(conn, job, prepared.owner, chunk, counts)
            await _tell(rt, job.tenant_id, job.import_id)
    except LostError:
        log.info("import.lost", import_id=str(job.import_id))


async def finish(rt: Runtime, prepared: Prepared) -> None:
    """After the last chunk: questions asked, the import completed and its file gone; then the search index is settled."""
    job, written = prepared.job, time.monotonic()
    try:
        async with tenant_tx(rt, job.tenant_id) as conn:
            await may_go_on(conn, job.import_id, prepared.owner)
            review = await _ask(conn, job, prepared.questions)
            await complete(conn, job.import_id, prepared.owner, chunks=prepared.chunks_total, review=review)
    except LostError:
        await end_if_cancelled(rt, job.tenant_id, job.import_id, prepared.owner)
    else:
        log.info(
            "import.completed",
            import_id=str(job.import_id),
            write_ms=round((written - prepared.planned_at) * 1000),
        )
    await _tell(rt, job.tenant_id, job.import_id)
    await _settle(rt, job)


async def _settle(rt: Runtime, job: Job) -> None:
    """The token index's pending list worked in (0.7 s for 100,000 rows) and statistics looked at. Searches find
    everybody before, by reading the list; it is autovacuum's work otherwise, up to a minute later. So nobody waits.
    """
    began = time.monotonic()
    async with tenant_tx(rt, job.tenant_id) as conn:
        # A list that comes again changed nobody: there is nothing to settle.
        await conn.execute(
            "SELECT app.settle_contacts() FROM imports WHERE id = %s AND created + updated > 0",
            (job.import_id,),
        )
    log.info("import.settled", import_id=str(job.import_id), ms=round((time.monotonic() - began) * 1000))


async def _prepare(rt: Runtime, taken: Taken, owner: str, size: int, *, helped: bool) -> Prepared:
    job, began = taken.job, time.monotonic()
    keys = await rt.keys.of(rt.pool, job.tenant_id)
    blinder, vault = Blinder(keys), Vault(job.tenant_id, keys)
    staged = await read_file(
        rt,
        job.tenant_id,
        job.import_id,
        shape=taken.shape,
        mapping=taken.mapping,
        blinder=blinder,
        year=rt.clock.now().year,
        helped=helped,
    )
    read = time.monotonic()
    good = staged.good()
    if taken.plan is None:
        plan = await _plan(rt, job, owner, blinder, staged, vault, helped=helped)
    else:
        plan = MergePlan.unpack(vault.open(job.import_id, _PLAN_PART, taken.plan), len(good))
    await _record_refusals(rt, job, blinder, good)
    async with tenant_tx(rt, job.tenant_id) as conn:
        names = set(job.tags).union(*(row.tags for row in good))
        tags = await ensure_tags(conn, job.tenant_id, sorted(names)) if names else {}
        if suspect := made_up(one.value for row in good for one in row.identities if one.kind == "phone"):
            await conn.execute("UPDATE imports SET made_up = %s WHERE id = %s", (suspect, job.import_id))
    chunks = chunks_of(staged.rows, plan.groups, size)
    log.info(
        "import.planned",
        import_id=str(job.import_id),
        rows=len(staged.rows),
        people=len(plan.groups),
        questions=len(plan.questions),
        read_ms=round((read - began) * 1000),
        plan_ms=round((time.monotonic() - read) * 1000),
    )
    return Prepared(
        job,
        owner,
        blinder,
        good,
        [chunk for chunk in chunks if chunk.number not in taken.chunks_done],
        len(chunks),
        plan.questions,
        tags,
        syllables_of(good),
        time.monotonic(),
    )


async def _plan(
    rt: Runtime, job: Job, owner: str, blinder: Blinder, staged: Staged, vault: Vault, *, helped: bool
) -> MergePlan:
    async with tenant_tx(rt, job.tenant_id) as conn:
        plan = await make_plan(
            conn,
            job.tenant_id,
            job.import_id,
            blinder=blinder,
            staged=staged,
            started_ms=job.started_ms,
            ask_nameless=job.ask_nameless,
            helped=helped,
        )
        sealed = await asyncio.to_thread(lambda: vault.seal(job.import_id, _PLAN_PART, plan.pack()))
        await may_go_on(conn, job.import_id, owner)
        cursor = await conn.execute(
            """
            UPDATE imports SET plan = %(plan)s, rows_total = %(rows)s
            WHERE id = %(id)s AND owner = %(owner)s AND state = 'running'
            """,
            {"plan": sealed, "rows": len(staged.rows), "id": job.import_id, "owner": owner},
        )
        if cursor.rowcount == 0:
            raise LostError
    await _tell(rt, job.tenant_id, job.import_id)
    return plan


def chunks_of(rows: Sequence[Row], groups: Groups, size: int) -> list[Chunk]:
    """People in the order of their first row, rejected rows where they stand, about `size` rows a chunk."""
    chunks: list[Chunk] = []
    rejected: list[Row] = []
    start = end = count = 0
    waiting = iter(groups)
    group = next(waiting, None)
    for row in rows:
        if row.rejected is not None:
            rejected.append(row)
            count += 1
        else:
            if group is not None and group.rows[0] == end:
                count += len(group.rows)
                group = next(waiting, None)
            end += 1
        if count >= size:
            chunks.append(Chunk(len(chunks), groups, start, end, rejected, count))
            start, rejected, count = end, [], 0
    if count:
        chunks.append(Chunk(len(chunks), groups, start, end, rejected, count))
    return chunks


async def _record_refusals(rt: Runtime, job: Job, blinder: Blinder, rows: Iterable[Row]) -> None:
    """Opt-outs of the file, in a transaction of their own before the first chunk: it closes the gate to claims for
    milliseconds rather than for the chunk, and an opt-out is right even if the import is then cancelled.
    """
    keys: dict[str, set[int]] = {}
    for row in rows:
        if row.refuses:
            for one in row.identities:
                if one.usable:
                    keys.setdefault(one.kind, set()).add(blinder.address_key(one.kind, one.value))
    if not keys:
        return
    async with tenant_tx(rt, job.tenant_id) as conn:
        for kind, found in sorted(keys.items()):
            await suppress(
                conn,
                job.tenant_id,
                kind=kind,
                address_keys=found,
                channels=("all",),
                reason="명단의 수신 거부 표시",
                source="import",
                created_by=job.created_by,
            )


async def _ask(conn: Conn, job: Job, questions: Sequence[Question]) -> int:
    """Pairs for the review queue; a pair that was decided once is not asked again. How many are new.

    Who lives is asked once, by an array, which walks an index whatever the statistics say: of a new installation they say
    "empty table", and a look per pair then read the whole book each time (10 s for 2,257 questions).
    """
    cursor = await conn.execute(
        """
        WITH living AS MATERIALIZED (
            SELECT id FROM contacts WHERE id = ANY(%(ids)s::uuid[]) AND merged_into IS NULL AND erased_at IS NULL)
        INSERT INTO duplicate_pairs (tenant_id, id, contact_a, contact_b, reason, import_id)
        SELECT %(tenant)s, gen_random_uuid(), a, b, reason, %(import)s
        FROM unnest(%(a)s::uuid[], %(b)s::uuid[], %(reasons)s::text[]) AS asked (a, b, reason)
        WHERE a IN (SELECT id FROM living) AND b IN (SELECT id FROM living)
        ON CONFLICT (tenant_id, contact_a, contact_b) DO NOTHING
        """,
        {
            "tenant": job.tenant_id,
            "import": job.import_id,
            "ids": sorted({*(one.a for one in questions), *(one.b for one in questions)}),
            "a": [one.a for one in questions],
            "b": [one.b for one in questions],
            "reasons": [str(one.doubt) for one in questions],
        },
    )
    return cursor.rowcount


async def _tell(rt: Runtime, tenant_id: UUID, import_id: UUID) -> None:
    try:
        await publish_changed(rt, tenant_id, "import", import_id)
    except RedisError as error:  # the ledger has the truth; the screen asks again
        log.info("import.not_announced", error=type(error).__name__)
