"""Products, variants and stock of both shop systems → ProductIn. Pure."""

import re
from decimal import Decimal

from msgspec import Struct

from comeback.catalog.schemas import ProductIn, StockIn, VariantIn
from comeback.storefronts.rules.reading import (
    Json,
    decimal,
    items,
    mapping,
    minor,
    plain_id,
    text,
    web_address,
    whole,
    words,
)

_GRAMS = {"g": 1, "grams": 1, "kg": 1000, "kilograms": 1000, "lb": Decimal("453.59237"), "lbs": Decimal("453.59237"),
          "pounds": Decimal("453.59237"), "oz": Decimal("28.349523"), "ounces": Decimal("28.349523")}  # fmt: skip


class TakenProduct(Struct, kw_only=True):
    """A product, and the inventory item of each variant (item id → variant id)."""

    product: ProductIn
    items: dict[str, str]


class Level(Struct, kw_only=True):
    """Free units of an inventory item at a location."""

    item: str
    location: str
    available: int


def prose(html: object) -> str | None:
    """The words of a description, without markup, at most 5,000 characters."""
    if not isinstance(html, str):
        return None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()[:5000] or None


def grams(value: object, unit: str | None) -> int | None:
    """A weight in grams; None where it is 0 or unknown."""
    found, factor = decimal(value), _GRAMS.get((unit or "").lower())
    return int(found * factor) or None if found and found > 0 and factor else None


def shopify_product(body: Json, *, currency: str, domain: str) -> TakenProduct | None:
    """A product of the REST shape; None where it has no id or no variant with a price."""
    product_id, title = plain_id(body.get("id")), text(body.get("title"), 500)
    names = [text(o.get("name")) or f"Option {n + 1}" for n, o in enumerate(items(body.get("options")))]
    link = web_address(body.get("online_store_url")) or _link(domain, text(body.get("handle")))
    pairs = [(v, _variant(v, names, currency, link)) for v in items(body.get("variants"))]
    variants = [(raw, made) for raw, made in pairs if made is not None]
    if product_id is None or title is None or not variants:
        return None
    image = mapping(body.get("image"))
    found = text(body.get("product_type"))
    product = ProductIn(
        external_id=product_id,
        title=title,
        currency=currency,
        variants=[made for _, made in variants],
        description=prose(body.get("body_html")),
        url=link,
        image_url=web_address(image.get("src")),
        categories=[found] if found else [],
        tags=words(body.get("tags")),
        active=(text(body.get("status")) or "active") == "active",
    )
    known = {item: made.external_id for raw, made in variants if (item := plain_id(raw.get("inventory_item_id")))}
    return TakenProduct(product=product, items=known)


def _link(domain: str, handle: str | None) -> str | None:
    return f"https://{domain}/products/{handle}" if domain and handle else None


def _variant(body: Json, names: list[str], currency: str, link: str | None) -> VariantIn | None:
    variant_id, price = plain_id(body.get("id")), minor(body.get("price"), currency)
    if variant_id is None or price is None or price < 0:
        return None
    compare = minor(body.get("compare_at_price"), currency)
    title = text(body.get("title"), 500)
    return VariantIn(
        external_id=variant_id,
        price=price,
        title="" if title in (None, "Default Title") else title,
        sku=text(body.get("sku")),
        compare_at_price=compare if compare and compare > price else None,
        options=_options(body, names),
        weight_grams=whole(body.get("grams")) or grams(body.get("weight"), text(body.get("weight_unit"))),
        image_url=web_address(body.get("image_src")),
        url=f"{link}?variant={variant_id}" if link else None,
        stock=_stock(body),
    )


def _options(body: Json, names: list[str]) -> dict[str, str]:
    stated = body.get("options")
    if isinstance(stated, dict):
        pairs = [(text(name), text(value)) for name, value in stated.items()]
    else:
        pairs = [(name, text(body.get(f"option{n + 1}"))) for n, name in enumerate(names[:3])]
    return {name: value for name, value in pairs if name and value and value != "Default Title"}


def _stock(body: Json) -> list[StockIn] | None:
    """Stock by location where the shop tells it, the sum where it tells only that; None where it does not count."""
    if body.get("inventory_management") is None:
        return None
    levels = [level for level in (read_level(entry, "-") for entry in items(body.get("levels"))) if level is not None]
    if levels:
        return [StockIn(quantity=level.available, location=level.location) for level in levels]
    return [StockIn(quantity=max(0, whole(body.get("inventory_quantity"))))] if "inventory_quantity" in body else None


def read_level(body: Json, item: str | None = None) -> Level | None:
    """A level of stock; below zero is sold beyond stock, which is nothing free."""
    known, location = item or plain_id(body.get("inventory_item_id")), plain_id(body.get("location_id"))
    if known is None or location is None or decimal(body.get("available")) is None:
        return None
    return Level(item=known, location=location, available=max(0, whole(body.get("available"))))
