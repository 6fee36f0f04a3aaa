"""NHN Cloud SMS v3.0: SMS and LMS, adverts on endpoints of their own. One text per request, up to 1,000 people.

There is no idempotency here. After a lost answer the only safe step is to search by our own keys; a search needs a
window of time besides them.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from pabal.channels.answers import (
    Accepted,
    Failure,
    MembersPage,
    NotSent,
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
    headers,
    message_id,
    moment,
    open_envelope,
    read_refusal,
    request_id,
    stamp,
)
from pabal.channels.nhn.sms_codes import CODES, ERRORS
from pabal.channels.outgoing import BodyGate, CarrierAccount, MessageKind, OutgoingMessage
from pabal.channels.reports import AccountCheck, OptOut, OptOutPage, ReceiptBatch
from pabal.channels.wire import WALL_SECONDS, Answer, call

MAX_RECIPIENTS = 1000
TITLE_BYTES = 40
_PATHS = {"sms": "sms", "lms": "mms"}  # MMS later: the same path with attachFileIdList


class NhnSms:
    """See `UnfencedCarrier`. Stateless: accounts come with each call."""

    name = "nhn"
    settle_seconds = 300.0  # measured by nobody: the search may lag, so waiting is cheap and guessing isn't
    repeat_seconds = 0.0
    max_recipients = MAX_RECIPIENTS

    def __init__(
        self, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS, trust_unverified: bool = False
    ) -> None:
        self._http = http
        self._wall = wall_seconds
        self._codes = switched(CODES, trust_unverified=trust_unverified)
        self._errors = switched(ERRORS, trust_unverified=trust_unverified)

    def same_request(self, message: OutgoingMessage) -> Hashable:
        return (message.kind, message.sender, message.text, message.subject, message.advert)

    async def submit(
        self,
        account: CarrierAccount,
        request_key: str,
        recipients: Sequence[OutgoingMessage],
        *,
        body_gate: BodyGate | None = None,
    ) -> Submitted | Failure:
        first = recipients[0]
        if len(recipients) > MAX_RECIPIENTS or len({self.same_request(m) for m in recipients}) != 1:
            raise ValueError(f"one text and at most {MAX_RECIPIENTS} recipients")
        path = ("ad-" if first.advert else "") + _PATHS[first.kind]
        payload = _payload(request_key, recipients)
        answer = await self._call(account, "POST", f"/sender/{path}", payload, body_gate=body_gate)
        if not isinstance(answer, Answer):
            return answer
        found = open_envelope(answer)
        body = found.body.get("body") if found is not None and found.ok else None
        data = body.get("data") if isinstance(body, dict) else None
        if answer.status != 200 or not isinstance(data, dict):
            return read_refusal(answer, self._errors)
        provider_id, rows = request_id(data.get("requestId")), data.get("sendResultList")
        if provider_id is None or not isinstance(rows, list):
            return answer.unknown("other_shape")
        return Submitted(
            provider_id, read_results(recipients, rows, provider_id, self._errors), answer.server_date
        )

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
        """The list of registered numbers: proves app key and secret; sends nothing."""
        answer = await self._call(account, "GET", "/sendNos", params={"pageNum": "1", "pageSize": "1"})
        if not isinstance(answer, Answer):
            return failed_check(answer)
        found = open_envelope(answer)
        if answer.status == 200 and found is not None and found.ok:
            return AccountCheck(ok=True, message_ko="연결됐어요.")
        return failed_check(read_refusal(answer, self._errors))

    async def list_optouts(self, account: CarrierAccount, cursor: str | None = None) -> OptOutPage | Failure:
        """All opt-outs of all our 080 numbers: first the numbers, then a page per call."""
        if cursor is None:
            answer = await self._call(account, "GET", "/blockservice/unsubscribe-nos", params=_page(1))
            data = _data(answer) if isinstance(answer, Answer) else None
            if not isinstance(answer, Answer):
                return answer
            if data is None:
                return read_refusal(answer, self._errors)
            numbers = [number for row in data if (number := _digits(row.get("unsubscribeNo")))]
            return OptOutPage((), _cursor(numbers, 1))
        first, at, others = _read_cursor(cursor)
        params = {"unsubscribeNo": first, **_page(at)}
        answer = await self._call(account, "GET", "/blockservice/recipients", params=params)
        if not isinstance(answer, Answer):
            return answer
        data = _data(answer)
        if data is None:
            return read_refusal(answer, self._errors)
        items = [found for row in data if (found := _opt_out(row, first))]
        following = _cursor([first, *others], at + 1) if len(data) == PAGE else _cursor(others, 1)
        return OptOutPage(tuple(items), following, junk=len(data) - len(items))

    def verify_webhook(self, headers: Mapping[str, str], secret: str) -> bool:
        return receipts.verify_webhook(headers, secret)

    def parse_receipts(self, body: bytes) -> ReceiptBatch:
        return receipts.parse_receipts(body)

    async def _members(
        self, account: CarrierAccount, kind: MessageKind, params: Mapping[str, str], cursor: str | None
    ) -> MembersPage | Failure:
        """A page of sent messages. One unreadable row makes the page unknown: it could be ours."""
        number = int(cursor or "1")
        answer = await self._call(
            account, "GET", f"/sender/{_PATHS[kind]}", params={**params, **_page(number)}
        )
        if not isinstance(answer, Answer):
            return answer
        rows = _data(answer)
        if rows is None:
            return read_refusal(answer, self._errors)
        states = [receipts.sms_state(row, self._codes) for row in rows]
        members = tuple(state for state in states if state is not None)
        if len(members) != len(states):
            return answer.unknown("unreadable_members")
        total = count(answer.mapping["body"].get("totalCount"))
        more = str(number + 1) if number * PAGE < total and rows else None
        return MembersPage(members, more, answer.server_date)

    async def _call(
        self,
        account: CarrierAccount,
        method: str,
        path: str,
        payload: Any = None,
        *,
        params: Mapping[str, str] | None = None,
        body_gate: BodyGate | None = None,
    ) -> Answer | NotSent | Unknown:
        key = quote(account.credentials.api_key, safe="")
        return await call(
            self._http,
            method,
            f"{account.base_url.rstrip('/')}/sms/v3.0/appKeys/{key}{path}",
            headers=headers(account),
            params=params,
            payload=payload,
            wall_seconds=self._wall,
            body_gate=body_gate,
        )


def _payload(request_key: str, recipients: Sequence[OutgoingMessage]) -> dict[str, Any]:
    first = recipients[0]
    payload: dict[str, Any] = {
        "body": first.text,
        "sendNo": first.sender,
        "senderGroupingKey": request_key[:KEY_LIMIT],
        "recipientList": [
            {"recipientNo": m.to, "countryCode": "82", "recipientGroupingKey": m.attempt_id}
            for m in recipients
        ],
    }
    if first.kind == "lms":
        payload["title"] = first.subject or title_of(first.text)
    return payload


def title_of(text: str) -> str:
    """LMS needs a title here: without one of ours, the first line as far as 40 bytes hold it."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), text)
    return line.encode("cp949", "ignore")[:TITLE_BYTES].decode("cp949", "ignore") or "안내"


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


def _page(number: int) -> dict[str, str]:
    return {"pageNum": str(number), "pageSize": str(PAGE)}


def _data(answer: Answer) -> list[dict[str, Any]] | None:
    """`body.data` of a list answer; None when it isn't one."""
    found = open_envelope(answer)
    body = found.body.get("body") if answer.status == 200 and found is not None and found.ok else None
    data = body.get("data") if isinstance(body, dict) else None
    return data if isinstance(data, list) and all(isinstance(row, dict) for row in data) else None


def _cursor(numbers: Sequence[str], page: int) -> str | None:
    return ",".join((f"{numbers[0]}:{page}", *numbers[1:])) if numbers else None


def _read_cursor(cursor: str) -> tuple[str, int, list[str]]:
    first, *others = cursor.split(",")
    number, _, page = first.partition(":")
    return number, int(page or "1"), others


def _opt_out(row: Mapping[str, Any], unsubscribe_no: str) -> OptOut | None:
    number = _digits(row.get("recipientNo"))
    at = moment(row.get("createDate")) or moment(row.get("createdDateTime"))
    return OptOut(number, unsubscribe_no, at) if len(number) >= 8 else None


def _digits(value: Any) -> str:
    return "".join(filter(str.isdigit, value)) if isinstance(value, str) else ""
