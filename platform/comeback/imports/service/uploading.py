"""Files come in and are shown."""

from collections.abc import Mapping
from uuid import UUID

from comeback.core import progress
from comeback.core.blobs import Blobs
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError
from comeback.core.outbox import enqueue
from comeback.imports import repository
from comeback.imports.errors import BadImport, NoImport, StillRunning
from comeback.imports.models import FileImport
from comeback.imports.rules.fields import KINDS
from comeback.imports.schemas import FieldOut, ImportOut, ImportPage, ImportSummary, Problem, RunIn, Started
from comeback.kit.ids import new_id, parse_id
from comeback.kit.paging import decode_cursor, encode_cursor

JOB = "imports.run"
PAGE = 100
MAX_BYTES = 25_000_000


def known_import(text: str) -> UUID:
    """The id in a path; raises NoImport for what is none."""
    found = parse_id(text)
    if found is None:
        raise NoImport()
    return found


async def upload(
    session: WriteSession, blobs: Blobs, kind: str, data: bytes, *, filename: str = "", dry_run: bool = False,
    mapping: Mapping[str, str] | None = None,
) -> Started:  # fmt: skip
    """Stores a file and starts its import. Raises BadImport for an unknown kind or field."""
    if kind not in KINDS:
        raise BadImport("Unknown kind.", [FieldError("/kind", f"is one of {', '.join(sorted(KINDS))}")])
    _check_mapping(kind, mapping)
    name = filename.replace("\x00", "").strip()[-200:] or f"{kind}.csv"
    key = await blobs.put(session.shop_id, f"import-{kind}.csv", data, "text/csv")
    task = await progress.start(session, f"import.{kind}")
    row = FileImport(
        shop_id=session.shop_id, id=new_id(), kind=kind, filename=name, blob=key, task_id=task, dry_run=dry_run,
        given=dict(mapping or {}),
    )  # fmt: skip
    await repository.add(session, row)
    await enqueue(session, JOB, {"import": str(row.id)})
    return Started(import_id=row.id, task=task)


def _check_mapping(kind: str, mapping: Mapping[str, str] | None) -> None:
    names = {field.name for field in KINDS[kind]}
    unknown = [FieldError(f"/mapping/{name}", "is no field") for name in mapping or {} if name not in names]
    unknown += [
        FieldError(f"/mapping/{name}", "has control characters") for name, c in (mapping or {}).items() if "\x00" in c
    ]
    if unknown:
        raise BadImport("The mapping is not valid.", unknown[:100])


async def run_again(session: WriteSession, import_id: UUID, body: RunIn) -> Started:
    """Runs a file once more, with another mapping or in earnest after a dry run. What was imported before stays as it
    is. Raises NoImport, StillRunning and BadImport."""
    row = await get_import(session, import_id, lock=True)
    if row.state == "waiting":
        raise StillRunning()
    _check_mapping(row.kind, body.mapping)
    row.task_id = await progress.start(session, f"import.{row.kind}")
    row.state, row.dry_run, row.ended_at = "waiting", body.dry_run, None
    if body.mapping is not None:
        row.given = dict(body.mapping)
    await session.flush()
    await enqueue(session, JOB, {"import": str(row.id)})
    return Started(import_id=row.id, task=row.task_id)


async def get_import(session: ReadSession, import_id: UUID, *, lock: bool = False) -> FileImport:
    """One import of the shop; raises NoImport."""
    row = await repository.find(session, import_id, lock=lock)
    if row is None:
        raise NoImport()
    return row


async def problems_of(session: ReadSession, import_id: UUID) -> list[Problem]:
    """The bad rows of an import; raises NoImport."""
    return [Problem(**p) for p in (await get_import(session, import_id)).problems]


async def show_import(session: ReadSession, import_id: UUID, cursor: str | None) -> ImportOut:
    """An import with its columns, mapping and a page of bad rows; raises NoImport."""
    row = await get_import(session, import_id)
    key = decode_cursor(cursor) if cursor else None
    start = key[0] if key and isinstance(key[0], int) and key[0] >= 0 else 0
    more = encode_cursor(start + PAGE) if len(row.problems) > start + PAGE else None
    return ImportOut(
        id=row.id, kind=row.kind, filename=row.filename, task=row.task_id, dry_run=row.dry_run, state=row.state,
        source=row.source, columns=row.columns, mapping=row.mapping or row.given,
        fields=[FieldOut(name=f.name, label=f.label, required=f.required) for f in KINDS[row.kind]],
        rows=row.rows, records=row.records, created=row.created, updated=row.updated, unchanged=row.unchanged,
        problem_count=row.problem_count, problems=[Problem(**p) for p in row.problems[start : start + PAGE]],
        next=more, created_at=row.created_at, ended_at=row.ended_at,
    )  # fmt: skip


async def list_imports(session: ReadSession, cursor: str | None) -> ImportPage:
    """Imports, newest first."""
    key = decode_cursor(cursor) if cursor else None
    before = parse_id(str(key[0])) if key else None
    found = await repository.page(session, before, PAGE + 1)
    more = encode_cursor(str(found[PAGE - 1]["id"])) if len(found) > PAGE else None
    return ImportPage(items=[ImportSummary(**r) for r in found[:PAGE]], next=more)
