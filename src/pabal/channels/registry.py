"""Carrier name → adapter, as an explicit list. NHN comes with its `UnfencedCarrier` adapter."""

from collections.abc import Callable, Mapping

import httpx

from pabal.channels.base import FencedCarrier
from pabal.channels.solapi import SolapiCarrier
from pabal.channels.wire import WALL_SECONDS


class NoSuchCarrierError(LookupError):
    """An account names a carrier that this version can't speak to."""


def _solapi(http: httpx.AsyncClient, wall_seconds: float) -> FencedCarrier:
    return SolapiCarrier(http, wall_seconds=wall_seconds)


FENCED: Mapping[str, Callable[[httpx.AsyncClient, float], FencedCarrier]] = {"solapi": _solapi}


def fenced_carrier(
    name: str, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS
) -> FencedCarrier:
    """The adapter of a carrier whose submissions have provable steps."""
    try:
        return FENCED[name](http, wall_seconds)
    except KeyError:
        raise NoSuchCarrierError(name) from None
