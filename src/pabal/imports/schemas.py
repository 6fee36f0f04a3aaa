"""Shapes of the import routes."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from pabal.imports.report import Import
from pabal.imports.upload import Uploaded
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
    reason: str
    samples: list[str]


class UploadOut(ApiModel):
    id: UUID
    state: str = "uploaded"
    encoding: str
    delimiter: Literal["comma", "tab", "semicolon", "pipe"]
    sheets: list[str]
    columns: list[ColumnOut]
    mapping: dict[str, str]
    preview: list[list[str]]
    rows_estimated: int
    bytes: int

    @classmethod
    def of(cls, uploaded: Uploaded, file_name: str) -> "UploadOut":
        return cls(
            id=uploaded.id,
            encoding={"utf-8-sig": "utf-8"}.get(uploaded.encoding, uploaded.encoding),
            delimiter=_DELIMITERS[uploaded.delimiter],
            sheets=[file_name],
            columns=[
                ColumnOut(
                    index=column.index,
                    name=column.name,
                    target=column.target,
                    confidence=round(column.confidence, 2),
                    reason=column.reason,
                    samples=[row[column.index] for row in uploaded.preview[:5] if column.index < len(row)],
                )
                for column in uploaded.columns
            ],
            mapping={column.name: column.target for column in uploaded.columns},
            preview=uploaded.preview,
            rows_estimated=uploaded.rows_estimated,
            bytes=uploaded.size,
        )


class StartIn(ApiModel):
    mapping: dict[str, Any] | None = None
    policy: Literal["merge", "skip", "replace"] = "merge"
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=50)]], Field(max_length=20)] = []
    basis: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ImportOut(ApiModel):
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
    rows_total: int
    rows_done: int
    created: int
    updated: int
    merged: int
    rejected: int
    review: int
    skipped: int
    warned: int
    seconds: float | None
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, found: Import) -> "ImportOut":
        return cls.model_validate(
            {
                **{name: getattr(found, name) for name in cls.model_fields if hasattr(found, name)},
                "bytes": found.byte_size,
                "encoding": found.shape.get("encoding", ""),
                "columns": found.shape.get("columns", []),
            }
        )
