"""Problems: every refusal of the API is one of the declared codes, answered as RFC 9457
`application/problem+json`.

A feature declares its codes as module constants beside the code that raises them, and raises `Problem`:

    TEMPLATE_IN_USE = declare("template_in_use", 409, "발송에 쓰이고 있는 템플릿이에요")
    raise Problem(TEMPLATE_IN_USE, detail="예약된 발송 2건이 이 템플릿을 써요.")

The registry behind `declare` is the list of codes on the documentation page. 422 is kept for payloads; a
path that names nothing is 404. Nothing that a caller sent is echoed or logged: values may be personal data.

No web framework here: workers and import processes refuse too, and FastAPI is a third of what they'd import
(kit/http/problems answers).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


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
NUL_KO = "쓸 수 없는 글자가 들어 있어요 (NUL)"  # U+0000, wherever it comes in
HALF_KO = "깨진 글자가 들어 있어요. 반만 남은 이모지를 지워 주세요"  # what a script cut within an emoji: no UTF-8 says it
TOO_MANY_REQUESTS = declare("too_many_requests", 429, "요청이 너무 많아요. 잠시 뒤에 다시 해 주세요")
INTERNAL = declare("internal", 500, "서버에서 문제가 생겼어요. 잠시 뒤에 다시 해 주세요")
UNAVAILABLE = declare("unavailable", 503, "지금은 쓸 수 없어요. 잠시 뒤에 다시 해 주세요")
