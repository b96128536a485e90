"""Bodies of the catalog API. Prices in minor units, tax rates in basis points (1900 = 19 %)."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class StockIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """How many lie at a location now; replaces what was known."""

    quantity: int
    location: str = "main"
    state: str = "sellable"


class VariantIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What can be bought. `stock` None leaves the stock as it is."""

    external_id: str
    price: int
    title: str = ""
    sku: str | None = None
    compare_at_price: int | None = None
    currency: str | None = None
    tax_rate_bp: int = 0
    options: dict[str, str] = {}
    weight_grams: int | None = None
    image_url: str | None = None
    url: str | None = None
    active: bool = True
    stock: list[StockIn] | None = None


class ProductIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A product, created or updated by `external_id`. Variants that are not named any more become inactive."""

    external_id: str
    title: str
    currency: str
    variants: list[VariantIn]
    description: str | None = None
    url: str | None = None
    image_url: str | None = None
    categories: list[str] = []
    tags: list[str] = []
    active: bool = True


class StockOut(Struct, kw_only=True):
    """Stock of a variant at a location. `reserved` is part of `sellable`, `available` what is left of it."""

    variant: str
    variant_id: UUID
    sku: str | None
    location: str
    sellable: int
    quarantine: int
    reserved: int
    available: int


class StockPage(Struct, kw_only=True):
    """Stock by variant and location."""

    items: list[StockOut]
    next: str | None = None


class VariantOut(Struct, kw_only=True):
    """A variant as stored."""

    id: UUID
    external_id: str
    sku: str | None
    title: str
    price: int
    compare_at_price: int | None
    currency: str
    tax_rate_bp: int
    options: dict[str, str]
    weight_grams: int | None
    image_url: str | None
    url: str | None
    active: bool
    available: int


class ProductOut(Struct, kw_only=True):
    """A product as stored."""

    id: UUID
    external_id: str
    title: str
    description: str | None
    url: str | None
    image_url: str | None
    categories: list[str]
    tags: list[str]
    active: bool
    variants: list[VariantOut]
    created_at: datetime
    updated_at: datetime


class ProductPage(Struct, kw_only=True):
    """Products, newest first."""

    items: list[ProductOut]
    next: str | None = None
