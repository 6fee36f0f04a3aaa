"""AlimTalk templates at NHN: store (which asks for the review by itself), look, list. The code is ours to choose."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from pabal.channels.answers import Failure, NotSent, Unknown
from pabal.channels.nhn.alimtalk import PREFIX
from pabal.channels.nhn.alimtalk_codes import ERRORS
from pabal.channels.nhn.envelope import PAGE, count, headers, open_envelope, read_refusal
from pabal.channels.outgoing import CarrierAccount
from pabal.channels.reports import CarrierTemplate, TemplatePage
from pabal.channels.wire import WALL_SECONDS, Answer, call

OTHER_CATEGORY = "999999"  # "기타": always there, lowest review priority
# Their words → those that the hub reads (see `CarrierTemplate.state`).
STATES = {"TSC01": "INSPECTING", "TSC02": "INSPECTING", "TSC03": "APPROVED", "TSC04": "REJECTED"}


class NhnTemplates:
    """See `TemplateReview`."""

    def __init__(self, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._http = http
        self._wall = wall_seconds

    async def store(self, account: CarrierAccount, template: CarrierTemplate) -> CarrierTemplate | Failure:
        body = {
            "templateName": template.name,
            "templateContent": template.content,
            "buttons": [
                {"ordering": number, **button} for number, button in enumerate(template.buttons, start=1)
            ],
        }
        code = template.code or f"PB{secrets.token_hex(8).upper()}"
        if template.code:
            answer = await self._call(account, "PUT", _path(template.pf_id, code), body)
        else:
            fixed = {"templateCode": code, "categoryCode": OTHER_CATEGORY}
            fixed |= {"templateMessageType": "BA", "templateEmphasizeType": "NONE"}
            answer = await self._call(account, "POST", _path(template.pf_id), {**body, **fixed})
        if not isinstance(answer, Answer):
            return answer
        found = open_envelope(answer)
        if answer.status != 200 or found is None or not found.ok:
            return read_refusal(answer, ERRORS)
        return CarrierTemplate(
            code, template.name, template.content, "INSPECTING", template.pf_id, template.buttons
        )

    async def inspect(self, account: CarrierAccount, code: str) -> CarrierTemplate | Failure:
        """Storing has asked already; this looks where it stands, whichever profile it belongs to."""
        cursor: str | None = None
        while True:
            page = await self.list_templates(account, cursor)
            if not isinstance(page, TemplatePage):
                return page
            found = next((one for one in page.items if one.code == code), None)
            if found is not None or page.next_cursor is None:
                return found or Unknown("template_not_listed")
            cursor = page.next_cursor

    async def list_templates(
        self, account: CarrierAccount, cursor: str | None = None
    ) -> TemplatePage | Failure:
        """First the profiles, then a page of one profile's templates per call."""
        if cursor is None:
            return await self._profiles(account)
        profile, number, others = _read_cursor(cursor)
        answer = await self._call(account, "GET", _path(profile), params=_page(number))
        if not isinstance(answer, Answer):
            return answer
        found = open_envelope(answer)
        listed = found.body.get("templateListResponse") if found is not None and found.ok else None
        rows = listed.get("templates") if isinstance(listed, dict) else None
        if answer.status != 200 or not isinstance(listed, dict) or not isinstance(rows, list):
            return read_refusal(answer, ERRORS)
        items = tuple(one for row in rows if (one := _template(row, profile)))
        more = number * PAGE < count(listed.get("totalCount")) and rows
        following = _cursor([profile, *others], number + 1) if more else _cursor(others, 1)
        return TemplatePage(items, following)

    async def _profiles(self, account: CarrierAccount) -> TemplatePage | Failure:
        answer = await self._call(account, "GET", "/senders", params=_page(1))
        if not isinstance(answer, Answer):
            return answer
        found = open_envelope(answer)
        rows = found.body.get("senders") if found is not None and found.ok else None
        if answer.status != 200 or not isinstance(rows, list):
            return read_refusal(answer, ERRORS)
        keys = [
            row["senderKey"]
            for row in rows
            if isinstance(row, dict) and isinstance(row.get("senderKey"), str)
        ]
        return TemplatePage((), _cursor(keys, 1))

    async def _call(
        self,
        account: CarrierAccount,
        method: str,
        path: str,
        payload: Any = None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> Answer | NotSent | Unknown:
        key = quote(account.credentials.api_key, safe="")
        return await call(
            self._http,
            method,
            f"{account.base_url.rstrip('/')}{PREFIX}/{key}{path}",
            headers=headers(account),
            params=params,
            payload=payload,
            wall_seconds=self._wall,
        )


def _path(profile: str, code: str = "") -> str:
    path = f"/senders/{quote(profile, safe='')}/templates"
    return f"{path}/{quote(code, safe='')}" if code else path


def _page(number: int) -> dict[str, str]:
    return {"pageNum": str(number), "pageSize": str(PAGE)}


def _cursor(profiles: list[str], page: int) -> str | None:
    return ",".join((f"{profiles[0]}:{page}", *profiles[1:])) if profiles else None


def _read_cursor(cursor: str) -> tuple[str, int, list[str]]:
    first, *others = cursor.split(",")
    profile, _, page = first.rpartition(":")
    return (profile, int(page), others) if profile else (first, 1, others)


def _template(row: Any, profile: str) -> CarrierTemplate | None:
    if not isinstance(row, dict):
        return None
    code, content = row.get("templateCode"), row.get("templateContent")
    if not isinstance(code, str) or not code or not isinstance(content, str):
        return None
    buttons, comments = row.get("buttons"), row.get("comments")
    last = comments[-1] if isinstance(comments, list) and comments else None
    comment = last.get("content") if isinstance(last, dict) else None
    stopped = row.get("activated") is False
    return CarrierTemplate(
        code=code,
        name=str(row.get("templateName") or code),
        content=content,
        state="STOPPED" if stopped else STATES.get(str(row.get("status")), str(row.get("status"))),
        pf_id=profile,
        buttons=tuple(b for b in buttons if isinstance(b, dict)) if isinstance(buttons, list) else (),
        comment=comment if isinstance(comment, str) else "",
    )
