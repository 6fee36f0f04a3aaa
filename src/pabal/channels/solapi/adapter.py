"""Solapi by groups. Each public method of the fence is one HTTP call; what it proves is in `channels.base`.

Carrier-side fallback is always off (`disableSms`), types are explicit, duplicates inside a group are
refused: the hub decides these things itself, once, where they can be explained to a person.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from pabal.channels.base import (
    AccountCheck,
    Added,
    BodyGate,
    CarrierAccount,
    ContainerState,
    Created,
    Discarded,
    Failure,
    MembersPage,
    OptOut,
    OptOutPage,
    OutgoingMessage,
    ReceiptBatch,
    RecipientResult,
    RecipientState,
    Refused,
    Registered,
    RequestView,
    Sent,
    Unknown,
)
from pabal.channels.codes import failed_check, refused
from pabal.channels.reading import digits, moment
from pabal.channels.solapi import receipts
from pabal.channels.solapi.codes import ALREADY_GOING, DOUBTFUL_FOR_SEND, lookup
from pabal.channels.solapi.line import following, read_refusal, solapi_line
from pabal.channels.wire import WALL_SECONDS, Answer

GROUPS = "/messages/v4/groups"
PAGE = 500
MAX_PER_ADD = 10_000  # the carrier's limit; chunks are at most 500
_TYPES = {"sms": "SMS", "lms": "LMS", "alimtalk": "ATA"}
_GROUP_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_INTAKE_REFUSAL = re.compile(r"1\d{3}", re.ASCII)
_STATES = {
    "PENDING": ContainerState.PENDING,
    "SCHEDULED": ContainerState.SCHEDULED,
    "SENDING": ContainerState.SENDING,
    "COMPLETE": ContainerState.COMPLETE,
    "FAILED": ContainerState.FAILED,
    "DELETED": ContainerState.DELETED,
}
# Lines of a group's log that are not a sign of sending. Everything else is one, known words or not.
_QUIET_LOG = ("생성되었습니다", "추가되었습니다", "삭제되었습니다")


class SolapiCarrier:
    """See `FencedCarrier`. Stateless: accounts come with each call."""

    name = "solapi"

    def __init__(self, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._line = solapi_line(http, wall_seconds)

    # -- the fence: one call each ---------------------------------------------------------------------

    async def create(
        self, account: CarrierAccount, *, body_gate: BodyGate | None = None
    ) -> Created | Failure:
        """Open an empty group. Losing this answer loses nothing: an empty group sends nothing."""
        answer = await self._line.call(
            account, "POST", GROUPS, {"allowDuplicates": False}, body_gate=body_gate
        )
        if not isinstance(answer, Answer):
            return answer
        group = answer.mapping.get("groupId")
        if answer.status == 200 and isinstance(group, str) and _GROUP_ID.fullmatch(group):
            return Created(group, answer.server_date)
        return read_refusal(answer)

    async def add(
        self,
        account: CarrierAccount,
        provider_id: str,
        recipients: Sequence[OutgoingMessage],
        *,
        body_gate: BodyGate | None = None,
    ) -> Added | Failure:
        """Put all recipients into the group at once; one result for each of them."""
        if not 1 <= len(recipients) <= MAX_PER_ADD:
            raise ValueError(f"1 to {MAX_PER_ADD} recipients")
        payload = {"messages": [_message(m) for m in recipients]}
        path = f"{_group(provider_id)}/messages"
        answer = await self._line.call(account, "PUT", path, payload, body_gate=body_gate)
        if not isinstance(answer, Answer):
            return answer
        rows = answer.mapping.get("resultList")
        if answer.status == 200 and isinstance(rows, list):
            return Added(_results(recipients, rows), answer.server_date)
        return read_refusal(answer)

    async def send(
        self, account: CarrierAccount, provider_id: str, *, body_gate: BodyGate | None = None
    ) -> Sent | Failure:
        """Let the group go. "Already going" is a yes: only its creator and its heir ever send a group."""
        answer = await self._line.call(
            account, "POST", f"{_group(provider_id)}/send", {}, body_gate=body_gate
        )
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 200 and _is_group(answer):
            going = answer.mapping.get("status") in {"PENDING", "SENDING", "COMPLETE"}
            return Sent(server_date=answer.server_date) if going else answer.unknown("group_not_sending")
        if 400 <= answer.status < 500 and answer.mapping.get("errorCode") in ALREADY_GOING:
            return Sent(already=True, server_date=answer.server_date)
        return read_refusal(answer, doubtful=DOUBTFUL_FOR_SEND)

    async def read(self, account: CarrierAccount, provider_id: str) -> RequestView | Failure:
        answer = await self._line.call(account, "GET", _group(provider_id))
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 200 and _is_group(answer):
            return _view(answer)
        if _is_missing(answer):
            return RequestView(
                ContainerState.MISSING, 0, None, send_logged=False, server_date=answer.server_date
            )
        return read_refusal(answer)

    async def list_members(
        self, account: CarrierAccount, provider_id: str, cursor: str | None = None
    ) -> MembersPage | Failure:
        """A page of the group's messages. One unreadable row makes the page unknown: it could be ours."""
        params = {"limit": str(PAGE)} | ({"startKey": cursor} if cursor else {})
        answer = await self._line.call(account, "GET", f"{_group(provider_id)}/messages", params=params)
        if not isinstance(answer, Answer):
            return answer
        rows = answer.mapping.get("messageList")
        if answer.status != 200 or not isinstance(rows, dict | list):
            return read_refusal(answer)
        listed = _members(rows)
        more = following(answer, cursor)
        if listed is None or (answer.mapping.get("nextKey") and more is None):
            return answer.unknown("unreadable_members")
        return MembersPage(listed, more, answer.server_date)

    async def discard(self, account: CarrierAccount, provider_id: str) -> Discarded | Failure:
        """Delete a PENDING group. The answer alone is no proof, see `Discarded`."""
        answer = await self._line.call(account, "DELETE", _group(provider_id))
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 200 and _is_group(answer):
            deleted = answer.mapping.get("status") == "DELETED"
            return Discarded(server_date=answer.server_date) if deleted else answer.unknown("not_deleted")
        if _is_missing(answer):
            return Discarded(gone=True, server_date=answer.server_date)
        return read_refusal(answer)

    # -- account -------------------------------------------------------------------------------------

    async def check(self, account: CarrierAccount) -> AccountCheck:
        """Balance: proves key, secret and clock; sends nothing."""
        answer = await self._line.call(account, "GET", "/cash/v1/balance")
        if isinstance(answer, Answer):
            balance = answer.mapping.get("balance")
            if answer.status == 200 and isinstance(balance, int | float) and not isinstance(balance, bool):
                return AccountCheck(ok=True, message_ko="연결됐어요.", balance_won=int(balance))
            return failed_check(read_refusal(answer))
        return failed_check(answer)

    async def prove_fence(self, account: CarrierAccount) -> AccountCheck:
        """Create a group, delete it, try to add to it: the add must be refused. Nothing here can send.

        DELETE is documented in old texts only, and the whole take-over rests on it.
        """
        created = await self.create(account)
        if not isinstance(created, Created):
            return failed_check(created)
        discarded = await self.discard(account, created.provider_id)
        if not isinstance(discarded, Discarded):
            return failed_check(discarded)
        probe = OutgoingMessage("fence-test", "01000000000", "01000000000", "sms", "fence test")
        added = await self.add(account, created.provider_id, [probe])
        if isinstance(added, Refused) and added.certain:
            return AccountCheck(
                ok=True, message_ko="지운 발송 묶음이 다시 쓰이지 않음을 확인했어요.", fenced=True
            )
        if isinstance(added, Added):
            message = "지운 발송 묶음에 메시지가 들어가요. 서버가 멈추면 나갔는지 직접 정해 주셔야 할 사람이 생길 수 있어요."
            return AccountCheck(ok=True, message_ko=message, fenced=False)
        return failed_check(added)

    async def list_optouts(self, account: CarrierAccount, cursor: str | None = None) -> OptOutPage | Failure:
        """A page of the carrier's 080 opt-out list (there is no webhook for it)."""
        params = {"type": "DENIAL", "limit": str(PAGE)} | ({"startKey": cursor} if cursor else {})
        answer = await self._line.call(account, "GET", "/iam/v1/black", params=params)
        if not isinstance(answer, Answer):
            return answer
        rows = answer.mapping.get("blackList")
        if answer.status != 200 or not isinstance(rows, list):
            return read_refusal(answer)
        items = [found for row in rows if (found := _opt_out(row))]
        return OptOutPage(tuple(items), following(answer, cursor), junk=len(rows) - len(items))

    def verify_webhook(self, headers: Mapping[str, str], secret: str) -> bool:
        return receipts.verify_webhook(headers, secret)

    def parse_receipts(self, body: bytes) -> ReceiptBatch:
        return receipts.parse_receipts(body)


def _group(provider_id: str) -> str:
    return f"{GROUPS}/{quote(provider_id, safe='')}"


def _message(message: OutgoingMessage) -> dict[str, Any]:
    out: dict[str, Any] = {
        "to": message.to,
        "from": message.sender,
        "type": _TYPES[message.kind],
        "country": "82",
        "autoTypeDetect": False,
        "customFields": {receipts.KEY_FIELD: message.attempt_id},
    }
    if message.kind == "alimtalk":
        # No text: the carrier builds it from the approved template, byte for byte as approved.
        variables = {f"#{{{name}}}": value for name, value in message.variables.items()}
        out["kakaoOptions"] = {
            "pfId": message.pf_id,
            "templateId": message.template_code,
            "variables": variables,
            "disableSms": True,
        }
        return out
    out["text"] = message.text
    if message.kind == "lms" and message.subject:
        out["subject"] = message.subject
    return out


def _results(recipients: Sequence[OutgoingMessage], rows: Sequence[Any]) -> dict[str, RecipientResult]:
    """A result per attempt: rows are matched by our key, else by the number where it is unique on both sides.

    Official samples show no customFields in this answer. Two rows for one attempt contradict each other:
    unknown.
    """
    numbers = Counter(m.to for m in recipients)
    by_number = {m.to: m.attempt_id for m in recipients if numbers[m.to] == 1}
    known = {m.attempt_id for m in recipients}
    results: dict[str, RecipientResult] = {}
    for row in rows:
        if not isinstance(row, dict):
            continue
        key = receipts.attempt_id(row) or by_number.get(str(row.get("to") or ""))
        if key in known:
            results[key] = Unknown("contradicting_rows") if key in results else _row_result(row)
    return {m.attempt_id: results.get(m.attempt_id, Unknown("missing_row")) for m in recipients}


def _row_result(row: Mapping[str, Any]) -> RecipientResult:
    code, message_id = str(row.get("statusCode") or ""), row.get("messageId")
    if code == "2000" and isinstance(message_id, str) and message_id:
        return Registered(message_id)
    if _INTAKE_REFUSAL.fullmatch(code):
        return refused(code, lookup(code))
    return Unknown("unreadable_row")


def _is_group(answer: Answer) -> bool:
    return isinstance(answer.mapping.get("groupId"), str) and isinstance(answer.mapping.get("status"), str)


def _is_missing(answer: Answer) -> bool:
    """404 in the carrier's own words; a 404 from a proxy or a wrong base address says nothing about the
    group."""
    return answer.status == 404 and answer.mapping.get("errorCode") == "ResourceNotFound"


def _view(answer: Answer) -> RequestView:
    group = answer.mapping
    counts = group.get("count")
    counts = counts if isinstance(counts, dict) else {}
    sent_at = moment(group.get("dateSent"))
    # A send date that can't be read is still a sign of sending.
    unreadable = group.get("dateSent") is not None and sent_at is None
    return RequestView(
        state=_STATES.get(group["status"], ContainerState.OTHER),
        registered=_number(counts.get("registeredSuccess")),
        date_sent=sent_at,
        send_logged=unreadable or _logs_a_send(group.get("log")),
        sent_count=max(_number(counts.get(name)) for name in ("sentTotal", "sentSuccess", "sentFailed")),
        server_date=answer.server_date,
    )


def _logs_a_send(log: Any) -> bool:
    if log is None:
        return False
    if not isinstance(log, list):
        return True
    return any(not _is_quiet(line) for line in log)


def _is_quiet(line: Any) -> bool:
    message = line.get("message") if isinstance(line, dict) else None
    return isinstance(message, str) and "발송" not in message and any(word in message for word in _QUIET_LOG)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _members(rows: Mapping[str, Any] | Sequence[Any]) -> tuple[RecipientState, ...] | None:
    listed = list(rows.values()) if isinstance(rows, Mapping) else list(rows)
    states = [receipts.recipient_state(row) if isinstance(row, dict) else None for row in listed]
    found = tuple(state for state in states if state is not None)
    return found if len(found) == len(states) else None


def _opt_out(row: Any) -> OptOut | None:
    if not isinstance(row, dict):
        return None
    number, sender = digits(row.get("recipientNumber")), digits(row.get("senderNumber"))
    at = moment(row.get("dateCreated"))
    return OptOut(number, sender, at) if len(number) >= 8 else None
