"""AlimTalk templates at NHN: store (which asks for the review by itself), look, list. The code is ours to choose."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from pabal.channels.answers import Failure, Unknown
from pabal.channels.nhn.alimtalk import PREFIX
from pabal.channels.nhn.alimtalk_codes import ERRORS
from pabal.channels.nhn.envelope import PAGE
from pabal.channels.nhn.product import listed, nhn_line, page_params, read_walk, write_walk, yes
from pabal.channels.outgoing import CarrierAccount
from pabal.channels.reading import kakao_emphasis, kakao_extras
from pabal.channels.reports import CarrierTemplate, TemplatePage
from pabal.channels.wire import WALL_SECONDS, Answer

OTHER_CATEGORY = "999999"  # "기타": always there, lowest review priority
# Their words → those that the hub reads (see `CarrierTemplate.state`).
STATES = {"TSC01": "INSPECTING", "TSC02": "INSPECTING", "TSC03": "APPROVED", "TSC04": "REJECTED"}
BUTTON_PARTS = {
    "buttonType": "type",
    "buttonName": "name",
    "linkAnd": "schemeAndroid",
    "linkIos": "schemeIos",
}


class NhnTemplates:
    """See `TemplateReview`."""

    def __init__(self, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._line = nhn_line(http, PREFIX, wall_seconds)

    async def store(self, account: CarrierAccount, template: CarrierTemplate) -> CarrierTemplate | Failure:
        body: dict[str, Any] = {
            "templateName": template.name,
            "templateContent": template.content,
            "buttons": [
                {"ordering": number, **_button(button)}
                for number, button in enumerate(template.buttons, start=1)
            ],
            "templateMessageType": template.message_type,
            "templateEmphasizeType": template.emphasis.get("type", "NONE"),
        }
        if template.emphasis:
            body["templateTitle"] = template.emphasis.get("title", "")
            body["templateSubtitle"] = template.emphasis.get("subtitle", "")
        code = template.code or f"PB{secrets.token_hex(8).upper()}"
        if template.code:
            said = await self._line.call(account, "PUT", _path(template.pf_id, code), body)
        else:
            fixed = {"templateCode": code, "categoryCode": OTHER_CATEGORY}
            said = await self._line.call(account, "POST", _path(template.pf_id), {**body, **fixed})
        answer = yes(said, ERRORS)
        if not isinstance(answer, Answer):
            return answer
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
        profile, number, others = read_walk(cursor)
        answer = await self._ask(account, _path(profile), number)
        if not isinstance(answer, Answer):
            return answer
        found = listed(answer, "templateListResponse", "templates")
        if found is None:
            return answer.unknown("unexpected_yes")
        rows, total = found
        items = tuple(one for row in rows if (one := _template(row, profile)))
        more = number * PAGE < total and rows
        return TemplatePage(
            items, write_walk([profile, *others], number + 1) if more else write_walk(others, 1)
        )

    async def _profiles(self, account: CarrierAccount) -> TemplatePage | Failure:
        answer = await self._ask(account, "/senders", 1)
        if not isinstance(answer, Answer):
            return answer
        rows = answer.mapping.get("senders")
        if not isinstance(rows, list):
            return answer.unknown("unexpected_yes")
        keys = [
            row["senderKey"]
            for row in rows
            if isinstance(row, dict) and isinstance(row.get("senderKey"), str)
        ]
        return TemplatePage((), write_walk(keys, 1))

    async def _ask(self, account: CarrierAccount, path: str, page: int) -> Answer | Failure:
        return yes(await self._line.call(account, "GET", path, params=page_params(page)), ERRORS)


def _button(button: Mapping[str, Any]) -> dict[str, Any]:
    """Solapi's names, which the hub keeps → NHN's."""
    return {BUTTON_PARTS.get(part, part): value for part, value in button.items()}


def _read_button(button: Mapping[str, Any]) -> dict[str, Any]:
    ours = {theirs: own for own, theirs in BUTTON_PARTS.items()}
    return {ours.get(part, part): value for part, value in button.items() if part != "ordering" and value}


def _path(profile: str, code: str = "") -> str:
    path = f"/senders/{quote(profile, safe='')}/templates"
    return f"{path}/{quote(code, safe='')}" if code else path


def _template(row: Any, profile: str) -> CarrierTemplate | None:
    if not isinstance(row, dict):
        return None
    code, content = row.get("templateCode"), row.get("templateContent")
    if not isinstance(code, str) or not code or not isinstance(content, str):
        return None
    buttons, comment = kakao_extras(row)
    stopped = row.get("activated") is False
    return CarrierTemplate(
        code=code,
        name=str(row.get("templateName") or code),
        content=content,
        state="STOPPED" if stopped else STATES.get(str(row.get("status")), str(row.get("status"))),
        pf_id=profile,
        buttons=tuple(_read_button(button) for button in buttons),
        comment=comment,
        emphasis=kakao_emphasis(row, "templateEmphasizeType", "templateTitle", "templateSubtitle"),
        message_type=str(row.get("templateMessageType") or "BA"),
    )
