"""NHN Cloud SMS v3.0: SMS and LMS, adverts on endpoints of their own. One text per request, up to 1,000 people.

There is no idempotency here. After a lost answer the only safe step is to search by our own keys; a search needs a
window of time besides them.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from typing_extensions import override

from pabal.channels.answers import Failure
from pabal.channels.nhn.envelope import PAGE
from pabal.channels.nhn.product import (
    NhnProduct,
    listed,
    page_params,
    read_walk,
    write_walk,
)
from pabal.channels.nhn.receipts import sms_state
from pabal.channels.nhn.sms_codes import CODES, ERRORS
from pabal.channels.outgoing import CarrierAccount, MessageKind, OutgoingMessage
from pabal.channels.reading import digits, moment
from pabal.channels.reports import OptOut, OptOutPage
from pabal.channels.wire import Answer

TITLE_BYTES = 40
_PATHS = {"sms": "sms", "lms": "mms"}  # MMS later: the same path with attachFileIdList


class NhnSms(NhnProduct):
    """See `UnfencedCarrier`."""

    settle_seconds = 300.0  # measured by nobody: the search may lag, so waiting is cheap and guessing isn't
    repeat_seconds = 0.0
    prefix = "/sms/v3.0/appKeys"
    check_path = "/sendNos"
    rows_at = ("body", "data")
    codes = CODES
    errors = ERRORS
    state_of = staticmethod(sms_state)

    @override
    def same_request(self, message: OutgoingMessage) -> Hashable:
        return (message.kind, message.sender, message.text, message.subject, message.advert)

    @override
    def search_path(self, kind: MessageKind) -> str:
        return f"/sender/{_PATHS[kind]}"

    @override
    def request(
        self, request_key: str, recipients: Sequence[OutgoingMessage]
    ) -> tuple[str, dict[str, Any], dict[str, str]]:
        first = recipients[0]
        payload: dict[str, Any] = {
            "body": first.text,
            "sendNo": first.sender,
            "senderGroupingKey": request_key,
            "recipientList": [
                {"recipientNo": m.to, "countryCode": "82", "recipientGroupingKey": m.attempt_id}
                for m in recipients
            ],
        }
        if first.kind == "lms":
            payload["title"] = first.subject or title_of(first.text)
        return f"/sender/{'ad-' if first.advert else ''}{_PATHS[first.kind]}", payload, {}

    @override
    def taken(self, answer: Answer) -> tuple[Any, Any] | None:
        body = answer.mapping.get("body")
        data = body.get("data") if isinstance(body, dict) else None
        return (data.get("requestId"), data.get("sendResultList")) if isinstance(data, dict) else None

    async def list_optouts(self, account: CarrierAccount, cursor: str | None = None) -> OptOutPage | Failure:
        """All opt-outs of all our 080 numbers: first the numbers, then a page per call."""
        if cursor is None:
            rows = await self._rows(account, "/blockservice/unsubscribe-nos", page_params(1))
            if not isinstance(rows, list):
                return rows
            numbers = [number for row in rows if (number := digits(row.get("unsubscribeNo")))]
            return OptOutPage((), write_walk(numbers, 1))
        first, at, others = read_walk(cursor)
        params = {"unsubscribeNo": first, **page_params(at)}
        rows = await self._rows(account, "/blockservice/recipients", params)
        if not isinstance(rows, list):
            return rows
        items = [found for row in rows if (found := _opt_out(row, first))]
        following = write_walk([first, *others], at + 1) if len(rows) == PAGE else write_walk(others, 1)
        return OptOutPage(tuple(items), following, junk=len(rows) - len(items))

    async def _rows(
        self, account: CarrierAccount, path: str, params: Mapping[str, str]
    ) -> list[dict[str, Any]] | Failure:
        answer = await self._ask(account, path, params)
        if not isinstance(answer, Answer):
            return answer
        found = listed(answer, *self.rows_at)
        if found is None or not all(isinstance(row, dict) for row in found[0]):
            return answer.unknown("unexpected_yes")
        return found[0]


def title_of(text: str) -> str:
    """LMS needs a title here: without one of ours, the first line as far as 40 bytes hold it."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), text)
    return line.encode("cp949", "ignore")[:TITLE_BYTES].decode("cp949", "ignore") or "안내"


def _opt_out(row: Mapping[str, Any], unsubscribe_no: str) -> OptOut | None:
    number = digits(row.get("recipientNo"))
    at = moment(row.get("createDate")) or moment(row.get("createdDateTime"))
    return OptOut(number, unsubscribe_no, at) if len(number) >= 8 else None
