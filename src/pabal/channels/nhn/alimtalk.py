"""NHN AlimTalk v2.3: one template per request, variables per person, a key that is refused when it comes twice.

대체발송 (the carrier's own fallback) is switched off in every recipient: a profile's setting would be the default.
"""

from collections.abc import Hashable, Sequence

from typing_extensions import override

from pabal.channels.answers import Failure, Submitted
from pabal.channels.nhn.alimtalk_codes import CODES, ERRORS, KEY_REUSED
from pabal.channels.nhn.envelope import KEY_LIMIT, open_envelope
from pabal.channels.nhn.product import MAX_RECIPIENTS, NhnProduct, yes
from pabal.channels.nhn.receipts import kakao_state
from pabal.channels.outgoing import BodyGate, CarrierAccount, MessageKind, OutgoingMessage
from pabal.channels.reports import OptOutPage
from pabal.channels.wire import Answer

PREFIX = "/alimtalk/v2.3/appkeys"
KEY_HEADER = "x-nc-api-idempotency-key"


class NhnAlimtalk(NhnProduct):
    """See `UnfencedCarrier`."""

    settle_seconds = 60.0
    repeat_seconds = 8 * 60.0  # the carrier remembers a key for ten minutes
    prefix = PREFIX
    check_path = "/senders"
    rows_at = ("messageSearchResultResponse", "messages")
    codes = CODES
    errors = ERRORS
    state_of = staticmethod(kakao_state)

    @override
    def same_request(self, message: OutgoingMessage) -> Hashable:
        return (message.pf_id, message.template_code)

    @override
    def search_path(self, kind: MessageKind) -> str:
        return "/messages"

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
        said = await self._line.call(account, "POST", "/messages", payload, extra=key, body_gate=body_gate)
        if isinstance(said, Answer):
            found = open_envelope(said)
            if found is not None and not found.ok and found.code == KEY_REUSED:
                return said.unknown("key_reused")
        answer = yes(said, self._errors)
        if not isinstance(answer, Answer):
            return answer
        message = answer.mapping.get("message")
        if not isinstance(message, dict):
            return answer.unknown("unexpected_yes")
        return self._submitted(recipients, answer, message.get("requestId"), message.get("sendResults"))

    async def list_optouts(
        self,
        account: CarrierAccount,  # noqa: ARG002
        cursor: str | None = None,  # noqa: ARG002
    ) -> OptOutPage | Failure:
        """None here: AlimTalk is information by law, people block it in the app."""
        return OptOutPage((), None)
