"""Bodies of the automation routes: the seed's own names."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field as Bound
from pydantic import model_validator

from pabal.automations.lawful import Standing
from pabal.automations.logs import LinkFigures
from pabal.automations.model import TemplateLink
from pabal.campaigns import SendWindowModel
from pabal.domain.message import FailureClass
from pabal.kit.http.schemas import ApiModel, Instant

Json = dict[str, Any]
Name = Annotated[str, Bound(max_length=80)]
TriggerType = Literal["manual", "on_create", "on_update"]
NotAfter = Annotated[
    float | None,
    Bound(
        gt=0, le=720, description="이 시간이 지나도록 못 나간 자동 메시지는 보내지 않음; null이면 언제든 보냄"
    ),
]


class VariableMappingIn(ApiModel):
    field: Annotated[str, Bound(max_length=40)] = ""
    default: Annotated[str, Bound(max_length=200)] = ""


class LinkRepeatIn(ApiModel):
    """`stopCondition` has to be there: a repeat that nothing stops is refused."""

    interval_hours: Annotated[float, Bound(gt=0, le=720)]
    max_repeat: Annotated[int, Bound(ge=1, le=10)]
    stop_condition: Json | None = None


class LinkFallbackIn(ApiModel):
    """A text where KakaoTalk certainly doesn't arrive. Without `body` it is the template's."""

    channel: Literal["sms", "lms"] = "sms"
    body: Annotated[str, Bound(max_length=2000)] = ""
    subject: Annotated[str, Bound(max_length=100)] = ""
    sender_id: UUID | None = None
    fallback_on: list[FailureClass] | None = None
    after_seconds: Annotated[int, Bound(ge=0, le=86_400)] = 0


class TemplateLinkIn(ApiModel):
    partition_id: UUID
    template_id: UUID
    name: Name = ""
    recipient_field: Annotated[str, Bound(max_length=40)] = ""
    variable_mappings: Annotated[dict[str, str | VariableMappingIn], Bound(max_length=60)] = {}  # noqa: RUF012  # pydantic copies
    trigger_type: TriggerType = "manual"
    trigger_condition: Json | None = None
    repeat_config: LinkRepeatIn | None = None
    cooldown_hours: Annotated[float, Bound(ge=0, le=720)] = 1
    is_active: bool = True
    message_class: Literal["transactional", "informational"] = Bound(
        default="transactional", description="자동 발송은 정보성만: 선거운동정보와 광고는 고를 수 없음"
    )
    send_window: SendWindowModel | None = None
    fallback: LinkFallbackIn | None = None
    not_after_hours: NotAfter = None

    def wanted(self) -> Json:
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return _plain(values)


def _plain(values: Json) -> Json:
    """As `links.checked_draft` takes it."""
    out = dict(values)
    if "variable_mappings" in out:
        out["variable_mappings"] = {
            name: one if isinstance(one, str) else one.model_dump()
            for name, one in out["variable_mappings"].items()
        }
    if isinstance(repeat := out.get("repeat_config"), LinkRepeatIn):
        out["repeat_config"] = repeat.model_dump()
    if isinstance(fallback := out.get("fallback"), LinkFallbackIn):
        out["fallback"] = fallback.model_dump(mode="json", by_alias=True)
    if "send_window" in out:
        window = out.pop("send_window")
        hours = None if window is None else window.window()
        out["window"] = None if hours is None else (hours.opens, hours.shuts)
    return out


class TemplateLinkPatch(ApiModel):
    """Only what is named changes; null takes a condition, a repeat, hours or a fallback away."""

    template_id: UUID | None = None
    name: Name | None = None
    recipient_field: Annotated[str, Bound(max_length=40)] | None = None
    variable_mappings: Annotated[dict[str, str | VariableMappingIn], Bound(max_length=60)] | None = None
    trigger_type: TriggerType | None = None
    trigger_condition: Json | None = None
    repeat_config: LinkRepeatIn | None = None
    cooldown_hours: Annotated[float, Bound(ge=0, le=720)] | None = None
    is_active: bool | None = None
    message_class: Literal["transactional", "informational"] | None = None
    send_window: SendWindowModel | None = None
    fallback: LinkFallbackIn | None = None
    not_after_hours: NotAfter = None
    version: int | None = None
    messages: int | None = Bound(
        default=None,
        description="켜면 바로 나갈 밀린 반복의 수(estimate의 messages). 100건이 넘으면 꼭 있어야 함",
    )

    @model_validator(mode="before")
    @classmethod
    def _null_means_away_only_where_it_can(cls, data: Any) -> Any:
        away = {"triggerCondition", "repeatConfig", "sendWindow", "fallback", "notAfterHours"}
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None or key in away}
        return data

    def over(self, old: TemplateLink) -> Json:
        wanted: Json = {
            "partition_id": old.partition_id,
            "template_id": old.template_id,
            "name": old.name,
            "recipient_field": old.recipient_field,
            "variable_mappings": dict(old.variable_mappings),
            "trigger_type": old.trigger_type,
            "trigger_condition": old.trigger_condition,
            "repeat_config": _stored_repeat(old.repeat_config),
            "cooldown_hours": old.cooldown_hours,
            "is_active": old.is_active,
            "window": None if old.window is None else (old.window.opens, old.window.shuts),
            "fallback": old.fallback,
            "not_after_hours": old.not_after_hours,
        }
        named = self.model_fields_set - {"version", "message_class", "messages"}
        if "template_id" in named and "variable_mappings" not in named:
            wanted["variable_mappings"] = {}
        return wanted | _plain({name: getattr(self, name) for name in named})


def _stored_repeat(config: Any) -> Json | None:
    if config is None:
        return None
    return {
        "interval_hours": config["intervalHours"],
        "max_repeat": config["maxRepeat"],
        "stop_condition": config["stopCondition"],
    }


class LinkFiguresOut(ApiModel):
    """Of the last 7 days. `waiting`: in the queue now."""

    sent: int
    delivered: int
    failed: int
    stopped: int
    clicked: int
    today: int
    waiting: int
    next_run_at: datetime | None

    @classmethod
    def of(cls, one: LinkFigures | None) -> "LinkFiguresOut":
        return cls.model_validate(one or LinkFigures())


class TemplateLinkOut(ApiModel):
    id: UUID
    partition_id: UUID
    template_id: UUID
    template_name: str
    template_state: str
    name: str
    recipient_field: str
    variable_mappings: dict[str, Json]
    trigger_type: TriggerType
    trigger_condition: Json | None
    repeat_config: Json | None
    cooldown_hours: float
    is_active: bool
    message_class: str
    send_window: SendWindowModel | None
    fallback: Json | None
    not_after_hours: float | None
    version: int
    created_at: datetime
    updated_at: datetime
    figures: LinkFiguresOut | None = None
    trouble: Literal["", "unlawful", "needs_approval"] = Bound(
        default="", description="지금 아무것도 보내지 않는 까닭: 법에 어긋나는 글, 승인을 기다리는 글"
    )
    trouble_text: str = ""

    @classmethod
    def of(
        cls, link: TemplateLink, standing: Standing, figures: LinkFigures | None = None
    ) -> "TemplateLinkOut":
        return cls(
            id=link.id,
            partition_id=link.partition_id,
            template_id=link.template_id,
            template_name=link.template_name,
            template_state=link.template_state,
            name=link.name,
            recipient_field=link.recipient_field,
            variable_mappings={name: dict(one) for name, one in link.variable_mappings.items()},
            trigger_type=link.trigger_type,
            trigger_condition=link.trigger_condition,
            repeat_config=None if link.repeat_config is None else dict(link.repeat_config),
            cooldown_hours=link.cooldown_hours,
            is_active=link.is_active,
            message_class=link.message_class,
            send_window=SendWindowModel.of(link.window),
            fallback=None if link.fallback is None else dict(link.fallback),
            not_after_hours=link.not_after_hours,
            version=link.version,
            created_at=link.created_at,
            updated_at=link.updated_at,
            figures=LinkFiguresOut.of(figures),
            trouble=standing.reason,
            trouble_text=standing.message,
        )


class LinkEstimateOut(ApiModel):
    """`messages` go out at once: repeats that fell due while the rule was off. `perDay`, `busiestDay`, `cost`: as the last
    `days` would have been."""

    messages: int
    waiting: int
    per_day: float
    busiest_day: int
    cost: int
    days: int


class LinkSendIn(ApiModel):
    record_ids: Annotated[list[UUID], Bound(min_length=1, max_length=1000)]


class LinkTextOut(ApiModel):
    record_id: UUID
    title: str
    text: str | None


class LinkSendPreviewOut(ApiModel):
    """`skipped`: reason → how many. `text` None for roles that see masked numbers only."""

    sendable: int
    skipped: dict[str, int]
    cost: int
    samples: list[LinkTextOut]


class RefusedOut(ApiModel):
    record_id: UUID
    reason: str


class LinkSentOut(ApiModel):
    """`sent`: messages made now; whoever has opted out is stopped by the gate and says so in the log."""

    sent: int
    skipped: list[RefusedOut]


class LinkPreviewIn(TemplateLinkIn):
    record_id: UUID | None = None


class LinkSampleOut(ApiModel):
    record_id: UUID
    title: str


class LinkPreviewOut(ApiModel):
    matching: int
    relation: str
    sample: list[LinkSampleOut]
    text: str | None
    missing: str
    empty: dict[str, int]
    unreachable: int
    ready: bool


class BackTestIn(ApiModel):
    """`link`: an edited version instead of the stored one."""

    days: Annotated[int, Bound(ge=1, le=90)] = 30
    link: TemplateLinkIn | None = None


class FiringOut(ApiModel):
    record_id: UUID
    title: str
    at: Instant
    trigger_type: str
    outcome: str


class BackTestOut(ApiModel):
    since: datetime
    changes: int
    capped: bool
    sent: int
    repeats: int
    records: int
    stopped: dict[str, int]
    moved: int
    cost: int
    days: list[dict[str, Any]]
    items: list[FiringOut]
