"""What the customer's page and mails are made of: plain codes and times, words are made where the language is known."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from comeback.shipments.rules.orders import Step


class ItemView(Struct, kw_only=True):
    """Pieces of one line. `amount` is the price of these pieces in minor units, before discounts."""

    line_id: UUID
    title: str
    options: str | None
    sku: str | None
    quantity: int
    image_url: str | None
    url: str | None
    amount: int
    currency: str
    product_external_id: str | None


class Headline(Struct, kw_only=True):
    """What stands on top. `code`: ordered, preparing, on_its_way, arriving, delayed, out_for_delivery,
    available_for_pickup, attempt_failed, exception, delivered, returning, returned, cancelled, no_news."""

    code: str
    at: datetime | None = None
    eta_from: datetime | None = None
    eta_until: datetime | None = None
    reason: str | None = None
    left_with: str | None = None


class EventView(Struct, kw_only=True):
    """One line of the timeline, newest first. `text` is the carrier's own words, `kind` event or note."""

    kind: str
    at: datetime
    status: str | None
    substatus: str | None
    reason: str | None
    text: str | None
    city: str | None
    country: str | None
    late: bool
    noise: bool


class ParcelView(Struct, kw_only=True):
    """A parcel; `index` of `total` counts parcels of its direction from 1."""

    id: UUID
    index: int
    total: int
    direction: str
    carrier: str
    carrier_name: str
    carrier_url: str | None
    service: str | None
    tracking_number: str | None
    status: str
    substatus: str | None
    reason: str | None
    attempts: int
    headline: Headline
    steps: tuple[Step, ...]
    events: list[EventView]
    items: list[ItemView]
    shipped_at: datetime | None
    delivered_at: datetime | None
    original_eta_until: datetime | None
    return_id: UUID | None
    return_state: str | None
    label_qr: str | None


class TrackingView(Struct, kw_only=True):
    """An order as its customer may see it by the page's token: no street, no name (D13)."""

    shop_id: UUID
    order_id: UUID
    number: str
    placed_at: datetime
    currency: str
    locale: str | None
    customer_id: UUID
    state: str
    city: str | None
    country: str | None
    headline: Headline
    steps: tuple[Step, ...]
    parcels: list[ParcelView]
    returns: list[ParcelView]
    unshipped: list[ItemView]
    last_delivery: datetime | None
    page_url: str
