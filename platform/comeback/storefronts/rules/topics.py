"""What a webhook is about: the object to ask the shop for, a privacy request, or the end of the connection. Pure."""

from typing import Literal

from msgspec import Struct

from comeback.storefronts.rules.reading import Json, items, mapping, plain_id, text

Kind = Literal["order", "product", "customer", "item"]


class About(Struct, frozen=True):
    """An object to ask for. `gone` says that the shop deleted it."""

    kind: Kind
    id: str
    gone: bool = False


class Privacy(Struct, frozen=True):
    """A request about a person's data; `customer` is the shop's id, `email` an address it names."""

    kind: Literal["export", "erase", "erase_shop"]
    external_id: str
    customer: str | None = None
    email: str | None = None


class Ended(Struct, frozen=True):
    """The shop removed the connection."""


News = About | Privacy | Ended
_WRAPPERS = ("order", "orders", "product", "products", "customer", "fulfillment", "refund", "inventory_level",
             "inventory_levels", "variant", "fulfillment_event", "fulfillment_events", "order_edit")  # fmt: skip
_PRIVACY: dict[str, Literal["export", "erase", "erase_shop"]] = {
    "customers/data_request": "export",
    "customers/redact": "erase",
    "shop/redact": "erase_shop",
}


def unwrap(body: Json) -> list[Json]:
    """The objects of a body: the thing itself, or inside its name as REST answers it (`{"order": {…}}`)."""
    for name in _WRAPPERS:
        inner = body.get(name)
        if "id" in body or not isinstance(inner, dict | list):
            continue
        beside = {k: v for k, v in body.items() if k != name}
        return [beside | entry for entry in ([inner] if isinstance(inner, dict) else items(inner))]
    return [body]


def shopify_news(topic: str, body: Json) -> list[News]:
    """What one delivery is about; nothing for topics that we do not need."""
    if topic == "app/uninstalled":
        return [Ended()]
    if topic in _PRIVACY:
        return [_privacy(_PRIVACY[topic], body)]
    return [about for entry in unwrap(body) if (about := _about(topic, entry)) is not None]


def _about(topic: str, body: Json) -> About | None:
    room, _, what = topic.partition("/")
    gone = what == "delete"
    if room == "orders":
        found = plain_id(body.get("order_id") if what == "edited" else body.get("id"))
        return About("order", found, gone) if found else None
    if room in ("fulfillments", "refunds", "fulfillment_events", "returns", "order_transactions"):
        found = plain_id(body.get("order_id"))
        return About("order", found) if found else None
    if room == "products":
        found = plain_id(body.get("id"))
        return About("product", found, gone) if found else None
    if room == "variants":
        found = plain_id(body.get("product_id"))
        return About("product", found) if found else None
    if room in ("inventory_levels", "inventory_items"):
        found = plain_id(body.get("inventory_item_id") if room == "inventory_levels" else body.get("id"))
        return About("item", found) if found else None
    if room.startswith("customers"):
        found = plain_id(body.get("customer_id") or body.get("id"))
        return About("customer", found, gone) if found else None
    return None


def _privacy(kind: Literal["export", "erase", "erase_shop"], body: Json) -> Privacy:
    person, request = mapping(body.get("customer")), mapping(body.get("data_request"))
    customer, email = plain_id(person.get("id")), text(person.get("email"), 254)
    external = plain_id(request.get("id")) or customer or email or plain_id(body.get("shop_id")) or "shop"
    return Privacy(kind, external, customer, email)


def woo_news(topic: str, body: Json) -> list[News]:
    """The same of WooCommerce (`order.updated`, `product.deleted`, `customer.created`)."""
    room, _, what = topic.partition(".")
    found = plain_id(body.get("id"))
    kinds: dict[str, Kind] = {"order": "order", "product": "product", "customer": "customer"}
    if room not in kinds or found is None:
        return []
    if room == "product" and plain_id(body.get("parent_id")) not in (None, "0"):
        return [About("product", plain_id(body.get("parent_id")) or found)]
    return [About(kinds[room], found, what == "deleted")]
