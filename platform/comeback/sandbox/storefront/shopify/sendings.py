"""Fulfilments, refunds and returns as GraphQL objects."""

from typing import TYPE_CHECKING

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import (
    Fulfilment,
    FulfilmentEvent,
    FulfilmentLine,
    Line,
    Order,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
    ShippingLine,
    Shop,
    Transaction,
)
from comeback.sandbox.storefront.shopify.names import bag, gid, utc
from comeback.sandbox.storefront.shopify.paging import Node, lazily, listed, many


class SendingViews:
    """A part of `views.Views`."""

    shop: Shop

    if TYPE_CHECKING:

        def order(self, it: Order) -> Node: ...
        def line(self, order: Order, it: Line) -> Node: ...
        def shipping_line(self, order: Order, it: ShippingLine) -> Node: ...
        def transaction(self, order: Order, it: Transaction) -> Node: ...
        def place(self, id_: int | None) -> Node | None: ...

    def fulfilment(self, order: Order, it: Fulfilment) -> Node:
        arrived = next((event.at for event in it.events if event.status == "delivered"), None)
        moving = next((event.at for event in it.events if event.status == "in_transit"), None)
        numbers = [*zip(it.tracking_numbers, [*it.tracking_urls, *([None] * len(it.tracking_numbers))], strict=False)]
        return {
            "__typename": "Fulfillment",
            "id": gid("Fulfillment", it.id),
            "legacyResourceId": str(it.id),
            "name": f"{order.name}-F{it.number}",
            "status": it.status.upper(),
            "displayStatus": it.shipment_status.upper() if it.shipment_status else "FULFILLED",
            "createdAt": utc(it.created_at),
            "updatedAt": utc(it.updated_at),
            "deliveredAt": utc(arrived),
            "inTransitAt": utc(moving),
            "estimatedDeliveryAt": None,
            "totalQuantity": sum(part.quantity for part in it.lines),
            "location": self.place(it.location_id),
            "trackingInfo": listed(
                lambda: [{"company": it.tracking_company, "number": number, "url": url} for number, url in numbers]
            ),
            "order": lazily(lambda: self.order(order)),
            "fulfillmentLineItems": many(lambda: [self.fulfilment_line(order, part) for part in it.lines]),
            "events": many(lambda: [self.scan(event) for event in it.events]),
        }

    def fulfilment_line(self, order: Order, it: FulfilmentLine) -> Node:
        line = order.line(it.line_id)
        value = sums.units_net(line, 1, it.quantity) if line else 0
        return {
            "__typename": "FulfillmentLineItem",
            "id": gid("FulfillmentLineItem", it.id),
            "quantity": it.quantity,
            "lineItem": lazily(lambda: self.line(order, line) if line else None),
            "originalTotalSet": bag(line.price * it.quantity if line else 0, order.currency),
            "discountedTotalSet": bag(value, order.currency),
        }

    def scan(self, it: FulfilmentEvent) -> Node:
        return {
            "__typename": "FulfillmentEvent",
            "id": gid("FulfillmentEvent", it.id),
            "status": it.status.upper(),
            "happenedAt": utc(it.at),
            "createdAt": utc(it.at),
            "message": it.message or None,
            "city": it.city or None,
            "country": it.country or None,
        }

    def fulfilment_order(self, order: Order) -> Node:
        """The stand-in sends all of an order from one place, so it has one fulfilment order, numbered as the order."""
        left = {line.id: max(line.quantity - line.fulfilled - line.refunded, 0) for line in order.lines}
        status = "CANCELLED" if order.cancelled_at else ("OPEN" if any(left.values()) else "CLOSED")
        return {
            "__typename": "FulfillmentOrder",
            "id": gid("FulfillmentOrder", order.id),
            "status": "IN_PROGRESS" if status == "OPEN" and any(line.fulfilled for line in order.lines) else status,
            "orderId": gid("Order", order.id),
            "orderName": order.name,
            "lineItems": many(
                lambda: [
                    {
                        "__typename": "FulfillmentOrderLineItem",
                        "id": gid("FulfillmentOrderLineItem", line.id),
                        "lineItem": self.line(order, line),
                        "remainingQuantity": left[line.id],
                        "totalQuantity": line.quantity,
                    }
                    for line in order.lines
                ]
            ),
        }

    def refund(self, order: Order, it: Refund) -> Node:
        made = [money for money in order.transactions if money.id in it.transactions]
        back = next((found for found in order.returns if found.id == it.return_id), None)
        return {
            "__typename": "Refund",
            "id": gid("Refund", it.id),
            "legacyResourceId": str(it.id),
            "note": it.note or None,
            "createdAt": utc(it.created_at),
            "processedAt": utc(it.created_at),
            "updatedAt": utc(it.created_at),
            "totalRefundedSet": bag(it.amount, order.currency),
            "order": lazily(lambda: self.order(order)),
            "return": lazily(lambda: self.returned(order, back) if back else None),
            "refundLineItems": many(lambda: [self.refund_line(order, part) for part in it.lines]),
            "refundShippingLines": many(lambda: self._refunded_shipping(order, it)),
            "orderAdjustments": many(list),
            "transactions": many(lambda: [self.transaction(order, money) for money in made]),
        }

    def refund_line(self, order: Order, it: RefundLine) -> Node:
        line = order.line(it.line_id)
        return {
            "id": gid("RefundLineItem", it.id),
            "lineItem": lazily(lambda: self.line(order, line) if line else None),
            "quantity": it.quantity,
            "restockType": it.restock.upper(),
            "restocked": it.restock != "no_restock",
            "location": self.place(it.location_id),
            "priceSet": bag(line.price if line else 0, order.currency),
            "subtotalSet": bag(it.subtotal, order.currency),
            "totalTaxSet": bag(it.tax, order.currency),
        }

    def _refunded_shipping(self, order: Order, it: Refund) -> list[Node]:
        if not it.shipping or not order.shipping:
            return []
        return [
            {
                "__typename": "RefundShippingLine",
                "id": gid("RefundShippingLine", it.id),
                "shippingLine": self.shipping_line(order, order.shipping[0]),
                "subtotalAmountSet": bag(it.shipping, order.currency),
                "taxAmountSet": bag(it.shipping_tax, order.currency),
            }
        ]

    def returned(self, order: Order, it: Return) -> Node:
        refunds = [made for made in order.refunds if made.return_id == it.id]
        return {
            "__typename": "Return",
            "id": gid("Return", it.id),
            "name": it.name,
            "status": it.status,
            "createdAt": utc(it.created_at),
            "closedAt": utc(it.closed_at),
            "totalQuantity": sum(line.quantity for line in it.lines),
            "order": lazily(lambda: self.order(order)),
            "decline": {"note": it.decline_note, "reason": "OTHER"} if it.status == "DECLINED" else None,
            "returnLineItems": many(lambda: [self.return_line(order, line) for line in it.lines]),
            "refunds": many(lambda: [self.refund(order, made) for made in refunds]),
        }

    def return_line(self, order: Order, it: ReturnLine) -> Node:
        parts = [part for made in order.fulfilments for part in made.lines]
        part = next((found for found in parts if found.id == it.fulfilment_line_id), None)
        return {
            "__typename": "ReturnLineItem",
            "id": gid("ReturnLineItem", it.id),
            "quantity": it.quantity,
            "returnReason": it.reason,
            "returnReasonNote": it.note,
            "customerNote": it.note or None,
            "refundableQuantity": it.quantity,
            "refundedQuantity": 0,
            "fulfillmentLineItem": lazily(lambda: self.fulfilment_line(order, part) if part else None),
        }
