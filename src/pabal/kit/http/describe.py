"""The API's description: the OpenAPI document with permissions and problems added, and a page of it without
scripts.
"""

import base64
import hashlib
import html
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts

from pabal.domain.roles import MATRIX, ROLE_LABELS
from pabal.kit.http.auth import declarations
from pabal.kit.http.errors import declared_codes
from pabal.kit.http.problems import MEDIA_TYPE

_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {
                    "path": {"type": "string"},
                    "message": {"type": "string"},
                    "mend": {"type": "string"},
                },
            },
        },
    },
}


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Replacement for `app.openapi`."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, routes=app.routes)
            _add_problems(document)
            _add_permissions(app, document)
            app.openapi_schema = document
        return app.openapi_schema

    return openapi


def _operations(document: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method.upper(), operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for _, _, operation in _operations(document):
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = {
            "description": "거절",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _add_permissions(app: FastAPI, document: dict[str, Any]) -> None:
    declared = {
        (route.path, method): declarations(route.dependant)
        for route in iter_route_contexts(app.routes)
        if hasattr(route, "dependant")
        for method in route.methods or ()
    }
    for path, method, operation in _operations(document):
        for declaration in declared.get((path, method), []):
            operation["x-permission"] = declaration


_STYLE = (
    "body{font:14px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1f26}"
    "h2{margin-top:2.5rem;border-bottom:1px solid #ddd}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #eee;vertical-align:top}"
    "code{font:13px ui-monospace,monospace}b{display:inline-block;min-width:4rem}small{color:#5b5f6b}"
    "@media(prefers-color-scheme:dark){body{background:#16171c;color:#e8e9ec}td,th,h2{border-color:#333}"
    "a{color:#b9a6ff}small{color:#a5a8b0}}"
)
DOCS_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


async def docs(request: Request) -> Response:
    """`GET /api/docs`: endpoints by group, who may call them, all error codes. No scripts, nothing from
    elsewhere.
    """
    return Response(
        render_docs(request.app.openapi()),
        headers={"Content-Security-Policy": DOCS_POLICY, "Cache-Control": "no-cache"},
        media_type="text/html; charset=utf-8",
    )


def render_docs(document: Mapping[str, Any]) -> str:
    groups: dict[str, list[str]] = {}
    for path, method, operation in _operations(document):
        for tag in operation.get("tags", ["etc"])[:1]:
            groups.setdefault(tag, []).append(_row(path, method, operation))
    endpoints = "".join(
        f"<h2>{html.escape(tag)}</h2><table>{''.join(rows)}</table>" for tag, rows in sorted(groups.items())
    )
    codes = "".join(
        f'<tr id="{code.code}"><td><code>{code.code}</code><td>{code.status}<td>{html.escape(code.title)}'
        for code in declared_codes().values()
    )
    return (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>Pabal API</title><style>{_STYLE}</style></head><body>'
        f"<h1>Pabal API {html.escape(str(document['info']['version']))}</h1>"
        '<p><a href="/api/openapi.json">openapi.json</a> · <a href="#errors">오류 코드</a></p>'
        "<p>로그인 세션은 쓰기 요청에 <code>X-CSRF-Token</code>이 필요하고, 프로그램은 "
        "<code>Authorization: Bearer pbl_…</code>을 씁니다. 만들거나 보내는 POST는 <code>Idempotency-Key</code>를 받아 "
        "24시간 동안 첫 응답을 되풀이합니다.</p>"
        f'{endpoints}<h2 id="errors">오류 코드</h2><table><tr><th>code<th>HTTP<th>뜻</tr>{codes}</table></body></html>'
    )


def _row(path: str, method: str, operation: Mapping[str, Any]) -> str:
    parameters = ", ".join(
        f"{p['name']}{'' if p.get('required') else '?'}"
        for p in operation.get("parameters", [])
        if p["in"] == "query"
    )
    body = _body_name(operation)
    facts = [
        part
        for part in (f"?{parameters}" if parameters else "", body, operation.get("description", ""))
        if part
    ]
    return (
        f'<tr id="{html.escape(operation["operationId"])}"><td><b>{method}</b><code>{html.escape(path)}</code>'
        f"<br><small>{html.escape(' · '.join(facts))}</small><td><small>{html.escape(_who(operation))}</small>"
    )


def _body_name(operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    names = [
        media.get("schema", {}).get("$ref", "").rpartition("/")[2] or kind for kind, media in content.items()
    ]
    return "본문 " + ", ".join(names) if names else ""


def _who(operation: Mapping[str, Any]) -> str:
    permission = operation.get("x-permission")
    rule = MATRIX.get(permission) if permission else None
    if rule is None:
        return {"public": "누구나", "operator": "운영자", "signed_in": "로그인한 사람"}.get(
            str(permission), ""
        )
    roles = ", ".join(label for role, label in ROLE_LABELS.items() if role in rule.roles)
    return f"{permission} · {roles}" + (f" · API 키 {rule.scope}" if rule.scope else "")
