"""Structs in and out of support. Times are UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from comeback.support.rules import BODY_MAX, SUBJECT_MAX

TopicName = Literal["wismo", "return", "product", "other"]
StateName = Literal["open", "waiting", "closed"]
ChannelName = Literal["page", "api", "mail"]
Body = Annotated[str, Meta(min_length=1, max_length=BODY_MAX)]


class TicketCustomer(Struct, kw_only=True, forbid_unknown_fields=True):
    """Who asks, where no order says it."""

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    first_name: Annotated[str, Meta(max_length=100)] | None = None
    last_name: Annotated[str, Meta(max_length=100)] | None = None


class TicketIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """A question. `order` (number, as customers write it) or `order_id` bind it to an order; without one `customer`
    says who asks. `external_id` is the id in your system: the same one never opens a second ticket."""

    body: Body
    subject: Annotated[str, Meta(max_length=SUBJECT_MAX)] = ""
    topic: TopicName = "other"
    channel: Literal["api", "mail"] = "api"
    external_id: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    order: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    order_id: UUID | None = None
    customer: TicketCustomer | None = None
    locale: Annotated[str, Meta(max_length=12)] | None = None


class MessageIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """An answer to the customer (mailed), a note for colleagues, or what the customer wrote elsewhere."""

    body: Body
    kind: Literal["reply", "note", "customer"] = "reply"


class AssignIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """Who looks after it; null: nobody."""

    staff_id: UUID | None


class TicketMessageOut(Struct, kw_only=True):
    """One message of a thread. `mail_state` says how the mail of an answer is doing."""

    id: UUID
    direction: Literal["in", "out", "note"]
    author: str
    body: str
    at: datetime
    mail_id: UUID | None
    mail_state: str | None


class TicketRow(Struct, kw_only=True):
    """A ticket in a list; `excerpt` is the beginning of the last message."""

    id: UUID
    number: str
    subject: str
    topic: TopicName
    state: StateName
    channel: ChannelName
    customer_id: UUID
    customer: str
    order_id: UUID | None
    order_number: str | None
    shipment_id: UUID | None
    return_id: UUID | None
    assignee_id: UUID | None
    assignee: str | None
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    messages: int
    excerpt: str


class TicketOut(Struct, kw_only=True):
    """A ticket with its thread, oldest first, and the page where the customer answers."""

    ticket: TicketRow
    external_id: str | None
    thread: list[TicketMessageOut]
    page_url: str


class TicketPage(Struct, kw_only=True):
    """A page of tickets, the one that waits longest first among open ones, the newest first elsewhere."""

    items: list[TicketRow]
    next: str | None = None


class MacroIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """An answer that is written often; places: {first_name} {last_name} {order_number} {tracking_number} {shop_name}
    {agent_name}."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    body: Body


class MacroOut(Struct, kw_only=True):
    """A macro."""

    id: UUID
    name: str
    body: str


class MacroList(Struct, kw_only=True):
    """All macros by name."""

    items: list[MacroOut]
