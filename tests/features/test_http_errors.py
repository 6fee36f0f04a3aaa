"""Every refusal is a problem with a declared code, in Korean, and says nothing about our inside."""

import re
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field

from pabal.api import create_app
from pabal.kit.http.errors import BODY_TOO_LARGE, declared_codes
from pabal.kit.http.middleware import BODY_LIMIT
from pabal.kit.http.schemas import ApiModel, Instant

HANGUL = re.compile("[가-힣]")


class Body(ApiModel):
    name: Annotated[str, Field(min_length=2)]
    phones: tuple[Annotated[str, Field(max_length=3)], ...] = ()
    at: Instant | None = None
    inner: tuple["Inner", ...] = ()
    free: dict[str, Any] = Field(default_factory=dict)


class Inner(ApiModel):
    fields: dict[str, str]


@pytest.fixture
def app(rt):
    """Of each test's own: routes are added."""
    return create_app(rt)


@pytest.fixture
def probed(app):
    async def echo(item_id: UUID, body: Body) -> dict[str, Any]:
        return {"id": item_id, "name": body.name}

    async def crash() -> None:
        raise ValueError("secret 010-1234-5678")

    app.add_api_route("/probe/{item_id}", echo, methods=["POST"])
    app.add_api_route("/crash", crash, methods=["POST"])
    app.add_api_route("/big/{item_id}", echo, methods=["POST"], max_body_size=2 * BODY_LIMIT)
    return app


ID = "0190a1b2-0000-7000-8000-000000000000"


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert HANGUL.search(body["title"])
    assert code in declared_codes()
    return body


async def test_fields_are_named_and_values_are_not_echoed(probed, client):
    body = problem(
        await client.post(
            f"/probe/{ID}", json={"name": "김", "phones": ["010", "01012345678"], "at": "2026-06-03T09:00:00"}
        ),
        422,
        "invalid",
    )
    assert [e["path"] for e in body["errors"]] == ["name", "phones[1]", "at"]
    assert all(HANGUL.search(e["message"]) for e in body["errors"])
    assert "01012345678" not in str(body)


async def test_nul_is_refused_by_field_wherever_it_comes_in(probed, client):
    for sent, path in (
        ({"name": "하\0늘"}, "name"),
        ({"name": "하늘", "phones": ["010", "0\0"]}, "phones[1]"),
        ({"name": "하늘", "inner": [{"fields": {"가": "\0"}}]}, "inner[0].fields.가"),
        ({"name": "하늘", "free": {"a\0": 1}}, "free"),
    ):
        body = problem(await client.post(f"/probe/{ID}", json=sent), 422, "invalid")
        assert [e["path"] for e in body["errors"]] == [path]
        assert "NUL" in body["errors"][0]["message"]
    assert (await client.post(f"/probe/{ID}", json={"name": "하늘", "free": {"a": ["b"]}})).status_code == 200


async def test_half_an_emoji_that_a_script_has_cut_is_refused_by_field(probed, client):
    for sent, path in (
        (b'{"name": "\\ud83d"}', "name"),
        ('{"name": "하늘", "free": {"a": ["비고 \\udc4d"]}}'.encode(), "free.a[0]"),
    ):
        answer = await client.post(f"/probe/{ID}", content=sent, headers={"content-type": "application/json"})
        body = problem(answer, 422, "invalid")
        assert [e["path"] for e in body["errors"]] == [path]
        assert "이모지" in body["errors"][0]["message"]
    whole = '{"name": "하늘", "free": {"a": ["\\ud83d\\udc4d"]}}'.encode()
    answer = await client.post(f"/probe/{ID}", content=whole, headers={"content-type": "application/json"})
    assert answer.status_code == 200


async def test_nul_in_an_address_is_refused(probed, client):
    body = problem(await client.get("/api/contacts?q=%00"), 422, "invalid")
    assert "NUL" in body["detail"]
    problem(await client.get("/api/contacts/%00"), 404, "not_found")


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"", b"null"])
async def test_bodies_that_are_no_json_object(probed, client, content):
    headers = {"content-type": "application/json"}
    answer = await client.post(f"/probe/{ID}", content=content, headers=headers)
    assert answer.status_code in {400, 422}
    problem(answer, answer.status_code, answer.json()["code"])


async def test_a_path_that_names_nothing_is_404_not_422(probed, client):
    problem(await client.post("/probe/7", json={"name": "하늘"}), 404, "not_found")


async def test_unknown_addresses_of_the_api_are_json(client):
    for method in ("GET", "POST", "DELETE", "PATCH"):
        problem(await client.request(method, "/api/nope/7"), 404, "not_found")
    problem(await client.get("/hooks/no/such/address/at/all"), 404, "not_found")


async def test_other_methods_of_a_known_address_are_405(client):
    answer = await client.get("/api/auth/login")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_a_crash_says_nothing(probed, client):
    body = problem(await client.post("/crash"), 500, "internal")
    assert "secret" not in str(body)
    assert "ValueError" not in str(body)


async def test_bodies_over_the_limit_are_refused_even_when_they_lie_about_their_length(probed, client):
    big = b'{"name": "' + b"a" * BODY_LIMIT + b'"}'

    async def drip():
        for start in range(0, len(big), 65536):
            yield big[start : start + 65536]

    headers = {"content-type": "application/json"}
    problem(await client.post(f"/probe/{ID}", content=big, headers=headers), 413, BODY_TOO_LARGE.code)
    problem(await client.post(f"/probe/{ID}", content=drip(), headers=headers), 413, BODY_TOO_LARGE.code)
    assert (await client.post(f"/big/{ID}", content=big, headers=headers)).status_code == 200
    problem(await client.post(f"/big/{ID}", content=big * 2, headers=headers), 413, BODY_TOO_LARGE.code)


async def test_security_headers_are_on_answers_refusals_and_crashes(probed, client):
    for answer in (
        await client.get("/healthz"),
        await client.get("/api/nope"),
        await client.post("/crash"),
        await client.post(f"/probe/{ID}", content=b"x" * (BODY_LIMIT + 1)),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


async def test_docs_list_every_endpoint_and_code_without_scripts(client, app):
    page = await client.get("/api/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    document = (await client.get("/api/openapi.json")).json()
    for path in document["paths"]:
        assert path in page.text
    for code in declared_codes():
        assert f'id="{code}"' in page.text
    names = [o["operationId"] for item in document["paths"].values() for o in item.values()]
    assert len(names) == len(set(names))
