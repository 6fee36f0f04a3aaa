"""Saved rules that name people who are being erased: a segment of "전화번호가 010-…" would keep the number for ever, and so
would the conditions of a campaign.

Conditions keep their place and their meaning: nobody has the value any more, so one that asks for it becomes one that nobody
fulfils. What somebody else of the book has, too (a shared number, a namesake), isn't about the erased alone and stays.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json, to_json

from pabal.contacts.segments import one_at_a_time
from pabal.domain.identity import IdentityKind, canonical
from pabal.domain.name import clean_name
from pabal.kit.db import Conn

NOBODY: Final[Mapping[str, Any]] = {"field": "createdAt", "op": "is_empty"}
EVERYBODY: Final[Mapping[str, Any]] = {"field": "createdAt", "op": "is_not_empty"}
_KINDS: Final[Mapping[str, tuple[IdentityKind, str]]] = {
    "phone": (IdentityKind.PHONE, "phones"),
    "email": (IdentityKind.EMAIL, "emails"),
    "kakaoId": (IdentityKind.KAKAO, "kakaoIds"),
}
_BY_HAND: Final = ("includeContactIds", "excludeContactIds")

Json = dict[str, Any]


@dataclass
class Gone:
    """What only the erased have, in the form in which values are compared."""

    ids: set[str]
    values: dict[str, set[str]] = field(default_factory=dict)  # by field

    def has(self, name: str, text: Any) -> bool:
        return isinstance(text, str) and _form(name, text) in self.values.get(name, ())


def _form(name: str, text: str) -> str:
    if name == "name":
        return clean_name(text).key
    found = canonical(_KINDS[name][0], text)
    return text if found is None else found.value


async def forget_in_rules(conn: Conn, contact_ids: Sequence[UUID]) -> None:
    """Before the people are erased, while their values can be read."""
    rules = await _rules(conn)
    if not any(_names_people(rule) for rule in rules.values()):
        return
    gone = await _gone(conn, contact_ids)
    if all(without(rule, gone) == rule for rule in rules.values()):
        return
    await one_at_a_time(conn)  # and read again: what somebody changed meanwhile isn't overwritten
    rules = await _rules(conn, locked=True)
    for (table, one), rule in rules.items():
        kept = without(rule, gone)
        if kept == rule:
            continue
        if table == "segments":
            await conn.execute(
                """
                UPDATE segments SET definition = app.encrypt(%s), filter = NULL, counted = NULL, counted_at = NULL,
                       version = version + 1, updated_at = clock_timestamp()
                WHERE id = %s
                """,
                (to_json(kept).decode(), one),
            )
        else:
            await conn.execute(
                """
                UPDATE campaigns SET filter = app.encrypt(%s), audience = audience - 'filter', version = version + 1,
                       updated_at = clock_timestamp()
                WHERE id = %s
                """,
                (to_json(kept["filter"]).decode(), one),
            )


async def _rules(conn: Conn, *, locked: bool = False) -> dict[tuple[str, UUID], Json]:
    """Segments, and campaigns of any state that choose by conditions; `locked`: these until the end of the transaction."""
    if locked:
        await conn.execute(
            "SELECT FROM campaigns WHERE filter IS NOT NULL OR audience -> 'filter' <> '{}' ORDER BY id FOR UPDATE"
        )
    cursor = await conn.execute(
        """
        SELECT 'segments', id, CASE WHEN definition IS NULL THEN jsonb_build_object('filter', filter)::text
                                    ELSE app.decrypt(definition) END
        FROM segments
        UNION ALL
        SELECT 'campaigns', id, CASE WHEN filter IS NULL THEN jsonb_build_object('filter', audience -> 'filter')::text
                                     ELSE '{"filter":' || app.decrypt(filter) || '}' END
        FROM campaigns WHERE filter IS NOT NULL OR audience -> 'filter' <> '{}'
        """
    )
    return {(table, one): from_json(plain) for table, one, plain in await cursor.fetchall()}


def _names_people(rule: Json) -> bool:
    named = False

    def look(condition: Json) -> Json:
        nonlocal named
        named = named or condition["field"] in (*_KINDS, "name", "contact")
        return condition

    _mapped(rule.get("filter") or {}, look)
    return named or any(rule.get(key) for key in _BY_HAND)


async def _gone(conn: Conn, contact_ids: Sequence[UUID]) -> Gone:
    cursor = await conn.execute(
        """
        WITH RECURSIVE below AS (
            SELECT id FROM contacts WHERE id = ANY(%s)
            UNION SELECT c.id FROM contacts c JOIN below b ON c.merged_into = b.id)
        SELECT id FROM below
        """,
        (list(contact_ids),),
    )
    named = {
        "ids": [row[0] for row in await cursor.fetchall()]
    }  # whoever was merged into them goes with them
    gone = Gone({str(one) for one in named["ids"]})
    cursor = await conn.execute(
        """
        SELECT i.contact_id, i.kind, i.position FROM identities i
        WHERE i.contact_id = ANY(%(ids)s) AND EXISTS (
            SELECT FROM identities o WHERE o.tenant_id = i.tenant_id AND o.value_key = i.value_key
              AND o.contact_id <> ALL(%(ids)s))
        """,
        named,
    )
    shared = set(await cursor.fetchall())
    cursor = await conn.execute(
        """
        SELECT c.id, app.decrypt(c.pii), EXISTS (
            SELECT FROM contacts o WHERE o.tenant_id = c.tenant_id AND o.name_key = c.name_key AND o.id <> ALL(%(ids)s)
              AND o.merged_into IS NULL AND o.erased_at IS NULL)
        FROM contacts c WHERE c.id = ANY(%(ids)s) AND c.erased_at IS NULL AND c.pii IS NOT NULL
        """,
        named,
    )
    for contact, plain, has_namesake in await cursor.fetchall():
        card = from_json(plain)
        if card.get("name") and not has_namesake:
            gone.values.setdefault("name", set()).add(_form("name", card["name"]))
        for name, (kind, member) in _KINDS.items():
            gone.values.setdefault(name, set()).update(
                _form(name, text)
                for at, text in enumerate(card.get(member, ()))
                if (contact, kind.value, at) not in shared
            )
    return gone


def without(rule: Json, gone: Gone) -> Json:
    """The rule as it says the same about everybody who is left."""

    def forgotten(condition: Json) -> Json:
        name, op, value = condition["field"], condition["op"], condition.get("value")
        if name == "contact":
            known: Callable[[Any], bool] = gone.ids.__contains__
        elif name == "name" or name in _KINDS:
            known = lambda text: gone.has(name, text)  # noqa: E731
        else:
            return condition
        if op == "in" and isinstance(value, list):
            left = [one for one in value if not known(one)]
            return {**condition, "value": left} if left else dict(NOBODY)
        if op in ("eq", "ne") and known(value):
            return dict(NOBODY if op == "eq" else EVERYBODY)
        return condition

    kept = {**rule, "filter": _mapped(rule.get("filter") or {}, forgotten)}
    for key in _BY_HAND:
        if rule.get(key):
            kept[key] = [one for one in rule[key] if one not in gone.ids]
    return kept


def _mapped(node: Json, change: Callable[[Json], Json]) -> Json:
    for word in ("all", "any"):
        if word in node:
            return {word: [_mapped(child, change) for child in node[word]]}
    if "not" in node:
        return {"not": _mapped(node["not"], change)}
    return change(node) if "field" in node else node
