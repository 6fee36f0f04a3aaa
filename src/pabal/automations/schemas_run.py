"""Bodies of what runs: the queue, the log, a cron's call, the dashboard; the seed's own names."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field as Bound

from pabal.automations.logs import LogLine, QueueLine
from pabal.domain.ids import message_id
from pabal.kit.http.schemas import ApiModel


class AutomationQueueOut(ApiModel):
    id: UUID
    template_link_id: UUID
    record_id: UUID
    org_id: UUID
    kind: str
    repeat_count: int
    max_repeat: int | None
    next_run_at: datetime
    status: str
    reason: str
    is_held: bool
    link_name: str
    title: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, line: QueueLine, tenant_id: UUID, title: str) -> "AutomationQueueOut":
        fields = {name: getattr(line, name) for name in cls.model_fields if hasattr(line, name)}
        return cls(**fields, org_id=tenant_id, title=title)


class AutomationLogOut(ApiModel):
    id: UUID
    template_link_id: UUID
    link_name: str
    record_id: UUID
    title: str
    trigger_type: str
    repeat_no: int
    status: str
    reason: str
    attempts: int
    tries: int
    message_id: str | None
    may_retry: bool
    created_at: datetime

    @classmethod
    def of(cls, line: LogLine, title: str) -> "AutomationLogOut":
        return cls(
            id=line.id,
            template_link_id=line.template_link_id,
            link_name=line.link_name,
            record_id=line.record_id,
            title=title,
            trigger_type=line.trigger_type,
            repeat_no=line.repeat_no,
            status=line.status,
            reason=line.reason,
            attempts=line.attempts or 0,
            tries=line.tries,
            message_id=None
            if line.send_id is None or line.seq is None
            else message_id(line.send_id, line.seq),
            may_retry=line.may_retry,
            created_at=line.created_at,
        )


class RanOut(ApiModel):
    due: int
    processed: int
    sent: int
    completed: int
    skipped: int
    failed: int


class StandingsIn(ApiModel):
    record_ids: Annotated[list[UUID], Bound(max_length=300)]


class StandingOut(ApiModel):
    record_id: UUID
    status: str | None
    reason: str | None
    link_name: str | None
    at: datetime | None
    next_run_at: datetime | None
    repeat_count: int | None
    max_repeat: int | None


class StandingsOut(ApiModel):
    items: list[StandingOut]


class AutomationDashboardOut(ApiModel):
    stopped_today: list[dict[str, Any]]
    waiting: int
    next: list[AutomationQueueOut]
