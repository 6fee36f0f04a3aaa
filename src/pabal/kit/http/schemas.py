"""Shapes that every feature's schemas share: camelCase JSON, pages, keyset cursors."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails, PydanticCustomError

from pabal.kit.http.errors import HALF_KO, INVALID_CURSOR, NUL_KO, Problem

Item = TypeVar("Item")
_HALF = re.compile("[\ud800-\udfff]").search

Instant = AwareDatetime
"""A time in a body: ISO 8601 with offset; one without is refused rather than guessed."""


class Answer(BaseModel):
    """Base of what is only ever answered, for lists above all: snake_case here, camelCase outside; frozen dataclasses turn
    into it. Not looked through for U+0000, which our own rows can't hold: which took a third of the CPU of 50 contacts.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        frozen=True,
        str_strip_whitespace=True,
    )


class ApiModel(Answer):
    """Base of request bodies, and of responses where nobody counts milliseconds."""

    @model_validator(mode="before")
    @classmethod
    def _no_nul(cls, data: Any) -> Any:
        """PostgreSQL keeps no U+0000 in text, and UTF-8 no half of an emoji that a form's script cut, which JSON can escape:
        refused here once, by field, instead of a 500 wherever it would be stored."""
        where = _nul_in(data) if isinstance(data, dict) else None
        if where is not None:
            text = data
            for step in where:
                text = text[step]
            half = isinstance(text, str) and "\0" not in text
            error = PydanticCustomError("nul", HALF_KO if half else NUL_KO)
            raise ValidationError.from_exception_data(
                cls.__name__, [InitErrorDetails(type=error, loc=where, input=None)]
            )
        return data


def _unstorable(text: str) -> bool:
    return "\0" in text or (not text.isascii() and _HALF(text) is not None)


def _nul_in(value: object) -> tuple[int | str, ...] | None:
    """Where a text or a name holds what can't be stored: the way to it. Models are behind their own check already."""
    if isinstance(value, str):
        return () if _unstorable(value) else None
    if isinstance(value, dict):
        if any(isinstance(name, str) and _unstorable(name) for name in value):
            return ()
        pairs: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list | tuple):
        pairs = enumerate(value)
    else:
        return None
    for name, inner in pairs:
        found = _nul_in(inner)
        if found is not None:
            return (name, *found)
    return None


class Page(Answer, Generic[Item]):
    """A list: `{"items": [...], "nextCursor": "..."|null}`."""

    items: Sequence[Item]
    next_cursor: str | None = None


Limit = Annotated[int, Field(ge=1, le=500, description="한 번에 받을 개수")]
"""`limit: Limit = 50`."""

Cursor = Annotated[str | None, Field(max_length=1000, description="앞 응답의 nextCursor")]
"""`cursor: Cursor = None`, opened by `read_cursor`."""


def write_cursor(*position: str | float | None) -> str:
    """Keyset position as opaque text. It travels in addresses: ids and times, never personal values."""
    text = json.dumps(position, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """Back to values of the given kinds (`read_cursor(cursor, str, int)`); None without a cursor."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(position, list) or len(position) != len(kinds):
            raise ValueError(cursor)
        return tuple(
            None if value is None else kind(value) for kind, value in zip(kinds, position, strict=True)
        )
    except (ValueError, TypeError, binascii.Error) as error:
        raise Problem(INVALID_CURSOR) from error
