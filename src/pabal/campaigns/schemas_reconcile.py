"""The books of sends over HTTP: what must be equal, who is open, and what comes next."""

from uuid import UUID

from pydantic import Field

from pabal.kit.http.schemas import ApiModel, Instant, Page


class FigureOut(ApiModel):
    key: str
    label: str
    count: int


class BalanceOut(ApiModel):
    """Two figures that must be equal at every moment, while the send runs too."""

    check: str
    label: str
    left_label: str
    right_label: str
    left: int
    right: int
    wrong: int = Field(description="맞지 않는 건수; 서로 지워지는 어긋남도 셈")
    equal: bool
    requests: list[UUID] = Field(description="어긋난 요청; 처음 20개까지")


class AgesOut(ApiModel):
    """How long ago open rows last moved."""

    hour: int = Field(description="한 시간 안")
    day: int = Field(description="하루 안")
    three_days: int = Field(description="사흘 안")
    older: int


class OpenRowsOut(ApiModel):
    """People whose story goes on and who wait for the same."""

    send_id: UUID
    campaign_id: UUID | None
    campaign_name: str
    rehearse: bool
    bucket: str = Field(description="waiting, on_the_way, no_receipt, uncertain")
    bucket_label: str
    waits_for: str = Field(description="launch, turn, retry, resume, hold, end, answer, poll, person")
    waits_label: str
    why: str
    why_label: str
    channel: str
    account_id: UUID | None
    account_name: str
    people: int
    units: int = Field(description="이 사람들 몫으로 잡아 둔 발송 한도 (건)")
    ages: AgesOut
    oldest: Instant = Field(description="가장 오래된 사람의 상태가 마지막으로 바뀐 때")
    next_at: Instant | None = Field(description="저절로 일어나는 다음 일의 때; 없으면 곧, 또는 사람이 정함")
    presumed_at: Instant | None = Field(description="끝내 결과가 없으면 실패로 보는 때")


class UnitsOut(ApiModel):
    reserved: int = Field(description="이 발송이 잡았던 모든 한도")
    settled: int
    released: int
    kept: int = Field(description="아직 잡고 있는 한도")


class SendBooksOut(ApiModel):
    """One send of a month."""

    send_id: UUID
    campaign_id: UUID | None
    campaign_name: str
    state: str
    rehearse: bool
    created_at: Instant
    audience: int


class BooksOut(ApiModel):
    """What its books come to, in one snapshot. `closed`: every sum agrees and nobody is open."""

    closed: bool
    differences: int = Field(description="맞지 않는 합계의 수")
    open_people: int
    units: UnitsOut


class ListedSendOut(SendBooksOut):
    books: BooksOut | None = Field(
        description="없으면 사람이 너무 많아 목록에서는 세지 않은 발송; 그 발송의 장부를 열면 셈"
    )


class ReconciliationOut(SendBooksOut, BooksOut):
    as_of: Instant
    people: list[FigureOut] = Field(description="받는 사람은 이 가운데 꼭 한 칸에 있음")
    tries: list[FigureOut] = Field(description="시도를 발송사의 답으로 나눈 것")
    checks: list[BalanceOut]
    open: list[OpenRowsOut]


class UnmatchedOut(ApiModel):
    """Raw news of a carrier that isn't applied: about tries that the ledger doesn't have, or just come in."""

    account_id: UUID
    account_name: str
    bodies: int
    oldest: Instant
    next_at: Instant
    given_up_at: Instant


class MonthOut(ApiModel):
    """A month's account of units beside the sum of its movements."""

    month: str
    limit: int
    used: int
    reserved: int
    entered_used: int
    entered_reserved: int
    equal: bool


class DifferenceOut(ApiModel):
    """A send whose books don't agree."""

    send_id: UUID
    campaign_id: UUID | None
    campaign_name: str
    created_at: Instant
    differences: int = Field(description="맞지 않는 합계의 수")


class AgeingOut(ApiModel):
    """Everybody who is open in any send, whoever waits longest first; and the sends of a month.

    With a cursor only the further sends of the month are counted: `open` is empty then. A send that is open and of this
    month may be told of by two pages, by the same id.
    """

    as_of: Instant
    month: MonthOut
    open: list[OpenRowsOut]
    unmatched: list[UnmatchedOut]
    differences: list[DifferenceOut] = Field(
        description="센 발송 가운데 장부가 맞지 않는 것; 아직 열려 있는 다른 달의 발송도"
    )
    uncounted: list[UUID] = Field(
        description="사람이 너무 많아 이번에 세지 않은 발송; 하나라도 있으면 모두 맞는지는 모름"
    )
    sends: Page[ListedSendOut]
