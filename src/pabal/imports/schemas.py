"""Shapes of the import routes."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from pabal.domain.law.lists import Purpose
from pabal.imports.draft import Draft
from pabal.imports.forecasting import Forecast
from pabal.imports.guess import Why
from pabal.imports.read import WORKBOOK
from pabal.imports.report import Import
from pabal.kit.http.schemas import ApiModel

_DELIMITERS: dict[str, Literal["comma", "tab", "semicolon", "pipe"]] = {
    ",": "comma",
    "\t": "tab",
    ";": "semicolon",
    "|": "pipe",
}


class ColumnOut(ApiModel):
    index: int
    name: str
    target: str
    confidence: float
    why: Why
    share: float | None  # of the cells that look so, 0..1, where `why` is "looks"
    samples: list[str]


class SheetOut(ApiModel):
    name: str
    rows: int
    exact: bool
    hidden: bool
    chosen: bool


class CellOut(ApiModel):
    """`raw` is blotted where it holds a resident registration number and empty where it isn't imported."""

    raw: str
    value: str
    state: Literal["plain", "fixed", "interpreted", "bad", "hidden", "ignored"]
    note: str
    message: str


class PreviewRowOut(ApiModel):
    row: int
    sheet: str
    cells: list[CellOut]
    first: bool
    touched: bool


class UploadOut(ApiModel):
    id: UUID
    state: Literal["uploaded"] = "uploaded"
    kind: Literal["csv", "xlsx"]
    file_name: str
    encoding: str
    delimiter: Literal["comma", "tab", "semicolon", "pipe"] | None
    sheets: list[str]
    sheet_details: list[SheetOut]
    header_row: int | None
    columns: list[ColumnOut]
    mapping: dict[str, str]
    preview: list[list[str]]
    preview_rows: list[PreviewRowOut]
    rows_estimated: int
    rows_exact: bool
    bytes: int

    @classmethod
    def of(cls, draft: Draft, found: Import) -> "UploadOut":
        sample, shape = draft.sample, draft.design.shape
        chosen = {sheet.name for sheet in shape.sheets}
        first = draft.first_rows()
        return cls(
            id=draft.id,
            kind="xlsx" if sample.encoding == WORKBOOK else "csv",
            file_name=found.file_name,
            encoding={"utf-8-sig": "utf-8"}.get(sample.encoding, sample.encoding),
            delimiter=_DELIMITERS.get(sample.delimiter),
            sheets=[sheet.name or found.file_name for sheet in sample.sheets],
            sheet_details=[
                SheetOut(
                    name=sheet.name or found.file_name,
                    rows=sheet.rows,
                    exact=sheet.exact,
                    hidden=sheet.hidden,
                    chosen=not chosen or sheet.name in chosen,
                )
                for sheet in sample.sheets
            ],
            header_row=draft.design.header_row,
            columns=[
                ColumnOut(
                    index=column.index,
                    name=column.name,
                    target=column.target,
                    confidence=round(column.confidence, 2),
                    why=column.why,
                    share=None if column.share is None else round(column.share, 2),
                    samples=[row[column.index] for row in first[:5] if column.index < len(row)],
                )
                for column in draft.design.columns
            ],
            mapping=dict(draft.mapping),
            preview=first,
            preview_rows=[PreviewRowOut.model_validate(row) for row in draft.preview],
            rows_estimated=draft.design.rows,
            rows_exact=draft.design.exact,
            bytes=found.byte_size,
        )


class DraftIn(ApiModel):
    """Another way to read an upload; what is left out stays as it is. `headerRow` 0: no header."""

    encoding: Literal["utf-8", "cp949", "utf-16", "utf-16-le", "utf-16-be"] | None = None
    sheets: Annotated[list[str], Field(min_length=1, max_length=60)] | None = None
    header_row: Annotated[int, Field(ge=0, le=2_000_000)] | None = None
    mapping: dict[str, Any] | None = None


class DryRunIn(ApiModel):
    """`sheets` and `mapping` are kept with the upload, as `PATCH` keeps them."""

    sheets: Annotated[list[str], Field(min_length=1, max_length=60)] | None = None
    mapping: dict[str, Any] | None = None
    policy: Literal["merge", "skip", "replace"] = "merge"
    ask_nameless: bool = False


class ProblemCountOut(ApiModel):
    code: str
    message: str
    mend: str
    count: int


class FixOut(ApiModel):
    note: str
    count: int


class ForecastOut(ApiModel):
    """Rows by what would become of them, and `review`: pairs that a person would be asked about."""

    state: Literal["counting", "ready", "failed"]
    percent: int
    problem: str | None
    rows: int | None = None
    people: int | None = None
    new: int | None = None
    merged: int | None = None
    unchanged: int | None = None
    skipped: int | None = None
    review: int | None = None
    rejected: int | None = None
    warned: int | None = None
    refusals: int | None = None
    made_up: int = 0
    """Numbers one after another (C-08): the list isn't sent to before an owner says where it is from."""
    seconds: float | None = None
    problems: list[ProblemCountOut] = []
    fixes: list[FixOut] = []

    @classmethod
    def of(cls, found: Forecast) -> Self:
        if found.result is not None:
            return cls.model_validate({**found.result, "state": "ready", "percent": 100, "problem": None})
        counting = found.live and found.problem is None
        return cls(state="counting" if counting else "failed", percent=found.percent, problem=found.problem)


class SummaryOut(ApiModel):
    outcomes: dict[str, int]
    refused: list[ProblemCountOut]
    left_out: list[ProblemCountOut]


class RejectedRowOut(ApiModel):
    """`cells` in the order of the import's columns; `columns`: which of them are wrong."""

    row: int
    cells: list[str]
    problem: str
    columns: list[str]


class RecentRowOut(ApiModel):
    row: int
    name: str
    phone: str
    outcome: str
    code: str


class StartIn(ApiModel):
    """`askNameless`: rows without a full name are asked about instead of joined to the one person on their number.
    `obtainedOn`: when the list was given to the camp; kept with basis and source as evidence.
    """

    sheets: Annotated[list[str], Field(min_length=1, max_length=60)] | None = None
    mapping: dict[str, Any] | None = None
    policy: Literal["merge", "skip", "replace"] = "merge"
    ask_nameless: bool = False
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=50)]], Field(max_length=20)] = []
    basis: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    purposes: Annotated[list[Purpose], Field(max_length=6, description="무엇에 쓰려고 받았나요? (P-07)")] = []
    obtained_on: date | None = None


class CancelIn(ApiModel):
    """`undo`: take back what has come in already."""

    undo: bool = False


class ImportOut(ApiModel):
    """An import in its list and while it runs."""

    id: UUID
    state: Literal["uploaded", "running", "completed", "failed", "cancelled", "undone"]
    file_name: str
    bytes: int
    encoding: str
    columns: list[str]
    mapping: dict[str, str] | None
    policy: str | None
    tags: list[str]
    basis: str | None
    source: str | None
    purposes: list[Purpose]
    obtained_on: date | None
    ask_nameless: bool
    rows_total: int
    rows_done: int
    created: int
    updated: int
    merged: int
    rejected: int
    review: int
    skipped: int
    warned: int
    made_up: int
    made_up_open: bool
    """No owner has said yet where its rows of numbers are from (C-08)."""
    seconds: float | None
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, found: Import) -> Self:
        return cls.model_validate(
            {
                **{name: getattr(found, name) for name in cls.model_fields if hasattr(found, name)},
                "bytes": found.byte_size,
                "encoding": found.shape.get("encoding", ""),
                "columns": found.shape.get("columns", []),
            }
        )


class ImportDetailOut(ImportOut):
    """One import. `draft`: the mapping screen's, until it starts, for those who may start it."""

    draft: UploadOut | None = None
    forecast: ForecastOut | None = None
