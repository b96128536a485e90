"""The customer's way to a case without logging in: an unguessable address; and its label."""

from uuid import UUID

from comeback.core.blobs import Blobs
from comeback.core.db import ReadSession
from comeback.returns import repository
from comeback.returns.errors import LabelNotReady, ReturnNotFound
from comeback.returns.models import ReturnCase
from comeback.shipments import service as shipments
from comeback.shipments.rules.vocabulary import LabelState


def status_url(base_url: str, slug: str, token: str) -> str:
    """The status page of a case; `/label.pdf` and `/qr.png` lie below it."""
    return f"{base_url.rstrip('/')}/{slug}/returns/r/{token}"


async def by_token(session: ReadSession, token: str) -> ReturnCase:
    """The case of a status page. Raises ReturnNotFound (404)."""
    found = await repository.case_by_token(session, token) if 16 <= len(token) <= 100 else None
    if found is None:
        raise ReturnNotFound()
    return found


async def label_of(session: ReadSession, blobs: Blobs, case_id: UUID) -> bytes:
    """The PDF of a case's label. Raises LabelNotReady (404) while it is being made, or where there is none."""
    for parcel in await shipments.shipments_of_return(session, case_id):
        if parcel.label.state == LabelState.READY:
            return await shipments.label_pdf(session, blobs, parcel.id)
    raise LabelNotReady()
