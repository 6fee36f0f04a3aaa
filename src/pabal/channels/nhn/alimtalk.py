"""NHN AlimTalk v2.3: one template per request, variables per person, a key that is refused when it comes twice.

대체발송 (the carrier's own fallback) is switched off in every recipient: a profile's setting would be the default.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from typing_extensions import override

from pabal.channels.answers import Failure
from pabal.channels.nhn.alimtalk_codes import CODES, ERRORS, KEY_REUSED
from pabal.channels.nhn.product import NhnProduct
from pabal.channels.nhn.receipts import kakao_state
from pabal.channels.outgoing import CarrierAccount, MessageKind, OutgoingMessage
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
    key_reused = KEY_REUSED
    state_of = staticmethod(kakao_state)

    @override
    def same_request(self, message: OutgoingMessage) -> Hashable:
        return (message.pf_id, message.template_code)

    @override
    def search_path(self, kind: MessageKind) -> str:
        return "/messages"

    @override
    def request(
        self, request_key: str, recipients: Sequence[OutgoingMessage]
    ) -> tuple[str, dict[str, Any], dict[str, str]]:
        first = recipients[0]
        payload = {
            "senderKey": first.pf_id,
            "templateCode": first.template_code,
            "senderGroupingKey": request_key,
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
        return "/messages", payload, {KEY_HEADER: request_key}

    @override
    def taken(self, answer: Answer) -> tuple[Any, Any] | None:
        message = answer.mapping.get("message")
        return (message.get("requestId"), message.get("sendResults")) if isinstance(message, dict) else None

    async def list_optouts(
        self,
        account: CarrierAccount,  # noqa: ARG002
        cursor: str | None = None,  # noqa: ARG002
    ) -> OptOutPage | Failure:
        """None here: AlimTalk is information by law, people block it in the app."""
        return OptOutPage((), None)
