"""Long arrays as parameters, written out at once.

psycopg dumps a list element by element and asks of each whether it needs quotes: some 5 µs an element on the hot path of
sending, where a claim passes six arrays of 500. Numbers and hex never need any. Cast where they are used: `%(seqs)s::int[]`.
"""

from collections.abc import Iterable
from uuid import UUID


def int_array(values: Iterable[int]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def uuid_array(values: Iterable[UUID | None]) -> str:
    return f"{{{','.join('NULL' if value is None else value.hex for value in values)}}}"


def hex_array(values: Iterable[bytes]) -> str:
    """For a text[] whose elements are read with `decode(…, 'hex')`."""
    return f"{{{','.join(value.hex() for value in values)}}}"
