"""Contacts: who is known, how they are reached, what they allow. docs/architecture.md."""

from pabal.contacts.actions import Draft, close_gate, create_contact, erase_people, wait_for_clicks
from pabal.contacts.adopt import Wanted, adopt_people
from pabal.contacts.bulk_jobs import run_bulk_edit
from pabal.contacts.card import (
    Blinder,
    Card,
    Derived,
    Values,
    is_mobile,
    open_card,
    values_with,
    with_identities,
)
from pabal.contacts.carry import carry_over, settle
from pabal.contacts.copy_back import copy_back
from pabal.contacts.filing import Filing, elements_of, token_field
from pabal.contacts.history import look_of, rewind
from pabal.contacts.merging import lock_merges
from pabal.contacts.queries import Contact, count_where, read_contacts, survivor_of
from pabal.contacts.replay import Drop, Event, Look, look_between
from pabal.contacts.requests import close_request, read_request
from pabal.contacts.segment_rule import SegmentRule
from pabal.contacts.segments import read_segment, save_segment, seal_old_segments
from pabal.contacts.selection import ids_sql, read_filter, selection_sql
from pabal.contacts.suppressions import phones_beside, suppress
from pabal.contacts.tags import ensure_tags

__all__ = [
    "Blinder",
    "Card",
    "Contact",
    "Derived",
    "Draft",
    "Drop",
    "Event",
    "Filing",
    "Look",
    "SegmentRule",
    "Values",
    "Wanted",
    "adopt_people",
    "carry_over",
    "close_gate",
    "close_request",
    "copy_back",
    "count_where",
    "create_contact",
    "elements_of",
    "ensure_tags",
    "erase_people",
    "ids_sql",
    "is_mobile",
    "lock_merges",
    "look_between",
    "look_of",
    "open_card",
    "phones_beside",
    "read_contacts",
    "read_filter",
    "read_request",
    "read_segment",
    "rewind",
    "run_bulk_edit",
    "save_segment",
    "seal_old_segments",
    "selection_sql",
    "settle",
    "suppress",
    "survivor_of",
    "token_field",
    "values_with",
    "wait_for_clicks",
    "with_identities",
]
