"""The inbox of questions, one ticket beside its order, and the look-up for agents and chatbots.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from comeback.desk.schemas.orders import ReturnRef
from comeback.desk.schemas.shared import CustomerOut, ParcelOut, PersonRef
from comeback.support.schemas import MacroOut, TicketOut, TicketRow


class TicketCounts(Struct, kw_only=True):
    """How many tickets each tab holds under the same filters; counting stops at `many`."""

    open: int
    waiting: int
    closed: int
    many: int


class TicketList(Struct, kw_only=True):
    """A page of one tab."""

    items: list[TicketRow]
    next: str | None
    counts: TicketCounts


class TicketOrder(Struct, kw_only=True):
    """The order a ticket is about."""

    id: str
    number: str
    placed_at: datetime
    total: int
    currency: str
    delivery: str
    lines: list[str]
    parcels: list[ParcelOut]
    returns: list[ReturnRef]


class TicketDetail(Struct, kw_only=True):
    """One ticket with what an agent needs to answer it: the customer, the order with its parcels, macros with their
    places filled in, and who can look after it."""

    ticket: TicketOut
    customer: CustomerOut
    order: TicketOrder | None
    others: int
    macros: list[MacroOut]
    staff: list[PersonRef]


class LookupParcel(Struct, kw_only=True):
    """A parcel; `answer` says in a sentence how it is doing, `why` how we know."""

    carrier: str
    tracking_number: str | None
    tracking_url: str | None
    status: str
    eta_from: datetime | None
    eta_until: datetime | None
    delivered_at: datetime | None
    why: str
    answer: str


class LookupReturn(Struct, kw_only=True):
    """A return that is not done."""

    id: str
    number: str
    status: str
    requested_at: datetime


class LookupTicket(Struct, kw_only=True):
    """A ticket that is not closed."""

    id: str
    number: str
    subject: str
    state: str
    last_at: datetime


class LookupOrder(Struct, kw_only=True):
    """An order; `answer` is what may be told to its customer, in the customer's language."""

    id: str
    number: str
    placed_at: datetime
    state: str
    total: int
    currency: str
    page_url: str
    language: str
    answer: str
    parcels: list[LookupParcel]
    returns: list[LookupReturn]


class LookupOut(Struct, kw_only=True):
    """What is known of an order number, a mail address, a phone number or a tracking number; newest orders first."""

    matched: Literal["order", "parcel", "email", "phone", "nothing"]
    customer: CustomerOut | None
    orders: list[LookupOrder]
    tickets: list[LookupTicket]
