"""The products, and one product's page.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

StockFilter = Literal["low", "out", "quarantine"]


class ProductRow(Struct, kw_only=True):
    """One product of the list; `counted` is false where the shop keeps no stock of it. Units over all time.

    `scarcest` is what can still be sold of its rarest variant.
    """

    id: str
    title: str
    image_url: str | None
    active: bool
    variants: int
    price_from: int | None
    price_until: int | None
    currency: str | None
    counted: bool
    sellable: int
    scarcest: int | None
    reserved: int
    quarantine: int
    sold: int
    returned: int


class ProductList(Struct, kw_only=True):
    """A page of products by title."""

    items: list[ProductRow]
    next: str | None


class StockOut(Struct, kw_only=True):
    """What lies at one place: to be sold (of which some is promised), or held back."""

    place: str
    sellable: int
    reserved: int
    quarantine: int


class VariantOut(Struct, kw_only=True):
    """One variant with its stock by place."""

    id: str
    title: str
    sku: str | None
    image_url: str | None
    active: bool
    price: int
    compare_at_price: int | None
    currency: str
    options: dict[str, str]
    stock: list[StockOut]
    sold: int
    returned: int


class ReasonOut(Struct, kw_only=True):
    """Units that came back for one reason."""

    reason: str
    units: int


class MoveOut(Struct, kw_only=True):
    """One change of the stock."""

    kind: str
    variant: str
    place: str
    from_state: str | None
    to_state: str | None
    quantity: int
    at: datetime


class ProductDetail(Struct, kw_only=True):
    """One product: variants with stock, why it comes back, the latest changes of stock."""

    id: str
    external_id: str
    title: str
    description: str | None
    url: str | None
    image_url: str | None
    active: bool
    categories: list[str]
    tags: list[str]
    sold: int
    returned: int
    variants: list[VariantOut]
    reasons: list[ReasonOut]
    moves: list[MoveOut]
