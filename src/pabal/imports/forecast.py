"""What an import would do: the plan that a start would make now, composed and counted, nothing written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from pabal.contacts import Blinder
from pabal.domain.law.lists import made_up
from pabal.imports.apply import read_known
from pabal.imports.compose import Job, compose
from pabal.imports.guess import Target
from pabal.imports.merge import Policy, syllables_of
from pabal.imports.plan import make_plan, read_file
from pabal.imports.read import Shape
from pabal.kit.db import Database, tenant_tx

_SLICE = 10_000  # people composed at a time


@dataclass(frozen=True)
class Expected:
    """Rows by what would become of them; `people` that the file names, `questions` for the review queue."""

    rows: int
    people: int
    created: int
    merged: int  # rows that join a person of the file, or one who is there
    updated: int
    unchanged: int
    skipped: int
    rejected: int
    warned: int
    questions: int
    refusals: int  # rows that say no
    made_up: int = 0  # numbers that stand in long rows (C-08)
    problems: Mapping[str, int] = field(default_factory=dict)  # rows, by code
    mended: Mapping[str, int] = field(default_factory=dict)  # rows, by what was mended in words
    two_digits: int = 0  # births without a century


async def forecast(
    db: Database,
    tenant_id: UUID,
    import_id: UUID,
    *,
    shape: Shape,
    mapping: Mapping[str, Target],
    policy: Policy,
    year: int,
    ask_nameless: bool = False,
    helped: bool = False,
) -> Expected:
    """Raises csv.Error as a run would fail. `helped`: this process is the count's own and may be copied (imports/beside)."""
    blinder = Blinder(await db.keys.of(db.pool, tenant_id))
    staged = await read_file(
        db, tenant_id, import_id, shape=shape, mapping=mapping, blinder=blinder, year=year, helped=helped
    )
    good = staged.good()
    syllables = syllables_of(good)
    job = Job(tenant_id, import_id, policy, (), "", "", None, 0, ask_nameless)
    async with tenant_tx(db, tenant_id) as conn:
        plan = await make_plan(
            conn,
            tenant_id,
            import_id,
            blinder=blinder,
            staged=staged,
            started_ms=0,
            ask_nameless=ask_nameless,
            helped=helped,
        )
        met = list(plan.groups.joined.values())
        outcomes = Counter(created=len(plan.groups) - len(met))  # whoever is one row is new
        for start in range(0, len(met), _SLICE):
            some = met[start : start + _SLICE]
            known = await read_known(conn, [contact for group in some for contact in group.contacts])
            _, told, _ = compose(job, some, good, known, syllables)
            outcomes.update(outcome for outcome, _ in told.values())
    problems: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    two_digits = 0
    for row in staged.rows:
        codes = {one.code for one in row.problems}
        problems.update(codes if row.rejected is None else codes | {row.rejected.code})
        mended.update({one.mended for one in row.identities if one.mended})
        if row.born is not None and str(row.born) not in row.birth:
            two_digits += 1
    return Expected(
        rows=len(staged.rows),
        people=len(plan.groups),
        created=outcomes["created"],
        merged=outcomes["merged"],
        updated=outcomes["updated"],
        unchanged=outcomes["unchanged"],
        skipped=outcomes["skipped"],
        rejected=len(staged.rows) - len(good),
        warned=sum(1 for row in good if row.problems),
        questions=len(plan.questions),
        refusals=sum(1 for row in good if row.refuses),
        made_up=made_up(one.value for row in good for one in row.identities if one.kind == "phone"),
        problems=dict(problems),
        mended=dict(mended),
        two_digits=two_digits,
    )
