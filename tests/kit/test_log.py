"""No personal data reaches a log line, whoever writes it."""

import io
import json
import logging

import psycopg
import pytest
import structlog

from pabal.kit.log import MASK, configure_logging, describe_exception, formatter, redact


@pytest.mark.parametrize(
    "text",
    [
        "010-1234-5678",
        "01012345678",
        "+82 10 1234 5678",
        "82-10-1234-5678",
        "(010)1234-5678",
        "011.234.5678",
        "02-123-4567",
        "031-1234-5678",
        "070-1234-5678",
        "sky@example.com",
        "kim.ha-neul+tag@mail.example.co.kr",
        "900101-1234567",
        "9001011234567",
    ],
)
def test_personal_values_are_masked_wherever_they_stand(text):
    line = redact({"event": f"sent to {text} now", "deep": [{"x": text}]})
    assert text not in json.dumps(line)
    assert MASK in line["event"]
    assert line["event"].startswith("sent to ")


@pytest.mark.parametrize(
    "text",
    [
        "0190a1b2-0000-7000-8000-000000000000",
        "01912345-6789-7012-8345-678901234567",
        "2026-06-03T09:00:00+09:00",
        "campaign.finished",
        "0123456789abcdef0123456789abcdef",
        "10.0.0.12",
        "1700000000",
    ],
)
def test_ids_times_and_names_of_events_stay_readable(text):
    assert redact(text) == text


@pytest.fixture
def lines():
    """What our own and foreign loggers write, as JSON."""
    stream = io.StringIO()
    before = logging.getLogger().handlers, logging.getLogger().level
    configure_logging("INFO")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    logging.getLogger().handlers = [handler]
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers, level = before
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def test_one_json_object_per_line_with_event_and_fields(lines):
    structlog.get_logger("pabal.test").info("send.started", send="0190", people=3, phone=1012345678)
    (line,) = lines()
    assert line["event"] == "send.started"
    assert (line["people"], line["phone"], line["level"], line["logger"]) == (3, MASK, "info", "pabal.test")
    assert line["timestamp"].endswith("Z")


def test_foreign_loggers_are_masked_too(lines):
    logging.getLogger("somebody.else").warning("no answer from %s", "010-1234-5678")
    (line,) = lines()
    assert line["event"] == f"no answer from {MASK}"


def test_exceptions_show_type_and_frames_but_not_what_they_quote(lines):
    try:
        int("김하늘")
    except ValueError:
        structlog.get_logger().exception("import.failed")
    (line,) = lines()
    assert line["exception"]["type"] == "builtins.ValueError"
    assert "test_log.py" in line["exception"]["frames"][-1]
    assert "김하늘" not in json.dumps(line, ensure_ascii=False)


async def test_a_database_error_speaks_unless_it_quotes_values(rt):
    async with rt.pool.connection() as conn:
        with pytest.raises(psycopg.Error) as caught:
            await conn.execute("SELECT '김하늘'::int")
    fact = describe_exception(caught.value)
    assert fact["sqlstate"] == "22P02"
    assert "김하늘" not in json.dumps(fact, ensure_ascii=False)

    async with rt.pool.connection() as conn:
        with pytest.raises(psycopg.Error) as caught:
            await conn.execute("SELECT nothing FROM users")
    assert describe_exception(caught.value)["text"] == 'column "nothing" does not exist'
