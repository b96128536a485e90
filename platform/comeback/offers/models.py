"""Tables of offers: coupon pools, coupons and redemptions; what was learned about products bought together."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, register_ddl
from comeback.kit.states import Machine


class CouponState(StrEnum):
    """A unique coupon is reserved when its message is rendered and confirmed when the message was accepted."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    REDEEMED = "redeemed"


COUPON_MACHINE: Final = Machine(
    "coupon",
    {
        CouponState.RESERVED: {CouponState.CONFIRMED, CouponState.RELEASED, CouponState.REDEEMED},
        CouponState.CONFIRMED: {CouponState.RELEASED, CouponState.REDEEMED},
        CouponState.RELEASED: set(),
        CouponState.REDEEMED: set(),
    },
)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(v)) for v in values)})"


class CouponPool(ShopRow, Base):
    """What coupons are worth. `percent` or `amount` (minor units); `maximum` codes, counted in `issued`.

    A shared pool has one code of the shop's choice, good for `maximum` orders in all and `per_customer` of one.
    """

    __tablename__ = "coupon_pools"
    __table_args__ = (
        UniqueConstraint("shop_id", "name", name="uq_coupon_pools_name"),
        CheckConstraint("kind IN ('unique', 'shared')", name="kind"),
        CheckConstraint("num_nonnulls(percent, amount) = 1", name="worth"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("amount > 0 AND currency IS NOT NULL OR amount IS NULL", name="amount"),
        CheckConstraint("minimum IS NULL OR (minimum > 0 AND currency IS NOT NULL)", name="minimum"),
        CheckConstraint("issued >= 0 AND (maximum IS NULL OR issued <= maximum)", name="issued"),
        Index("ix_coupon_pools_offers", "shop_id", postgresql_where=text("in_offers AND active")),
    )
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="unique")
    percent: Mapped[int | None]
    amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    minimum: Mapped[int | None] = mapped_column(BigInteger)
    valid_days: Mapped[int] = mapped_column(server_default="30")
    maximum: Mapped[int | None]
    per_customer: Mapped[int | None]
    issued: Mapped[int] = mapped_column(Integer, server_default="0")
    in_offers: Mapped[bool] = mapped_column(server_default="false")
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Coupon(ShopRow, Base):
    """One code. `used` never passes `uses`; `send_key` is the message it was made for, once per message."""

    __tablename__ = "coupons"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "pool_id"], ["coupon_pools.shop_id", "coupon_pools.id"]),
        UniqueConstraint("shop_id", "code", name="uq_coupons_code"),
        UniqueConstraint("shop_id", "send_key", name="uq_coupons_send_key"),
        CheckConstraint(_one_of("state", CouponState), name="state"),
        CheckConstraint("used >= 0 AND (uses IS NULL OR used <= uses)", name="used"),
        Index("ix_coupons_customer", "shop_id", "customer_id", postgresql_where=text("state = 'confirmed'")),
    )
    pool_id: Mapped[UUID]
    code: Mapped[str]
    state: Mapped[str]
    uses: Mapped[int | None]
    used: Mapped[int] = mapped_column(server_default="0")
    send_key: Mapped[str | None]
    customer_id: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Redemption(ShopRow, Base):
    """A coupon used for an order (named as the shop names it), once per order."""

    __tablename__ = "coupon_redemptions"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "coupon_id"], ["coupons.shop_id", "coupons.id"]),
        UniqueConstraint("shop_id", "coupon_id", "order_ref", name="uq_coupon_redemptions_order"),
        Index("ix_coupon_redemptions_customer", "shop_id", "coupon_id", "customer_id"),
    )
    coupon_id: Mapped[UUID]
    order_ref: Mapped[str]
    customer_id: Mapped[UUID | None]
    at: Mapped[datetime]


class RecommendationModel(ShopRow, Base):
    """One training; the shop's newest is used, older ones are deleted."""

    __tablename__ = "recommendation_models"
    __table_args__ = (Index("ix_recommendation_models_newest", "shop_id", "trained_at"),)
    items: Mapped[int]
    lines: Mapped[int]
    trained_at: Mapped[datetime]


class RecommendationItem(Base):
    """A product's nearest neighbours, strongest first, and how much it sells (`appeal_score`: z of log buyers)."""

    __tablename__ = "recommendation_items"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "model_id"],
            ["recommendation_models.shop_id", "recommendation_models.id"],
            ondelete="CASCADE",
        ),
        Index("ix_recommendation_items_appeal", "shop_id", "model_id", text("appeal_score DESC")),
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    model_id: Mapped[UUID] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    neighbours: Mapped[list[str]] = mapped_column(ARRAY(Text))
    weights: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    buyers: Mapped[int]
    appeal_score: Mapped[float] = mapped_column(REAL)


register_ddl("coupons_moves", *COUPON_MACHINE.trigger_sql("coupons", "state"))
