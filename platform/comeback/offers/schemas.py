"""Structs of offers. Amounts are integers in the currency's minor unit."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Positive = Annotated[int, Meta(gt=0, le=2_000_000_000)]


class PoolIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pool: `percent` or `amount`; with `code` a shared one, else every coupon has its own code.

    `in_offers`: offer blocks draw from it; the shop's newest such pool counts.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    amount: Positive | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    minimum: Positive | None = None
    valid_days: Annotated[int, Meta(ge=1, le=1000)] = 30
    maximum: Positive | None = None
    per_customer: Positive | None = None
    code: Annotated[str, Meta(max_length=60)] | None = None
    in_offers: bool = False


class PoolOut(Struct, frozen=True, kw_only=True):
    """A pool as stored; `issued` counts codes of limited pools."""

    id: UUID
    name: str
    kind: Literal["unique", "shared"]
    percent: int | None
    amount: int | None
    currency: str | None
    minimum: int | None
    valid_days: int
    maximum: int | None
    per_customer: int | None
    issued: int
    in_offers: bool
    active: bool
    code: str | None = None


class CouponOut(Struct, frozen=True, kw_only=True):
    """A coupon; `why` says why it cannot be used where `redeemable` is false."""

    code: str
    state: str
    percent: int | None
    amount: int | None
    currency: str | None
    minimum: int | None
    expires_at: datetime | None
    uses: int | None
    used: int
    redeemable: bool
    why: str | None


class RedeemIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`order` is the shop's own id of the order; redeeming again for the same order changes nothing."""

    order: Annotated[str, Meta(min_length=1, max_length=200)]
    customer_id: UUID | None = None


class RecommendedProduct(Struct, frozen=True, kw_only=True):
    """A product to show; `product_id` is the shop's own id, `price` the lowest of its variants in stock."""

    product_id: str
    title: str
    url: str | None
    image_url: str | None
    price: int | None
    currency: str | None
    basis: Literal["bought_together", "popular"]


class Recommendations(Struct, frozen=True, kw_only=True):
    """What goes with the products asked for."""

    items: list[RecommendedProduct]


class TrainingOut(Struct, frozen=True, kw_only=True):
    """The task whose progress `GET /api/v1/tasks/{id}` shows."""

    task: UUID
