"""Writes docs/api-errors.md from the registry of error codes (`pabal.kit.http.errors.declare`).

Usage: .venv/bin/python scripts/error-codes.py [--check]. With --check nothing is written and a page that differs ends
with code 1; tests/architecture/test_docs.py runs that, so that a new code can't stay undocumented.
"""

import sys
from collections import defaultdict
from pathlib import Path

import pabal.api  # noqa: F401  # importing the composition root declares every code
from pabal.kit.http.errors import ErrorCode, declared_codes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api-errors.md"

HEAD = """\
# Error codes of the API

Every refusal is `application/problem+json` (RFC 9457). `code` is stable: programs tell refusals apart by it. `title` is
what a person reads and may be worded better at any time; `detail` says more when there is more to say, `errors[]` names
fields (`path`, `message`, sometimes `mend`), `Retry-After` comes with refusals that pass by themselves.

422 is for payloads only; an address whose id names nothing is 404. Another tenant's things answer like things that
don't exist. Nothing that was sent in is echoed.

This page is written by `scripts/error-codes.py`; the list is also at `/api/docs` of a running hub.
"""

MEANING = {
    400: "the request can't be read",
    401: "nobody is logged in, or the key is unknown",
    403: "known, but not allowed",
    404: "not there",
    405: "this address takes other methods",
    409: "not in this state: read again, then decide",
    410: "was there, is over",
    413: "too large",
    415: "a kind of content that isn't taken",
    422: "the payload is wrong, field by field",
    423: "locked for a while",
    428: "something has to happen first",
    429: "too often: wait",
    500: "our fault",
    502: "the carrier answered nonsense",
    503: "not available right now",
    504: "the carrier didn't answer in time",
}


def page() -> str:
    by_status: dict[int, list[ErrorCode]] = defaultdict(list)
    for code in declared_codes().values():
        by_status[code.status].append(code)
    parts = [HEAD]
    for status in sorted(by_status):
        meaning = MEANING.get(status)
        parts.append(f"\n## {status}{f': {meaning}' if meaning else ''}\n\n| code | title |\n|---|---|\n")
        parts += [f"| `{code.code}` | {code.title.replace('|', '/')} |\n" for code in by_status[status]]
    return "".join(parts)


def main(arguments: list[str]) -> int:
    wanted = page()
    if "--check" in arguments:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
