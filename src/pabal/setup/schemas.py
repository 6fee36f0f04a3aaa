"""Request and response bodies of the set-up."""

from typing import Annotated

from pydantic import Field, SecretStr

from pabal.accounts import Email, NewPassword, TenantKind
from pabal.kit.http.schemas import ApiModel
from pabal.setup.queries import Step, StepState

Name = Annotated[str, Field(min_length=1, max_length=80)]


class StatusOut(ApiModel):
    """`tokenNeeded`: this caller needs the address that `pabal up` printed, its part behind `#`."""

    owner_needed: bool
    token_needed: bool
    demo_logins: list[str]


class OwnerIn(ApiModel):
    tenant_name: Name
    kind: TenantKind
    name: Name
    email: Email
    password: NewPassword
    setup_token: Annotated[SecretStr, Field(max_length=200)] | None = None


class StepOut(ApiModel):
    step: Step
    state: StepState


class BlockerOut(ApiModel):
    code: str
    message: str


class PaperOut(ApiModel):
    name: str
    hint: str
    when: str


class PapersOut(ApiModel):
    phone: list[PaperOut]
    kakao: list[PaperOut]
    candidacy: list[PaperOut]


class RecoveryKeyOut(ApiModel):
    """`reason` says why the file can't be had here; the command always works."""

    available: bool
    reason: str | None
    command: str


class SetupOut(ApiModel):
    """`publicUrlFixed`: the server's settings say it, the page can't change it."""

    steps: list[StepOut]
    blockers: list[BlockerOut]
    public_url: str | None
    public_url_fixed: bool
    recovery_key: RecoveryKeyOut
    papers: PapersOut


class StepPatch(ApiModel):
    """`publicUrl` goes with the step `address`: an https address, or null for polling."""

    state: StepState
    public_url: Annotated[str, Field(max_length=300)] | None = None


class ConfirmIn(ApiModel):
    password: Annotated[SecretStr, Field(max_length=200)]
