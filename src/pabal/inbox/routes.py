"""Where carriers deliver what people wrote. Provider-neutral; the secret part of the address says whose account it is."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BeforeValidator, Field, model_validator
from typing_extensions import override

from pabal.contacts import Blinder
from pabal.inbox.actions import Inbound, take_inbound
from pabal.kit.db import tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Rt, public
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.http.schemas import ApiModel, Instant
from pabal.senders import account_by_hook

router = APIRouter(prefix="/hooks", tags=["hooks"], include_in_schema=False, dependencies=[public])


def _storable(text: object) -> object:
    """JSON may carry what PostgreSQL's text can't: NUL, half a surrogate pair. What a person wrote is kept all the same."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode() if isinstance(text, str) else text


Text = Annotated[str, BeforeValidator(_storable)]


class InboundIn(ApiModel):
    """What a carrier hands on. A person's refusal is kept whatever is in it: `Text` cleans what others are refused for."""

    channel: Literal["sms", "lms", "mms", "kakao"]
    from_: Annotated[Text, Field(alias="from", min_length=1, max_length=100)]
    to: Annotated[Text, Field(max_length=100)] = ""
    text: Annotated[Text, Field(max_length=20_000)] = ""
    at: Instant
    provider_id: Annotated[Text, Field(min_length=1, max_length=200)]

    @model_validator(mode="before")
    @classmethod
    @override
    def _no_nul(cls, data: Any) -> Any:
        return data


@router.post("/{account_token}/inbound", name="inboundHook")
async def inbound_hook(account_token: str, body: InboundIn, rt: Rt) -> Response:
    """200 once it is committed; the same `providerId` again changes nothing."""
    hook = await account_by_hook(rt, account_token)
    if hook is None:
        raise Problem(NOT_FOUND)
    message = Inbound(
        channel=body.channel,
        sender=body.from_,
        to=body.to,
        text=body.text,
        at=body.at,
        provider_id=body.provider_id,
    )
    blinder = Blinder(await rt.keys.of(rt.pool, hook.tenant_id))
    async with tenant_tx(rt, hook.tenant_id) as conn:
        stored = await take_inbound(conn, hook.tenant_id, hook.account_id, blinder, message)
    if stored is not None:
        await try_publish_changed(rt, hook.tenant_id, "inbox", stored)
    return Response(status_code=200)
