"""What a carrier's code means and what mends it, in Korean, for a person who must act on it."""

from collections.abc import Mapping, Sequence

from pabal.channels.codes import Code
from pabal.channels.nhn import alimtalk_codes, sms_codes
from pabal.channels.solapi import codes as solapi_codes

_TABLES: Mapping[tuple[str, str], Sequence[Mapping[str, Code]]] = {
    ("nhn", "sms"): (sms_codes.CODES, sms_codes.ERRORS),
    ("nhn", "lms"): (sms_codes.CODES, sms_codes.ERRORS),
    ("nhn", "alimtalk"): (alimtalk_codes.CODES, alimtalk_codes.ERRORS),
}
_SOLAPI = (solapi_codes.CODES, solapi_codes.ERRORS)


def code_of(carrier: str, channel: str, name: str) -> Code | None:
    """A code of a product's tables: of a message first, then of a whole request. None: not listed."""
    tables = _SOLAPI if carrier == "solapi" else _TABLES.get((carrier, channel), ())
    return next((table[name] for table in tables if name in table), None)
