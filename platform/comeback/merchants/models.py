"""Tables of the merchants room."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, personal


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"
    WAREHOUSE = "warehouse"
    VIEWER = "viewer"


class ConnectionKind(StrEnum):
    """What a connection is for; a shop has at most one live connection of each kind and vendor."""

    CARRIER = "carrier"
    STRIPE = "stripe"
    STOREFRONT = "storefront"


class ConnectionState(StrEnum):
    LIVE = "live"
    BROKEN = "broken"
    OFF = "off"


class MailStream(StrEnum):
    """Service mail and marketing mail have their own addresses and keys, so that one cannot spoil the other's name."""

    ORDERS = "orders"
    NEWS = "news"


def _one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    values = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({values})", name=column)


class Shop(Base):
    """A shop: one brand, one currency it reports in, one clock on its wall."""

    __tablename__ = "shops"
    __table_args__ = (CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),)

    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    """Stands in customers' addresses: `/{slug}/track`."""
    name: Mapped[str]
    locale: Mapped[str]
    timezone: Mapped[str]
    """IANA name; days of a deadline are counted here."""
    currency: Mapped[str]
    country: Mapped[str]
    """ISO 3166-1 alpha-2."""
    brand: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`primary`, `primary_dark`, `logo_url`, `radius` (px), `support_email`, `support_hours`, `address`."""
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Staff(ShopRow, Base):
    """A person who works in one shop. The same address may work in several shops, as one row in each."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("shop_id", "email_norm"), _one_of("role", Role))

    email: Mapped[str] = mapped_column(info=personal())
    email_norm: Mapped[str] = mapped_column(info=personal())
    name: Mapped[str] = mapped_column(info=personal())
    password_hash: Mapped[str] = mapped_column(info=personal())
    """argon2id in its own text form; parameters are inside, so they can rise."""
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    last_login_at: Mapped[datetime | None]


class StaffSession(ShopRow, Base):
    """A log-in. Its token is only in the browser; the digest is here and, for finding the shop, in the directory."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"], ondelete="CASCADE"),
        Index("ix_staff_sessions_shop_id_staff_id", "shop_id", "staff_id"),
    )

    staff_id: Mapped[UUID]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary())
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    """When the person logged in; a rotation keeps it, so that rotation does not prolong a session."""
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    revoked_at: Mapped[datetime | None]
    device: Mapped[str | None]
    """Browser and system in two words, so that a person knows which log-in is which."""


class ApiKey(ShopRow, Base):
    """A key of a server that talks to us. The key itself is shown once and never stored."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("shop_id", "key_digest"),)

    name: Mapped[str]
    hint: Mapped[str]
    key_digest: Mapped[bytes] = mapped_column(LargeBinary())
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    last_used_at: Mapped[datetime | None]
    """To the minute."""
    revoked_at: Mapped[datetime | None]


class Connection(ShopRow, Base):
    """A shop's account at a vendor. What is secret is sealed and bound to this row (core.secrets.Vault)."""

    __tablename__ = "connections"
    __table_args__ = (
        UniqueConstraint("shop_id", "kind", "vendor"),
        _one_of("kind", ConnectionKind),
        _one_of("state", ConnectionState),
    )

    kind: Mapped[str]
    vendor: Mapped[str]
    credentials: Mapped[str]
    """Sealed JSON object: what the vendor's interface asks for."""
    secret: Mapped[str]
    """Sealed: what the vendor signs its webhooks with."""
    previous_secret: Mapped[str | None]
    """Sealed: still accepted while a secret is being changed."""
    hook_token: Mapped[str]
    """Sealed: the last part of the address that the vendor calls."""
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=ConnectionState.LIVE.value)
    problem: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class SendingDomain(ShopRow, Base):
    """A domain and stream that the shop may write From, with its DKIM key (RFC 6376)."""

    __tablename__ = "sending_domains"
    __table_args__ = (
        UniqueConstraint("shop_id", "domain", "stream", "selector"),
        _one_of("stream", MailStream),
        CheckConstraint("algorithm IN ('rsa', 'ed25519')", name="algorithm"),
    )

    domain: Mapped[str]
    stream: Mapped[str]
    local_part: Mapped[str]
    selector: Mapped[str]
    algorithm: Mapped[str]
    private_key: Mapped[str]
    """Sealed PEM (PKCS #8)."""
    public_key: Mapped[str]
    """Base64 as it stands in the DNS record."""
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class AuditEntry(ShopRow, Base):
    """Who changed money, rights or settings. Append-only: the application may neither update nor delete."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_shop_id_subject", "shop_id", "subject"),
        Index("ix_audit_log_shop_id_at", "shop_id", text("at DESC")),
        {"info": {"app": ("select", "insert")}},
    )

    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    actor_kind: Mapped[str]
    """staff, api_key, customer or system."""
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(info=personal("who did what is kept two years (spec, retention)"))
    action: Mapped[str]
    """Past tense, dotted: `return.approved`, `key.created`."""
    subject: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
