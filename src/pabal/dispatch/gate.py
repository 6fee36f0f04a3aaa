"""The gate: every message passes it at launch and again in the claiming transaction. The first reason wins.

One SQL expression, used by launch, claim, take-over and forecast, so that they can't disagree. Passes are derived: a
chunk stores which policy version passed it and when. Rules about a whole send (law, class) are `send_verdicts`.
"""

from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from pabal.dispatch.model import NOT_FROZEN, FrozenStep, Hold
from pabal.domain.law.adverts import ADVERT_HOURS
from pabal.domain.law.lists import ADVERT_PURPOSE, NIGHT_PURPOSE, NO_BASIS
from pabal.kit.db import Conn

# `_NO_WORD + purpose + _OF_THEIRS`: is there no word of theirs about a purpose that stands? Whoever was merged may have said
# it as the survivor. Constants, so that tests can read the statements.
_NO_WORD: LiteralString = """coalesce((
            SELECT k.state <> 'granted' OR k.at < p.consent_since FROM consents k
            WHERE k.tenant_id = p.tenant_id AND k.purpose = """
_OF_THEIRS: LiteralString = """ AND k.contact_id = ANY (ARRAY[
                      g.contact_id, c.merged_into, (SELECT n.merged_into FROM contacts n
                                                    WHERE n.tenant_id = p.tenant_id AND n.id = c.merged_into)])
              AND k.channel IN ('all', p.channel)
            ORDER BY k.at DESC, k.id DESC LIMIT 1), true)"""

# Needs: c = the contact or NULLs, g (contact_id, address_key), and p (tenant_id, send_id, channel, purposes, consent,
# night, consent_since).
# Order = SkipReason's order. A number alone (of a test: somebody's own handset) has no contact that could be gone or that
# could have agreed to anything.
# `merged` only while the survivor's own row of this send is alive: otherwise nobody of the two would be reached.
# `consent`: the purpose that people must have agreed to by their newest word, not before `consent_since`
# (정보통신망법 제50조 1항, 8항); '' for everything but adverts. `night`: a second one, for adverts at night (3항).
# `purposes`: one of which a person's data must have been collected for, where anybody told what for (P-07); {} for none.
# Basis, source and purposes are read again at each claim (1.1 µs of CPU a person for the first two): somebody may write into
# them what a list may not be used for.
FIRST_REASON: LiteralString = (
    """
    CASE
        WHEN (c.id IS NULL AND g.contact_id IS NOT NULL) OR c.erased_at IS NOT NULL THEN 'erased'
        WHEN c.merged_into IS NOT NULL AND EXISTS (
            SELECT FROM messages o
            WHERE o.tenant_id = p.tenant_id AND o.contact_id = c.merged_into AND o.send_id = p.send_id
              AND o.state IN ('queued', 'sending', 'accepted', 'delivered', 'uncertain')) THEN 'merged'
        WHEN g.address_key IS NULL THEN 'no_address'
        WHEN EXISTS (SELECT FROM suppressions s
                     WHERE s.tenant_id = p.tenant_id AND s.address_key = g.address_key AND s.kind = 'phone'
                       AND s.channel IN ('all', p.channel)) THEN 'suppressed'
        WHEN (c.basis || ' ' || c.source) ~ '"""
    + NO_BASIS
    + """' THEN 'no_basis'
        WHEN cardinality(p.purposes) > 0 AND cardinality(c.purposes) > 0 AND NOT c.purposes && p.purposes THEN 'other_purpose'
        WHEN p.consent <> '' AND g.contact_id IS NOT NULL AND """
    + _NO_WORD
    + "p.consent"
    + _OF_THEIRS
    + """ THEN 'no_consent'
        WHEN p.night <> '' AND g.contact_id IS NOT NULL AND """
    + _NO_WORD
    + "p.night"
    + _OF_THEIRS
    + """ THEN 'no_night_consent'
    END
"""
)


CONSENT_YEARS = 2  # 제50조 8항: a consent is asked for again every two years
ADVERTS = ADVERT_PURPOSE
AT_NIGHT = NIGHT_PURPOSE


def consent_of(step: FrozenStep) -> str:
    """Which purpose somebody must have agreed to for this step."""
    return ADVERTS if step.advert else ""


def night_of(step: FrozenStep, now: datetime, *, rehearse: bool) -> str:
    """The second purpose: of an advert that goes out at night too, and of any that is claimed then. A send without the option
    has hours and waits for them; a test has none. A rehearsal reaches nobody at night."""
    dark = not rehearse and not ADVERT_HOURS.is_open(now)
    return AT_NIGHT if step.advert and (step.night or dark) else ""


def consent_since(now: datetime) -> datetime:
    """Consents before this are overdue."""
    return now - timedelta(days=365 * CONSENT_YEARS)


def suppression_channel(channel: str) -> str:
    """SMS, LMS and MMS are one channel to the person who opts out."""
    return "sms" if channel in {"sms", "lms", "mms"} else channel


async def enter_gate(conn: Conn, tenant_id: UUID) -> None:
    """The barrier against opt-outs: an opt-out that committed before this claim is seen by it.

    Claims hold it shared, opt-outs exclusively (`contacts.close_gate`), both until their commit. Taken before any row lock.
    """
    await conn.execute(
        "SELECT " + NOT_FROZEN + ", pg_advisory_xact_lock_shared(hashtextextended('pabal gate ' || %s, 0))",
        (str(tenant_id),),
    )


_REQUEST_STILL_PASSES: LiteralString = (
    """
    SELECT count(*) FILTER (WHERE reason IS NULL), count(*) FROM (
        SELECT """
    + FIRST_REASON
    + """ AS reason
        FROM (SELECT %(tenant)s::uuid AS tenant_id, %(send)s::uuid AS send_id, %(channel)s::text AS channel,
                     %(purposes)s::text[] AS purposes, %(consent)s::text AS consent, %(night)s::text AS night,
                     %(consent_since)s::timestamptz AS consent_since) AS p
        JOIN attempts a ON true
        JOIN messages g ON g.tenant_id = a.tenant_id AND g.send_id = a.send_id AND g.seq = a.seq AND g.attempts = a.n
             AND g.seq BETWEEN %(seq_from)s AND %(seq_to)s
        LEFT JOIN contacts c ON c.tenant_id = g.tenant_id AND c.id = g.contact_id
        WHERE a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND a.request_id = %(request)s AND a.state IN ('intent', 'unknown') AND g.state = 'sending'
    ) AS verdicts
    """
)


async def request_still_passes(
    conn: Conn, hold: Hold, request_id: UUID, step: FrozenStep, now: datetime, *, rehearse: bool
) -> tuple[int, int]:
    """(how many of a request's open attempts pass the gate now, how many are open)."""
    cursor = await conn.execute(
        _REQUEST_STILL_PASSES,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "request": request_id,
            "channel": suppression_channel(step.channel),
            "purposes": list(step.purposes),
            "consent": consent_of(step),
            "night": night_of(step, now, rehearse=rehearse),
            "consent_since": consent_since(now),
        },
    )
    row = await cursor.fetchone()
    return (0, 0) if row is None else (row[0], row[1])
