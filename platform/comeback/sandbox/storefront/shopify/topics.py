"""Changes of the shop as Shopify's webhooks: topic, body, headers, signature."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import msgspec

from comeback.sandbox.storefront.objects import Shop
from comeback.sandbox.storefront.records import Outgoing, Subscription
from comeback.sandbox.storefront.shopify import bodies, shelf
from comeback.sandbox.storefront.store import Change, new_uuid

TOPICS = (
    "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled",
    "orders/partially_fulfilled", "orders/edited", "orders/delete", "fulfillments/create", "fulfillments/update",
    "refunds/create", "products/create", "products/update", "products/delete", "inventory_levels/update",
    "customers/create", "customers/update", "customers/delete", "returns/request", "returns/approve", "returns/close",
    "returns/update", "draft_orders/create", "draft_orders/update", "app/uninstalled", "shop/update",
)  # fmt: skip
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
"""Sent to the app's own address, subscribed or not; so is `app/uninstalled`."""
TRIES = 9
"""The first attempt and eight more; then Shopify removes a subscription that was made by the API."""

_ORDER = {
    "order.created": "orders/create",
    "order.updated": "orders/updated",
    "order.paid": "orders/paid",
    "order.cancelled": "orders/cancelled",
}


def signature(body: bytes, secret: str) -> str:
    """`X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def told(shop: Shop, change: Change) -> list[tuple[str, dict[str, Any]]]:
    """Topics and bodies of one change."""
    name, it, order = change.name, change.subject, change.order
    if name in _ORDER:
        return [(_ORDER[name], bodies.order(shop, it))]
    if name in ("fulfilment.created", "fulfilment.updated") and order is not None:
        topic = "fulfillments/create" if name == "fulfilment.created" else "fulfillments/update"
        return [(topic, bodies.fulfilment(shop, order, it))]
    if name == "refund.created" and order is not None:
        return [("refunds/create", bodies.refund(shop, order, it))]
    if name.startswith("return.") and order is not None:
        return [
            (_return_topic(name), {"id": it.id, "order_id": order.id, "name": it.name, "status": it.status.lower()})
        ]
    if name in ("product.created", "product.updated"):
        return [("products/create" if name == "product.created" else "products/update", shelf.product(shop, it))]
    if name == "product.deleted":
        return [("products/delete", {"id": it.id})]
    if name == "stock.changed" and change.variant is not None:
        counted = [("inventory_levels/update", level) for level in shelf.levels(shop, change.variant)]
        return [*counted, ("products/update", shelf.product(shop, it))]
    if name in ("customer.created", "customer.updated"):
        return [("customers/create" if name == "customer.created" else "customers/update", bodies.customer(shop, it))]
    return _private(shop, change)


def _return_topic(name: str) -> str:
    words = {"return.requested": "request", "return.approved": "approve", "return.closed": "close"}
    return f"returns/{words.get(name, 'update')}"


def _private(shop: Shop, change: Change) -> list[tuple[str, dict[str, Any]]]:
    head = {"shop_id": shop.id, "shop_domain": shop.key}
    if change.name == "shop.redact":
        return [("shop/redact", head)]
    if change.name == "app.uninstalled":
        return [("app/uninstalled", {"id": shop.id, "name": shop.name, "domain": shop.key, "email": shop.email})]
    if change.name not in ("customer.data_request", "customer.redact"):
        return []
    it = change.subject
    orders = [order.id for order in shop.orders.values() if order.customer_id == it.id]
    person = {"id": it.id, "email": it.email or None, "phone": it.phone or None}
    if change.name == "customer.redact":
        return [("customers/redact", {**head, "customer": person, "orders_to_redact": orders})]
    asked = {**head, "customer": person, "orders_requested": orders, "data_request": {"id": it.id * 10}}
    return [("customers/data_request", asked)]


def _receivers(shop: Shop, topic: str) -> list[Subscription]:
    found = [it for it in shop.subscriptions.values() if it.topic == topic and it.status == "active"]
    if not found and shop.app_url and topic in (*COMPLIANCE, "app/uninstalled"):
        return [
            Subscription(
                id=0, topic=topic, url=shop.app_url, secret=shop.secret, fixed=True, created_at=0.0, updated_at=0.0
            )
        ]
    return found


def outgoing(shop: Shop, change: Change, now: float) -> list[Outgoing]:
    """The deliveries of one change; all of one event share its event id, a retry keeps its webhook id."""
    event_id = new_uuid()
    made: list[Outgoing] = []
    for topic, body in told(shop, change):
        made += [_delivery(shop, it, body, event_id, now) for it in _receivers(shop, topic)]
    return made


def _delivery(shop: Shop, subscription: Subscription, body: dict[str, Any], event_id: str, now: float) -> Outgoing:
    raw = msgspec.json.encode(body)
    webhook_id = new_uuid()
    return Outgoing(
        id=webhook_id,
        shop=shop.key,
        subscription=subscription.id,
        url=subscription.url,
        body=raw.decode(),
        headers={
            "X-Shopify-Topic": subscription.topic,
            "X-Shopify-Shop-Domain": shop.key,
            "X-Shopify-API-Version": subscription.api_version,
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Event-Id": event_id,
            "X-Shopify-Triggered-At": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "X-Shopify-Hmac-Sha256": signature(raw, shop.secret),
            "User-Agent": "Shopify-Captain-Hook",
        },
        signature="X-Shopify-Hmac-Sha256",
        lane=f"{shop.key} {body.get('order_id') or body.get('id') or ''}",
        tries=0 if subscription.fixed else TRIES,
    )
