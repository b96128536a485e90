"""What the `Query` type answers."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from graphql import GraphQLResolveInfo

from comeback.sandbox.storefront.objects import Order
from comeback.sandbox.storefront.shopify import search
from comeback.sandbox.storefront.shopify.calls import Call, number
from comeback.sandbox.storefront.shopify.names import VERSIONS, gid, kind_of
from comeback.sandbox.storefront.shopify.paging import Node, Row, connection

T = TypeVar("T")
Root: TypeAlias = Callable[..., Any]

_KEYS: dict[str, str] = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "PROCESSED_AT": "placed_at"}


def _call(info: GraphQLResolveInfo) -> Call:
    call = info.context
    if not isinstance(call, Call):
        raise TypeError("the context is a Call")
    return call


def _key(it: Any, sort: str | None) -> tuple[float | str, int]:
    name = _KEYS.get(sort or "")
    return (getattr(it, name, it.id) if name else it.id, it.id)


def _page(
    found: Iterable[T], facts: Callable[[T], search.Facts], view: Callable[[T], Node], arguments: dict[str, Any]
) -> Node:
    matches = search.matcher(arguments.get("query"))
    chosen = [it for it in found if matches(facts(it))]
    chosen.sort(key=lambda it: _key(it, arguments.get("sortKey")))
    rows: list[Row] = [(_key(it, arguments.get("sortKey")), _making(view, it)) for it in chosen]
    return connection(rows, arguments)


def _making(view: Callable[[T], Node], it: T) -> Callable[[], Node]:
    def make() -> Node:
        return view(it)

    return make


def _count(found: Sequence[T], facts: Callable[[T], search.Facts], arguments: dict[str, Any]) -> Node:
    matches = search.matcher(arguments.get("query"))
    return {"count": sum(matches(facts(it)) for it in found), "precision": "EXACT"}


def indexed(call: Call, query: str | None) -> list[Order]:
    """Orders that a search finds: with a query, the newest are missing until the index has caught up."""
    found = list(call.shop.orders.values())
    return [order for order in found if not query or order.created_at <= call.hidden_after]


def look_up(call: Call, text: str) -> Node | None:
    """Any object by its global id; None where there is none."""
    kind, id_ = kind_of(text), number(text)
    shop, views = call.shop, call.views
    if kind in ("Refund", "Return", "Fulfillment", "OrderTransaction", "LineItem", "FulfillmentOrder"):
        return _of_order(call, kind, id_)
    if kind in ("ProductVariant", "InventoryItem"):
        return _of_product(call, kind, id_)
    tables: dict[str, tuple[dict[int, Any], Callable[[Any], Node]]] = {
        "Order": (shop.orders, views.order),
        "DraftOrder": (shop.drafts, views.draft),
        "Customer": (shop.customers, views.customer),
        "Product": (shop.products, views.product),
        "GiftCard": (shop.gift_cards, views.gift_card),
        "StoreCreditAccount": (shop.credits, views.credit),
        "DiscountCodeNode": (shop.coupons, views.coupon),
        "WebhookSubscription": (shop.subscriptions, views.subscription),
    }
    if kind == "Location":
        return views.place(id_)
    if kind == "Shop":
        return views.shop_view() if id_ == shop.id else None
    table, view = tables.get(kind, ({}, views.order))
    return view(table[id_]) if id_ in table else None


def _of_order(call: Call, kind: str, id_: int) -> Node | None:
    views = call.views
    for order in call.shop.orders.values():
        parts: dict[str, tuple[Iterable[Any], Callable[[Order, Any], Node]]] = {
            "Refund": (order.refunds, views.refund),
            "Return": (order.returns, views.returned),
            "Fulfillment": (order.fulfilments, views.fulfilment),
            "OrderTransaction": (order.transactions, views.transaction),
            "LineItem": (order.lines, views.line),
        }
        if kind == "FulfillmentOrder":
            if order.id == id_:
                return views.fulfilment_order(order)
            continue
        found, view = parts[kind]
        for it in found:
            if it.id == id_:
                return view(order, it)
    return None


def _of_product(call: Call, kind: str, id_: int) -> Node | None:
    for product in call.shop.products.values():
        for variant in product.variants:
            if kind == "ProductVariant" and variant.id == id_:
                return call.views.variant(product, variant)
            if kind == "InventoryItem" and variant.inventory_item_id == id_:
                return call.views.item(product, variant)
    return None


def _by_id(kind: str) -> Root:
    def resolve(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node | None:
        text = arguments.get("id")
        if text is None:
            return None
        number(text, kind)
        return look_up(_call(info), text)

    return resolve


def orders(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    return _page(indexed(call, arguments.get("query")), search.order_facts, call.views.order, arguments)


def orders_count(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    return _count(indexed(_call(info), arguments.get("query")), search.order_facts, arguments)


def products(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    return _page(call.shop.products.values(), search.product_facts, call.views.product, arguments)


def products_count(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    return _count(list(_call(info).shop.products.values()), search.product_facts, arguments)


def variants(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    found = [(product, variant) for product in call.shop.products.values() for variant in product.variants]
    matches = search.matcher(arguments.get("query"))
    rows: list[Row] = [
        ((variant.id, variant.id), call.views.variant(product, variant))
        for product, variant in found
        if matches({"id": variant.id, "sku": variant.sku, "default": [variant.sku], "product_id": product.id})
    ]
    return connection(rows, arguments)


def customers(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    return _page(call.shop.customers.values(), search.customer_facts, call.views.customer, arguments)


def customers_count(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    return _count(list(_call(info).shop.customers.values()), search.customer_facts, arguments)


def drafts(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    return _page(call.shop.drafts.values(), search.draft_facts, call.views.draft, arguments)


def gift_cards(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    return _page(call.shop.gift_cards.values(), search.card_facts, call.views.gift_card, arguments)


def locations(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    rows: list[Row] = [((place.id, place.id), call.views.location(place)) for place in call.shop.places]
    return connection(rows, arguments)


def coupon_by_code(_: Any, info: GraphQLResolveInfo, code: str) -> Node | None:
    call = _call(info)
    for coupon in call.shop.coupons.values():
        if code.upper() in [known.upper() for known in coupon.codes]:
            return call.views.coupon(coupon)
    return None


def bulk_creation(_: Any, info: GraphQLResolveInfo, id: str) -> Node | None:
    call = _call(info)
    coupon = call.shop.coupons.get(number(id, "DiscountRedeemCodeBulkCreation"))
    return bulk_view(call, coupon.id, len(coupon.codes)) if coupon else None


def bulk_view(call: Call, coupon_id: int, count: int) -> Node:
    """The adding of codes, which the stand-in finishes at once."""
    return {
        "__typename": "DiscountRedeemCodeBulkCreation",
        "id": gid("DiscountRedeemCodeBulkCreation", coupon_id),
        "codesCount": count,
        "done": True,
        "failedCount": 0,
        "importedCount": count,
        "createdAt": call.views.coupon(call.shop.coupons[coupon_id])["codeDiscount"]["createdAt"],
        "discountCode": call.views.coupon(call.shop.coupons[coupon_id]),
    }


def subscriptions(_: Any, info: GraphQLResolveInfo, **arguments: Any) -> Node:
    call = _call(info)
    uri, topics = arguments.get("uri") or arguments.get("callbackUrl"), arguments.get("topics")
    rows: list[Row] = [
        ((float(it.id), it.id), call.views.subscription(it))
        for it in call.shop.subscriptions.values()
        if not it.fixed and uri in (None, it.url) and (not topics or it.topic.replace("/", "_").upper() in topics)
    ]
    return connection(rows, arguments)


def node(_: Any, info: GraphQLResolveInfo, id: str) -> Node | None:
    return look_up(_call(info), id)


def nodes(_: Any, info: GraphQLResolveInfo, ids: list[str]) -> list[Node | None]:
    return [look_up(_call(info), id_) for id_ in ids]


def order_by_identifier(_: Any, info: GraphQLResolveInfo, identifier: dict[str, str]) -> Node | None:
    return look_up(_call(info), identifier["id"]) if "id" in identifier else None


QUERIES: dict[str, Root] = {
    "node": node,
    "nodes": nodes,
    "shop": lambda _, info: _call(info).views.shop_view(),
    "currentAppInstallation": lambda _, info: _call(info).views.installation(),
    "publicApiVersions": lambda _, info: [{"handle": it, "displayName": it, "supported": True} for it in VERSIONS],
    "orderByIdentifier": order_by_identifier,
    "orders": orders,
    "ordersCount": orders_count,
    "products": products,
    "productsCount": products_count,
    "productVariants": variants,
    "customers": customers,
    "customersCount": customers_count,
    "draftOrders": drafts,
    "giftCards": gift_cards,
    "locations": locations,
    "codeDiscountNodeByCode": coupon_by_code,
    "discountRedeemCodeBulkCreation": bulk_creation,
    "webhookSubscriptions": subscriptions,
    **{
        name: _by_id(kind)
        for name, kind in {
            "order": "Order", "refund": "Refund", "return": "Return", "draftOrder": "DraftOrder", "product": "Product",
            "productVariant": "ProductVariant", "inventoryItem": "InventoryItem", "customer": "Customer",
            "codeDiscountNode": "DiscountCodeNode", "giftCard": "GiftCard", "location": "Location",
            "storeCreditAccount": "StoreCreditAccount", "webhookSubscription": "WebhookSubscription",
        }.items()
    },
}  # fmt: skip
