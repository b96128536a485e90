"""Tables of payments: refund attempts, what was seen of them, payouts a human makes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, machinery, register_ddl
from comeback.payments.rules import REFUND


class SourceKind(StrEnum):
    """What decided a refund."""

    SETTLEMENT = "settlement"
    GOODWILL = "goodwill"
    CANCELLATION = "cancellation"
    EXTERNAL = "external"


class Rail(StrEnum):
    """The way money goes back: the provider of the payment, our own credit, or a human."""

    STRIPE = "stripe"
    CREDIT = "credit"
    MANUAL = "manual"


class Refund(ShopRow, Base):
    """One refund attempt on one tender. Its id is the provider's idempotency key, `body` what was sent, frozen (M17).

    Amounts in minor units; `lines` maps line ids to their part, the rest is `shipping` and `unallocated`.
    A new attempt (`attempt` + 1) exists only after the one before failed for good.
    """

    __tablename__ = "refunds"
    order_id: Mapped[UUID]
    tender_id: Mapped[UUID]
    customer_id: Mapped[UUID | None]
    return_id: Mapped[UUID | None]
    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    attempt: Mapped[int] = mapped_column(Integer, server_default="1")
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    lines: Mapped[dict[str, Any]]
    shipping: Mapped[int] = mapped_column(BigInteger, server_default="0")
    unallocated: Mapped[int] = mapped_column(BigInteger, server_default="0")
    state: Mapped[str] = mapped_column(server_default="created")
    rail: Mapped[str]
    provider_ref: Mapped[str | None]
    failure_reason: Mapped[str | None]
    origin: Mapped[str] = mapped_column(server_default="own")
    reason: Mapped[str | None]
    body: Mapped[dict[str, Any] | None]
    posts: Mapped[int] = mapped_column(Integer, server_default="0")
    first_sent_at: Mapped[datetime | None]
    last_sent_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        ForeignKeyConstraint(["shop_id", "tender_id"], ["order_tenders.shop_id", "order_tenders.id"]),
        UniqueConstraint("shop_id", "source_kind", "source_id", "tender_id", "attempt", name="uq_refunds_source"),
        Index(
            "uq_refunds_provider_ref",
            "shop_id",
            "rail",
            "provider_ref",
            unique=True,
            postgresql_where=text("provider_ref IS NOT NULL"),
        ),
        Index("ix_refunds_order", "shop_id", "order_id"),
        Index("ix_refunds_return", "shop_id", "return_id", postgresql_where=text("return_id IS NOT NULL")),
        Index(
            "ix_refunds_unsettled",
            "checked_at",
            postgresql_where=text("rail = 'stripe' AND state IN ('created', 'sent', 'unknown', 'pending')"),
        ),
        CheckConstraint("amount > 0 AND shipping >= 0 AND unallocated >= 0", name="amount"),
        CheckConstraint(REFUND.check_sql("state"), name="state"),
        CheckConstraint("rail IN ('stripe', 'credit', 'manual')", name="rail"),
        CheckConstraint("origin IN ('own', 'external')", name="origin"),
        CheckConstraint("source_kind IN ('settlement', 'goodwill', 'cancellation', 'external')", name="source_kind"),
        {"info": machinery("select")},
    )


class PaymentEvent(ShopRow, Base):
    """One observation of an attempt that moved it; append-only."""

    __tablename__ = "payment_events"
    refund_id: Mapped[UUID]
    seen_by: Mapped[str]
    state_before: Mapped[str]
    state_after: Mapped[str]
    detail: Mapped[str | None]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "refund_id"], ["refunds.shop_id", "refunds.id"]),
        Index("ix_payment_events_refund", "shop_id", "refund_id", "id"),
        CheckConstraint("seen_by IN ('us', 'answer', 'webhook', 'listing', 'staff')", name="seen_by"),
        {"info": {"app": ("select", "insert")}},
    )


class Payout(ShopRow, Base):
    """Money that no provider will bring: a task for a human, one an attempt."""

    __tablename__ = "payouts"
    refund_id: Mapped[UUID]
    order_id: Mapped[UUID]
    customer_id: Mapped[UUID | None]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "refund_id"], ["refunds.shop_id", "refunds.id"]),
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        UniqueConstraint("shop_id", "refund_id", name="uq_payouts_refund"),
        CheckConstraint("state IN ('open', 'done', 'canceled')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_payouts_open", "shop_id", "id", postgresql_where=text("state = 'open'")),
    )


class RefundSurplus(ShopRow, Base):
    """Money that a provider gave back beyond everything known to be paid: a task for a human, one a provider's refund.

    The part that fitted is in refunds of origin `external`.
    """

    __tablename__ = "refund_surpluses"
    order_id: Mapped[UUID]
    provider_ref: Mapped[str]
    payment_ref: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        UniqueConstraint("shop_id", "provider_ref", name="uq_refund_surpluses_provider_ref"),
        CheckConstraint("state IN ('open', 'done', 'canceled')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refund_surpluses_open", "shop_id", "id", postgresql_where=text("state = 'open'")),
    )


class Dispute(ShopRow, Base):
    """A dispute as the provider last told it. While open it holds the tender (M19)."""

    __tablename__ = "payment_disputes"
    tender_id: Mapped[UUID]
    order_id: Mapped[UUID]
    provider_ref: Mapped[str]
    status: Mapped[str]
    open: Mapped[bool]
    amount: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        ForeignKeyConstraint(["shop_id", "tender_id"], ["order_tenders.shop_id", "order_tenders.id"]),
        UniqueConstraint("shop_id", "provider_ref", name="uq_payment_disputes_provider_ref"),
        Index("ix_payment_disputes_tender", "shop_id", "tender_id"),
    )


register_ddl("refunds_moves", *REFUND.trigger_sql("refunds", "state"))
register_ddl(
    "refunds_frozen",
    """CREATE OR REPLACE FUNCTION refunds_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.body IS NOT NULL AND NEW.body IS DISTINCT FROM OLD.body) OR NEW.amount <> OLD.amount
    OR NEW.currency <> OLD.currency OR NEW.tender_id <> OLD.tender_id
    OR (OLD.provider_ref IS NOT NULL AND NEW.provider_ref IS DISTINCT FROM OLD.provider_ref) THEN
    RAISE EXCEPTION 'what a refund asked for never changes' USING ERRCODE = '23514', CONSTRAINT = 'refunds_frozen';
  END IF;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER refunds_frozen BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION refunds_frozen()",
)
register_ddl(
    "payment_events_append_only",
    """CREATE OR REPLACE FUNCTION payment_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'observations are append-only' USING ERRCODE = '23514';
END $$""",
    "CREATE TRIGGER payment_events_refuse BEFORE UPDATE OR DELETE ON payment_events "
    "FOR EACH ROW EXECUTE FUNCTION payment_events_refuse()",
)
