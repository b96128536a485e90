"""Mutations that make or change orders: replacements, drafts, notes, tags, cancelling, sending."""

from typing import Any

from comeback.sandbox.http import HttpError
from comeback.sandbox.storefront import handing, sums, trade
from comeback.sandbox.storefront.objects import Address, Draft, Fulfilment, FulfilmentEvent, Order
from comeback.sandbox.storefront.shopify.calls import Call, Refused, number, pairs
from comeback.sandbox.storefront.shopify.giving import seconds
from comeback.sandbox.storefront.shopify.paging import Node
from comeback.sandbox.storefront.shopify.queries import look_up
from comeback.sandbox.storefront.store import new_uuid


def _address(given: dict[str, Any] | None) -> Address | None:
    if given is None:
        return None
    return Address(
        first_name=given.get("firstName") or "",
        last_name=given.get("lastName") or "",
        company=given.get("company") or "",
        address1=given.get("address1") or "",
        address2=given.get("address2") or "",
        city=given.get("city") or "",
        province=given.get("provinceCode") or given.get("province") or "",
        zip=given.get("zip") or "",
        country=given.get("countryCode") or given.get("country") or "",
        phone=given.get("phone") or "",
    )


def _shop_money(given: dict[str, Any] | None, currency: str) -> int | None:
    return None if given is None else sums.minor(str(given["shopMoney"]["amount"]), currency)


def _buyer(call: Call, given: dict[str, Any]) -> tuple[int | None, str]:
    """The customer id and the address for mail."""
    chosen = given.get("customer") or {}
    part = chosen.get("toAssociate") or chosen.get("toUpsert") or {}
    text = part.get("id") or given.get("customerId")
    if text:
        customer = call.customer(text, ["order", "customer"])
        return customer.id, given.get("email") or customer.email
    return None, given.get("email") or part.get("email") or ""


def _order_line(given: dict[str, Any], currency: str) -> trade.WantedLine:
    rate = sum(round(float(tax["rate"]) * 10_000) for tax in given.get("taxLines") or ())
    return trade.WantedLine(
        variant_id=number(given["variantId"], "ProductVariant") if given.get("variantId") else None,
        title=given.get("title"),
        variant_title=given.get("variantTitle") or "",
        sku=given.get("sku"),
        quantity=given["quantity"],
        price=_shop_money(given.get("priceSet"), currency),
        tax_rate_bp=rate if given.get("taxLines") is not None else None,
        requires_shipping=bool(given.get("requiresShipping")),
        gift_card=bool(given.get("giftCard")),
        properties={one["name"]: one["value"] for one in given.get("properties") or ()},
    )


def order_create(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    given, options = arguments["order"], arguments.get("options") or {}
    currency = given.get("currency") or call.shop.currency
    lines = [_order_line(one, currency) for one in given.get("lineItems") or ()]
    if not lines:
        raise Refused("Line items must have at least one line item", ["order", "lineItems"], "INVALID")
    customer_id, email = _buyer(call, given)
    shipping = list(given.get("shippingLines") or ())
    paid = [one for one in given.get("transactions") or () if one["kind"] in ("SALE", "CAPTURE")]
    wanted = trade.Purchase(
        customer_id=customer_id,
        email=email,
        phone=given.get("phone") or "",
        lines=lines,
        shipping=trade.WantedShipping(
            title=shipping[0]["title"],
            code=shipping[0].get("code") or "custom",
            price=_shop_money(shipping[0]["priceSet"], currency) or 0,
        )
        if shipping
        else None,
        discounts=_discounts(given.get("discountCode"), currency),
        currency=currency,
        taxes_included=bool(given.get("taxesIncluded")),
        address=_address(given.get("shippingAddress")),
        billing=_address(given.get("billingAddress")),
        tags=given.get("tags") or [],
        note=given.get("note") or "",
        meta=pairs(given.get("customAttributes")),
        source=given.get("sourceIdentifier"),
        accepts_marketing=bool(given.get("buyerAcceptsMarketing")),
        paid=bool(paid) or given.get("financialStatus") == "PAID",
        gateway=paid[0]["gateway"] if paid else "manual",
        payment_ref=paid[0].get("authorizationCode") if paid else None,
    )
    take = options.get("inventoryBehaviour", "BYPASS") != "BYPASS"
    return {"order": call.views.order(_placed(call, wanted, take=take))}


def _discounts(given: dict[str, Any] | None, currency: str) -> list[trade.WantedDiscount]:
    fixed = (given or {}).get("itemFixedDiscountCode")
    share = (given or {}).get("itemPercentageDiscountCode")
    if fixed:
        return [trade.WantedDiscount(code=fixed["code"], amount=_shop_money(fixed.get("amountSet"), currency))]
    if share:
        return [trade.WantedDiscount(code=share["code"], percent_bp=round((share.get("percentage") or 0) * 100))]
    return []


def _placed(call: Call, wanted: trade.Purchase, *, take: bool) -> Order:
    try:
        order = trade.place(call.store, call.shop, wanted, by_api=True, take=take)
    except HttpError as error:
        raise Refused(error.detail, ["order"], "INVALID") from error
    _note(call, order)
    return order


def _note(call: Call, order: Order) -> None:
    call.store.did(
        call.shop,
        "order.created",
        order.id,
        order=order.id,
        amount=sums.total(order),
        key=order.source,
        note=order.note,
    )


def order_update(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    given = arguments["input"]
    order = call.order(given["id"], ["id"])
    order.note = given["note"] or "" if "note" in given else order.note
    order.tags = list(given["tags"] or ()) if "tags" in given else order.tags
    order.email = given["email"] or "" if "email" in given else order.email
    order.phone = given["phone"] or "" if "phone" in given else order.phone
    if "customAttributes" in given:
        order.meta = pairs(given["customAttributes"])
    if given.get("shippingAddress"):
        order.shipping_address = _address(given["shippingAddress"])
    call.store.did(call.shop, "order.noted", order.id, order=order.id, note=order.note or None)
    call.store.order_changed(call.shop, order)
    return {"order": call.views.order(order)}


def order_cancel(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    order = call.order(arguments["orderId"], ["orderId"])
    if order.cancelled_at is not None:
        raise Refused("Order has already been canceled", ["orderId"])
    trade.cancel(call.store, call.shop, order, arguments["reason"].lower())
    if arguments.get("refund") and sums.refundable(order) > 0:
        handing.refund(call.store, call.shop, order, handing.WantedRefund(amount=sums.refundable(order)))
    call.store.did(call.shop, "order.cancelled", order.id, order=order.id)
    return {"job": {"id": f"gid://shopify/Job/{new_uuid()}", "done": True}, "orderCancelUserErrors": []}


def order_paid(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    order = call.order(arguments["input"]["id"], ["id"])
    if sums.captured(order) >= sums.total(order):
        raise Refused("Order cannot be marked as paid.", ["id"])
    trade.pay(call.store, call.shop, order, "manual")
    return {"order": call.views.order(order)}


# ---- drafts ----
def draft_create(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    given = arguments["input"]
    currency = given.get("presentmentCurrencyCode") or call.shop.currency
    owner = (given.get("purchasingEntity") or {}).get("customerId")
    shipping = given.get("shippingLine")
    off = given.get("appliedDiscount")
    lines = [_draft_line(one, currency) for one in given.get("lineItems") or ()]
    if not lines:
        raise Refused("Add at least 1 product", None)
    wanted = trade.Purchase(
        customer_id=number(owner, "Customer") if owner else None,
        email=given.get("email") or "",
        lines=lines,
        shipping=trade.WantedShipping(
            title=shipping.get("title") or "Custom",
            code="custom",
            price=_plain(shipping.get("priceWithCurrency"), currency),
        )
        if shipping
        else None,
        discounts=[_applied(off, currency)] if off else [],
        currency=currency,
        address=_address(given.get("shippingAddress")),
        billing=_address(given.get("billingAddress")),
        tags=given.get("tags") or [],
        note=given.get("note") or "",
        meta=pairs(given.get("customAttributes")),
        paid=False,
    )
    try:
        order = trade.build(call.store, call.shop, wanted, by_api=True)
    except HttpError as error:
        raise Refused(error.detail, ["lineItems"]) from error
    now = call.store.now()
    draft = Draft(id=call.store.next_id(call.shop), name="", order=order, created_at=now, updated_at=now)
    draft.name = f"#D{len(call.shop.drafts) + 1}"
    call.shop.drafts[draft.id] = draft
    call.store.did(call.shop, "draft.created", draft.id, note=order.note or None)
    call.store.announce(call.shop, "draft.created", draft)
    return {"draftOrder": call.views.draft(draft)}


def _plain(given: dict[str, Any] | None, currency: str) -> int:
    return sums.minor(str(given["amount"]), currency) if given else 0


def _draft_line(given: dict[str, Any], currency: str) -> trade.WantedLine:
    price = given.get("priceOverride") or given.get("originalUnitPriceWithCurrency")
    return trade.WantedLine(
        variant_id=number(given["variantId"], "ProductVariant") if given.get("variantId") else None,
        title=given.get("title"),
        sku=given.get("sku"),
        quantity=given["quantity"],
        price=_plain(price, currency) if price else None,
        requires_shipping=given.get("requiresShipping") is not False,
        properties=pairs(given.get("customAttributes")),
    )


def _applied(given: dict[str, Any], currency: str) -> trade.WantedDiscount:
    title = given.get("title") or given.get("description") or "Discount"
    if given["valueType"] == "PERCENTAGE":
        return trade.WantedDiscount(title=title, percent_bp=round(given["value"] * 100))
    return trade.WantedDiscount(title=title, amount=sums.minor(f"{given['value']:.4f}".rstrip("0"), currency))


def draft_complete(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    draft = call.shop.drafts.get(number(arguments["id"], "DraftOrder"))
    if draft is None:
        raise Refused("Draft order does not exist", ["id"])
    if draft.order_id is not None:
        raise Refused("This order has been paid", None)
    order, now = draft.order, call.store.now()
    order.id = call.store.next_id(call.shop)
    order.number = call.shop.last_number + 1
    order.name = f"#{order.number}"
    order.placed_at = order.created_at = order.updated_at = now
    if not arguments.get("paymentPending"):
        trade.add_payment(call.store, call.shop, order, "manual", None)
    draft.order_id, draft.completed_at, draft.updated_at = order.id, now, now
    trade.enter(call.store, call.shop, order, take=True, quiet=False)
    _note(call, order)
    return {"draftOrder": call.views.draft(draft)}


# ---- tags ----
def tags_add(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    return _tags(call, arguments["id"], add=arguments["tags"], remove=[])


def tags_remove(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    return _tags(call, arguments["id"], add=[], remove=arguments["tags"])


def _tags(call: Call, id_: str, *, add: list[str], remove: list[str]) -> Node:
    wanted = number(id_)
    order = call.shop.orders.get(wanted) if "/Order/" in id_ else None
    draft = call.shop.drafts.get(wanted) if "/DraftOrder/" in id_ else None
    customer = call.shop.customers.get(wanted) if "/Customer/" in id_ else None
    product = call.shop.products.get(wanted) if "/Product/" in id_ else None
    holder = order or customer or product or (draft.order if draft else None)
    if holder is None:
        raise Refused("The record does not exist", ["id"])
    holder.tags = [tag for tag in dict.fromkeys([*holder.tags, *add]) if tag not in remove]
    if order is not None:
        call.store.order_changed(call.shop, order)
    elif customer is not None:
        call.store.announce(call.shop, "customer.updated", customer)
    elif product is not None:
        call.store.announce(call.shop, "product.updated", product)
    return {"node": look_up(call, id_)}


# ---- sending ----
def fulfilment_create(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    given = arguments["fulfillment"]
    groups = given["lineItemsByFulfillmentOrder"]
    order = call.shop.orders.get(number(groups[0]["fulfillmentOrderId"], "FulfillmentOrder")) if groups else None
    if order is None:
        raise Refused("Fulfillment order does not exist.", ["fulfillment"])
    chosen = groups[0].get("fulfillmentOrderLineItems")
    lines = {number(one["id"], "FulfillmentOrderLineItem"): one["quantity"] for one in chosen or ()}
    wanted = handing.WantedFulfilment(lines=lines or None, **_tracking(given.get("trackingInfo")))
    try:
        made = handing.fulfil(call.store, call.shop, order, wanted)
    except HttpError as error:
        raise Refused(error.detail, ["fulfillment"]) from error
    call.store.did(call.shop, "fulfillment.created", made.id, order=order.id)
    return {"fulfillment": call.views.fulfilment(order, made)}


def _tracking(given: dict[str, Any] | None) -> dict[str, Any]:
    asked = given or {}
    numbers = asked.get("numbers") or ([asked["number"]] if asked.get("number") else [])
    urls = asked.get("urls") or ([asked["url"]] if asked.get("url") else [])
    return {"tracking_company": asked.get("company"), "tracking_numbers": numbers, "tracking_urls": urls}


def _fulfilment(call: Call, text: str) -> tuple[Order, Fulfilment]:
    wanted = number(text, "Fulfillment")
    for order in call.shop.orders.values():
        for made in order.fulfilments:
            if made.id == wanted:
                return order, made
    raise Refused("Fulfillment does not exist.", ["fulfillmentId"])


def fulfilment_event(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    given = arguments["fulfillmentEvent"]
    order, made = _fulfilment(call, given["fulfillmentId"])
    event = FulfilmentEvent(
        id=call.store.next_id(call.shop),
        status=given["status"].lower(),
        at=seconds(given.get("happenedAt")) or call.store.now(),
        message=given.get("message") or "",
        city=given.get("city") or "",
        country=given.get("country") or "",
    )
    handing.scan(call.store, call.shop, order, made, event)
    call.store.did(call.shop, "fulfillment.event", event.id, order=order.id, note=event.status)
    return {"fulfillmentEvent": call.views.scan(event)}


def tracking_update(call: Call, arguments: dict[str, Any], _: str | None) -> Node:
    order, made = _fulfilment(call, arguments["fulfillmentId"])
    given = _tracking(arguments["trackingInfoInput"])
    made.tracking_company = given["tracking_company"]
    made.tracking_numbers, made.tracking_urls = given["tracking_numbers"], given["tracking_urls"]
    made.updated_at = call.store.now()
    call.store.order_changed(call.shop, order, "fulfilment.updated", subject=made)
    return {"fulfillment": call.views.fulfilment(order, made)}
