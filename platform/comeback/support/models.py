"""Tables of support: tickets, what was written on them (append-only), macros."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, personal, register_ddl
from comeback.support.rules import TICKET


class Topic(StrEnum):
    """What a ticket is about; `wismo`: where is my order."""

    WISMO = "wismo"
    RETURN = "return"
    PRODUCT = "product"
    OTHER = "other"


class Channel(StrEnum):
    """Where a ticket came from."""

    PAGE = "page"
    API = "api"
    MAIL = "mail"


class Direction(StrEnum):
    """From the customer, to the customer, or between colleagues."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(v)) for v in values)})"


class Ticket(ShopRow, Base):
    """A customer's question, as one thread. `return_id` has no key: returns are strangers to this room."""

    __tablename__ = "tickets"
    number: Mapped[str]
    external_id: Mapped[str | None]
    order_id: Mapped[UUID | None]
    shipment_id: Mapped[UUID | None]
    return_id: Mapped[UUID | None]
    customer_id: Mapped[UUID]
    subject: Mapped[str] = mapped_column(info=personal())
    topic: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    channel: Mapped[str]
    assignee_id: Mapped[UUID | None]
    locale: Mapped[str | None]
    """The language the customer wrote from; their own where it is not known."""
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """Of the last message of either side; notes do not count."""
    replied_at: Mapped[datetime | None]
    """Of the first answer."""
    closed_at: Mapped[datetime | None]
    messages: Mapped[int] = mapped_column(Integer, server_default="0")
    __table_args__ = (
        UniqueConstraint("shop_id", "number", name="uq_tickets_number"),
        UniqueConstraint("shop_id", "external_id", name="uq_tickets_external_id"),
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        ForeignKeyConstraint(["shop_id", "shipment_id"], ["shipments.shop_id", "shipments.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "assignee_id"], ["staff.shop_id", "staff.id"]),
        CheckConstraint(TICKET.check_sql("state"), name="state"),
        CheckConstraint(_one_of("topic", Topic), name="topic"),
        CheckConstraint(_one_of("channel", Channel), name="channel"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_tickets_state", "shop_id", "state", "last_at", "id"),
        Index("ix_tickets_order", "shop_id", "order_id"),
        Index("ix_tickets_customer", "shop_id", "customer_id"),
    )


class TicketMessage(ShopRow, Base):
    """One thing that was written. Never changed."""

    __tablename__ = "ticket_messages"
    ticket_id: Mapped[UUID]
    direction: Mapped[str]
    author: Mapped[str] = mapped_column(info=personal())
    body: Mapped[str] = mapped_column(info=personal())
    mail_id: Mapped[UUID | None]
    """The message that carried an answer to the customer."""
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "ticket_id"], ["tickets.shop_id", "tickets.id"]),
        CheckConstraint(_one_of("direction", Direction), name="direction"),
        Index("ix_ticket_messages_ticket", "shop_id", "ticket_id", "at", "id"),
        {"info": {"app": ("select", "insert")}},
    )


class Macro(ShopRow, Base):
    """An answer that is written often; `{first_name}` and other places are filled in when it is used."""

    __tablename__ = "macros"
    name: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (UniqueConstraint("shop_id", "name", name="uq_macros_name"),)


register_ddl("tickets_moves", *TICKET.trigger_sql("tickets", "state"))
