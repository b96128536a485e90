"""Tables of storefronts: what is known of the shops' objects, how far each was read, what is written back."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, machinery, personal

_CONNECTION = ["shop_id", "connection_id"]
_CONNECTIONS = ["connections.shop_id", "connections.id"]


class WriteState(StrEnum):
    """A write is planned with its cause, sent, and done once the shop has it; `skipped` and `failed` say why."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class StoreRecord(ShopRow, Base):
    """One object of a shop system: the version that was taken last and the row of ours that it became.

    `confirmed` is false where only a webhook's body told of it and the shop itself did not know it. `data` is what a
    kind needs besides (`item`: the variant's id).
    """

    __tablename__ = "storefront_objects"
    __table_args__ = (
        ForeignKeyConstraint(_CONNECTION, _CONNECTIONS),
        UniqueConstraint("shop_id", "connection_id", "kind", "external_id", name="uq_storefront_objects_external_id"),
        Index(
            "ix_storefront_objects_local", "shop_id", "kind", "local_id", postgresql_where=text("local_id IS NOT NULL")
        ),
        CheckConstraint("kind IN ('order', 'product', 'customer', 'parcel', 'item')", name="kind"),
    )
    connection_id: Mapped[UUID]
    kind: Mapped[str]
    external_id: Mapped[str]
    version: Mapped[datetime | None]
    local_id: Mapped[UUID | None]
    confirmed: Mapped[bool] = mapped_column(server_default="true")
    problem: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class StoreSync(Base):
    """How far a kind of object was read: everything that changed before `watermark` is known here."""

    __tablename__ = "storefront_syncs"
    __table_args__ = (ForeignKeyConstraint(_CONNECTION, _CONNECTIONS), {"info": machinery("select")})
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    watermark: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    repaired: Mapped[int] = mapped_column(server_default="0")


class StoreWrite(ShopRow, Base):
    """One thing to write into the shop, once for its cause. `task` is frozen; the reference in it is this row's."""

    __tablename__ = "storefront_writes"
    __table_args__ = (
        ForeignKeyConstraint(_CONNECTION, _CONNECTIONS),
        UniqueConstraint("shop_id", "connection_id", "kind", "source_id", name="uq_storefront_writes_source"),
        CheckConstraint("kind IN ('note', 'refund', 'order', 'codes', 'credit')", name="kind"),
        CheckConstraint("state IN ('planned', 'sent', 'done', 'failed', 'skipped')", name="state"),
        Index("ix_storefront_writes_order", "shop_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
        Index("ix_storefront_writes_group", "shop_id", "group_id", postgresql_where=text("group_id IS NOT NULL")),
        Index("ix_storefront_writes_remote", "shop_id", "connection_id", "kind", "remote_id"),
    )
    connection_id: Mapped[UUID]
    kind: Mapped[str]
    source_id: Mapped[str]
    group_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    local_id: Mapped[UUID | None]
    task: Mapped[dict[str, Any]] = mapped_column(info=personal("what was written into the shop's own system"))
    state: Mapped[str] = mapped_column(server_default="planned")
    remote_id: Mapped[str | None]
    problem: Mapped[str | None]
    sends: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class StoreInstall(ShopRow, Base):
    """A merchant was sent to the shop to grant access; the way back counts once and for ten minutes."""

    __tablename__ = "storefront_installs"
    shop_domain: Mapped[str]
    staff_id: Mapped[UUID]
    staff_name: Mapped[str] = mapped_column(info=personal("who connected a shop, as in the audit log"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PrivacyRequest(ShopRow, Base):
    """What a shop system asks for a customer (or all of them): to be done by `due_at`, thirty days after it came.

    `customer` is the shop's id of the person; name and address are looked up when it is done.
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        UniqueConstraint("shop_id", "connection_id", "kind", "external_id", name="uq_privacy_requests_external_id"),
        CheckConstraint("kind IN ('export', 'erase', 'erase_shop')", name="kind"),
        CheckConstraint("state IN ('open', 'done')", name="state"),
    )
    connection_id: Mapped[UUID]
    kind: Mapped[str]
    external_id: Mapped[str]
    customer: Mapped[str | None]
    customer_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="open")
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
