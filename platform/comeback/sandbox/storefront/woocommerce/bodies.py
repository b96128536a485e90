"""The shop's objects in the form of WooCommerce's REST v3, which is also that of its webhooks."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from comeback.kit.money import half_up
from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.gifts import Coupon
from comeback.sandbox.storefront.objects import (
    Address,
    Customer,
    Line,
    Order,
    OrderNote,
    Product,
    Refund,
    ShippingLine,
    Shop,
    Tax,
    Variant,
)
from comeback.sandbox.storefront.records import Subscription
from comeback.sandbox.storefront.stock import available
from comeback.sandbox.storefront.store import find_variant

TAX_ID = 1
DEFAULT = "Default Title"


def times(shop: Shop, name: str, at: float | None) -> dict[str, str | None]:
    """A moment twice: in the shop's own zone and in UTC, both without saying so."""
    if at is None:
        return {name: None, f"{name}_gmt": None}
    moment = datetime.fromtimestamp(int(at), UTC)
    own = moment.astimezone(ZoneInfo(shop.timezone))
    return {name: own.strftime("%Y-%m-%dT%H:%M:%S"), f"{name}_gmt": moment.strftime("%Y-%m-%dT%H:%M:%S")}


def status(order: Order) -> str:
    """One of WooCommerce's order statuses."""
    if order.woo_status is not None and order.woo_status != "completed":
        return order.woo_status
    if order.cancelled_at is not None:
        return "cancelled"
    taken = sums.captured(order)
    if taken and sums.refunded(order) >= taken:
        return "refunded"
    if order.woo_status == "completed" or sums.fulfilment_status(order) == "fulfilled":
        return "completed"
    return "processing" if order.paid_at is not None else "pending"


def meta(given: dict[str, str], start: int) -> list[dict[str, Any]]:
    return [{"id": start + place, "key": key, "value": value} for place, (key, value) in enumerate(given.items())]


def address(given: Address | None, email: str | None = None) -> dict[str, str]:
    it = given or Address()
    shown = {
        "first_name": it.first_name,
        "last_name": it.last_name,
        "company": it.company,
        "address_1": it.address1,
        "address_2": it.address2,
        "city": it.city,
        "state": it.province,
        "postcode": it.zip,
        "country": it.country,
        "phone": it.phone,
    }
    return shown if email is None else {**shown, "email": email}


def _rate(taxes: list[Tax]) -> int:
    return sum(tax.rate_bp for tax in taxes)


def _before_tax(order: Order, amount: int, taxes: list[Tax]) -> tuple[int, int]:
    """Without tax, and the tax: WooCommerce shows both apart, whatever prices include."""
    rate = _rate(taxes)
    if order.taxes_included:
        tax = half_up(amount * rate, 10_000 + rate)
        return amount - tax, tax
    return amount, half_up(amount * rate, 10_000)


def simple(product: Product) -> bool:
    """A product without variations is its own variant."""
    return len(product.variants) == 1 and product.variants[0].title == DEFAULT


def line_item(shop: Shop, order: Order, it: Line) -> dict[str, Any]:
    currency = order.currency
    subtotal, subtotal_tax = _before_tax(order, it.gross, it.taxes)
    total, tax = _before_tax(order, sums.line_total(it), it.taxes)
    found = find_variant(shop, it.variant_id)
    variation = 0 if found is None or simple(found[0]) else found[1].id
    return {
        "id": it.id,
        "name": f"{it.title} - {it.variant_title}" if it.variant_title else it.title,
        "parent_name": it.title if it.variant_title else None,
        "product_id": it.product_id or 0,
        "variation_id": variation,
        "quantity": it.quantity,
        "tax_class": "",
        "subtotal": sums.decimal(subtotal, currency),
        "subtotal_tax": sums.decimal(subtotal_tax, currency),
        "total": sums.decimal(total, currency),
        "total_tax": sums.decimal(tax, currency),
        "taxes": [
            {"id": TAX_ID, "total": sums.decimal(tax, currency), "subtotal": sums.decimal(subtotal_tax, currency)}
        ],
        "meta_data": [
            {"id": it.id * 10 + place, "key": key, "value": value, "display_key": key, "display_value": value}
            for place, (key, value) in enumerate(it.properties.items())
        ],
        "sku": it.sku,
        "price": float(sums.decimal(total, currency)) / it.quantity,
        "image": {"id": it.id if it.image_url else "", "src": it.image_url or ""},
    }


def _shipping_line(order: Order, it: ShippingLine) -> dict[str, Any]:
    total, tax = _before_tax(order, it.price - it.discount, it.taxes)
    return {
        "id": it.id,
        "method_title": it.title,
        "method_id": it.code,
        "instance_id": "1",
        "total": sums.decimal(total, order.currency),
        "total_tax": sums.decimal(tax, order.currency),
        "taxes": [{"id": TAX_ID, "total": sums.decimal(tax, order.currency), "subtotal": ""}],
        "meta_data": [],
    }


def order(shop: Shop, it: Order) -> dict[str, Any]:
    shipping = [_shipping_line(it, line) for line in it.shipping]
    codes = [discount for discount in it.discounts if discount.code]
    return {
        **_head(shop, it),
        **_sums(it),
        "billing": address(it.billing or it.shipping_address, it.email),
        "shipping": address(it.shipping_address),
        "line_items": [line_item(shop, it, line) for line in it.lines],
        "tax_lines": [
            {
                "id": it.id * 10 + 1,
                "rate_code": "VAT-1",
                "rate_id": TAX_ID,
                "label": "VAT",
                "compound": False,
                "tax_total": sums.decimal(sum(line.tax for line in it.lines), it.currency),
                "shipping_tax_total": sums.decimal(sum(line.tax for line in it.shipping), it.currency),
                "rate_percent": _rate(it.lines[0].taxes) / 100 if it.lines else 0,
                "meta_data": [],
            }
        ],
        "shipping_lines": shipping,
        "fee_lines": [],
        "coupon_lines": [
            {
                "id": it.id * 10 + 2 + place,
                "code": (discount.code or "").lower(),
                "discount": sums.decimal(discount.amount, it.currency),
                "discount_tax": sums.decimal(0, it.currency),
                "meta_data": [],
            }
            for place, discount in enumerate(codes)
        ],
        "refunds": [
            {"id": made.id, "reason": made.note, "total": sums.decimal(-made.amount, it.currency)}
            for made in reversed(it.refunds)
        ],
    }


def _head(shop: Shop, it: Order) -> dict[str, Any]:
    paid = next((made for made in it.transactions if made.kind == "sale"), None)
    sent = it.fulfilments[-1].created_at if sums.fulfilment_status(it) == "fulfilled" else None
    return {
        "id": it.id,
        "parent_id": 0,
        "number": str(it.number),
        "order_key": f"wc_order_{it.id:x}",
        "created_via": "rest-api" if it.by_api else "checkout",
        "version": "9.8.5",
        "status": status(it),
        "currency": it.currency,
        "currency_symbol": it.currency,
        "prices_include_tax": it.taxes_included,
        "customer_id": it.customer_id or 0,
        "customer_note": it.note,
        "payment_method": it.gateway,
        "payment_method_title": it.gateway.replace("_", " ").title(),
        "transaction_id": (paid.reference or "") if paid else "",
        "meta_data": meta(it.meta, it.id * 10),
        "cart_hash": "",
        **times(shop, "date_created", it.placed_at),
        **times(shop, "date_modified", it.updated_at),
        **times(shop, "date_paid", it.paid_at),
        **times(shop, "date_completed", sent),
    }


def _sums(it: Order) -> dict[str, str]:
    shipping = sum(_before_tax(it, line.price - line.discount, line.taxes)[0] for line in it.shipping)
    off = sum(
        _before_tax(it, line.gross, line.taxes)[0] - _before_tax(it, sums.line_total(line), line.taxes)[0]
        for line in it.lines
    )
    named = {
        "discount_total": off,
        "discount_tax": sums.discount_total(it) - off if it.taxes_included else 0,
        "shipping_total": shipping,
        "shipping_tax": sum(line.tax for line in it.shipping),
        "cart_tax": sum(line.tax for line in it.lines),
        "total": sums.total(it),
        "total_tax": sums.tax_total(it),
    }
    return {name: sums.decimal(value, it.currency) for name, value in named.items()}


def refund(shop: Shop, order: Order, it: Refund) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    for part in it.lines:
        line = order.line(part.line_id)
        if line is None:
            continue
        total, tax = _before_tax(order, part.subtotal, line.taxes)
        lines.append(
            {
                **line_item(shop, order, line),
                "id": part.id,
                "quantity": -part.quantity,
                "subtotal": sums.decimal(-total, order.currency),
                "subtotal_tax": sums.decimal(-tax, order.currency),
                "total": sums.decimal(-total, order.currency),
                "total_tax": sums.decimal(-tax, order.currency),
                "meta_data": [{"id": part.id, "key": "_refunded_item_id", "value": str(part.line_id)}],
            }
        )
    return {
        "id": it.id,
        "parent_id": order.id,
        **times(shop, "date_created", it.created_at),
        "amount": sums.decimal(it.amount, order.currency),
        "reason": it.note,
        "refunded_by": 1,
        "refunded_payment": it.by_gateway,
        "meta_data": meta(it.meta, it.id * 10),
        "line_items": lines,
        "shipping_lines": [],
        "tax_lines": [],
        "fee_lines": [],
    }


def note(shop: Shop, it: OrderNote) -> dict[str, Any]:
    return {
        "id": it.id,
        "author": "WooCommerce",
        **times(shop, "date_created", it.created_at),
        "note": it.text,
        "customer_note": it.to_customer,
    }


def customer(shop: Shop, it: Customer) -> dict[str, Any]:
    orders = [order for order in shop.orders.values() if order.customer_id == it.id]
    return {
        "id": it.id,
        **times(shop, "date_created", it.created_at),
        **times(shop, "date_modified", it.updated_at),
        "email": it.email,
        "first_name": it.first_name,
        "last_name": it.last_name,
        "role": "customer",
        "username": it.email.partition("@")[0],
        "billing": {**address(it.address, it.email), "phone": it.phone},
        "shipping": address(it.address),
        "is_paying_customer": bool(orders),
        "avatar_url": "",
        "meta_data": [],
    }


def _stocked(it: Variant) -> dict[str, Any]:
    count = available(it)
    return {
        "manage_stock": count is not None,
        "stock_quantity": count,
        "stock_status": "instock" if count is None or count > 0 else "outofstock",
        "weight": f"{it.grams / 1000:g}" if it.grams else "",
    }


def _priced(shop: Shop, it: Variant) -> dict[str, Any]:
    regular = it.compare_at_price or it.price
    on_sale = regular > it.price
    return {
        "sku": it.sku,
        "price": sums.decimal(it.price, shop.currency),
        "regular_price": sums.decimal(regular, shop.currency),
        "sale_price": sums.decimal(it.price, shop.currency) if on_sale else "",
        "on_sale": on_sale,
    }


def variation(shop: Shop, owner: Product, it: Variant) -> dict[str, Any]:
    pairs = zip(owner.option_names, it.options, strict=False)
    return {
        "id": it.id,
        "parent_id": owner.id,
        **times(shop, "date_created", owner.created_at),
        **times(shop, "date_modified", it.updated_at),
        "permalink": owner.url or f"{shop.site}/product/{owner.handle}",
        "status": "publish",
        **_priced(shop, it),
        **_stocked(it),
        "image": {"id": it.id, "src": it.image_url} if it.image_url else None,
        "attributes": [{"id": 0, "name": name, "option": option} for name, option in pairs],
        "meta_data": [],
    }


def product(shop: Shop, it: Product) -> dict[str, Any]:
    first = it.variants[0]
    names = {"active": "publish", "draft": "draft", "archived": "private"}
    return {
        "id": it.id,
        "name": it.title,
        "slug": it.handle,
        "permalink": it.url or f"{shop.site}/product/{it.handle}",
        **times(shop, "date_created", it.created_at),
        **times(shop, "date_modified", it.updated_at),
        "type": "simple" if simple(it) else "variable",
        "status": names[it.status],
        "description": it.body_html,
        "short_description": "",
        **(_priced(shop, first) if simple(it) else {**_priced(shop, first), "sku": "", "regular_price": ""}),
        **(_stocked(first) if simple(it) else {"manage_stock": False, "stock_quantity": None, "weight": ""}),
        "tax_status": "taxable",
        "categories": [{"id": 1, "name": it.product_type, "slug": it.product_type.lower()}] if it.product_type else [],
        "tags": [{"id": place, "name": tag, "slug": tag.lower()} for place, tag in enumerate(it.tags, 1)],
        "images": [{"id": it.id, "src": it.image_url, "name": "", "alt": ""}] if it.image_url else [],
        "attributes": [
            {
                "id": 0,
                "name": name,
                "position": place,
                "visible": True,
                "variation": True,
                "options": sorted({one.options[place] for one in it.variants if place < len(one.options)}),
            }
            for place, name in enumerate([] if simple(it) else it.option_names)
        ],
        "variations": [] if simple(it) else [one.id for one in it.variants],
        "meta_data": [],
    }


def coupon(shop: Shop, it: Coupon) -> dict[str, Any]:
    value = f"{it.value / 100:.2f}" if it.percent else sums.decimal(it.value, shop.currency)
    return {
        "id": it.id,
        "code": it.codes[0],
        "amount": value,
        "status": "publish",
        **times(shop, "date_created", it.created_at),
        **times(shop, "date_modified", it.updated_at),
        "discount_type": "percent" if it.percent else "fixed_cart",
        "description": it.description,
        **times(shop, "date_expires", it.ends_at),
        "usage_count": it.used,
        "individual_use": False,
        "usage_limit": it.usage_limit,
        "usage_limit_per_user": 1 if it.once_per_customer else None,
        "minimum_amount": sums.decimal(it.minimum or 0, shop.currency),
        "email_restrictions": [],
        "meta_data": meta(it.meta, it.id * 10),
    }


def webhook(shop: Shop, it: Subscription) -> dict[str, Any]:
    resource, _, event = it.topic.partition(".")
    return {
        "id": it.id,
        "name": it.name,
        "status": it.status,
        "topic": it.topic,
        "resource": resource,
        "event": event,
        "hooks": [],
        "delivery_url": it.url,
        **times(shop, "date_created", it.created_at),
        **times(shop, "date_modified", it.updated_at),
    }
