"""Changes of the shop as WooCommerce's webhooks: topic, body, headers, signature, and the bare ping."""

import base64
import hashlib
import hmac
from typing import Any

import msgspec

from comeback.sandbox.storefront.objects import Shop
from comeback.sandbox.storefront.records import Outgoing, Subscription
from comeback.sandbox.storefront.store import Change, new_uuid
from comeback.sandbox.storefront.woocommerce import bodies

TOPICS: tuple[str, ...] = (
    "order.created", "order.updated", "order.deleted", "order.restored", "product.created", "product.updated",
    "product.deleted", "product.restored", "customer.created", "customer.updated", "customer.deleted",
    "coupon.created", "coupon.updated", "coupon.deleted",
)  # fmt: skip
TRIES = 1
"""WooCommerce sends once: a delivery that fails is lost, and only counted."""


def signature(body: bytes, secret: str) -> str:
    """`X-WC-Webhook-Signature`: base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def told(shop: Shop, change: Change) -> tuple[str, dict[str, Any]] | None:
    """Topic and body of a change; None for what WooCommerce does not tell."""
    name, it = change.name, change.subject
    if name in ("order.created", "order.updated"):
        return name, bodies.order(shop, it)
    if name in ("product.created", "product.updated"):
        return name, bodies.product(shop, it)
    if name == "stock.changed":
        return "product.updated", bodies.product(shop, it)
    if name in ("product.deleted", "order.deleted"):
        return name, {"id": it.id}
    if name in ("customer.created", "customer.updated"):
        return name, bodies.customer(shop, it)
    if name == "coupon.created":
        return name, bodies.coupon(shop, it)
    return None


def outgoing(shop: Shop, change: Change, now: float) -> list[Outgoing]:
    """The deliveries of one change."""
    found = told(shop, change)
    if found is None:
        return []
    topic, body = found
    hooks = [it for it in shop.subscriptions.values() if it.topic == topic and it.status == "active"]
    return [_delivery(shop, it, body, now) for it in hooks]


def _delivery(shop: Shop, hook: Subscription, body: dict[str, Any], now: float) -> Outgoing:
    raw = msgspec.json.encode(body)
    resource, _, event = hook.topic.partition(".")
    delivery = new_uuid()
    return Outgoing(
        id=delivery,
        shop=shop.key,
        subscription=hook.id,
        url=hook.url,
        body=raw.decode(),
        headers={
            "X-WC-Webhook-Source": f"{shop.site}/",
            "X-WC-Webhook-Topic": hook.topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": signature(raw, hook.secret),
            "X-WC-Webhook-ID": str(hook.id),
            "X-WC-Webhook-Delivery-ID": hashlib.sha256(f"{delivery}{now}".encode()).hexdigest()[:32],
            "User-Agent": "WooCommerce/9.8.5 Hookshot (WordPress/6.8)",
        },
        signature="X-WC-Webhook-Signature",
        lane=f"{shop.key} {body.get('id', '')}",
        tries=TRIES,
    )


def ping(shop: Shop, hook: Subscription) -> Outgoing:
    """What a new webhook sends first: a form, unsigned, without any of WooCommerce's headers."""
    return Outgoing(
        id=new_uuid(),
        shop=shop.key,
        subscription=hook.id,
        url=hook.url,
        body=f"webhook_id={hook.id}",
        headers={"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "WooCommerce/9.8.5 Hookshot"},
        signature="",
        lane=f"{shop.key} ping",
        tries=TRIES,
    )
