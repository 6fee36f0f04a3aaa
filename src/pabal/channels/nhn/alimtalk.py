"""NHN AlimTalk v2.3: one template per request, variables per person, a key that is refused when it comes twice.

대체발송 (the carrier's own fallback) is switched off in every recipient: a profile's setting would be the default.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from pabal.channels.answers import Failure, MembersPage, NotSent, Submitted, Unknown
from pabal.channels.codes import failed_check, switched
from pabal.channels.nhn import receipts
from pabal.channels.nhn.alimtalk_codes import CODES, ERRORS, KEY_REUSED
from pabal.channels.nhn.envelope import (
    KEY_LIMIT,
    PAGE,
    count,
    headers,
    open_envelope,
    read_refusal,
    request_id,
    stamp,
)
from pabal.channels.nhn.sms import read_results
from pabal.channels.outgoing import BodyGate, CarrierAccount, MessageKind, OutgoingMessage
from pabal.channels.reports import AccountCheck, OptOutPage, ReceiptBatch
from pabal.channels.wire import WALL_SECONDS, Answer, call

MAX_RECIPIENTS = 1000
PREFIX = "/alimtalk/v2.3/appkeys"
KEY_HEADER = "x-nc-api-idempotency-key"


class NhnAlimtalk:
    """See `UnfencedCarrier`. Stateless: accounts come with each call."""

    name = "nhn"
    settle_seconds = 60.0
    repeat_seconds = 8 * 60.0  # the carrier remembers a key for ten minutes
    max_recipients = MAX_RECIPIENTS

    def __init__(
        self, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS, trust_unverified: bool = False
    ) -> None:
        self._http = http
        self._wall = wall_seconds
        self._codes = switched(CODES, trust_unverified=trust_unverified)
        self._errors = switched(ERRORS, trust_unverified=trust_unverified)

    def same_request(self, message: OutgoingMessage) -> Hashable:
        return (message.pf_id, message.template_code)

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
            raise ValueError(f"one template and at most {MAX_RECIPIENTS} recipients")
        payload = {
            "senderKey": first.pf_id,
            "templateCode": first.template_code,
            "senderGroupingKey": request_key[:KEY_LIMIT],
            "recipientList": [
                {
                    "recipientNo": m.to,
                    "templateParameter": dict(m.variables),
                    "resendParameter": {"isResend": False},
                    "recipientGroupingKey": m.attempt_id,
                }
                for m in recipients
            ],
        }
        key = {KEY_HEADER: request_key[:KEY_LIMIT]}
        answer = await self._call(account, "POST", "/messages", payload, extra=key, body_gate=body_gate)
        if not isinstance(answer, Answer):
            return answer
        found = open_envelope(answer)
        message = found.body.get("message") if found is not None and found.ok else None
        if answer.status != 200 or not isinstance(message, dict):
            reused = found is not None and not found.ok and found.code == KEY_REUSED
            return answer.unknown("key_reused") if reused else read_refusal(answer, self._errors)
        provider_id, rows = request_id(message.get("requestId")), message.get("sendResults")
        if provider_id is None or not isinstance(rows, list):
            return answer.unknown("other_shape")
        return Submitted(
            provider_id, read_results(recipients, rows, provider_id, self._errors), answer.server_date
        )

    async def find(
        self,
        account: CarrierAccount,
        kind: MessageKind,  # noqa: ARG002  # one kind here
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
        return await self._members(account, params, cursor)

    async def list_request(
        self,
        account: CarrierAccount,
        kind: MessageKind,  # noqa: ARG002  # one kind here
        provider_id: str,
        cursor: str | None = None,
    ) -> MembersPage | Failure:
        return await self._members(account, {"requestId": provider_id}, cursor)

    async def check(self, account: CarrierAccount) -> AccountCheck:
        """The list of sender profiles: proves app key and secret; sends nothing."""
        answer = await self._call(account, "GET", "/senders", params={"pageNum": "1", "pageSize": "1"})
        if not isinstance(answer, Answer):
            return failed_check(answer)
        found = open_envelope(answer)
        if answer.status == 200 and found is not None and found.ok:
            return AccountCheck(ok=True, message_ko="연결됐어요.")
        return failed_check(read_refusal(answer, self._errors))

    async def list_optouts(
        self,
        account: CarrierAccount,  # noqa: ARG002
        cursor: str | None = None,  # noqa: ARG002
    ) -> OptOutPage | Failure:
        """None here: AlimTalk is information by law, people block it in the app."""
        return OptOutPage((), None)

    def verify_webhook(self, headers: Mapping[str, str], secret: str) -> bool:
        return receipts.verify_webhook(headers, secret)

    def parse_receipts(self, body: bytes) -> ReceiptBatch:
        return receipts.parse_receipts(body)

    async def _members(
        self, account: CarrierAccount, params: Mapping[str, str], cursor: str | None
    ) -> MembersPage | Failure:
        """A page of sent messages. One unreadable row makes the page unknown: it could be ours."""
        number = int(cursor or "1")
        paging = {"pageNum": str(number), "pageSize": str(PAGE)}
        answer = await self._call(account, "GET", "/messages", params={**params, **paging})
        if not isinstance(answer, Answer):
            return answer
        found = open_envelope(answer)
        listed = found.body.get("messageSearchResultResponse") if found is not None and found.ok else None
        rows = listed.get("messages") if isinstance(listed, dict) else None
        if answer.status != 200 or not isinstance(listed, dict) or not isinstance(rows, list):
            return read_refusal(answer, self._errors)
        states = [receipts.kakao_state(row, self._codes) if isinstance(row, dict) else None for row in rows]
        members = tuple(state for state in states if state is not None)
        if len(members) != len(states):
            return answer.unknown("unreadable_members")
        more = str(number + 1) if number * PAGE < count(listed.get("totalCount")) and rows else None
        return MembersPage(members, more, answer.server_date)

    async def _call(
        self,
        account: CarrierAccount,
        method: str,
        path: str,
        payload: Any = None,
        *,
        params: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        body_gate: BodyGate | None = None,
    ) -> Answer | NotSent | Unknown:
        key = quote(account.credentials.api_key, safe="")
        return await call(
            self._http,
            method,
            f"{account.base_url.rstrip('/')}{PREFIX}/{key}{path}",
            headers={**headers(account), **(extra or {})},
            params=params,
            payload=payload,
            wall_seconds=self._wall,
            body_gate=body_gate,
        )
