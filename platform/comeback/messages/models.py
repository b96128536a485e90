"""Tables of messages. The message row is the queue: claims, leases and fencing are columns of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, machinery, personal, register_ddl
from comeback.core.partitions import partitioned
from comeback.messages.rules.states import MACHINE

CLASSES = "'service', 'marketing'"


class Template(ShopRow, Base):
    """A message type of a shop. `version` is the published one."""

    __tablename__ = "templates"
    key: Mapped[str]
    name: Mapped[str]
    class_: Mapped[str] = mapped_column("class")
    version: Mapped[int] = mapped_column(Integer)
    """0: never published."""
    origin: Mapped[str] = mapped_column(server_default="default")
    """`default`: follows the mails that come with the product; `shop`: edited here."""
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        CheckConstraint(f"class IN ({CLASSES})", name="class"),
        CheckConstraint("origin IN ('default', 'shop')", name="origin"),
    )


class TemplateVersion(ShopRow, Base):
    """What was published: source and compiled parts by language. Never changed."""

    __tablename__ = "template_versions"
    template_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    source: Mapped[dict[str, Any]]
    compiled: Mapped[dict[str, Any]]
    digest: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "template_id"], ["templates.shop_id", "templates.id"], ondelete="CASCADE"),
        UniqueConstraint("shop_id", "template_id", "version"),
        {"info": {"app": ("select", "insert")}},
    )


class Message(ShopRow, Base):
    """One message to one recipient."""

    __tablename__ = "messages"
    send_key: Mapped[str]
    class_: Mapped[str] = mapped_column("class")
    channel: Mapped[str] = mapped_column(server_default="email")
    template: Mapped[str]
    version: Mapped[int | None] = mapped_column(Integer)
    locale: Mapped[str]
    recipient: Mapped[str | None] = mapped_column(info=personal())
    customer_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    shipment_id: Mapped[UUID | None]
    return_id: Mapped[UUID | None]
    subjects: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]] = mapped_column(info=personal())
    """Values given with the plan (such as a code), beside what blocks provide."""
    origin: Mapped[dict[str, Any] | None]
    """The flow, version and node that planned it."""
    state: Mapped[str] = mapped_column(server_default="planned")
    why: Mapped[str | None]
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """4xx answers so far."""
    resent: Mapped[bool] = mapped_column(server_default="false")
    offers: Mapped[bool] = mapped_column(server_default="false")
    """Whether marketing blocks were rendered."""
    subject: Mapped[str | None] = mapped_column(info=personal())
    message_id: Mapped[str | None]
    mime_date: Mapped[datetime | None]
    sending_domain_id: Mapped[UUID | None]
    content_hash: Mapped[bytes | None]
    """SHA-256 of the head followed by the SHA-256 of the body."""
    context: Mapped[dict[str, Any] | None] = mapped_column(info=personal())
    """Frozen inputs of a marketing mail; service mails keep their bytes instead."""
    reply: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    handed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("shop_id", "send_key"),
        ForeignKeyConstraint(["shop_id", "sending_domain_id"], ["sending_domains.shop_id", "sending_domains.id"]),
        CheckConstraint(f"class IN ({CLASSES})", name="class"),
        CheckConstraint("channel IN ('email', 'sms', 'whatsapp')", name="channel"),
        CheckConstraint(MACHINE.check_sql("state"), name="state"),
        Index("ix_messages_due", text("class DESC"), "next_at",
              postgresql_where=text("state IN ('planned', 'deferred')")),
        Index("ix_messages_leased", "lease_until",
              postgresql_where=text("state IN ('claimed', 'rendered', 'handing_over')")),
        Index("ix_messages_unknown", "handed_at", postgresql_where=text("state = 'unknown'")),
        Index("ix_messages_refused", "shop_id", "id",
              postgresql_where=text("state IN ('failed', 'unknown', 'blocked', 'cancelled')")),
        Index("ix_messages_order", "shop_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
        Index("ix_messages_customer", "shop_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
        {"info": machinery("select", "update")},
    )  # fmt: skip


class MessageBody(ShopRow, Base):
    """The frozen bytes of a mail, by the message's id."""

    __tablename__ = "message_bodies"
    mime: Mapped[bytes] = mapped_column(info=personal())
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "id"], ["messages.shop_id", "messages.id"], ondelete="CASCADE"),
        Index("ix_message_bodies_created", "created_at"),
        {"info": machinery("select", "delete")},
    )


class MessageLinks(ShopRow, Base):
    """Where the click addresses of a message lead, by position."""

    __tablename__ = "links"
    urls: Mapped[list[str]]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "id"], ["messages.shop_id", "messages.id"], ondelete="CASCADE"),
        {"info": machinery("select")},
    )


class HitRow(ShopRow, Base):
    """One open, click or unsubscribe as it came; append-only, a partition a month."""

    __tablename__ = "hits"
    message_id: Mapped[UUID]
    kind: Mapped[str]
    link: Mapped[int | None] = mapped_column(SmallInteger)
    method: Mapped[str]
    agent: Mapped[str] = mapped_column(info=personal())
    ip: Mapped[str] = mapped_column(info=personal())
    """A keyed hash, so that one caller's hits can be told together."""
    delay_ms: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("kind IN ('open', 'click', 'unsubscribe')", name="kind"),
        Index("ix_hits_message", "shop_id", "message_id"),
        {
            "postgresql_partition_by": "RANGE (id)",
            "info": {"app": ("select", "insert"), "machinery": ("select", "insert", "update")},
        },
    )


register_ddl(
    "messages",
    *MACHINE.trigger_sql("messages", "state"),
    "ALTER TABLE messages SET (fillfactor = 70)",
    "ALTER TABLE message_bodies ALTER COLUMN mime SET STORAGE EXTERNAL",
)
partitioned("hits")
