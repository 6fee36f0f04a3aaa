"""Request and response bodies of templates."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from pabal.domain.template import MissingPolicy
from pabal.kit.http.schemas import ApiModel

Channel = Literal["sms", "lms", "alimtalk"]
State = Literal["draft", "submitted", "approved", "rejected", "stopped"]
Name = Annotated[str, Field(min_length=1, max_length=150)]
Body = Annotated[str, Field(min_length=1, max_length=4000)]
Subject = Annotated[str, Field(max_length=120)]
Code = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_\-]*$")]
Values = Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=100)]
Formats = Annotated[dict[str, str], Field(max_length=100)]
Folder = Annotated[str, Field(max_length=40)]
MessageType = Literal["BA", "EX", "AD", "MI"]


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


class EmphasisModel(ApiModel):
    """NONE and TEXT are written here; the others come from the vendor's console and are only shown."""

    type: Literal["NONE", "TEXT", "IMAGE", "ITEM_LIST"] = "NONE"
    title: Annotated[str, Field(max_length=200)] = ""
    subtitle: Annotated[str, Field(max_length=200)] = ""

    def stored(self) -> dict[str, Any]:
        if self.type == "NONE":
            return {}
        return {"type": self.type, "title": self.title, "subtitle": self.subtitle}


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
    folder: Folder = ""
    emphasis: EmphasisModel = EmphasisModel()
    message_type: MessageType = "BA"
    missing_policy: MissingPolicy = MissingPolicy.SKIP
    defaults: Values = Field(default={})
    formats: Formats = Field(default={})


class TemplatePatch(ApiModel):
    """Only what is named changes; `version` as read guards the content against somebody else's change in between."""

    version: int | None = None
    name: Name | None = None
    body: Body | None = None
    subject: Subject | None = None
    buttons: Annotated[list[ButtonIn], Field(max_length=5)] | None = None
    state: State | None = None
    code: Code | None = None
    sender_id: UUID | None = None
    folder: Folder | None = None
    emphasis: EmphasisModel | None = None
    message_type: MessageType | None = None
    missing_policy: MissingPolicy | None = None
    defaults: Values | None = None
    formats: Formats | None = None
    archived: bool | None = None

    def changes(self) -> dict[str, Any]:
        """What was given and is not null; buttons and emphasis as they are stored."""
        given = self.model_dump(
            mode="json", exclude_unset=True, exclude_none=True, exclude={"buttons", "emphasis", "version"}
        )
        if self.sender_id is not None:
            given["sender_id"] = self.sender_id
        if self.buttons is not None:
            given["buttons"] = [button.stored() for button in self.buttons]
        if self.emphasis is not None:
            given["emphasis"] = self.emphasis.stored()
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
    folder: str
    missing_policy: MissingPolicy
    defaults: dict[str, str]
    formats: dict[str, str]
    emphasis: EmphasisModel
    message_type: str
    comment: str = Field(description="심사한 곳에서 남긴 말")
    archived_at: datetime | None
    created_by: UUID | None
    updated_by: UUID | None
    uses: int = Field(default=0, description="이 템플릿을 쓰는 발송, 작성 중인 것도")
    last_used_at: datetime | None = None


class VersionOut(ApiModel):
    version: int
    subject: str
    body: str
    buttons: list[dict[str, Any]]
    emphasis: EmphasisModel
    missing_policy: MissingPolicy
    defaults: dict[str, str]
    formats: dict[str, str]
    source: Literal["edit", "carrier"]
    created_by: UUID | None
    created_at: datetime


class RestoreIn(ApiModel):
    version: int | None = Field(default=None, description="보고 있던 판; 그사이 바뀌었으면 거절해요")


class FolderOut(ApiModel):
    name: str = Field(description="빈 글은 폴더에 없는 것")
    templates: int


class FolderRename(ApiModel):
    old: Annotated[str, Field(min_length=1, max_length=40)]
    new: Folder


class FolderRenamed(ApiModel):
    templates: int


class PreviewIn(ApiModel):
    """`values` (what somebody types to try) wins over the contact's own."""

    body: Annotated[str, Field(max_length=10_000)]
    channel: Channel = "sms"
    subject: Subject = ""
    contact_id: UUID | None = None
    values: Values = Field(default={})
    defaults: Values = Field(default={})
    formats: Formats = Field(default={})


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
    sms_price: int = Field(description="SMS 한 건에 원; price와 같은 단가표에서")
    lms_price: int
    price_note: str
    price_as_of: str


class SyncOut(ApiModel):
    """`unreachable` accounts keep what was known."""

    updated: int
    added: int
    unreachable: int
