"""What NHN's messaging products share: keys in path and header, searches by our own keys, pages, results per person."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from pabal.channels.answers import (
    Accepted,
    Failure,
    MembersPage,
    NotSent,
    RecipientState,
    SubmitResult,
    Submitted,
    Unknown,
)
from pabal.channels.codes import Code, failed_check, refused, switched
from pabal.channels.nhn import receipts
from pabal.channels.nhn.envelope import (
    KEY_LIMIT,
    PAGE,
    attempt_key,
    count,
    message_id,
    open_envelope,
    read_refusal,
    request_id,
    stamp,
)
from pabal.channels.outgoing import BodyGate, CarrierAccount, MessageKind, OutgoingMessage
from pabal.channels.reports import AccountCheck, ReceiptBatch
from pabal.channels.wire import WALL_SECONDS, Answer, Line

MAX_RECIPIENTS = 1000


def nhn_line(http: httpx.AsyncClient, prefix: str, wall_seconds: float) -> Line:
    def address(account: CarrierAccount) -> tuple[str, Mapping[str, str]]:
        key = quote(account.credentials.api_key, safe="")
        return (
            f"{account.base_url.rstrip('/')}{prefix}/{key}",
            {"x-secret-key": account.credentials.api_secret},
        )

    return Line(http, wall_seconds, address)


def yes(answer: Answer | NotSent | Unknown, errors: Mapping[str, Code]) -> Answer | Failure:
    """The answer itself if the carrier said yes in its own envelope, else what its no proves."""
    if not isinstance(answer, Answer):
        return answer
    found = open_envelope(answer)
    if answer.status == 200 and found is not None and found.ok:
        return answer
    return read_refusal(answer, errors)


def listed(answer: Answer, outer: str, inner: str) -> tuple[list[Any], int] | None:
    """Rows of a list answer and how many there are altogether; None when it isn't one."""
    box = answer.mapping.get(outer)
    rows = box.get(inner) if isinstance(box, dict) else None
    if not isinstance(box, dict) or not isinstance(rows, list):
        return None
    return rows, count(box.get("totalCount"))


def page_params(number: int) -> dict[str, str]:
    return {"pageNum": str(number), "pageSize": str(PAGE)}


def write_walk(names: Sequence[str], page: int) -> str | None:
    """A cursor for lists within lists: a page of the first name's, then the other names'."""
    return ",".join((f"{names[0]}:{page}", *names[1:])) if names else None


def read_walk(cursor: str) -> tuple[str, int, list[str]]:
    first, *others = cursor.split(",")
    name, _, page = first.rpartition(":")
    return (name, int(page), others) if name else (first, 1, others)


class NhnProduct(ABC):
    """The part of `UnfencedCarrier` that is the same for all products. Stateless: accounts come with each call."""

    name = "nhn"
    max_recipients = MAX_RECIPIENTS
    prefix: ClassVar[str]
    check_path: ClassVar[str]  # a list that every account has: proves app key and secret; sends nothing
    rows_at: ClassVar[tuple[str, str]]  # where a search's answer keeps its rows
    codes: ClassVar[Mapping[str, Code]]
    errors: ClassVar[Mapping[str, Code]]
    key_reused: ClassVar[str | None] = (
        None  # the code of "this key was used", where a key is refused when it comes twice
    )
    state_of: Callable[[Mapping[str, Any], Mapping[str, Code]], RecipientState | None]

    def __init__(
        self, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS, trust_unverified: bool = False
    ) -> None:
        self._line = nhn_line(http, self.prefix, wall_seconds)
        self._codes = switched(self.codes, trust_unverified=trust_unverified)
        self._errors = switched(self.errors, trust_unverified=trust_unverified)

    @abstractmethod
    def same_request(self, message: OutgoingMessage) -> Hashable: ...

    @abstractmethod
    def search_path(self, kind: MessageKind) -> str: ...

    @abstractmethod
    def request(
        self, request_key: str, recipients: Sequence[OutgoingMessage]
    ) -> tuple[str, dict[str, Any], dict[str, str]]:
        """Path, payload and more headers of one request."""

    @abstractmethod
    def taken(self, answer: Answer) -> tuple[Any, Any] | None:
        """Where a yes says the request's id and the results per person; None when it doesn't."""

    async def submit(
        self,
        account: CarrierAccount,
        request_key: str,
        recipients: Sequence[OutgoingMessage],
        *,
        body_gate: BodyGate | None = None,
    ) -> Submitted | Failure:
        if len(recipients) > MAX_RECIPIENTS or len({self.same_request(m) for m in recipients}) != 1:
            raise ValueError(f"one text or template, and at most {MAX_RECIPIENTS} recipients")
        path, payload, extra = self.request(request_key[:KEY_LIMIT], recipients)
        said = await self._line.call(account, "POST", path, payload, extra=extra, body_gate=body_gate)
        found = open_envelope(said) if isinstance(said, Answer) else None
        if isinstance(said, Answer) and found is not None and not found.ok and found.code == self.key_reused:
            return said.unknown("key_reused")
        answer = yes(said, self._errors)
        if not isinstance(answer, Answer):
            return answer
        told = self.taken(answer)
        if told is None:
            return answer.unknown("unexpected_yes")
        provider_id, rows = request_id(told[0]), told[1]
        if provider_id is None or not isinstance(rows, list):
            return answer.unknown("other_shape")
        results = read_results(recipients, rows, provider_id, self._errors)
        return Submitted(provider_id, results, answer.server_date)

    async def find(
        self,
        account: CarrierAccount,
        kind: MessageKind,
        request_key: str,
        since: datetime,
        until: datetime,
        *,
        attempt_id: str | None = None,
        cursor: str | None = None,
    ) -> MembersPage | Failure:
        params = {
            "startRequestDate": stamp(since),
            "endRequestDate": stamp(until),
            "senderGroupingKey": request_key,
        }
        if attempt_id is not None:
            params["recipientGroupingKey"] = attempt_id
        return await self._members(account, kind, params, cursor)

    async def list_request(
        self, account: CarrierAccount, kind: MessageKind, provider_id: str, cursor: str | None = None
    ) -> MembersPage | Failure:
        return await self._members(account, kind, {"requestId": provider_id}, cursor)

    async def check(self, account: CarrierAccount) -> AccountCheck:
        answer = await self._ask(account, self.check_path, {"pageNum": "1", "pageSize": "1"})
        if isinstance(answer, Answer):
            return AccountCheck(ok=True, message_ko="연결됐어요.")
        return failed_check(answer)

    def verify_webhook(self, headers: Mapping[str, str], secret: str) -> bool:
        return receipts.verify_webhook(headers, secret)

    def parse_receipts(self, body: bytes) -> ReceiptBatch:
        return receipts.parse_receipts(body)

    async def _ask(self, account: CarrierAccount, path: str, params: Mapping[str, str]) -> Answer | Failure:
        return yes(await self._line.call(account, "GET", path, params=params), self._errors)

    async def _members(
        self, account: CarrierAccount, kind: MessageKind, params: Mapping[str, str], cursor: str | None
    ) -> MembersPage | Failure:
        """A page of sent messages. One unreadable row makes the page unknown: it could be ours."""
        number = int(cursor or "1")
        answer = await self._ask(account, self.search_path(kind), {**params, **page_params(number)})
        if not isinstance(answer, Answer):
            return answer
        found = listed(answer, *self.rows_at)
        if found is None:
            return answer.unknown("unexpected_yes")
        rows, total = found
        states = [type(self).state_of(row, self._codes) if isinstance(row, dict) else None for row in rows]
        members = tuple(state for state in states if state is not None)
        if len(members) != len(states):
            return answer.unknown("unreadable_members")
        more = str(number + 1) if number * PAGE < total and rows else None
        return MembersPage(members, more, answer.server_date)


def read_results(
    recipients: Sequence[OutgoingMessage], rows: Sequence[Any], provider_id: str, errors: Mapping[str, Code]
) -> dict[str, SubmitResult]:
    """A result per attempt, by our key; a row without it by its place, if the number there is the same.

    Two rows for one attempt contradict each other: unknown.
    """
    known = {m.attempt_id for m in recipients}
    results: dict[str, SubmitResult] = {}
    for row in rows:
        if not isinstance(row, dict):
            continue
        key = attempt_key(row) or _by_place(recipients, row)
        if key in known:
            doubled = key in results
            results[key] = Unknown("contradicting_rows") if doubled else _result(row, provider_id, errors)
    return {m.attempt_id: results.get(m.attempt_id, Unknown("missing_row")) for m in recipients}


def _by_place(recipients: Sequence[OutgoingMessage], row: Mapping[str, Any]) -> str | None:
    seq = row.get("recipientSeq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 1 <= seq <= len(recipients):
        return None
    there = recipients[seq - 1]
    return there.attempt_id if row.get("recipientNo") == there.to else None


def _result(row: Mapping[str, Any], provider_id: str, errors: Mapping[str, Code]) -> SubmitResult:
    code, message = row.get("resultCode"), message_id(row, provider_id)
    if code in (0, "0") and code is not False and message is not None:
        return Accepted(message)
    entry = errors.get(str(code))
    if entry is None:
        return Unknown("unlisted_row_code")
    return replace(refused(str(code), entry), one_of_them=False)  # a row names its person
