"""Carrier name → adapter, as explicit lists. NHN comes with its `UnfencedCarrier` adapter."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import httpx

from pabal.channels.base import FencedCarrier, TemplateReview
from pabal.channels.solapi import SolapiCarrier, SolapiTemplates
from pabal.channels.wire import WALL_SECONDS

T = TypeVar("T")


class NoSuchCarrierError(LookupError):
    """An account names a carrier that this version can't speak to."""


def _solapi(http: httpx.AsyncClient, wall_seconds: float) -> FencedCarrier:
    return SolapiCarrier(http, wall_seconds=wall_seconds)


def _solapi_templates(http: httpx.AsyncClient, wall_seconds: float) -> TemplateReview:
    return SolapiTemplates(http, wall_seconds=wall_seconds)


FENCED: Mapping[str, Callable[[httpx.AsyncClient, float], FencedCarrier]] = {"solapi": _solapi}
TEMPLATE_REVIEWS: Mapping[str, Callable[[httpx.AsyncClient, float], TemplateReview]] = {
    "solapi": _solapi_templates
}


def fenced_carrier(
    name: str, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS
) -> FencedCarrier:
    """The adapter of a carrier whose submissions have provable steps."""
    return _pick(FENCED, name)(http, wall_seconds)


def template_review(
    name: str, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS
) -> TemplateReview:
    """Where AlimTalk templates of this carrier are stored and reviewed."""
    return _pick(TEMPLATE_REVIEWS, name)(http, wall_seconds)


def _pick(table: Mapping[str, T], name: str) -> T:
    try:
        return table[name]
    except KeyError:
        raise NoSuchCarrierError(name) from None
