"""Tables of orders. What was paid is frozen at import; what went back is counted beside it, under CHECKs (M6)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, personal, register_ddl
from comeback.kit.states import Machine


class TenderKind(StrEnum):
    """Means of payment."""

    CARD = "card"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    BANK = "bank"
    CASH_ON_DELIVERY = "cash_on_delivery"
    POINTS = "points"


class OrderState(StrEnum):
    """Whether the sale stands."""

    PLACED = "placed"
    CANCELLED = "cancelled"


class Fulfilment(StrEnum):
    """How much of the order has left."""

    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"


class UnitState(StrEnum):
    """What became of a unit that a case, or a refund elsewhere, has taken."""

    RETURNING = "returning"
    RETURNED = "returned"
    KEPT = "kept"
    REPLACED = "replaced"
    REFUNDED = "refunded"


ORDER_MACHINE: Final = Machine("order", {OrderState.PLACED: {OrderState.CANCELLED}, OrderState.CANCELLED: set()})


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(v)) for v in values)})"


class Order(ShopRow, Base):
    """An order. Amounts in minor units; `captured` is the sum of its tenders, `total` what it cost.

    `unallocated` is the part of `refunded` that belongs to no line (M7). `review` names conflicts of updates.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("shop_id", "external_id", name="uq_orders_external_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        CheckConstraint(_one_of("state", OrderState), name="state"),
        CheckConstraint(_one_of("fulfilment", Fulfilment), name="fulfilment"),
        CheckConstraint("refunded >= 0 AND reserved >= 0 AND refunded + reserved <= captured", name="cap"),
        CheckConstraint(
            "shipping_refunded >= 0 AND shipping_refunded <= "
            "shipping_amount + CASE WHEN tax_included THEN 0 ELSE shipping_tax END",
            name="shipping_cap",
        ),
        CheckConstraint("goods_total >= 0 AND discount_total >= 0 AND tax_total >= 0 AND total >= 0", name="totals"),
        CheckConstraint("shipping_amount >= 0 AND shipping_tax >= 0 AND unallocated >= 0", name="amounts"),
        Index("ix_orders_number", "shop_id", "number_norm"),
        Index("ix_orders_number_prefix", "shop_id", text("number_norm text_pattern_ops")),
        Index("ix_orders_customer", "shop_id", "customer_id", "placed_at"),
        Index("ix_orders_placed", "shop_id", "placed_at", "id"),
        Index("ix_orders_country", "shop_id", "country", "placed_at", "id"),
    )
    external_id: Mapped[str]
    number: Mapped[str]
    number_norm: Mapped[str]
    customer_id: Mapped[UUID]
    placed_at: Mapped[datetime]
    currency: Mapped[str]
    tax_included: Mapped[bool]
    goods_total: Mapped[int] = mapped_column(BigInteger)
    discount_total: Mapped[int] = mapped_column(BigInteger)
    tax_total: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    shipping_amount: Mapped[int] = mapped_column(BigInteger)
    shipping_tax: Mapped[int] = mapped_column(BigInteger)
    cheapest_standard: Mapped[int | None] = mapped_column(BigInteger)
    shipping_method: Mapped[str | None]
    shipping_refunded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    captured: Mapped[int] = mapped_column(BigInteger)
    refunded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved: Mapped[int] = mapped_column(BigInteger, server_default="0")
    unallocated: Mapped[int] = mapped_column(BigInteger, server_default="0")
    state: Mapped[str] = mapped_column(server_default=OrderState.PLACED)
    fulfilment: Mapped[str] = mapped_column(server_default=Fulfilment.UNFULFILLED)
    history: Mapped[bool]
    review: Mapped[list[str]] = mapped_column(server_default="[]")
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(info=personal())
    country: Mapped[str | None] = mapped_column(Computed("shipping_address ->> 'country'", persisted=True))
    """Of the address, two letters; a column, because row security keeps expressions out of index look-ups."""
    discounts: Mapped[list[dict[str, Any]]]
    tags: Mapped[list[str]]
    locale: Mapped[str | None]
    policy_version: Mapped[int | None]
    withdrawal_info_given_at: Mapped[datetime | None]
    return_cost_disclosed: Mapped[bool]
    fx_rate: Mapped[Decimal | None] = mapped_column(Numeric)
    body_hash: Mapped[bytes]
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class OrderLine(ShopRow, Base):
    """A line with its frozen shares for the whole quantity (see `rules.LineShares`).

    `refunded` counts what was given back or is reserved to be, in value of the line; it never exceeds net + tax.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        UniqueConstraint("shop_id", "order_id", "external_id", name="uq_order_lines_external_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("goods >= 0 AND discount_share >= 0 AND net >= 0 AND tax >= 0", name="amounts"),
        CheckConstraint("refunded >= 0 AND refunded <= net + tax", name="cap"),
        Index(
            "ix_order_lines_product",
            "shop_id",
            "product_external_id",
            "id",
            postgresql_include=["quantity", "variant_external_id"],
        ),
    )
    order_id: Mapped[UUID]
    position: Mapped[int]
    external_id: Mapped[str]
    sku: Mapped[str | None]
    product_external_id: Mapped[str | None]
    variant_external_id: Mapped[str | None]
    variant_id: Mapped[UUID | None]
    title: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    goods: Mapped[int] = mapped_column(BigInteger)
    own_discount: Mapped[int] = mapped_column(BigInteger)
    discount_share: Mapped[int] = mapped_column(BigInteger)
    net: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    tax_included: Mapped[bool]
    refunded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    final_sale: Mapped[bool]
    category: Mapped[str | None]
    weight_grams: Mapped[int | None]
    image_url: Mapped[str | None]
    url: Mapped[str | None]
    art16_ground: Mapped[str | None]
    compare_at_price: Mapped[int | None] = mapped_column(BigInteger)
    attributes: Mapped[dict[str, Any]]


class OrderTender(ShopRow, Base):
    """A means of payment with its own cap."""

    __tablename__ = "order_tenders"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        UniqueConstraint("shop_id", "order_id", "external_id", name="uq_order_tenders_external_id"),
        CheckConstraint(_one_of("kind", TenderKind), name="kind"),
        CheckConstraint("refunded >= 0 AND reserved >= 0 AND refunded + reserved <= captured", name="cap"),
        Index("ix_order_tenders_provider_ref", "shop_id", "provider_ref"),
    )
    order_id: Mapped[UUID]
    position: Mapped[int]
    external_id: Mapped[str]
    kind: Mapped[str]
    captured: Mapped[int] = mapped_column(BigInteger)
    refunded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved: Mapped[int] = mapped_column(BigInteger, server_default="0")
    provider: Mapped[str | None]
    provider_ref: Mapped[str | None]
    refundable: Mapped[bool]
    disputed: Mapped[bool] = mapped_column(server_default="false")
    points: Mapped[int | None] = mapped_column(BigInteger)


class OrderUnit(Base):
    """A unit that is no longer free: slot 1…quantity of its line. `return_id` null: given back elsewhere."""

    __tablename__ = "order_units"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "line_id"], ["order_lines.shop_id", "order_lines.id"]),
        CheckConstraint(_one_of("state", UnitState), name="state"),
        CheckConstraint("slot > 0", name="slot"),
        Index("ix_order_units_return", "shop_id", "return_id", postgresql_where=text("return_id IS NOT NULL")),
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    return_id: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class OrderHold(ShopRow, Base):
    """A reason not to market about this order: an open delay, a ticket, a return. Ends at `until` or by release."""

    __tablename__ = "order_holds"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        UniqueConstraint("shop_id", "order_id", "reason", "source_id", name="uq_order_holds_source"),
    )
    order_id: Mapped[UUID]
    reason: Mapped[str]
    source_id: Mapped[str]
    until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ExternalRefund(ShopRow, Base):
    """Money that went back elsewhere (the shop system, the provider's dashboard): it consumes the caps (M18)."""

    __tablename__ = "external_refunds"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        ForeignKeyConstraint(["shop_id", "tender_id"], ["order_tenders.shop_id", "order_tenders.id"]),
        UniqueConstraint("shop_id", "order_id", "external_id", name="uq_external_refunds_external_id"),
        CheckConstraint("amount > 0", name="amount"),
        {"info": {"app": ("select", "insert")}},
    )
    order_id: Mapped[UUID]
    tender_id: Mapped[UUID]
    external_id: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    origin: Mapped[str]
    lines: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


register_ddl("orders_moves", *ORDER_MACHINE.trigger_sql("orders", "state"))
