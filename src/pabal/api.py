"""Composition root of the HTTP side: the explicit list of routers, middlewares and what all requests share."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from pabal import __version__
from pabal.accounts import DatabaseAuthenticator
from pabal.accounts.routes import router as accounts_router
from pabal.accounts.routes_operator import router as operator_router
from pabal.accounts.routes_team import router as team_router
from pabal.analytics.routes import router as analytics_router
from pabal.automations.routes import router as template_links_router
from pabal.automations.routes_import import router as record_import_router
from pabal.automations.routes_run import router as automation_router
from pabal.campaigns.routes import router as campaigns_router
from pabal.campaigns.routes_approval import router as campaign_approval_router
from pabal.campaigns.routes_check import router as campaign_check_router
from pabal.campaigns.routes_export import router as campaign_export_router
from pabal.campaigns.routes_lanes import router as lanes_router
from pabal.campaigns.routes_people import router as campaign_people_router
from pabal.campaigns.routes_reconcile import router as reconcile_router
from pabal.campaigns.routes_tests import router as campaign_tests_router
from pabal.campaigns.routes_uncertain import router as uncertain_router
from pabal.campaigns.routes_variants import router as texts_router
from pabal.compliance.routes import router as candidacies_router
from pabal.compliance.routes_law import router as law_router
from pabal.compliance.routes_lists import router as law_lists_router
from pabal.compliance.routes_people import router as asked_router
from pabal.config import Settings
from pabal.contacts.routes import router as contacts_router
from pabal.contacts.routes_bulk import router as bulk_edits_router
from pabal.contacts.routes_duplicates import router as duplicates_router
from pabal.contacts.routes_exports import router as exports_router
from pabal.contacts.routes_fields import router as contact_fields_router
from pabal.contacts.routes_groups import router as contact_groups_router
from pabal.contacts.routes_person import router as contact_person_router
from pabal.contacts.routes_segments import router as segments_router
from pabal.dispatch.routes import router as hooks_router
from pabal.imports.routes import router as imports_router
from pabal.imports.routes_made_up import router as made_up_router
from pabal.imports.routes_undo import router as import_undo_router
from pabal.inbox.routes import router as inbox_router
from pabal.inbox.routes_opt_out import router as opt_out_page_router
from pabal.inbox.routes_unclear import router as unclear_router
from pabal.kit.clockshift import following_clock_shift
from pabal.kit.http.auth import SESSION_COOKIE, Principal, bearer, public, requires
from pabal.kit.http.describe import describe, docs
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.http.health import healthz, readyz
from pabal.kit.http.middleware import BodyLimit, NoNul, Observed, SecurityHeaders
from pabal.kit.http.problems import install_problem_handlers
from pabal.kit.http.sse import EventHub, EventStream
from pabal.kit.http.static import UiFiles, ui_response
from pabal.kit.log import configure_logging
from pabal.kit.metrics import metrics
from pabal.links.routes import router as links_router
from pabal.operations.routes import router as operations_router
from pabal.phones.routes import router as phones_router
from pabal.quota.routes import router as quota_router
from pabal.quota.routes_trace import router as quota_trace_router
from pabal.records.routes import forms as record_forms
from pabal.records.routes import router as records_router
from pabal.runtime import Runtime, open_runtime
from pabal.senders.routes import router as senders_router
from pabal.senders.routes_prices import router as prices_router
from pabal.setup.routes import router as setup_router
from pabal.setup.routes_carriers import router as carrier_states_router
from pabal.templates.routes import router as templates_router
from pabal.timeline.routes import router as timeline_router

ROUTERS: tuple[APIRouter, ...] = (
    links_router,  # first: routes are tried in this order, 0.4 ms for all of them, and a campaign's readers come by hundreds
    record_forms,  # for the same reason
    record_import_router,
    records_router,
    contact_fields_router,  # before the contacts, one of whose addresses would take its place; all early: looked up all day
    bulk_edits_router,  # before contacts: its /api/contacts/bulk is no contact's id
    contacts_router,
    contact_groups_router,
    contact_person_router,
    timeline_router,
    segments_router,
    exports_router,
    duplicates_router,
    accounts_router,
    team_router,
    operator_router,
    operations_router,
    setup_router,
    quota_router,
    quota_trace_router,
    campaigns_router,
    campaign_approval_router,
    campaign_check_router,
    campaign_people_router,
    campaign_tests_router,
    campaign_export_router,
    texts_router,
    uncertain_router,
    lanes_router,
    reconcile_router,
    made_up_router,  # before the imports, one of whose ids its address would be taken for
    imports_router,
    import_undo_router,
    senders_router,
    prices_router,
    carrier_states_router,
    templates_router,
    analytics_router,
    candidacies_router,
    law_router,
    law_lists_router,
    asked_router,
    template_links_router,
    automation_router,
    phones_router,
    unclear_router,
    opt_out_page_router,
    inbox_router,  # before the carriers' own hooks, whose address would take its place
    hooks_router,
)

UI_FOLDER = Path(__file__).resolve().parent / "ui" / "dist"
_ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def create_app(source: Runtime | Settings, *, ui_folder: Path = UI_FOLDER) -> FastAPI:
    """The application on an open Runtime (tests), or one that opens its own from settings (`pabal api`)."""
    settings = source.settings if isinstance(source, Runtime) else source

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if isinstance(source, Runtime):
            yield
            return
        configure_logging(source.log_level)
        async with open_runtime(source, name="pabal api", pool_size=20) as rt:
            attach(app, rt)
            # What start-up made stays: a full collection walks all of it, 40-100 ms in the middle of somebody's request.
            gc.collect()
            gc.freeze()
            async with following_clock_shift(rt):
                yield

    app = FastAPI(
        title="Pabal",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        middleware=[
            Middleware(SecurityHeaders, tls=settings.base_url.startswith("https://")),
            Middleware(Observed),
            Middleware(BodyLimit),
            Middleware(NoNul),
        ],
    )
    app.openapi = describe(app)  # type: ignore[method-assign]  # the documented way to extend the description
    install_problem_handlers(app)
    for route in (one for router in ROUTERS for one in router.routes):
        # Taken as it is: `include_router` makes each route anew, which was a fifth of the CPU of a start, and looks for
        # every request's route twice.
        if isinstance(route, APIRoute):  # named in the description as in the browser's client
            route.operation_id = route.name
            if route.response_field is not None:
                route.response_field.name = f"Response_{route.name}"
        app.router.routes.append(route)
    _add_own_routes(app, UiFiles.load(ui_folder))
    if isinstance(source, Runtime):
        attach(app, source)
    return app


def attach(app: FastAPI, rt: Runtime) -> None:
    """Let the application answer from this Runtime (tests build one application and give it a Runtime each)."""
    app.state.rt = rt
    app.state.authenticator = DatabaseAuthenticator(rt)
    app.state.events = EventHub(rt.redis)


def _add_own_routes(app: FastAPI, ui: UiFiles | None) -> None:
    app.add_api_route("/healthz", healthz, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/readyz", readyz, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/metrics", metrics, methods=["GET"], include_in_schema=False)
    app.add_api_route("/api/docs", docs, methods=["GET"], include_in_schema=False, dependencies=[public])
    app.add_api_route(
        "/api/events",
        events,
        methods=["GET"],
        name="events",
        tags=["operations"],
        response_class=Response,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )

    # Last, in this order: what is no address of the API is JSON 404, everything else belongs to the browser files.
    known = [
        (route.path_regex, route.methods)
        for route in iter_route_contexts(app.routes)
        if hasattr(route, "path_regex")
    ]

    async def nothing_here(request: Request) -> None:
        """404, or 405 for an address that takes other methods: this route would hide Starlette's own 405."""
        path = request.url.path
        allowed = {one for regex, methods in known if regex.match(path) for one in methods or ()}
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise Problem(NOT_FOUND)

    for prefix in ("/api", "/hooks", "/l"):
        app.add_api_route(
            prefix + "/{rest:path}",
            nothing_here,
            methods=_ALL_METHODS,
            include_in_schema=False,
            dependencies=[public],
        )

    async def ui_files(request: Request) -> Response:
        return ui_response(ui, request)

    app.add_api_route("/{path:path}", ui_files, methods=["GET", "HEAD"], include_in_schema=False)


async def events(request: Request, who: Annotated[Principal, requires("events.read")]) -> Response:
    """Live events: `changed {topic, id}`; `*` means refetch everything. Heartbeat every 15 s."""
    authenticator: DatabaseAuthenticator = request.app.state.authenticator
    hub: EventHub = request.app.state.events
    token, is_key = bearer(request), True
    if token is None:
        token, is_key = request.cookies[SESSION_COOKIE], False

    async def still_welcome() -> bool:
        return await authenticator.still_there(token, who.tenant_id, is_key=is_key)

    return EventStream(hub, hub.join(who.tenant_id), still_welcome)
