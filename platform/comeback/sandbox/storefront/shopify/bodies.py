"""Orders and what hangs on them in the form of Shopify's Admin REST resources, which is also that of the webhooks."""

from typing import Any

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import (
    Address,
    Allocation,
    Customer,
    Discount,
    Fulfilment,
    Line,
    Order,
    Refund,
    Shop,
    Tax,
    Transaction,
)
from comeback.sandbox.storefront.shopify.names import gid, local


def price_set(value: int, currency: str) -> dict[str, Any]:
    one = {"amount": sums.decimal(value, currency), "currency_code": currency}
    return {"shop_money": one, "presentment_money": one}


def address(given: Address | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {
        "first_name": given.first_name,
        "last_name": given.last_name,
        "name": given.name,
        "company": given.company or None,
        "address1": given.address1,
        "address2": given.address2 or None,
        "city": given.city,
        "province": given.province or None,
        "province_code": given.province or None,
        "zip": given.zip,
        "country": given.country,
        "country_code": given.country,
        "phone": given.phone or None,
        "latitude": None,
        "longitude": None,
    }


def tax_lines(taxes: list[Tax], currency: str) -> list[dict[str, Any]]:
    return [
        {
            "title": tax.title,
            "rate": tax.rate_bp / 10_000,
            "price": sums.decimal(tax.amount, currency),
            "price_set": price_set(tax.amount, currency),
            "channel_liable": False,
        }
        for tax in taxes
    ]


def _allocations(shares: list[Allocation], currency: str) -> list[dict[str, Any]]:
    return [
        {
            "amount": sums.decimal(share.amount, currency),
            "amount_set": price_set(share.amount, currency),
            "discount_application_index": share.discount,
        }
        for share in shares
    ]


def line_item(order: Order, line: Line) -> dict[str, Any]:
    currency = order.currency
    left = max(line.quantity - line.fulfilled - line.refunded, 0)
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "product_id": line.product_id,
        "variant_id": line.variant_id,
        "title": line.title,
        "variant_title": line.variant_title or None,
        "name": f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
        "sku": line.sku,
        "vendor": None,
        "quantity": line.quantity,
        "current_quantity": line.quantity - line.refunded,
        "fulfillable_quantity": left,
        "fulfillment_service": "manual",
        "fulfillment_status": "fulfilled" if line.fulfilled and not left else ("partial" if line.fulfilled else None),
        "grams": line.grams,
        "price": sums.decimal(line.price, currency),
        "price_set": price_set(line.price, currency),
        "total_discount": "0.00",
        "total_discount_set": price_set(0, currency),
        "discount_allocations": _allocations(line.allocations, currency),
        "tax_lines": tax_lines(line.taxes, currency),
        "taxable": bool(line.taxes),
        "requires_shipping": line.requires_shipping,
        "gift_card": line.gift_card,
        "product_exists": line.product_id is not None,
        "properties": [{"name": name, "value": value} for name, value in line.properties.items()],
        "variant_inventory_management": "shopify" if line.variant_id else None,
        "duties": [],
    }


def _shipping_line(order: Order, position: int) -> dict[str, Any]:
    line, currency = order.shipping[position], order.currency
    return {
        "id": line.id,
        "title": line.title,
        "code": line.code,
        "source": "shopify",
        "carrier_identifier": None,
        "phone": None,
        "price": sums.decimal(line.price, currency),
        "price_set": price_set(line.price, currency),
        "discounted_price": sums.decimal(line.price - line.discount, currency),
        "discounted_price_set": price_set(line.price - line.discount, currency),
        "discount_allocations": [],
        "tax_lines": tax_lines(line.taxes, currency),
    }


def _application(order: Order, discount: Discount) -> dict[str, Any]:
    value = f"{discount.value / 100:.1f}" if discount.percent else sums.decimal(discount.value, order.currency)
    shown: dict[str, Any] = {
        "target_type": "shipping_line" if discount.on_shipping else "line_item",
        "type": "discount_code" if discount.code else "manual",
        "value": value,
        "value_type": "percentage" if discount.percent else "fixed_amount",
        "allocation_method": "across",
        "target_selection": "all",
    }
    return {**shown, "code": discount.code} if discount.code else {**shown, "title": discount.title}


def transaction(shop: Shop, order: Order, made: Transaction) -> dict[str, Any]:
    return {
        "id": made.id,
        "admin_graphql_api_id": gid("OrderTransaction", made.id),
        "order_id": order.id,
        "kind": made.kind,
        "gateway": made.gateway,
        "status": made.status,
        "amount": sums.decimal(made.amount, order.currency),
        "currency": order.currency,
        "authorization": made.reference,
        "payment_id": made.reference,
        "parent_id": made.parent_id,
        "created_at": local(shop, made.created_at),
        "processed_at": local(shop, made.created_at),
        "message": None,
        "error_code": None,
        "test": order.test,
        "source_name": "web",
        "receipt": {},
    }


def fulfilment(shop: Shop, order: Order, made: Fulfilment) -> dict[str, Any]:
    sent = {part.line_id: part.quantity for part in made.lines}
    return {
        "id": made.id,
        "admin_graphql_api_id": gid("Fulfillment", made.id),
        "order_id": order.id,
        "name": f"{order.name}.{made.number}",
        "status": made.status,
        "shipment_status": made.shipment_status,
        "service": "manual",
        "location_id": made.location_id,
        "tracking_company": made.tracking_company,
        "tracking_number": made.tracking_numbers[0] if made.tracking_numbers else None,
        "tracking_numbers": made.tracking_numbers,
        "tracking_url": made.tracking_urls[0] if made.tracking_urls else None,
        "tracking_urls": made.tracking_urls,
        "created_at": local(shop, made.created_at),
        "updated_at": local(shop, made.updated_at),
        "email": order.email,
        "destination": address(order.shipping_address),
        "receipt": {},
        "line_items": [
            {**line_item(order, line), "quantity": sent[line.id]} for line in order.lines if line.id in sent
        ],
    }


def _refund_line(order: Order, refund: Refund, position: int) -> dict[str, Any]:
    part, currency = refund.lines[position], order.currency
    line = order.line(part.line_id)
    return {
        "id": part.id,
        "line_item_id": part.line_id,
        "line_item": line_item(order, line) if line else None,
        "quantity": part.quantity,
        "restock_type": part.restock,
        "location_id": part.location_id,
        "subtotal": float(sums.decimal(part.subtotal, currency)),
        "subtotal_set": price_set(part.subtotal, currency),
        "total_tax": float(sums.decimal(part.tax, currency)),
        "total_tax_set": price_set(part.tax, currency),
    }


def _adjustments(order: Order, refund: Refund) -> list[dict[str, Any]]:
    """What makes lines and money meet: a shipping refund, or a discrepancy where an amount was set by hand."""
    currency, found = order.currency, []
    goods = sum(line.subtotal + (0 if order.taxes_included else line.tax) for line in refund.lines)
    for kind, reason, value in (
        ("shipping_refund", "Shipping refund", -refund.shipping),
        ("refund_discrepancy", "Refund discrepancy", goods + refund.shipping - refund.amount),
    ):
        if value:
            found.append(
                {
                    "id": refund.id * 10 + len(found),
                    "order_id": order.id,
                    "refund_id": refund.id,
                    "kind": kind,
                    "reason": reason,
                    "amount": sums.decimal(value, currency),
                    "amount_set": price_set(value, currency),
                    "tax_amount": sums.decimal(0, currency),
                    "tax_amount_set": price_set(0, currency),
                }
            )
    return found


def refund(shop: Shop, order: Order, made: Refund) -> dict[str, Any]:
    at = local(shop, made.created_at)
    return {
        "id": made.id,
        "admin_graphql_api_id": gid("Refund", made.id),
        "order_id": order.id,
        "note": made.note or None,
        "user_id": None,
        "restock": any(line.restock != "no_restock" for line in made.lines),
        "created_at": at,
        "processed_at": at,
        "return": {"id": made.return_id, "admin_graphql_api_id": gid("Return", made.return_id)}
        if made.return_id
        else None,
        "refund_line_items": [_refund_line(order, made, position) for position in range(len(made.lines))],
        "transactions": [transaction(shop, order, it) for it in order.transactions if it.id in made.transactions],
        "order_adjustments": _adjustments(order, made),
        "duties": [],
    }


def customer(shop: Shop, known: Customer) -> dict[str, Any]:
    orders = [order for order in shop.orders.values() if order.customer_id == known.id]
    state = "subscribed" if known.accepts_marketing else "not_subscribed"
    spent = sum(sums.captured(order) - sums.refunded(order) for order in orders)
    home = address(known.address)
    shown = {**home, "id": known.id * 10, "customer_id": known.id, "default": True} if home else None
    return {
        "id": known.id,
        "admin_graphql_api_id": gid("Customer", known.id),
        "email": known.email or None,
        "first_name": known.first_name or None,
        "last_name": known.last_name or None,
        "phone": known.phone or None,
        "state": "disabled",
        "note": known.note or None,
        "tags": ", ".join(known.tags),
        "verified_email": True,
        "tax_exempt": False,
        "currency": shop.currency,
        "locale": known.locale,
        "orders_count": len(orders),
        "total_spent": sums.decimal(spent, shop.currency),
        "last_order_id": orders[-1].id if orders else None,
        "last_order_name": orders[-1].name if orders else None,
        "created_at": local(shop, known.created_at),
        "updated_at": local(shop, known.updated_at),
        "email_marketing_consent": {
            "state": state,
            "opt_in_level": "single_opt_in",
            "consent_updated_at": local(shop, known.consent_at),
        },
        "sms_marketing_consent": None,
        "addresses": [shown] if shown else [],
        "default_address": shown,
    }


def order(shop: Shop, made: Order) -> dict[str, Any]:
    buyer = shop.customers.get(made.customer_id or 0)
    return {
        **_order_head(shop, made),
        **_order_sums(made),
        "customer": customer(shop, buyer) if buyer else None,
        "billing_address": address(made.billing),
        "shipping_address": address(made.shipping_address),
        "line_items": [line_item(made, line) for line in made.lines],
        "shipping_lines": [_shipping_line(made, position) for position in range(len(made.shipping))],
        "discount_applications": [_application(made, discount) for discount in made.discounts],
        "discount_codes": [
            {"code": it.code, "amount": sums.decimal(it.amount, made.currency), "type": "fixed_amount"}
            for it in made.discounts
            if it.code
        ],
        "fulfillments": [fulfilment(shop, made, it) for it in made.fulfilments],
        "refunds": [refund(shop, made, it) for it in made.refunds],
        "note_attributes": [{"name": name, "value": value} for name, value in made.meta.items()],
        "payment_gateway_names": list(dict.fromkeys(it.gateway for it in made.transactions)),
    }


def _order_head(shop: Shop, made: Order) -> dict[str, Any]:
    return {
        "id": made.id,
        "admin_graphql_api_id": gid("Order", made.id),
        "name": made.name,
        "number": made.number - 1000,
        "order_number": made.number,
        "email": made.email,
        "contact_email": made.email,
        "phone": made.phone or None,
        "customer_locale": made.locale,
        "buyer_accepts_marketing": made.accepts_marketing,
        "created_at": local(shop, made.created_at),
        "processed_at": local(shop, made.placed_at),
        "updated_at": local(shop, made.updated_at),
        "cancelled_at": local(shop, made.cancelled_at),
        "cancel_reason": made.cancel_reason,
        "closed_at": local(shop, made.closed_at),
        "confirmed": True,
        "test": made.test,
        "financial_status": sums.financial_status(made),
        "fulfillment_status": sums.fulfilment_status(made),
        "note": made.note or None,
        "tags": ", ".join(made.tags),
        "source_name": "api" if made.by_api else "web",
        "source_identifier": made.source,
        "token": f"{made.id:032x}",
        "order_status_url": f"https://{shop.key}/{shop.id}/orders/{made.id:032x}/authenticate",
    }


def _order_sums(made: Order) -> dict[str, Any]:
    named = {
        "subtotal_price": sums.subtotal(made),
        "total_line_items_price": sum(line.gross for line in made.lines),
        "total_discounts": sums.discount_total(made),
        "total_tax": sums.tax_total(made),
        "total_price": sums.total(made),
        "current_total_price": sums.current_total(made),
        "total_outstanding": max(sums.current_total(made) - sums.captured(made) + sums.refunded(made), 0),
    }
    shown: dict[str, Any] = {
        "currency": made.currency,
        "presentment_currency": made.currency,
        "taxes_included": made.taxes_included,
        "total_weight": sum(line.grams * line.quantity for line in made.lines),
        "total_shipping_price_set": price_set(sums.shipping_total(made), made.currency),
        "tax_lines": tax_lines([tax for line in made.lines for tax in line.taxes], made.currency),
    }
    for name, value in named.items():
        shown[name] = sums.decimal(value, made.currency)
        shown[f"{name}_set"] = price_set(value, made.currency)
    return shown
