"""Returns of an order, for the customer whose order it is."""

import io
from uuid import UUID

import segno

from comeback.core.blobs import Blobs
from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.portal.errors import NoPage
from comeback.portal.rules.cases import case_page, label_card, parcel_of
from comeback.portal.rules.sentences import known
from comeback.portal.schemas import CaseLink, CasePage
from comeback.portal.words.reader import Reader
from comeback.returns.errors import ReturnNotFound
from comeback.returns.schemas import CaseOut
from comeback.returns.service.inbox import list_cases
from comeback.returns.service.tokens import by_token
from comeback.returns.service.viewing import get_case
from comeback.shipments import service as shipments
from comeback.shipments.errors import NoLabel, NoShipment


async def own_case(session: ReadSession, settings: Settings, order_id: UUID, case_id: UUID, language: str) -> CaseOut:
    """The case, if it is one of this order. Raises NoPage (404) otherwise, whatever the reason."""
    try:
        case = await get_case(session, case_id, settings, language)
    except ReturnNotFound as unknown:
        raise NoPage() from unknown
    if case.order_id != order_id:
        raise NoPage()
    return case


async def show(session: ReadSession, settings: Settings, case: CaseOut, reader: Reader, label_url: str) -> CasePage:
    """The status page of a case."""
    parcel = parcel_of(case)
    drawing = qr_svg(parcel.label.qr) if parcel and parcel.label.qr else None
    label = label_card(case, reader, label_url, drawing)
    return case_page(case, reader, label, shipments.tracking_url(settings, session.shop_id, case.order_id))


async def links(session: ReadSession, slug: str, order_id: UUID, reader: Reader) -> list[CaseLink]:
    """The order's returns, newest first."""
    found = await list_cases(session, order=order_id, limit=10)
    return [
        CaseLink(
            number=row.number,
            url=f"/{slug}/returns/{row.id}",
            state=known(reader.words, f"case.status.{row.status}", "case.status.requested"),
        )
        for row in found.items
    ]


async def label_pdf(session: ReadSession, settings: Settings, blobs: Blobs, case_id: UUID) -> bytes:
    """The label of a case. Raises NoPage (404) where it is not ready, voided or gone."""
    parcel = parcel_of(await get_case(session, case_id, settings))
    if parcel is None:
        raise NoPage()
    try:
        return await shipments.label_pdf(session, blobs, parcel.id)
    except (NoLabel, NoShipment, KeyError) as missing:
        raise NoPage() from missing


async def mailed_case(session: ReadSession, token: str) -> tuple[UUID, UUID]:
    """(case, order) behind the token of a mailed address. Raises NoPage (404)."""
    try:
        case = await by_token(session, token)
    except ReturnNotFound as unknown:
        raise NoPage() from unknown
    return case.id, case.order_id


async def qr_png(session: ReadSession, settings: Settings, case_id: UUID) -> bytes:
    """The drop-off code as a picture (mails show no SVG). Raises NoPage (404)."""
    parcel = parcel_of(await get_case(session, case_id, settings))
    if parcel is None or not parcel.label.qr:
        raise NoPage()
    buffer = io.BytesIO()
    segno.make(parcel.label.qr, error="m", micro=False).save(buffer, kind="png", scale=8, border=4)
    return buffer.getvalue()


def qr_svg(text: str) -> str:
    """A QR code to stand inside a page."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(scale=4, border=1, omitsize=True, dark="#111", svgclass=None)
