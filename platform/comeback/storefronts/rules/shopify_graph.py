"""Shopify's GraphQL bodies in the REST shape, so that both ways in share one reader. Pure."""

import msgspec

from comeback.storefronts.rules.reading import Json, items, mapping, plain_id, text


def _money(value: object) -> Json:
    """A MoneyBag as REST's `…_set`."""
    bag = mapping(value)
    return {
        name: {"amount": money.get("amount"), "currency_code": money.get("currencyCode")}
        for name, key in (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney"))
        if (money := mapping(bag.get(key)))
    }


def _taxes(value: object) -> list[Json]:
    return [
        {"title": t.get("title"), "rate": t.get("rate"), "price_set": _money(t.get("priceSet"))} for t in items(value)
    ]


def graph_order(node: Json) -> Json:
    """An Order node as an order body."""
    return {
        "id": plain_id(node.get("id")),
        "name": node.get("name"),
        "created_at": node.get("createdAt"),
        "processed_at": node.get("processedAt"),
        "updated_at": node.get("updatedAt"),
        "cancelled_at": node.get("cancelledAt"),
        "test": node.get("test"),
        "currency": node.get("currencyCode"),
        "presentment_currency": node.get("presentmentCurrencyCode"),
        "taxes_included": node.get("taxesIncluded"),
        "customer_locale": node.get("customerLocale"),
        "email": node.get("email"),
        "phone": node.get("phone"),
        "tags": node.get("tags"),
        "source_identifier": node.get("sourceIdentifier"),
        "note_attributes": [
            {"name": a.get("key"), "value": a.get("value")} for a in items(node.get("customAttributes"))
        ],
        "total_price_set": _money(node.get("totalPriceSet")),
        "current_total_price_set": _money(node.get("currentTotalPriceSet")),
        "total_discounts_set": _money(node.get("totalDiscountsSet")),
        "total_tax_set": _money(node.get("totalTaxSet")),
        "total_tip_received_set": _money(node.get("totalTipReceivedSet")),
        "original_total_duties_set": _money(node.get("originalTotalDutiesSet")),
        "discount_codes": [{"code": code} for code in node.get("discountCodes") or ()],
        "customer": graph_customer(mapping(node.get("customer"))) if node.get("customer") else None,
        "shipping_address": _address(mapping(node.get("shippingAddress"))) if node.get("shippingAddress") else None,
        "line_items": [_line(line) for line in items(node.get("lineItems"))],
        "shipping_lines": [_shipping(line) for line in items(node.get("shippingLines"))],
        "transactions": [_transaction(tx) for tx in items(node.get("transactions"))],
        "refunds": [_refund(refund) for refund in items(node.get("refunds"))],
        "fulfillments": [graph_fulfilment(f) for f in items(node.get("fulfillments"))],
    }


def _line(node: Json) -> Json:
    return {
        "id": plain_id(node.get("id")),
        "title": node.get("title"),
        "variant_title": node.get("variantTitle"),
        "sku": node.get("sku"),
        "quantity": node.get("quantity"),
        "current_quantity": node.get("currentQuantity"),
        "gift_card": node.get("isGiftCard"),
        "product_id": plain_id(mapping(node.get("product")).get("id")),
        "product_type": mapping(node.get("product")).get("productType"),
        "variant_id": plain_id(mapping(node.get("variant")).get("id")),
        "image": node.get("image"),
        "properties": [{"name": a.get("key"), "value": a.get("value")} for a in items(node.get("customAttributes"))],
        "price_set": _money(node.get("originalUnitPriceSet")),
        "discount_allocations": [
            {"amount_set": _money(a.get("allocatedAmountSet"))} for a in items(node.get("discountAllocations"))
        ],
        "tax_lines": _taxes(node.get("taxLines")),
        "duties": [
            {"price_set": _money(d.get("price")), "tax_lines": _taxes(d.get("taxLines"))}
            for d in items(node.get("duties"))
        ],
    }


def _shipping(node: Json) -> Json:
    return {
        "title": node.get("title"),
        "code": node.get("code"),
        "is_removed": node.get("isRemoved"),
        "price_set": _money(node.get("originalPriceSet")),
        "discounted_price_set": _money(node.get("discountedPriceSet")),
        "tax_lines": _taxes(node.get("taxLines")),
    }


def _transaction(node: Json) -> Json:
    money = mapping(mapping(node.get("amountSet")).get("presentmentMoney"))
    money = money or mapping(mapping(node.get("amountSet")).get("shopMoney"))
    return {
        "id": plain_id(node.get("id")),
        "kind": (text(node.get("kind")) or "").lower(),
        "status": (text(node.get("status")) or "").lower(),
        "gateway": node.get("gateway"),
        "amount": money.get("amount"),
        "currency": money.get("currencyCode"),
        "authorization": node.get("authorizationCode"),
        "payment_id": node.get("paymentId"),
        "receipt": _receipt(node.get("receiptJson")),
        "manual_payment_gateway": node.get("manualPaymentGateway"),
        "parent_id": plain_id(mapping(node.get("parentTransaction")).get("id")),
    }


def _receipt(value: object) -> Json:
    """The gateway's receipt: an object, or text of one."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.MsgspecError:
            return {}
    return mapping(value)


def _refund(node: Json) -> Json:
    shipping = [
        {
            "kind": "shipping_refund",
            "amount_set": _negative(_money(s.get("subtotalAmountSet"))),
            "tax_amount_set": _negative(_money(s.get("taxAmountSet"))),
        }
        for s in items(node.get("refundShippingLines"))
    ]
    return {
        "id": plain_id(node.get("id")),
        "note": node.get("note"),
        "refund_line_items": [
            {
                "line_item_id": plain_id(mapping(part.get("lineItem")).get("id")),
                "quantity": part.get("quantity"),
                "restock_type": (text(part.get("restockType")) or "").lower(),
                "subtotal_set": _money(part.get("subtotalSet")),
                "total_tax_set": _money(part.get("totalTaxSet")),
            }
            for part in items(node.get("refundLineItems"))
        ],
        "order_adjustments": shipping,
        "transactions": [_transaction(tx) for tx in items(node.get("transactions"))],
    }


def _negative(bag: Json) -> Json:
    """REST tells adjustments with a minus sign."""
    return {name: money | {"amount": _minus(money.get("amount"))} for name, money in bag.items()}


def _minus(amount: object) -> str:
    shown = text(amount) or "0"
    return shown[1:] if shown.startswith("-") else f"-{shown}"


def _address(node: Json) -> Json:
    return {
        "name": node.get("name"),
        "first_name": node.get("firstName"),
        "last_name": node.get("lastName"),
        "company": node.get("company"),
        "address1": node.get("address1"),
        "address2": node.get("address2"),
        "zip": node.get("zip"),
        "city": node.get("city"),
        "province_code": node.get("provinceCode"),
        "country_code": node.get("countryCodeV2") or node.get("countryCode"),
        "phone": node.get("phone"),
    }


def graph_customer(node: Json) -> Json:
    """A Customer node as a customer body."""
    email, phone = mapping(node.get("defaultEmailAddress")), mapping(node.get("defaultPhoneNumber"))
    return {
        "id": plain_id(node.get("id")),
        "email": email.get("emailAddress"),
        "phone": phone.get("phoneNumber"),
        "first_name": node.get("firstName"),
        "last_name": node.get("lastName"),
        "locale": node.get("locale"),
        "updated_at": node.get("updatedAt"),
        "tags": node.get("tags"),
        "email_marketing_consent": _consent(email),
        "sms_marketing_consent": _consent(phone),
    }


def _consent(node: Json) -> Json:
    return {
        "state": (text(node.get("marketingState")) or "").lower(),
        "opt_in_level": (text(node.get("marketingOptInLevel")) or "").lower(),
        "consent_updated_at": node.get("marketingUpdatedAt"),
    }


def graph_fulfilment(node: Json) -> Json:
    """A Fulfillment node as a fulfilment body."""
    tracking = items(node.get("trackingInfo"))
    return {
        "id": plain_id(node.get("id")),
        "status": (text(node.get("status")) or "").lower(),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "tracking_company": next((t.get("company") for t in tracking if t.get("company")), None),
        "tracking_numbers": [t.get("number") for t in tracking if t.get("number")],
        "line_items": [
            {"id": plain_id(mapping(part.get("lineItem")).get("id")), "quantity": part.get("quantity")}
            for part in items(node.get("fulfillmentLineItems"))
        ],
    }


def graph_product(node: Json) -> Json:
    """A Product node as a product body; levels of stock stand with the variants."""
    return {
        "id": plain_id(node.get("id")),
        "title": node.get("title"),
        "body_html": node.get("descriptionHtml"),
        "handle": node.get("handle"),
        "online_store_url": node.get("onlineStoreUrl"),
        "product_type": node.get("productType"),
        "tags": node.get("tags"),
        "status": (text(node.get("status")) or "").lower(),
        "updated_at": node.get("updatedAt"),
        "image": {"src": mapping(mapping(mapping(node.get("featuredMedia")).get("preview")).get("image")).get("url")},
        "variants": [_variant(v) for v in items(node.get("variants"))],
    }


def _variant(node: Json) -> Json:
    item = mapping(node.get("inventoryItem"))
    weight = mapping(mapping(item.get("measurement")).get("weight"))
    media = next(iter(items(node.get("media"))), {})
    return {
        "id": plain_id(node.get("id")),
        "title": node.get("title"),
        "sku": node.get("sku"),
        "price": node.get("price"),
        "compare_at_price": node.get("compareAtPrice"),
        "options": {o.get("name"): o.get("value") for o in items(node.get("selectedOptions"))},
        "image_src": mapping(mapping(media.get("preview")).get("image")).get("url"),
        "inventory_item_id": plain_id(item.get("id")),
        "inventory_management": "shopify" if item.get("tracked") else None,
        "weight": weight.get("value"),
        "weight_unit": (text(weight.get("unit")) or "").lower(),
        "levels": [_level(level) for level in items(item.get("inventoryLevels"))],
    }


def _level(node: Json) -> Json:
    counted = next((q.get("quantity") for q in items(node.get("quantities")) if q.get("name") == "available"), None)
    return {"location_id": plain_id(mapping(node.get("location")).get("id")), "available": counted}
