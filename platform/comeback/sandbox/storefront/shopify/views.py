"""The shop's orders as GraphQL objects: dictionaries whose costly fields are made when a query asks for them."""

from typing import Any

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import (
    Address,
    Allocation,
    Discount,
    Draft,
    Line,
    Order,
    ShippingLine,
    Shop,
    Tax,
    Transaction,
)
from comeback.sandbox.storefront.shopify.names import bag, gid, money, utc
from comeback.sandbox.storefront.shopify.paging import Node, lazily, listed, many
from comeback.sandbox.storefront.shopify.people import PeopleViews
from comeback.sandbox.storefront.shopify.sendings import SendingViews
from comeback.sandbox.storefront.shopify.shelves import ShelfViews
from comeback.sandbox.storefront.store import Store, find_variant

HAND_GATEWAYS = ("manual", "Cash on Delivery (COD)", "bank deposit", "money order")


class Views(PeopleViews, SendingViews, ShelfViews):
    """Everything of one shop, as its app sees it."""

    def __init__(self, store: Store, shop: Shop) -> None:
        self.store, self.shop = store, shop

    def address(self, given: Address | None, id_: int) -> Node | None:
        if given is None:
            return None
        return {
            "__typename": "MailingAddress",
            "id": gid("MailingAddress", id_),
            "firstName": given.first_name or None,
            "lastName": given.last_name or None,
            "name": given.name or None,
            "company": given.company or None,
            "address1": given.address1 or None,
            "address2": given.address2 or None,
            "city": given.city or None,
            "province": given.province or None,
            "provinceCode": given.province or None,
            "zip": given.zip or None,
            "country": given.country or None,
            "countryCodeV2": given.country or None,
            "phone": given.phone or None,
        }

    def order(self, it: Order) -> Node:
        return {**self._head(it), **self._states(it), **self._sums(it), **self._parts(it)}

    def _head(self, it: Order) -> Node:
        return {
            "__typename": "Order",
            "id": gid("Order", it.id),
            "legacyResourceId": str(it.id),
            "name": it.name,
            "number": it.number,
            "originalTotalDutiesSet": None,
            "currentTotalDutiesSet": None,
            "email": it.email or None,
            "phone": it.phone or None,
            "note": it.note or None,
            "tags": it.tags,
            "test": it.test,
            "confirmed": True,
            "sourceIdentifier": it.source,
            "sourceName": "api" if it.by_api else "web",
            "customerLocale": it.locale,
            "statusPageUrl": f"https://{self.shop.key}/{self.shop.id}/orders/{it.id:032x}/authenticate",
            "customAttributes": [{"key": key, "value": value} for key, value in it.meta.items()],
            "currencyCode": it.currency,
            "presentmentCurrencyCode": it.currency,
            "taxesIncluded": it.taxes_included,
            "customerAcceptsMarketing": it.accepts_marketing,
            "createdAt": utc(it.created_at),
            "processedAt": utc(it.placed_at),
            "updatedAt": utc(it.updated_at),
        }

    def _states(self, it: Order) -> Node:
        codes = [discount.code for discount in it.discounts if discount.code]
        paid = sums.captured(it) >= sums.total(it)
        return {
            "cancelledAt": utc(it.cancelled_at),
            "cancelReason": it.cancel_reason.upper() if it.cancel_reason else None,
            "closed": it.closed_at is not None,
            "closedAt": utc(it.closed_at),
            "displayFinancialStatus": sums.financial_status(it).upper(),
            "displayFulfillmentStatus": {"partial": "PARTIALLY_FULFILLED", "fulfilled": "FULFILLED"}.get(
                sums.fulfilment_status(it) or "", "UNFULFILLED"
            ),
            "returnStatus": _return_status(it),
            "paymentGatewayNames": list(dict.fromkeys(made.gateway for made in it.transactions)),
            "discountCode": codes[0] if codes else None,
            "discountCodes": codes,
            "refundable": sums.refundable(it) > 0,
            "fullyPaid": paid,
            "unpaid": not sums.captured(it),
            "subtotalLineItemsQuantity": sum(line.quantity for line in it.lines),
            "totalWeight": str(sum(line.grams * line.quantity for line in it.lines)),
        }

    def _sums(self, it: Order) -> Node:
        returned = sum(line.subtotal for refund in it.refunds for line in refund.lines)
        values = {
            "subtotalPriceSet": sums.subtotal(it),
            "totalPriceSet": sums.total(it),
            "currentTotalPriceSet": sums.current_total(it),
            "currentSubtotalPriceSet": sums.subtotal(it) - returned,
            "totalTaxSet": sums.tax_total(it),
            "totalShippingPriceSet": sums.shipping_total(it),
            "totalDiscountsSet": sums.discount_total(it),
            "totalRefundedSet": sums.refunded(it),
            "totalRefundedShippingSet": sum(refund.shipping for refund in it.refunds),
            "totalTipReceivedSet": 0,
            "totalReceivedSet": sums.captured(it),
            "netPaymentSet": sums.captured(it) - sums.refunded(it),
            "totalOutstandingSet": max(sums.current_total(it) - sums.captured(it) + sums.refunded(it), 0),
        }
        return {name: bag(value, it.currency) for name, value in values.items()}

    def _parts(self, it: Order) -> Node:
        buyer = self.shop.customers.get(it.customer_id or 0)
        return {
            "customer": lazily(lambda: self.customer(buyer) if buyer else None),
            "shippingAddress": self.address(it.shipping_address, it.id),
            "billingAddress": self.address(it.billing, it.id + 1),
            "shippingLine": self.shipping_line(it, it.shipping[0]) if it.shipping else None,
            "taxLines": [self.tax(it, tax) for line in it.lines for tax in line.taxes],
            "lineItems": many(lambda: [self.line(it, line) for line in it.lines]),
            "shippingLines": many(lambda: [self.shipping_line(it, line) for line in it.shipping]),
            "discountApplications": many(lambda: [self.application(it, place) for place in range(len(it.discounts))]),
            "transactions": listed(lambda: [self.transaction(it, made) for made in it.transactions]),
            "fulfillments": listed(lambda: [self.fulfilment(it, made) for made in it.fulfilments]),
            "fulfillmentOrders": many(lambda: [self.fulfilment_order(it)]),
            "refunds": listed(lambda: [self.refund(it, made) for made in it.refunds]),
            "returns": many(lambda: [self.returned(it, made) for made in it.returns]),
        }

    def line(self, order: Order, it: Line) -> Node:
        left = it.quantity - it.refunded
        found = find_variant(self.shop, it.variant_id)
        picture = {"id": gid("ProductImage", it.id), "url": it.image_url, "altText": None} if it.image_url else None
        return {
            "__typename": "LineItem",
            "id": gid("LineItem", it.id),
            "title": it.title,
            "name": f"{it.title} - {it.variant_title}" if it.variant_title else it.title,
            "variantTitle": it.variant_title or None,
            "sku": it.sku or None,
            "vendor": found[0].vendor if found else None,
            "quantity": it.quantity,
            "currentQuantity": left,
            "refundableQuantity": left,
            "unfulfilledQuantity": max(left - it.fulfilled, 0),
            "nonFulfillableQuantity": 0,
            "requiresShipping": it.requires_shipping,
            "taxable": bool(it.taxes),
            "isGiftCard": it.gift_card,
            "restockable": True,
            "image": picture,
            "customAttributes": [{"key": key, "value": value} for key, value in it.properties.items()],
            "product": lazily(lambda: self.product(found[0]) if found else None),
            "variant": lazily(lambda: self.variant(*found) if found else None),
            **self._line_sums(order, it),
        }

    def _line_sums(self, order: Order, it: Line) -> Node:
        currency = order.currency
        own = sum(share.amount for share in it.allocations if not order.discounts[share.discount].code)

        def total(_: Any, **arguments: Any) -> Node:
            return bag(it.gross - (it.discount if arguments.get("withCodeDiscounts") else own), currency)

        def unit(_: Any, **arguments: Any) -> Node:
            off = it.discount if arguments.get("withCodeDiscounts") else own
            return bag((it.gross - off) // it.quantity, currency)

        return {
            "originalUnitPriceSet": bag(it.price, currency),
            "originalTotalSet": bag(it.gross, currency),
            "discountedUnitPriceSet": unit,
            "discountedTotalSet": total,
            "totalDiscountSet": bag(own, currency),
            "duties": [],
            "discountAllocations": [self.allocation(order, share) for share in it.allocations],
            "taxLines": listed(lambda: [self.tax(order, tax) for tax in it.taxes]),
        }

    def tax(self, order: Order, it: Tax) -> Node:
        return {
            "title": it.title,
            "rate": it.rate_bp / 10_000,
            "ratePercentage": it.rate_bp / 100,
            "priceSet": bag(it.amount, order.currency),
            "channelLiable": False,
        }

    def shipping_line(self, order: Order, it: ShippingLine) -> Node:
        return {
            "id": gid("ShippingLine", it.id),
            "title": it.title,
            "code": it.code,
            "source": "shopify",
            "carrierIdentifier": None,
            "custom": False,
            "isRemoved": False,
            "originalPriceSet": bag(it.price, order.currency),
            "discountedPriceSet": bag(it.price - it.discount, order.currency),
            "taxLines": [self.tax(order, tax) for tax in it.taxes],
            "discountAllocations": [],
        }

    def allocation(self, order: Order, share: Allocation) -> Node:
        return {
            "allocatedAmountSet": bag(share.amount, order.currency),
            "discountApplication": self.application(order, share.discount),
        }

    def application(self, order: Order, place: int) -> Node:
        it: Discount = order.discounts[place]
        percent = {"__typename": "PricingPercentageValue", "percentage": it.value / 100}
        return {
            "__typename": "DiscountCodeApplication" if it.code else "ManualDiscountApplication",
            "index": place,
            "code": it.code,
            "title": it.title,
            "description": None,
            "allocationMethod": "ACROSS",
            "targetSelection": "ALL",
            "targetType": "SHIPPING_LINE" if it.on_shipping else "LINE_ITEM",
            "value": percent if it.percent else money(it.value, order.currency),
        }

    def transaction(self, order: Order, it: Transaction) -> Node:
        parent = next((made for made in order.transactions if made.id == it.parent_id), None)
        back = sum(made.amount for made in order.transactions if made.kind == "refund" and made.parent_id == it.id)
        left = it.amount - back if it.kind in sums.TAKEN else None
        return {
            "__typename": "OrderTransaction",
            "id": gid("OrderTransaction", it.id),
            "kind": it.kind.upper(),
            "status": it.status.upper(),
            "gateway": it.gateway,
            "formattedGateway": it.gateway.replace("_", " ").title(),
            "amountSet": bag(it.amount, order.currency),
            "authorizationCode": it.reference,
            "paymentId": it.reference,
            "createdAt": utc(it.created_at),
            "processedAt": utc(it.created_at),
            "parentTransaction": lazily(lambda: self.transaction(order, parent) if parent else None),
            "manuallyCapturable": it.kind == "authorization",
            "manualPaymentGateway": it.gateway in HAND_GATEWAYS,
            "test": order.test,
            "errorCode": None,
            "receiptJson": "{}",
            "maximumRefundableV2": None if left is None else money(left, order.currency),
            "order": lazily(lambda: self.order(order)),
        }

    def draft(self, it: Draft) -> Node:
        made = self.shop.orders.get(it.order_id or 0)
        return {
            "__typename": "DraftOrder",
            "id": gid("DraftOrder", it.id),
            "legacyResourceId": str(it.id),
            "name": it.name,
            "status": "COMPLETED" if it.order_id else "OPEN",
            "order": lazily(lambda: self.order(made) if made else None),
            "note2": it.order.note or None,
            "tags": it.order.tags,
            "email": it.order.email or None,
            "customAttributes": [{"key": key, "value": value} for key, value in it.order.meta.items()],
            "totalPriceSet": bag(sums.total(it.order), it.order.currency),
            "createdAt": utc(it.created_at),
            "updatedAt": utc(it.updated_at),
            "completedAt": utc(it.completed_at),
            "invoiceUrl": f"https://{self.shop.key}/{self.shop.id}/invoices/{it.id:032x}",
        }


def _return_status(order: Order) -> str:
    states = {made.status for made in order.returns}
    for state, shown in (("REQUESTED", "RETURN_REQUESTED"), ("OPEN", "IN_PROGRESS"), ("CLOSED", "RETURNED")):
        if state in states:
            return shown
    return "NO_RETURN"
