"""From what a tenant is to the facts of one send, and the notices that its class wants in a text."""

from dataclasses import replace
from datetime import datetime

from pabal.compliance.queries import Around
from pabal.domain.campaign import MessageClass
from pabal.domain.law.facts import LawFacts, Origin
from pabal.domain.law.labels import Labelled, advert_text, campaign_text
from pabal.domain.law.today import base_facts

_TEXTS = frozenset({"sms", "lms", "mms"})


def facts_of(around: Around, starts_at: datetime, *, attested: bool = True) -> LawFacts:
    """Who and when; the caller replaces what is said, to whom and through which channel."""
    profile = around.profile
    return replace(
        base_facts(starts_at, around.kind),
        candidacy=around.candidacy.as_facts() if around.candidacy else None,
        calendar=profile.calendar,
        names=around.names,
        rivals=frozenset(profile.rivals),
        sitting=profile.sitting,
        party=profile.party,
        kakao_approval=profile.kakao_approval,
        certificate_until=profile.certificate_until if profile.certificate else None,
        advert=profile.advert,
        attested=attested,
    )


def with_notices(
    around: Around, message_class: MessageClass, origin: Origin, channel: str, body: str, subject: str
) -> Labelled:
    """The text as it goes out. Hand-picked campaign texts carry none (E-08); Kakao templates are the carrier's to approve."""
    if channel in _TEXTS and body.strip():
        if message_class is MessageClass.CAMPAIGN and origin is not Origin.HAND:
            row = around.candidacy
            if row is not None and row.reported_number and row.refusal:
                return campaign_text(body, subject, row.as_facts().notice)
        if message_class is MessageClass.COMMERCIAL_AD and around.profile.advert is not None:
            return advert_text(body, subject, around.profile.advert)
    return Labelled(body, subject)
