"""Prometheus: metrics are module constants beside the code that counts; this renders them."""

import hmac

from fastapi import Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from pabal.kit.http.auth import bearer, is_loopback, runtime_of
from pabal.kit.http.errors import NOT_FOUND, UNAUTHENTICATED, Problem


async def metrics(request: Request) -> Response:
    """`GET /metrics`: with the metrics token; without one configured only from this machine and not by a
    proxy.
    """
    token = runtime_of(request).settings.metrics_token
    if token:
        if not hmac.compare_digest((bearer(request) or "").encode(), token.encode()):
            raise Problem(UNAUTHENTICATED)
    elif not is_loopback(request):
        raise Problem(NOT_FOUND)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
