"""Tables of the catalog: what is sold, where it lies, what is promised to whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, register_ddl


class StockState(StrEnum):
    """Whether stock may be sold."""

    SELLABLE = "sellable"
    QUARANTINE = "quarantine"


class ReservationState(StrEnum):
    """What became of a promise of stock."""

    OPEN = "open"
    CONSUMED = "consumed"
    RELEASED = "released"


class Product(ShopRow, Base):
    """A product as the shop names it."""

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("shop_id", "external_id", name="uq_products_external_id"),
        Index("ix_products_title", "shop_id", text("lower(title)"), "id"),
    )
    external_id: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    url: Mapped[str | None]
    image_url: Mapped[str | None]
    categories: Mapped[list[str]]
    tags: Mapped[list[str]]
    active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Variant(ShopRow, Base):
    """What can be bought: price in minor units, tax rate in basis points (1900 = 19 %)."""

    __tablename__ = "variants"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        UniqueConstraint("shop_id", "external_id", name="uq_variants_external_id"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("tax_rate_bp BETWEEN 0 AND 10000", name="tax_rate"),
        Index("ix_variants_product", "shop_id", "product_id"),
        Index("ix_variants_sku", "shop_id", "sku"),
    )
    product_id: Mapped[UUID]
    position: Mapped[int]
    external_id: Mapped[str]
    sku: Mapped[str | None]
    title: Mapped[str]
    price: Mapped[int] = mapped_column(BigInteger)
    compare_at_price: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str]
    tax_rate_bp: Mapped[int]
    options: Mapped[dict[str, Any]]
    weight_grams: Mapped[int | None]
    image_url: Mapped[str | None]
    url: Mapped[str | None]
    active: Mapped[bool]


class Place(ShopRow, Base):
    """Where stock lies, known by the shop's own code."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("shop_id", "code", name="uq_places_code"),)
    code: Mapped[str]
    name: Mapped[str]


class Stock(Base):
    """How many lie there. `reserved` is the sum of the open reservations on this row (sellable stock only).

    A shop that sets its stock below what is reserved oversold; the free quantity is then zero, never negative.
    """

    __tablename__ = "stock"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "variant_id"], ["variants.shop_id", "variants.id"]),
        ForeignKeyConstraint(["shop_id", "place_id"], ["places.shop_id", "places.id"]),
        CheckConstraint("state IN ('sellable', 'quarantine')", name="state"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("reserved >= 0 AND (reserved = 0 OR state = 'sellable')", name="reserved"),
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(primary_key=True)
    place_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Reservation(ShopRow, Base):
    """Units of one place promised to a source (an exchange) until `expires_at`, business time."""

    __tablename__ = "reservations"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "variant_id"], ["variants.shop_id", "variants.id"]),
        UniqueConstraint("shop_id", "source_id", name="uq_reservations_source_id"),
        CheckConstraint("state IN ('open', 'consumed', 'released')", name="state"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_reservations_open", "shop_id", "variant_id", postgresql_where=text("state = 'open'")),
        Index("ix_reservations_expiry", "shop_id", "expires_at", postgresql_where=text("state = 'open'")),
    )
    variant_id: Mapped[UUID]
    place_id: Mapped[UUID]
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=ReservationState.OPEN)
    expires_at: Mapped[datetime]
    source_id: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class StockMove(ShopRow, Base):
    """Why stock changed; append-only, once per (kind, source)."""

    __tablename__ = "stock_moves"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "variant_id"], ["variants.shop_id", "variants.id"]),
        UniqueConstraint("shop_id", "kind", "source_id", name="uq_stock_moves_source"),
        Index("ix_stock_moves_variant", "shop_id", "variant_id", "id"),
        {"info": {"app": ("select", "insert")}},
    )
    variant_id: Mapped[UUID]
    place_id: Mapped[UUID]
    kind: Mapped[str]
    source_id: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    quantity: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


register_ddl(
    "stock_moves_frozen",
    """CREATE OR REPLACE FUNCTION stock_moves_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'stock_moves is append-only' USING ERRCODE = '23514', CONSTRAINT = 'stock_moves_frozen';
END $$""",
    "CREATE TRIGGER stock_moves_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_moves "
    "FOR EACH STATEMENT EXECUTE FUNCTION stock_moves_frozen()",
)
