"""Carrier and channel → adapter, as explicit lists. An account of a carrier with several products holds one of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import httpx

from pabal.channels.base import Carrier, FencedCarrier, TemplateReview, UnfencedCarrier
from pabal.channels.nhn import NhnAlimtalk, NhnSms, NhnTemplates
from pabal.channels.solapi import SolapiCarrier, SolapiTemplates
from pabal.channels.wire import WALL_SECONDS

T = TypeVar("T")
Make = Callable[[httpx.AsyncClient, float], T]


class NoSuchCarrierError(LookupError):
    """An account names a carrier, or a channel of it, that this version can't speak to."""


def _solapi(http: httpx.AsyncClient, wall_seconds: float) -> FencedCarrier:
    return SolapiCarrier(http, wall_seconds=wall_seconds)


def _nhn_sms(http: httpx.AsyncClient, wall_seconds: float) -> UnfencedCarrier:
    return NhnSms(http, wall_seconds=wall_seconds)


def _nhn_alimtalk(http: httpx.AsyncClient, wall_seconds: float) -> UnfencedCarrier:
    return NhnAlimtalk(http, wall_seconds=wall_seconds)


def _nhn_templates(http: httpx.AsyncClient, wall_seconds: float) -> TemplateReview:
    return NhnTemplates(http, wall_seconds=wall_seconds)


def _solapi_templates(http: httpx.AsyncClient, wall_seconds: float) -> TemplateReview:
    return SolapiTemplates(http, wall_seconds=wall_seconds)


FENCED: Mapping[str, Make[FencedCarrier]] = {"solapi": _solapi}
# Brand Message comes later: ("nhn", "brand"), a product of its own. MMS: the SMS product with attachments.
UNFENCED: Mapping[tuple[str, str], Make[UnfencedCarrier]] = {
    ("nhn", "sms"): _nhn_sms,
    ("nhn", "lms"): _nhn_sms,
    ("nhn", "alimtalk"): _nhn_alimtalk,
}
TEMPLATE_REVIEWS: Mapping[str, Make[TemplateReview]] = {"solapi": _solapi_templates, "nhn": _nhn_templates}


def is_fenced(name: str) -> bool:
    """Do this carrier's submissions have provable steps?"""
    return name in FENCED


def speaks(name: str, channel: str) -> bool:
    """Is there an adapter for this channel of the carrier?"""
    return is_fenced(name) or (name, channel) in UNFENCED


def fenced_carrier(
    name: str, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS
) -> FencedCarrier:
    """The adapter of a carrier whose submissions have provable steps."""
    return _pick(FENCED, name)(http, wall_seconds)


def unfenced_carrier(
    name: str, channel: str, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS
) -> UnfencedCarrier:
    """The adapter of a carrier that sends at once, for one of its products."""
    return _pick(UNFENCED, (name, channel))(http, wall_seconds)


def carrier(
    name: str, channels: Iterable[str], http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS
) -> Carrier:
    """Whatever speaks to an account: its check, its opt-outs. The first of its channels that we know says which."""
    if is_fenced(name):
        return fenced_carrier(name, http, wall_seconds=wall_seconds)
    for channel in channels:
        if (name, channel) in UNFENCED:
            return unfenced_carrier(name, channel, http, wall_seconds=wall_seconds)
    raise NoSuchCarrierError(name)


def webhooks(name: str, http: httpx.AsyncClient) -> Carrier:
    """Who reads a carrier's webhooks: one reading for all its products, calls nobody."""
    return carrier(name, [channel for known, channel in UNFENCED if known == name], http)


def template_review(
    name: str, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS
) -> TemplateReview:
    """Where AlimTalk templates of this carrier are stored and reviewed."""
    return _pick(TEMPLATE_REVIEWS, name)(http, wall_seconds)


K = TypeVar("K")


def _pick(table: Mapping[K, T], name: K) -> T:
    try:
        return table[name]
    except KeyError:
        raise NoSuchCarrierError(str(name)) from None
