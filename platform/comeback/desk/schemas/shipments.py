"""The parcels, and one parcel in full.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from comeback.desk.schemas.shared import OrderRef, ParcelOut, PersonRef

ParcelTab = Literal["on_the_way", "out_for_delivery", "problem", "stuck", "returning", "delivered"]
Period = Literal["7", "30", "90", "365"]


class ShipmentRow(Struct, kw_only=True):
    """One parcel of the list; `status` is the word of its badge, `news_at` its last scan (or its start)."""

    id: str
    direction: Literal["outbound", "return"]
    order_id: str
    order_number: str
    return_id: str | None
    customer: str
    city: str | None
    country: str | None
    carrier: str
    tracking_number: str | None
    status: str
    reason: str | None
    eta_from: datetime | None
    eta_until: datetime | None
    late: bool
    news_at: datetime
    delivered_at: datetime | None


class ShipmentCounts(Struct, kw_only=True):
    """Parcels in each tab under the filters in force; counting stops at `many`."""

    on_the_way: int
    out_for_delivery: int
    problem: int
    stuck: int
    returning: int
    delivered: int
    many: int


class ShipmentList(Struct, kw_only=True):
    """A page of one tab, with the values that the filters offer."""

    items: list[ShipmentRow]
    next: str | None
    counts: ShipmentCounts
    carriers: list[str]
    countries: list[str]


class ShipmentDetail(Struct, kw_only=True):
    """One parcel with the order it belongs to."""

    parcel: ParcelOut
    order: OrderRef
    return_id: str | None
    customer: PersonRef
    destination: list[str]
    country: str | None
    last_scan_at: datetime | None
