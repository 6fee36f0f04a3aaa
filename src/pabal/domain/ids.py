"""Identifiers. UUIDv7 made here, so that a row's id is known before its INSERT and sorts by creation time."""

from functools import lru_cache
from typing import NewType
from uuid import UUID

import uuid_utils

TenantId = NewType("TenantId", UUID)
UserId = NewType("UserId", UUID)
ContactId = NewType("ContactId", UUID)
ImportId = NewType("ImportId", UUID)
CampaignId = NewType("CampaignId", UUID)
SendId = NewType("SendId", UUID)


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): 48-bit milliseconds, then random bits."""
    return UUID(int=uuid_utils.uuid7().int)


def attempt_id(send_id: UUID, seq: int, n: int) -> str:
    """`<send>.<seq>.<n>`, at most 50 characters: travels to the carrier and comes back in its receipts."""
    return f"{send_id.hex}.{seq}.{n}"


def parse_attempt_id(text: str) -> tuple[SendId, int, int] | None:
    """Back from `attempt_id`; None for anything else, because a carrier may echo foreign messages."""
    send, _, rest = text.partition(".")
    seq, _, n = rest.partition(".")
    if len(send) != 32 or not (seq.isascii() and seq.isdigit()) or not (n.isascii() and n.isdigit()):
        return None
    try:
        return _send_id(send), int(seq), int(n)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _send_id(hexadecimal: str) -> SendId:
    """Nearly all of a batch of answers or receipts are of one send, and making a UUID takes a microsecond."""
    return SendId(UUID(hex=hexadecimal))


def message_id(send_id: UUID, seq: int) -> str:
    """Public id of a message, `<send>.<seq>`."""
    return f"{send_id}.{seq}"


def parse_message_id(text: str) -> tuple[SendId, int] | None:
    send, _, seq = text.rpartition(".")
    if not (seq.isascii() and seq.isdigit()):
        return None
    try:
        return SendId(UUID(send)), int(seq)
    except ValueError:
        return None
