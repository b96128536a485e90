"""Stock by place, and the products it belongs to."""

import re

import msgspec

from comeback.sandbox.http import HttpError
from comeback.sandbox.storefront.objects import Place, Product, Shop, Variant
from comeback.sandbox.storefront.store import Store, find_variant


class WantedVariant(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`stock` is what the first place has; None: not counted."""

    id: int | None = None
    title: str = "Default Title"
    sku: str = ""
    barcode: str = ""
    price: int
    compare_at_price: int | None = None
    grams: int = 0
    options: list[str] = []
    image_url: str | None = None
    tax_rate_bp: int = 0
    stock: int | None = None


class WantedProduct(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A product of the shop; a known `id` is changed."""

    shop: str | None = None
    id: int | None = None
    title: str
    vendor: str = ""
    product_type: str = ""
    tags: list[str] = []
    body_html: str = ""
    image_url: str | None = None
    url: str | None = None
    option_names: list[str] = []
    variants: list[WantedVariant]
    quiet: bool = False


class StockOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Counts anew: `available` at a place, by default the first."""

    shop: str | None = None
    variant_id: int | None = None
    sku: str | None = None
    available: int
    place_id: int | None = None


def put(store: Store, shop: Shop, wanted: WantedProduct) -> Product:
    """Makes or changes the product. Raises HttpError 422."""
    if not wanted.variants:
        raise HttpError(422, "A product needs a variant.")
    now = store.now()
    known = shop.products.get(wanted.id) if wanted.id is not None else None
    product = Product(
        id=store.next_id(shop, wanted.id),
        title=wanted.title,
        handle=re.sub(r"[^a-z0-9]+", "-", wanted.title.lower()).strip("-"),
        vendor=wanted.vendor,
        product_type=wanted.product_type,
        tags=list(wanted.tags),
        body_html=wanted.body_html,
        image_url=wanted.image_url,
        url=wanted.url,
        option_names=list(wanted.option_names) or ["Title"],
        variants=[_variant(store, shop, variant) for variant in wanted.variants],
        created_at=known.created_at if known else now,
        updated_at=now,
    )
    shop.products[product.id] = product
    store.touch()
    if not wanted.quiet:
        store.announce(shop, "product.updated" if known else "product.created", product)
    return product


def _variant(store: Store, shop: Shop, wanted: WantedVariant) -> Variant:
    found = find_variant(shop, wanted.id) if wanted.id is not None else None
    return Variant(
        id=store.next_id(shop, wanted.id),
        inventory_item_id=found[1].inventory_item_id if found else store.next_id(shop),
        title=wanted.title,
        sku=wanted.sku,
        barcode=wanted.barcode,
        price=wanted.price,
        compare_at_price=wanted.compare_at_price,
        grams=wanted.grams,
        options=list(wanted.options) or [wanted.title],
        image_url=wanted.image_url,
        tax_rate_bp=wanted.tax_rate_bp,
        stock=None if wanted.stock is None else {shop.places[0].id: wanted.stock},
        updated_at=store.now(),
    )


def remove(store: Store, shop: Shop, product: Product) -> None:
    del shop.products[product.id]
    store.announce(shop, "product.deleted", product)


def available(variant: Variant) -> int | None:
    return None if variant.stock is None else sum(variant.stock.values())


def place_of(shop: Shop, place_id: int | None) -> Place:
    """Raises HttpError 422."""
    if place_id is None:
        return shop.places[0]
    found = next((place for place in shop.places if place.id == place_id), None)
    if found is None:
        raise HttpError(422, f"No place {place_id}.")
    return found


def count(store: Store, shop: Shop, wanted: StockOrder) -> Variant:
    """Sets what a place has. Raises HttpError 404 and 422."""
    found = find_variant(shop, wanted.variant_id, wanted.sku)
    if found is None:
        raise HttpError(404, "No such variant.")
    product, variant = found
    place = place_of(shop, wanted.place_id)
    variant.stock = {**(variant.stock or {}), place.id: wanted.available}
    _moved(store, shop, product, variant)
    return variant


def move(
    store: Store, shop: Shop, variant_id: int | None, units: int, place_id: int | None = None, *, quiet: bool = False
) -> None:
    """Adds units (negative: takes them) where the variant is counted; it may go below zero, as with the real thing."""
    found = find_variant(shop, variant_id) if variant_id is not None and units else None
    counted = found[1].stock if found is not None else None
    if found is None or counted is None:
        return
    product, variant = found
    place = place_of(shop, place_id)
    variant.stock = {**counted, place.id: counted.get(place.id, 0) + units}
    if not quiet:
        _moved(store, shop, product, variant)


def _moved(store: Store, shop: Shop, product: Product, variant: Variant) -> None:
    variant.updated_at = product.updated_at = store.now()
    store.announce(shop, "stock.changed", product, variant=variant)
