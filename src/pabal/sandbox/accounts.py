"""API keys the sandbox knows: registered by the hub, or met on the way in development."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from pabal.sandbox.crypt import Box
from pabal.sandbox.ledger import Connection, Row


class TemplateIn(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    template_id: str = Field(min_length=1, max_length=64)
    name: str = ""
    content: str = ""
    pf_id: str | None = None
    state: str = "APPROVED"
    buttons: list[dict[str, Any]] = []
    message_type: str = "BA"
    emphasize_type: str = "NONE"
    emphasize_title: str = ""
    emphasize_sub_title: str = ""


class AccountIn(BaseModel):
    """Body of POST /_sandbox/accounts. A repeated call changes the given fields only: safe at every start."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    api_key: str = Field(min_length=1, max_length=128)
    carrier: str = "solapi"
    api_secret: str | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    inbound_url: str | None = None
    senders: list[str] | None = None  # None: every number counts as registered
    unsubscribe_nos: list[str] = []
    balance: float | None = None  # None: never runs out
    monthly_cap: int | None = None  # NHN: messages a month of a new organisation
    duplicate_filter_minutes: int | None = None  # NHN: the console's switch
    substitute: bool | None = None  # NHN: "?" for what can't be encoded, instead of refusing
    templates: list[TemplateIn] | None = None  # None: every template counts as approved

    @field_validator("senders", "unsubscribe_nos")
    @classmethod
    def _digits(cls, value: list[str] | None) -> list[str] | None:
        return None if value is None else ["".join(filter(str.isdigit, number)) for number in value]


@dataclass(frozen=True, slots=True)
class Account:
    api_key: str
    carrier: str
    account_id: str
    balance: float | None
    secret: str | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    group_webhook_url: str | None = None
    inbound_url: str | None = None
    senders: frozenset[str] | None = None
    unsubscribe_nos: tuple[str, ...] = ()
    strict_templates: bool = False  # its templates were listed, so an unknown code is a wrong one
    registered: bool = True
    monthly_cap: int | None = None
    duplicate_filter_minutes: int = 0
    substitute: bool = False


def _account(row: Row, box: Box) -> Account:
    doc = box.open(row["sealed"])
    senders = doc.get("senders")
    return Account(
        api_key=row["api_key"],
        carrier=row["carrier"],
        account_id=row["account_id"],
        balance=row["balance"],
        secret=doc.get("api_secret"),
        webhook_url=doc.get("webhook_url"),
        webhook_secret=doc.get("webhook_secret"),
        group_webhook_url=doc.get("group_webhook_url"),
        inbound_url=doc.get("inbound_url"),
        senders=None if senders is None else frozenset(senders),
        unsubscribe_nos=tuple(doc.get("unsubscribe_nos", ())),
        strict_templates=bool(doc.get("strict_templates")),
        registered=bool(doc.get("registered")),
        monthly_cap=doc.get("monthly_cap"),
        duplicate_filter_minutes=doc.get("duplicate_filter_minutes") or 0,
        substitute=bool(doc.get("substitute")),
    )


def account_number(api_key: str) -> str:
    """The carrier's 8 digit account number; derived, so that an unregistered key keeps its own."""
    return str(10_000_000 + int.from_bytes(hashlib.sha256(api_key.encode()).digest()[:4]) % 90_000_000)


def stranger(api_key: str, carrier: str = "solapi") -> Account:
    return Account(api_key, carrier, account_number(api_key), balance=None, registered=False)


def find_account(conn: Connection, box: Box, api_key: str) -> Account | None:
    row = conn.execute("SELECT * FROM accounts WHERE api_key = ?", (api_key,)).fetchone()
    return None if row is None else _account(row, box)


def all_accounts(conn: Connection, box: Box) -> list[Account]:
    return [_account(row, box) for row in conn.execute("SELECT * FROM accounts ORDER BY api_key")]


def save_account(conn: Connection, box: Box, given: AccountIn) -> Account:
    """Insert or change an account; fields that were not given keep their value."""
    changes = given.model_dump(exclude_unset=True, exclude={"api_key", "carrier", "balance", "templates"})
    if given.templates is not None:
        changes["strict_templates"] = True
        for template in given.templates:
            save_template(conn, given.api_key, template.template_id, template.state, template_doc(template))
    update_account(conn, box, given.api_key, carrier=given.carrier, registered=True, **changes)
    if "balance" in given.model_fields_set:
        conn.execute("UPDATE accounts SET balance = ? WHERE api_key = ?", (given.balance, given.api_key))
    account = find_account(conn, box, given.api_key)
    assert account is not None
    return account


def update_account(
    conn: Connection, box: Box, api_key: str, *, carrier: str = "solapi", **changes: Any
) -> None:
    row = conn.execute("SELECT sealed FROM accounts WHERE api_key = ?", (api_key,)).fetchone()
    doc = box.open(row["sealed"]) if row else {}
    conn.execute(
        "INSERT INTO accounts (api_key, carrier, account_id, sealed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (api_key) DO UPDATE SET carrier = excluded.carrier, sealed = excluded.sealed",
        (api_key, carrier, account_number(api_key), box.seal({**doc, **changes})),
    )


def template_doc(template: TemplateIn) -> dict[str, Any]:
    return {
        "templateId": template.template_id,
        "name": template.name or template.template_id,
        "channelId": template.pf_id,
        "messageType": template.message_type,
        "emphasizeType": template.emphasize_type,
        "emphasizeTitle": template.emphasize_title,
        "emphasizeSubTitle": template.emphasize_sub_title,
        "content": template.content,
        "buttons": template.buttons,
        "dateCreated": "2026-01-01T00:00:00.000Z",
        "dateUpdated": "2026-01-01T00:00:00.000Z",
    }


def save_template(conn: Connection, account: str, code: str, state: str, doc: dict[str, Any]) -> None:
    conn.execute(
        "INSERT INTO templates VALUES (?, ?, ?, ?)"
        " ON CONFLICT (account, code) DO UPDATE SET state = excluded.state, doc = excluded.doc",
        (account, code, state, json.dumps(doc, ensure_ascii=False)),
    )
