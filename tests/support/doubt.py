"""People of whom nobody knows whether it went out, made by a carrier and a hub that are real: over HTTP alone.

The simulated carrier takes a request, answers 503, and its search shows nothing. By webhook it tells of some of the people, so
the request is known to be in; of the others it never says a word. The hub asks twice and leaves those to a person.
"""

from collections.abc import Sequence
from typing import Any

import httpx

API_KEY = "appkey-that-forgets-some"
HOOK = "word-of-the-webhook"
SIGNED = {"X-Toast-Webhook-Signature": HOOK}
# Six minutes from the call to a person's turn become four seconds.
PACE = {"PABAL_QUESTION_PACE": 0.01}
SILENT = "0000"  # a code without a final state: no report, ever


def carrier_that_forgets(sandbox: str, phones: Sequence[str]) -> None:
    """Of these numbers it keeps quiet, and its search answers nothing, until `carrier_that_behaves`."""
    rules = {
        "acceptThen503Rate": 1,
        "afterAcceptSteps": ["direct"],
        "searchLagMs": 600_000,
        "deliverDelayMs": 0,
        "receiptBatch": 1,
        "fixedOutcome": dict.fromkeys(phones, SILENT),
    }
    _behave(sandbox, rules)


def carrier_that_behaves(sandbox: str) -> None:
    """From now on. Its search still shows nothing of before: polling would find the forgotten by itself."""
    _behave(sandbox, {"searchLagMs": 600_000, "deliverDelayMs": 0})


def _behave(sandbox: str, rules: dict[str, Any]) -> None:
    answer = httpx.put(f"{sandbox}/_sandbox/behaviour", json=rules, timeout=30, trust_env=False)
    answer.raise_for_status()


def unfenced_sender(post: Any, sandbox: str, *, key: str = API_KEY) -> tuple[str, dict[str, Any]]:
    """An account of a carrier without a fence, told by webhook, and a number under it: (sender, account)."""
    account = post(
        "/api/carrier-accounts",
        {
            "carrier": "nhn",
            "name": "NHN Cloud 문자",
            "baseUrl": sandbox,
            "credentials": {"apiKey": key, "apiSecret": "secret-that-forgets", "webhookSecret": HOOK},
            "channels": ["sms", "lms"],
            "mode": "webhook",
        },
    )
    number = {"kind": "phone", "value": "02-333-4444", "accountId": account["id"], "attested": True}
    return str(post("/api/senders", number)["id"]), account
