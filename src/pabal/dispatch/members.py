"""People of a request as the carrier lists them, matched to our attempts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from pabal.channels.base import Failure, MembersPage, MessageKind, NewsState, ReceiptNews, RecipientState
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState
from pabal.domain.news import News

Key = tuple[int, int]  # (seq, n) within one send

MAX_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Everybody the carrier listed; `server_date`: its clock at the last page."""

    people: dict[Key, RecipientState] = field(default_factory=dict)
    server_date: datetime | None = None


async def collect(page: Callable[[str | None], Awaitable[MembersPage | Failure]]) -> Found | None:
    """All pages of a list. None if it can't be read to its end right now: half a list proves nothing."""
    people: dict[Key, RecipientState] = {}
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        answer = await page(cursor)
        if not isinstance(answer, MembersPage):
            return None
        for member in answer.members:
            parsed = None if member.attempt_id is None else parse_attempt_id(member.attempt_id)
            if parsed is not None:
                people[parsed[1], parsed[2]] = member
        if answer.next_cursor is None:
            return Found(people, answer.server_date)
        cursor = answer.next_cursor
    return None


def kind_of(channel: str) -> MessageKind:
    """A request's channel as adapters name it."""
    return "alimtalk" if channel == "alimtalk" else "lms" if channel == "lms" else "sms"


def news_of(member: RecipientState, key: Key) -> News:
    """What a row of the carrier's list says about our attempt."""
    state = {
        NewsState.REFUSED: AttemptState.ERRORED,
        NewsState.ACCEPTED: AttemptState.ACCEPTED,
        NewsState.DELIVERED: AttemptState.DELIVERED,
        NewsState.FAILED: AttemptState.FAILED,
        NewsState.OTHER: AttemptState.ACCEPTED,  # it is in; its code is new to us
    }[member.state]
    return as_news(member, key, state)


def as_news(said: RecipientState | ReceiptNews, key: Key, state: AttemptState) -> News:
    """A row of a list or of a post as news about attempt `key`."""
    return News(
        key[0],
        key[1],
        state,
        presumed=said.presumed,
        code=said.code,
        failure_class=said.failure_class,
        provider_id=said.provider_message_id or None,
    )
