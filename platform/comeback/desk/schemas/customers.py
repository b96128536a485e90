"""The customers, and one customer's page.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime

from msgspec import Struct

from comeback.desk.schemas.orders import MessageOut
from comeback.desk.schemas.shared import TimelineEntry


class CustomerRow(Struct, kw_only=True):
    """One customer of the list; `spent` (paid less refunded) in the currency of the last order.

    `marketing` is what was last said about marketing mail; null where nothing was.
    """

    id: str
    name: str
    email: str
    locale: str | None
    orders: int
    returns: int
    spent: int
    currency: str | None
    last_order_at: datetime | None
    created_at: datetime
    marketing: bool | None


class CustomerList(Struct, kw_only=True):
    """A page of customers, newest first."""

    items: list[CustomerRow]
    next: str | None


class LifetimeOut(Struct, kw_only=True):
    """What a customer paid and got back in one currency."""

    currency: str
    orders: int
    paid: int
    refunded: int


class BalanceOut(Struct, kw_only=True):
    """Store credit in one currency; the promotional part never becomes cash."""

    currency: str
    balance: int
    promotional: int


class ConsentOut(Struct, kw_only=True):
    """What holds for one channel and purpose: said where and when, in which words."""

    channel: str
    purpose: str
    granted: bool
    basis: str
    source: str
    wording: str | None
    at: datetime


class SuppressionOut(Struct, kw_only=True):
    """Why an address of this customer is not written to."""

    channel: str
    reason: str
    topic: str | None
    at: datetime
    until: datetime | None


class CustomerOrder(Struct, kw_only=True):
    """An order in one line."""

    id: str
    number: str
    placed_at: datetime
    total: int
    currency: str
    items: int
    delivery: str


class CustomerDetail(Struct, kw_only=True):
    """One customer; `units_returned` of `units_bought` is the return rate. An erased one has no name or address."""

    id: str
    name: str
    email: str | None
    phone: str | None
    locale: str | None
    timezone: str | None
    external_id: str | None
    created_at: datetime
    lifetime: list[LifetimeOut]
    first_order_at: datetime | None
    last_order_at: datetime | None
    units_bought: int
    units_returned: int
    returns: int
    credit: list[BalanceOut]
    consents: list[ConsentOut]
    suppressions: list[SuppressionOut]
    orders: list[CustomerOrder]


class CustomerTimeline(Struct, kw_only=True):
    """A stretch of everything that happened, newest first; `messages` are the mails it names."""

    items: list[TimelineEntry]
    messages: list[MessageOut]
    next: str | None
