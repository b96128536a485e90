"""The status page of a return and its label."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core.access import CUSTOMER, PUBLIC, Principal
from comeback.core.blobs import Blobs
from comeback.core.db import Database
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.portal.errors import NoPage
from comeback.portal.pages.render import answer, make
from comeback.portal.pages.visit import csrf_of, own_visit, visit
from comeback.portal.service import cases as service
from comeback.portal.service import writing

_FILE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def _pdf(data: bytes) -> Response[bytes]:
    named = {"Content-Disposition": 'attachment; filename="label.pdf"'}
    return Response(data, media_type="application/pdf", headers=_FILE | named)


@get(
    "/{slug:str}/returns/{case_id:str}", opt={"permission": CUSTOMER}, operation_id="returnStatusPage",
    include_in_schema=False,
)  # fmt: skip
async def case_status(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    case_id: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Where the return stands."""
    seen = await own_visit(request, database, slug, principal)
    wanted = parse_id(case_id)
    if wanted is None:
        raise NoPage()
    async with database.read(seen.shop_id) as session:
        case = await service.own_case(session, settings, principal.id, wanted, seen.reader.language)
        url = f"/{slug}/returns/{case.id}/label.pdf"
        page = await service.show(session, settings, case, seen.reader, url)
    action = f"/{slug}/returns/{case.id}/write{seen.suffix}"
    write = writing.form(seen.reader, action, csrf_of(request, settings), chosen="return")
    kept = seen.asked is not None
    return answer(make("case.html", seen.look, seen.reader, keep_language=kept, page=page, write=write))


@get(
    "/{slug:str}/returns/{case_id:str}/label.pdf", opt={"permission": CUSTOMER}, operation_id="returnLabel",
    include_in_schema=False,
)  # fmt: skip
async def case_label(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    case_id: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    blobs: NamedDependency[Any],  # a protocol cannot be checked at run time
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """The label of one's own return."""
    seen = await own_visit(request, database, slug, principal)
    wanted = parse_id(case_id)
    if wanted is None:
        raise NoPage()
    async with database.read(seen.shop_id) as session:
        await service.own_case(session, settings, principal.id, wanted, seen.reader.language)
        store: Blobs = blobs
        return _pdf(await service.label_pdf(session, settings, store, wanted))


@get(
    "/{slug:str}/returns/r/{token:str}/label.pdf", opt={"permission": PUBLIC}, operation_id="mailedLabel",
    include_in_schema=False,
)  # fmt: skip
async def mailed_label(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    blobs: NamedDependency[Any],  # a protocol cannot be checked at run time
) -> Response[bytes]:
    """The label behind a mailed address: its token (160 bits) is the right to print it, nothing more."""
    seen = await visit(request, database, slug)
    async with database.read(seen.shop_id) as session:
        case_id, _ = await service.mailed_case(session, token)
        store: Blobs = blobs
        return _pdf(await service.label_pdf(session, settings, store, case_id))


@get(
    "/{slug:str}/returns/r/{token:str}/qr.png", opt={"permission": PUBLIC}, operation_id="mailedQr",
    include_in_schema=False,
)  # fmt: skip
async def mailed_qr(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The drop-off code as a picture, for mails."""
    seen = await visit(request, database, slug)
    async with database.read(seen.shop_id) as session:
        case_id, _ = await service.mailed_case(session, token)
        return Response(await service.qr_png(session, settings, case_id), media_type="image/png", headers=_FILE)


ROUTES = (case_status, case_label, mailed_label, mailed_qr)
