"""What the carriers' webhooks and lists have in common: one header that proves little, JSON of bounded size, Korean times."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pabal.channels.answers import NewsState, RecipientState
from pabal.channels.reports import ReceiptNews

MAX_BODY_BYTES = 5 * 1024 * 1024
_KST = ZoneInfo("Asia/Seoul")


def header_is(headers: Mapping[str, str], name: str, wanted: str) -> bool:
    """Constant-time. An empty `wanted` (no secret configured) never verifies."""
    given = {key.lower(): value for key, value in headers.items()}.get(name, "")
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def read_body(body: bytes) -> Any:
    """The JSON of a post; None where there is none, or too much of it."""
    if len(body) > MAX_BODY_BYTES:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def news_of(seen: RecipientState, *, opt_out: bool) -> ReceiptNews | None:
    """A row as a line of news; None while its code says nothing that we know. `opt_out`: what its code says of a failure."""
    if seen.state is NewsState.OTHER:
        return None
    failed = seen.state in {NewsState.FAILED, NewsState.REFUSED}
    return ReceiptNews(
        attempt_id=seen.attempt_id,
        provider_message_id=seen.provider_message_id,
        to_state="failed" if failed else "delivered" if seen.state is NewsState.DELIVERED else "accepted",
        presumed=seen.presumed,
        code=seen.code,
        failure_class=seen.failure_class,
        at=seen.at,
        message_ko=seen.message_ko,
        opt_out=failed and opt_out,
    )


def moment(value: Any) -> datetime | None:
    """An ISO time, with `T` or a blank; without a zone it is Korean, as the carriers here mean it."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=_KST)


def digits(value: Any) -> str:
    return "".join(filter(str.isdigit, value)) if isinstance(value, str) else ""


def kakao_extras(row: Mapping[str, Any]) -> tuple[tuple[Mapping[str, Any], ...], str]:
    """Buttons of a stored AlimTalk template and its reviewer's last comment: Kakao's own shape, the same at all carriers."""
    buttons, comments = row.get("buttons"), row.get("comments")
    last = comments[-1] if isinstance(comments, list) and comments else None
    comment = last.get("content") if isinstance(last, dict) else None
    listed = tuple(b for b in buttons if isinstance(b, dict)) if isinstance(buttons, list) else ()
    return listed, comment if isinstance(comment, str) else ""


def kakao_emphasis(row: Mapping[str, Any], kind: str, title: str, subtitle: str) -> dict[str, Any]:
    """Emphasis of a stored AlimTalk template, whatever its carrier calls the parts; {} is none."""
    found = row.get(kind)
    if not isinstance(found, str) or found in {"", "NONE"}:
        return {}
    return {"type": found, "title": str(row.get(title) or ""), "subtitle": str(row.get(subtitle) or "")}
