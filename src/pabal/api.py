"""Composition root of the HTTP side: the explicit list of routers, middlewares and what is shared by all
requests.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from pabal import __version__
from pabal.accounts import DatabaseAuthenticator
from pabal.accounts.routes import router as accounts_router
from pabal.config import Settings
from pabal.kit.http.errors import install_problem_handlers
from pabal.quota.routes import router as quota_router
from pabal.runtime import Runtime, open_runtime
from pabal.senders.routes import router as senders_router
from pabal.templates.routes import router as templates_router

ROUTERS: tuple[APIRouter, ...] = (accounts_router, quota_router, senders_router, templates_router)


def create_app(source: Runtime | Settings) -> FastAPI:
    """The application on an open Runtime (tests), or one that opens its own from settings (`pabal api`)."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if isinstance(source, Runtime):
            yield
            return
        async with open_runtime(source, name="pabal api") as rt:
            _attach(app, rt)
            yield

    app = FastAPI(
        title="Pabal",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    install_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    if isinstance(source, Runtime):
        _attach(app, source)
    return app


def _attach(app: FastAPI, rt: Runtime) -> None:
    app.state.rt = rt
    app.state.authenticator = DatabaseAuthenticator(rt)
