"""Finding an order by what its owner knows: the number, and the mail address or the postcode."""

from uuid import UUID

from comeback.core.db import ReadSession, WriteSession
from comeback.core.limits import Limiter
from comeback.core.settings import Settings
from comeback.orders.service.shapes import plain_number
from comeback.portal import repository
from comeback.portal.rules.access import proves
from comeback.portal.schemas import Found
from comeback.shipments import service as shipments

PER_ADDRESS = "20/10 minutes"
PER_ORDER = "10/10 minutes"


async def guard(limiter: Limiter, purpose: str, shop: UUID, address: str, number: str) -> None:
    """Counts a try by address and by order number, whether or not there is such an order. Raises TooMany (429)."""
    await limiter.require(PER_ADDRESS, "portal", purpose, str(shop), address)
    await limiter.require(PER_ORDER, "portal", purpose, str(shop), "order", plain_number(number)[:100])


async def find(session: ReadSession, number: str, proof: str) -> Found | None:
    """The newest order that fits both; one statement whether it fits or not, so that time tells nothing."""
    if "\x00" in number or "\x00" in proof:
        return None
    hits = [c for c in await repository.candidates(session, plain_number(number)) if proves(proof, c.email, c.postcode)]
    if not hits:
        return None
    first = hits[0]
    return Found(order_id=first.order_id, number=first.number, customer_id=first.customer_id, locale=first.locale)


async def open_page(session: WriteSession, settings: Settings, order_id: UUID) -> str:
    """The token of an order's page, which is opened where it was not yet."""
    return await shipments.ensure_page(session, settings, order_id)
