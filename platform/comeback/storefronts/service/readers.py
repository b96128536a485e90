"""From a shop's body to what our rooms take: the reader by vendor and shape."""

from datetime import datetime

from comeback.orders.schemas import ConsentBody, CustomerBody
from comeback.storefronts.rules import shopify_graph
from comeback.storefronts.rules.people import shopify_consents, shopify_customer
from comeback.storefronts.rules.products import TakenProduct, shopify_product
from comeback.storefronts.rules.reading import Json, moment, text
from comeback.storefronts.rules.shopify_order import purse_of, read_order
from comeback.storefronts.rules.taking import Taken
from comeback.storefronts.rules.woo import woo_consents, woo_customer, woo_order, woo_product, woo_version
from comeback.storefronts.service.links import Link


def order_of(link: Link, body: Json, *, graph: bool) -> Taken:
    """An order; `graph`: the body is what the shop's interface answered. Raises Unusable."""
    if link.vendor == "woocommerce":
        return woo_order(body, cheapest_standard=link.cheapest_standard.get(text(body.get("currency")) or ""))
    rest = shopify_graph.graph_order(body) if graph else body
    return read_order(rest, cheapest_standard=link.cheapest_standard.get(purse_of(rest).currency))


def product_of(link: Link, body: Json, *, graph: bool) -> TakenProduct | None:
    """A product; None for a body that is none."""
    if link.vendor == "woocommerce":
        return woo_product(body, currency=link.currency)
    rest = shopify_graph.graph_product(body) if graph else body
    return shopify_product(rest, currency=link.currency, domain=link.access.shop)


def customer_of(link: Link, body: Json, *, graph: bool) -> tuple[CustomerBody, list[ConsentBody]] | None:
    """A person and what they said; None for a body that names nobody."""
    if link.vendor == "woocommerce":
        person = woo_customer(body)
        return None if person is None else (person, woo_consents(body))
    rest = shopify_graph.graph_customer(body) if graph else body
    person = shopify_customer(rest)
    return None if person is None else (person, shopify_consents(rest, "shopify"))


def version_of(link: Link, body: Json) -> datetime | None:
    """When the body was the truth."""
    return woo_version(body) if link.vendor == "woocommerce" else moment(body.get("updated_at"))
