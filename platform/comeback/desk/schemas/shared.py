"""Shapes that the pages of orders and returns share: customer, parcel, timeline.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Tab = Literal["new", "review", "on_the_way", "received", "inspect", "done"]


class CustomerOut(Struct, kw_only=True):
    """The customer of an order."""

    id: str
    name: str
    email: str
    phone: str | None
    locale: str


class OrderRef(Struct, kw_only=True):
    """An order in one line."""

    id: str
    number: str
    placed_at: datetime


class PersonRef(Struct, kw_only=True):
    """A customer in one line; the name is the address where none is known."""

    id: str
    name: str


class MilestoneOut(Struct, kw_only=True):
    """A milestone a parcel reached."""

    name: str
    occurred_at: datetime


class CarrierEventOut(Struct, kw_only=True):
    """One carrier scan, newest first in lists."""

    status: str | None
    description: str
    occurred_at: datetime
    city: str | None
    country: str | None


class ParcelLineOut(Struct, kw_only=True):
    """What lies in a parcel."""

    title: str
    quantity: int
    image_url: str | None


class ParcelOut(Struct, kw_only=True):
    """A parcel with its folded state and the reason the fold chose it."""

    id: str
    direction: Literal["outbound", "return"]
    carrier: str
    service: str | None
    tracking_number: str | None
    tracking_url: str | None
    status: str
    substatus: str | None
    reason: str | None
    why: str | None
    label_state: str | None
    delay: str | None
    eta_from: datetime | None
    eta_until: datetime | None
    eta_original_until: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    milestones: list[MilestoneOut]
    events: list[CarrierEventOut]
    lines: list[ParcelLineOut]


class TimelineEntry(Struct, kw_only=True):
    """One thing that happened; `name` is the event's name, `detail` is plain data the page puts into a sentence."""

    at: datetime
    name: str
    source: Literal["order", "parcel", "return", "message", "money", "credit", "consent", "ticket"]
    detail: dict[str, str | int | bool | None]
    return_id: str | None
    message_id: str | None
    order_id: str | None = None
