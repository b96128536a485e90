"""Fields of each kind, the names that columns have elsewhere, and the guess of what column holds what."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from comeback.imports.schemas import Problem


class Field(Struct, frozen=True):
    """One field: what fills it in other systems' exports (lower case, without signs)."""

    name: str
    label: str
    known: tuple[str, ...] = ()
    required: bool = False


def _field(name: str, label: str, known: str = "", *, required: bool = False) -> Field:
    return Field(name, label, tuple(k.strip() for k in known.split(",") if k.strip()), required)


ORDERS = (
    _field("external_id", "Order id", "order id, id, name, order", required=True),
    _field("number", "Order number", "order number, name, order name"),
    _field("placed_at", "Placed at", "created at, order date, date created, date", required=True),
    _field("currency", "Currency", "order currency"),
    _field("email", "E-mail", "billing email, customer email, email billing", required=True),
    _field("customer_id", "Customer id", "customer user, user id"),
    _field("first_name", "First name", "billing first name, shipping first name, first name billing"),
    _field("last_name", "Last name", "billing last name, shipping last name, last name billing"),
    _field("phone", "Phone", "shipping phone, billing phone"),
    _field("locale", "Language", "language, customer locale"),
    _field("ship_name", "Name on the parcel", "shipping name"),
    _field("company", "Company", "shipping company"),
    _field("line1", "Street", "shipping address1, shipping address 1, address 1 2 shipping, address, shipping street"),
    _field("line2", "Street, second line", "shipping address2, shipping address 2"),
    _field("postcode", "Postcode", "shipping zip, shipping postcode, postcode shipping, zip"),
    _field("city", "City", "shipping city, city shipping"),
    _field("region", "Region", "shipping province, shipping state, state code shipping"),
    _field("country", "Country", "shipping country, country code shipping"),
    _field("shipping", "Shipping cost", "shipping total, order shipping, order shipping amount"),
    _field("discount", "Order discount", "discount amount, discount total, cart discount, cart discount amount"),
    _field("discount_code", "Discount code", "coupons, coupon code"),
    _field("tax_total", "Taxes", "taxes, tax total, order tax, order total tax amount"),
    _field("tax_included", "Taxes are in the prices", "taxes included, prices include tax"),
    _field("total", "Total", "order total, order total amount"),
    _field("payment", "Payment", "payment method, payment method title"),
    _field("payment_ref", "Payment reference", "transaction id"),
    _field("tags", "Tags"),
    _field("line_id", "Line id", "item id, line item id"),
    _field("title", "Product", "lineitem name, item name, product name", required=True),
    _field("sku", "SKU", "lineitem sku, item sku"),
    _field("product_id", "Product id", "item product id"),
    _field("variant_id", "Variant id", "item variation id, variation id"),
    _field("quantity", "Quantity", "lineitem quantity, item quantity, qty", required=True),
    _field("unit_price", "Price of one", "lineitem price, item price, item cost, price", required=True),
    _field("line_discount", "Line discount", "lineitem discount, item discount"),
    _field("line_tax", "Line tax", "item tax, item total tax"),
)
SHIPMENTS = (
    _field("order", "Order", "order id, order number, name, order name", required=True),
    _field("carrier", "Carrier", "shipping carrier, tracking company, provider, tracking provider", required=True),
    _field("tracking_number", "Tracking number", "tracking, tracking id, tracking code", required=True),
    _field("service", "Service", "shipping method, method"),
    _field("shipped_at", "Shipped at", "date shipped, ship date, fulfilled at, shipped date"),
    _field("line", "Line id", "line id, item id"),
    _field("quantity", "Quantity", "qty"),
)
PRODUCTS = (
    _field("external_id", "Product id", "handle, id, product id, parent", required=True),
    _field("title", "Product", "name, product name", required=True),
    _field("variant_id", "Variant id", "variation id"),
    _field("variant_title", "Variant", "option1 value, attribute 1 value s"),
    _field("sku", "SKU", "variant sku"),
    _field("price", "Price", "variant price, regular price", required=True),
    _field("compare_at_price", "Price before", "variant compare at price"),
    _field("currency", "Currency"),
    _field("stock", "Stock", "variant inventory qty, stock, quantity"),
    _field("description", "Description", "body html, short description"),
    _field("image_url", "Picture", "image src, images, variant image"),
    _field("url", "Address", "external url, link"),
    _field("category", "Category", "type, categories, product category"),
    _field("tags", "Tags"),
    _field("weight_grams", "Weight in grams", "variant grams"),
)
KINDS: Mapping[str, tuple[Field, ...]] = {"orders": ORDERS, "shipments": SHIPMENTS, "products": PRODUCTS}
_SOURCES = (
    ("shopify", {"lineitem name", "lineitem quantity"}),
    ("shopify", {"handle", "variant price"}),
    ("woocommerce", {"item name", "order currency"}),
    ("woocommerce", {"order id", "billing email"}),
    ("woocommerce", {"regular price", "sku"}),
)


def plain(name: str) -> str:
    """A column's name without signs and capitals: `Lineitem_Price` is `lineitem price`."""
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def source_of(kind: str, columns: Sequence[str]) -> str | None:
    """Whose export it looks like: `shopify`, `woocommerce`, `comeback` (our template), or None."""
    names = {plain(c) for c in columns}
    if {plain(f.name) for f in KINDS[kind] if f.required} <= names:
        return "comeback"
    return next((source for source, marks in _SOURCES if marks <= names), None)


def guess(kind: str, columns: Sequence[str]) -> dict[str, str]:
    """Field → column: by our own name first, then by the names known elsewhere, in their order of trust."""
    by_name = {plain(c): c for c in reversed(columns)}
    found: dict[str, str] = {}
    for field in KINDS[kind]:
        for name in (plain(field.name), *field.known, plain(field.label)):
            if name in by_name:
                found[field.name] = by_name[name]
                break
    if source_of(kind, columns) == "shopify" and kind == "orders":
        # Its “Id” stands on the first row of an order alone; “Name” stands on all.
        found |= {"external_id": by_name["name"], "number": by_name["name"]} if "name" in by_name else {}
    return found


def mapping_problems(kind: str, columns: Sequence[str], mapping: Mapping[str, str]) -> list[Problem]:
    """What is missing: required fields without a column, and columns that are not there."""
    found = [
        Problem(1, field.label, f"No column holds “{field.label}”; add one or choose which column it is.")
        for field in KINDS[kind]
        if field.required and not mapping.get(field.name)
    ]
    found += [
        Problem(1, column, "There is no such column in the file.")
        for column in dict.fromkeys(mapping.values())
        if column not in columns
    ]
    return found


def template(kind: str) -> list[str]:
    """The head of our own template."""
    return [field.name for field in KINDS[kind]]
