"""HTTP of imports: files in, progress by tasks, columns and bad rows out."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Forbidden
from comeback.imports.errors import BadImport
from comeback.imports.rules.export import as_csv
from comeback.imports.rules.fields import KINDS, template
from comeback.imports.schemas import ImportOut, ImportPage, RunIn, Started
from comeback.imports.service import uploading
from comeback.imports.service.uploading import MAX_BYTES, known_import

CSV = "text/csv; charset=utf-8"
READ, WRITE = {"permission": "orders:read"}, {"permission": "orders:write"}


@post("/api/v1/orders/import", operation_id="importOrders", opt=WRITE, status_code=202,
      request_max_body_size=MAX_BYTES)  # fmt: skip
async def import_orders(
    request: Request[Any, Any, Any],
    session: NamedDependency[WriteSession],
    blobs: NamedDependency[Any],  # a protocol cannot be checked at run time
    dry_run: FromQuery[bool] = False,
) -> Started:
    """Takes orders as CSV (the body itself, or a multipart field `file`); the task shows how far it is."""
    data, name, _ = await _file(request)
    return await uploading.upload(session, blobs, "orders", data, filename=name, dry_run=dry_run)


@post("/api/v1/imports", operation_id="createImport", opt=WRITE, status_code=202, request_max_body_size=MAX_BYTES)
async def create_import(
    request: Request[Any, Any, Any],
    session: NamedDependency[WriteSession],
    blobs: NamedDependency[Any],  # a protocol cannot be checked at run time
    principal: NamedDependency[Principal],
    kind: FromQuery[str | None] = None,
    dry_run: FromQuery[bool] = False,
) -> Started:
    """Takes a file: multipart (`file`, `kind`, `mapping` as JSON, `dry_run`), or CSV as the body and the rest in the
    query. The answer is a task."""
    data, name, form = await _file(request)
    rehearsal = dry_run or str(form.get("dry_run", "")).lower() in ("true", "1", "yes", "on")
    wanted = str(form.get("kind") or kind or "orders")
    _allowed(principal, wanted)
    return await uploading.upload(
        session, blobs, wanted, data, filename=name, dry_run=rehearsal,
        mapping=_mapping(form.get("mapping")),
    )  # fmt: skip


def _allowed(principal: Principal, kind: str) -> None:
    """Raises Forbidden where the rows of a file could not be written one by one either."""
    if kind in KINDS and not principal.may(f"{kind}:write"):
        raise Forbidden(f"This needs the permission {kind}:write.")


async def _file(request: Request[Any, Any, Any]) -> tuple[bytes, str, dict[str, Any]]:
    """The file, its name, and the other fields of a form."""
    if not (request.content_type[0] or "").startswith("multipart/"):
        return await request.body(), "", {}
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise BadImport("There is no file.", [FieldError("/file", "is required")])
    return await file.read(), file.filename or "", {k: v for k, v in form.items() if k != "file"}


def _mapping(text: object) -> dict[str, str] | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.MsgspecError:
        raise BadImport("The mapping is not valid.", [FieldError("/mapping", "must be field → column")]) from None


@get("/api/v1/imports", operation_id="listImports", opt=READ)
async def list_imports(read: NamedDependency[ReadSession], cursor: FromQuery[str | None] = None) -> ImportPage:
    """Imports, newest first."""
    return await uploading.list_imports(read, cursor)


@get("/api/v1/imports/{import_id:str}", operation_id="getImport", opt=READ)
async def get_import(
    import_id: FromPath[str], read: NamedDependency[ReadSession], cursor: FromQuery[str | None] = None
) -> ImportOut:
    """One import: its columns, what each field takes, what it changed, and a page of bad rows."""
    return await uploading.show_import(read, known_import(import_id), cursor)


@post("/api/v1/imports/{import_id:str}/run", operation_id="runImport", opt=WRITE, status_code=202)
async def run_import(
    import_id: FromPath[str],
    data: JSONBody[RunIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
) -> Started:
    """Runs the same file again: with another mapping, or in earnest after a dry run."""
    key = known_import(import_id)
    _allowed(principal, (await uploading.get_import(session, key)).kind)
    return await uploading.run_again(session, key, data)


@get("/api/v1/imports/{import_id:str}/problems", operation_id="getImportProblems", opt=READ, media_type=CSV)
async def get_problems(import_id: FromPath[str], read: NamedDependency[ReadSession]) -> Response[str]:
    """The bad rows as CSV."""
    text = as_csv(await uploading.problems_of(read, known_import(import_id)))
    return Response(text, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="bad-rows.csv"'})


@get("/api/v1/imports/templates/{kind:str}", operation_id="getImportTemplate", opt=READ, media_type=CSV)
async def get_template(kind: FromPath[str]) -> Response[str]:
    """An empty file with every column that a kind can have."""
    if kind not in KINDS:
        raise BadImport("Unknown kind.", [FieldError("/kind", f"is one of {', '.join(sorted(KINDS))}")])
    headers = {"Content-Disposition": f'attachment; filename="{kind}.csv"'}
    return Response(",".join(template(kind)) + "\r\n", media_type=CSV, headers=headers)


ROUTES = (
    import_orders, create_import, list_imports, get_import, run_import, get_problems, get_template,
)  # fmt: skip
