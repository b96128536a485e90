"""What WooCommerce's interface changes: orders, refunds, notes, coupons, webhooks."""

from datetime import UTC, datetime
from typing import Any

from comeback.sandbox.http import HttpError
from comeback.sandbox.storefront import handing, sums, trade
from comeback.sandbox.storefront.gifts import Coupon
from comeback.sandbox.storefront.objects import Address, Order, OrderNote, Shop
from comeback.sandbox.storefront.records import Subscription
from comeback.sandbox.storefront.store import Store, find_variant
from comeback.sandbox.storefront.woocommerce import bodies
from comeback.sandbox.storefront.woocommerce.errors import WooError
from comeback.sandbox.storefront.woocommerce.webhooks import TOPICS, ping

GATEWAYS_THAT_REFUND = ("stripe", "shopify_payments", "woocommerce_payments", "ppcp-gateway")


def _bad(message: str, code: str = "rest_invalid_param") -> WooError:
    return WooError(400, code, message)


def _money(text: Any, currency: str) -> int:
    try:
        return sums.minor(str(text), currency)
    except ValueError as error:
        raise _bad(str(error)) from error


def _meta(given: dict[str, Any]) -> dict[str, str]:
    return {str(one["key"]): str(one["value"]) for one in given.get("meta_data") or () if one.get("key")}


def _address(given: dict[str, Any] | None) -> Address | None:
    if not given:
        return None
    return Address(
        first_name=given.get("first_name") or "",
        last_name=given.get("last_name") or "",
        company=given.get("company") or "",
        address1=given.get("address_1") or "",
        address2=given.get("address_2") or "",
        city=given.get("city") or "",
        province=given.get("state") or "",
        zip=given.get("postcode") or "",
        country=given.get("country") or "",
        phone=given.get("phone") or "",
    )


def _line(shop: Shop, given: dict[str, Any], currency: str) -> trade.WantedLine:
    product_id = int(given.get("product_id") or 0)
    product = shop.products.get(product_id)
    # A variation's own id is taken as a product's, as WordPress keeps both in one table.
    variant_id = given.get("variation_id") or (product.variants[0].id if product else product_id or None)
    if find_variant(shop, variant_id) is None and not given.get("name"):
        raise _bad("Product ID or SKU is required.", "woocommerce_rest_required_product_reference")
    quantity = int(given.get("quantity") or 1)
    price = None
    if given.get("total") is not None:
        price = _money(given["total"], currency) // quantity
    return trade.WantedLine(
        variant_id=variant_id, title=given.get("name"), quantity=quantity, price=price, properties=_meta(given)
    )


def create_order(store: Store, shop: Shop, given: dict[str, Any]) -> dict[str, Any]:
    """Totals given for a line are taken as they are, so a replacement may cost nothing."""
    currency = given.get("currency") or shop.currency
    billing = given.get("billing") or {}
    shipping = given.get("shipping_lines") or []
    wanted = trade.Purchase(
        email=billing.get("email") or "",
        customer_id=given.get("customer_id") or None,
        phone=billing.get("phone") or "",
        address=_address(given.get("shipping")) or _address(given.get("billing")),
        billing=_address(given.get("billing")),
        lines=[_line(shop, one, currency) for one in given.get("line_items") or ()],
        shipping=trade.WantedShipping(
            title=shipping[0].get("method_title") or "Shipping",
            code=shipping[0].get("method_id") or "flat_rate",
            price=_money(shipping[0].get("total") or "0", currency),
        )
        if shipping
        else None,
        currency=currency,
        note=given.get("customer_note") or "",
        meta=_meta(given),
        gateway=given.get("payment_method") or "manual",
        payment_ref=given.get("transaction_id") or None,
        paid=bool(given.get("set_paid")),
    )
    try:
        order = trade.place(store, shop, wanted, by_api=True)
    except HttpError as error:
        raise _bad(error.detail) from error
    order.woo_status = given.get("status") if given.get("status") not in (None, "pending", "processing") else None
    reference = next((value for key, value in order.meta.items() if "reference" in key), None)
    store.did(shop, "order.created", order.id, order=order.id, amount=sums.total(order), key=reference, note=order.note)
    return bodies.order(shop, order)


def update_order(store: Store, shop: Shop, order: Order, given: dict[str, Any]) -> dict[str, Any]:
    state = given.get("status")
    if state == "cancelled" and order.cancelled_at is None:
        trade.cancel(store, shop, order, "staff")
    elif state is not None:
        order.woo_status = state
    order.meta.update(_meta(given))
    order.note = given.get("customer_note", order.note)
    if given.get("shipping"):
        order.shipping_address = _address(given["shipping"])
    store.did(shop, "order.updated", order.id, order=order.id)
    store.order_changed(shop, order)
    return bodies.order(shop, order)


def create_refund(store: Store, shop: Shop, order: Order, given: dict[str, Any]) -> dict[str, Any]:
    """`api_refund` (default) asks the payment's gateway; without it the refund is only recorded."""
    by_gateway = given.get("api_refund") is not False
    if by_gateway and order.gateway not in GATEWAYS_THAT_REFUND:
        message = "The payment gateway for this order does not support automatic refunds."
        raise WooError(500, "woocommerce_rest_cannot_create_order_refund", message)
    restock = "return" if given.get("api_restock") is not False else "no_restock"
    lines = [
        handing.WantedRefundLine(line_id=int(one["id"]), quantity=abs(int(one["quantity"])), restock=restock)
        for one in given.get("line_items") or ()
        if one.get("quantity")
    ]
    amount = _money(given["amount"], order.currency) if given.get("amount") is not None else _asked(order, given)
    if amount is not None and amount <= 0:
        raise _bad("Refund total must be greater than zero.", "woocommerce_rest_invalid_order_refund")
    wanted = handing.WantedRefund(
        amount=amount, lines=lines, note=given.get("reason") or "", meta=_meta(given), by_gateway=by_gateway
    )
    try:
        made = handing.refund(store, shop, order, wanted)
    except handing.RefundRefused as error:
        message = "Invalid refund amount." if "amount" in str(error).lower() else str(error)
        raise WooError(500, "woocommerce_rest_cannot_create_order_refund", message) from error
    key = next((value for name, value in made.meta.items() if "reference" in name), None)
    store.did(shop, "refund.created", made.id, order=order.id, amount=made.amount, key=key, note=made.note or None)
    return bodies.refund(shop, order, made)


def _asked(order: Order, given: dict[str, Any]) -> int | None:
    totals = [
        _money(one.get("refund_total") or "0", order.currency)
        + sum(_money(tax.get("refund_total") or "0", order.currency) for tax in one.get("refund_tax") or ())
        for one in given.get("line_items") or ()
    ]
    return sum(totals) if any(totals) else None


def create_note(store: Store, shop: Shop, order: Order, given: dict[str, Any]) -> dict[str, Any]:
    if not given.get("note"):
        raise _bad("Missing parameter(s): note", "rest_missing_callback_param")
    made = OrderNote(
        id=store.next_id(shop),
        text=given["note"],
        to_customer=bool(given.get("customer_note")),
        created_at=store.now(),
    )
    order.notes.append(made)
    store.did(shop, "order.noted", made.id, order=order.id, note=made.text)
    store.order_changed(shop, order)
    return bodies.note(shop, made)


def create_coupon(store: Store, shop: Shop, given: dict[str, Any]) -> dict[str, Any]:
    code = str(given.get("code") or "").strip().lower()
    if not code:
        raise _bad("Missing parameter(s): code", "rest_missing_callback_param")
    if any(code in coupon.codes for coupon in shop.coupons.values()):
        message = "The coupon code already exists"
        raise WooError(400, "woocommerce_rest_coupon_code_already_exists", message)
    percent = given.get("discount_type") == "percent"
    value = (
        round(float(given.get("amount") or 0) * 100) if percent else _money(given.get("amount") or "0", shop.currency)
    )
    minimum = given.get("minimum_amount")
    now = store.now()
    coupon = Coupon(
        id=store.next_id(shop),
        title=given.get("description") or code,
        codes=[code],
        value=value,
        percent=percent,
        minimum=_money(minimum, shop.currency) if minimum else None,
        usage_limit=given.get("usage_limit"),
        once_per_customer=given.get("usage_limit_per_user") == 1,
        starts_at=now,
        ends_at=_ends(given),
        description=given.get("description") or "",
        meta=_meta(given),
        created_at=now,
        updated_at=now,
    )
    shop.coupons[coupon.id] = coupon
    store.did(shop, "discount.created", coupon.id, key=code, amount=None if percent else value)
    store.announce(shop, "coupon.created", coupon)
    return bodies.coupon(shop, coupon)


def _ends(given: dict[str, Any]) -> float | None:
    text = given.get("date_expires_gmt") or given.get("date_expires")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError as error:
        raise _bad("Invalid parameter(s): date_expires") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def create_webhook(store: Store, shop: Shop, given: dict[str, Any]) -> dict[str, Any]:
    """A webhook begins with a ping, whose answer changes nothing."""
    if given.get("topic") not in TOPICS:
        raise _bad("Webhook topic must be valid.", "woocommerce_rest_webhook_invalid_topic")
    if not str(given.get("delivery_url") or "").startswith(("http://", "https://")):
        message = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise _bad(message, "woocommerce_rest_webhook_invalid_delivery_url")
    now = store.now()
    made = Subscription(
        id=store.next_id(shop),
        topic=given["topic"],
        url=given["delivery_url"],
        secret=given.get("secret") or "",
        name=given.get("name") or f"Webhook created on {datetime.fromtimestamp(now, UTC):%b %d, %Y}",
        created_at=now,
        updated_at=now,
    )
    shop.subscriptions[made.id] = made
    store.did(shop, "webhook.subscribed", made.id, key=made.topic)
    greeting = ping(shop, made)
    store.memory.outgoing[greeting.id] = greeting
    store.touch()
    store.send(greeting)
    return bodies.webhook(shop, made)


def update_webhook(store: Store, shop: Shop, hook: Subscription, given: dict[str, Any]) -> dict[str, Any]:
    """Making it active again forgets its failures."""
    hook.status = given.get("status", hook.status)
    hook.url, hook.secret = given.get("delivery_url", hook.url), given.get("secret", hook.secret)
    hook.topic, hook.updated_at = given.get("topic", hook.topic), store.now()
    hook.failures = 0 if hook.status == "active" else hook.failures
    store.touch()
    return bodies.webhook(shop, hook)
