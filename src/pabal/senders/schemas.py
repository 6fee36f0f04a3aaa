"""Request and response bodies of senders and carrier accounts. Secrets only come in."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, SecretStr, model_validator

from pabal.kit.http.schemas import ApiModel

Channel = Literal["sms", "lms", "mms", "alimtalk", "brand"]
Channels = Annotated[list[Channel], Field(min_length=1, max_length=5)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Url = Annotated[str, Field(min_length=8, max_length=300)]
Rate = Annotated[int, Field(ge=1, le=100_000)]
Cap = Annotated[int, Field(ge=1, le=100_000_000)]
FilterMinutes = Annotated[int, Field(ge=0, le=60)]


class CredentialsIn(ApiModel):
    """All three for a new account; any of them for a change."""

    api_key: Secret | None = None
    api_secret: Secret | None = None
    webhook_secret: Annotated[SecretStr, Field(max_length=200)] | None = None

    def given(self) -> dict[str, str]:
        """By the names under which they are sealed."""
        pairs = {"apiKey": self.api_key, "apiSecret": self.api_secret, "webhookSecret": self.webhook_secret}
        return {name: value.get_secret_value() for name, value in pairs.items() if value is not None}


class AccountIn(ApiModel):
    carrier: Literal["solapi", "nhn"]
    name: Name | None = None
    base_url: Url | None = None
    credentials: CredentialsIn
    channels: Channels = Field(default=["sms", "lms", "alimtalk"])
    rate_per_second: Rate | None = None
    monthly_cap: Cap | None = None
    duplicate_filter_minutes: FilterMinutes = 0
    mode: Literal["webhook", "polling"] = "polling"

    @model_validator(mode="after")
    def _key_and_secret(self) -> Self:
        if self.credentials.api_key is None or self.credentials.api_secret is None:
            raise ValueError("API 키와 비밀키가 모두 필요해요")
        return self


class AccountPatch(ApiModel):
    """Only what is given changes; `ratePerSecond` and `monthlyCap` take null for "no limit"."""

    name: Name | None = None
    base_url: Url | None = None
    credentials: CredentialsIn | None = None
    channels: Channels | None = None
    rate_per_second: Rate | None = None
    monthly_cap: Cap | None = None
    duplicate_filter_minutes: FilterMinutes | None = None
    mode: Literal["webhook", "polling"] | None = None
    state: Literal["active", "disabled"] | None = None


class LastCheckOut(ApiModel):
    at: datetime
    ok: bool
    code: str
    message: str
    balance: int | None


class AccountOut(ApiModel):
    """`apiKeyHint` tells keys apart. `webhookUrl` holds a secret: shown to whoever manages carriers, and only where the
    carrier is meant to call it (`mode` webhook, an address it can reach); otherwise results are asked for.
    """

    id: UUID
    carrier: str
    name: str
    base_url: str
    channels: list[str]
    rate_per_second: int | None
    monthly_cap: int | None
    duplicate_filter_minutes: int
    mode: str
    sandbox: bool
    fenced: bool
    state: str
    created_at: datetime
    last_check: LastCheckOut | None = Field(description="마지막 연결 확인; 키나 주소를 바꾼 뒤로 없으면 null")
    api_key_hint: str
    webhook_url: str | None = None


class AccountTestOut(ApiModel):
    """`fenced`: is a discarded submission proved to stay discarded? null = not found out. `monthlyCap`: null = none."""

    ok: bool
    message: str
    code: str
    balance: int | None
    fenced: bool | None
    monthly_cap: int | None
    used_this_month: int = Field(description="이번 달(한국 시각) 이 계정으로 나갔거나 나갔을 수 있는 건수")


class SenderIn(ApiModel):
    kind: Literal["phone", "kakao"] = "phone"
    value: Annotated[str, Field(min_length=2, max_length=64)]
    name: Annotated[str, Field(max_length=80)] = ""
    account_id: UUID | None = None
    attested: bool = False
    """The caller says that the carrier has registered it."""


class SenderPatch(ApiModel):
    name: Annotated[str, Field(max_length=80)] | None = None
    state: Literal["registered", "stopped"] | None = None


class SenderOut(ApiModel):
    id: UUID
    kind: str
    value: str
    name: str
    account_id: UUID
    state: str
    created_at: datetime
