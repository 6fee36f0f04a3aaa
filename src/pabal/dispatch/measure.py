"""What the finished texts of a launch would weigh, person by person.

The launch's own selection and gate, the claim's own rendering, counted instead of sent. Reads only; used by a
campaign's check. A text is rendered once for all whose values weigh alike.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncServerCursor, sql

from pabal.dispatch import plan
from pabal.dispatch.gate import suppression_channel
from pabal.dispatch.model import FrozenStep, Selection
from pabal.dispatch.plan import Forecast, _verdicts, forecast
from pabal.dispatch.render import Unrenderable, finish
from pabal.domain.message import SkipReason
from pabal.domain.template import DISTRICT, parse
from pabal.kit.db import Conn
from pabal.runtime import Runtime

BATCH = 10_000  # people fetched in one go; a job says how far it is after each

COUNT_AT_ONCE = (
    200_000  # people counted by the ledger; beyond it they are read one by one, to say how far it is
)

# What people are alike in: first reason, steps refused (NULL without an address), a variable's values as JSON, the name.
Kind = tuple[str | None, ...]

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
    audience, fingerprint, untold = await plan.fingerprint(conn, rt, tenant_id, selection)
    names = sorted({name for step in written for name in parse(step.worded).variables})
    one_each = _verdicts(rt, keys, tenant_id, None, selection, channel) + _kinds_sql(
        names, written, _refused(tenant_id, texts[0])
    )
    if audience <= COUNT_AT_ONCE:
        counted = one_each + sql.SQL("SELECT *, count(*) FROM kinds GROUP BY {}").format(
            sql.SQL(", ").join(sql.SQL(str(column + 1)) for column in range(len(names) + 3))
        )
        rows: list[Any] = await (await conn.execute(counted)).fetchall()
        kinds = Counter({tuple(kind): people for *kind, people in rows})
    else:
        kinds = await _count(conn, one_each + sql.SQL("SELECT * FROM kinds"), audience, progress)
    excluded: Counter[str] = Counter()
    for (reason, *_), people in kinds.items():
        if reason is not None:
            excluded[reason] += people
    await asyncio.to_thread(_add_kinds, found, texts, names, kinds)
    return Forecast(audience, dict(excluded), fingerprint, untold), found


async def _count(
    conn: Conn, statement: sql.Composed, audience: int, progress: MeasureProgress | None
) -> Counter[Kind]:
    """As they come, so that a job can say how far it is."""
    # Everybody will be read; the planner expects a tenth of a cursor and would prefer plans that start fast.
    await conn.execute("SET LOCAL cursor_tuple_fraction = 1")
    kinds: Counter[Kind] = Counter()
    async with AsyncServerCursor(conn, "measure") as cursor:
        await cursor.execute(statement)
        while rows := await cursor.fetchmany(BATCH):
            kinds.update(rows)
            if progress is not None:
                await progress(kinds.total() * 100 // max(1, audience))
    return kinds


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


def _kinds_sql(names: Sequence[str], steps: Sequence[FrozenStep], refused: sql.Composable) -> sql.Composed:
    """`kinds`: of a person only what weighs (`Kind`), so that people whose texts weigh alike come to the same row, and one
    text is rendered for all of them instead of one each (100,000 names of three letters are one text, not four seconds).

    A value of Hangul, digits and Latin letters weighs 2 or 1 bytes a character whatever they are (`domain.text`): it is
    replaced by as many of each. Anything else stays as it is, so does what a format may read. Values are compared as
    they stand in the card, in quotes: reading each as JSON took longer than everything else here. OFFSET 0 keeps the
    planner from decrypting a card once for every value.
    """
    as_it_is = {name for step in steps for name in step.formats}
    nodes: list[sql.Composable] = [_node(name) for name in names]
    nodes.append(sql.SQL("(card -> 'name')::text") if "이름" in names else sql.SQL("NULL::text"))
    weights = [
        sql.SQL("v{}").format(sql.SQL(str(number))) if name in as_it_is else _weight_of(number)
        for number, name in enumerate([*names, "이름"])
    ]
    return sql.SQL(
        """
        , kinds AS (
            SELECT reason, CASE WHEN reachable THEN refused END AS refused, {weights}
            FROM (
                SELECT reason, card #> ARRAY['phones', address_no::text] IS NOT NULL AS reachable, refused, {nodes}
                FROM (
                    SELECT reason, CASE WHEN reason IS NULL THEN app.decrypt(pii)::json END AS card, address_no, district,
                           CASE WHEN reason IS NULL THEN {refused}::text END AS refused
                    FROM verdict OFFSET 0
                ) AS opened OFFSET 0
            ) AS cards
        )
        """
    ).format(
        weights=sql.SQL(", ").join(
            sql.SQL("{} AS w{}").format(weight, sql.SQL(str(number))) for number, weight in enumerate(weights)
        ),
        refused=refused,
        nodes=sql.SQL(", ").join(
            sql.SQL("{} AS v{}").format(node, sql.SQL(str(number))) for number, node in enumerate(nodes)
        ),
    )


def _node(name: str) -> sql.Composable:
    """A variable's value as JSON, as `domain.template.contact_values` takes it."""
    attribute = sql.SQL("(card #> ARRAY['attributes', {}])::text").format(sql.Literal(name))
    if name != DISTRICT:
        return attribute
    return sql.SQL("CASE WHEN btrim(district) <> '' THEN to_json(district)::text ELSE {} END").format(
        attribute
    )


def _weight_of(number: int) -> sql.Composable:
    return sql.SQL(
        """
        CASE WHEN v{no} ~ '^"[가-힣0-9A-Za-z]+"$'
             THEN '"' || repeat('가', (octet_length(v{no}) - char_length(v{no})) / 2)
                  || repeat('a', (3 * char_length(v{no}) - octet_length(v{no})) / 2 - 2) || '"'
             ELSE v{no} END
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
    found: Sequence[Sequence[Measured]],
    texts: Sequence[Sequence[FrozenStep]],
    names: Sequence[str],
    kinds: Counter[Kind],
) -> None:
    for (reason, refused, *values), people in kinds.items():
        if reason is not None:
            continue
        snapshot = _card(names, values, reachable=refused is not None)
        # Without an address nobody gets as far as a step that could be refused.
        refusals = (
            [flag == "t" for flag in refused.strip("{}").split(",")] if refused else [False] * len(texts[0])
        )
        for measured, steps in zip(found, texts, strict=True):
            _add(measured, steps, snapshot, refusals, people)


def _card(names: Sequence[str], values: Sequence[str | None], *, reachable: bool) -> str:
    """The card of somebody of a kind; values are JSON already."""
    *own, name = [value or "null" for value in values]
    attributes = ", ".join(f"{json.dumps(key)}: {value}" for key, value in zip(names, own, strict=True))
    phones = '["0"]' if reachable else "[]"
    return f'{{"phones": {phones}, "name": {name}, "attributes": {{{attributes}}}}}'


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
