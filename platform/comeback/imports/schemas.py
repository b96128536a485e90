"""Bodies of the imports API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Column = Annotated[str, Meta(max_length=200)]


class RunIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """How to run a file that was uploaded: `mapping` is field → column; null takes the guess (or the last given)."""

    mapping: Annotated[dict[str, Column], Meta(max_length=100)] | None = None
    dry_run: bool = False


class Started(Struct, kw_only=True):
    """The import and the task that shows how far it is."""

    import_id: UUID
    task: UUID


class Problem(Struct, frozen=True):
    """One bad place: the row as a spreadsheet counts (the head is row 1), the column's name, a sentence."""

    row: int
    column: str | None
    message: str


class FieldOut(Struct, kw_only=True):
    """A field that a column can fill."""

    name: str
    label: str
    required: bool


class ImportOut(Struct, kw_only=True):
    """An import as the API shows it. `records` are orders, parcels or products; `rows` are rows of the file."""

    id: UUID
    kind: str
    filename: str
    task: UUID
    dry_run: bool
    state: str
    source: str | None
    columns: list[str]
    mapping: dict[str, str]
    fields: list[FieldOut]
    rows: int
    records: int
    created: int
    updated: int
    unchanged: int
    problem_count: int
    problems: list[Problem]
    next: str | None
    created_at: datetime
    ended_at: datetime | None


class ImportSummary(Struct, kw_only=True):
    """An import in the list."""

    id: UUID
    kind: str
    filename: str
    task: UUID
    dry_run: bool
    state: str
    records: int
    problem_count: int
    created_at: datetime


class ImportPage(Struct, kw_only=True):
    """Imports, newest first."""

    items: list[ImportSummary]
    next: str | None
