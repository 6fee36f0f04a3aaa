"""Every route says who may call it, exactly once, and the matrix in `domain.roles` is what happens.

Generated from the router: a new route is tested the moment it exists.
"""

import re
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from tests.support.browser import browser, use_session

from pabal.accounts import add_person, create_tenant, open_session
from pabal.accounts.api_keys import create_api_key
from pabal.accounts.audit import SystemActor
from pabal.api import create_app
from pabal.config import Settings
from pabal.domain.roles import MATRIX, PERMISSIONS, SCOPES, Role, role_may, scopes_may
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Requires, RequiresOrCron, declarations

# Whoever adds a line here says why nobody needs to be known.
OPEN_TO_ALL = {
    ("POST", "/api/auth/login"): "the way in",
    ("POST", "/api/auth/reset"): "the token of the link",
    ("POST", "/api/invitations/look"): "the token of the link",
    ("POST", "/api/invitations/accept"): "the token of the link",
    ("POST", "/api/operator/login"): "the way in",
    ("GET", "/api/setup/status"): "says whether anybody lives here yet",
    (
        "POST",
        "/api/setup/owner",
    ): "the first owner, at the machine itself or with the token that `pabal up` printed",
    ("GET", "/api/docs"): "describes, holds no data",
}
NOT_OURS = re.compile(r"^/(hooks|l)/")  # carriers and people on the street: their token is the address
CATCH_ALL = "{rest:path}"

Route = tuple[str, str, list[str], Any]


def all_routes() -> list[Route]:
    app = create_app(Settings())
    return [
        (method, str(route.path), declarations(route.dependant), route.dependant)
        for route in iter_route_contexts(app.routes)
        if hasattr(route, "dependant")
        for method in sorted(route.methods or ())
        if str(route.path).startswith("/api/") and CATCH_ALL not in str(route.path)
    ]


ROUTES = all_routes()
PERMITTED = [
    (method, path, permission)
    for method, path, declared, _ in ROUTES
    for permission in PERMISSIONS
    if declared == [permission]
]


def test_every_route_declares_exactly_one_thing():
    wrong = {f"{method} {path}": d for method, path, d, _ in ROUTES if len(d) != 1}
    assert not wrong, "routes without exactly one of requires(...), signed_in, operates, public"


def test_open_routes_are_on_the_list_with_a_reason():
    declared = {(method, path) for method, path, d, _ in ROUTES if d == ["public"]}
    assert declared == set(OPEN_TO_ALL)


def test_no_address_is_spelled_twice():
    seen = [(method, re.sub(r"\{[^}]*\}", "{}", path)) for method, path, _, _ in ROUTES]
    assert len(seen) == len(set(seen)), sorted({one for one in seen if seen.count(one) > 1})


def test_permission_is_checked_before_anything_else_is_read():
    """The permission must be a top-level dependency: nested deeper, another could act before it."""
    for method, path, _, dependant in ROUTES:
        for child in dependant.dependencies:
            for deeper in child.dependencies:
                assert not isinstance(deeper.call, Requires | RequiresOrCron), f"{method} {path}"


def test_the_matrix_is_complete_and_owners_may_everything():
    assert set(MATRIX) == set(PERMISSIONS)
    assert all(role_may(Role.OWNER, permission) for permission in PERMISSIONS)
    for permission in PERMISSIONS:
        if role_may(Role.STAFF, permission):
            assert role_may(Role.ADMIN, permission), "owner > admin > staff"


@pytest.fixture
async def callers(rt):
    """One logged-in browser per role, one key with no scope but one, one without anybody."""
    app = create_app(rt)
    made = await create_tenant(rt, name="표", kind="camp", owner_email="owner@m.test", owner_password=None)
    users = {Role.OWNER: made.owner_user_id}
    for role in (Role.ADMIN, Role.STAFF):
        users[role] = await add_person(rt, made.tenant_id, email=f"{role}@m.test", password=None, role=role)
    clients = {}
    for role, user in users.items():
        clients[role] = browser(app)
        use_session(clients[role], (await open_session(rt, user)).token)
    yield app, made.tenant_id, clients
    for client in clients.values():
        await client.aclose()


def address(path: str) -> str:
    """An address of this shape that names nothing."""
    return re.sub(r"\{[^}]*\}", "00000000-0000-7000-8000-000000000000", path)


async def test_nobody_gets_in_without_logging_in(rt):
    async with browser(create_app(rt)) as nobody:
        for method, path, declared, _ in ROUTES:
            if declared in (["public"], ["operator"]) or not declared:
                continue
            answer = await nobody.request(method, address(path))
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"


async def test_every_route_honours_the_matrix_for_each_role(callers):
    """403 exactly where the matrix says so; what else happens behind the door is the feature's own test."""
    _, _, clients = callers
    wrong = []
    for method, path, permission in PERMITTED:
        if path == "/api/events":
            continue  # an open stream has its own test
        for role in Role:
            if role_may(role, permission) and method != "GET":
                continue  # would act; refusals are what this test is about
            answer = await clients[role].request(method, address(path))
            refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
            if refused is role_may(role, permission):
                wrong.append(f"{role} {method} {path} ({permission}): {answer.status_code}")
    assert not wrong


async def test_keys_reach_only_what_their_scope_names(rt, callers):
    """Each route is tried by the key that has its scope alone, and by the key that has every scope but this
    one.
    """
    app, tenant_id, _ = callers
    keys: dict[tuple[str, ...], str] = {}
    async with tenant_tx(rt, tenant_id) as conn:
        for scopes in [SCOPES, *((s,) for s in SCOPES), *(tuple(set(SCOPES) - {s}) for s in SCOPES)]:
            _, keys[scopes] = await create_api_key(conn, SystemActor(tenant_id), name="probe", scopes=scopes)
    wrong = []
    async with browser(app) as program:
        for method, path, permission in PERMITTED:
            if path == "/api/events":
                continue
            scope = MATRIX[permission].scope
            probes = [SCOPES] if scope is None else [(scope,), tuple(set(SCOPES) - {scope})]
            for scopes in probes:
                may = scopes_may(frozenset(scopes), permission)
                if may and method != "GET":
                    continue
                headers = {"Authorization": f"Bearer {keys[scopes]}"}
                answer = await program.request(method, address(path), headers=headers)
                if (answer.status_code == 403) is may:
                    wrong.append(f"{method} {path} ({permission}), scopes {scopes}: {answer.status_code}")
    assert not wrong


async def test_an_unsafe_method_needs_the_csrf_header(callers):
    _, _, clients = callers
    owner = clients[Role.OWNER]
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}):
        for method, path, declared, _ in ROUTES:
            if method == "GET" or declared in (["public"], ["operator"]):
                continue
            answer = await owner.request(method, address(path), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed"), f"{method} {path}"


async def test_members_are_no_operators(rt, callers):
    """From another machine: on the own one, development lets anybody shift the clock."""
    app, _, clients = callers
    token = clients[Role.OWNER].cookies["pabal_session"]
    async with browser(app, address="203.0.113.9") as far_away:
        use_session(far_away, token)
        for method, path, declared, _ in ROUTES:
            if declared == ["operator"]:
                answer = await far_away.request(method, address(path))
                assert answer.status_code == 403, f"{method} {path}"
