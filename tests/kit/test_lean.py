"""A lean route answers as any other does."""

import json
from typing import Annotated
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from pabal.kit.http.lean import LeanRoute
from pabal.kit.http.problems import install_problem_handlers
from pabal.kit.http.schemas import ApiModel


class NoteIn(ApiModel):
    text_said: str
    data: dict[str, object] = Field(default_factory=dict)


async def who(request: Request) -> str:
    return request.headers.get("x-who", "-")


def application(route_class) -> FastAPI:
    router = APIRouter(route_class=route_class)

    @router.patch("/notes/{note_id}", status_code=201)
    async def note(note_id: UUID, body: NoteIn, request: Request, by: Annotated[str, Depends(who)]) -> NoteIn:
        return NoteIn(text_said=f"{note_id} {by} {request.method}", data=body.data)

    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(router)
    return app


ID = "01926f5e-7c1a-7000-8000-000000000001"  # one for all workers of a run, who must collect the same names
JSON = {"content-type": "application/json", "x-who": "kim"}
IN_ORDER = {"textSaid": "안녕", "data": {"n": [1, 2.5, None, True], "말": "네"}}


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        (ID, JSON, json.dumps(IN_ORDER)),
        (ID, JSON, json.dumps(IN_ORDER, ensure_ascii=False)),
        (ID, JSON, json.dumps({"text_said": " a "})),
        (ID, {**JSON, "content-type": "application/json; charset=utf-8"}, json.dumps(IN_ORDER)),
        (ID, {"content-type": "text/plain"}, json.dumps(IN_ORDER)),
        (ID, {}, json.dumps(IN_ORDER)),
        (ID, JSON, ""),
        (ID, JSON, "{"),
        (ID, JSON, "[]"),
        (ID, JSON, json.dumps({"textSaid": 5})),
        (ID, JSON, json.dumps({"textSaid": "a\0b"})),
        (ID, JSON, '{"textSaid": "\\ud83d"}'),
        (ID, JSON, '{"textSaid": "a", "data": {"n": 1e999}}'),
        (ID, JSON, b'{"textSaid": "\xff"}'),
        ("7", JSON, json.dumps(IN_ORDER)),
    ],
)
async def test_a_lean_route_answers_as_any_other(path, headers, body):
    answers = []
    for route_class in (APIRoute, LeanRoute):
        app = application(route_class)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
            answer = await client.patch(f"/notes/{path}", headers=headers, content=body)
        answers.append((answer.status_code, answer.headers["content-type"], answer.json()))
    assert answers[0] == answers[1]


def test_a_route_that_wants_more_is_refused_at_once():
    router = APIRouter(route_class=LeanRoute)

    async def asks_for_more(first: Annotated[str, Depends(who)]) -> str:
        return first

    async def nested(body: BaseModel, by: Annotated[str, Depends(asks_for_more)]) -> None: ...
    async def query(body: BaseModel, n: Annotated[int, Query()]) -> None: ...
    async def bodiless() -> None: ...

    for handler in (nested, query, bodiless):
        with pytest.raises((TypeError, ValueError)):
            router.post("/x")(handler)
