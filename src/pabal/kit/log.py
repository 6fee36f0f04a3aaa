"""Logs: one JSON object per line, an event name and fields. Never personal data.

Callers log ids, counts and names of states. The redaction below is the net under them: what looks like a
phone number, an e-mail address or a resident number is masked wherever it stands, and exceptions are logged
by type and frames; their texts are kept only where they can't quote data (a database's complaint names
columns, its detail holds values).
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import psycopg
import structlog

MASK = "▒"

# In this order: a resident number contains what looks like a phone number.
_PERSONAL = (
    re.compile(r"(?<![0-9A-Za-z])\d{6}[- ]?[1-8]\d{6}(?![0-9A-Za-z])"),
    re.compile(
        r"(?<![0-9A-Za-z])(?:\+?82[- .]?)?\(?(?:0?10|01[16789])\)?[- .]?\d{3,4}[- .]?\d{4}(?![0-9A-Za-z])"
    ),
    re.compile(
        r"(?<![0-9A-Za-z])(?:\+?82[- .]?|0)(?:2|[3-6]\d|70|80|50\d)[-. )]\d{3,4}[- .]?\d{4}(?![0-9A-Za-z])"
    ),
    re.compile(r"[^\s@\"'<>(),:;=]+@[^\s@\"'<>(),:;]+\.[^\s@\"'<>(),:;.]+"),
)
_MAYBE_PERSONAL = re.compile(r"[@\d]").search  # each of them needs a digit or an @
# SQLSTATE classes whose complaint names constraints, columns and states; class 22 (data) quotes the value.
_SPEAKING_CLASSES = frozenset({"08", "23", "25", "40", "42", "53", "54", "55", "57", "58", "XX"})
_MAY_SPEAK = (OSError, TimeoutError, RuntimeError, AssertionError, LookupError, psycopg.OperationalError)


def redact(value: Any) -> Any:
    """Mask what looks personal, at any depth."""
    if isinstance(value, str):
        if not _MAYBE_PERSONAL(value):  # names of routes and states, by far the most: 4 searches less each
            return value
        for pattern in _PERSONAL:
            value = pattern.sub(MASK, value)
        return value
    if isinstance(value, Mapping):
        return {redact(key): redact(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(one) for one in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if isinstance(value, bool | int | float | None):
        return (
            MASK if isinstance(value, int) and 1_000_000_000 <= value <= 1_099_999_999 else value
        )  # 010 as int
    return redact(str(value))


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Type and frames; the text only of kinds that don't quote data."""
    fact: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, psycopg.Error) and error.sqlstate:
        fact["sqlstate"] = error.sqlstate
        if error.sqlstate[:2] in _SPEAKING_CLASSES:
            fact["text"] = redact(error.diag.message_primary or "")
    elif isinstance(error, _MAY_SPEAK) and not isinstance(error, KeyError | UnicodeError):
        fact["text"] = redact(str(error))[:300]
    fact["frames"] = [
        f"{frame.filename.rpartition('/site-packages/')[2].rpartition('/src/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-12:]
    ]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and cause is not error:
        fact["cause"] = describe_exception(cause)
    if isinstance(error, BaseExceptionGroup):
        fact["members"] = [describe_exception(one) for one in error.exceptions[:5]]
    return fact


def _redaction(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    info = event.pop("exc_info", None)
    if info:
        error = info if isinstance(info, BaseException) else sys.exc_info()[1]
        if isinstance(info, tuple):
            error = info[1]
        if error is not None:
            event["exception"] = describe_exception(error)
    return {
        key: value if key in {"timestamp", "exception"} else redact(value) for key, value in event.items()
    }


_SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure_logging(level: str = "INFO") -> None:
    """Once per process: our own events and everybody else's (uvicorn, psycopg, alembic) in one shape, on
    stderr.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.PositionalArgumentsFormatter(), _wrap],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Paths and queries may hold what people typed: these two write them at INFO.
    for noisy in ("httpx", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def formatter() -> logging.Formatter:
    """JSON lines, redacted; foreign log records get the same treatment as our own."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _redaction,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        keep_exc_info=False,
        keep_stack_info=False,
    )


_wrap = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
