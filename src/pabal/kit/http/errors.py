"""Problems: every refusal of the API is one of the declared codes, answered as RFC 9457
`application/problem+json`.

A feature declares its codes as module constants beside the code that raises them, and raises `Problem`:

    TEMPLATE_IN_USE = declare("template_in_use", 409, "발송에 쓰이고 있는 템플릿이에요")
    raise Problem(TEMPLATE_IN_USE, detail="예약된 발송 2건이 이 템플릿을 써요.")

The registry behind `declare` is the list of codes on the documentation page. 422 is kept for payloads; a
path that names nothing is 404. Nothing that a caller sent is echoed or logged: values may be personal data.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A declared refusal: stable code, HTTP status, what a person reads."""

    code: str
    status: int
    title: str


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field (`phones[0]`) and, if known, how to mend it."""

    path: str
    message: str
    mend: str | None = None


_declared: dict[str, ErrorCode] = {}


def declare(code: str, status: int, title: str) -> ErrorCode:
    """Register a code. Twice the same code is a programming error: clients tell refusals apart by it."""
    if code in _declared:
        raise ValueError(f"error code {code} is declared twice")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", code) or not 400 <= status <= 599:
        raise ValueError(f"error code {code} ({status}) is malformed")
    return _declared.setdefault(code, ErrorCode(code, status, title))


def declared_codes() -> Mapping[str, ErrorCode]:
    """All codes of the modules imported so far; complete once `pabal.api` is imported."""
    return dict(sorted(_declared.items()))


class Problem(Exception):  # noqa: N818  # named after the standard
    """Raised anywhere below a route to refuse; `extra` adds members of our own to the answer (`{"joined":
    12}`).
    """

    def __init__(
        self,
        code: ErrorCode,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code.code)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.extra = dict(extra or {})


BAD_REQUEST = declare("bad_request", 400, "요청을 이해하지 못했어요")
INVALID_CURSOR = declare("invalid_cursor", 400, "목록의 다음 위치를 알 수 없어요")
UNAUTHENTICATED = declare("unauthenticated", 401, "로그인이 필요해요")
FORBIDDEN = declare("forbidden", 403, "이 일을 할 권한이 없어요")
CSRF_FAILED = declare("csrf_failed", 403, "요청을 확인하지 못했어요. 화면을 새로 고친 뒤 다시 해 주세요")
NOT_FOUND = declare("not_found", 404, "찾을 수 없어요")
METHOD_NOT_ALLOWED = declare("method_not_allowed", 405, "이 주소에서는 할 수 없는 동작이에요")
CONFLICT = declare("conflict", 409, "지금 상태에서는 할 수 없어요")
BODY_TOO_LARGE = declare("body_too_large", 413, "보낸 내용이 너무 커요")
UNSUPPORTED_MEDIA = declare("unsupported_media_type", 415, "지원하지 않는 형식이에요")
INVALID = declare("invalid", 422, "입력한 내용을 확인해 주세요")
TOO_MANY_REQUESTS = declare("too_many_requests", 429, "요청이 너무 많아요. 잠시 뒤에 다시 해 주세요")
INTERNAL = declare("internal", 500, "서버에서 문제가 생겼어요. 잠시 뒤에 다시 해 주세요")
UNAVAILABLE = declare("unavailable", 503, "지금은 쓸 수 없어요. 잠시 뒤에 다시 해 주세요")

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
