"""The way to Solapi: each call signed anew, refusals and pages read in its own words."""

from collections.abc import Mapping

import httpx

from pabal.channels.base import CarrierAccount, Refused, Unknown
from pabal.channels.codes import refused
from pabal.channels.solapi.auth import authorization
from pabal.channels.solapi.codes import ERRORS, THROTTLED
from pabal.channels.wire import Answer, Line


def solapi_line(http: httpx.AsyncClient, wall_seconds: float) -> Line:
    return Line(http, wall_seconds, _address)


def _address(account: CarrierAccount) -> tuple[str, Mapping[str, str]]:
    return account.base_url.rstrip("/"), {"authorization": authorization(account.credentials)}


def read_refusal(answer: Answer, *, doubtful: frozenset[str] = frozenset()) -> Refused | Unknown:
    """Reading of everything that was not a yes. A 4xx counts only in the carrier's own envelope and words."""
    if answer.status == 429:
        return refused("429", THROTTLED, answer.retry_after)
    code = answer.mapping.get("errorCode")
    if not 400 <= answer.status < 500 or not isinstance(code, str):
        shape = "other_shape" if answer.body is not None else "not_json"
        return answer.unknown(f"http_{answer.status}" if answer.status != 200 else shape)
    entry = ERRORS.get(code) if code not in doubtful else None
    return refused(code, entry, answer.retry_after) if entry else answer.unknown("unlisted_error_code")


def following(answer: Answer, cursor: str | None) -> str | None:
    """The cursor of the next page; one that repeats itself would never end."""
    key = answer.mapping.get("nextKey")
    return key if isinstance(key, str) and key and key != cursor else None
