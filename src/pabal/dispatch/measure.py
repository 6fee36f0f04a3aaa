"""What the finished texts of a launch would weigh, person by person.

The launch's own selection and gate, the claim's own rendering, counted instead of sent. Reads only; used by a
campaign's check. A text is rendered once for all whose values weigh alike.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import AsyncServerCursor, sql

from pabal.dispatch import plan
from pabal.dispatch.gate import suppression_channel
from pabal.dispatch.model import FrozenStep, Selection
from pabal.dispatch.plan import Forecast, _verdicts, forecast
from pabal.dispatch.render import Unrenderable, finish
from pabal.domain.message import SkipReason
from pabal.domain.template import parse
from pabal.kit.db import Conn
from pabal.runtime import Runtime

BATCH = 10_000  # people fetched in one go; a job says how far it is after each

EXCLUDED = "\x02"  # before a reason, where others have their card

MeasureProgress = Callable[[int], Awaitable[None]]  # in percent


@dataclass(slots=True)
class Measured:
    """Of those who come to a step: how many by kind of message, who can't be rendered and why, the weights."""

    per_kind: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    must_stop: int = 0  # people whose missing values stop the whole send, as its author asked
    bytes_min: int = 0
    bytes_max: int = 0

    @property
    def people(self) -> int:
        return self.per_kind.total()

    def add(self, kind: str, weight: int, people: int = 1) -> None:
        first = not self.per_kind
        self.per_kind[kind] += people
        self.bytes_min = weight if first else min(self.bytes_min, weight)
        self.bytes_max = max(self.bytes_max, weight)


async def measure(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    selection: Selection,
    channel: str,
    texts: Sequence[Sequence[FrozenStep]],
    *,
    progress: MeasureProgress | None = None,
) -> tuple[Forecast, list[tuple[Measured, ...]]]:
    """What a launch would do now, and per text and step what it weighs, as if everybody got this text and every step
    before it had failed: whoever can't get one ends there, as at the claim. The texts say their steps on the same channels.
    One look at everybody whatever the number of texts, none at their cards if no text asks for it.
    """
    found = [tuple(Measured() for _ in steps) for steps in texts]
    written = [step for steps in texts for step in steps]
    if not any(parse(step.worded).variables for step in written):
        expected = await forecast(conn, rt, tenant_id, selection, channel)
        if texts:
            groups = await _refusals(conn, rt, tenant_id, selection, texts[0], expected.sendable)
            for measured, steps in zip(found, texts, strict=True):
                for refused, count in groups:
                    _add(measured, steps, '{"phones": ["0"]}', refused, count)
        return expected, found
    keys = await rt.keys.of(rt.pool, tenant_id)
    audience, fingerprint = await plan.fingerprint(conn, rt, tenant_id, selection)
    refused_sql = _refused(tenant_id, texts[0])
    statement = _verdicts(rt, keys, tenant_id, None, selection, channel) + _kinds_sql(written, refused_sql)
    # Everybody will be read; the planner expects a tenth of a cursor and would prefer plans that start fast.
    await conn.execute("SET LOCAL cursor_tuple_fraction = 1")
    kinds: Counter[str] = Counter()
    async with AsyncServerCursor(conn, "measure") as cursor:
        await cursor.execute(statement)
        while rows := await cursor.fetchmany(BATCH):
            kinds.update([row[0] for row in rows])
            if progress is not None:
                await progress(kinds.total() * 100 // max(1, audience))
    excluded = {kind[1:]: n for kind, n in kinds.items() if kind.startswith(EXCLUDED)}
    await asyncio.to_thread(_add_kinds, found, texts, kinds)
    return Forecast(audience, excluded, fingerprint), found


async def _refusals(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    selection: Selection,
    steps: Sequence[FrozenStep],
    sendable: int,
) -> list[tuple[list[bool], int]]:
    """One text for all: what matters is only who may not get a further step's channel. (refused per step, people)"""
    if len({suppression_channel(step.channel) for step in steps}) == 1:
        return [([False] * len(steps), sendable)] if sendable else []
    keys = await rt.keys.of(rt.pool, tenant_id)
    statement = _verdicts(rt, keys, tenant_id, None, selection, steps[0].channel) + sql.SQL(
        "SELECT {}, count(*) FROM verdict WHERE reason IS NULL GROUP BY 1"
    ).format(_refused(tenant_id, steps))
    return await (await conn.execute(statement)).fetchall()


def _kinds_sql(steps: Sequence[FrozenStep], refused: sql.Composable) -> sql.Composable:
    """Of a card only what weighs: people whose texts weigh alike become the same JSON, so that one text is rendered for
    all of them instead of one each (100,000 names of three letters are one text, not four seconds of rendering).

    A value of Hangul, digits and Latin letters weighs 2 or 1 bytes a character whatever they are (`domain.text`): it is
    replaced by as many of each. Anything else stays as it is, so does what a format may read. OFFSET 0 keeps the planner
    from decrypting a card once for every value.
    """
    names = sorted({name for step in steps for name in parse(step.worded).variables})
    nodes: list[sql.Composable] = [
        sql.SQL("card #> ARRAY['attributes', {}]").format(sql.Literal(name)) for name in names
    ]
    as_it_is = {name for step in steps for name in step.formats}
    keys: list[sql.Composable] = [
        sql.SQL("{}, {}").format(
            sql.Literal(name), sql.SQL(f"n{number}") if name in as_it_is else _weight_of(number)
        )
        for number, name in enumerate(names)
    ]
    attributes = sql.SQL("json_build_object({})").format(sql.SQL(", ").join(keys))
    return sql.SQL(
        """
        SELECT CASE WHEN reason IS NOT NULL THEN {excluded} || reason ELSE json_build_object(
                   'phones', CASE WHEN reachable THEN '["0"]'::json ELSE '[]' END,
                   'name', {name}, 'attributes', {attributes})::text || chr(1) || refused::text END
        FROM (
            SELECT reason, reachable, refused, {nodes}
            FROM (
                SELECT reason, card, refused,
                       coalesce(json_array_length(card -> 'phones'), 0) > address_no AS reachable
                FROM (
                    SELECT reason, CASE WHEN reason IS NULL THEN app.decrypt(pii)::json END AS card, address_no,
                           CASE WHEN reason IS NULL THEN {refused} END AS refused
                    FROM verdict OFFSET 0
                ) AS opened
            ) AS cards OFFSET 0
        ) AS kinds
        """
    ).format(
        excluded=sql.Literal(EXCLUDED),
        name=sql.SQL(f"n{len(names)}") if "이름" in as_it_is else _weight_of(len(names)),
        attributes=attributes,
        refused=refused,
        nodes=sql.SQL(", ").join(
            sql.SQL("{node} AS n{no}, {node} #>> '{{}}' AS v{no}").format(node=node, no=sql.SQL(str(number)))
            for number, node in enumerate(
                [*nodes, sql.SQL("card -> 'name'" if "이름" in names else "NULL::json")]
            )
        ),
    )


def _weight_of(number: int) -> sql.Composable:
    return sql.SQL(
        """
        CASE WHEN json_typeof(n{no}) = 'string' AND v{no} ~ '^[가-힣0-9A-Za-z]+$'
             THEN to_json(repeat('가', (octet_length(v{no}) - char_length(v{no})) / 2)
                          || repeat('a', (3 * char_length(v{no}) - octet_length(v{no})) / 2))
             ELSE n{no} END
        """
    ).format(no=sql.SQL(str(number)))


def _refused(tenant_id: UUID, steps: Sequence[FrozenStep]) -> sql.Composable:
    """Per step: has this address opted out of its channel alone? The gate of the first step is passed by then."""
    first = suppression_channel(steps[0].channel)
    asks = [
        sql.SQL("false")
        if suppression_channel(step.channel) == first
        else sql.SQL(
            """
            EXISTS (SELECT FROM suppressions s
                    WHERE s.tenant_id = {tenant} AND s.address_key = verdict.address_key AND s.kind = 'phone'
                      AND s.channel IN ('all', {channel}))
            """
        ).format(tenant=sql.Literal(tenant_id), channel=sql.Literal(suppression_channel(step.channel)))
        for step in steps
    ]
    return sql.SQL("ARRAY[{}]::boolean[]").format(sql.SQL(", ").join(asks))


def _add_kinds(
    found: Sequence[Sequence[Measured]], texts: Sequence[Sequence[FrozenStep]], kinds: Counter[str]
) -> None:
    for kind, people in kinds.items():
        if kind.startswith(EXCLUDED):
            continue
        snapshot, _, refused = kind.partition(chr(1))
        refusals = [flag == "t" for flag in refused.strip("{}").split(",")]
        for measured, steps in zip(found, texts, strict=True):
            _add(measured, steps, snapshot, refusals, people)


def _add(
    measured: Sequence[Measured],
    steps: Sequence[FrozenStep],
    snapshot: str,
    refused: Sequence[bool],
    people: int,
) -> None:
    """People who are alike, through the steps up to the one that they can't get."""
    for one, step, no in zip(measured, steps, refused, strict=True):
        finished = Unrenderable(SkipReason.SUPPRESSED) if no else finish(step, snapshot, 0)
        if isinstance(finished, Unrenderable):
            one.excluded[finished.reason] += people
            one.must_stop += people if finished.stop else 0
            break
        one.add(finished.kind, finished.weight, people)
