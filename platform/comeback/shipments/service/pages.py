"""The customer's page of an order: one address for its whole life, whatever happens to parcels and numbers."""

from uuid import UUID

from comeback.core.access import add_entry
from comeback.core.db import WriteSession
from comeback.core.settings import Settings
from comeback.kit.tokens import derive_token, digest


def page_token(settings: Settings, shop_id: UUID, order_id: UUID) -> str:
    """160 bits that only this installation can make, always the same for one order."""
    return derive_token(settings.secret_key.reveal(), "page", shop_id, order_id)


def tracking_url(settings: Settings, shop_id: UUID, order_id: UUID) -> str:
    """The address of the order's page."""
    return f"{settings.base_url.rstrip('/')}/t/{page_token(settings, shop_id, order_id)}"


async def ensure_page(session: WriteSession, settings: Settings, order_id: UUID) -> str:
    """Makes the page reachable (directory kind `page`, subject the order); answers its token."""
    token = page_token(settings, session.shop_id, order_id)
    await add_entry(session, "page", digest(token), order_id)
    return token
