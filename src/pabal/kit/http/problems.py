"""How a refusal is answered: `application/problem+json`, and what the frameworks refuse in the same shape and Korean."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from pabal.kit.http.errors import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    CONFLICT,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA,
    FieldError,
    Problem,
)

MEDIA_TYPE = "application/problem+json"

_BY_STATUS = {
    code.status: code
    for code in (
        BAD_REQUEST,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        CONFLICT,
        BODY_TOO_LARGE,
        UNSUPPORTED_MEDIA,
        INVALID,
        TOO_MANY_REQUESTS,
        UNAVAILABLE,
    )
}

# pydantic's error types -> what a person reads, how to mend it; `{}` comes from the error's own context.
_MESSAGES: dict[str, tuple[str, str | None]] = {
    "missing": ("꼭 필요한 값이에요", "값을 넣어 주세요."),
    "extra_forbidden": ("모르는 항목이에요", "이 항목을 빼 주세요."),
    "json_invalid": ("JSON 형식이 아니에요", "본문을 올바른 JSON으로 보내 주세요."),
    "model_attributes_type": ("JSON 객체가 아니에요", "Content-Type을 application/json으로 보내 주세요."),
    "string_type": ("글자여야 해요", None),
    "string_too_short": ("{min_length}자 이상이어야 해요", None),
    "string_too_long": ("{max_length}자 이하여야 해요", None),
    "string_pattern_mismatch": ("형식이 맞지 않아요", None),
    "int_type": ("정수여야 해요", None),
    "int_parsing": ("정수여야 해요", None),
    "int_from_float": ("정수여야 해요", None),
    "float_type": ("숫자여야 해요", None),
    "float_parsing": ("숫자여야 해요", None),
    "bool_type": ("true 또는 false여야 해요", None),
    "bool_parsing": ("true 또는 false여야 해요", None),
    "uuid_type": ("식별자 형식이 아니에요", None),
    "uuid_parsing": ("식별자 형식이 아니에요", None),
    "datetime_type": ("날짜와 시각이어야 해요", "2026-06-03T09:00:00+09:00처럼 써 주세요."),
    "datetime_parsing": ("날짜와 시각이어야 해요", "2026-06-03T09:00:00+09:00처럼 써 주세요."),
    "datetime_from_date_parsing": ("날짜와 시각이어야 해요", "2026-06-03T09:00:00+09:00처럼 써 주세요."),
    "timezone_aware": ("시간대가 빠졌어요", "끝에 +09:00을 붙여 주세요."),
    "date_type": ("날짜여야 해요", "2026-06-03처럼 써 주세요."),
    "date_parsing": ("날짜여야 해요", "2026-06-03처럼 써 주세요."),
    "date_from_datetime_parsing": ("날짜여야 해요", "2026-06-03처럼 써 주세요."),
    "enum": ("고를 수 있는 값이 아니에요", "{expected} 가운데 하나여야 해요."),
    "literal_error": ("고를 수 있는 값이 아니에요", "{expected} 가운데 하나여야 해요."),
    "greater_than": ("{gt}보다 커야 해요", None),
    "greater_than_equal": ("{ge} 이상이어야 해요", None),
    "less_than": ("{lt}보다 작아야 해요", None),
    "less_than_equal": ("{le} 이하여야 해요", None),
    "too_short": ("{min_length}개 이상이어야 해요", None),
    "too_long": ("{max_length}개 이하여야 해요", None),
    "list_type": ("목록이어야 해요", None),
    "dict_type": ("객체여야 해요", None),
    "union_tag_invalid": ("고를 수 있는 종류가 아니에요", "{expected_tags} 가운데 하나여야 해요."),
    "union_tag_not_found": ("종류가 빠졌어요", None),
}
_HANGUL = re.compile("[가-힣]")


def field_errors(errors: Sequence[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """Pydantic's errors in Korean, without the offending input. A validator's own Korean sentence is kept."""
    found = []
    for error in errors:
        context = {key: str(value) for key, value in (error.get("ctx") or {}).items()}
        own = str(error.get("msg", "")).removeprefix("Value error, ").removeprefix("Assertion failed, ")
        if _HANGUL.search(own):
            found.append(FieldError(_path(error["loc"]), own))
            continue
        message, mend = _MESSAGES.get(str(error["type"]), ("값이 올바르지 않아요", None))
        found.append(FieldError(_path(error["loc"]), _fill(message, context), mend and _fill(mend, context)))
    return tuple(found)


def _fill(text: str, context: Mapping[str, str]) -> str:
    return text.format_map({"expected": "", "expected_tags": ""} | dict(context))


def _path(loc: Sequence[str | int]) -> str:
    """`("body", "phones", 0)` -> `phones[0]`; the part of the request is left out, the field says enough."""
    path = ""
    for part in loc[1:] if loc and loc[0] in {"body", "query", "header", "cookie", "path"} else loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The one shape of a refusal."""
    body: dict[str, Any] = {
        "type": f"/api/docs#{problem.code.code}",
        "title": problem.code.title,
        "status": problem.code.status,
        "code": problem.code.code,
    }
    if problem.detail is not None:
        body["detail"] = problem.detail
    if problem.errors:
        body["errors"] = [
            {"path": e.path, "message": e.message} | ({"mend": e.mend} if e.mend else {})
            for e in problem.errors
        ]
    body |= problem.extra
    all_headers = dict(headers or {})
    if problem.retry_after is not None:
        all_headers["Retry-After"] = str(problem.retry_after)
    if problem.code.status == UNAUTHENTICATED.status:
        all_headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, problem.code.status, all_headers, media_type=MEDIA_TYPE)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return problem_response(error)


async def _http_exception(_: Request, error: Exception) -> JSONResponse:
    """Starlette's own refusals: 404 and 405 of the router, 400 and 413 of the body parser."""
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code)
    if code is None:
        code = BAD_REQUEST if error.status_code < 500 else INTERNAL
    return problem_response(Problem(code), error.headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if errors and all(e["loc"] and e["loc"][0] == "path" for e in errors):
        return problem_response(Problem(NOT_FOUND))  # /api/contacts/abc names nothing; it is no payload
    return problem_response(Problem(INVALID, errors=field_errors(errors)))


def install_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _invalid)
