"""Request and response bodies of templates."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from pabal.kit.http.schemas import ApiModel

Channel = Literal["sms", "lms", "alimtalk"]
State = Literal["draft", "submitted", "approved", "rejected", "stopped"]
Name = Annotated[str, Field(min_length=1, max_length=150)]
Body = Annotated[str, Field(min_length=1, max_length=4000)]
Subject = Annotated[str, Field(max_length=120)]
Code = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_\-]*$")]
Values = Annotated[dict[str, str], Field(max_length=100)]


class ButtonIn(ApiModel):
    """A button as the carrier names its parts."""

    button_type: Literal["WL", "AL", "BK", "MD", "DS", "BC", "BT", "AC"]
    button_name: Annotated[str, Field(min_length=1, max_length=14)]
    link_mo: Annotated[str, Field(max_length=500)] | None = None
    link_pc: Annotated[str, Field(max_length=500)] | None = None
    link_and: Annotated[str, Field(max_length=500)] | None = None
    link_ios: Annotated[str, Field(max_length=500)] | None = None

    def stored(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, exclude_none=True)


class TemplateIn(ApiModel):
    """`variables` is accepted for completeness; what counts is what the body names."""

    channel: Channel
    name: Name
    body: Body
    subject: Subject = ""
    buttons: Annotated[list[ButtonIn], Field(max_length=5)] = Field(default=[])
    variables: list[str] | None = None
    state: State | None = None
    code: Code = ""
    sender_id: UUID | None = None


class TemplatePatch(ApiModel):
    name: Name | None = None
    body: Body | None = None
    subject: Subject | None = None
    buttons: Annotated[list[ButtonIn], Field(max_length=5)] | None = None
    state: State | None = None
    code: Code | None = None
    sender_id: UUID | None = None

    def changes(self) -> dict[str, Any]:
        """What was given and is not null; buttons as they are stored."""
        given = self.model_dump(exclude_unset=True, exclude_none=True, exclude={"buttons"})
        if self.buttons is not None:
            given["buttons"] = [button.stored() for button in self.buttons]
        return given


class TemplateOut(ApiModel):
    id: UUID
    channel: str
    name: str
    subject: str
    body: str
    buttons: list[dict[str, Any]]
    variables: list[str]
    state: str
    carrier_state: str
    code: str
    sender_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class PreviewIn(ApiModel):
    """`values` (what somebody types to try) wins over the contact's own."""

    body: Annotated[str, Field(max_length=10_000)]
    channel: Channel = "sms"
    subject: Subject = ""
    contact_id: UUID | None = None
    values: Values = Field(default={})
    defaults: Values = Field(default={})


class BadCharacterOut(ApiModel):
    """`utf16` counts as browsers do; `replacement` "" = leave it out."""

    char: str
    codepoint: str
    positions: list[int]
    utf16: list[int]
    replacement: str


class ProblemOut(ApiModel):
    level: Literal["block", "warn"]
    code: str
    message: str = Field(validation_alias="message_ko")


class PreviewOut(ApiModel):
    text: str
    bytes: int
    chars: int
    limit_bytes: int | None
    channel: str
    chars_not_encodable: list[BadCharacterOut]
    replaced_text: str
    variables: list[str]
    missing: list[str]
    problems: list[ProblemOut]
    price: int
    price_note: str
    price_as_of: str


class SyncOut(ApiModel):
    """`unreachable` accounts keep what was known."""

    updated: int
    added: int
    unreachable: int
