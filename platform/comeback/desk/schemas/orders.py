"""The order list and one order's page.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from comeback.desk.schemas.shared import CustomerOut, ParcelOut, Tab, TimelineEntry

OrderFilter = Literal["unfulfilled", "partial", "fulfilled", "cancelled"]


class OrderRow(Struct, kw_only=True):
    """One line of the order list."""

    id: str
    number: str
    placed_at: datetime
    customer: str
    email: str
    total: int
    currency: str
    items: int
    images: list[str]
    state: str
    country: str | None
    delivery: str
    returns: int


class OrderList(Struct, kw_only=True):
    """A page of orders, newest first, with the countries that the filter offers."""

    items: list[OrderRow]
    next: str | None
    countries: list[str]


class OrderLineOut(Struct, kw_only=True):
    """One order line with what the customer paid for it; `returned` counts units taken by returns."""

    id: str
    title: str
    sku: str | None
    image_url: str | None
    url: str | None
    quantity: int
    returned: int
    unit_price: int
    discount_share: int
    tax: int
    amount: int
    final_sale: bool


class TenderOut(Struct, kw_only=True):
    """One means of payment of an order."""

    id: str
    kind: str
    provider: str | None
    captured: int
    refunded: int
    reserved: int


class OrderMoneyOut(Struct, kw_only=True):
    """The order's sums."""

    currency: str
    tax_included: bool
    goods: int
    discount: int
    shipping: int
    tax: int
    total: int
    captured: int
    refunded: int
    reserved: int


class AddressOut(Struct, kw_only=True):
    """A postal address as lines to print."""

    lines: list[str]
    city: str | None
    country: str | None


class ReturnRef(Struct, kw_only=True):
    """A return in one line."""

    id: str
    number: str
    tab: Tab
    status: str
    amount: int
    requested_at: datetime


class TicketRef(Struct, kw_only=True):
    """A ticket in one line."""

    id: str
    number: str
    subject: str
    state: str
    last_at: datetime


class HitsOut(Struct, kw_only=True):
    """Opens or clicks by what made them."""

    human: int
    probable: int
    machine: int


class MessageOut(Struct, kw_only=True):
    """One message to the customer: what became of it, and why."""

    id: str
    template: str
    kind: str
    channel: str
    recipient: str
    subject: str | None
    state: str
    why: str | None
    at: datetime
    accepted_at: datetime | None
    opens: HitsOut
    clicks: HitsOut
    has_html: bool


class OrderDetail(Struct, kw_only=True):
    """One order's page: lines, money, parcels, returns, messages and one merged timeline, newest first."""

    id: str
    number: str
    external_id: str
    placed_at: datetime
    state: str
    customer: CustomerOut
    address: AddressOut | None
    lines: list[OrderLineOut]
    money: OrderMoneyOut
    tenders: list[TenderOut]
    parcels: list[ParcelOut]
    returns: list[ReturnRef]
    messages: list[MessageOut]
    timeline: list[TimelineEntry]
    tickets: list[TicketRef]
