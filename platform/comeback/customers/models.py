"""Tables of customers: people, statements of consent (append-only), suppressed addresses (keyed hashes only)."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, personal


class Channel(StrEnum):
    """Ways to reach a person."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Purpose(StrEnum):
    """What a person may agree to; order notices need no agreement (GDPR art. 6(1)(b))."""

    MARKETING = "marketing"
    REVIEWS = "reviews"
    TRACKING = "tracking"


class Reason(StrEnum):
    """Why an address is suppressed (D6)."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINT = "complaint"
    SERVICE_COMPLAINT = "service_complaint"
    HARD_BOUNCE = "hard_bounce"
    SOFT_LIMIT = "soft_limit"
    ERASED = "erased"
    MANUAL_MARKETING = "manual_marketing"
    MANUAL_ALL = "manual_all"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(v)) for v in values)})"


class Customer(ShopRow, Base):
    """A person. The normalised address is the identity; the shop system's id is the second key."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("shop_id", "external_id", name="uq_customers_external_id"),
        UniqueConstraint("shop_id", "email_norm", name="uq_customers_email_norm"),
        Index("ix_customers_email", "shop_id", text("email_norm text_pattern_ops")),
        Index("ix_customers_last_name", "shop_id", text("last_name_norm text_pattern_ops")),
        Index("ix_customers_name", "shop_id", text("name_norm text_pattern_ops")),
    )
    external_id: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(info=personal())
    email_norm: Mapped[str | None] = mapped_column(info=personal())
    first_name: Mapped[str | None] = mapped_column(info=personal())
    last_name: Mapped[str | None] = mapped_column(info=personal())
    # For search, as columns: row security keeps expressions such as lower(…) out of index look-ups. They follow the
    # names, so erasing the names empties them.
    name_norm: Mapped[str | None] = mapped_column(
        Computed("nullif(lower(coalesce(first_name || ' ', '') || coalesce(last_name, '')), '')", persisted=True)
    )
    last_name_norm: Mapped[str | None] = mapped_column(Computed("lower(last_name)", persisted=True))
    phone: Mapped[str | None] = mapped_column(info=personal())
    locale: Mapped[str | None]
    timezone: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Consent(ShopRow, Base):
    """One statement of a person: granted or withdrawn, where, when, under which wording. Never changed."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        UniqueConstraint(
            "shop_id", "customer_id", "channel", "purpose", "at", "granted", "source", name="uq_consents_statement"
        ),
        CheckConstraint(_one_of("channel", Channel), name="channel"),
        CheckConstraint(_one_of("purpose", Purpose), name="purpose"),
        {"info": {"app": ("select", "insert")}},
    )
    customer_id: Mapped[UUID]
    channel: Mapped[str]
    purpose: Mapped[str]
    granted: Mapped[bool]
    basis: Mapped[str] = mapped_column(server_default="consent")
    source: Mapped[str]
    wording: Mapped[str | None]
    proof: Mapped[dict[str, Any] | None] = mapped_column(info=personal("proof of consent, GDPR art. 7(1)"))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Suppression(ShopRow, Base):
    """An address that must not be written to. Holds a keyed hash, so it survives erasure."""

    __tablename__ = "suppressions"
    __table_args__ = (
        UniqueConstraint("shop_id", "channel", "address_hash", "reason", "topic", name="uq_suppressions_address"),
        CheckConstraint(_one_of("channel", Channel), name="channel"),
        CheckConstraint(_one_of("reason", Reason), name="reason"),
        Index("ix_suppressions_newest", "shop_id", "id"),
    )
    channel: Mapped[str]
    address_hash: Mapped[bytes]
    reason: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    until: Mapped[datetime | None]


class AddressPepper(Base):
    """The shop's key of address hashes; destroying it makes them meaningless."""

    __tablename__ = "address_peppers"
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    pepper: Mapped[bytes]
