"""Request and response bodies of the simulated handsets."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from pabal.kit.http.schemas import ApiModel


class HandsetOut(ApiModel):
    """One handset with its newest message; number, name and text as the reader's role may see them."""

    id: str
    name: str
    phone: str
    last_text: str
    last_at: datetime
    count: int


class HandsetMessageOut(ApiModel):
    """`in` arrived on the handset, `out` was written on it."""

    id: str
    direction: Literal["in", "out"]
    channel: str
    from_: Annotated[str, Field(alias="from")]
    text: str
    at: datetime
    state: str | None


class ReplyIn(ApiModel):
    text: Annotated[str, Field(min_length=1, max_length=2000)]
