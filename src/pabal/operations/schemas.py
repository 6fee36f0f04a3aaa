"""The installation as its operator sees it, over HTTP."""

from uuid import UUID

from pydantic import Field

from pabal.kit.http.schemas import ApiModel, Instant


class LineOut(ApiModel):
    line: str
    turns: int = Field(description="기다리는 차례")


class ProcessesOut(ApiModel):
    name: str
    connections: int
    since: Instant


class WorkerOut(ApiModel):
    """One worker process, by its own word."""

    owner: str = Field(description="machine-boot:pidns:pid:start, 임차에 적힌 것과 같은 이름")
    host: str
    started_at: Instant
    seen_at: Instant
    silent: bool = Field(description="25초 넘게 소식이 없음")
    may_be_dead: bool = Field(description="1분 넘게 소식이 없어, 죽었다고 밝힐 수 있음")
    busy: int = Field(description="지금 하는 차례")
    turns: dict[str, int] = Field(description="시작한 뒤로 맡은 차례, 줄마다")


class DeadWorkerIn(ApiModel):
    owner: str = Field(min_length=1, max_length=200)


class HolderOut(ApiModel):
    owner: str = Field(
        description="machine-boot:pidns:pid:start: 기계와 부팅, pid 이름공간, 프로세스, 그 시작 시각(틱)"
    )
    chunks: int
    lease_until: Instant
    stale: bool


class LoadOut(ApiModel):
    """What waits in one tenant, and for how long."""

    tenant_id: UUID
    tenant_name: str
    live: int
    held: int
    due: int
    oldest_due: Instant | None
    leased: int
    stale: int
    oldest_stale: Instant | None
    receipts: int
    oldest_receipt: Instant | None
    polls: int
    oldest_poll: Instant | None


class CarrierLoadOut(ApiModel):
    tenant_id: UUID
    tenant_name: str
    account_id: UUID
    carrier: str
    sandbox: bool
    state: str
    calls: int = Field(description="지난 15분의 요청")
    unclear: int = Field(description="그 가운데 믿을 답이 없던 요청")
    last_at: Instant
    resting_seconds: float = Field(description="차단기가 열려 쉬는 남은 시간; 0이면 열려 있지 않음")


class LeaseOut(ApiModel):
    owner: str
    lease_until: Instant
    alive: bool


class DatabaseOut(ApiModel):
    revision: str
    current: bool = Field(description="이 판의 코드에 맞는 스키마인가")
    frozen: bool
    frozen_reason: str
    scheduler: LeaseOut | None
    gone: int
    workers: list[WorkerOut]
    processes: list[ProcessesOut]
    holders: list[HolderOut]
    load: list[LoadOut]
    carriers: list[CarrierLoadOut]


class HealthOut(ApiModel):
    """`null`: can't be reached."""

    version: str
    as_of: Instant
    database: DatabaseOut | None
    lines: list[LineOut] | None
